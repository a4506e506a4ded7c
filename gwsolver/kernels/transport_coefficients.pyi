from numpy import float64, int8, int32
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int32]

def dispersion_tensor(
    discharge: Floats, alh: Floats, alv: Floats, ath1: Floats, ath2: Floats, atv: Floats, diffusion: Floats,
    tensor: Floats,
) -> None: ...
def face_coefficients(
    cells: Ints, axis: NDArray[int8], normal: Floats, side_area: Floats, side_length: Floats, tensor: Floats,
    size: Floats, flow: Floats, order: float, clip: float, structured: bool, coefficients: Floats, rate: Floats,
) -> None: ...
