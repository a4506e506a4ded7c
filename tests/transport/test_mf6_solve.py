"""Linear systems and fixed points of the scheme 'mf6'."""

import numpy as np
import pytest
from scipy import sparse

from gwsolver.kernels import transport_ilu
from gwsolver.transport.mf6.solve import ROUND_OFF, LinearSystem, Mixer, fixed_point


def flowing(shape, seed=0, storage=0.3):
    """Upstream advection along random flows, conduction and storage on a box: rows as MODFLOW 6 has them."""
    rng = np.random.default_rng(seed)
    number = np.arange(np.prod(shape)).reshape(shape)
    matrix = sparse.lil_array((number.size, number.size))
    for axis in range(len(shape)):
        first, second = (np.moveaxis(number, axis, 0)[s].ravel() for s in (slice(None, -1), slice(1, None)))
        for n, m, q, k in zip(first, second, rng.normal(size=first.size), rng.exponential(0.3, first.size),
                              strict=True):
            matrix[m, n] += max(q, 0.0) + k
            matrix[n, n] -= max(q, 0.0) + k
            matrix[n, m] += max(-q, 0.0) + k
            matrix[m, m] -= max(-q, 0.0) + k
    net = sparse.csr_array(matrix)
    net.sort_indices()
    return net, np.full(number.size, -storage)


def incomplete(net, diagonal):
    """The kernel's factors of a matrix whose rows are divided by their diagonals, and what went in."""
    matrix = sparse.csr_array(net + sparse.diags_array(diagonal))
    matrix.sort_indices()
    row = np.repeat(np.arange(net.shape[0]), np.diff(matrix.indptr))
    place = np.flatnonzero(row == matrix.indices)
    pattern = matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), place.astype(np.int32)
    scale, factors = 1.0 / matrix.data[place], np.zeros(matrix.nnz)
    transport_ilu.factorise(*pattern, matrix.data, scale, factors, np.full(net.shape[0], -1, np.int32))
    return matrix, pattern, scale, factors


def twin(scaled):
    """Gaussian elimination that keeps nothing outside the pattern: Saad (2003), algorithm 10.4; diagonal inverted."""
    pattern, f = scaled != 0.0, scaled.copy()
    for i in range(f.shape[0]):
        for k in np.flatnonzero(pattern[i, :i]):
            f[i, k] /= f[k, k]
            kept = pattern[i] & (np.arange(f.shape[0]) > k)
            f[i, kept] -= f[i, k] * f[k, kept]
    f[np.diag_indices_from(f)] = 1.0 / f.diagonal()
    return f


def test_factors_are_those_of_elimination_within_the_pattern():
    matrix, _, scale, factors = incomplete(*flowing((3, 4, 5)))
    expected = twin((sparse.diags_array(scale) @ matrix).toarray())
    row = np.repeat(np.arange(60), np.diff(matrix.indptr))
    np.testing.assert_allclose(factors, expected[row, matrix.indices], rtol=1e-12, atol=1e-15)


def test_a_line_of_cells_is_solved_at_once_as_nothing_is_dropped():
    matrix, pattern, scale, factors = incomplete(*flowing((200,)))
    right = np.random.default_rng(1).normal(size=200)
    x, work = np.zeros(200), np.zeros((6, 200))
    assert transport_ilu.solve(*pattern, matrix.data, scale, factors, right * scale, 1e-12, 5, x, work) == 1
    np.testing.assert_allclose(matrix @ x, right, atol=1e-12)


@pytest.mark.parametrize("storage", [0.3, 1e-4])
def test_iterating_gives_what_factorising_gives(storage):
    net, diagonal = flowing((6, 9, 11), storage=storage)
    kept = np.zeros(net.shape[0], bool)
    kept[[3, 100]] = True
    rng = np.random.default_rng(2)
    right, guess = rng.normal(size=kept.size), rng.normal(size=kept.size)
    exact, iterated = (LinearSystem(net, kept, d).solve(diagonal, right, guess, ROUND_OFF) for d in (True, False))
    np.testing.assert_allclose(iterated, exact, atol=1e-11 * np.abs(exact).max())
    assert (iterated[kept] == guess[kept]).all()


@pytest.mark.parametrize("direct", [True, False])
def test_lakes_and_reaches_are_solved_to_round_off_of_their_own(direct):
    """The last 20 cells hold 1e-12 of what the others do, and less than the guess left in them."""
    net, diagonal = flowing((5, 6, 7))
    net, own = net.tolil(), slice(190, 210)
    net[own, :190] *= 1e-12
    net = sparse.csr_array(net)
    rng = np.random.default_rng(6)
    right = np.where(np.arange(210) < 190, rng.normal(size=210), 0.0)
    system = LinearSystem(net, np.zeros(210, bool), direct, own)
    guess = system.solve(diagonal, right, np.zeros(210), ROUND_OFF)
    for scale in (1.0, 1.01):  # with new factors, and with those of another diagonal
        x = system.solve(scale * diagonal, right, guess + 1e-15, ROUND_OFF)
        rest, terms = net @ x + scale * diagonal * x - right, abs(net) @ np.abs(x)
        assert (np.abs(rest[own]) <= 1e-14 * terms[own]).all()
        assert np.abs(rest).max() <= 1e-12 * np.abs(x).max()


def test_what_bicgstab_does_not_solve_is_solved_all_the_same(monkeypatch):
    monkeypatch.setattr("gwsolver.transport.mf6.solve.MOST_KRYLOV", 1)
    net, diagonal = flowing((5, 6, 7), storage=1e-3)
    right = np.random.default_rng(3).normal(size=diagonal.size)
    system = LinearSystem(net, np.zeros(diagonal.size, bool), False)
    x = system.solve(diagonal, right, np.zeros(diagonal.size), ROUND_OFF)
    np.testing.assert_allclose(net @ x + diagonal * x, right, atol=1e-10)


def test_accuracy_follows_the_change_and_the_last_solution_is_exact():
    rng = np.random.default_rng(4)
    turn = np.linalg.qr(rng.normal(size=(30, 30)))[0]
    a = turn @ np.diag(np.linspace(-0.5, 0.9, 30)) @ turn.T
    asked = []

    def advance(c, iteration, accuracy):
        asked.append(accuracy)
        return a @ c + 1.0 + accuracy * rng.uniform(-1.0, 1.0, 30) * np.abs(c).max()

    found, *_ = fixed_point(advance, np.ones(30), first=1e-4)
    np.testing.assert_allclose(found, np.linalg.solve(np.eye(30) - a, np.ones(30)), rtol=0, atol=1e-7)
    assert asked[0] == 1e-4
    assert asked[-1] == ROUND_OFF
    assert max(asked) == 1e-4


def test_mixing_takes_fewer_iterations_than_repetition():
    a = np.diag(np.linspace(0.1, 0.95, 12))
    right = np.ones(12)
    counts = [fixed_point(lambda c, *_: a @ c + right, np.zeros(12), mix=m)[1] for m in (True, False)]
    assert counts[0] < counts[1] / 4


@pytest.mark.parametrize("small", [0.0, 1e-160, 1e-20])
def test_mixing_is_not_led_astray_by_differences_that_are_round_off(small):
    """The change stays what it was while C moves, as where a linear system was already solved well enough."""
    rng = np.random.default_rng(5)
    mixer, image, change = Mixer(), rng.random(20), 1e-3 * rng.normal(size=20)
    for k in range(12):
        image = image + 1e-3 * rng.normal(size=20)
        change = change + small * rng.normal(size=20) if k % 2 else 0.5 * change + 1e-4 * rng.normal(size=20)
        assert np.abs(mixer(image, change) - image).max() < 1.0
