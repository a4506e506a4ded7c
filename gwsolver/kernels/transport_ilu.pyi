from numpy import float64, int32
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int32]

def factorise(
    start: Ints, column: Ints, place: Ints, value: Floats, scale: Floats, factors: Floats, where: Ints
) -> int: ...
def solve(
    start: Ints, column: Ints, place: Ints, value: Floats, scale: Floats, factors: Floats, right: Floats, limit: float,
    most: int, x: Floats, work: Floats,
) -> int: ...
