"""BiCGSTAB whose sums do not depend on the number of threads.

The inner products of BLAS are split over threads, so that their last bits, and with them the path of
an iteration, change with the machine; on vectors of this size the threads also cost more than they give.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Solve = Callable[[Floats], Floats]


class Operator(Protocol):
    """A square matrix, or what acts as one."""

    def __matmul__(self, x: Floats, /) -> Floats:
        """Return A x."""
        ...


def inner(a: Floats, b: Floats) -> float:
    """Return the inner product, summed pairwise in one order."""
    return float(np.sum(a * b))


def norm(a: Floats) -> float:
    """Return the Euclidean norm."""
    return float(np.sqrt(inner(a, a)))


def bicgstab(matrix: Operator, right: Floats, before: Solve, limit: float, most: int) -> tuple[Floats, int]:
    """Return x with |b - A x| <= limit, or what was reached until it broke down, and the iterations.

    Parameters
    ----------
    matrix : Operator, shape (n, n)
    right : ndarray of float64, shape (n,)
    before : callable
        Applies the preconditioner.
    limit : float
        Norm of the residual to reach.
    most : int

    Notes
    -----
    Van der Vorst (1992), SIAM Journal on Scientific and Statistical Computing 13(2), 631-644.
    """
    x, rest = np.zeros_like(right), right.copy()
    shadow, direction, image = right.copy(), np.zeros_like(right), np.zeros_like(right)
    rho = alpha = omega = 1.0
    for count in range(most):
        if norm(rest) <= limit:
            return x, count
        old, rho = rho, inner(shadow, rest)
        if rho == 0.0 or omega == 0.0:
            return x, count
        direction = rest + (rho / old) * (alpha / omega) * (direction - omega * image)
        ahead = before(direction)
        image = matrix @ ahead
        below = inner(shadow, image)
        if below == 0.0:
            return x, count
        alpha = rho / below
        half = rest - alpha * image
        x += alpha * ahead
        if norm(half) <= limit:
            return x, count + 1
        ahead = before(half)
        turned = matrix @ ahead
        size = inner(turned, turned)
        omega = inner(turned, half) / size if size > 0.0 else 0.0
        x += omega * ahead
        rest = half - omega * turned
    return x, most
