from numpy import float32, float64, int32
from numpy.typing import NDArray

Floats = NDArray[float64]
Floats32 = NDArray[float32]
Ints = NDArray[int32]

def buffer_size(n_species: int, n_layers: int, n_lanes: int) -> int: ...
def step(
    mirror: Floats32, other: Floats32, mass: Floats, before: Floats, coefficients: Floats32, content: Floats32,
    pool: Floats32, weight_rows: Ints, ratio_rows: Ints, scale_rows: Ints, window: Ints, cross: bool, clip: float,
    end_first: Ints, end_where: Ints, end_value: Floats32, cell_first: Ints, cell_place: Ints, cell_rates: Floats,
    cell_sums: Floats, fixed_first: Ints, fixed_place: Ints, fixed_value: Floats32, fixed_mass: Floats,
    decay: Floats32, decayed: Floats, length: float, weight: float, parts: Floats, least: float, blend: float,
    single: bool, turns: Ints, buffers: Floats32,
) -> None: ...
def decay(
    mass: Floats, mirror: Floats32, content: Floats32, rate: Floats32, window: Ints, n_layers: int, n_lanes: int,
    part: float, least: float, length: float, decayed: Floats, threads: int,
) -> None: ...
