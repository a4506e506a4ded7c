"""MODFLOW 6's binary heads and budgets: where each record lies, without reading what it holds.

The layouts are those of MODFLOW 6's description of input and output ("Head File", "Cell-by-Cell
Budget File"): a stream of records without Fortran's record marks, integers of 4 bytes, reals of 8.
Only headers are read here; the numbers are fetched later, one time step at a time.
"""

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem

ARRAY, LIST = 1, 6

_HEAD = struct.Struct("<2i2d16s3i")
_HEAD_SINGLE = struct.Struct("<2i2f16s3i")
_BUDGET = struct.Struct("<2i16s3i")
_TIMES = struct.Struct("<i3d")
_TIMES_SINGLE = struct.Struct("<i3f")
_HINT_CUT = "The run that wrote it was stopped, the disk was full, or it was copied while it was written: make it anew."
_HINT_KIND = "It must be the unformatted output of MODFLOW 6 in double precision."


@dataclass(frozen=True)
class Record:
    """One record of a head or budget file.

    Attributes
    ----------
    period, step : int
        One-based, as MODFLOW writes them (KPER, KSTP).
    text : str
        "HEAD", "FLOW-JA-FACE", "WEL", ...
    length, period_time, time : float
        DELT, PERTIM, TOTIM [T]; the length is 0 for heads, which do not tell it.
    method : int
        ARRAY or LIST.
    offset : int
        Byte at which its numbers begin.
    count : int
        Values of an array, entries of a list.
    auxiliary : tuple of str
        Names of the auxiliary columns of a list.
    models : tuple of str
        Names of the models at both ends of a list ("" for arrays).
    package : str
        Name of the package, "" for arrays.
    start : int
        Byte at which its header begins.
    shape : tuple of int
        The three sizes in its header: NCOL, NROW, then layer (heads) or -NLAY (budgets).
    """

    period: int
    step: int
    text: str
    length: float
    period_time: float
    time: float
    method: int
    offset: int
    count: int
    auxiliary: tuple[str, ...] = ()
    models: tuple[str, str] = ("", "")
    package: str = ""
    start: int = 0
    shape: tuple[int, int, int] = (0, 0, 0)

    @property
    def item(self) -> "np.dtype[np.void] | np.dtype[np.float64]":
        """Layout of one value or entry."""
        if self.method == ARRAY:
            return np.dtype("<f8")
        return np.dtype([("node", "<i4"), ("node2", "<i4"), ("rate", "<f8"), ("aux", "<f8", (len(self.auxiliary),))])

    @property
    def end(self) -> int:
        """Byte after its last number."""
        return self.offset + self.count * self.item.itemsize

    def read(self, stream: "mmap.mmap") -> NDArray[np.generic]:
        """Return a copy of its numbers: float64, or entries with node, node2, rate, aux."""
        return np.frombuffer(stream, self.item, self.count, self.offset).copy()


@contextmanager
def mapped(path: str) -> Iterator[mmap.mmap]:
    """Open a file as a read-only map; InputError if it is not there, cannot be read or is empty."""
    try:
        with Path(path).open("rb") as stream:
            if Path(path).stat().st_size == 0:
                raise InputError([Problem("the file is empty", file=path, hint=_HINT_CUT)])
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as view:
                yield view
    except FileNotFoundError:
        raise InputError([Problem("the file does not exist", file=path, hint="Run the flow model first.")]) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError([Problem(f"the file cannot be read: {why}", file=path)]) from None


def head_records(path: str, stream: mmap.mmap) -> list[Record]:
    """Return the records of a head file; InputError where it is cut off or is something else."""
    records: list[Record] = []
    at, size = 0, len(stream)
    while at < size:
        if at + _HEAD.size > size:
            raise _cut(path, len(records) + 1, at, _HEAD.size, size)
        step, period, period_time, time, text, n_col, n_row, layer = _HEAD.unpack_from(stream, at)
        word = _word(text)
        plausible = _counts(step, period) and n_col > 0 and n_row > 0 and layer > 0 and _times(0.0, period_time, time)
        if not plausible or word != "HEAD":
            raise _strange_head(path, stream, len(records) + 1, at, word if plausible else None)
        record = Record(period, step, word, 0.0, period_time, time, ARRAY, at + _HEAD.size, n_col * n_row,
                        start=at, shape=(n_col, n_row, layer))
        if record.end > size:
            raise _cut(path, len(records) + 1, record.offset, record.end - record.offset, size)
        records.append(record)
        at = record.end
    return records


def budget_records(path: str, stream: mmap.mmap) -> list[Record]:
    """Return the records of a budget file; InputError where it is cut off or is something else."""
    records: list[Record] = []
    at, size = 0, len(stream)
    while at < size:
        record = _budget_record(path, stream, len(records) + 1, at)
        if record.end > size:
            raise _cut(path, len(records) + 1, record.offset, record.end - record.offset, size)
        records.append(record)
        at = record.end
    return records


def _budget_record(path: str, stream: mmap.mmap, number: int, start: int) -> Record:
    size = len(stream)
    at = start

    def take(layout: struct.Struct) -> tuple[object, ...]:
        nonlocal at
        if at + layout.size > size:
            raise _cut(path, number, at, layout.size, size)
        at += layout.size
        return layout.unpack_from(stream, at - layout.size)

    step, period, text, n_col, n_row, n_lay = take(_BUDGET)
    method, length, period_time, time = take(_TIMES)
    word = _word(text)
    if not (_counts(step, period) and word and n_col >= 0 and n_row > 0 and n_lay != 0):
        raise _strange_budget(path, stream, number, start)
    if not _times(length, period_time, time):
        raise _strange_budget(path, stream, number, start)
    place = (period, step, word, length, period_time, time)
    if method == ARRAY:
        return Record(*place, ARRAY, at, n_col * n_row * abs(n_lay), start=start, shape=(n_col, n_row, n_lay))
    if method != LIST:
        raise InputError([Problem(
            f"record {number} ({word}) at byte {start:,} has method code", file=path, value=method,
            allowed="1 (array) or 6 (list), as MODFLOW 6 writes them", hint=_HINT_KIND)])
    model, _, model2, package = (_word(take(_NAME)[0]) for _ in range(4))
    (n_columns,) = take(_INT)
    if not 1 <= n_columns <= 10_000:
        raise _strange_budget(path, stream, number, start)
    auxiliary = tuple(_word(take(_NAME)[0]).lower() for _ in range(n_columns - 1))
    (count,) = take(_INT)
    if count < 0:
        raise _strange_budget(path, stream, number, start)
    return Record(*place, LIST, at, count, auxiliary, (model.lower(), model2.lower()), package.lower(), start,
                  (n_col, n_row, n_lay))


_NAME, _INT = struct.Struct("<16s"), struct.Struct("<i")


def _word(raw: bytes) -> str:
    """Text of 16 characters, "" if it is not printable."""
    text = raw.decode("ascii", errors="replace").strip()
    return text if text.isprintable() and "\ufffd" not in text else ""


def _counts(step: int, period: int) -> bool:
    return 1 <= step <= 100_000_000 and 1 <= period <= 100_000_000


def _times(length: float, period_time: float, time: float) -> bool:
    """DELT <= PERTIM <= TOTIM, finite, as misread numbers hardly ever are; a period of no length is allowed."""
    slack = 1.0 + 1e-9
    return bool(
        np.isfinite([length, period_time, time]).all()
        and 0.0 <= length <= period_time * slack and period_time <= time * slack and time < 1e100
    )


def _cut(path: str, number: int, at: int, needed: int, size: int) -> InputError:
    return InputError([Problem(
        f"the file is cut off in record {number}: {needed:,} bytes should follow byte {at:,}, but it ends at byte "
        f"{size:,}", file=path, hint=_HINT_CUT)])


def _strange_head(path: str, stream: mmap.mmap, number: int, at: int, word: str | None) -> InputError:
    where = f"record {number} at byte {at:,}"
    if word is not None:
        return InputError([Problem(
            f"{where} holds", file=path, value=f'"{word}"', allowed='"HEAD"',
            hint="It is not a head file: name the file that the flow model's OC writes as HEAD.")])
    step, period, _, _, text, *_ = _HEAD_SINGLE.unpack_from(stream, at)
    if _counts(step, period) and _word(text) == "HEAD":
        return InputError([Problem(f"{where} is in single precision", file=path,
                                   hint="Heads of older MODFLOW versions are not read. " + _HINT_KIND)])
    return InputError([Problem(f"{where} is not a head record", file=path, hint=_HINT_KIND)])


def _strange_budget(path: str, stream: mmap.mmap, number: int, at: int) -> InputError:
    where = f"record {number} at byte {at:,}"
    step, period, text, *_ = _BUDGET.unpack_from(stream, at)
    method, *times = _TIMES_SINGLE.unpack_from(stream, at + _BUDGET.size)
    if _counts(step, period) and _word(text) and 0 <= method <= 6 and _times(*times) and times[0] > 1e-30:
        return InputError([Problem(f"{where} ({_word(text)}) is in single precision", file=path,
                                   hint="Budgets of older MODFLOW versions are not read. " + _HINT_KIND)])
    return InputError([Problem(f"{where} is not a budget record", file=path, hint=_HINT_KIND)])
