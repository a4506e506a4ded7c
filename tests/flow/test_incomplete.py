"""Conjugate gradients with an incomplete factorisation against their definition and dense solutions."""

import numpy as np
import pytest
import scipy.sparse as sp

from gwsolver.core.dis import structured_grid
from gwsolver.flow.incomplete import solve_incomplete
from gwsolver.flow.krylov import norm
from gwsolver.kernels import flow_cg


def matrix_of(shape, seed, held=1.0, spread=3.0):
    """Return minus the flow operator of a grid with conductances of many sizes; some cells are held."""
    rng = np.random.default_rng(seed)
    grid = structured_grid(np.ones(shape[2]), np.ones(shape[1]), 0.0, -1.0 - np.arange(shape[0]))
    ia, upper, lower = grid.entries()
    conductance = np.exp(spread * rng.standard_normal(grid.n_faces))
    n, m = grid.face_cells.T
    data, columns = np.empty(ia[-1]), np.empty(ia[-1], np.int32)
    columns[ia[:-1]], columns[upper], columns[lower] = np.arange(grid.n_cells), m, n
    data[upper] = data[lower] = -conductance
    data[ia[:-1]] = (np.bincount(n, conductance, grid.n_cells) + np.bincount(m, conductance, grid.n_cells)
                     + held * (rng.random(grid.n_cells) < 0.1))
    return sp.csr_matrix((data, columns, ia.astype(np.int32)), shape=(grid.n_cells,) * 2)


def factors_of(matrix, relaxation):
    """Return D by its definition, row by row."""
    a = matrix.toarray()
    d = a.diagonal().copy()
    for j in range(len(d)):
        later = j + 1 + np.flatnonzero(a[j, j + 1:])
        for i in later:
            dropped = a[j, later].sum() - a[j, i]
            d[i] -= a[j, i] / d[j] * (a[j, i] + relaxation * dropped)
    return d


@pytest.mark.parametrize("relaxation", [0.0, 0.9, 0.99])
def test_the_factorisation_is_the_one_of_its_definition(relaxation):
    matrix = matrix_of((3, 4, 5), 1)
    n = matrix.shape[0]
    start, most = np.empty(n + 1, np.int32), (matrix.nnz - n) // 2
    column, value, diagonal, scale = np.empty(most, np.int32), np.empty(most), np.empty(n), np.empty(n)
    flow_cg.cut_upper(matrix.indptr, matrix.indices, matrix.data, start, column, value, diagonal)
    np.testing.assert_array_equal(sp.csr_matrix((value, column, start), matrix.shape).toarray(),
                                  np.triu(matrix.toarray(), 1))
    np.testing.assert_array_equal(diagonal, matrix.diagonal())
    assert flow_cg.factorise(start, column, value, diagonal, relaxation, scale) == 0
    d = factors_of(matrix, relaxation)
    np.testing.assert_allclose(scale, d**-0.5, rtol=1e-11)
    np.testing.assert_allclose(diagonal, matrix.diagonal() / d, rtol=1e-11)
    scaled = np.triu(matrix.toarray(), 1) / np.sqrt(np.outer(d, d))
    np.testing.assert_allclose(sp.csr_matrix((value, column, start), matrix.shape).toarray(), scaled, rtol=1e-11)


@pytest.mark.parametrize("seed", range(10))
def test_the_residual_comes_down_to_the_limit(seed):
    rng = np.random.default_rng(seed)
    matrix = matrix_of(tuple(rng.integers(1, 9, 3)), seed, held=3.0)
    matrix.data[matrix.indptr[:-1]] *= 1.0 + 1e-6  # whatever was drawn, it is not singular
    right = rng.standard_normal(matrix.shape[0])
    limit = 1e-8 * norm(right)
    x = solve_incomplete(matrix, right, limit)
    assert norm(right - matrix @ x) <= 1.001 * limit


def test_row_sums_that_are_kept_save_iterations():
    matrix = matrix_of((4, 60, 60), 3, held=0.01, spread=0.5)
    right = np.ones(matrix.shape[0])
    counts = []
    for relaxation in (0.0, 0.99):
        n = matrix.shape[0]
        start, most = np.empty(n + 1, np.int32), (matrix.nnz - n) // 2
        column, value, diagonal, scale = np.empty(most, np.int32), np.empty(most), np.empty(n), np.empty(n)
        flow_cg.cut_upper(matrix.indptr, matrix.indices, matrix.data, start, column, value, diagonal)
        assert flow_cg.factorise(start, column, value, diagonal, relaxation, scale) == 0
        counts.append(flow_cg.solve(start, column, value, diagonal, scale, right, 1e-8, 1000, np.empty(n),
                                    np.empty((4, n))))
    assert 0 < counts[1] < 0.75 * counts[0]


def test_a_system_that_is_not_positive_is_given_up():
    matrix = sp.csr_matrix(np.array([[1.0, 2.0], [2.0, 1.0]]))
    assert solve_incomplete(matrix, np.ones(2), 1e-12) is None
