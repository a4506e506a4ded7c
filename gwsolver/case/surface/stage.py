"""Stage tables of a case: columns of a file, or two lists."""

from typing import Annotated

from pydantic import Field

from gwsolver.case.surface.series import Reader
from gwsolver.case.tables import Sourced
from gwsolver.core.errors import InputError
from gwsolver.core.units import convert
from gwsolver.surface.hypsometry import Hypsometry

NONE = Hypsometry([0.0, 1.0], [0.0, 1.0])  # stands in where a table cannot be read: problems are told anyway


class StageTable(Sourced):
    """Level and area: ``{ file = "stage.csv", where = { basin = "west" } }``, or two lists ``levels`` and ``areas``."""

    file: str = ""
    where: dict[str, str | list[str]] = {}
    level: str = "level_m"
    area: str = "area_km2"
    levels: Annotated[list[float], Field(min_length=2)] | None = None
    areas: Annotated[list[float], Field(min_length=2)] | None = None
    unit: str = "km2"

    def table(self, place: tuple[str, int, str], reader: Reader, name: str) -> Hypsometry:
        """Return the table in m and m2; problems go to the reader."""
        if (self.levels is None) != (self.areas is None) or bool(self.file) == (self.levels is not None):
            reader.problem(place, "a stage table is a file, or levels and areas")
            return NONE
        if self.levels is not None and self.areas is not None:
            level, area = self.levels, self.areas
        else:
            rows = reader.rows(place, self.file, self.where, (self.level, self.area))
            if not rows:
                if not reader.problems:
                    reader.problem(place, f"{self.file} has no row that fits {self.where}")
                return NONE
            try:
                level, area = [float(r[self.level]) for r in rows], [float(r[self.area]) for r in rows]
            except ValueError as error:
                reader.problem(place, f"{self.file}: {error}")
                return NONE
        try:
            factor = convert(1.0, self.unit, "m2")
            return Hypsometry(level, [a * factor for a in area], name=name)
        except (InputError, ValueError) as error:
            for what in error.problems if isinstance(error, InputError) else [error]:
                reader.problem(place, getattr(what, "what", str(what)), getattr(what, "hint", ""),
                               value=getattr(what, "value", None))
            return NONE
