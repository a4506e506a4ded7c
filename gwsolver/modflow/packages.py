"""A flopy package with its place: what every part of the reader asks of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import Problem, located
from gwsolver.core.grid import Grid
from gwsolver.modflow.collect import Findings
from gwsolver.modflow.load import array, scalar
from gwsolver.modflow.locate import InputText, file_in, scan

Floats = NDArray[np.float64]

_CONSTANTS: WeakKeyDictionary[Grid, dict[float, Floats]] = WeakKeyDictionary()


def constant(grid: Grid, value: float) -> Floats:
    """Return one value in all cells: an array that everything of this value shares, not to be changed."""
    known = _CONSTANTS.setdefault(grid, {})
    if value not in known:
        known[value] = np.full(grid.n_cells, float(value))
        known[value].setflags(write=False)
    return known[value]


@dataclass(frozen=True, eq=False)
class Package:
    """One flopy package, its user's name, its file, and where findings go.

    Attributes
    ----------
    data : flopy package
    name : str
        Lower case, as MODFLOW calls it.
    type : str
        flopy's package type: "wel", "rcha".
    path : Path
        Its file, whether it exists or not.
    on_disk : bool
        Whether it was read from that file (lines can then be named).
    findings : Findings
    """

    data: Any
    name: str
    type: str
    path: Path
    on_disk: bool
    findings: Findings

    @property
    def file(self) -> str:
        """File for messages; "" if the simulation was in memory."""
        return str(self.path) if self.on_disk else ""

    def text(self) -> InputText | None:
        """Return the scanned file, None if there is none."""
        return scan(self.path) if self.on_disk and self.path.is_file() else None

    def line(self, block: str, word: str) -> int | None:
        """Return the line of a record in a block."""
        text = self.text()
        return text.line_of(block, word) if text else None

    def give(self, name: str, default: Any = None) -> Any:
        """Return a scalar or keyword."""
        return scalar(getattr(self.data, name, None), default)

    def cells(self, name: str, grid: Grid, default: float | None = None) -> Floats | None:
        """Return a griddata array over the active cells; `default` where it is not given."""
        values = array(getattr(self.data, name, None))
        if values is None:
            return None if default is None else constant(grid, default)
        if values.size != grid.n_nodes:
            self.bad(f"{name} has {values.size} values where the grid has {grid.n_nodes} cells", block="GRIDDATA",
                     word=name)
            return np.full(grid.n_cells, np.nan if default is None else float(default))
        values = values.reshape(-1)
        if np.all(values == values[0]):
            return constant(grid, values[0])
        return np.ascontiguousarray(values[grid.node], dtype=float)

    def bad(self, what: str, *, block: str = "", word: str = "", line: int | None = None, **more: Any) -> None:
        """Report a problem of this package."""
        line = line if line is not None or not block else self.line(block, word)
        self.findings.bad.append(Problem(what, file=self.file, line=line, package=self.name, **more))

    def refuse(self, what: str, hint: str = "", *, block: str = "", word: str = "") -> None:
        """Refuse something of this package by name."""
        line = self.line(block, word) if block else None
        self.findings.unsupported.append(
            Problem(f"{what} is not supported", file=self.file, line=line, package=self.name, hint=hint))

    def check(self, problems: list[Problem], grid: Grid) -> None:
        """Take over the problems of core values, with file, line and the user's cell."""
        for problem in problems:
            cell = problem.cell
            if cell.startswith("cell "):
                cell = grid.describe(int(cell[5:]) - 1)
            line = self.line("GRIDDATA", problem.what)
            self.findings.bad += located(
                [Problem(problem.what, cell=cell, value=problem.value, allowed=problem.allowed, hint=problem.hint,
                         line=line)], file=self.file, package=self.name)


def wrap(data: Any, name: str, folder: Path, on_disk: bool, findings: Findings) -> Package:
    """Return a flopy package with its place."""
    path = file_in(folder, str(data.filename))
    return Package(data, name.lower(), str(data.package_type).lower(), path, on_disk, findings)
