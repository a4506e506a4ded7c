"""Kinetic reactions with acceptors: batches of MT3D-USGS, exact limits, laws over random networks, the twin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from gwsolver import kernels
from gwsolver.core.errors import InputError
from gwsolver.reactions.degradation.kinetic import Acceptor, Donor, Setting
from gwsolver.reactions.degradation.network import PROCESSES
from gwsolver.reactions.degradation.rates import Tolerances
from tests.reactions.degradation.cells import Books, cells_of, twin_kinetic, twin_rates

# Input of MT3D-USGS's example 1ED5EAs; concentrations from its equations by another solver (Radau, 1e-11).
FACTORS = {"oxygen": 3.14, "nitrate": 4.9, "iron": 21.8, "sulfate": 4.7, "methanogenesis": 0.78}
START = {"h": 10.0, "oxygen": 6.0, "nitrate": 17.0, "iron": 0.001, "sulfate": 100.0, "methane": 0.0001}
BATCH = {
    100: (8.634345149, 1.725913300, 16.978057521, 0.001058538, 99.999999997, 0.0001),
    300: (6.852912290, 0.000003658, 10.946838900, 0.021092325, 99.999999138, 0.0001),
    600: (4.599185114, 0.0, 0.048251986, 0.664599678, 99.999971346, 0.0001),
    1000: (2.487676450, 0.0, 0.0, 46.454721581, 99.994345841, 0.000100076),
    2000: (0.495303861, 0.0, 0.0, 50.5, 91.503058909, 0.000219076),
    3000: (0.093155735, 0.0, 0.0, 50.5, 89.613131403, 0.000247071),
}


def acceptors(k=0.5, ki=0.01, iron=50.5, methane=2.05, solid=None):
    return (
        Acceptor("oxygen", "oxygen", half_saturation=k, inhibition=ki),
        Acceptor("nitrate", "nitrate", half_saturation=k, inhibition=ki),
        Acceptor("iron", product="iron", capacity=iron, solid=solid, half_saturation=k, inhibition=ki),
        Acceptor("sulfate", "sulfate", half_saturation=k, inhibition=ki),
        Acceptor("methanogenesis", product="methane", capacity=methane, half_saturation=k),
    )


def donor(name="h", rate=1.68e-3, **more):
    return Donor(name, factors=FACTORS, rates=dict.fromkeys(FACTORS, rate), **more)


def run(setting, cells, length, parts=1):
    reaction, books = setting.start(cells.species, cells.water.size), Books()
    for _ in range(parts):
        reaction.act(cells, length / parts, books)
    return reaction, books


@pytest.mark.parametrize(
    ("tolerances", "relative", "absolute"),
    [(Tolerances(), 1e-4, 1e-6), (Tolerances(1e-8, 1e-10), 1e-8, 1e-8)], ids=["default", "tight"],
)  # fmt: skip
def test_batch_of_one_donor_and_five_acceptors(tolerances, relative, absolute):
    setting, cells = Setting((donor(),), acceptors(), tolerances=tolerances), cells_of(START, list(START.values()))
    reaction, time = setting.start(cells.species, 1), 0.0
    for until, expected in BATCH.items():
        reaction.act(cells, until - time, Books())
        time = until
        allowed = np.maximum(relative * np.array(expected), absolute)
        assert np.all(np.abs(cells.mass[:, 0] - expected) <= allowed), until


def test_electrons_of_the_batch_close():
    """Sum of dA / F is dH, 9.906844265 mg/L, to round-off."""
    cells = cells_of(START, list(START.values()))
    _, books = run(Setting((donor(),), acceptors()), cells, 3000.0)
    before = np.array(list(START.values()))
    change = cells.mass[:, 0] - before
    by_acceptors = np.sum(np.abs(change[1:]) / list(FACTORS.values()))
    assert by_acceptors == pytest.approx(-change[0], rel=2e-14)
    assert by_acceptors == pytest.approx(9.906844265, rel=1e-5)
    taken = sum(np.sum(v) for k, v in books.items() if k[0] == "h")
    assert taken == pytest.approx(change[0], rel=1e-14)
    assert np.sum(books["sulfate", "degradation", "h"]) == pytest.approx(change[4], rel=1e-12)


def test_two_donors_with_the_same_numbers_are_one():
    """2ED5EAs: a second donor with the first one's numbers; together they are one of twice the concentration."""
    names = ("a", "b", *list(START)[1:])
    two = cells_of(names, [5.0, 5.0, *list(START.values())[1:]])
    one = cells_of(START, list(START.values()))
    run(Setting((donor("a"), donor("b")), acceptors()), two, 600.0)
    run(Setting((donor(),), acceptors()), one, 600.0)
    assert two.mass[0, 0] == pytest.approx(two.mass[1, 0], rel=1e-12)
    assert two.mass[0, 0] + two.mass[1, 0] == pytest.approx(one.mass[0, 0], rel=1e-4)
    np.testing.assert_allclose(two.mass[2:, 0], one.mass[1:, 0], rtol=1e-4, atol=1e-6)


def test_two_donors_five_acceptors_against_an_ode_solver():
    names = ("toluene", "benzene", *list(START)[1:])
    donors = (
        Donor("toluene", "C7H8", rates=dict.fromkeys(FACTORS, 0.02), half_saturation={"sulfate": 5.0}),
        Donor("benzene", "C6H6", rates={"oxygen": 0.05, "nitrate": 0.001}),
    )
    setting = Setting(donors, acceptors(), tolerances=Tolerances(1e-7, 1e-9))
    cells = cells_of(names, [6.0, 4.0, *list(START.values())[1:]])
    y, reaction = cells.mass[:, 0].copy(), setting.start(names, 1)
    network = reaction.extents.network
    laws, entries = setting._laws(network), [e.name for e in network.entries]
    y0 = np.array([y[names.index(e)] if e in names else 0.0 for e in entries])
    index = {e: k for k, e in enumerate(entries)}
    exact = solve_ivp(
        lambda t, y: network.stoichiometry @ twin_rates(y, laws, index)[0], (0.0, 200.0), y0, "LSODA",
        rtol=1e-9, atol=1e-11,
    ).y[:, -1]  # fmt: skip
    reaction.act(cells, 200.0, Books())
    np.testing.assert_allclose(cells.mass[:, 0], [exact[index[n]] for n in names], rtol=2e-6, atol=1e-6)


def test_plenty_of_acceptor_leaves_first_order_decay_of_what_is_dissolved():
    """dH/dt = -k H / R of the total, exactly exp(-k t / R); acts_on total: exp(-k t)."""
    for acts_on, retardation in (("dissolved", 4.0), ("total", 1.0)):
        setting = Setting(
            (Donor("h", "C6H6", rates={"oxygen": 0.1}),), (Acceptor("oxygen", "o", half_saturation=1e-9),),
            acts_on=acts_on, tolerances=Tolerances(1e-9, 1e-12),
        )  # fmt: skip
        cells = cells_of(("h", "o"), [1.0, 1000.0], retardation=[[4.0], [1.0]])
        run(setting, cells, 10.0)
        assert cells.mass[0, 0] == pytest.approx(4.0 * np.exp(-1.0 / retardation), rel=1e-7)


def test_iron_on_solids_is_used_up_and_then_sulfate_goes():
    setting = Setting(
        (Donor("h", "C7H8", rates={"iron": 1.0, "sulfate": 1.0}),),
        (Acceptor("iron", product="fe", solid=7.0, half_saturation=0.1, inhibition=0.01),
         Acceptor("sulfate", "so4", half_saturation=0.1)), name="bugs",
    )  # fmt: skip
    cells = cells_of(("h", "fe", "so4"), [5.0, 0.0, 100.0])
    reaction, books = run(setting, cells, 500.0)
    assert reaction.held()["iron(III)"][0] < 1e-3
    assert cells.mass[1, 0] == pytest.approx(7.0, rel=1e-4)
    assert cells.mass[0, 0] < 1e-6
    assert np.sum(books["iron(III)", "bugs", "h"]) == pytest.approx(-cells.mass[1, 0], rel=1e-13)
    electrons = reaction.balances()["electrons"]
    assert abs(electrons[0]) < 1e-13 * electrons[1]


def test_given_concentrations_and_dry_cells_stay_and_activity_scales_time():
    free = np.ones((2, 4), bool)
    free[0, 1] = False
    setting = Setting(
        (Donor("h", "C6H6", rates={"oxygen": 0.1}),), (Acceptor("oxygen", "o", half_saturation=0.5),),
        activity=np.array([1.0, 1.0, 1.0, 0.5]), tolerances=Tolerances(1e-8, 1e-10),
    )  # fmt: skip
    cells = cells_of(("h", "o"), [[1.0] * 4, [8.0] * 4], water=[1.0, 1.0, 0.0, 1.0], free=free)
    cells.mass[:, 2] = 1.0, 8.0
    reaction, _ = run(setting, cells, 5.0)
    assert cells.mass[0, 1] == 1.0
    assert cells.mass[1, 1] < cells.mass[1, 0] < 8.0
    np.testing.assert_array_equal(cells.mass[:, 2], [1.0, 8.0])
    half = cells_of(("h", "o"), [[1.0], [8.0]])
    run(Setting(setting.donors, setting.acceptors, tolerances=setting.tolerances), half, 2.5)
    np.testing.assert_allclose(cells.mass[:, 3], half.mass[:, 0], rtol=1e-7)
    electrons = reaction.balances()["electrons"]
    assert abs(electrons[0]) < 1e-13 * electrons[1]


rate = st.one_of(st.just(0.0), st.floats(-8.0, 4.0).map(lambda x: 10.0**x))
amount = st.one_of(st.just(0.0), st.floats(-9.0, 3.0).map(lambda x: 10.0**x))
constant = st.floats(-3.0, 1.5).map(lambda x: 10.0**x)
FORMULAS = ("C6H6", "C7H8", "C8H10", "C10H8", "CH4", "C6H14")
SEEN = {"oxygen": "species", "nitrate": "species", "sulfate": "species", "iron": "product", "methanogenesis": "product"}


@st.composite
def networks(draw):
    """A setting over one to three donors and some acceptors, and a cell."""
    processes = draw(st.lists(st.sampled_from(list(PROCESSES)), min_size=1, max_size=5, unique=True))
    donors = []
    for k in range(draw(st.integers(1, 3))):
        rates = {p: draw(rate) for p in processes}
        rates[processes[0]] = rates[processes[0]] or 1e-3
        saturations = {p: draw(constant) for p in processes if draw(st.booleans())}
        donors.append(Donor(f"d{k}", draw(st.sampled_from(FORMULAS)), rates=rates, half_saturation=saturations))
    found = []
    for p in processes:
        more = {"capacity": draw(st.floats(0.0, 100.0))} if SEEN[p] == "product" else {}
        if p == "iron" and draw(st.booleans()):
            more = {"solid": draw(amount)}
        inhibition = draw(st.one_of(st.none(), constant))
        found.append(Acceptor(p, **{SEEN[p]: p}, **more, half_saturation=draw(constant), inhibition=inhibition))
    names = [d.species for d in donors] + processes
    c = [draw(amount) for _ in names]
    r = [[draw(st.floats(1.0, 50.0))] for _ in names]
    cells = cells_of(names, c, water=draw(st.floats(0.1, 1e3)), retardation=r)
    return Setting(tuple(donors), tuple(found)), cells, draw(st.floats(-2.0, 3.0).map(lambda x: 10.0**x))


@settings(max_examples=200, deadline=None)
@given(networks())
def test_laws_of_random_networks(case):
    """Never negative, elements and electrons close, booked is what changed."""
    setting, cells, length = case
    before = cells.mass.copy()
    reaction, books = run(setting, cells, length)
    assert cells.mass.min() >= 0.0
    held = reaction.held()
    assert all(v.min() >= 0.0 for v in held.values())
    present = before.sum() + sum((v - books.account(n)).sum() for n, v in held.items())
    for name, (difference, traded) in reaction.balances().items():
        assert abs(difference) <= 1e-12 * traded + 1e-14 * present, name
    for k, name in enumerate(cells.species):
        np.testing.assert_allclose(before[k] + books.account(name), cells.mass[k], rtol=1e-12, atol=1e-14 * present)
    assert reaction.extents.extents.min() >= 0.0


@settings(max_examples=40, deadline=None)
@given(networks(), st.randoms())
def test_order_of_donors_does_not_matter(case, random):
    setting, cells, length = case
    again = cells_of(
        cells.species, cells.mass / cells.content, water=cells.water, retardation=cells.content / cells.water
    )
    run(setting, cells, length)
    donors = list(setting.donors)
    random.shuffle(donors)
    run(Setting(tuple(donors), setting.acceptors), again, length)
    size = 1e-6 * cells.content + 1e-4 * np.maximum(cells.mass, again.mass)
    assert np.all(np.abs(cells.mass - again.mass) <= 20.0 * size)


@settings(max_examples=40, deadline=None)
@given(networks())
def test_two_halves_are_nearly_one(case):
    """Within some tolerances of each other, retarded totals included; reactants that switch others on amplify."""
    setting, cells, length = case
    setting = Setting(setting.donors, setting.acceptors, tolerances=Tolerances(1e-6, 1e-8))
    again = cells_of(
        cells.species, cells.mass / cells.content, water=cells.water, retardation=cells.content / cells.water
    )
    run(setting, cells, length)
    run(setting, again, length, parts=2)
    size = 1e-6 * cells.content + 1e-4 * np.maximum(cells.mass, again.mass)
    assert np.all(np.abs(cells.mass - again.mass) <= 10.0 * size)


@settings(max_examples=40, deadline=None)
@given(networks())
def test_kernel_is_the_twin(case):
    setting, cells, length = case
    reaction = setting.start(cells.species, 1)
    network, w = reaction.extents.network, cells.water[0]
    laws, entries = setting._laws(network), [e.name for e in network.entries]
    index = {e: k for k, e in enumerate(entries)}
    held = {name: value[0] for name, value in reaction.held().items()}
    at = {name: k for k, name in enumerate(cells.species)}
    y = np.array([cells.mass[at[e], 0] / w if e in at else held.get(e, 0.0) / w for e in entries])
    part = np.array([w / cells.content[at[e], 0] if e in at else 1.0 for e in entries])
    donors = [y[index[d.species]] for d in setting.donors]
    active = [k for k, e in enumerate(network.entries) if e.place != "book"]
    xi = np.zeros(len(laws))
    if max(donors) > 1e-9:
        xi = twin_kinetic(
            y[active], part[active], np.ones(len(active)), network.stoichiometry[active], laws,
            {entries[k]: n for n, k in enumerate(active)}, length,
        )  # fmt: skip
    reaction.act(cells, length, Books())
    np.testing.assert_allclose(reaction.extents.extents[:, 0] / w, xi, rtol=1e-6, atol=1e-9 + 1e-9 * y.max())


def test_same_bits_for_any_number_of_threads_and_neighbours():
    """Cells go side by side in vectors; who the neighbours are makes no difference either."""
    rng = np.random.default_rng(5)
    c = rng.uniform(0.0, 1.0, (6, 777)) ** 4 * np.array([[20.0], [6.0], [10.0], [50.0], [100.0], [2.0]])
    setting, found = Setting((donor(rate=0.05),), acceptors(iron=60.0, methane=2.5)), []
    for threads in (1, 2, 3):
        kernels.set_threads(threads)
        cells = cells_of(START, c)
        run(setting, cells, 5.0)
        found.append(cells.mass)
    kernels.set_threads(0)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
    order = rng.permutation(777)
    cells = cells_of(START, c[:, order])
    run(setting, cells, 5.0)
    np.testing.assert_array_equal(cells.mass, found[0][:, order])


def test_bad_settings_are_told_at_once():
    setting = Setting(
        (Donor("h", "C6H6", rates={"oxygen": -1.0, "iron": 1.0}), Donor("x", "C6H6", half_saturation={"oxygen": 0.0})),
        (Acceptor("oxygen", "o2", inhibition=0.0), Acceptor("methanogenesis", inhibition=1.0)),
        acts_on="oil", activity=np.array([1.0, -1.0]), tolerances=Tolerances(0.0, 1e-6),
    )  # fmt: skip
    with pytest.raises(InputError) as caught:
        setting.start(("h", "o2"), 2)
    text = str(caught.value)
    for words in (
        "no such species = x",
        "rate of 'h' by oxygen = -1.0 is outside [0, inf)",
        "rate of 'h' = iron; allowed: one of oxygen, methanogenesis",
        "half saturation of 'x' by oxygen = 0.0 is outside (0, inf)",
        "donor 'x' has no rate",
        "half saturation of oxygen = 0.0 is outside (0, inf)",
        "inhibition by oxygen = 0.0 is outside (0, inf)",
        "nothing limits methanogenesis, so that it never ceases to inhibit others",
        "acts_on = oil; allowed: one of dissolved, total",
        "activity = -1 at cell 2",
        "relative_tolerance = 0.0 is outside (0, inf)",
    ):
        assert words in text
    twice = Setting((donor(),), (Acceptor("iron", product="fe", capacity=1.0, solid=1.0, half_saturation=1.0),))
    with pytest.raises(InputError, match="iron is limited twice"):
        twice.start(("h", "fe"), 1)
