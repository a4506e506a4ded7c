from numpy import float64, int8, int64
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int64]
Bytes = NDArray[int8]

def seepage(
    of: Ints, stage: Floats, head: Floats, bed: Floats, row_first: Ints, rows: Floats, newton: bool, smoothing: float,
    found: Floats,
) -> None: ...
def shapes(
    stage: Floats, first: Ints, bed: Floats, row_first: Ints, rows: Floats, smoothing: float, found: Floats,
) -> None: ...
def demands(outlet: Floats, stage: Floats, found: Floats) -> None: ...
def balance(
    asked: Bytes, constants: Floats, first: Ints, bed: Floats, head: Floats, joined: Bytes, row_first: Ints,
    rows: Floats, outlet_first: Ints, order: Ints, outlet: Floats, status: Bytes, drive: Floats, step: float,
    transient: bool, newton: bool, smoothing: float, closed: float, narrow: float, limit: int, found: Floats,
    seeps: Floats, outlets: Floats, spare: Floats, spare_outlets: Floats,
) -> int: ...
