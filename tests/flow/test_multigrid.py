"""Multigrid over groups of cells against its definition, dense solutions and what refinement must not change."""

import numpy as np
import pytest
import scipy.sparse as sp

from gwsolver.core.dis import structured_grid
from gwsolver.flow.krylov import norm
from gwsolver.flow.linear import LinearSolver
from gwsolver.flow.multigrid import COARSEST, DOMINANCE, QUALITY, build_hierarchy
from gwsolver.flow.sparse import SparseRows
from gwsolver.kernels import flow_aggregates, flow_cg


def matrix_of(n, face_cells, conductance, held):
    """Minus the flow operator of cells that faces join; `held` is what holds each cell."""
    a, b = np.asarray(face_cells, np.int64).reshape(-1, 2).T
    rows = sp.coo_matrix((np.r_[-conductance, -conductance], (np.r_[a, b], np.r_[b, a])), shape=(n, n)).tocsr()
    diagonal = np.bincount(a, conductance, n) + np.bincount(b, conductance, n) + held
    rows = (rows + sp.diags(diagonal)).tocsr()
    rows.sort_indices()
    return SparseRows(rows.data, rows.indices, rows.indptr)


def grid_matrix(shape, *, variance=4.0, thickness=5.0, width=10.0, anisotropy=0.1, seed=0, held=None):
    """A grid of log-normal K without correlation, its first and last column joined to fixed heads."""
    layers, rows, columns = shape
    rng = np.random.default_rng(seed)
    dz, dx = np.broadcast_to(thickness, layers).astype(float), np.broadcast_to(width, columns).astype(float)
    dy = np.broadcast_to(width, rows).astype(float)
    grid = structured_grid(dx, dy, 0.0, -np.cumsum(dz))
    k = np.exp(np.sqrt(variance) * rng.standard_normal(shape))
    size = np.stack(np.broadcast_arrays(dz[:, None, None], dy[None, :, None], dx[None, None, :])).reshape(3, -1)
    a, b = grid.face_cells.T
    axis = np.where(b - a >= rows * columns, 0, np.where(b - a >= columns, 1, 2))
    if columns == 1:
        axis = np.where(axis == 2, 1, axis)
    resistance = np.zeros(a.size)
    for cell in (a, b):
        rock = k.ravel()[cell] * np.where(axis == 0, anisotropy, 1.0)
        resistance += 0.5 * size[axis, cell] / (rock * size[(axis + 1) % 3, cell] * size[(axis + 2) % 3, cell])
    ends = np.zeros(shape)
    ends[:, :, [0, -1]] = 1.0
    return matrix_of(grid.n_cells, grid.face_cells, 1.0 / resistance, ends.ravel() if held is None else held)


def scattered(n, seed):
    """Cells that are joined at random, as in no grid of rows; conductances over six decades."""
    rng = np.random.default_rng(seed)
    chain = np.stack([np.arange(n - 1), np.arange(1, n)], axis=1)
    pairs = np.unique(np.sort(np.vstack([chain, rng.integers(0, n, (2 * n, 2))]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    return matrix_of(n, pairs, 10.0 ** rng.uniform(-3, 3, len(pairs)), np.where(rng.random(n) < 0.05, 1.0, 0.0))


def triangle(matrix, cut=flow_cg.cut_upper):
    n = matrix.shape[0]
    most = (matrix.nnz - n) // 2
    start, column, value, diagonal = np.empty(n + 1, np.int32), np.empty(most, np.int32), np.empty(most), np.empty(n)
    cut(matrix.indptr, matrix.indices, matrix.data, start, column, value, diagonal)
    return start, column, value, diagonal


def levels_of(hierarchy):
    """The scaled matrix of each level and what joins it to the next, dense, from the arrays."""
    matrices, joins = [], []
    for first, end in zip(hierarchy.first, hierarchy.first[1:], strict=False):
        start = hierarchy.start[first:end + 1]
        entries = slice(start[0], start[-1])
        upper = sp.csr_matrix((hierarchy.value[entries], hierarchy.column[entries], start - start[0]),
                              shape=(end - first,) * 2).toarray()
        matrices.append(np.eye(end - first) + upper + upper.T)
    for level, coarse in enumerate(matrices[1:]):
        first, end = hierarchy.first[level:level + 2]
        group, join = hierarchy.group[first:end], np.zeros((end - first, len(coarse)))
        inside = np.flatnonzero(group >= 0)
        join[inside, group[inside]] = hierarchy.weight[first:end][inside]
        joins.append(join)
    return matrices, joins


def reference_cycle(matrices, joins, twice, right):
    """One cycle in full products: sweep, correct, sweep back; coarser systems by conjugate gradients with a cycle."""
    a = matrices[0]
    x = np.linalg.solve(np.tril(a), right)
    if joins:
        join = joins[0]
        x = x + join @ reference_coarse(matrices[1:], joins[1:], twice[1:], join.T @ (right - a @ x))
    return x + np.linalg.solve(np.triu(a), right - a @ x)


def reference_coarse(matrices, joins, twice, right):
    a = matrices[0]
    if not joins and len(a) <= COARSEST:
        return np.linalg.solve(a, right)
    # the best combination of one or two cycles, the second on what the first leaves
    tried = [reference_cycle(matrices, joins, twice, right)]
    if twice[0]:
        z = tried[0]
        rest = right - (z @ right) / (z @ a @ z) * (a @ z)
        tried.append(reference_cycle(matrices, joins, twice, rest))
    space = np.stack(tried, axis=1)
    return space @ np.linalg.solve(space.T @ a @ space, space.T @ right)


@pytest.mark.parametrize("matrix", [grid_matrix((4, 9, 11)), scattered(300, 1)], ids=["grid", "scattered"])
def test_pairs_are_as_good_as_asked_and_sums_over_groups_are_galerkin_products(matrix):
    start, column, value, diagonal = triangle(matrix)
    n = diagonal.size
    total, group = np.empty(n), np.empty(n, np.int32)
    flow_aggregates.off_diagonal(start, column, value, total)
    dense = matrix.csr().toarray()
    np.testing.assert_allclose(total, np.abs(dense).sum(axis=1) - diagonal, rtol=1e-12)
    count = flow_aggregates.pair(start, column, value, diagonal, total, diagonal, QUALITY, DOMINANCE, group)
    np.testing.assert_array_equal(group == -1, diagonal >= DOMINANCE * total)
    assert set(group[group >= 0]) == set(range(count))
    assert count < 0.7 * n
    held = np.maximum(diagonal - total, 0.0)
    for cells in (np.flatnonzero(group == one) for one in range(count)):
        assert cells.size in (1, 2)
        if cells.size == 2:
            i, j = cells
            other = held[i] * held[j] / (held[i] + held[j]) if held[i] + held[j] > 0.0 else 0.0
            assert diagonal[i] * diagonal[j] / (diagonal[i] + diagonal[j]) / (-dense[i, j] + other) <= QUALITY
    join = np.zeros((n, count))
    join[np.flatnonzero(group >= 0), group[group >= 0]] = 1.0
    coarse_start, coarse_diagonal, bulk = np.empty(count + 1, np.int32), np.empty(count), np.empty(count)
    coarse_column, coarse_value = np.empty(column.size, np.int32), np.empty(column.size)
    used = flow_aggregates.gather(start, column, value, diagonal, diagonal, group,
                                  coarse_start, coarse_column, coarse_value, coarse_diagonal, bulk)
    upper = sp.csr_matrix((coarse_value[:used], coarse_column[:used], coarse_start), shape=(count, count))
    assert upper.has_canonical_format  # columns grow
    expected = join.T @ dense @ join
    np.testing.assert_allclose(upper.toarray(), np.triu(expected, 1), rtol=1e-12, atol=1e-12 * diagonal.max())
    np.testing.assert_allclose(coarse_diagonal, expected.diagonal(), rtol=1e-9)
    np.testing.assert_allclose(bulk, join.T @ diagonal, rtol=1e-12)


@pytest.mark.parametrize("matrix", [grid_matrix((5, 20, 21), thickness=[0.01, 5, 0.01, 0.01, 5]), scattered(3000, 2)],
                         ids=["thin layers", "scattered"])
def test_levels_and_cycle_are_those_of_their_definition(matrix):
    hierarchy = build_hierarchy(matrix)
    matrices, joins = levels_of(hierarchy)
    assert len(matrices) >= 2
    dense = matrix.csr().toarray()
    np.testing.assert_allclose(matrices[0], dense * np.outer(hierarchy.root, hierarchy.root), rtol=1e-12, atol=1e-15)
    for fine, coarse, join in zip(matrices, matrices[1:], joins, strict=False):
        np.testing.assert_allclose(coarse, join.T @ fine @ join, rtol=1e-8, atol=1e-9)
    right = np.cos(np.arange(len(dense)))
    expected = hierarchy.root * reference_cycle(matrices, joins, list(hierarchy.twice), right * hierarchy.root)
    np.testing.assert_allclose(hierarchy.cycle(right), expected, rtol=1e-7, atol=1e-9 * np.abs(expected).max())
    assert (hierarchy.twice[1:] == 1).any()


def test_the_preconditioner_of_two_levels_is_symmetric_and_positive():
    matrix = grid_matrix((3, 14, 12))
    hierarchy = build_hierarchy(matrix)
    assert hierarchy.first.size == 3
    columns = np.stack([hierarchy.cycle(unit) for unit in np.eye(matrix.shape[0])])
    np.testing.assert_allclose(columns, columns.T, rtol=1e-9, atol=1e-12 * columns.max())
    # multiplicative, with sweeps that converge: eigenvalues of the preconditioned matrix are above 0, at most 1
    values = np.linalg.eigvals(columns @ matrix.csr().toarray()).real
    assert values.min() > 0.05
    assert values.max() < 1.0 + 1e-9


def test_a_cycle_of_many_levels_is_positive_and_scales():
    matrix = grid_matrix((6, 40, 40), variance=6.0)
    hierarchy = build_hierarchy(matrix)
    rng = np.random.default_rng(3)
    for _ in range(10):
        right = rng.standard_normal(matrix.shape[0])
        assert right @ hierarchy.cycle(right) > 0.0
        np.testing.assert_allclose(hierarchy.cycle(-4.0 * right), -4.0 * hierarchy.cycle(right), rtol=1e-10)


def two_parts():
    one, other = grid_matrix((2, 12, 12)).csr(), scattered(200, 4).csr()
    rows = sp.block_diag([one, other]).tocsr()
    return SparseRows(rows.data, rows.indices, rows.indptr)


def with_cells_left_out():
    """Fixed and inactive cells: rows and columns cut, the diagonal of the size of the others, as flow leaves them."""
    rng = np.random.default_rng(5)
    rows = grid_matrix((4, 20, 20)).csr()
    free = sp.diags((rng.random(1600) > 0.4).astype(float))
    rows = (free @ rows @ free + sp.diags(np.where(free.diagonal() > 0.0, 0.0, rows.diagonal().max()))).tocsr()
    rows.sort_indices()
    return SparseRows(rows.data, rows.indices, rows.indptr)


CASES = {
    "one cell": lambda: matrix_of(1, [], np.empty(0), np.ones(1)),
    "two cells": lambda: matrix_of(2, [[0, 1]], np.ones(1), np.array([1e-3, 0.0])),
    "one row": lambda: grid_matrix((1, 1, 700)),
    "one column of cells": lambda: grid_matrix((700, 1, 1), held=np.eye(1, 700)[0]),
    "nothing joined": lambda: matrix_of(300, [], np.empty(0), np.linspace(1.0, 2.0, 300)),
    "disconnected parts": two_parts,
    "fixed and inactive cells": with_cells_left_out,
    "thin layers": lambda: grid_matrix((10, 14, 14), thickness=[0.01, 5, 0.01, 10, 0.01, 0.01, 5, 0.01, 0.01, 5]),
    "cells of all sizes": lambda: grid_matrix((3, 30, 30), width=np.geomspace(0.1, 1000.0, 30)),
    "anisotropy of 1e4": lambda: grid_matrix((8, 20, 20), anisotropy=1e-4),
    "variance of 6": lambda: grid_matrix((8, 20, 20), variance=6.0),
    "no grid": lambda: scattered(2500, 6),
}


@pytest.mark.parametrize("name", CASES)
def test_the_solution_is_the_direct_one(name):
    matrix = CASES[name]()
    right = np.random.default_rng(7).standard_normal(matrix.shape[0])
    expected = sp.linalg.spsolve(matrix.csr().tocsc(), right)
    x, count = build_hierarchy(matrix).solve(right, 1e-12 * norm(right), 100)
    assert 0 <= count < 70  # measured: 59 for cells of all sizes and in a row, at most 42 for the others
    np.testing.assert_allclose(x, np.atleast_1d(expected), rtol=1e-6, atol=1e-9 * np.abs(expected).max())


@pytest.mark.parametrize("variance", [0.0, 4.0, 6.0])
def test_iterations_hardly_grow_with_the_grid(variance):
    counts = []
    for side in (80, 120, 240):
        matrix = grid_matrix((4, side, side), variance=variance)
        right = np.ones(matrix.shape[0])
        counts.append(build_hierarchy(matrix).solve(right, 1e-9 * norm(right), 200)[1])
    assert min(counts) > 0
    assert counts[2] <= 1.15 * counts[0]  # measured: 26 to 28, 32 to 33, 37 to 39; incomplete factorisation: twice


def test_a_group_of_cells_that_nothing_holds_is_still_solved():
    # Singular, but the flows into the cells add up to nothing: heads are known up to a constant.
    for n in (250, 1200):
        matrix = grid_matrix((1, 1, n), variance=0.0, held=np.zeros(n))
        right = np.sin(np.arange(float(n)))
        right -= right.mean()
        solver = LinearSolver(10)
        x = solver.solve(matrix, right, True)
        assert solver.method == "multigrid"
        assert norm(matrix.csr() @ x - right) <= 1e-5 * norm(right)


def test_a_matrix_that_is_not_symmetric_is_coarsened_by_its_symmetric_part():
    rng = np.random.default_rng(8)
    rows = grid_matrix((3, 20, 20)).csr()
    rows.data *= rng.uniform(0.9, 1.1, rows.nnz)
    matrix = SparseRows(rows.data, rows.indices, rows.indptr)
    start, column, value, diagonal = triangle(matrix, flow_cg.cut_mean)
    mean = 0.5 * (rows + rows.T).toarray()
    np.testing.assert_allclose(sp.csr_matrix((value, column, start), shape=rows.shape).toarray(), np.triu(mean, 1))
    np.testing.assert_array_equal(diagonal, rows.diagonal())
    solver, right = LinearSolver(10), rng.standard_normal(1200)
    rows.setdiag(np.asarray(abs(rows).sum(axis=0)).ravel() - rows.diagonal() + 1e-3)  # what leaves a cell enters others
    matrix = SparseRows(rows.data, rows.indices, rows.indptr)
    x = solver.solve(matrix, right, False)
    assert solver.method == "bicgstab"
    assert norm(matrix.csr() @ x - right) <= 1.001e-10 * norm(right)


def test_nothing_has_to_be_kept_for_the_same_bits():
    """Levels depend on their matrix alone: a solver that starts in the middle gives what one from the start gives."""
    matrices = [grid_matrix((1, 1, 2000), seed=seed) for seed in (1, 1, 2)]
    right = np.sin(np.arange(2000.0))
    first = LinearSolver(10)
    first.solve(matrices[0], right, True)
    second = LinearSolver(10)
    second.restore({name: values.copy() for name, values in first.state().items()})
    for matrix in matrices[1:]:
        assert second.solve(matrix, right, True).tobytes() == first.solve(matrix, right, True).tobytes()
    assert first.method == "multigrid"
