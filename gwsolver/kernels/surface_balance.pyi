from numpy import float64
from numpy.typing import NDArray

Floats = NDArray[float64]

def change(
    level: Floats, area: Floats, slope: Floats, at: Floats, factor: Floats, volume: Floats, gains: Floats, rain: Floats,
    evaporation: Floats, asked: Floats, seeps: Floats, rained: Floats, evaporates: Floats, part: Floats, found: Floats,
) -> None: ...
def count(term: Floats, sign: float, net: Floats, moved: Floats) -> None: ...
def judge(before: Floats, after: Floats, net: Floats, moved: Floats, held: float, worst: Floats) -> None: ...
