from numpy import float32, float64, int8, int32, int64, uint8
from numpy.typing import NDArray

Floats = NDArray[float64]
Floats32 = NDArray[float32]
Bytes = NDArray[uint8]
Levels = NDArray[int8]
Ints = NDArray[int32]
Longs = NDArray[int64]

def reach(
    exists: Bytes, steps: Ints, level: Levels, fed: Bytes, concentration: Floats32, least: float, ahead: float,
    ring: float, found: Bytes,
) -> None: ...
def pick(
    stretches: Ints, start: Longs, first: Ints, own: Ints, other: Ints, part: Ints, slab: Ints, active: Bytes,
    most_chunks: int, runs: Ints, data: Longs, beside: Ints, chunks: Ints, items: Floats,
) -> int: ...
def leak(active: Bytes, exists: Bytes, steps: Ints, concentration: Floats32, rate: Floats32) -> float: ...
