"""What packages bring and take, in MODFLOW 6's terms: SSM, SRC and cells of given concentration (CNC)."""

from dataclasses import dataclass

import numpy as np

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, PackageFlow
from gwsolver.core.time import TimeStep
from gwsolver.packages.registry import kinds
from gwsolver.transport.mf6.operator import Bools, Floats, Ints
from gwsolver.transport.sources import concentration_of, mass_cells


@dataclass(frozen=True, eq=False)
class EntryTerms:
    """The rates of one package's entries, h C - r, linearised about the latest iterate; shapes (entry,)."""

    diagonal: Floats
    right: Floats


class WaterEntries:
    """Entries of one flow package (SSM).

    Attributes
    ----------
    name, kind : str
    cells : ndarray of int64, shape (entry,)
        -1 where the entry acts on no cell.
    """

    def __init__(self, package: PackageFlow, concentration: Floats, mixed: bool, free: Bools) -> None:
        self.name, self.kind, self.cells = package.name, package.kind, package.cells
        self._rate = np.where((self.cells >= 0) & free[self.cells], package.rates, 0.0)
        self._brought = np.where(self._rate > 0.0, self._rate * concentration, 0.0)
        self._concentration, self._mixed = concentration, mixed

    def terms(self, c: Floats) -> EntryTerms:
        """Return the entries' terms.

        Water that enters brings its own concentration. Water that leaves takes that of the cell, but nothing
        where that is negative; if mixed, nothing where it is higher than the given one (MODFLOW 6 drops
        the mass that would leave at the given concentration).
        """
        here = c[self.cells]
        leaves = here <= self._concentration if self._mixed else here >= 0.0
        return EntryTerms(np.where((self._rate < 0.0) & leaves, self._rate, 0.0), -self._brought)


class FeatureEntries(WaterEntries):
    """Entries of a term of the water of lakes or reaches (LKT, SFT).

    Water that leaves takes the feature's concentration whatever its sign; what evaporates takes the given one where
    that is lower (MODFLOW 6, gwt-lkt.f90), while mixed sinks of SSM take nothing then.
    """

    def terms(self, c: Floats) -> EntryTerms:
        """Return the entries' terms."""
        below = c[self.cells] < self._concentration if self._mixed else np.ones(self.cells.size, bool)
        taken = np.where((self._rate < 0.0) & ~below, self._rate * self._concentration, 0.0)
        return EntryTerms(np.where((self._rate < 0.0) & below, self._rate, 0.0), -self._brought - taken)


class MassEntries:
    """Entries of a package that brings mass without water (SRC)."""

    def __init__(self, name: str, kind: str, cells: Ints, rate: Floats, free: Bools) -> None:
        self.name, self.kind, self.cells = name, kind, cells
        self._terms = EntryTerms(np.zeros(cells.size), -np.where((cells >= 0) & free[cells], rate, 0.0))

    def terms(self, c: Floats) -> EntryTerms:
        """Return the entries' terms."""
        return self._terms


@dataclass(frozen=True, eq=False)
class FixedCells:
    """Cells of given concentration (CNC).

    Attributes
    ----------
    names : tuple of str
        Package of each entry.
    cells : ndarray of int64, shape (entry,)
    concentration : ndarray of float64, shape (entry,)
    """

    names: tuple[str, ...]
    cells: Ints
    concentration: Floats


def fixed_cells(model: TransportModel, stress: TimeStep) -> FixedCells:
    """Return the cells of given concentration; of entries in one cell the last counts."""
    found: dict[int, tuple[str, float]] = {}
    for package in model.packages:
        if kinds()[package.kind].fixes != "concentration":
            continue
        at = package.at(stress)
        for cell, value in zip(at.cells.tolist(), at.columns["concentration"].tolist(), strict=True):
            if cell >= 0:
                found[cell] = (package.name, value)
    return FixedCells(
        tuple(name for name, _ in found.values()), np.array(list(found), np.int64),
        np.array([value for _, value in found.values()]),
    )


def entries(model: TransportModel, flow: FlowStep, stress: TimeStep, free: Bools) -> list[WaterEntries | MassEntries]:
    """Return the entries of all flow packages and mass sources.

    Parameters
    ----------
    model : TransportModel
    flow : FlowStep
    stress : TimeStep
        The transport model's own step.
    free : ndarray of bool, shape (cell,)
        Active cells whose concentration is not given: nothing acts in others.
    """
    given = {s.package: s for s in model.sources}
    found: list[WaterEntries | MassEntries] = []
    for package in flow.packages:
        source = given.get(package.name)
        nothing = np.zeros(package.rates.size)
        concentration = nothing if source is None else concentration_of(source, package, stress, model)
        of_features = package.cells.size > 0 and package.cells[0] >= model.grid.water_bodies.start
        kind = FeatureEntries if of_features else WaterEntries
        found.append(kind(package, concentration, source is not None and source.mixed, free))
    for own in model.packages:
        mass = kinds()[own.kind].mass
        if mass is not None:
            at = own.at(stress)
            cells = mass_cells(own, at.cells, model.grid, flow.saturation_end)
            found.append(MassEntries(own.name, own.kind, cells, mass(at), free))
    return found
