from numpy import bool_, float32, float64, int32, uint8
from numpy.typing import NDArray

Floats = NDArray[float64]
Floats32 = NDArray[float32]
Ints = NDArray[int32]
Bytes = NDArray[uint8] | NDArray[bool_]

def end_list(
    coefficients: Floats32, cell: Ints, inflow: Floats, concentration: Floats, fixed: Bytes, fed: Bytes, first: Ints,
    where: Ints, value: Floats32, fill: bool, threads: int,
) -> None: ...
