import numpy as np
from numpy.typing import NDArray

def triad(
    b: NDArray[np.float64], c: NDArray[np.float64], scale: float, n_threads: int, a: NDArray[np.float64]
) -> None: ...
