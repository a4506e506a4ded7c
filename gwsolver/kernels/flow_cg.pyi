from numpy import float64, int32
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int32]

def cut_upper(
    row_start: Ints, row_column: Ints, row_value: Floats, start: Ints, column: Ints, value: Floats, diagonal: Floats
) -> None: ...
def cut_mean(
    row_start: Ints, row_column: Ints, row_value: Floats, start: Ints, column: Ints, value: Floats, diagonal: Floats
) -> None: ...
def factorise(
    start: Ints, column: Ints, value: Floats, diagonal: Floats, relaxation: float, scale: Floats
) -> int: ...
def solve(
    start: Ints, column: Ints, value: Floats, diagonal: Floats, scale: Floats, right: Floats, limit: float, most: int,
    x: Floats, work: Floats,
) -> int: ...
