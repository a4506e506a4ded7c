from numpy import bool_, float32, float64, int32, uint8
from numpy.typing import NDArray

Floats = NDArray[float64]
Floats32 = NDArray[float32]
Ints = NDArray[int32]
Bytes = NDArray[uint8] | NDArray[bool_]

def tensors(
    discharge: Floats, alh: Floats, alv: Floats, ath1: Floats, ath2: Floats, atv: Floats, diffusion: Floats,
    porosity: Floats, along_rows: bool, tensor: Floats32, threads: int,
) -> None: ...
def face_coefficients(
    cell: Ints, first_face: Ints, wet: Bytes, lane_size: Floats, slab_size: Floats, thickness: Floats,
    saturation_start: Floats, saturation_end: Floats, face_flow: Floats, tensor: Floats32, discharge: Floats,
    volume_part: Floats, along_rows: bool, advection: bool, order: float, stage: float, coefficients: Floats32,
    threads: int,
) -> None: ...
