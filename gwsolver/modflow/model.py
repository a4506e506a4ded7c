"""One flopy model to a core FlowModel or TransportModel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from gwsolver.core.errors import Problem
from gwsolver.core.features import FeaturePackage
from gwsolver.core.grid import VERTICAL, Grid
from gwsolver.core.output import Observation
from gwsolver.core.simulation import FlowModel, SavedFlows, TransportModel
from gwsolver.core.stress import StressPackage
from gwsolver.core.time import TimeAxis
from gwsolver.modflow.arrays import read_arrays
from gwsolver.modflow.barriers import read_barriers
from gwsolver.modflow.collect import Findings
from gwsolver.modflow.domains import read_domains
from gwsolver.modflow.feature_observations import read_feature_observations
from gwsolver.modflow.feature_solute import read_feature_solute
from gwsolver.modflow.flow_model import read_closure, read_conductivity, read_initial, read_storage
from gwsolver.modflow.grids import read_grid
from gwsolver.modflow.lakes import read_lakes
from gwsolver.modflow.load import rows, words
from gwsolver.modflow.locate import file_in
from gwsolver.modflow.movers import read_mover_solute, read_movers
from gwsolver.modflow.output import read_observations, read_output_control
from gwsolver.modflow.packages import Package, wrap
from gwsolver.modflow.plain_arrays import NotPlain
from gwsolver.modflow.reaches import read_reaches
from gwsolver.modflow.series import Series
from gwsolver.modflow.solute_observations import read_solute_observations
from gwsolver.modflow.sources import ConcentrationFile, read_sources
from gwsolver.modflow.stress import read_list
from gwsolver.modflow.stress_checks import check_stress
from gwsolver.modflow.support import TABLES
from gwsolver.modflow.timeseries import read_series
from gwsolver.modflow.transport_model import read_advection, read_dispersion
from gwsolver.packages.registry import BoundaryKind, FeatureKind, SoluteKind, feature_kinds, kinds, solute_kinds

Model = TypeVar("Model")
Reader = Callable[[Package], list[Observation]]
GRIDS = ("dis", "disv", "disu")
SPC = ("spc", "spca")
SERIES = ("ts", "tas")
CHILDREN = (*SERIES, "obs", *TABLES)
FEATURES: dict[str, Callable[..., FeaturePackage]] = {"lak": read_lakes, "sfr": read_reaches}
"""What reads each kind of packages with features."""


@dataclass(eq=False)
class ModelParts:
    """A flopy model taken apart: its packages by type, its kind, and its findings.

    Attributes
    ----------
    name, kind : str
        Lower-case model name; "gwf" or "gwt".
    time : TimeAxis
    singles : dict of str to Package
        Packages a model has once, by type; the grid also as "grid".
    stress : list of (Package, BoundaryKind)
    features : list of (Package, FeatureKind)
        In the order of the name file.
    solutes : list of (Package, SoluteKind)
        In the order of the name file.
    immobile : list of Package
        IST, in the order of the name file.
    concentrations : dict of str to Package
        SPC6 files by lower-case file name.
    children : dict of str to list of Package
        TS6, TAS6, OBS6 and TAB6 packages by lower-case name of the stress package, or file name of the SPC6
        file; "" for the model's own.
    ims : Package or None
    checked : bool
        False where the simulation says NOCHECK.
    file : str
    newton : list of str
    """

    name: str
    kind: str
    time: TimeAxis
    findings: Findings
    file: str = ""
    singles: dict[str, Package] = field(default_factory=dict)
    stress: list[tuple[Package, BoundaryKind]] = field(default_factory=list)
    features: list[tuple[Package, FeatureKind]] = field(default_factory=list)
    solutes: list[tuple[Package, SoluteKind]] = field(default_factory=list)
    immobile: list[Package] = field(default_factory=list)
    concentrations: dict[str, Package] = field(default_factory=dict)
    children: dict[str, list[Package]] = field(default_factory=dict)
    ims: Package | None = None
    checked: bool = True
    newton: list[str] = field(default_factory=list)


def take_apart(model: Any, folder: Path, on_disk: bool, time: TimeAxis, findings: Findings) -> ModelParts:
    """Sort the packages of a flopy model; what is not known was refused before."""
    kind = str(model.model_type).lower()[:3]
    name_file = file_in(folder, str(model.name_file.filename))
    parts = ModelParts(str(model.name).lower(), kind, time, findings, str(name_file) if on_disk else "")
    parts.newton = [w.lower() for w in words(getattr(model.name_file, "newtonoptions", None))]
    by_type = {k.mf6_type[:-1].lower(): k for k in kinds().values() if k.model == kind}
    with_features = {k.mf6_type[:-1].lower(): k for k in feature_kinds().values() if k.model == kind}
    with_solute = {k.mf6_type[:-1].lower(): k for k in solute_kinds().values() if k.model == kind}
    names = package_names(model)
    for data in model.packagelist:
        if str(data.package_type).lower() in SPC:
            names[str(data.filename).lower()] = str(data.filename).lower()
    for data in model.packagelist:
        package = wrap(data, names.get(str(data.filename).lower(), str(data.package_name)), folder, on_disk, findings)
        if on_disk:
            findings.files.append(str(package.path))
        parent = getattr(data, "parent_file", None)
        if package.type in CHILDREN:
            key = names.get(str(parent.filename).lower(), str(parent.package_name)).lower() if parent else ""
            named = replace(package, name=key) if package.type in TABLES else package
            parts.children.setdefault(key, []).append(named)
        elif package.type in by_type or package.type[:-1] in by_type:
            parts.stress.append((package, by_type.get(package.type) or by_type[package.type[:-1]]))
        elif package.type in with_features:
            parts.features.append((package, with_features[package.type]))
        elif package.type in with_solute:
            parts.solutes.append((package, with_solute[package.type]))
        elif package.type == "ist":
            parts.immobile.append(package)
        elif package.type in SPC:
            parts.concentrations[package.name] = package
        else:
            parts.singles[package.type] = package
            if package.type in GRIDS:
                parts.singles["grid"] = package
    return parts


def package_names(model: Any) -> dict[str, str]:
    """Return MODFLOW's names of the packages by lower-case file: given, or type and number ("wel-1")."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    for row in rows(getattr(model.name_file, "packages", None)):
        kind, file = str(row[0]).lower().rstrip("6"), str(row[1]).strip("'\"").lower()
        counts[kind] = counts.get(kind, 0) + 1
        name = str(row[2]).lower() if len(row) > 2 and row[2] is not None and row[2] == row[2] else ""
        found[file] = name or f"{kind}-{counts[kind]}"
    return found


def _needed(parts: ModelParts, *types: str) -> bool:
    missing = [t for t in types if t not in parts.singles]
    for name in missing:
        label = "DIS, DISV or DISU" if name == "grid" else name.upper()
        parts.findings.bad.append(Problem(f"the model has no {label} package", file=parts.file, package=parts.name))
    return not missing


def _series(parts: ModelParts, package: Package) -> dict[str, Series]:
    found: dict[str, Series] = {}
    for child in parts.children.get(package.name, ()):
        if child.type in SERIES:
            found.update(read_series(child))
    return found


def _stress(parts: ModelParts, grid: Grid) -> tuple[StressPackage, ...]:
    found = []
    for package, kind in parts.stress:
        read = read_list if hasattr(package.data, "stress_period_data") else read_arrays
        found.append(read(package, kind, grid, parts.time, _series(parts, package)))
    return tuple(found)


def _features(parts: ModelParts, grid: Grid) -> tuple[FeaturePackage, ...]:
    return tuple(FEATURES[kind.kind](package, kind, grid, parts.time, _series(parts, package),
                                     parts.children.get(package.name, []))
                 for package, kind in parts.features)


def _observations(parts: ModelParts, grid: Grid, of_features: Mapping[str, Reader] | None = None
                  ) -> tuple[Observation, ...]:
    """Return all observations; those of packages of features are read by a reader of their own."""
    found: list[Observation] = []
    readers = of_features or {}
    for parent, children in parts.children.items():
        for child in children:
            if child.type == "obs":
                found += readers[parent](child) if parent in readers else read_observations(child, parent, grid)
    return tuple(found)


def flow_model(parts: ModelParts) -> FlowModel | None:
    """Return the flow model, or None after its problems were reported."""
    if not _needed(parts, "grid", "npf", "ic"):
        return None
    grid = read_grid(parts.singles["grid"])
    if grid is None or grid.n_cells == 0:
        return None
    sto = parts.singles.get("sto")
    features = _features(parts, grid)
    stress, mvr, hfb = _stress(parts, grid), parts.singles.get("mvr"), parts.singles.get("hfb")
    conductivity = read_conductivity(parts.singles["npf"], grid)
    check_stress(parts.stress, stress, grid, parts.time, conductivity.cell_type != 0, checked=parts.checked)
    return FlowModel(
        name=parts.name, time=parts.time, grid=grid, initial_head=read_initial(parts.singles["ic"], grid),
        conductivity=conductivity,
        storage=read_storage(sto, grid, parts.time) if sto else None, packages=stress,
        features=features,
        mover=read_movers(mvr, stress, features, parts.time) if mvr else None,
        barriers=read_barriers(hfb, grid, parts.time) if hfb else None,
        newton=bool(parts.newton), under_relaxation="under_relaxation" in parts.newton,
        closure=read_closure(parts.ims), output=read_output_control(parts.singles.get("oc"), parts.time),
        observations=_observations(parts, grid, {
            f.name: partial(read_feature_observations, features=f) for f in features}), file=parts.file,
    )


def guarded(parts: ModelParts, build: Callable[[], Model]) -> Model | None:
    """Build a model; whatever flopy or its data raise on the way becomes a problem of the model.

    flopy reads some blocks only when they are asked for, and raises what it likes then.
    """
    try:
        return build()
    except NotPlain:
        raise
    except Exception as error:
        if parts.findings.clean:
            text = " ".join(str(error).split()) or type(error).__name__
            parts.findings.bad.append(Problem(f"cannot be read ({text[:300]})", file=parts.file, package=parts.name,
                                              hint="Compare its files with MODFLOW 6's description of input."))
        return None


def transport_model(
    parts: ModelParts, flow: FlowModel | None, flow_name: str, saved: SavedFlows | None, complete: bool
) -> TransportModel | None:
    """Return the transport model carried by `flow` or by saved flows; None after reporting problems.

    `complete`: all packages of the flow model were read, so that SSM can be held against them.
    """
    if not _needed(parts, "grid", "ic", "mst"):
        return None
    grid = read_grid(parts.singles["grid"], flow.grid if flow is not None else None)
    if grid is None or grid.n_cells == 0:
        return None
    package = parts.singles["grid"]
    if flow is not None:
        difference = "" if grid is flow.grid else grid_difference(grid, flow.grid)
        if difference:
            package.bad(f"the grid differs from that of flow model {flow.name}: {difference}",
                        hint="Transport needs the cells of its flow model: give both the same discretisation.")
            return None
        grid = flow.grid
    if grid.kind == "disu" and np.any(~np.any(grid.face_normal != 0.0, axis=1)):
        package.refuse("transport on a DISU grid without ANGLDEGX and without cell centres",
                       "Give ANGLDEGX, or VERTICES and CELL2D: transport needs the directions of the faces.")
    elif grid.kind == "disu" and bool(np.any(grid.face_kind != VERTICAL)) and bool(np.any(np.isnan(grid.x))):
        package.refuse("transport on a DISU grid without cell centres",
                       "Give VERTICES and CELL2D: gradients need the places of the cells.")
    if any(p.length <= 0.0 for p in parts.time.periods):
        parts.findings.bad.append(Problem("a stress period of length zero cannot carry transport", file=parts.file,
                                          package=parts.name, hint="Give PERLEN above 0 in TDIS."))
    dsp, mst = parts.singles.get("dsp"), parts.singles["mst"]
    known = None
    if flow is not None and complete:
        known = {p.name: p.auxiliary_names for p in (*flow.packages, *flow.features)}
    if parts.singles.get("adv") is not None:
        parts.findings.note(f"{parts.name}: the scheme that ADV names is passed over for gwsolver's own, "
                            "unless the run asks otherwise.")
    mvt = parts.singles.get("mvt")
    if flow is not None and flow.mover is not None and mvt is None:
        parts.findings.bad.append(Problem(
            f"flow model {flow.name} has movers (MVR6), and this model no MVT6 package", file=parts.file,
            package=parts.name, hint="Give it one: it says that moved water carries solute. MODFLOW asks for it too."))
    mobile, immobile = read_domains(mst, parts.immobile, grid)
    read = (read_feature_solute(p, kind, flow, parts.time, _series(parts, p)) for p, kind in parts.solutes)
    features = tuple(s for s in read if s is not None)
    carriers = {s.flow_package: s.name for s in features}
    carried = [(s, f) for s in features for f in (flow.features if flow else ()) if f.name == s.flow_package]
    files = {n: ConcentrationFile(p, _series(parts, p)) for n, p in parts.concentrations.items()}
    fmi = parts.singles.get("fmi")
    stress = _stress(parts, grid)
    check_stress(parts.stress, stress, grid, parts.time)
    return TransportModel(
        name=parts.name, time=parts.time, grid=grid, flow_model=flow_name,
        initial_concentration=read_initial(parts.singles["ic"], grid), mobile=mobile, immobile=immobile,
        saved_flows=saved, dispersion=read_dispersion(dsp, grid) if dsp else None,
        advection=read_advection(parts.singles.get("adv")),
        sources=read_sources(parts.singles.get("ssm"), known, carriers, files, grid, parts.time),
        packages=stress, features=features,
        output=read_output_control(parts.singles.get("oc"), parts.time), observations=_observations(
            parts, grid, {s.name: partial(read_solute_observations, solute=s, carrier=c) for s, c in carried}),
        file=parts.file,
        moves_solute=read_mover_solute(mvt),
        saves_sorbate=mst.give("sorbate_filerecord") is not None,
        flow_imbalance_correction=fmi is not None and bool(fmi.give("flow_imbalance_correction", False)),
    )


def grid_difference(ours: Grid, theirs: Grid) -> str:
    """Say in words how two grids differ, "" if they are the same."""
    if ours.kind != theirs.kind:
        return f"{ours.kind.upper()} here, {theirs.kind.upper()} there"
    if ours.shape != theirs.shape:
        return f"{' x '.join(map(str, ours.shape))} cells here, {' x '.join(map(str, theirs.shape))} there"
    if ours.n_cells != theirs.n_cells or np.any(ours.node != theirs.node):
        mixed = np.flatnonzero((ours.cell_of_node >= 0) != (theirs.cell_of_node >= 0))
        return f"{mixed.size} cells are active in one only, the first at {ours.describe_node(int(mixed[0]))}"
    if ours.n_faces != theirs.n_faces or np.any(ours.face_cells != theirs.face_cells):
        return "cells are connected differently"
    for name in ("top", "bottom", "area"):
        here, there = getattr(ours, name), getattr(theirs, name)
        wrong = np.flatnonzero(~np.isclose(here, there, rtol=1e-6, atol=1e-6))
        if wrong.size:
            return (f"{name} is {here[wrong[0]]:g} here and {there[wrong[0]]:g} there at "
                    f"{ours.describe(int(wrong[0]))}")
    return ""


