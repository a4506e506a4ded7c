"""Arrays of MODFLOW 6 files by numpy: INTERNAL, CONSTANT, OPEN/CLOSE, by layer or as a whole."""

import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gwsolver.modflow.locate import TEXT, Block, file_in, split

Numbers = NDArray[np.float64] | NDArray[np.int64]
CONTROLS = ("CONSTANT", "INTERNAL", "OPEN/CLOSE")
MEANING = ("(BINARY)", "FACTOR", "IPRN")
"""Words that may follow on the line of INTERNAL and OPEN/CLOSE."""
HEADER = 52
"""Bytes before the values of a binary array: two integers, two reals, a text of 16, three integers."""


class NotPlain(Exception):
    """Something that is left to flopy."""


@dataclass
class Part:
    """One control line and the numbers that follow it."""

    words: tuple[str, ...]
    lines: list[str] = field(default_factory=list)


@dataclass
class Cut:
    """One array as it stands in a block, not read yet.

    Attributes
    ----------
    words : tuple of str
        Its name and what follows it on the line: LAYERED, or TIMEARRAYSERIES and a name.
    parts : list of Part
        One, or one for each layer.
    """

    words: tuple[str, ...]
    parts: list[Part] = field(default_factory=list)


def cut_arrays(block: Block, known: set[str]) -> dict[str, Cut]:
    """Return the arrays of a block by upper-case name.

    Parameters
    ----------
    block : Block
    known : set of str
        Upper-case names that may stand there.
    """
    found: dict[str, Cut] = {}
    array: Cut | None = None
    lines: list[str] | None = None
    for _, text in block.text:
        start = text.lstrip()[:1]
        if start.isdigit() or (start and start in "+-."):
            if lines is None:
                raise NotPlain("numbers without INTERNAL")
            lines.append(text)
            continue
        words = split(text)
        if not words:
            continue
        key = words[0].upper()
        if key in CONTROLS and array is not None:
            array.parts.append(Part(words))
            lines = array.parts[-1].lines if key == "INTERNAL" else None
        elif key in known:
            array = found[key] = Cut(words)
            lines = None
        else:
            raise NotPlain(f"word {words[0]}")
    return found


def read_array(cut: Cut, folder: Path, size: int, layers: int, *, whole: bool) -> Numbers | str:
    """Return the values of an array, shape (size,); the words themselves if it is a time-array series.

    Parameters
    ----------
    cut : Cut
    folder : Path
        Names of files are relative to it.
    size : int
        Number of values, of all layers.
    layers : int
        Number of layers, if it is given by layer.
    whole : bool
        Whether they are whole numbers.
    """
    options = [w.upper() for w in cut.words[1:]]
    if options[:1] == ["TIMEARRAYSERIES"] and not cut.parts:
        return " ".join(cut.words[1:])
    layered = options == ["LAYERED"]
    if (options and not layered) or len(cut.parts) != (layers if layered else 1):
        raise NotPlain(" ".join(cut.words))
    each = size // layers if layered else size
    parts = [_part(p, folder, each, whole) for p in cut.parts]
    values = parts[0] if len(parts) == 1 else np.concatenate(parts)
    if not whole:
        return values
    as_whole = values.astype(np.int64)
    if np.any(as_whole != values):
        raise NotPlain("whole numbers")
    return as_whole


def _part(part: Part, folder: Path, size: int, whole: bool) -> NDArray[np.float64]:
    key, rest = part.words[0].upper(), list(part.words[1:])
    if key == "CONSTANT":
        if not rest:
            raise NotPlain(" ".join(part.words))
        return np.full(size, numbers(rest[0], 1)[0])
    name = rest.pop(0) if key == "OPEN/CLOSE" and rest else ""
    factor, binary = 1.0, False
    while rest:
        word = rest.pop(0).upper()
        if word == "(BINARY)" and name:
            binary = True
        elif word in MEANING[1:] and rest:
            value = numbers(rest.pop(0), 1)[0]
            factor = value if word == "FACTOR" else factor
        elif word in MEANING or any(w.upper() in MEANING for w in rest):
            raise NotPlain(" ".join(part.words))
        else:
            rest.clear()  # remarks by habit: the array's name, or its layer
    if binary:
        values = _from_binary(file_in(folder, name), size, whole)
    else:
        values = numbers(_text(file_in(folder, name)) if name else " ".join(part.lines), size)
    return values if factor == 1.0 else values * factor


def numbers(text: str, size: int) -> NDArray[np.float64]:
    """Return the numbers of a text, exactly as many as there should be."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # numpy's word for text that is no number
        try:
            values = np.fromstring(text, sep=" ")
        except (DeprecationWarning, ValueError) as error:
            raise NotPlain("a word that is no number") from error
    if values.size != size:
        raise NotPlain(f"{values.size} values where {size} are needed")
    return values


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding=TEXT)
    except (OSError, UnicodeDecodeError) as error:
        raise NotPlain(str(path)) from error


def _from_binary(path: Path, size: int, whole: bool) -> NDArray[np.float64]:
    kind = np.dtype("<i4") if whole else np.dtype("<f8")
    if not path.is_file() or path.stat().st_size != HEADER + size * kind.itemsize:
        raise NotPlain(str(path))
    return np.fromfile(path, kind, offset=HEADER).astype(np.float64)
