from numpy import float64, int32, uint8
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int32]
Flags = NDArray[uint8]

KINDS: dict[str, int]
MOST_ACTIVE: int
MOST_STEPS: int
MOST_FACTORS: int
MOST_TERMS: int
MOST_PRODUCT: int

def kinetic(
    mass: Floats, content: Floats, water: Floats, free: Flags, held: Floats, length: float, relative: float,
    absolute: float, activity: Floats, active: Ints, whole: Flags, lead: Ints, kind: Ints, constant: Floats,
    offset: Floats, z_first: Ints, z_entry: Ints, z_weight: Floats, rate: Floats, f_first: Ints, f_index: Ints,
    s_first: Ints, s_entry: Ints, s_mass: Floats, pattern: Flags, row: Ints, first: Ints, step_of: Ints, factor: Floats,
    weight: Floats, extents: Floats, gap: Floats, counts: Ints, threads: int,
) -> None: ...
