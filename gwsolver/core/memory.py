"""Room that is free goes back to the system."""

import ctypes
import sys


def give_back() -> None:
    """Return free memory to the system, where the C library can be asked to (glibc).

    It keeps what large arrays have left in the middle of its heap: after a phase with many of them that is more
    than the next one needs in places where it fits.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
