"""A flow step with the water of features beside that of the aquifer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.features import INACTIVE, FeatureSolute, FeatureStep
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, PackageFlow
from gwsolver.core.time import TimeStep
from gwsolver.transport.features.grid import Body, FeatureGrid
from gwsolver.transport.features.model import term_package
from gwsolver.transport.features.movers import Carried, carried
from gwsolver.transport.features.terms import EVAPORATES, TERMS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DRY_HEAD = -1e30
FLOOR = 1e-6
"""Part of the first water that a feature held, below which its volume does not fall."""


def waters_of(model: TransportModel, flow: FlowStep) -> list[FeatureStep]:
    """Return the water of each package of features of a model.

    Raises
    ------
    InputError
        If the flow has none of this name.
    """
    found = {w.name: w for w in flow.features}
    missing = [s for s in model.features if s.flow_package not in found]
    if missing:
        raise InputError([Problem(
            f"the flow that carries {model.name} has no lakes or streams of the name {s.flow_package}", file=s.file,
            package=s.name, value=s.flow_package, hint="Give FLOW_PACKAGE_NAME, or solve the flow here: saved flows "
            "do not tell what lakes and streams hold.") for s in missing])
    return [found[s.flow_package] for s in model.features]


@dataclass(frozen=True, eq=False)
class JoinedFlow:
    """What a flow step looks like on the joined grid.

    Attributes
    ----------
    flow : FlowStep
        As it is.
    waters : tuple of FeatureStep
        Of the bodies of the grid.
    inactive : tuple of ndarray of bool, shape (feature,)
        Features without solute, of each body.
    whole : FlowStep
        Of the joined grid.
    moves : Carried
        What movers carry through faces.
    """

    flow: FlowStep
    waters: tuple[FeatureStep, ...]
    inactive: tuple[Bools, ...]
    whole: FlowStep
    moves: Carried


def inactive_of(solutes: Sequence[FeatureSolute], stress: TimeStep) -> tuple[Bools, ...]:
    """Return the features of each package that take no part in transport."""
    return tuple(s.source(stress).status == INACTIVE for s in solutes)


def join_flow(
    model: TransportModel, grid: FeatureGrid, flow: FlowStep, stress: TimeStep, evaporates: Sequence[bool],
    floors: Sequence[Floats], before: JoinedFlow | None,
) -> JoinedFlow:
    """Return a flow step on the joined grid; where steady flow goes on unchanged its fields are those of before.

    Parameters
    ----------
    model : TransportModel
        The user's.
    grid : FeatureGrid
        With faces for all that the water of the features passes through.
    flow : FlowStep
    stress : TimeStep
        The model's own.
    evaporates : sequence of bool
        Whether evaporation takes solute out of the features of each package.
    floors : sequence of ndarray of float64, shape (feature,)
        Volumes below which the features of each package do not fall here: salt stays where water was [L**3].
    before : JoinedFlow or None
        The latest one on this grid.
    """
    inactive = inactive_of(model.features, stress)
    if before is not None:
        same = all(np.array_equal(a, b) for a, b in zip(inactive, before.inactive, strict=True))
        if same and flow is before.flow:
            return before
        if same and _repeats(flow, before.flow):
            whole = replace(before.whole, start=flow.start, end=flow.end, period=flow.period, step=flow.step,
                            iterations=flow.iterations)
            return JoinedFlow(flow, before.waters, inactive, whole, before.moves)
    waters = tuple(waters_of(model, flow))
    rates = np.zeros(grid.body_faces.size)
    for body, water, off in zip(grid.bodies, waters, inactive, strict=True):
        _put_rates(rates, grid.base.n_faces, body, water, off)
    moves = carried(flow.moved if model.moves_solute else None, grid.bodies, waters, inactive, flow.packages)
    if len(moves.ends):
        np.add.at(rates, grid.first_move - grid.base.n_faces + moves.shares(grid.moves)[0], moves.rates)
    more = [w.stage.size for w in waters]
    zero = np.zeros(sum(more))
    start, end = (
        np.concatenate([np.maximum(getattr(w, name), floor) for w, floor in zip(waters, floors, strict=True)])
        for name in ("volume_start", "volume_end")
    )
    stage = np.where(np.concatenate(inactive), DRY_HEAD, np.concatenate([w.stage for w in waters]))
    taken = {w.name for w in waters}
    packages = moves.without_moved([p for p in flow.packages if p.name not in taken])
    for solute, body, water, off, takes in zip(model.features, grid.bodies, waters, inactive, evaporates, strict=True):
        packages += _term_packages(solute, body, moves.lowered(water, body), off, takes)
    whole = replace(
        flow, face_flow=np.concatenate([flow.face_flow, rates]),
        head_start=np.concatenate([flow.head_start, stage]), head_end=np.concatenate([flow.head_end, stage]),
        saturation_start=np.concatenate([flow.saturation_start, start]),
        saturation_end=np.concatenate([flow.saturation_end, end]),
        specific_discharge=np.concatenate([flow.specific_discharge, np.zeros((zero.size, 3))]),
        storage_specific=np.concatenate([flow.storage_specific, zero]),
        storage_yield=np.concatenate([flow.storage_yield, (start - end) / flow.length]),
        residual=np.concatenate([flow.residual, zero]), packages=tuple(packages), features=(),
    )
    return JoinedFlow(flow, waters, inactive, whole, moves)


def own_flow(flow: FlowStep, grid: FeatureGrid) -> FlowStep:
    """Return what of a joined flow step belongs to the aquifer, as views of its arrays; packages stay together."""
    n = grid.base.n_cells
    names = ("head_start", "head_end", "saturation_start", "saturation_end", "specific_discharge", "storage_specific",
             "storage_yield", "residual")
    return replace(flow, face_flow=flow.face_flow[:grid.base.n_faces], **{k: getattr(flow, k)[:n] for k in names})


def _repeats(flow: FlowStep, before: FlowStep) -> bool:
    return (flow.steady and before.steady and flow.face_flow is before.face_flow
            and flow.packages is before.packages and flow.features is before.features)


def _put_rates(rates: Floats, first: int, body: Body, water: FeatureStep, off: Bools) -> None:
    """Put the flow through the faces of a body in its place: from cells into features, along links."""
    joins = water.connection_cell >= 0
    own = np.where(off[water.connection_feature], 0.0, water.rate)[joins]
    rates[body.connection_faces(water)[joins] - first] = -own
    between = np.where(off[water.link_from] | off[water.link_to], 0.0, water.link_rate)
    rates[body.link_faces(water) - first] = between


def _term_packages(
    solute: FeatureSolute, body: Body, water: FeatureStep, off: Bools, evaporates: bool
) -> list[PackageFlow]:
    """Return the terms of the features' water as flow packages; evaporation only where it takes solute."""
    found = []
    for term in TERMS:
        if term.name not in water.terms or (term.does == EVAPORATES and not evaporates):
            continue
        rates = np.where(off, 0.0, water.terms[term.name])
        cells = np.arange(body.start, body.cells.stop)
        found.append(PackageFlow(term_package(solute, term), solute.kind, cells, rates))
    return found


def floors_of(waters: Sequence[FeatureStep], before: Sequence[Floats]) -> tuple[Floats, ...]:
    """Return the volumes below which features do not fall: found when a feature first holds water, then kept."""
    return tuple(
        np.where(floor > 0.0, floor, FLOOR * np.maximum(w.volume_start, w.volume_end))
        for w, floor in zip(waters, before, strict=True)
    )
