"""``[[degradation]] model = "instantaneous"``."""

from typing import Literal

from gwsolver.case.chemistry.context import Context
from gwsolver.case.chemistry.network import NetworkTable
from gwsolver.reactions.degradation.instantaneous import Setting


class InstantaneousTable(NetworkTable):
    """Donors and acceptors react as far as either is there."""

    model: Literal["instantaneous"]
    sharing: Literal["proportional", "priority"] = "proportional"
    acts_on: Literal["total", "dissolved"] = "total"

    def setting(self, i: int, context: Context) -> Setting:
        """Return the setting in the model's units; problems go to the context."""
        return Setting(
            self.network_donors(i, context), self.network_acceptors(i, context), self.sharing, self.acts_on,
            self.gas(i, context), self.name, wetted=True,
        )
