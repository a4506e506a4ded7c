"""Stress sources that change what another one gives: some entries, during some time.

A time step that lies partly inside the time of a change gets the mean over the step, as MODFLOW does
with time series of rates: no water and no mass is lost whatever the steps are.
"""

from dataclasses import dataclass, replace

import numpy as np

from gwsolver.case.changes.site import Window
from gwsolver.core.grid import Floats, Ints
from gwsolver.core.stress import StressSource, StressValues
from gwsolver.core.time import TimeStep


@dataclass(frozen=True, eq=False)
class Choice:
    """Which entries of a package are meant: those of a boundname, those in some cells, or all.

    Attributes
    ----------
    boundname : str
        "" for any.
    cells : ndarray of int64 or None
        None for any.
    """

    boundname: str = ""
    cells: Ints | None = None

    def mask(self, values: StressValues) -> np.ndarray:
        """Return which entries are meant, shape (entry,)."""
        meant = np.ones(values.cells.size, bool)
        if self.boundname:
            meant &= np.array([n == self.boundname for n in values.boundnames] or np.zeros(meant.size, bool))
        if self.cells is not None:
            meant &= np.isin(values.cells, self.cells)
        return meant


@dataclass(frozen=True, eq=False)
class Changed:
    """One column of the chosen entries times a factor, or a new value.

    Attributes
    ----------
    source : StressSource
    choice : Choice
    window : Window
    column : str
        A column, or an auxiliary variable.
    factor, value : float or None
        One of them.
    shared : bool
        `value` is that of all chosen entries together: they keep their parts of it.
    """

    source: StressSource
    choice: Choice
    window: Window
    column: str
    factor: float | None = None
    value: float | None = None
    shared: bool = False

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the entries in force during `step`."""
        values, share = self.source(step), self.window.share(step)
        meant = self.choice.mask(values)
        if share == 0.0 or not meant.any():
            return values
        place = "columns" if self.column in values.columns else "auxiliary"
        columns = dict(getattr(values, place))
        new = columns[self.column].copy()
        new[meant] = (1.0 - share) * new[meant] + share * self._target(new[meant])
        return replace(values, **{place: {**columns, self.column: new}})

    def _target(self, old: Floats) -> Floats:
        if self.factor is not None:
            return self.factor * old
        assert self.value is not None
        if not self.shared:
            return np.full(old.shape, self.value)
        whole = old.sum()
        return self.value * (old / whole if whole != 0.0 else np.full(old.shape, 1.0 / old.size))


@dataclass(frozen=True, eq=False)
class Removed:
    """Without the chosen entries in time steps that lie inside by half or more."""

    source: StressSource
    choice: Choice
    window: Window

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the entries in force during `step`."""
        values = self.source(step)
        if self.window.share(step) < 0.5:
            return values
        return _taken(values, ~self.choice.mask(values))


@dataclass(frozen=True, eq=False)
class Moved:
    """A well's rate at other cells, shared among them.

    Attributes
    ----------
    source : StressSource
    choice : Choice
    window : Window
    cells : ndarray of int64, shape (k,)
    parts : ndarray of float64, shape (k,)
        Part of each cell in the rate; their sum is one.
    """

    source: StressSource
    choice: Choice
    window: Window
    cells: Ints
    parts: Floats

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the entries in force during `step`."""
        values, share = self.source(step), self.window.share(step)
        old = np.flatnonzero(self.choice.mask(values))
        if share == 0.0 or old.size == 0:
            return values
        rate = values.columns["rate"].copy()
        whole = float(rate[old].sum())
        rate[old] *= 1.0 - share
        stays = np.ones(rate.size, bool)
        stays[old] = share < 1.0
        kept = _taken(replace(values, columns={**values.columns, "rate": rate}), stays)
        like = _taken(values, np.repeat(old[:1], self.cells.size))
        new = replace(like, cells=self.cells, columns={**like.columns, "rate": share * whole * self.parts})
        return joined(kept, new)


@dataclass(frozen=True, eq=False)
class Pumped:
    """One new well: `rates` [L**3/T] by cell, positive into the aquifer, during a time."""

    name: str
    cells: Ints
    rates: Floats
    window: Window

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the entries in force during `step`."""
        share = self.window.share(step)
        if share == 0.0:
            return StressValues(np.zeros(0, np.int64), {"rate": np.zeros(0)})
        return StressValues(self.cells, {"rate": share * self.rates}, {}, (self.name,) * self.cells.size)


def _taken(values: StressValues, which: np.ndarray) -> StressValues:
    """Return some of the entries, by mask or by index."""
    chosen = np.flatnonzero(which) if which.dtype == bool else which
    return StressValues(
        values.cells[chosen], {k: v[chosen] for k, v in values.columns.items()},
        {k: v[chosen] for k, v in values.auxiliary.items()},
        tuple(values.boundnames[i] for i in chosen) if values.boundnames else (),
    )


def joined(first: StressValues, second: StressValues) -> StressValues:
    """Return the entries of both; they have the same columns."""
    return StressValues(
        np.concatenate([first.cells, second.cells]),
        {k: np.concatenate([v, second.columns[k]]) for k, v in first.columns.items()},
        {k: np.concatenate([v, second.auxiliary[k]]) for k, v in first.auxiliary.items()},
        (*first.boundnames, *second.boundnames),
    )
