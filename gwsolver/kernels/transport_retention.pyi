from numpy import float64, uint8
from numpy.typing import NDArray

Floats = NDArray[float64]
CODES: dict[str, int]

def concentrations(
    code: int, mass: Floats, water: Floats, solid: Floats, k: Floats, p: Floats, concentration: Floats, threads: int
) -> None: ...
def exchange(
    code: int, mass: Floats, water: Floats, solid: Floats, k: Floats, p: Floats, mass2: Floats, water2: Floats,
    solid2: Floats, k2: Floats, p2: Floats, transfer: Floats, fixed: NDArray[uint8], fixed_concentration: Floats,
    length: float, net: Floats, threads: int,
) -> None: ...
