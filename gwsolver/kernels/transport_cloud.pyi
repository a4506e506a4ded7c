from numpy import float32, float64, int32
from numpy.typing import NDArray

Floats = NDArray[float64]
Singles = NDArray[float32]
Ints = NDArray[int32]

def gradients(
    concentration: Singles, group: Ints, neighbour: Ints, weights: Singles, gradient: Singles, threads: int
) -> None: ...
def face_fluxes(
    concentration: Singles, gradient: Singles, cells: Ints, vector: Singles, coefficients: Singles, flux: Singles,
    limiter: int, threads: int,
) -> None: ...
def end_fluxes(
    concentration: Singles, gradient: Singles, cells: Ints, faces: Ints, given: Singles, coefficients: Singles,
    flux: Singles, limiter: int, threads: int,
) -> None: ...
def update(
    flux: Singles, group: Ints, face: Ints, sign: Singles, source: Floats, loss: Floats, inverse: Floats,
    length: float, weight: float, mass: Floats, integral: Floats, concentration: Floats, threads: int,
) -> None: ...
