"""The books of one step in MODFLOW 6's terms: what was solved is what is booked, so that they close.

Where models share a grid each has books of its own, "model/" before the name of every package.
"""

import math
from collections.abc import Mapping

import numpy as np

from gwsolver.core.grid import Grid
from gwsolver.core.ledger import Ledger
from gwsolver.kernels import transport_cells
from gwsolver.transport.mf6.operator import Bools, Floats, Ints, gathered
from gwsolver.transport.mf6.sources import EntryTerms, FixedCells, MassEntries, WaterEntries
from gwsolver.transport.mf6.terms import IMMOBILE, Term

PackageRates = Mapping[str, tuple[Ints, Floats]]
CellRates = Mapping[tuple[str, str], Floats]


def books(
    grid: Grid, c: Floats, length: float, terms: list[Term],
    entries: list[tuple[WaterEntries | MassEntries, EntryTerms]], fixed: FixedCells, free: Bools, flux: Floats,
    defect: Floats,
) -> tuple[Ledger, PackageRates, CellRates]:
    """Return the ledger of a step, the mean rates of the packages' entries, and those of other terms by cell.

    Parameters
    ----------
    grid : Grid
    c : ndarray of float64, shape (cell,)
        Concentration at the end.
    length : float
        Of the step [T].
    terms : list of Term
        As they were solved.
    entries : list of (entries, their terms)
    fixed : FixedCells
    free : ndarray of bool, shape (cell,)
        Cells that were solved: others are outside the balance.
    flux : ndarray of float64, shape (face,)
        From n to m [M/T].
    defect : ndarray of float64, shape (face,)
        What m received beyond that [M/T].
    """
    ledger = Ledger()
    rates: dict[str, tuple[Ints, Floats]] = {}
    for own_entries, term in entries:
        rate = term.diagonal * c[own_entries.cells] - term.right
        ledger.add_each(own_entries.name, own_entries.kind, rate * length)
        rates[own_entries.name] = (own_entries.cells, rate)
    # As MODFLOW 6 books it: each face of a cell of given concentration by itself, those between two such not at all.
    received = _into_fixed(grid, fixed, free, flux, defect)
    for name in dict.fromkeys(fixed.names):
        own = np.array([n == name for n in fixed.names])
        place = np.full(grid.n_cells, -1, np.int64)
        place[fixed.cells[own]] = np.arange(int(own.sum()))
        cells, amounts = received
        mine = place[cells] >= 0
        ledger.add_each(name, "cnc", -amounts[mine] * length)
        net = gathered(place[cells[mine]], amounts[mine], int(own.sum()))
        rates[name] = (fixed.cells[own], -net)
    by_cell = {(t.package, t.term): np.where(free, t.rate(c), 0.0) for t in terms}
    amounts_of = [(*key, rate * length) for key, rate in by_cell.items()]
    for package, term_name in by_cell:
        if term_name == IMMOBILE:
            rates[package] = np.flatnonzero(free), by_cell[package, term_name][free]
    if defect.any():
        made = np.where(free[grid.face_cells].any(axis=1), defect, 0.0) * length
        second = grid.face_cells[:, 1].astype(np.int64)
        amounts_of.append(("advection", "central weighting", gathered(second, made, grid.n_cells)))
    for part in grid.parts:
        for package, term_name, of_cells in amounts_of:
            amounts, sums = of_cells[part.cells], np.zeros(4)
            transport_cells.signed_sums(amounts, np.zeros(amounts.size), np.ones(amounts.size), sums)
            ledger.add(part.label + package, term_name, math.fsum(sums[:2]), math.fsum(-sums[2:]))
    return ledger, rates, by_cell


def book_drying(ledger: Ledger, grid: Grid, dissolved: Floats, on_solid: Floats) -> None:
    """Book what cells held that fell dry: storage gives it up, and it is lost with them, as in MODFLOW 6.

    Parameters
    ----------
    ledger : Ledger
        Of the step in which they fell dry.
    grid : Grid
    dissolved, on_solid : ndarray of float64, shape (cell,)
        What they held at its start [M]; zero elsewhere.
    """
    if dissolved.any() or on_solid.any():
        ledger.add_by_part(grid.parts, "storage", "dissolved", dissolved)
        ledger.add_by_part(grid.parts, "storage", "sorbed", on_solid)
        ledger.add_by_part(grid.parts, "dry cells", "lost", -(dissolved + on_solid))


def book_unsolved(ledger: Ledger, grid: Grid, amount: Floats) -> None:
    """Book what entered cells that hold no water at the end of a step and are not solved: it is lost with them.

    Parameters
    ----------
    ledger : Ledger
    grid : Grid
    amount : ndarray of float64, shape (cell,)
        In more than out [M]; zero elsewhere.
    """
    ledger.add_by_part(grid.parts, "dry cells", "lost", -amount)


def _into_fixed(
    grid: Grid, fixed: FixedCells, free: Bools, flux: Floats, defect: Floats
) -> tuple[Ints, Floats]:
    """Return fixed cells and what each receives through a face from a free cell, or a lake or reach [M/T]."""
    held = np.zeros(grid.n_cells, bool)
    held[fixed.cells] = True
    gives = free.copy()
    gives[grid.water_bodies] |= held[grid.water_bodies]
    n, m = grid.face_cells.astype(np.int64).T
    from_m, from_n = np.flatnonzero(held[n] & gives[m]), np.flatnonzero(held[m] & gives[n])
    return np.concatenate([n[from_m], m[from_n]]), np.concatenate([-flux[from_m], (flux + defect)[from_n]])
