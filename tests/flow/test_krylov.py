"""BiCGSTAB against a dense solution."""

import numpy as np
import pytest
import scipy.sparse as sp

from gwsolver.flow.krylov import bicgstab, norm


def system(skew):
    """A convection-diffusion matrix in one dimension, diagonal 4 to 6, and a right-hand side."""
    n = 60
    matrix = sp.diags([4.0 + np.arange(n) % 3, np.full(n - 1, -1.0 - skew), np.full(n - 1, -1.0 + skew)], [0, 1, -1])
    return matrix.tocsr(), np.cos(np.arange(n))


@pytest.mark.parametrize("skew", [0.0, 0.8])
def test_the_residual_comes_down_to_the_limit(skew):
    matrix, right = system(skew)
    x, count = bicgstab(matrix, right, lambda r: r / matrix.diagonal(), 1e-11, 100)
    assert 0 < count < 40
    assert norm(right - matrix @ x) <= 1.1e-11
    np.testing.assert_allclose(x, np.linalg.solve(matrix.toarray(), right), atol=1e-11)


def test_the_number_of_iterations_is_bounded():
    matrix, right = system(0.0)
    _, count = bicgstab(matrix, right, lambda r: r, 0.0, 3)
    assert count == 3
