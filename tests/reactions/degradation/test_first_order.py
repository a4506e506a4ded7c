"""First-order decay and chains: Bateman's solution, the matrix exponential, laws, and splitting's orders."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from gwsolver import kernels
from gwsolver.core.errors import InputError
from gwsolver.reactions.degradation.first_order import Decay, Setting
from tests.reactions.degradation.cells import Books, cells_of

# Tetrachloroethene to ethene's parent: yields are ratios of molar masses.
CHAIN = (
    Decay("pce", 0.005, {"tce": 0.792257}),
    Decay("tce", 0.003, {"dce": 0.737860}),
    Decay("dce", 0.002, {"vc": 0.644729}),
    Decay("vc", 0.001),
)
NAMES = ("pce", "tce", "dce", "vc")


def bateman(t):
    """The chain from 100 of the first: Bateman (1910), Proceedings of the Cambridge Philosophical Society 15, 423."""
    k, y, c = [d.rate for d in CHAIN], [1.0, 0.792257, 0.737860, 0.644729], []
    for n in range(4):
        terms = [np.exp(-k[i] * t) / np.prod([k[j] - k[i] for j in range(n + 1) if j != i]) for i in range(n + 1)]
        c.append(100.0 * np.prod(y[: n + 1]) * np.prod(k[:n]) * sum(terms))
    return np.array(c)


@pytest.mark.parametrize("parts", [1, 7])
def test_batch_chain(parts):
    cells = cells_of(NAMES, [100.0, 0.0, 0.0, 0.0])
    reaction, books = Setting(CHAIN).start(NAMES, 1), Books()
    for _ in range(parts):
        reaction.act(cells, 365.0 / parts, books)
    np.testing.assert_allclose(cells.mass[:, 0], bateman(365.0), rtol=1e-12)
    np.testing.assert_allclose(cells.mass[:, 0], [16.12176, 34.32889, 17.74429, 3.45506], rtol=0.0, atol=1e-5)
    assert books.account("pce") == pytest.approx(cells.mass[0, 0] - 100.0, rel=1e-13)
    assert books["tce", "degradation", "pce"] == pytest.approx(0.792257 * (100.0 - cells.mass[0, 0]), rel=1e-12)


def test_alone_a_species_decays_by_its_exponential():
    for acts_on, p in (("dissolved", 0.25), ("total", 1.0)):
        cells = cells_of(("a",), [[2.0, 3.0, 0.0]], retardation=4.0, water=[1.0, 2.0, 5.0])
        Setting((Decay("a", 0.1),), acts_on=acts_on).start(("a",), 3).act(cells, 20.0, Books())
        np.testing.assert_allclose(cells.mass[0], np.array([8.0, 24.0, 0.0]) * np.exp(-2.0 * p), rtol=1e-13)


def twin(mass, part, k, y, length, activity=1.0):
    """Masses after some time by scipy's matrix exponential."""
    kp = activity * k[:, None] * part
    after = np.empty_like(mass)
    for i in range(mass.shape[1]):
        after[:, i] = expm((y - np.eye(k.size)) @ np.diag(kp[:, i]) * length) @ mass[:, i]
    return after


@st.composite
def chains(draw):
    """Up to six species, any parents, cycles included, stiff; cells with retardations of their own."""
    n, m, rng = draw(st.integers(1, 6)), draw(st.integers(1, 5)), np.random.default_rng(draw(st.integers(0, 2**32)))
    k = 10.0 ** rng.uniform(-8.0, draw(st.floats(-6.0, 4.0)), n) * (rng.uniform(size=n) < 0.8)
    y = rng.uniform(0.01, 1.0, (n, n)) / n * (rng.uniform(size=(n, n)) < 0.4) * (1.0 - np.eye(n))
    names = [f"s{i}" for i in range(n)]
    c = 10.0 ** rng.uniform(-9.0, 3.0, (n, m)) * (rng.uniform(size=(n, m)) < 0.7)
    r = np.where(rng.uniform(size=(n, m)) < 0.5, 1.5, rng.uniform(1.0, 50.0, (n, m)))
    decays = tuple(Decay(names[j], k[j], {names[i]: y[i, j] for i in range(n) if y[i, j] > 0.0}) for j in range(n))
    cells = cells_of(names, c, water=rng.uniform(0.1, 100.0), retardation=r)
    return decays, k, y, cells, 10.0 ** rng.uniform(-2.0, 3.0)


@settings(max_examples=120, deadline=None)
@given(chains())
def test_kernel_is_the_matrix_exponential_and_keeps_its_books(case):
    decays, k, y, cells, length = case
    before = cells.mass.copy()
    reaction, books = Setting(decays).start(cells.species, cells.water.size), Books()
    reaction.act(cells, length, books)
    assert cells.mass.min() >= 0.0
    expected = twin(before, cells.water / cells.content, k, y, length)
    np.testing.assert_allclose(cells.mass, expected, rtol=1e-10, atol=1e-11 * before.sum())
    for i, name in enumerate(cells.species):
        booked = before[i].sum() + books.account(name)
        np.testing.assert_allclose(booked, cells.mass[i].sum(), rtol=1e-12, atol=1e-13 * before.sum())


@settings(max_examples=40, deadline=None)
@given(chains())
def test_two_halves_are_one(case):
    decays, _, _, cells, length = case
    again = cells_of(
        cells.species, cells.mass / cells.content, water=cells.water, retardation=cells.content / cells.water
    )
    Setting(decays).start(cells.species, cells.water.size).act(cells, length, Books())
    halves = Setting(decays).start(cells.species, cells.water.size)
    for _ in range(2):
        halves.act(again, 0.5 * length, Books())
    np.testing.assert_allclose(cells.mass, again.mass, rtol=1e-10, atol=1e-12 * again.mass.sum())


def test_mass_is_conserved_where_yields_say_so():
    """Four in a ring, each into the next: a hundred time constants, no mass is gained or lost."""
    names = ("a", "b", "c", "d")
    decays = tuple(Decay(n, 10.0 ** (2 * k - 3), {names[(k + 1) % 4]: 1.0}) for k, n in enumerate(names))
    cells = cells_of(names, [1.0, 2.0, 3.0, 4.0])
    Setting(decays).start(names, 1).act(cells, 1e5, Books())
    assert cells.mass.sum() == pytest.approx(10.0, rel=1e-12)
    ratio = cells.mass[:, 0] * [d.rate for d in decays]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-6)  # steady; 1e3 times a mass has gone round: round-off of that


def test_given_and_dry_cells_stay_and_activity_scales_time():
    """A given parent makes k t of its mass in daughters; the daughter here is stable."""
    free = np.ones((2, 4), bool)
    free[0, 1] = False
    setting = Setting((Decay("a", 0.1, {"b": 0.5}),), activity=np.array([1.0, 1.0, 1.0, 0.5]))
    cells = cells_of(("a", "b"), [[8.0] * 4, [0.0] * 4], water=[1.0, 1.0, 0.0, 1.0], free=free)
    cells.mass[:, 2] = 8.0, 0.0
    setting.start(("a", "b"), 4).act(cells, 10.0, Books())
    np.testing.assert_allclose(cells.mass[0], [8.0 * np.exp(-1.0), 8.0, 8.0, 8.0 * np.exp(-0.5)], rtol=1e-14)
    np.testing.assert_allclose(cells.mass[1, :3], [4.0 * (1.0 - np.exp(-1.0)), 4.0, 0.0], rtol=1e-14)


def test_same_bits_for_any_number_of_threads():
    rng, found = np.random.default_rng(7), []
    c, r = rng.uniform(0.0, 1.0, (4, 3000)), rng.choice([1.0, 1.2, 7.0], (4, 3000))
    water = rng.uniform(1.0, 2.0, 3000)
    for threads in (1, 2, 3):
        kernels.set_threads(threads)
        cells = cells_of(NAMES, c, retardation=r, water=water)
        Setting(CHAIN).start(NAMES, 3000).act(cells, 100.0, Books())
        found.append(cells.mass)
    kernels.set_threads(0)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_splitting_is_of_order_one_and_two():
    """Two cells exchange water while a parent decays to its daughter, faster in one: transport and decay do not
    commute. Lie splitting errs by O(dt), Strang's by O(dt^2); 4, 8, 16, 32 steps."""
    mix, activity = np.array([[-1.0, 1.0], [2.0, -2.0]]), np.array([1.0, 3.0])
    setting = Setting((Decay("a", 0.8, {"b": 0.9}), Decay("b", 0.3)), activity=activity)
    start = np.array([[1.0, 0.2], [0.0, 0.1]])
    decay = np.array([[-0.8, 0.0], [0.72, -0.3]])
    whole = np.kron(np.eye(2), mix) + np.kron(decay, np.eye(2)) @ np.diag(np.tile(activity, 2))
    exact = (expm(whole) @ start.ravel()).reshape(2, 2)

    def error(steps, before):
        cells = cells_of(("a", "b"), start)
        reaction, move = setting.start(("a", "b"), 2), expm(mix / steps)
        for _ in range(steps):
            if before:
                reaction.act(cells, before / steps, Books())
            cells.mass[:] = cells.mass @ move.T
            reaction.act(cells, (1.0 - before) / steps, Books())
        return np.abs(cells.mass - exact).max()

    for before, order in ((0.0, 1.0), (0.5, 2.0)):
        errors = [error(steps, before) for steps in (4, 8, 16, 32)]
        orders = np.log2(np.divide(errors[:-1], errors[1:]))
        assert orders[-1] == pytest.approx(order, abs=0.05)


def test_bad_settings_are_told_at_once():
    setting = Setting(
        (Decay("a", -1.0, {"b": -0.5, "a": 1.0}), Decay("a", 1.0)), acts_on="oil", activity=np.ones(3)
    )
    with pytest.raises(InputError) as caught:
        setting.start(("a",), 2)
    text = str(caught.value)
    for words in (
        "no such species = b; allowed: one of a",
        "rate of 'a' = -1.0 is outside [0, inf)",
        "yield of 'b' from 'a' = -0.5 is outside [0, inf)",
        "'a' is its own daughter",
        "decay of 'a' is given twice",
        "acts_on = oil",
        "activity of 3 cells where the model has 2",
    ):
        assert words in text
    with pytest.raises(InputError, match="no species decays"):
        Setting(()).start(("a",), 1)
