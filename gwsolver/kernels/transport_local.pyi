from numpy import float32, float64, int32, int64, uint8
from numpy.typing import NDArray

Floats = NDArray[float64]
Floats32 = NDArray[float32]
Ints = NDArray[int32]
Longs = NDArray[int64]

def march(
    concentration: Floats32, mass: Floats, integral: Floats, taken: Floats, passed: Floats, weights: Floats32,
    offset: Ints, faces: Ints, face_data: Longs, face_weights: Floats32, face_packed: Floats32, face_chunks: Ints,
    cells: Ints, cell_data: Longs, cell_packed: Floats, cell_chunks: Ints, special: Ints, special_values: Floats,
    special_start: Ints, body_first: Ints, come_cell: Ints, come_rate: Floats, above: Ints, above_rate: Floats,
    go_cell: Ints, go_rate: Floats, held: Floats, state: Floats, through: Floats, shut: NDArray[uint8],
    exchange: Floats, exchange_at: Ints, body_level: int, steady: bool, part: float, change: float, length: float,
    threads: int,
) -> None: ...
