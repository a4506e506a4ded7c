from numpy import float64, int32, uint8
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int32]

MOST_SPECIES: int

def first_order(
    mass: Floats, content: Floats, water: Floats, free: NDArray[uint8], held: Floats, length: float, activity: Floats,
    whole: bool, family_first: Ints, entry: Ints, step: Ints, rate: Floats, yields: Floats, row: Ints, first: Ints,
    step_of: Ints, factor: Floats, weight: Floats, extents: Floats, gap: Floats, threads: int,
) -> None: ...
