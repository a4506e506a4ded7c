"""What packages bring to and take from cells: rates per cell for the kernel, entries for the books."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
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
    """

    name: str
    kind: str
    cells: Ints
    inflow: Floats
    outflow: Floats


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
        First-order losses, l [L**3/T]: sinks, flow imbalance, decay.
    inflow, inflow_concentration : ndarray of float64, shape (cell,)
        Water that packages bring [L**3/T] and its mean concentration [M/L**3].
    sinks, imbalance, decay_dissolved, decay_sorbed : ndarray of float64, shape (cell,)
        Parts of `loss`.
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


def flow_entries(model: TransportModel, flow: FlowStep) -> list[Entries]:
    """Return what flow packages carry: inflow at its auxiliary concentration, 0 without; outflow at the cell's."""
    auxiliary = {s.package: s.auxiliary for s in model.sources}
    found = []
    for package in flow.packages:
        rates = np.where(package.cells >= 0, package.rates, 0.0)
        name = auxiliary.get(package.name)
        concentration = package.auxiliary[name] if name is not None else np.zeros(rates.size)
        into = np.maximum(rates, 0.0)
        found.append(Entries(
            package.name, package.kind, package.cells, np.where(into > 0.0, into * concentration, 0.0),
            np.maximum(-rates, 0.0),
        ))
    return found


def boundaries(model: TransportModel, flow: FlowStep, stress: TimeStep, capacity: Capacity) -> Boundaries:
    """Put together everything that acts on cells during a step.

    In cells of given concentration nothing else acts (as in MODFLOW 6): their packages and decay are left out.
    """
    n_cells = model.grid.n_cells
    entries = flow_entries(model, flow)
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
            entries.append(Entries(
                package.name, package.kind, at.cells, np.where(at.cells >= 0, kind.mass(at), 0.0),
                np.zeros(at.cells.size),
            ))
    fixed_cells = np.concatenate(cells)
    fixed = np.zeros(n_cells, bool)
    fixed[fixed_cells] = True

    inflow, brought = np.zeros(n_cells), np.zeros(n_cells)
    for package_flow, carried in zip(flow.packages, entries, strict=False):
        enters = (package_flow.cells >= 0) & (package_flow.rates > 0.0)
        np.add.at(inflow, package_flow.cells[enters], package_flow.rates[enters])
        np.add.at(brought, package_flow.cells[enters], carried.inflow[enters])
    source, taken, sinks = np.zeros(n_cells), np.zeros(n_cells), np.zeros(n_cells)
    free_entries = []
    for e in entries:
        acts = (e.cells >= 0) & ~fixed[e.cells]
        e = Entries(e.name, e.kind, e.cells, np.where(acts, e.inflow, 0.0), np.where(acts, e.outflow, 0.0))
        np.add.at(source, e.cells[acts], np.maximum(e.inflow[acts], 0.0))
        np.add.at(taken, e.cells[acts], np.maximum(-e.inflow[acts], 0.0))
        np.add.at(sinks, e.cells[acts], e.outflow[acts])
        free_entries.append(e)
    imbalance = np.where(fixed, 0.0, flow.residual) if model.advection else np.zeros(n_cells)
    water = 0.5 * (capacity.water_start + capacity.water_end)
    dissolved = np.where(fixed, 0.0, model.mobile.decay_rate * water)
    sorbed = np.where(fixed, 0.0, model.mobile.decay_rate_sorbed * capacity.sorbed)
    return Boundaries(
        tuple(free_entries), tuple(names), fixed_cells, np.concatenate(values), fixed, source, taken,
        sinks + imbalance + dissolved + sorbed, inflow, brought / np.where(inflow > 0.0, inflow, 1.0), sinks,
        imbalance, dissolved, sorbed,
    )
