"""Models joined by exchanges as one model, which the solvers then see as any other."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

from gwsolver.core.aquifer import Conductivity, Dispersion, FaceRules, Storage
from gwsolver.core.barriers import Barriers, BarriersInForce
from gwsolver.core.errors import Problem
from gwsolver.core.exchange import Exchange
from gwsolver.core.features import FeaturePackage, Ints
from gwsolver.core.grid import Grid
from gwsolver.core.merged_grid import MergedGrid, merge_grids
from gwsolver.core.movers import MoverPackage
from gwsolver.core.simulation import FlowModel, TransportModel
from gwsolver.core.stress import StressPackage, StressSource, StressValues
from gwsolver.core.time import TimeStep
from gwsolver.core.wetting import Wetting

Record = TypeVar("Record")
Model = FlowModel | TransportModel


def shifted(cells: Ints, by: int) -> Ints:
    """Return cells counted in another grid; -1 (none) stays."""
    return np.where(cells >= 0, cells + by, -1)


@dataclass(frozen=True, eq=False)
class ShiftedStress:
    """A stress source whose cells are those of one part of a merged grid."""

    source: StressSource
    start: int

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the entries in force during `step`, in cells of the merged grid."""
        values = self.source(step)
        return replace(values, cells=shifted(values.cells, self.start))


def merge_flow_models(models: Sequence[FlowModel], exchanges: Sequence[Exchange]) -> FlowModel:
    """Return models joined by exchanges as one; packages are named "model/package".

    Output control and observations stay with the models: results are split before they are written.
    `merge_problems` tells beforehand what cannot be merged.
    """
    grid = merge_grids([m.name for m in models], [m.grid for m in models], exchanges)
    stores = [m.storage for m in models]
    transient = tuple(any(s.transient[p] for s in stores if s) for p in range(models[0].time.n_periods))
    return replace(
        models[0], name=_name(models), grid=grid,
        initial_head=np.concatenate([m.initial_head for m in models]),
        conductivity=_conductivity(grid, models),
        storage=_stacked([s or _no_storage(m.grid, stores) for m, s in zip(models, stores, strict=True)],
                         transient=transient) if any(stores) else None,
        packages=_packages(models, grid), features=_features(models, grid), mover=_mover(models),
        barriers=_barriers(models, grid),
        under_relaxation=any(m.under_relaxation for m in models),
        closure=replace(
            models[0].closure, head_change=min(m.closure.head_change for m in models),
            flow_residual=min(m.closure.flow_residual for m in models),
            outer_maximum=max(m.closure.outer_maximum for m in models),
        ),
        observations=(),
    )


def merge_transport_models(models: Sequence[TransportModel], exchanges: Sequence[Exchange]) -> TransportModel:
    """Return the transport models of one species joined by exchanges as one.

    It saves the budget whenever one of the models does; each model's own output control decides what is written.
    """
    grid = merge_grids([m.name for m in models], [m.grid for m in models], exchanges)
    dispersion = [m.dispersion for m in models]
    return replace(
        models[0], name=_name(models), grid=grid, flow_model="", saved_flows=None,
        initial_concentration=np.concatenate([m.initial_concentration for m in models]),
        mobile=_stacked([m.mobile for m in models]),
        dispersion=_stacked([d or _no_dispersion(m.grid) for m, d in zip(models, dispersion, strict=True)],
                            warnings=()) if any(dispersion) else None,
        sources=tuple(replace(s, package=f"{m.name}/{s.package}") for m in models for s in m.sources),
        packages=_packages(models, grid),
        features=tuple(replace(f, name=f"{m.name}/{f.name}", flow_package=f"{m.name}/{f.flow_package}")
                       for m in models for f in m.features),
        # Engines keep by cell and face what any of the models saves or observes.
        output=models[0].output.joined([m.output for m in models[1:]], "budget"),
        moves_solute=any(m.moves_solute for m in models),
        observations=tuple(
            replace(o, cells=tuple(c + part.start for c in o.cells))
            for m, part in zip(models, grid.members, strict=True) for o in m.observations if not o.package
        ),
        face_advection=grid.on_faces(
            [np.full(m.grid.n_faces, m.advection, "U8") for m in models],
            [np.full(j.faces.size, j.exchange.advection, "U8") for j in grid.joints]),
    )


def merge_problems(models: Sequence[Model], exchanges: Sequence[Exchange]) -> list[Problem]:
    """Return everything that keeps these models from being solved as one."""
    first, problems = models[0], []
    hint = "Models joined by an exchange are solved as one: give both the same."

    def differ(model: Model, what: str, package: str) -> None:
        problems.append(Problem(f"models {first.name} and {model.name} are joined, but differ in {what}",
                                file=model.file, package=package, hint=hint))

    for model in models[1:]:
        if model.grid.angle != first.grid.angle:
            differ(model, "ANGROT", "dis")
        if model.grid.length_unit != first.grid.length_unit and "unknown" not in (
                model.grid.length_unit, first.grid.length_unit):
            differ(model, "LENGTH_UNITS", "dis")
        if isinstance(model, FlowModel) and isinstance(first, FlowModel):
            if model.newton != first.newton:
                differ(model, "NEWTON", "nam")
            problems += _storage_problems(first, model, hint)
        elif isinstance(model, TransportModel) and isinstance(first, TransportModel):
            if model.moves_solute != first.moves_solute:
                differ(model, "whether movers carry solute", "mvt")
            if bool(model.advection) != bool(first.advection):
                differ(model, "whether there is advection", "nam")
            for name in _different(first.mobile, model.mobile):
                differ(model, name.replace("_", " "), "mst")
            if model.flow_imbalance_correction != first.flow_imbalance_correction:
                differ(model, "FLOW_IMBALANCE_CORRECTION", "fmi")
            if model.dispersion and first.dispersion:
                for name in _different(first.dispersion, model.dispersion):
                    differ(model, name.upper(), "dsp")
    for model in models:
        if isinstance(model, TransportModel):
            unable = {"an immobile domain (IST6)": bool(model.immobile),
                      "SPC6 with READASARRAYS": any(s.by_plan for s in model.sources)}
            problems += [Problem(f"{what} in a model joined to others is not supported", file=model.file,
                                 package=model.name) for what, there in unable.items() if there]
    for exchange in exchanges:
        if isinstance(first, FlowModel) and exchange.newton and not first.newton and _converts(models, exchange):
            problems.append(Problem("NEWTON is given here and not in the models", file=exchange.file,
                                    package=exchange.name, hint=hint))
    return problems


def _storage_problems(first: FlowModel, model: FlowModel, hint: str) -> list[Problem]:
    """Return how two models store differently; a model without storage may stand beside one with it."""
    if first.storage is None or model.storage is None:
        return []
    names = [n for n in _different(first.storage, model.storage) if n != "transient"]
    if first.storage.transient != model.storage.transient:
        names.append("which stress periods are transient")
    return [Problem(f"models {first.name} and {model.name} are joined, but differ in {name.replace('_', ' ')}",
                    file=model.file, package="sto", hint=hint) for name in names]


def _converts(models: Sequence[Model], exchange: Exchange) -> bool:
    """Return whether a cell of a horizontal connection is convertible: only there Newton's formulation differs."""
    found = False
    for side in (0, 1):
        model = next(m for m in models if m.name == exchange.models[side])
        assert isinstance(model, FlowModel)
        found |= bool((model.conductivity.cell_type[exchange.cells[:, side]] > 0).any())
    return found


def _different(one: object, other: object) -> list[str]:
    """Return the names of the fields of two records that are no arrays and differ."""
    assert is_dataclass(one)
    pairs = [(f.name, getattr(one, f.name), getattr(other, f.name)) for f in fields(one)]
    return [name for name, a, b in pairs if not isinstance(a, tuple) and not _same(a, b)]


def _same(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return type(a) is type(b)
    if is_dataclass(a) and type(a) is type(b):
        return not _different(a, b)
    return bool(a == b)


def _stacked(records: Sequence[Record], **given: Any) -> Record:
    """Return one record whose arrays are those of all records one after the other; other fields are the first's."""
    first: Any = records[0]
    for f in fields(first):
        values = [getattr(r, f.name) for r in records]
        if f.name in given:
            continue
        if all(isinstance(v, np.ndarray) for v in values):
            given[f.name] = np.concatenate(values)
        elif is_dataclass(values[0]):
            given[f.name] = _stacked(values)
    return replace(first, **given)  # type: ignore[no-any-return]


def _conductivity(grid: MergedGrid, models: Sequence[FlowModel]) -> Conductivity:
    """Own faces follow the rules of their model, those between models the rules of the exchange."""
    own = [m.conductivity.rules(m.grid.n_faces) for m in models]
    across = [
        FaceRules.uniform(len(e.width), e.averaging, variable_cv=e.variable_cv, dewatered=e.dewatered,
                          upstream=e.newton)
        for e in (j.exchange for j in grid.joints)
    ]
    rules = FaceRules(*(
        grid.on_faces([getattr(r, f.name) for r in own], [getattr(r, f.name) for r in across])
        for f in fields(FaceRules)
    ))
    wetting = [m.conductivity.wetting for m in models]
    return _stacked(
        [m.conductivity for m in models], face_rules=rules,
        wetting=_stacked([w or Wetting.never(m.grid.n_cells) for m, w in zip(models, wetting, strict=True)])
        if any(wetting) else None,
    )


def _no_storage(grid: Grid, others: Sequence[Storage | None]) -> Storage:
    """Return the storage of a model without: none, in the manner of the models that have some."""
    pattern = next(s for s in others if s is not None)
    zero = np.zeros(grid.n_cells)
    return replace(pattern, specific_storage=zero, specific_yield=zero, convertible=np.zeros(grid.n_cells, bool))


def _no_dispersion(grid: Grid) -> Dispersion:
    zero = np.zeros(grid.n_cells)
    return Dispersion(zero, zero, zero, zero, zero, zero)


def _packages(models: Sequence[Model], grid: MergedGrid) -> tuple[StressPackage, ...]:
    return tuple(
        replace(p, name=f"{m.name}/{p.name}", source=ShiftedStress(p.source, part.start))
        for m, part in zip(models, grid.members, strict=True) for p in m.packages
    )


def _features(models: Sequence[FlowModel], grid: MergedGrid) -> tuple[FeaturePackage, ...]:
    """Return the lakes and reaches of all models, their connections in cells of the merged grid."""
    return tuple(
        replace(p, name=f"{m.name}/{p.name}", connection_cell=shifted(p.connection_cell, part.start))
        for m, part in zip(models, grid.members, strict=True) for p in m.features
    )


def _mover(models: Sequence[FlowModel]) -> MoverPackage | None:
    """Return the rules of all models; each moves water within its own."""
    given = [(m.name, m.mover) for m in models if m.mover is not None]
    if not given:
        return None
    begins = sorted({period for _, mover in given for period, _ in mover.periods})
    periods = tuple(
        (period, tuple(
            replace(move, provider=f"{name}/{move.provider}", receiver=f"{name}/{move.receiver}")
            for name, mover in given for move in mover.in_period(period)))
        for period in begins
    )
    return MoverPackage("mvr", periods, given[0][1].file)


def _barriers(models: Sequence[FlowModel], grid: MergedGrid) -> Barriers | None:
    """Return the barriers of all models, in cells of the merged grid."""
    given = [(m.barriers, part.start) for m, part in zip(models, grid.members, strict=True) if m.barriers is not None]
    if not given:
        return None
    periods = []
    for period in sorted({begins for own, _ in given for begins, _ in own.periods}):
        held = [(own.in_period(period), start) for own, start in given]
        periods.append((period, BarriersInForce(
            np.concatenate([h.cells + start for h, start in held]), np.concatenate([h.characteristic for h, _ in held])
        )))
    return Barriers("hfb", tuple(periods), given[0][0].file)


def _name(models: Sequence[Model]) -> str:
    return " + ".join(m.name for m in models)
