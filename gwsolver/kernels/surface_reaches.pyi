from numpy import float64, int8, int64
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int64]
Bytes = NDArray[int8]

def route(
    order: Ints, station: Floats, height: Floats, roughness: Floats, first: Ints, given: Floats, status: Bytes,
    head: Floats, link_first: Ints, link_to: Ints, link_diversion: Ints, link_part: Floats, priority: Bytes,
    amount: Floats, before: Floats, step: float, weight: float, choose: bool, fast: Bytes, found: Floats,
    link_found: Floats,
) -> None: ...
