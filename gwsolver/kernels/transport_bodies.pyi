from numpy import float64, int32, uint8
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int32]

def advance(
    first: Ints, come_cell: Ints, come_rate: Floats, above: Ints, above_rate: Floats, go_cell: Ints, go_rate: Floats,
    held: Floats, state: Floats, passed: Floats, shut: NDArray[uint8], cell: Floats, length: float,
    first_part: float, last_part: float, gain: Floats,
) -> None: ...
def reached(
    first: Ints, come_cell: Ints, above: Ints, go_cell: Ints, held: Floats, state: Floats, inside: NDArray[uint8],
    least: float, marks: NDArray[uint8], found: NDArray[uint8],
) -> None: ...
