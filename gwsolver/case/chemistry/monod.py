"""``[[degradation]] model = "monod"``."""

from typing import Annotated, Literal

from pydantic import Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.chemistry.network import TABLE, AcceptorTable, Process, acceptor_of
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Sourced, Table
from gwsolver.reactions.degradation.kinetic import Acceptor
from gwsolver.reactions.degradation.monod import Biomass, Setting, Substrate

Number = Annotated[Quantity, quantity("-", minimum=0.0)]
Concentration = Annotated[Quantity, quantity("mg/L", minimum=0.0)]


class SubstrateTable(Table):
    """``[degradation.substrates.NAME]``; with biomass the rate is per mass of biomass."""

    rate: Annotated[Quantity, quantity()]
    half_saturation: Concentration
    growth: Number | None = None


class BiomassTable(Table):
    """``[degradation.biomass]``: the microbes, per volume of water."""

    initial: Concentration
    decay: Annotated[Quantity | None, quantity("1/d", minimum=0.0)] = None
    least: Concentration | None = None


class MonodAcceptorTable(AcceptorTable):
    """``[degradation.acceptor]``: what is used up beside the substrates."""

    process: Process
    half_saturation: Concentration | None = None


class MonodTable(Sourced):
    """Substrates saturate what degrades them, with or without biomass that lives on them."""

    model: Literal["monod"]
    name: str = "degradation"
    substrates: Annotated[dict[str, SubstrateTable], Field(min_length=1)]
    factors: dict[Process, Number] = {}
    biomass: BiomassTable | None = None
    acceptor: MonodAcceptorTable | None = None
    competition: bool = False
    acts_on: Literal["dissolved", "total"] = "dissolved"
    activity: Number | None = None
    carbon_dioxide: str = ""

    @property
    def degraded(self) -> list[str]:
        """Species that it takes."""
        return [name.lower() for name in self.substrates]

    def setting(self, i: int, context: Context) -> Setting:
        """Return the setting in the model's units; problems go to the context."""
        factors = {process: value.to("-") for process, value in self.factors.items()}
        unit = "1/time" if self.biomass is not None else "mass/length3/time"
        substrates = tuple(
            Substrate(context.species(TABLE, i, "substrates", name), context.formula(name.lower()), factors,
                      self._rate(i, name, table, unit, context),
                      context.number(TABLE, i, "substrates", table.half_saturation, "mass/length3") or 0.0,
                      table.growth.to("-") if table.growth is not None else 0.0)
            for name, table in self.substrates.items()
        )
        gas = context.species(TABLE, i, "carbon_dioxide", self.carbon_dioxide) if self.carbon_dioxide else ""
        return Setting(
            substrates, self._biomass(i, context), self._acceptor(i, context), self.competition, self.acts_on,
            1.0 if self.activity is None else self.activity.to("-"), gas, name=self.name, wetted=True,
        )

    def _rate(self, i: int, name: str, table: SubstrateTable, unit: str, context: Context) -> float:
        try:
            return context.number(TABLE, i, "substrates", table.rate, unit) or 0.0
        except ValueError:
            context.problem(TABLE, i, "substrates", f"rate of {name!r} = {table.rate.value:g} {table.rate.unit}",
                            "With biomass it is a mass per mass of biomass and time, as \"0.1 1/d\"; without, a mass "
                            "per volume of water and time, as \"0.1 mg/L/d\".")
            return 0.0

    def _biomass(self, i: int, context: Context) -> Biomass | None:
        if self.biomass is None:
            return None
        model = next(iter(context.models.values()))
        per_volume = context.number(TABLE, i, "biomass", self.biomass.initial, "mass/length3") or 0.0
        return Biomass(
            per_volume * model.mobile.porosity * model.grid.volume,
            context.number(TABLE, i, "biomass", self.biomass.decay, "1/time") or 0.0,
            context.number(TABLE, i, "biomass", self.biomass.least, "mass/length3") or 0.0,
        )

    def _acceptor(self, i: int, context: Context) -> Acceptor | None:
        if self.acceptor is None:
            return None
        a = acceptor_of(self.acceptor.process, self.acceptor, i, context)
        half = context.number(TABLE, i, "acceptor", self.acceptor.half_saturation, "mass/length3")
        return Acceptor(a.process, a.species, a.product, a.capacity, a.solid, half or 0.0)
