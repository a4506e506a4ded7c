from numpy import float32, float64, int8, int32, int64, uint8
from numpy.typing import NDArray

Floats = NDArray[float64]
Floats32 = NDArray[float32]
Bytes = NDArray[uint8]
Levels = NDArray[int8]
Ints = NDArray[int32]
Longs = NDArray[int64]

def lax_wendroff(
    cells: Ints, axis: Levels, coefficients: Floats, step: Floats, inverse: Floats, volume: Floats, discharge: Floats,
    width: Floats, thickness: Floats, fixed: Bytes, clip: float, rate: Floats,
) -> None: ...
def kinds(
    face_at: Ints, offset: Ints, weights: Floats32, ratio: Floats, end: Levels, fourth: Levels, kind: Levels,
    shared: Floats32,
) -> None: ...
def pack_faces(
    runs: Ints, data: Longs, face_at: Ints, cells: Ints, axis: Levels, coefficients: Floats, step: Floats,
    inverse: Floats, volume: Floats, discharge: Floats, width: Floats, thickness: Floats, fixed: Bytes, clip: float,
    ratio: Floats, end: Levels, given: Floats32, fourth: Levels, packed: Floats32,
) -> None: ...
def pack_cells(
    runs: Ints, data: Longs, level: Levels, cell_at: Ints, content: Floats, start: Floats, change: Floats,
    least: Floats, source: Floats, loss: Floats, decay: Floats, length: float, steady: bool,
    packed: Floats,
) -> None: ...
