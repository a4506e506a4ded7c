"""What a case changes in the simulation: names, added species, start date, coordinate system."""

from dataclasses import replace

from gwsolver.case.chemistry.assemble import assemble
from gwsolver.case.like import like, like_problems
from gwsolver.case.schema import CaseFile
from gwsolver.core.crs import crs_fault
from gwsolver.core.errors import InputError, Problem, nearest
from gwsolver.core.grid import Grid
from gwsolver.core.lines import LineIndex
from gwsolver.core.simulation import Simulation
from gwsolver.core.time import TimeAxis


def apply_case(content: CaseFile, file: str, lines: LineIndex, simulation: Simulation) -> Simulation:
    """Return the simulation as the case wants it; see `Case.apply`."""
    problems: list[Problem] = []
    by_name = {m.name: m for m in simulation.transport_models}
    models = dict(by_name)
    for i, species in enumerate(content.species):
        name = species.name.lower()
        wanted = (species.like or species.model or species.name).lower()
        if wanted not in by_name:
            key = "like" if species.like else "model" if species.model else "name"
            problems.append(_unknown(file, lines, i, key, wanted, list(by_name)))
        elif species.like:
            joined = sorted({m for e in simulation.exchanges if wanted in e.models for m in e.models} - {wanted})
            if joined:
                problems.append(_problem(
                    file, lines, i, "like", f"{wanted} is joined to {', '.join(joined)} by an exchange; a species like "
                    "it needs GWT models of its own"))
            found = like_problems(file, lines, i, species, by_name[wanted], models, content.case.units, simulation)
            problems += found
            if not found:
                models[name] = like(species, by_name[wanted], content.case.units, simulation)
        elif name != wanted and name in by_name:
            problems.append(_problem(file, lines, i, "name", f"there is a GWT model {name!r} already"))
        else:
            models[wanted] = replace(by_name[wanted], name=name)
    names = [m.name for m in models.values()]
    for table in ("limit", "figure"):
        for i, entry in enumerate(getattr(content, table)):
            if entry.species and entry.species.lower() not in names:
                problems.append(_unknown(file, lines, i, "species", entry.species, names, table))
    if problems:
        raise InputError(sorted(problems, key=lambda p: p.line or 0))
    dressed = _Dresser(content.case.start, content.case.crs)
    found = replace(
        simulation,
        flow_models=tuple(replace(m, time=dressed.time(m.time), grid=dressed.grid(m.grid))
                          for m in simulation.flow_models),
        transport_models=tuple(replace(m, time=dressed.time(m.time), grid=dressed.grid(m.grid))
                               for m in models.values()),
        exchanges=tuple(replace(e, models=tuple(models[m].name if m in by_name else m for m in e.models))
                        for e in simulation.exchanges),
        files=(file, *simulation.files),
        warnings=(*simulation.warnings, *dressed.warnings),
    )
    return assemble(content, file, lines, found)


class _Dresser:
    """Sets start date and CRS where a model has none; a grid that models share stays shared."""

    def __init__(self, start: str, crs: str) -> None:
        self._start, self._crs = start, crs
        self._grids: dict[int, Grid] = {}
        self.warnings: list[str] = []

    def time(self, axis: TimeAxis) -> TimeAxis:
        if self._start and axis.start_date and axis.start_date[:10] != self._start[:10]:
            self._warn(f"case.toml starts on {self._start}, TDIS on {axis.start_date}: the date of TDIS is taken")
        return axis if axis.start_date or not self._start else replace(axis, start_date=self._start)

    def grid(self, grid: Grid) -> Grid:
        if self._crs and grid.crs and grid.crs.upper() != self._crs:
            self._warn(f"case.toml names {self._crs}, the grid {grid.crs}: that of the grid is taken")
        if grid.crs or not self._crs:
            return grid
        if fault := crs_fault(self._crs, grid.length_unit):
            self._warn(f"case.toml: {fault}")
        if id(grid) not in self._grids:
            self._grids[id(grid)] = replace(grid, crs=self._crs)
        return self._grids[id(grid)]

    def _warn(self, words: str) -> None:
        if words not in self.warnings:
            self.warnings.append(words)


def _unknown(
    file: str, lines: LineIndex, i: int, key: str, name: str, known: list[str], table: str = "species"
) -> Problem:
    near = nearest(name, known)
    there = f"there are: {', '.join(known)}." if known else "the simulation has no GWT model."
    hint = f"Did you mean {near!r}? " + there.capitalize() if near else there.capitalize()
    what = "species" if table != "species" else "GWT model"
    return _problem(file, lines, i, key, f"there is no {what} {name!r}", hint, table)


def _problem(
    file: str, lines: LineIndex, i: int, key: str, what: str, hint: str = "", table: str = "species"
) -> Problem:
    return Problem(what, file, lines.line((table, i, key)), f"[[{table}]] number {i + 1}", hint=hint)
