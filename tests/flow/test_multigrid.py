"""The multigrid cycle before the Krylov methods of flow."""

import numpy as np
import pytest
import scipy.sparse as sp

from gwsolver.flow.linear import LinearSolver, _multigrid
from gwsolver.flow.sparse import SparseRows


def laplacian(n, ends=1.0):
    """A row of n cells; `ends` is added to the diagonal of both ends."""
    diagonal = np.full(n, 2.0)
    diagonal[[0, -1]] = 1.0 + ends
    matrix = sp.diags([-np.ones(n - 1), diagonal, -np.ones(n - 1)], [-1, 0, 1]).tocsr()
    return SparseRows(matrix.data, matrix.indices, matrix.indptr)


def test_a_cycle_is_the_one_of_its_twin():
    # x = cycle(b) is linear and symmetric, and it is what pyamg's own V cycle gives from zero.
    matrix = laplacian(2000)
    cycle = _multigrid(matrix)
    a, b = np.sin(np.arange(2000.0)), np.cos(0.1 * np.arange(2000.0))
    twin = cycle.args[0].aspreconditioner(cycle="V").matvec
    np.testing.assert_allclose(cycle(a), twin(a), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(a @ cycle(b), b @ cycle(a), rtol=1e-9)


def test_a_group_of_cells_that_nothing_holds_is_still_solved():
    # Singular, but the flows into the cells add up to nothing: heads are known up to a constant.
    for n in (250, 1200):
        matrix = laplacian(n, 0.0)
        right = np.sin(np.arange(float(n)))
        right -= right.mean()
        solver = LinearSolver(10)
        x = solver.solve(matrix, right, True)
        assert solver.method == "cg"
        assert np.linalg.norm(matrix.csr() @ x - right) <= 1e-5 * np.linalg.norm(right)


def test_restored_work_gives_the_same_bits():
    """The hierarchy of an earlier matrix serves later ones: a solver that goes on must have the same one."""
    matrices = [laplacian(2000, ends) for ends in (1.0, 1.3, 0.8)]
    right = np.sin(np.arange(2000.0))
    first = LinearSolver(10)
    first.solve(matrices[0], right, True)
    second, fresh = LinearSolver(10), LinearSolver(10)
    second.restore({name: values.copy() for name, values in first.state().items()})
    for matrix in matrices[1:]:
        expected = first.solve(matrix, right, True)
        assert second.solve(matrix, right, True).tobytes() == expected.tobytes()
    # A solver without that past takes another way where there is one to take (not where every matrix is factorised).
    assert fresh.solve(matrices[2], right, True) == pytest.approx(expected, rel=1e-6, abs=1e-9)
