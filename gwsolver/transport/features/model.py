"""A transport model with its features as further cells of the grid."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import CONSTANT, FeatureSolute, FeatureSource
from gwsolver.core.simulation import SourceConcentration, TransportModel
from gwsolver.core.stress import StressPackage, StressValues
from gwsolver.core.time import TimeStep
from gwsolver.transport.features.grid import FeatureGrid
from gwsolver.transport.features.terms import EVAPORATES, TERMS, WaterTerm

Floats = NDArray[np.float64]
Record = TypeVar("Record")
ONES = ("porosity", "sorption_parameter")
"""What is one in a cell of nothing but water; all else is zero there: no solids, no decay, no dispersion."""
HELD = "held"
"""Package, under a body's label, of the features whose concentration is given."""


@dataclass(frozen=True, eq=False)
class TermConcentration:
    """The concentration that a term of the features' water brings or takes."""

    source: FeatureSource
    column: str

    def __call__(self, step: TimeStep) -> StressValues:
        """Return it by feature under ``concentration``."""
        values = self.source(step)
        given = values.columns.get(self.column, np.zeros(values.status.size))
        return StressValues(np.arange(values.status.size), {"concentration": given})


@dataclass(frozen=True, eq=False)
class HeldFeatures:
    """The features whose STATUS is CONSTANT, as cells of given concentration."""

    source: FeatureSource
    start: int

    def __call__(self, step: TimeStep) -> StressValues:
        """Return them with their concentrations."""
        values = self.source(step)
        held = np.flatnonzero(values.status == CONSTANT)
        return StressValues(held + self.start, {"concentration": values.columns["concentration"][held]})


def joined_model(model: TransportModel, grid: FeatureGrid, evaporates: Sequence[bool]) -> TransportModel:
    """Return a model on a grid that has its features too, packages under "package/term".

    Parameters
    ----------
    model : TransportModel
    grid : FeatureGrid
    evaporates : sequence of bool
        Whether evaporation takes solute out of the features of each package.
    """
    own, more = model.grid.n_cells, grid.n_cells - model.grid.n_cells
    solutes = {s.name: s for s in model.features}
    start = [solutes[b.name].initial_concentration for b in grid.bodies]
    held = tuple(
        StressPackage(f"{b.name}/{HELD}", "cnc", HeldFeatures(solutes[b.name].source, b.start), file=model.file)
        for b in grid.bodies
    )
    return replace(
        model, grid=grid, initial_concentration=np.concatenate([model.initial_concentration, *start]),
        mobile=_padded(model.mobile, own, more),
        dispersion=None if model.dispersion is None else _padded(model.dispersion, own, more),
        immobile=tuple(_padded(d, own, more, porosity=0.0) for d in model.immobile),
        sources=(*model.sources, *(
            s for b, takes in zip(grid.bodies, evaporates, strict=True) for s in term_sources(solutes[b.name], takes))),
        packages=(*model.packages, *held), features=(),
        face_advection=_face_advection(model, grid),
    )


def own_model(model: TransportModel) -> TransportModel:
    """Return what of a joined model belongs to the aquifer, as views of its arrays."""
    grid = model.grid
    assert isinstance(grid, FeatureGrid)
    n = grid.base.n_cells
    advection = model.face_advection
    return replace(
        model, grid=grid.base, initial_concentration=model.initial_concentration[:n], mobile=_cut(model.mobile, n),
        dispersion=None if model.dispersion is None else _cut(model.dispersion, n),
        immobile=tuple(_cut(d, n) for d in model.immobile),
        face_advection=None if advection is None else advection[:grid.base.n_faces],
    )


def term_package(solute: FeatureSolute, term: WaterTerm) -> str:
    """Return the name under which a term of the features' water stands among the flow packages."""
    return f"{solute.name}/{term.name}"


def term_sources(solute: FeatureSolute, evaporates: bool) -> list[SourceConcentration]:
    """Return what each term brings or takes."""
    return [
        SourceConcentration(term_package(solute, term), mixed=term.does == EVAPORATES,
                            values=TermConcentration(solute.source, term.column))
        for term in TERMS if term.column and (evaporates or term.does != EVAPORATES)
    ]


def takes_by_evaporation(model: TransportModel, stress: TimeStep, before: Sequence[bool]) -> tuple[bool, ...]:
    """Return whether evaporation takes solute out of each package's features, or has done so before."""
    column = next(t.column for t in TERMS if t.does == EVAPORATES)
    found = []
    for solute, took in zip(model.features, before, strict=True):
        given = solute.source(stress).columns.get(column)
        found.append(took or (given is not None and bool((given > 0.0).any())))
    return tuple(found)


def _face_advection(model: TransportModel, grid: FeatureGrid) -> NDArray[np.str_] | None:
    """Return the advection of each face: between features and cells upstream."""
    if not model.advection and model.face_advection is None:
        return None
    own = np.full(model.grid.n_faces, model.advection, "U8") if model.face_advection is None else model.face_advection
    return np.concatenate([own, np.full(grid.body_faces.size, "upstream", "U8")])


def _padded(record: Record, own: int, more: int, **given: float) -> Record:
    """Return a record of arrays by cell with values for further cells, `given` or as `ONES` says."""
    return _each(record, own, lambda name, values: np.concatenate(
        [values, np.full(more, given.get(name, 1.0 if name in ONES else 0.0))]))


def _cut(record: Record, own: int) -> Record:
    """Return a record of arrays by cell without the cells that follow."""
    return _each(record, -1, lambda _, values: values[:own])


def _each(record: Record, size: int, change: Callable[[str, Floats], Floats]) -> Record:
    """Return a record whose arrays are changed, those by cell if a size is told."""
    given: Any = record
    found: dict[str, Floats] = {}
    for f in fields(given):
        values = getattr(given, f.name)
        if isinstance(values, np.ndarray) and (size < 0 or values.shape[0] == size):
            found[f.name] = change(f.name, values)
    changed: Record = replace(given, **found)
    return changed
