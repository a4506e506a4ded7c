from numpy import float64, int64
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int64]

def sections(
    station: Floats, height: Floats, roughness: Floats, first: Ints, factor: Floats, depth: Floats, found: Floats,
) -> None: ...
def normal_depths(
    station: Floats, height: Floats, roughness: Floats, first: Ints, factor: Floats, flow: Floats, found: Floats,
) -> None: ...
