"""What packages bring to and take from cells: rates per cell for the kernel, entries for the books."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import SourceConcentration, TransportModel
from gwsolver.core.steps import FlowStep, PackageFlow
from gwsolver.core.stress import StressPackage, StressValues
from gwsolver.core.time import TimeStep
from gwsolver.packages.registry import kinds
from gwsolver.transport.water import Capacity

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Entries:
    """Entries of one package.

    Attributes
    ----------
    name, kind : str
    cells : ndarray of int64, shape (entry,)
        -1 where the entry acts on no cell.
    inflow : ndarray of float64, shape (entry,)
        Mass rate into the cell [M/T], whatever the concentration there; negative takes mass away.
    outflow : ndarray of float64, shape (entry,)
        Water taken at the cell's own concentration [L**3/T], >= 0.
    mixed, limit : ndarray of float64, shape (entry,), or None
        Water taken at the cell's concentration or at `limit` [M/L**3], whichever is lower [L**3/T], >= 0.
    """

    name: str
    kind: str
    cells: Ints
    inflow: Floats
    outflow: Floats
    mixed: Floats | None = None
    limit: Floats | None = None

    def same_as(self, other: "Entries") -> bool:
        """Return whether others are the same entries with the same values."""
        if (self.name, self.kind, self.mixed is None) != (other.name, other.kind, other.mixed is None):
            return False
        names = ("cells", "inflow", "outflow") if self.mixed is None else (
            "cells", "inflow", "outflow", "mixed", "limit"
        )
        return all(np.array_equal(getattr(self, n), getattr(other, n)) for n in names)


@dataclass(frozen=True, eq=False)
class Mixed:
    """Sinks that take water at a given concentration, or at the cell's where that is lower.

    Attributes
    ----------
    names : tuple of str
        Package of each sink.
    entries : ndarray of int64, shape (sink,)
        Its place among the package's entries.
    cells : ndarray of int64, shape (sink,)
    rates : ndarray of float64, shape (sink,)
        Water taken [L**3/T].
    limits : ndarray of float64, shape (sink,)
        Given concentration [M/L**3].
    """

    names: tuple[str, ...]
    entries: Ints
    cells: Ints
    rates: Floats
    limits: Floats


@dataclass(frozen=True, eq=False)
class Exchanged:
    """What lakes and reaches beside an aquifer's own march take from its cells.

    Attributes
    ----------
    leaves : ndarray of float64, shape (cell,)
        Water that flows to them at the cell's concentration [L**3/T].
    fed : ndarray of bool, shape (cell,)
        Cells that they feed: nothing is known of a profile behind these.
    """

    leaves: Floats
    fed: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Boundaries:
    """All that acts on cells from outside during one step of the transport model.

    Attributes
    ----------
    entries : tuple of Entries
        Flow packages and SRC.
    fixed_name : tuple of str
        CNC package of each fixed entry.
    fixed_cells : ndarray of int64, shape (entry,)
        Cells of given concentration.
    fixed_concentration : ndarray of float64, shape (entry,)
    fixed : ndarray of bool, shape (cell,)
    source : ndarray of float64, shape (cell,)
        Mass rate into the cell, s [M/T].
    taken : ndarray of float64, shape (cell,)
        Mass rate that SRC takes out as far as there is any [M/T].
    loss : ndarray of float64, shape (cell,)
        First-order losses, l [L**3/T]: sinks, flow imbalance, decay, `exchanged`.
    inflow, inflow_concentration : ndarray of float64, shape (cell,)
        Water that packages bring [L**3/T] and its mean concentration [M/L**3].
    sinks, imbalance, decay_dissolved, decay_sorbed : ndarray of float64, shape (cell,)
        Parts of `loss`. Decay stands here if it is linear and of order one, else see ``processes``.
    mixed : Mixed
        Not in `loss`: they act between the steps of a march.
    exchanged : Exchanged or None
        Where features stand beside the march: it hands over itself what they take.
    """

    entries: tuple[Entries, ...]
    fixed_name: tuple[str, ...]
    fixed_cells: Ints
    fixed_concentration: Floats
    fixed: NDArray[np.bool_]
    source: Floats
    taken: Floats
    loss: Floats
    inflow: Floats
    inflow_concentration: Floats
    sinks: Floats
    imbalance: Floats
    decay_dissolved: Floats
    decay_sorbed: Floats
    mixed: Mixed
    exchanged: Exchanged | None = None

    @property
    def own_loss(self) -> Floats:
        """`loss` without what lakes and reaches take, shape (cell,)."""
        return self.loss if self.exchanged is None else self.loss - self.exchanged.leaves

    @cached_property
    def takes(self) -> bool:
        """Whether SRC takes mass out anywhere."""
        return bool(self.taken.any())


def concentration_of(
    source: SourceConcentration, package: PackageFlow, stress: TimeStep, model: TransportModel
) -> Floats:
    """Return the concentration that SSM gives each entry of a flow package, shape (entry,) [M/L**3].

    Raises
    ------
    InputError
        If an SPC6 file has fewer entries than the package.
    """
    if source.constant is not None:
        return np.full(package.cells.size, source.constant)
    if source.values is None:
        return package.auxiliary[source.auxiliary]
    given = source.values(stress).columns["concentration"]
    if source.by_plan:
        node = model.grid.node[np.maximum(package.cells, 0)]
        return given[node % given.size]
    if given.size < package.cells.size:
        raise InputError([Problem(
            f"the SPC6 file of {source.package} has MAXBOUND = {given.size}, the package {package.cells.size} entries",
            file=model.file, package="ssm", hint="Increase MAXBOUND and give every entry its concentration.",
        )])
    return given[: package.cells.size]


def flow_entries(model: TransportModel, flow: FlowStep, stress: TimeStep) -> list[Entries]:
    """Return what flow packages carry: inflow at SSM's concentration, 0 without; outflow at the cell's, or mixed."""
    sources = {s.package: s for s in model.sources}
    found = []
    for package in flow.packages:
        rates = np.where(package.cells >= 0, package.rates, 0.0)
        source = sources.get(package.name)
        brings = concentration_of(source, package, stress, model) if source else np.zeros(rates.size)
        into, out = np.maximum(rates, 0.0), np.maximum(-rates, 0.0)
        brought = np.where(into > 0.0, into * brings, 0.0)
        if source is not None and source.mixed:
            limit = np.maximum(brings, 0.0)
            found.append(Entries(package.name, package.kind, package.cells, brought, np.zeros(out.size), out, limit))
        else:
            found.append(Entries(package.name, package.kind, package.cells, brought, out))
    return found


def mass_cells(package: StressPackage, cells: Ints, grid: Grid, saturation: Floats) -> Ints:
    """Return the cells in which the entries of a mass source act.

    With HIGHEST_SATURATED: the highest cell with water at or below the given one, or the lowest there is.
    """
    if not package.options.get("highest_saturated"):
        return cells
    cells = cells.copy()
    while True:
        at = np.maximum(cells, 0)
        falls = (cells >= 0) & (saturation[at] <= 0.0) & (grid.cell_below[at] >= 0)
        if not falls.any():
            return cells
        cells[falls] = grid.cell_below[cells[falls]]


def mixed_sinks(entries: Sequence[Entries]) -> Mixed:
    """Return the mixed sinks of all packages that really take water."""
    names: list[str] = []
    parts: list[tuple[Ints, Ints, Floats, Floats]] = []
    for e in entries:
        if e.mixed is not None and e.limit is not None:
            on = np.flatnonzero(e.mixed > 0.0)
            names += [e.name] * on.size
            parts.append((on, e.cells[on], e.mixed[on], e.limit[on]))
    if not parts:
        none = np.zeros(0, np.int64)
        return Mixed((), none, none, np.zeros(0), np.zeros(0))
    index, cells, rates, limits = (np.concatenate(p) for p in zip(*parts, strict=True))
    return Mixed(tuple(names), index, cells, rates, limits)


@dataclass(frozen=True, eq=False)
class Given:
    """What packages give during one step of the transport model, entry by entry.

    Attributes
    ----------
    entries : tuple of Entries
        Of flow packages, then of mass sources.
    fixed_name : tuple of str
    fixed_cells, fixed_concentration : ndarray, shape (entry,)
        As in `Boundaries`.
    """

    entries: tuple[Entries, ...]
    fixed_name: tuple[str, ...]
    fixed_cells: Ints
    fixed_concentration: Floats

    def same_as(self, other: "Given") -> bool:
        """Return whether another step gives the same."""
        return (
            self.fixed_name == other.fixed_name and np.array_equal(self.fixed_cells, other.fixed_cells)
            and np.array_equal(self.fixed_concentration, other.fixed_concentration)
            and len(self.entries) == len(other.entries)
            and all(a.same_as(b) for a, b in zip(self.entries, other.entries, strict=True))
        )


def stresses(model: TransportModel, stress: TimeStep) -> Iterator[StressValues]:
    """Yield what the transport model's own input gives during a step; where nothing changes, the very same objects."""
    yield from (s.values(stress) for s in model.sources if s.values is not None)
    yield from (p.at(stress) for p in model.packages)


def given(model: TransportModel, flow: FlowStep, stress: TimeStep) -> Given:
    """Return what packages give during a step."""
    entries = flow_entries(model, flow, stress)
    names: list[str] = []
    cells, values = [np.zeros(0, np.int64)], [np.zeros(0)]
    for package in model.packages:
        at = package.at(stress)
        kind = kinds()[package.kind]
        if kind.fixes == "concentration":
            on = at.cells >= 0
            cells.append(at.cells[on])
            values.append(at.columns["concentration"][on])
            names += [package.name] * int(on.sum())
        elif kind.mass is not None:
            own = mass_cells(package, at.cells, model.grid, flow.saturation_end)
            entries.append(Entries(
                package.name, package.kind, own, np.where(own >= 0, kind.mass(at), 0.0), np.zeros(own.size),
            ))
    if not names:
        return Given(tuple(entries), (), cells[0], values[0])
    fixed_cells, fixed = np.concatenate(cells), np.concatenate(values)
    # Of entries in one cell the last counts.
    last = np.sort(fixed_cells.size - 1 - np.unique(fixed_cells[::-1], return_index=True)[1])
    return Given(tuple(entries), tuple(names[i] for i in last), fixed_cells[last], fixed[last])


def boundaries(model: TransportModel, flow: FlowStep, stress: TimeStep, capacity: Capacity) -> Boundaries:
    """Put together everything that acts on cells during a step."""
    return put_together(model, flow, given(model, flow, stress), capacity)


@lru_cache(maxsize=4)
def nothing(n_cells: int) -> Floats:
    """Return zeros that everything of this size shares, not to be changed."""
    zeros = np.zeros(n_cells)
    zeros.setflags(write=False)
    return zeros


def put_together(model: TransportModel, flow: FlowStep, packages: Given, capacity: Capacity) -> Boundaries:
    """Put together what packages give and what else acts on cells during a step.

    In cells of given concentration nothing else acts (as in MODFLOW 6): their packages and decay are left out.
    """
    n_cells, entries = model.grid.n_cells, packages.entries
    fixed = np.zeros(n_cells, bool)
    fixed[packages.fixed_cells] = True
    inflow, brought = np.zeros(n_cells), np.zeros(n_cells)
    for package_flow, carried in zip(flow.packages, entries, strict=False):
        enters = (package_flow.cells >= 0) & (package_flow.rates > 0.0)
        np.add.at(inflow, package_flow.cells[enters], package_flow.rates[enters])
        np.add.at(brought, package_flow.cells[enters], carried.inflow[enters])
    source, sinks = np.zeros(n_cells), np.zeros(n_cells)
    takes = any((e.inflow < 0.0).any() for e in entries)
    taken = np.zeros(n_cells) if takes else nothing(n_cells)
    free_entries = []
    for e in entries:
        acts = (e.cells >= 0) & ~fixed[e.cells]
        mixed = None if e.mixed is None else np.where(acts, e.mixed, 0.0)
        e = replace(e, inflow=np.where(acts, e.inflow, 0.0), outflow=np.where(acts, e.outflow, 0.0), mixed=mixed)
        np.add.at(source, e.cells[acts], np.maximum(e.inflow[acts], 0.0))
        if takes:
            np.add.at(taken, e.cells[acts], np.maximum(-e.inflow[acts], 0.0))
        np.add.at(sinks, e.cells[acts], e.outflow[acts])
        free_entries.append(e)
    imbalance = flow.residual if model.advection else np.zeros(n_cells)
    if packages.fixed_cells.size:
        imbalance = np.where(fixed, 0.0, imbalance)
    water = 0.5 * (capacity.water_start + capacity.water_end)
    proportional = not model.mobile.nonlinear and model.mobile.decay_order == 1
    decays = np.where(fixed, 0.0, 1.0 if proportional else 0.0)
    dissolved = decays * model.mobile.decay_rate * water
    sorbed = decays * model.mobile.decay_rate_sorbed * capacity.sorbed
    return Boundaries(
        tuple(free_entries), packages.fixed_name, packages.fixed_cells, packages.fixed_concentration, fixed, source,
        taken,
        sinks + imbalance + dissolved + sorbed, inflow, brought / np.where(inflow > 0.0, inflow, 1.0), sinks,
        imbalance, dissolved, sorbed, mixed_sinks(free_entries),
    )
