from numpy import float64
from numpy.typing import NDArray

Floats = NDArray[float64]

def inverse_capacity(
    start: Floats, change: Floats, least: Floats, part: float, inverse: Floats, threads: int
) -> None: ...
def blend(
    before: Floats, mass: Floats, inverse: Floats, part: float, concentration: Floats, threads: int
) -> None: ...
def signed_sums(before: Floats, after: Floats, factor: Floats, sums: Floats) -> None: ...
def limiting_cell(
    start: Floats, end: Floats, least: Floats, rate: Floats, part: float, span: float, stages: float, limit: float,
    longest: Floats,
) -> int: ...
