"""``[[degradation]] model = "first_order"``."""

from typing import Annotated, Literal

from pydantic import Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.chemistry.network import TABLE
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Sourced
from gwsolver.reactions.degradation.first_order import Decay, Setting

Number = Annotated[Quantity, quantity("-", minimum=0.0)]


class FirstOrderTable(Sourced):
    """Species decay at a rate of their own, some into others."""

    model: Literal["first_order"]
    name: str = "degradation"
    rates: Annotated[dict[str, Annotated[Quantity, quantity("1/d", minimum=0.0)]], Field(min_length=1)]
    yields: dict[str, dict[str, Number]] = {}
    acts_on: Literal["dissolved", "total"] = "dissolved"
    activity: Number | None = None

    @property
    def degraded(self) -> list[str]:
        """Species that it takes."""
        return [name.lower() for name in self.rates]

    def setting(self, i: int, context: Context) -> Setting:
        """Return the setting in the model's units; problems go to the context."""
        daughters = {parent.lower(): {context.species(TABLE, i, "yields", name): value.to("-")
                                      for name, value in given.items()} for parent, given in self.yields.items()}
        for parent in daughters:
            if parent not in self.degraded:
                context.problem(TABLE, i, "yields", f"yields names {parent!r}, which has no rate",
                                f"Rates are given of: {', '.join(self.rates)}.")
        decays = tuple(
            Decay(context.species(TABLE, i, "rates", name), context.number(TABLE, i, "rates", rate, "1/time") or 0.0,
                  daughters.get(name.lower(), {}))
            for name, rate in self.rates.items()
        )
        return Setting(decays, self.acts_on, 1.0 if self.activity is None else self.activity.to("-"), self.name)
