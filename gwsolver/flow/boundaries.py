"""The packages of a flow model during one time step: fixed heads, and flows that depend on head."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.columns import highest_wet
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import FlowModel
from gwsolver.core.steps import PackageFlow
from gwsolver.core.stress import StressPackage, StressValues
from gwsolver.core.time import TimeStep
from gwsolver.packages.registry import BoundaryKind, FlowContext, kinds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Acting:
    """One package and its entries in force; entries that act on no cell are left out."""

    package: StressPackage
    kind: BoundaryKind
    given: StressValues
    values: StressValues
    places: Ints

    def same_as(self, other: "Acting") -> bool:
        """Return whether the entries are equal in every number that flow looks at."""
        mine, theirs = self.values, other.values
        return self.package is other.package and (
            self.given is other.given
            or (
                np.array_equal(mine.cells, theirs.cells)
                and mine.columns.keys() == theirs.columns.keys()
                and all(np.array_equal(mine.columns[k], theirs.columns[k]) for k in mine.columns)
                and mine.auxiliary.keys() == theirs.auxiliary.keys()
                and all(np.array_equal(mine.auxiliary[k], theirs.auxiliary[k]) for k in mine.auxiliary)
            )
        )


@dataclass(frozen=True, eq=False)
class Leaving:
    """What leaves the aquifer by the entries of a package, as they were given.

    Attributes
    ----------
    rate, by_head : ndarray of float64, shape (entry,)
        [L**3/T], and its derivative with respect to the head in the entry's cell [L**2/T].
    cells : ndarray of int64, shape (entry,)
        Where it acts, -1 for nowhere.
    """

    rate: Floats
    by_head: Floats
    cells: Ints


class Boundaries:
    """All packages of one model during one time step.

    Attributes
    ----------
    acting : list of Acting
        In the model's order.
    fixed : ndarray of bool, shape (cell,)
        Cells whose head is given.
    fixed_head : ndarray of float64, shape (cell,)
        The heads given there, zero elsewhere [L].
    """

    def __init__(self, model: FlowModel, step: TimeStep, cell_below: Ints) -> None:
        self.grid: Grid = model.grid
        self.newton = model.newton
        self.convertible: Bools = model.conductivity.cell_type > 0
        self.cell_below = cell_below
        self.acting = [_entries(p, step) for p in model.packages]
        self.fixed = np.zeros(self.grid.n_cells, np.bool_)
        self.fixed_head = np.zeros(self.grid.n_cells)
        problems = []
        for a in self.acting:
            if a.kind.fixes == "head":
                problems += self._fix(a)
        if problems:
            raise InputError(problems)

    def hold(self, step: TimeStep) -> bool:
        """Return whether all packages give the very same entries in another time step."""
        return all(a.package.at(step) is a.given for a in self.acting)

    def same_as(self, other: "Boundaries") -> bool:
        """Return whether nothing changed since another time step."""
        return all(a.same_as(b) for a, b in zip(self.acting, other.acting, strict=True))

    def flows(self, head: Floats, active: Bools, covered: Floats | None = None) -> tuple[Floats, Floats]:
        """Return the flow of all packages into each cell [L**3/T] and its derivative [L**2/T], shape (cell,).

        Parameters
        ----------
        head : ndarray of float64, shape (cell,)
        active : ndarray of bool, shape (cell,)
            Cells that hold water; others take no part.
        covered : ndarray of float64, shape (cell,), optional
            Part of each cell that lies under a lake: what falls from the sky acts on the rest.
        """
        total, slope = np.zeros(self.grid.n_cells), np.zeros(self.grid.n_cells)
        for a in self.acting:
            if a.kind.flow is not None:
                cells, rate, derivative = self._evaluate(a, head, active, covered)
                total += np.bincount(cells, rate, minlength=total.size)
                slope += np.bincount(cells, derivative, minlength=total.size)
        return total, slope

    def leaving(self, name: str, head: Floats, active: Bools) -> "Leaving":
        """Return what leaves the aquifer by each entry of a package."""
        a = next(a for a in self.acting if a.package.name == name)
        cells, rate, slope = self._evaluate(a, head, active, None)
        n_given = a.given.cells.size
        found = Leaving(np.zeros(n_given), np.zeros(n_given), np.full(n_given, -1))
        found.rate[a.places] = np.maximum(-rate, 0.0)
        found.by_head[a.places] = np.where(rate < 0.0, -slope, 0.0)
        found.cells[a.places] = cells
        return found

    def places(self, name: str) -> Ints:
        """Return the number that each entry of a package was given with, in the order of its `PackageFlow`."""
        return next(a.places for a in self.acting if a.package.name == name)

    def package_flows(
        self, head: Floats, active: Bools, into_fixed: Floats, covered: Floats | None = None
    ) -> tuple[PackageFlow, ...]:
        """Return what every package moves.

        Parameters
        ----------
        head, active, covered
            As in `flows`.
        into_fixed : ndarray of float64, shape (cell,)
            Flow into each cell through its faces; a fixed cell passes it out of the model [L**3/T].
        """
        found = []
        for a in self.acting:
            if a.kind.fixes == "head":
                cells, rate = a.values.cells, -into_fixed[a.values.cells]
            elif a.kind.flow is not None:
                cells, rate, _ = self._evaluate(a, head, active, covered)
            else:
                continue
            seen = a.kind.observed(a.values, rate, a.package.options) if a.kind.observed else {}
            found.append(
                PackageFlow(a.package.name, a.kind.kind, cells, rate, a.values.auxiliary, a.values.boundnames, seen)
            )
        return tuple(found)

    def _evaluate(
        self, a: Acting, head: Floats, active: Bools, covered: Floats | None
    ) -> tuple[Ints, Floats, Floats]:
        cells = a.values.cells
        if cells.size == 0:
            return cells, np.zeros(0), np.zeros(0)
        if a.kind.seeks_active and not a.package.options.get("fixed_cell", False):
            cells = highest_wet(cells, active, self.cell_below)
        context = FlowContext(
            head[cells], self.grid.top[cells], self.grid.bottom[cells], self.grid.area[cells],
            self.newton, self.convertible[cells],
        )
        flow: Callable[..., tuple[Floats, Floats]] = a.kind.flow  # type: ignore[assignment]
        rate, derivative = flow(a.values, context, a.package.options)
        acts = active[cells] & ~self.fixed[cells]
        if covered is not None and a.kind.sheltered:
            rate, derivative = rate * (1.0 - covered[cells]), derivative * (1.0 - covered[cells])
        return cells, np.where(acts, rate, 0.0), np.where(acts, derivative, 0.0)

    def _fix(self, a: Acting) -> list[Problem]:
        cells = a.values.cells
        if cells.size == 0:
            return []
        head = a.values.columns["head"]
        file, package = a.package.file, a.package.name
        problems = []
        once, count = np.unique(cells, return_counts=True)
        twice = np.concatenate([once[count > 1], once[self.fixed[once]]])
        if twice.size:
            problems.append(
                Problem("the head is given twice", file=file, package=package, cell=self.grid.describe(int(twice[0])))
            )
        low = np.flatnonzero(self.convertible[cells] & (head < self.grid.bottom[cells]))
        if low.size:
            first = int(low[0])
            bottom = self.grid.bottom[cells[first]]
            problems.append(
                Problem(
                    "head", file=file, package=package, cell=self.grid.describe(int(cells[first])),
                    value=f"{head[first]:g}", allowed=f"[{bottom:g}, inf)",
                    hint="A water-table cell needs a head above its bottom.",
                )
            )
        self.fixed[cells] = True
        self.fixed_head[cells] = head
        return problems


def _entries(package: StressPackage, step: TimeStep) -> Acting:
    kind = kinds()[package.kind]
    given = values = package.at(step)
    keep = values.cells >= 0
    if not keep.all():
        names = values.boundnames
        values = replace(
            values,
            cells=values.cells[keep],
            columns={k: v[keep] for k, v in values.columns.items()},
            auxiliary={k: v[keep] for k, v in values.auxiliary.items()},
            boundnames=tuple(n for n, k in zip(names, keep, strict=True) if k) if names else (),
        )
    return Acting(package, kind, given, values, np.flatnonzero(keep))
