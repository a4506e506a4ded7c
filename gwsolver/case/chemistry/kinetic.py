"""``[[degradation]] model = "kinetic"``."""

from typing import Annotated, Literal

from pydantic import Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.chemistry.network import TABLE, NetworkTable, Process
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.reactions.degradation.kinetic import Acceptor, Donor, Setting

Rates = dict[Process, Annotated[Quantity, quantity("1/d", minimum=0.0)]]
Constants = dict[Process, Annotated[Quantity, quantity("mg/L", minimum=0.0)]]


class KineticTable(NetworkTable):
    """Donors react with each acceptor at a rate, held back by the acceptors before it."""

    model: Literal["kinetic"]
    rates: Annotated[Rates, Field(min_length=1)]
    preference: dict[str, Annotated[Quantity, quantity("-", minimum=0.0)]] = {}
    half_saturation: Constants = {}
    donor_half_saturation: Constants = {}
    inhibition: Constants = {}
    acts_on: Literal["dissolved", "total"] = "dissolved"
    activity: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None

    def setting(self, i: int, context: Context) -> Setting:
        """Return the setting in the model's units; problems go to the context."""
        self._check(i, context)
        preference = {name.lower(): value.to("-") for name, value in self.preference.items()}
        rates = self._numbers(i, "rates", self.rates, "1/time", context)
        limited = self._numbers(i, "donor_half_saturation", self.donor_half_saturation, "mass/length3", context)
        half = self._numbers(i, "half_saturation", self.half_saturation, "mass/length3", context)
        holds = self._numbers(i, "inhibition", self.inhibition, "mass/length3", context)
        donors = tuple(
            Donor(d.species, d.formula, d.factors,
                  {process: k * preference.get(d.species, 1.0) for process, k in rates.items()}, limited)
            for d in self.network_donors(i, context)
        )
        acceptors = tuple(
            Acceptor(a.process, a.species, a.product, a.capacity, a.solid, half.get(a.process, 0.0),
                     holds.get(a.process))
            for a in self.network_acceptors(i, context)
        )
        return Setting(
            donors, acceptors, self.acts_on, 1.0 if self.activity is None else self.activity.to("-"),
            self.gas(i, context), name=self.name, wetted=True,
        )

    def _check(self, i: int, context: Context) -> None:
        """Note constants of processes that take no part, and preferences of donors that do not."""
        for key in ("rates", "half_saturation", "donor_half_saturation", "inhibition"):
            for process in getattr(self, key):
                if process not in self.acceptors:
                    context.problem(TABLE, i, key, f"{key} names {process!r}, which is not among the acceptors",
                                    f"Acceptors are: {', '.join(self.acceptors)}.")
        for process in self.acceptors:
            if process not in self.rates:
                context.problem(TABLE, i, "rates", f"there is no rate for the acceptor {process!r}",
                                f"Write rates.{process} = \"0.01 1/d\", or leave it out of the acceptors.")
        for name in self.preference:
            if name.lower() not in [d.lower() for d in self.donors]:
                context.problem(TABLE, i, "preference", f"preference names {name!r}, which is not among the donors",
                                f"Donors are: {', '.join(self.donors)}.")

    @staticmethod
    def _numbers(
        i: int, key: str, values: dict[Process, Quantity], unit: str, context: Context
    ) -> dict[str, float]:
        return {process: context.number(TABLE, i, key, value, unit) or 0.0 for process, value in values.items()}
