"""Linear solver: factors that serve for the matrices that follow."""

import numpy as np
import pytest

from gwsolver.flow import linear
from gwsolver.flow.krylov import norm
from gwsolver.flow.linear import AGAIN_TO, REDUCTION, LinearSolver
from gwsolver.flow.sparse import SparseRows
from tests.flow.test_multigrid import grid_matrix

N = 1200


def like(matrix, spread, seed):
    """A matrix whose entries off the diagonal are up to `spread` smaller than those of another, and not symmetric."""
    rows = matrix.csr().copy()
    off = rows.indices != np.repeat(np.arange(N), np.diff(rows.indptr))
    rows.data[off] *= 1.0 - spread * np.random.default_rng(seed).uniform(size=int(off.sum()))
    return SparseRows(rows.data, rows.indices, rows.indptr)


@pytest.fixture
def factorised(monkeypatch):
    """The matrices that were factorised."""
    found, original = [], linear._factorise
    monkeypatch.setattr(linear, "_factorise", lambda m: found.append(m) or original(m))
    return found


@pytest.mark.parametrize(("spread", "times"), [(0.01, 1), (0.9, 3)])
def test_factors_serve_for_matrices_that_are_alike(factorised, spread, times):
    base, right = grid_matrix((3, 20, 20)), np.cos(np.arange(float(N)))
    solver = LinearSolver()
    for matrix in (base, like(base, spread, 1), like(base, spread, 2)):
        x = solver.solve(matrix, right, False, REDUCTION)
        assert norm(matrix.csr() @ x - right) <= AGAIN_TO * norm(right)
    assert len(factorised) == times


def test_linear_equations_are_solved_with_their_own_factors(factorised):
    base, right = grid_matrix((3, 20, 20)), np.cos(np.arange(float(N)))
    solver = LinearSolver()
    for matrix in (base, like(base, 0.01, 1)):
        solver.solve(matrix, right, False)
    assert len(factorised) == 2


def test_kept_factors_give_the_same_bits_after_a_restart():
    base, right = grid_matrix((3, 20, 20)), np.cos(np.arange(float(N)))
    solver, used = LinearSolver(), LinearSolver()
    solver.solve(base, right, False, REDUCTION)
    state = solver.state()
    expected = solver.solve(like(base, 0.01, 1), right, False, REDUCTION)
    used.solve(like(base, 0.01, 3), right, False, REDUCTION)
    used.restore(state)
    np.testing.assert_array_equal(used.solve(like(base, 0.01, 1), right, False, REDUCTION), expected)
