"""``[[release]]``: solute that enters cells by a source function, without an oil body: a mass source like SRC."""

import math
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.chemistry.outlined import Floats, Ints, OutlinedTable
from gwsolver.case.moments import Given, When
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.core.errors import Problem
from gwsolver.core.simulation import TransportModel
from gwsolver.core.stress import StressPackage, StressValues
from gwsolver.core.time import TimeStep
from gwsolver.reactions.sources.exponential import Exponential
from gwsolver.reactions.sources.fixed import Fixed
from gwsolver.reactions.sources.pit import Pit
from gwsolver.reactions.sources.power_law import PowerLaw
from gwsolver.reactions.sources.series import Series
from gwsolver.reactions.sources.source import Source

TABLE = "release"
Rate = Annotated[Quantity, quantity("g/d", minimum=0.0)]
Concentration = Annotated[Quantity, quantity("mg/L", minimum=0.0)]


@dataclass(frozen=True, eq=False)
class ReleasedStress:
    """Mass rates of cells that share a source: its mean over the time step, by area.

    Attributes
    ----------
    source : Source
    factor : float
        Mass rate per unit of the source: the flow through it where it gives a concentration [L**3/T], else 1.
    end : float
        Nothing is released later [T].
    cells : ndarray of int64, shape (cell,)
    shares : ndarray of float64, shape (cell,)
        They add up to one.
    """

    source: Source
    factor: float
    end: float
    cells: Ints
    shares: Floats

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the entries in force during `step`."""
        mass = self.factor * self.source.integral(step.start, min(step.end, self.end)) if step.start < self.end else 0.0
        return StressValues(self.cells, {"mass_rate": self.shares * mass / step.length})


class ReleaseTable(OutlinedTable):
    """What all source functions share."""

    species: str = Field(min_length=1)
    start: When = None
    end: When = None

    def times(self, i: int, context: Context) -> tuple[float, float]:
        """Return when it starts and ends [T]."""
        start = 0.0 if self.start is None else context.moment(TABLE, i, "start", self.start)
        return start, math.inf if self.end is None else context.moment(TABLE, i, "end", self.end)

    @abstractmethod
    def function(self, i: int, area: float, context: Context) -> tuple[Source, float]:
        """Return the source and its factor (see `ReleasedStress`)."""


class FixedRelease(ReleaseTable):
    """A constant mass rate."""

    model: Literal["fixed"]
    rate: Rate

    def function(self, i: int, area: float, context: Context) -> tuple[Source, float]:
        """Return it."""
        rate = context.number(TABLE, i, "rate", self.rate, "mass/time") or 0.0
        return Fixed(rate, "rate", *self.times(i, context)), 1.0


class SeriesRelease(ReleaseTable):
    """Mass rates by a table, in steps or on lines."""

    model: Literal["series"]
    dates: Annotated[list[Given], Field(min_length=1)]
    rates: Annotated[Quantity, quantity("g/d", minimum=0.0)]
    between: Literal["steps", "lines"] = "steps"

    def function(self, i: int, area: float, context: Context) -> tuple[Source, float]:
        """Return it."""
        times = np.array([context.moment(TABLE, i, "dates", t) for t in self.dates])
        rates = np.array(context.units.numbers(self.rates, "mass/time"))
        return Series(times, rates, "rate", self.between), 1.0


class DepletingRelease(ReleaseTable):
    """What sources that deplete share: concentration and mass at the start, flow through them, decay within."""

    concentration: Concentration
    mass: Annotated[Quantity, quantity("kg", minimum=0.0)]
    flow: Annotated[Quantity, quantity("m3/d", minimum=0.0)]
    decay: Annotated[Quantity | None, quantity("1/d", minimum=0.0)] = None

    def numbers(self, i: int, context: Context) -> tuple[float, float, float, float]:
        """Return C0, m0, Q and decay in the model's units."""
        units = (("concentration", "mass/length3"), ("mass", "mass"), ("flow", "length3/time"), ("decay", "1/time"))
        c, m, q, k = (context.number(TABLE, i, key, getattr(self, key), unit) or 0.0 for key, unit in units)
        return c, m, q, k


class ExponentialRelease(DepletingRelease):
    """A concentration that falls with the mass that is left."""

    model: Literal["exponential"]

    def function(self, i: int, area: float, context: Context) -> tuple[Source, float]:
        """Return it."""
        c, m, q, k = self.numbers(i, context)
        return Exponential(c, m, q, k, self.times(i, context)[0]), q


class PowerLawRelease(DepletingRelease):
    """A concentration that falls with a power of the mass that is left."""

    model: Literal["power_law"]
    power: Annotated[float, Field(ge=0.0)]

    def function(self, i: int, area: float, context: Context) -> tuple[Source, float]:
        """Return it."""
        c, m, q, k = self.numbers(i, context)
        return PowerLaw(c, m, q, self.power, k, self.times(i, context)[0]), q


class PitRelease(ReleaseTable):
    """A pit that leaks; its water is the flow model's matter (a recharge of the same rate)."""

    model: Literal["pit"]
    leakage: Annotated[Quantity, quantity("mm/d", minimum=0.0)]
    concentration: Concentration
    volume: Annotated[Quantity | None, quantity("m3", minimum=0.0)] = None

    def function(self, i: int, area: float, context: Context) -> tuple[Source, float]:
        """Return it."""
        start, end = self.times(i, context)
        leakage = Fixed(context.number(TABLE, i, "leakage", self.leakage, "length/time") or 0.0, "rate", start, end)
        volume = context.number(TABLE, i, "volume", self.volume, "length3")
        c = context.number(TABLE, i, "concentration", self.concentration, "mass/length3") or 0.0
        return Pit(area, leakage, c, math.inf if volume is None else volume), 1.0


TABLES = (FixedRelease, SeriesRelease, ExponentialRelease, PowerLawRelease, PitRelease)
AnyRelease = Annotated[
    FixedRelease | SeriesRelease | ExponentialRelease | PowerLawRelease | PitRelease, Field(discriminator="model")]


def released(tables: list[ReleaseTable], context: Context) -> dict[str, TransportModel]:
    """Return the species that get a release, with it among their packages; problems go to the context."""
    found: dict[str, TransportModel] = {}
    for i, table in enumerate(tables):
        name = context.species(TABLE, i, "species", table.species)
        under = table.cells(TABLE, i, context)
        if name not in context.models or under is None:
            continue
        cells, area = under
        column = context.grid.column[cells]
        plan = float((area / np.bincount(column)[column]).sum())  # once, however many layers lie below it
        source, factor = table.function(i, plan, context)
        for wrong in _problems(source):
            context.problem(TABLE, i, "model", wrong.what, wrong.hint, value=wrong.value, allowed=wrong.allowed)
        model = found.get(name, context.models[name])
        stress = ReleasedStress(source, factor, table.times(i, context)[1], cells, area / area.sum())
        package = StressPackage(table.name.lower(), "src", stress, file=context.file)
        if any(p.name == package.name for p in model.packages):
            context.problem(TABLE, i, "name", f"{name} has a package {package.name!r} already")
        found[name] = replace(model, packages=(*model.packages, package))
    return found


def _problems(source: Source) -> list[Problem]:
    check = getattr(source, "problems", None)
    return list(check()) if check is not None else []
