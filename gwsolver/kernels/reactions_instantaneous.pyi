from numpy import float64, int32, uint8
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int32]

MOST_DONORS: int
MOST_STEPS: int

def instantaneous(
    mass: Floats, content: Floats, water: Floats, free: NDArray[uint8], held: Floats, donor: Ints, taken: Ints,
    made: Ints, capacity: Floats, solid: Ints, need: Floats, step: Ints, dissolved: bool, ranked: bool, row: Ints,
    first: Ints, step_of: Ints, factor: Floats, weight: Floats, extents: Floats, gap: Floats, threads: int,
) -> None: ...
