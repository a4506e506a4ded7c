"""What the tables of reactions are read with: units, species, what is known of them, and where problems go."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gwsolver.case.model_units import ModelUnits
from gwsolver.case.moments import Moment
from gwsolver.case.quantity import Quantity
from gwsolver.core.errors import InputError, Problem, nearest
from gwsolver.core.grid import Grid
from gwsolver.core.lines import LineIndex
from gwsolver.core.simulation import TransportModel
from gwsolver.core.time import TimeAxis
from gwsolver.core.units import convert
from gwsolver.reactions.components import Component, Database


@dataclass(eq=False)
class Context:
    """A simulation as reactions see it, and the problems found in their tables.

    Attributes
    ----------
    file : str
        The case.toml.
    lines : LineIndex
    units : ModelUnits
    models : mapping of str to TransportModel
        Species by name.
    components : mapping of str to Component
        What the database knows of a species, where it is a component.
    database : Database
    outlines : mapping of str to list of (x, y)
        Polygons of the case's [[source]] entries by name.
    problems : list of Problem
    warnings : list of str
        What does not keep the case from being run.
    """

    file: str
    lines: LineIndex
    units: ModelUnits
    models: Mapping[str, TransportModel]
    components: Mapping[str, Component]
    database: Database
    outlines: Mapping[str, list[tuple[float, float]]]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def grid(self) -> Grid:
        """The grid that all species share."""
        return next(iter(self.models.values())).grid

    @property
    def time(self) -> TimeAxis:
        """Their time axis."""
        return next(iter(self.models.values())).time

    def problem(self, table: str, i: int, key: str, what: str, hint: str = "", *, value: object = None,
                allowed: str = "") -> None:
        """Note what is wrong with a key of the i-th entry of a table (or of the table, if i < 0)."""
        location = (table, i, key) if i >= 0 else (table, key)
        place = f"[[{table}]] number {i + 1}" if i >= 0 else f"[{table}]"
        line = self.lines.line(location)
        self.problems.append(Problem(what, self.file, line, place, value=value, allowed=allowed, hint=hint))

    def species(self, table: str, i: int, key: str, name: str) -> str:
        """Return the name of a species, after noting it as a problem if there is none."""
        known = list(self.models)
        if name.lower() not in known:
            near = nearest(name, known)
            hint = (f"Did you mean {near!r}? " if near else "") + f"There are: {', '.join(known)}."
            self.problem(table, i, key, f"there is no species {name!r}", hint)
        return name.lower()

    def number(self, table: str, i: int, key: str, value: Quantity | None, unit: str) -> float | None:
        """Return a value in a unit of the model ("mass/length3"); None without one, or if it cannot be turned."""
        if value is None:
            return None
        if misfit := self.units.misfit(key, value):
            self.problem(table, i, key, *misfit)
            return None
        return self.units.number(value, unit)

    def known(self, name: str) -> Component | None:
        """Return what the database knows of a component, None if it does not know it."""
        try:
            return self.database.component(name)
        except InputError:
            return None

    def formula(self, species: str) -> str:
        """Return the formula of a species, "" if none is known."""
        return self.components[species].formula if species in self.components else ""

    def concentration(self, value: float, unit: str) -> float:
        """Return a concentration or density of the database in the unit of the model."""
        return convert(value, unit, self.units.symbol("mass/length3"))

    def moment(self, table: str, i: int, key: str, given: Moment) -> float:
        """Return a moment as time of the model [T]."""
        try:
            return given.time(self.time)
        except ValueError as error:
            self.problem(table, i, key, f"{key}: {error}")
            return 0.0
