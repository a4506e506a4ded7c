from numpy import float64, int8, int32, uint8
from numpy.typing import NDArray

Floats = NDArray[float64]
Bytes = NDArray[uint8]
Levels = NDArray[int8]
Ints = NDArray[int32]

def raise_levels(
    place: Ints, rate: Floats, content: Floats, length: float, limit: float, level: Levels, most: int
) -> int: ...
def grade(exists: Bytes, steps: Ints, apart: int, level: Levels) -> None: ...
