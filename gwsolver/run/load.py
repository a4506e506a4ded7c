"""From a path or a flopy object to what is run: the simulation, the case, the folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gwsolver.core.case import CaseInfo, Place
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Grid
from gwsolver.core.outline import outline_cells
from gwsolver.core.regions import misplaced
from gwsolver.core.sampling import Design
from gwsolver.core.simulation import FlowModel, Simulation, TransportModel
from gwsolver.core.units import LENGTHS

if TYPE_CHECKING:
    from gwsolver.case import Case

TIMES = {"seconds": "s", "minutes": "min", "hours": "h", "days": "d", "years": "a"}


@dataclass(frozen=True, eq=False)
class LoadedCase:
    """What `gwsolver.load` gives: everything read and checked, nothing solved.

    Attributes
    ----------
    folder : Path
        The case's or simulation's folder; results go below it by default.
    simulation : Simulation
    info : CaseInfo
    """

    folder: Path
    simulation: Simulation
    info: CaseInfo

    def check(self) -> list[Problem]:
        """Return what is known to be wrong before anything is solved; nothing if all is well.

        Reading has already raised `InputError` for what a file shows by itself; this looks at
        what only shows when every time step is resolved (time series that end early, ...), and
        at every number of saved flows.
        """
        problems: list[Problem] = []
        for model in (*self.simulation.flow_models, *self.simulation.transport_models):
            for package in (*model.packages, *(model.features if isinstance(model, FlowModel) else ())):
                problems += _unresolved(package.at, model.time.steps(), package.file, package.name)
        for species in self.simulation.transport_models:
            for solute in species.features:
                problems += _unresolved(solute.source, species.time.steps(), solute.file, solute.name)
        return [*problems, *_saved_flow_problems(self.simulation)]

    def cautions(self) -> tuple[str, ...]:
        """Return what is allowed and may not be meant: warnings of reading, receptors and sources off the grid."""
        grids = [m.grid for m in (*self.simulation.transport_models, *self.simulation.flow_models)]
        found = list(self.simulation.warnings)
        for kind, places, stays in (("receptor", self.info.receptors, "it will not be observed"),
                                    ("source", self.info.sources, "maps will not show it")):
            for place in places:
                where = [_off(grid, place) for grid in grids]
                if where and all(where):
                    found.append(f"{kind} {place.name}: {where[0]}; {stays}.")
        return tuple(dict.fromkeys(found))

    def describe(self) -> dict[str, Any]:
        """Return what ``gwsolver info`` shows: grids, periods, packages, species."""
        models: list[dict[str, Any]] = [
            {
                "model": flow.name, "solves": "flow", **_shape(flow),
                "formulation": "Newton" if flow.newton else "standard",
                "packages": [p.name for p in (*flow.packages, *flow.features)], **self._joined(flow.name),
            }
            for flow in self.simulation.flow_models
        ]
        models += [
            {
                "model": species.name, "solves": "transport", **_shape(species),
                "carried by": species.flow_model or (species.saved_flows.budget_file if species.saved_flows else ""),
                "packages": [p.name for p in (*species.packages, *species.features)], **self._joined(species.name),
            }
            for species in self.simulation.transport_models
        ]
        return {
            "folder": str(self.folder), "title": self.info.title, "status": self.info.status or "unknown",
            "crs": self.info.crs or "unknown", "concentration unit": self.info.concentration_unit,
            "models": models, "notes": list(self.simulation.notes), "warnings": list(self.simulation.warnings),
        }

    def _joined(self, model: str) -> dict[str, list[str]]:
        """Return what joins a model to others; nothing for a model alone."""
        neighbours = self.simulation.neighbours(model)
        return {"joined to": list(neighbours)} if neighbours else {}


def load(
    source: Any, *, flow: str = "auto", scenario: str = "", member: int = 0, members: int | Design = 0
) -> LoadedCase:
    """Read and check a case folder, a MODFLOW 6 folder or a flopy ``MFSimulation``.

    A ``case.toml`` in the folder wins, then ``mfsim.nam``, then every ``mfsim.nam`` below.

    Parameters
    ----------
    source : str, Path or flopy.mf6.MFSimulation
    flow : str
        "auto", "solve" or "saved": where the flow comes from.
    scenario : str
        Name of a scenario of the case ("base": the case as it stands); "" for the case alone.
    member : int
        Number of a member of its ensemble, from one; 0 for the case itself.
    members : int or Design
        So many members in all instead of those that [ensemble] asks for (another number gives other members), or
        members that were drawn before.

    Raises
    ------
    InputError
        With every problem found.
    """
    if not isinstance(source, str | Path):
        from gwsolver.modflow import read

        if scenario:
            raise InputError([Problem("a simulation in memory has no scenarios", value=scenario)])
        if member:
            raise InputError([Problem("a simulation in memory has no ensemble")])
        simulation = read(source, flow=flow)
        folder = Path(str(source.sim_path))
        return LoadedCase(folder, simulation, _complete(CaseInfo(), simulation))
    folder = Path(source)
    if folder.name in ("case.toml", "mfsim.nam") and folder.is_file():
        folder = folder.parent
    if not folder.exists():
        raise InputError([Problem("there is no such folder", file=str(source))])
    if not folder.is_dir():
        raise InputError([Problem(
            "this is a file, not a folder", file=str(source),
            hint="Give the folder that holds case.toml or mfsim.nam.",
        )])
    return _alternatives(folder, flow, (scenario,), member, members)[scenario]


def surface_of(source: Any) -> "Case | None":
    """Return the case of a folder whose case.toml has a network of rivers and lakes; None for all others."""
    if not isinstance(source, str | Path):
        return None
    file = Path(source)
    file = file if file.name == "case.toml" else file / "case.toml"
    if not file.is_file() or "[surface]" not in file.read_text(encoding="utf-8", errors="replace"):
        return None
    from gwsolver.case import read_case

    case = read_case(file)
    return None if case.content.surface is None else case


def network_of(path: str | Path) -> "Case":
    """Return the case of a folder that has a network of rivers and lakes.

    Raises
    ------
    InputError
        If it has none.
    """
    case = surface_of(path)
    if case is None:
        raise InputError([Problem("there is no [surface] in a case.toml here", str(path),
                                  hint="Only a network of rivers and lakes can be asked for this.")])
    return case


def load_scenarios(source: str | Path, *, flow: str = "auto", only: Sequence[str] = ()) -> dict[str, LoadedCase]:
    """Read a case folder once and return the case as each scenario changes it, by name, "base" first.

    Parameters
    ----------
    source : str or Path
    flow : str
    only : sequence of str
        Names of scenarios; without any all of them. The base always comes along.

    Raises
    ------
    InputError
        With every problem found, also if the folder has no case.toml.
    """
    folder = Path(source)
    folder = folder.parent if folder.name == "case.toml" else folder
    if not (folder / "case.toml").is_file():
        raise InputError([Problem("there is no case.toml, so no scenario", file=str(source),
                                  hint="Scenarios stand as [[scenario]] in the case.toml of a case folder.")])
    return _alternatives(folder, flow, None if not only else tuple(dict.fromkeys(("base", *only))))


def _alternatives(
    folder: Path, flow: str, names: tuple[str, ...] | None, member: int = 0, members: int | Design = 0
) -> dict[str, LoadedCase]:
    """Read a folder once and return it as scenarios change it, by name; "" is the folder as it stands."""
    from gwsolver.modflow import read

    if not (folder / "case.toml").is_file():
        if names != ("",) or member:
            raise InputError([Problem(f"there is no case.toml, so no {'ensemble' if names == ('',) else 'scenario'}",
                                      file=str(folder))])
        simulation = read(folder, flow=flow)
        return {"": LoadedCase(folder, simulation, _complete(CaseInfo(), simulation))}
    from gwsolver.case import read_case

    try:
        case = read_case(folder)
    except InputError as wrong:
        raise InputError([*wrong.problems, *_model_problems(folder, flow)]) from None
    if case.content.surface is not None:
        raise InputError([Problem(
            "the case is a network of rivers and lakes ([surface]): it has no simulation, scenario or member to load",
            str(case.file), case.lines.line(("surface",)), "[surface]",
            hint="Run it with gwsolver run, or gw.run in Python.",
        )])
    simulation = case.apply(read(case.simulation_folder, flow=flow))
    info = _complete(case.resolve(simulation), simulation)
    problems = [*case.scenarios.problems(simulation, info), *case.uncertain.problems(simulation, info)]
    if problems:
        raise InputError(problems)
    found = {}
    for name in case.scenarios.names if names is None else names:
        own = simulation, info
        if member:
            made = case.uncertain.design(members) if isinstance(members, int) else members
            own = case.uncertain.apply(made, member, *own)
        # What is done to the site comes after what the site is.
        found[name] = LoadedCase(folder, *(case.scenarios.apply(name, *own) if name else own))
    return found


def _model_problems(folder: Path, flow: str) -> tuple[Problem, ...]:
    """Return what is wrong with the MODFLOW files of a case whose case.toml is wrong too, if it names them."""
    from gwsolver.case import simulation_named
    from gwsolver.modflow import read

    place = simulation_named(folder)
    if place is None:
        return ()
    try:
        read(place, flow=flow)
    except InputError as wrong:
        return wrong.problems
    return ()


def _shape(model: FlowModel | TransportModel) -> dict[str, Any]:
    """Grid and time of a model, in words."""
    return {
        "grid": model.grid.kind.upper(), "shape": list(model.grid.shape), "active cells": model.grid.n_cells,
        "periods": model.time.n_periods, "end": model.time.end, "time unit": model.time.unit,
    }


def _complete(info: CaseInfo, simulation: Simulation) -> CaseInfo:
    """Fill units, CRS and start from the models where the case gives none."""
    models = (*simulation.flow_models, *simulation.transport_models)
    if not models:
        raise InputError([Problem("no model was found in the simulation", hint="Name one in the MODELS block.")])
    grid, time = models[0].grid, models[0].time
    return replace(
        info,
        crs=info.crs or grid.crs,
        start=info.start or time.start_date,
        length_unit=info.length_unit or LENGTHS.get(grid.length_unit.lower(), ""),
        time_unit=info.time_unit or TIMES.get(time.unit.lower(), ""),
    )


def _off(grid: Grid, place: Place) -> str:
    """Return in words that no active cell lies at a place, or that its outline touches none; "" where one does."""
    if place.polygon and outline_cells(grid, place.polygon)[0].size:
        return ""
    return misplaced(grid, place)


def _unresolved(at: Callable[..., Any], steps: Any, file: str, package: str) -> list[Problem]:
    """Resolve every step of one package; an InputError on the way or a NaN is a problem."""
    for step in steps:
        try:
            values = at(step)
        except InputError as error:
            return list(error.problems)
        for name, column in values.columns.items():
            if not np.all(np.isfinite(column)):
                return [Problem(f"{name} is not a number in period {step.period + 1}, step {step.step + 1}",
                                file=file, package=package)]
    return []


def _saved_flow_problems(simulation: Simulation) -> list[Problem]:
    """Look through the saved flows of species that nobody solves the flow for, each pair of files once."""
    from gwsolver.modflow import saved_flow_steps

    problems: list[Problem] = []
    carried = [m for m in simulation.transport_models if not m.flow_model and m.saved_flows is not None]
    for species in {m.saved_flows: m for m in carried}.values():
        try:
            saved_flow_steps(species.saved_flows, species.grid).close()
        except InputError as error:
            problems += error.problems
    return problems
