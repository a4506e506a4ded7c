from numpy import float64
from numpy.typing import NDArray

Floats = NDArray[float64]

def oil_amount(moles: Floats, keeps: Floats, bulk: Floats, amount: Floats, threads: int) -> None: ...
