from numpy import float32, float64, int32
from numpy.typing import NDArray

Floats = NDArray[float64]
Floats32 = NDArray[float32]
Ints = NDArray[int32]

def emptying(coefficients: Floats32, clip: float, rate: Floats32, threads: int) -> None: ...
def loads(
    content: Floats32, rate: Floats32, loss: Floats32, n_layers: int, heaviest: Floats32, threads: int
) -> None: ...
def heaviest_place(
    loads: Floats32, content: Floats32, rate: Floats32, loss: Floats32, window: Ints, n_layers: int
) -> int: ...
def longest_stage(
    content: Floats32, rate: Floats32, loss: Floats32, window: Ints, n_layers: int, n_lanes: int, part: float,
    span: float, stages: float, least: float, limit: float, longest: Floats, place: Ints, threads: int,
) -> None: ...
def peclet_sums(coefficients: Floats32, mass: Floats, sums: Floats, threads: int) -> None: ...
