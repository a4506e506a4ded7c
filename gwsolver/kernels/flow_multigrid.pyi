from numpy import float64, int32
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int32]

def cholesky(matrix: Floats) -> None: ...
def cycle(
    first: Ints, start: Ints, column: Ints, value: Floats, group: Ints, weight: Floats, twice: Ints, factor: Floats,
    right: Floats, x: Floats, work: Floats,
) -> None: ...
def solve(
    first: Ints, start: Ints, column: Ints, value: Floats, group: Ints, weight: Floats, twice: Ints, factor: Floats,
    root: Floats, right: Floats, limit: float, most: int, x: Floats, work: Floats,
) -> int: ...
