"""Lists of MODFLOW 6 files: entries of stress periods, tables of packages, places of observations."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gwsolver.modflow.locate import Block, file_in, read_lines, split
from gwsolver.modflow.plain_arrays import NotPlain

NUMBER = {"type": "integer", "numeric_index": "true", "shape": ""}
"""Definition of the number of a feature."""


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
        path = file_in(folder, words[0][1]) if len(words[0]) > 1 else folder
        if len(words) > 1 or len(words[0]) != 2 or not path.is_file():
            raise NotPlain("OPEN/CLOSE of a list")
        words = [w for text in read_lines(path) if (w := split(text))]
    return words


@dataclass(frozen=True)
class Layout:
    """What the length and the words of a record depend on, besides its definition.

    Attributes
    ----------
    n_index : int
        Words that name a cell.
    n_auxiliary : int
        Auxiliary variables.
    named : bool
        Whether a boundname may follow.
    series : bool
        Whether a word in the place of a number may be the name of a time series.
    """

    n_index: int
    n_auxiliary: int
    named: bool
    series: bool


def read_rows(block: Block, folder: Path, fields: Sequence[dict[str, str]], layout: Layout) -> list[tuple[Any, ...]]:
    """Return the records of a table with values of the types their definitions name, indices zero-based.

    Parameters
    ----------
    block : Block
    folder : Path
        Names of files are relative to it.
    fields : sequence of dict
        Definitions of the values of a record, in their order.
    layout : Layout

    Returns
    -------
    list of tuple
        A cell is a tuple, or the word NONE; what repeats to the end of a record are single values.
    """
    return [_row(words, fields, layout) for words in _words(block, folder)]


def _row(words: Sequence[str], fields: Sequence[dict[str, str]], layout: Layout) -> tuple[Any, ...]:
    left, row = list(words), []
    for field in fields:
        name, count, typed = field["name"], 1, field
        cell = name == "cellid" and left[:1] != [] and left[0].upper() != "NONE"
        if cell:
            count, typed = layout.n_index, field | {"numeric_index": "true", "shape": ""}
        elif name == "cellid":
            typed = field | {"type": "string"}
        elif name == "aux":
            count = layout.n_auxiliary
        elif field["shape"]:
            count = len(left)
        elif field["optional"] == "true" and (not left or (name == "boundname" and not layout.named)):
            count = 0
        if len(left) < count:
            raise NotPlain("a record that is too short")
        values = [_typed(w, typed, layout.series) for w in left[:count]]
        row += [tuple(values)] if cell else values
        del left[:count]
    # What follows the last value is passed over, as MODFLOW and flopy do: remarks by habit, more columns.
    if left and (fields[-1]["name"] == "boundname" or fields[-1]["shape"]):
        raise NotPlain("a record that is too long")
    if any(w[:1] in ("#", "!") for w in words[:len(words) - len(left)]):
        raise NotPlain("a remark among values")
    return tuple(row)


def read_settings(
    block: Block, folder: Path, fields: dict[str, dict[str, str]], keystring: dict[str, str], layout: Layout
) -> list[tuple[Any, ...]] | None:
    """Return records ``number KEYWORD value ...`` of a stress period, numbers zero-based; None if it is empty.

    Parameters
    ----------
    block : Block
    folder : Path
        Names of files are relative to it.
    fields : dict of str to dict
        Definitions of the data of PERIOD blocks by name.
    keystring : dict
        Definition of what may stand after the number: keywords with one value, and records of several.
    layout : Layout
    """
    expected: dict[str, list[dict[str, str]]] = {}
    for name in keystring["type"].split()[1:]:
        record = fields[name]["type"].split()
        if record[0] == "record":
            expected[record[1]] = [fields[w] for w in record[2:]]
        else:
            expected[name] = [fields[name]]
    found = []
    for number, *words in _words(block, folder):
        definitions = expected.get(words[0].lower()) if words else None
        if definitions is None or len(definitions) != len(words) - 1 or any(w[:1] in ("#", "!") for w in words):
            raise NotPlain(" ".join((number, *words)))
        values = [_typed(w, d, layout.series) for w, d in zip(words[1:], definitions, strict=True)]
        found.append((_typed(number, NUMBER), words[0], *values))
    return found or None


def _typed(word: str, definition: dict[str, str], series: bool = False) -> Any:
    kind = definition["type"].split()[0]
    if kind == "keyword" and word.upper() != definition["name"].upper():
        raise NotPlain(word)
    try:
        if kind == "integer":
            number = int(word)
            return _index(number, bool(definition["shape"])) if definition["numeric_index"] == "true" else number
        return float(word) if kind == "double" else word
    except ValueError as error:
        if series and kind == "double":
            return word
        raise NotPlain(word) from error


def _index(number: int, signed: bool) -> float:
    """Return a one-based number from zero; `signed`: as flopy keeps a reach downstream in SFR, -1 as -0.0."""
    if number < 0 and signed:
        return -float(-number - 1)
    if number < 0 or (number == 0 and signed):
        raise NotPlain(str(number))
    return number - 1


def read_places(block: Block, n_index: int) -> list[tuple[str, ...]]:
    """Return (name, quantity, place, ...) of observations; a place is a boundname or the words of a cell.

    `n_index` is 0 where places are numbers of features: each is a word, and so is a boundname after one.
    """
    found = []
    for record in block.records():
        name, quantity, *rest = record.words
        whole = all(w.isdigit() for w in rest)
        if n_index == 0 and 1 <= len(rest) <= 2 and not any(w[:1] in ("#", "!") for w in rest):
            found.append((name, quantity, *rest))
            continue
        if n_index == 0 or not rest or (not whole and len(rest) > 1) or (whole and len(rest) % n_index):
            raise NotPlain("an observation's place")
        places = [" ".join(rest[i:i + n_index]) for i in range(0, len(rest), n_index)] if whole else rest
        found.append((name, quantity, *places))
    return found
