"""What a stress package does in each time step: entries by period, with links to series."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.stress import StressValues
from gwsolver.core.time import TimeStep
from gwsolver.modflow.series import Series

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Link:
    """Places of a column that a series fills.

    Attributes
    ----------
    column : str
        Column or auxiliary variable.
    auxiliary : bool
    entries : ndarray of int64
        Entries filled.
    position : int
        Second index of a two-dimensional column, -1 for others.
    series : Series
    plan : ndarray of int64 or None
        Plan cell of each of the entries (time-array series).
    """

    column: str
    auxiliary: bool
    entries: Ints
    position: int
    series: Series
    plan: Ints | None = None


@dataclass(frozen=True, eq=False)
class PeriodEntries:
    """Entries that hold from one stress period on until the next that has some."""

    values: StressValues
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, eq=False)
class SteppedStress:
    """The stress source of a MODFLOW package.

    Attributes
    ----------
    periods : mapping of int to PeriodEntries
        By zero-based period from which they hold.
    nothing : StressValues
        Before the first of them.
    multiplied, multiplier : str
        AUXMULTNAME: the column, and the auxiliary variable it is multiplied by; "" if none.
    """

    periods: Mapping[int, PeriodEntries]
    nothing: StressValues
    multiplied: str = ""
    multiplier: str = ""
    starts: tuple[int, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", tuple(sorted(self.periods)))

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the entries in force during `step`, series averaged over it."""
        begun = [p for p in self.starts if p <= step.period]
        if not begun:
            return self.nothing
        held = self.periods[begun[-1]]
        values = held.values
        if held.links:
            columns = {k: v.copy() for k, v in values.columns.items()}
            auxiliary = {k: v.copy() for k, v in values.auxiliary.items()}
            for link in held.links:
                value = link.series.over(step.start, step.end)
                target = (auxiliary if link.auxiliary else columns)[link.column]
                chosen = value if link.plan is None else value[link.plan]
                if link.position < 0:
                    target[link.entries] = chosen
                else:
                    target[link.entries, link.position] = chosen
            values = replace(values, columns=columns, auxiliary=auxiliary)
        if not self.multiplier:
            return values
        product = values.columns[self.multiplied] * values.auxiliary[self.multiplier]
        return replace(values, columns={**values.columns, self.multiplied: product})
