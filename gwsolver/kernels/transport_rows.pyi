from numpy import float64, int32
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int32]

def gradients(concentration: Floats, weights: Floats, runs: Ints, gradient: Floats, threads: int) -> None: ...
def end_values(concentration: Floats, cells: Ints, rule: Floats, ends: Floats, threads: int) -> None: ...
def face_fluxes(
    concentration: Floats, ends: Floats, gradient: Floats, runs: Ints, coefficients: Floats, flux: Floats,
    cross: bool, limiter: int, threads: int,
) -> None: ...
def update(
    flux: Floats, runs: Ints, source: Floats, loss: Floats, inverse: Floats, length: float, weight: float,
    mass: Floats, integral: Floats, concentration: Floats, threads: int,
) -> None: ...
