from numpy import float64, int32
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int32]

def gradients(
    concentration: Floats, start: Ints, neighbour: Ints, weights: Floats, gradient: Floats, threads: int
) -> None: ...
def face_fluxes(
    concentration: Floats, gradient: Floats, cells: Ints, vector: Floats, coefficients: Floats, rule: Floats,
    flux: Floats, limiter: int, threads: int,
) -> None: ...
def update(
    flux: Floats, start: Ints, face: Ints, sign: Floats, source: Floats, loss: Floats, inverse: Floats,
    length: float, weight: float, mass: Floats, integral: Floats, concentration: Floats, threads: int,
) -> None: ...
