"""What a case changes in the simulation: names, added species, start date, coordinate system."""

from dataclasses import dataclass, replace

import numpy as np

from gwsolver.case.lines import LineIndex
from gwsolver.case.quantity import Quantity
from gwsolver.case.schema import CaseFile, SpeciesTable
from gwsolver.case.words import nearest
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import Simulation, TransportModel
from gwsolver.core.stress import StressSource, StressValues
from gwsolver.core.time import TimeAxis, TimeStep
from gwsolver.core.units import parse_unit

LENGTHS = {"metres": "m", "meters": "m", "feet": "ft", "centimetres": "cm", "centimeters": "cm"}
TIMES = {"seconds": "s", "minutes": "min", "hours": "h", "days": "d", "years": "a"}


@dataclass(frozen=True, eq=False)
class ScaledStress:
    """The entries of another stress source with every quantity times a factor (CNC, SRC)."""

    source: StressSource
    factor: float

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the scaled entries in force during `step`."""
        values = self.source(step)
        return replace(values, columns={name: self.factor * column for name, column in values.columns.items()})


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
            found = _like_problems(file, lines, i, species, by_name[wanted], models, content.case.units)
            problems += found
            if not found:
                models[name] = _like(species, by_name[wanted], content.case.units)
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
    return replace(
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
        if id(grid) not in self._grids:
            self._grids[id(grid)] = replace(grid, crs=self._crs)
        return self._grids[id(grid)]

    def _warn(self, words: str) -> None:
        if words not in self.warnings:
            self.warnings.append(words)


def _like(species: SpeciesTable, model: TransportModel, mass: str) -> TransportModel:
    """Return a copy of a GWT model with the values that the case gives."""
    length, time = LENGTHS.get(model.grid.length_unit, ""), TIMES.get(model.time.unit, "")

    def uniform(value: float) -> np.ndarray:
        return np.full(model.grid.n_cells, value)

    mobile = model.mobile
    decay = _number(species.decay, f"1/{time}")
    if decay is not None:
        # One rate for all of the solute, unless the sorbed part has its own.
        mobile = replace(mobile, decay_rate=uniform(decay), decay_rate_sorbed=uniform(decay))
    if (sorbed := _number(species.decay_sorbed, f"1/{time}")) is not None:
        mobile = replace(mobile, decay_rate_sorbed=uniform(sorbed))
    if (density := _number(species.bulk_density, f"{mass}/{length}3")) is not None:
        mobile = replace(mobile, bulk_density=uniform(density))
    kd = _number(species.distribution_coefficient, f"{length}3/{mass}")
    if species.koc is not None and species.foc is not None:
        koc = _number(species.koc, f"{length}3/{mass}")
        kd = (koc or 0.0) * species.foc.to("-")
    if kd is not None:
        mobile = replace(mobile, distribution_coefficient=uniform(kd))
    initial = _number(species.initial, f"{mass}/{length}3")
    factor = species.boundary_factor.to("-") if species.boundary_factor else 1.0
    packages = model.packages if factor == 1.0 else tuple(
        replace(p, source=ScaledStress(p.source, factor)) for p in model.packages
    )
    return replace(
        model, name=species.name.lower(), mobile=mobile, packages=packages,
        initial_concentration=model.initial_concentration if initial is None else uniform(initial),
    )


def _number(value: Quantity | None, unit: str) -> float | None:
    return None if value is None else value.to(unit)


def _like_problems(
    file: str, lines: LineIndex, i: int, species: SpeciesTable, model: TransportModel,
    models: dict[str, TransportModel], mass: str,
) -> list[Problem]:
    problems = []
    unknown = [word for word, known in (
        ("mass (write units in [case])", mass), ("length (DIS)", LENGTHS.get(model.grid.length_unit)),
        ("time (TDIS)", TIMES.get(model.time.unit)),
    ) if not known]
    for key in type(species).model_fields:
        value = getattr(species, key)
        if unknown and isinstance(value, Quantity) and value.unit and parse_unit(value.unit).dimension != (0, 0, 0):
            problems.append(_problem(
                file, lines, i, key, f"{key} cannot be turned into the model's units: unknown are {', '.join(unknown)}",
                "Or write the bare number in the model's units."))
    if species.name.lower() in models:
        problems.append(_problem(file, lines, i, "name", f"there is a species {species.name.lower()!r} already"))
    if species.boundary_factor is not None and species.boundary_factor.to("-") != 1.0 and model.sources:
        problems.append(_problem(
            file, lines, i, "boundary_factor", f"the concentrations that SSM of {model.name!r} takes from AUX "
            "variables cannot be scaled", "Give this species a GWT model of its own."))
    sorbs = species.distribution_coefficient is not None or species.koc is not None
    if sorbs and species.bulk_density is None and not np.any(model.mobile.bulk_density):
        problems.append(_problem(
            file, lines, i, "name", f"sorption needs bulk_density: {model.name!r} has none",
            "Write for example bulk_density = \"1750 kg/m3\"."))
    return problems


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
