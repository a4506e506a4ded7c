"""Lists of MODFLOW 6 files: entries of stress periods, tables of packages, places of observations."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gwsolver.modflow.locate import Block, read_lines, split
from gwsolver.modflow.plain_arrays import NotPlain


def read_entries(block: Block, folder: Path, n_index: int, columns: Sequence[str], named: bool) -> np.ndarray | None:
    """Return the entries of a stress period as a structured array; None if the block is empty.

    Parameters
    ----------
    block : Block
    folder : Path
        Names of files are relative to it.
    n_index : int
        Words that name a cell.
    columns : sequence of str
        Names of the values that follow, auxiliary variables included.
    named : bool
        Whether a boundname may follow.

    Returns
    -------
    ndarray
        Fields "cellid" (zero-based, shape (entry, n_index)), each column (float64, or objects if a word among
        them is no number: the name of a time series), and "boundname" if `named`.
    """
    words = _words(block, folder)
    if not words:
        return None
    width = n_index + len(columns)
    if any(len(w) < width or (len(w) > width + 1 if named else len(w) > width) for w in words):
        raise NotPlain("records of unequal length")
    try:
        cells = np.array([[int(i) for i in w[:n_index]] for w in words], np.int64) - 1
    except ValueError as error:
        raise NotPlain("a cell that is no number") from error
    values: dict[str, np.ndarray] = {}
    for i, name in enumerate(columns, n_index):
        given = [w[i] for w in words]
        try:
            values[name] = np.array([float(g) for g in given])
        except ValueError:
            values[name] = np.array(given, object)
    fields: list[Any] = [("cellid", np.int64, (n_index,)), *((n, v.dtype) for n, v in values.items())]
    if named:
        fields.append(("boundname", object))
    entries = np.empty(len(words), fields)
    entries["cellid"] = cells
    for name, column in values.items():
        entries[name] = column
    if named:
        entries["boundname"] = [w[width] if len(w) > width else "" for w in words]
    return entries


def _words(block: Block, folder: Path) -> list[tuple[str, ...]]:
    words = [w for _, text in block.text if (w := split(text))]
    if words and words[0][0].upper() == "OPEN/CLOSE":
        path = folder / words[0][1] if len(words[0]) > 1 else folder
        if len(words) > 1 or len(words[0]) != 2 or not path.is_file():
            raise NotPlain("OPEN/CLOSE of a list")
        words = [w for text in read_lines(path) if (w := split(text))]
    return words


def read_rows(block: Block, fields: Sequence[dict[str, str]]) -> list[tuple[Any, ...]]:
    """Return the records of a table with values of the types their definitions name, indices zero-based.

    The last field may repeat to the end of the record. Fields that end the record early are left out.
    """
    found = []
    for record in block.records():
        row = []
        for i, word in enumerate(record.words):
            if i >= len(fields) and not fields[-1]["shape"]:
                raise NotPlain("a record that is too long")
            row.append(_typed(word, fields[min(i, len(fields) - 1)]))
        found.append(tuple(row))
    return found


def _typed(word: str, definition: dict[str, str]) -> Any:
    kind = definition["type"].split()[0]
    try:
        if kind == "integer":
            return int(word) - 1 if definition["numeric_index"] == "true" else int(word)
        return float(word) if kind == "double" else word
    except ValueError as error:
        raise NotPlain(word) from error


def read_places(block: Block, n_index: int) -> list[tuple[str, ...]]:
    """Return (name, quantity, place, ...) of observations; a place is a boundname or the words of a cell."""
    found = []
    for record in block.records():
        name, quantity, *rest = record.words
        whole = all(w.isdigit() for w in rest)
        if not rest or (not whole and len(rest) > 1) or (whole and len(rest) % n_index):
            raise NotPlain("an observation's place")
        places = [" ".join(rest[i:i + n_index]) for i in range(0, len(rest), n_index)] if whole else rest
        found.append((name, quantity, *places))
    return found
