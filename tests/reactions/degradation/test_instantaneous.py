"""Instantaneous reactions: laws, exhaustion, sharing, books, and the kernel against plain numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver import kernels
from gwsolver.core.errors import InputError
from gwsolver.reactions.degradation.instantaneous import Setting
from gwsolver.reactions.degradation.network import Acceptor, Donor, factor
from tests.reactions.degradation.cells import Books, cells_of, twin_instantaneous

BTEX = (Donor("benzene", "C6H6"), Donor("toluene", "C7H8"), Donor("xylenes", "C8H10"))
SPECIES = ("benzene", "toluene", "xylenes", "oxygen", "nitrate", "iron", "sulfate", "methane")


def acceptors(solid=30.0):
    """All five, iron limited both by Fe(III) on solids [M] and by the capacity of water for Fe(II)."""
    return (
        Acceptor("oxygen", "oxygen"), Acceptor("nitrate", "nitrate"),
        Acceptor("iron", product="iron", capacity=50.0, solid=solid), Acceptor("sulfate", "sulfate"),
        Acceptor("methanogenesis", product="methane", capacity=25.0),
    )  # fmt: skip


def act(setting, cells, reaction=None):
    reaction = reaction or setting.start(cells.species, cells.water.size)
    books = Books()
    reaction.act(cells, 1.0, books)
    return reaction, books


def test_one_donor_and_oxygen():
    setting = Setting((Donor("benzene", factors={"oxygen": 3.08}),), (Acceptor("oxygen", "oxygen"),))
    cells = cells_of(("benzene", "oxygen"), [[10.0, 1.0, 0.0, 2.0], [8.0, 8.0, 8.0, 0.0]], water=2.0)
    act(setting, cells)
    np.testing.assert_allclose(cells.mass[0] / 2.0, [10.0 - 8.0 / 3.08, 0.0, 0.0, 2.0], rtol=1e-15)
    np.testing.assert_allclose(cells.mass[1] / 2.0, [0.0, 8.0 - 3.08, 8.0, 0.0], rtol=1e-15)
    assert cells.mass[1, 0] == cells.mass[0, 1] == 0.0  # used up to the last bit


def test_iron_counts_as_far_up_as_water_has_reached():
    """Cells of 4 of water when full: half full, then three quarters, a quarter, and full; dry; full from the start."""
    setting = Setting((Donor("benzene", factors={"iron": 20.0}),), (Acceptor("iron", product="iron", solid=100.0),),
                      wetted=True)
    reaction, taken, books = setting.start(("benzene", "iron"), 3), np.zeros(3), Books()
    assert not reaction.held()["iron(III)"].any()
    for part, met in ((0.5, 0.5), (0.75, 0.75), (0.25, 0.75), (1.0, 1.0)):
        cells = cells_of(("benzene", "iron"), [[100.0] * 3, [0.0] * 3], water=[4.0 * part, 0.0, 4.0],
                         saturation=[part, 0.0, 1.0])
        before = cells.mass[0].copy()
        reaction.act(cells, 1.0, books)
        taken += 20.0 * (before - cells.mass[0])
        np.testing.assert_allclose(taken, [100.0 * met, 0.0, 100.0], rtol=1e-14)
        np.testing.assert_allclose(taken + reaction.held()["iron(III)"], [100.0 * met, 0.0, 100.0], rtol=1e-14)
        again = setting.start(("benzene", "iron"), 3)
        again.restore(reaction.state())
        reaction = again
    assert books["iron(III)", "degradation", "met by water"] == pytest.approx(200.0, rel=1e-14)
    assert books.account("iron(III)") == pytest.approx(0.0, abs=1e-12)


def test_acceptors_are_exhausted_in_order():
    """6 of O2, 10 of NO3, 30 of Fe(III), 100 of SO4, 25 of CH4 oxidise so much benzene, one after the other."""
    benzene, limits = BTEX[0], [6.0, 10.0, 30.0, 100.0, 25.0]
    takes = np.cumsum([a / factor(benzene, e.process) for a, e in zip(limits, acceptors(), strict=True)])
    start = 0.5 * (np.array([0.0, *takes]) + np.array([*takes, takes[-1] + 20.0]))
    n = start.size
    cells = cells_of(SPECIES, [start, *([[0.0] * n] * 2), *([[x] * n for x in (6.0, 10.0, 0.0, 100.0, 0.0)])])
    reaction, _ = act(Setting(BTEX[:1], acceptors()), cells)
    left = {name: cells.mass[SPECIES.index(name)] for name in SPECIES}
    untouched = np.arange(n)
    for k, (name, full) in enumerate([("oxygen", 6.0), ("nitrate", 10.0), (None, 30.0), ("sulfate", 100.0)]):
        amount = reaction.held()["iron(III)"] if name is None else left[name]
        np.testing.assert_array_equal(amount[untouched < k], full)
        assert np.all((amount[untouched == k] > 0.0) & (amount[untouched == k] < full))
        np.testing.assert_array_equal(amount[untouched > k], 0.0)
    np.testing.assert_allclose(left["iron"][3:], 30.0, rtol=1e-14)
    np.testing.assert_allclose(left["methane"][-1], 25.0, rtol=1e-14)
    np.testing.assert_allclose(left["benzene"][-1], start[-1] - takes[-1], rtol=1e-13)
    np.testing.assert_array_equal(left["benzene"][:-1], 0.0)


def test_product_beyond_its_capacity_takes_no_donor():
    setting = Setting(BTEX[:1], (Acceptor("methanogenesis", product="methane", capacity=25.0),))
    cells = cells_of(("benzene", "methane"), [[5.0], [26.0]])
    act(setting, cells)
    np.testing.assert_array_equal(cells.mass[:, 0], [5.0, 26.0])


def test_priority_takes_donors_in_their_order():
    setting = Setting(BTEX[1:] + BTEX[:1], (Acceptor("oxygen", "oxygen"),), sharing="priority")
    cells = cells_of(SPECIES[:4], [2.0, 1.0, 3.0, 5.0])
    act(setting, cells)
    by_toluene = factor(BTEX[1], "oxygen")
    xylenes = 3.0 - (5.0 - by_toluene) / factor(BTEX[2], "oxygen")
    np.testing.assert_allclose(cells.mass[:, 0], [2.0, 0.0, xylenes, 0.0], rtol=1e-14)


@pytest.mark.parametrize(("acts_on", "total"), [("total", 1.0), ("dissolved", 1.0 / 4.0)])
def test_what_is_degradable(acts_on, total):
    """With R = 4 dissolved donors are a quarter; either the quarter is gone or all, from all phases."""
    setting = Setting(BTEX[:1], (Acceptor("oxygen", "oxygen"),), acts_on=acts_on)
    cells = cells_of(("benzene", "oxygen"), [[1.0], [100.0]], retardation=[[4.0], [1.0]])
    act(setting, cells)
    assert cells.mass[0, 0] == pytest.approx(4.0 * (1.0 - total), abs=1e-15)
    assert cells.mass[1, 0] == pytest.approx(100.0 - 4.0 * total * factor(BTEX[0], "oxygen"), rel=1e-14)


def test_given_concentrations_and_dry_cells_stay():
    """A given donor uses up oxygen that comes by; its own mass stays, the books tell what oxygen lost."""
    free = np.ones((2, 3), bool)
    free[0, 1] = False
    cells = cells_of(("benzene", "oxygen"), [[10.0] * 3, [8.0] * 3], water=[1.0, 1.0, 0.0], free=free)
    cells.mass[:, 2] = 10.0, 8.0
    reaction, books = act(Setting(BTEX[:1], (Acceptor("oxygen", "oxygen"),)), cells)
    gone = 8.0 / factor(BTEX[0], "oxygen")
    np.testing.assert_allclose(cells.mass, [[10.0 - gone, 10.0, 10.0], [0.0, 0.0, 8.0]], rtol=1e-15)
    np.testing.assert_allclose(books["benzene", "degradation", "oxygen"], -gone, rtol=1e-15)
    np.testing.assert_allclose(books["oxygen", "degradation", "benzene"], -16.0, rtol=1e-15)
    difference, traded = reaction.balances()["electrons"]
    assert abs(difference) <= 1e-15 * traded


masses = st.one_of(st.just(0.0), st.floats(1e-9, 1e4))


@st.composite
def mixtures(draw):
    """Cells of eight species, retarded, with all five acceptors."""
    n = draw(st.integers(1, 4))
    c = np.array([[draw(masses) for _ in range(n)] for _ in SPECIES])
    r = np.array([[draw(st.floats(1.0, 100.0))] for _ in SPECIES])
    return cells_of(SPECIES, c, water=draw(st.floats(0.1, 1e3)), retardation=r), draw(masses)


@settings(max_examples=150, deadline=None)
@given(mixtures(), st.sampled_from(["total", "dissolved"]), st.sampled_from(["proportional", "priority"]))
def test_laws_and_twin(mixture, acts_on, sharing):
    """Never negative; every element closes; booked is what changed; the kernel does what plain numpy does."""
    cells, solid = mixture
    setting = Setting(BTEX, acceptors(solid), acts_on=acts_on, sharing=sharing)
    before = cells.mass.copy()
    reaction, books = act(setting, cells)
    assert cells.mass.min() >= 0.0
    assert reaction.held()["iron(III)"].min() >= 0.0
    present = before.sum() + solid
    for name, (difference, _) in reaction.balances().items():
        assert abs(difference) <= 1e-14 * present, name
    for k, name in enumerate(SPECIES):
        booked = before[k].sum() + books.account(name)
        np.testing.assert_allclose(booked, cells.mass[k].sum(), rtol=1e-13, atol=1e-13 * present)
    tables = [(3, None, None, None), (4, None, None, None), (None, 5, 50.0, 0), (6, None, None, None),
              (None, 7, 25.0, None)]  # fmt: skip
    tables = [(*t, [factor(d, a.process) for d in BTEX]) for t, a in zip(tables, acceptors(), strict=True)]
    xi = twin_instantaneous(
        before, cells.content, cells.water, np.full((1, cells.water.size), solid), [0, 1, 2], tables,
        dissolved=acts_on == "dissolved", ranked=sharing == "priority",
    )  # fmt: skip
    np.testing.assert_allclose(
        reaction.extents.extents.reshape(xi.shape), xi, rtol=1e-11, atol=1e-13 * present
    )


@settings(max_examples=60, deadline=None)
@given(mixtures(), st.permutations([0, 1, 2]))
def test_shares_do_not_depend_on_the_order_of_donors(mixture, order):
    cells, solid = mixture
    again = cells_of(SPECIES, cells.mass / cells.content, water=cells.water, retardation=cells.content / cells.water)
    act(Setting(BTEX, acceptors(solid)), cells)
    act(Setting(tuple(BTEX[k] for k in order), acceptors(solid)), again)
    np.testing.assert_allclose(cells.mass, again.mass, rtol=1e-12, atol=1e-13 * (cells.mass.sum() + solid))


@settings(max_examples=60, deadline=None)
@given(mixtures())
def test_conserved_scalar_is_unchanged(mixture):
    """Psi = sum_j F_j H_j - O, in oxygen: with one acceptor a batch keeps it, and a second act changes nothing."""
    cells, _ = mixture
    setting = Setting(BTEX, (Acceptor("oxygen", "oxygen"),))
    f = np.array([factor(d, "oxygen") for d in BTEX])
    before = f @ cells.mass[:3] - cells.mass[3]
    size = f @ cells.mass[:3] + cells.mass[3]
    act(setting, cells)
    assert np.all(np.abs(f @ cells.mass[:3] - cells.mass[3] - before) <= 4e-15 * size)
    np.testing.assert_allclose(np.maximum(before, 0.0), f @ cells.mass[:3], rtol=0.0, atol=4e-15 * size.max())
    once = cells.mass.copy()
    act(setting, cells)
    np.testing.assert_allclose(cells.mass, once, rtol=0.0, atol=2e-14 * once.max())


def test_same_bits_for_any_number_of_threads_and_after_restore():
    rng = np.random.default_rng(3)
    c = rng.uniform(0.0, 20.0, (8, 1000))
    runs, setting = [], Setting(BTEX, acceptors(rng.uniform(0.0, 40.0, 1000)))
    for threads in (1, 2, 3):
        kernels.set_threads(threads)
        cells = cells_of(SPECIES, c)
        reaction, _ = act(setting, cells)
        runs.append((cells.mass, reaction.held()["iron(III)"], reaction.balances()["electrons"]))
    kernels.set_threads(0)
    for mass, held, balance in runs[1:]:
        np.testing.assert_array_equal(mass, runs[0][0])
        np.testing.assert_array_equal(held, runs[0][1])
        assert balance == runs[0][2]
    other = setting.start(SPECIES, 1000)
    other.restore({k: v.copy() for k, v in reaction.state().items()})
    other_cells, cells.mass[:3] = cells_of(SPECIES, cells.mass), 5.0
    other_cells.mass[:3] = 5.0
    act(setting, cells, reaction)
    act(setting, other_cells, other)
    np.testing.assert_array_equal(cells.mass, other_cells.mass)
    assert reaction.balances() == other.balances()


def test_bad_settings_are_told_at_once():
    setting = Setting(
        (Donor("benzen", "C6H6"),), (Acceptor("iron"), Acceptor("methanogenesis")), sharing="fair", acts_on="oil"
    )
    with pytest.raises(InputError) as caught:
        setting.start(("benzene",), 3)
    text = str(caught.value)
    for words in (
        "degradation: no such species = benzen; allowed: one of benzene",
        "iron has no limit: it would take all donors at once",
        "methanogenesis has no limit",
        "sharing = fair; allowed: one of proportional, priority",
        "acts_on = oil; allowed: one of total, dissolved",
    ):
        assert words in text
