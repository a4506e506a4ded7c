"""features.csv, and the files of lines that packages of lakes and reaches ask for."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO

import numpy as np

from gwsolver.core.features import Floats

TABLE = "features.csv"
COLUMNS = ("time", "model", "package", "feature", "boundname", "quantity", "value", "unit")
Row = tuple[str, str, str, float, str]
"""Package, name, type, value, unit of a row of observations.csv."""
State = tuple[str, Floats, str]
"""Quantity, its values by feature (NaN: none), unit."""


class FeatureTable:
    """Writes lines to files that are kept whole.

    Parameters
    ----------
    file : callable
        Returns the binary file of a name, opened at its end.
    settle : callable
        Tells that what was written to the file of a name is whole.
    """

    def __init__(self, file: Callable[[str], BinaryIO], settle: Callable[[str], None]) -> None:
        self.file, self.settle = file, settle

    def states(self, time: float, model: str, package: str, boundnames: Sequence[str], columns: Iterable[State]
               ) -> None:
        """Write the states of all features of a package at one time."""
        rows = io.StringIO()
        table = csv.writer(rows, lineterminator="\n")
        given = list(columns)
        for i in range(given[0][1].size):
            for name, values, unit in given:
                value = repr(float(values[i])) if np.isfinite(values[i]) else ""
                table.writerow([repr(float(time)), model, package, i + 1, boundnames[i] if boundnames else "", name,
                                value, unit])
        self.line(TABLE, ",".join(COLUMNS), rows.getvalue().rstrip("\n"))

    def line(self, name: str, head: str, text: str) -> None:
        """Write a line to a file, after its head if it is new."""
        file = self.file(name)
        if not file.tell():
            file.write(f"{head}\n".encode())
        file.write(f"{text}\n".encode())
        self.settle(name)


def name_of(boundnames: Sequence[str], feature: int) -> str:
    """Return a feature's boundname where no other has it, else its number from one."""
    name = boundnames[feature] if boundnames else ""
    return name if name and boundnames.count(name) == 1 else str(feature + 1)
