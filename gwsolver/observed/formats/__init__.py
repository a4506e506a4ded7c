"""Formats of files of levels, one file each.

A format has NAME, BEGINS (how one knows it, for messages), ``recognises(text) -> bool`` and
``read(text, rows) -> (target, datum)``: it hands every row to `rows`, which collects levels and what is wrong.
"""

from collections.abc import Sequence
from typing import Protocol, cast

from gwsolver.observed.formats import dahiti_csv, dahiti_json, dahiti_text, hydroweb_lake, hydroweb_station
from gwsolver.observed.formats.rows import Rows


class Format(Protocol):
    """What a format offers."""

    NAME: str
    BEGINS: str

    def recognises(self, text: str) -> bool:
        """Return whether a file is of this format."""
        ...

    def read(self, text: str, rows: Rows) -> tuple[str, str]:
        """Hand all rows to `rows`; return target and datum as the file names them, "" where it does not."""
        ...


FORMATS = cast(Sequence[Format], (dahiti_json, hydroweb_lake, hydroweb_station, dahiti_csv, dahiti_text))
