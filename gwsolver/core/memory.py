"""Where large arrays lie, and room that is free: kept for the next one, given back to the system between phases."""

import ctypes
import math
import sys
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)
LINE = 64  # bytes of a line of the cache

TRIM_THRESHOLD, MMAP_MAX = -1, -4  # of mallopt, malloc.h
MOST = 2**31 - 1


def keep_room() -> bool:
    """Let large arrays come from the heap, where what was freed is used again; return whether that could be done.

    glibc maps arrays above 32 MB (one number a cell at 4 million cells) from the system and unmaps them when they
    are freed: each temporary array then costs the system's time for new pages, 52 of 123 s at 4.8 million cells.
    For programs of our own: it holds for the whole process.
    """
    change = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return change is not None and bool(change(MMAP_MAX, 0)) and bool(change(TRIM_THRESHOLD, MOST))


def give_back() -> None:
    """Return free memory to the system, where the C library can be asked to (glibc).

    It keeps what large arrays have left in the middle of its heap: after a phase with many of them that is more
    than the next one needs in places where it fits.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def zeros(shape: int | tuple[int, ...], kind: type[Number]) -> NDArray[Number]:
    """Return zeros that begin at a line of the cache, so that no group of eight float32 lies across two.

    numpy begins large arrays 16 bytes after a line, which costs the slab kernel some 5 % of its time in the cache.
    """
    size = math.prod((shape,) if isinstance(shape, int) else shape) * np.dtype(kind).itemsize
    raw = np.zeros(size + LINE, np.uint8)
    first = -raw.__array_interface__["data"][0] % LINE
    return raw[first:first + size].view(kind).reshape(shape)
