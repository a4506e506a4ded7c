"""Oil bodies in equilibrium: dissolution against its exact solution, leaks, losses, books."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.bench.solutions.dissolution import FlushedOil
from gwsolver.core.errors import InputError
from gwsolver.reactions.oil.body import Leak, Oil, OilBody, OilComponent, OilSetting, Removal
from gwsolver.reactions.sources.fixed import Fixed
from gwsolver.reactions.sources.series import Series
from tests.reactions.oil.oil_cells import (
    BTEXN,
    CRUDE,
    FRACTIONS,
    MOLAR_MASS,
    SOLUBILITY,
    UNIT,
    Books,
    body,
    cells_of,
    setting,
)


def flushed(oil, cells, flow, end, n):
    """Let clean water replace that of one cell at a constant flow: in each step T falls as exp(-Q t / content)."""
    books, length = Books(), end / n
    for k in range(n):
        cells.time = k * length
        cells.mass *= np.exp(-flow * length / cells.content)
        oil.act(cells, length, books)
    return (cells.mass / cells.content)[:, 0]


def extrapolated(run, n):
    """Return the limit of a first-order method from n, 2n and 4n steps, and how its error falls."""
    one, two, four = run(n), run(2 * n), run(4 * n)
    return four + (four - two) + ((four - two) - 0.5 * (two - one)) * 2.0 / 3.0, (two - one) / (four - two)


CRUDE_FLUSHED = {  # 1000 kg of CRUDE flushed with 1 m3/d; parametric solution in closed form [mg/L]
    100: (3.20679, 3.67068, 0.37759, 1.89867, 0.20729),
    365: (0.72354, 2.53747, 0.34189, 1.71809, 0.19694),
    1000: (0.01989, 1.03610, 0.26752, 1.34239, 0.17304),
    3650: (0.0, 0.02350, 0.09368, 0.46713, 0.09868),
}


def crude_in_little_water():
    cells, books = cells_of(1e-9), Books()
    oil = setting(body(1e6)).start(BTEXN, 1)
    oil.arrive(cells, books)
    return oil, cells


def test_fresh_crude_dissolves_at_its_effective_solubility():
    oil, cells = crude_in_little_water()
    assert oil.amount == pytest.approx([4065.677], abs=5e-4)
    assert (cells.mass / cells.content)[:, 0] == pytest.approx([5.60506, 4.21236, 0.39152, 1.96917, 0.21109], abs=5e-6)


@pytest.mark.parametrize("end", CRUDE_FLUSHED)
def test_components_of_a_flushed_crude_deplete_one_by_one(end):
    """n_j = n_j0 exp(-Q s_j tau), t = sum n_j0 (1 - exp(-Q s_j tau)) / (Q s_j), inert term n_0 tau."""
    def run(n):
        oil, cells = crude_in_little_water()
        return flushed(oil, cells, 1.0, float(end), n)

    found, ratio = extrapolated(run, 400)
    moles = 1e6 * np.array(list(FRACTIONS.values())) / MOLAR_MASS
    exact = FlushedOil(moles, SOLUBILITY / MOLAR_MASS, 1.0, 1e6 * CRUDE.bulk_fraction / 250.0).at(end)[1] * MOLAR_MASS
    assert exact == pytest.approx(CRUDE_FLUSHED[end], abs=5e-6)
    assert found == pytest.approx(exact, rel=1e-6, abs=1e-7)
    assert ratio[1:] == pytest.approx(2.0, abs=0.05)  # first order in the splitting step


def pure_pair(water=1e-12):
    cells = cells_of(water, BTEXN[:2])
    mass = 100.0 * MOLAR_MASS[:2]
    oil = Oil(dict(zip(BTEXN[:2], mass / mass.sum(), strict=True)), 0.0, 8.7e5)
    components = tuple(OilComponent(*row) for row in zip(BTEXN[:2], MOLAR_MASS[:2], SOLUBILITY[:2], strict=True))
    bodies = setting(body(mass.sum(), oil=oil), components=components).start(BTEXN[:2], 1)
    bodies.arrive(cells, Books())
    return bodies, cells


@pytest.mark.parametrize(("end", "moles", "concentration"), [
    (5.0, (49.8839, 84.0110), (663.157, 330.033)), (15.0, (2.2946, 38.8456), (99.280, 496.662)),
])
def test_toluene_rises_before_it_falls(end, moles, concentration):
    """100 mol benzene and 100 mol toluene flushed with 1 m3/d, the same parametric solution."""
    def run(n):
        bodies, cells = pure_pair()
        c = flushed(bodies, cells, 1.0, end, n)
        return np.concatenate([cells.mass[:, 0] / MOLAR_MASS[:2], c])

    found, ratio = extrapolated(run, 400)
    assert found[:2] == pytest.approx(moles, abs=5.1e-5)
    assert found[2:] == pytest.approx(concentration, abs=5.1e-4)
    assert ratio == pytest.approx(2.0, abs=0.05)


def test_pure_components_are_gone_at_their_time():
    """All is dissolved after sum n_j0 / s_j / Q = 21.9053 d."""
    def end(n):
        bodies, cells = pure_pair()
        last = 0.0
        for k in range(n):
            cells.time = 25.0 * k / n
            cells.mass *= np.exp(-25.0 / n / cells.content)
            bodies.act(cells, 25.0 / n, Books())
            last = cells.time + 25.0 / n if bodies.amount[0] > 0.0 else last
        assert cells.oil.max() == 0.0
        return last

    late = [end(n) - 21.9053 for n in (1000, 2000, 4000)]
    assert 0.0 < late[2] < 0.04
    assert late[1] == pytest.approx(0.5 * late[0], abs=25.0 / 1000)
    assert late[2] == pytest.approx(0.5 * late[1], abs=25.0 / 2000)


def test_a_leak_fills_and_every_component_is_booked():
    shares = np.array([0.25, 0.75])
    leak = Leak(Series(np.array([0.0, 10.0, 30.0]), np.array([0.0, 1e5, 0.0])), shares)
    oil = setting(body([0.0, 0.0], leaks=(leak,))).start(BTEXN, 3)
    cells, books = cells_of([2.0, 3.0, 4.0]), Books()
    oil.arrive(cells, books)
    assert oil.dates == (0.0, 10.0, 30.0)
    assert cells.mass.max() == 0.0 and cells.oil.max() == 0.0
    for k in range(8):
        cells.time = 5.0 * k
        oil.act(cells, 5.0, books)
    came = 2e6 * np.array([0.25, 0.75, 0.0])
    assert cells.mass == pytest.approx(np.outer(list(FRACTIONS.values()), came), rel=1e-14)
    assert books.rows["benzene", "lake", "leak"] == pytest.approx(0.001 * came, rel=1e-14)
    assert oil.held()["oil bulk"] == pytest.approx(0.989 * came, rel=1e-14)
    dissolved = (cells.mass * (1.0 - oil.part_in_oil(cells))).sum(axis=0)
    assert oil.mass_of_oil(cells) == pytest.approx(came - dissolved, rel=1e-13)
    assert oil.volume_of_oil(cells)[:2] == pytest.approx(oil.mass_of_oil(cells)[:2] / 8.6e5, rel=1e-13)
    assert (cells.content[:, 2] == 4.0).all()


def test_removal_takes_marked_oil_at_its_date_and_leaves_what_is_dissolved():
    removal = Removal(10.0, 0.2, np.array([1]))
    oil = setting(body([1e6, 1e6], removals=(removal,))).start(BTEXN, 2)
    cells, books = cells_of([1.0, 1.0]), Books()
    oil.arrive(cells, books)
    before, part = cells.mass.copy(), oil.part_in_oil(cells)
    oil.act(cells, 9.0, books)
    assert cells.mass == pytest.approx(before, rel=1e-15)
    cells.time = 9.0
    oil.act(cells, 1.0, books)
    cells.time = 10.0
    oil.act(cells, 1.0, books)  # once only
    assert cells.mass[:, 0] == pytest.approx(before[:, 0], rel=1e-15)
    assert cells.mass[:, 1] == pytest.approx((before * (1.0 - 0.8 * part))[:, 1], rel=1e-13)
    assert books.rows["oil bulk", "lake", "removal"] == pytest.approx([0.0, -0.8 * 0.989e6])


@pytest.mark.parametrize("depletes", ["all", "bulk"])
def test_source_zone_depletion_takes_bulk_oil(depletes):
    """150 g/m2/d over 20 m2: 3 kg/d; taken from all alike the composition of the oil stays."""
    more = {"area": np.array([20.0]), "depletion_rate": 150.0, "depletes": depletes}
    oil = setting(body(1e6, **more)).start(BTEXN, 1)
    cells, books = cells_of(1e-6), Books()
    oil.arrive(cells, books)
    before, c = oil.mass_of_oil(cells)[0], (cells.mass / cells.content)[:, 0]
    oil.act(cells, 10.0, books)
    assert before - oil.mass_of_oil(cells)[0] == pytest.approx(3e4, rel=1e-9)  # what the water holds changes a little
    after = (cells.mass / cells.content)[:, 0]
    if depletes == "all":
        assert after == pytest.approx(c, rel=1e-6)
    else:
        assert (after > 1.02 * c).all()
        assert ("benzene", "lake", "source-zone depletion") not in books.rows
    cells.time = 10.0
    oil.act(cells, 1e4, books)  # asks for thirty times what is there
    assert oil.held()["oil bulk"][0] == 0.0
    assert (cells.mass >= 0.0).all()
    assert books.net("oil bulk")[0] == pytest.approx(0.0, abs=1e-9)


def test_books_close_to_round_off_whatever_happens():
    random = np.random.default_rng(3)
    leak = Leak(Fixed(2e4, "rate", 0.0, 40.0), np.full(4, 0.25))
    first = body(10.0 ** random.uniform(2, 6, 4), leaks=(leak,), area=np.full(4, 10.0), depletion_rate=30.0)
    second = OilBody("pit", np.array([2, 3, 4]), np.array([1e3, 1e5, 0.0]),
                     Oil({"benzene": 0.4, "toluene": 0.6}, 0.0, 8.7e5),
                     removals=(Removal(50.0, 0.0, np.array([3, 4])), Removal(55.0, 0.5, np.array([0]))))
    oil = setting(first, second).start(BTEXN, 6)
    cells, books = cells_of(10.0 ** random.uniform(-3, 3, 6), retardation=np.array([1.1, 1.5, 2.0, 2.1, 6.0])), Books()
    cells.mass += 1.0
    start, left = cells.mass.copy(), np.zeros((5, 6))
    oil.arrive(cells, books)
    for k in range(60):
        cells.time = float(k)
        out = cells.mass * -np.expm1(-0.7 / cells.content)
        cells.mass -= out
        left += out
        oil.act(cells, 1.0, books)
        assert (cells.mass >= 0.0).all() and (cells.content > 0.0).all()
    for j, name in enumerate(BTEXN):
        balance = start[j] + books.net(name) - left[j] - cells.mass[j]
        assert np.abs(balance).max() < 1e-13 * (start[j] + np.abs(books.net(name)) + left[j] + cells.mass[j]).max()
    assert oil.held()["oil bulk"] == pytest.approx(books.net("oil bulk"), rel=1e-12, abs=1e-6)
    assert oil.mass_of_oil(cells)[3] == 0.0 or oil.stock.bulk[3] > 0.0


def test_going_on_from_a_state_gives_the_same_bits():
    def start():
        more = {"area": np.array([20.0]), "depletion_rate": 150.0, "removals": (Removal(3.5, 0.4, np.array([0])),)}
        oil, cells = setting(body(1e6, **more)).start(BTEXN, 1), cells_of(3.0)
        oil.arrive(cells, Books())
        return oil, cells

    def carry(oil, cells, first, last):
        for k in range(first, last):
            cells.time = float(k)
            cells.mass *= np.exp(-0.5 / cells.content)
            oil.act(cells, 1.0, Books())

    oil, cells = start()
    carry(oil, cells, 0, 3)
    state = {k: v.copy() for k, v in oil.state().items()}
    kept = cells.mass.copy(), cells.content.copy(), cells.oil.copy()
    carry(oil, cells, 3, 8)
    other, again = start()
    other.restore(state)
    again.mass, again.content, again.oil = kept
    carry(other, again, 3, 8)
    assert np.array_equal(again.mass, cells.mass) and np.array_equal(again.oil, cells.oil)
    assert all(np.array_equal(v, other.state()[k]) for k, v in oil.state().items())


compositions = st.lists(st.floats(0.0, 1.0), min_size=5, max_size=5).map(lambda f: np.array(f) / max(sum(f), 1.0))


def dissolved(order, unit, fractions, mass, water):
    """Masses after some flushing with leak and depletion, components in an order, masses in a unit."""
    oil = Oil({BTEXN[j]: float(fractions[j]) for j in order}, 250.0, 8.6e5 * unit)
    components = tuple(OilComponent(BTEXN[j], MOLAR_MASS[j], SOLUBILITY[j] * unit) for j in order)
    leak = Leak(Fixed(0.1 * mass * unit, "rate", 1.0, 2.0), UNIT)
    lake = body(mass * unit, oil=oil, leaks=(leak,), area=UNIT, depletion_rate=0.02 * mass * unit)
    bodies, names = setting(lake, components=components).start([BTEXN[j] for j in order], 1), [BTEXN[j] for j in order]
    cells = cells_of(water, names)
    bodies.arrive(cells, Books())
    for k in range(6):
        cells.time = 0.5 * k
        cells.mass *= np.exp(-0.5 * water / cells.content)
        bodies.act(cells, 0.5, Books())
        assert (cells.mass >= 0.0).all()
        assert (cells.mass[:, 0] / cells.content[:, 0] <= SOLUBILITY[list(order)] * unit * (1.0 + 1e-9)).all()
    return {name: m / unit for name, m in zip(names, cells.mass[:, 0], strict=True)}


@settings(max_examples=60, deadline=None)
@given(compositions, st.permutations(range(5)), st.floats(-2.0, 6.0), st.floats(-4.0, 3.0),
       st.sampled_from([1e-3, 1e6]))
def test_neither_the_order_of_components_nor_the_unit_of_mass_matters(fractions, order, mass, water, unit):
    """Never negative, never above the pure component's solubility; the same to 1e-9 in any order and unit."""
    one = dissolved(range(5), 1.0, fractions, 10.0**mass, 10.0**water)
    other = dissolved(order, unit, fractions, 10.0**mass, 10.0**water)
    for name in BTEXN:
        assert other[name] == pytest.approx(one[name], rel=1e-9, abs=1e-12 * 10.0**mass)


def test_a_given_concentration_is_left_alone():
    oil, cells = setting(body(1e6)).start(BTEXN, 1), cells_of(1.0)
    cells.free[0] = False
    oil.arrive(cells, Books())
    assert cells.mass[0, 0] == 0.0 and cells.mass[1, 0] > 0.0


def test_bad_bodies_are_refused_all_at_once():
    wrong = OilBody("lake", np.array([0, 0, 7]), np.array([1.0, -1.0, 1.0]),
                    Oil({"benzen": 0.6, "toluene": 0.7}, 0.0, 0.0),
                    depletion_rate=1.0, leaks=(Leak(Fixed(1.0, "rate"), np.array([0.5, 0.2, 0.2])),),
                    removals=(Removal(1.0, 1.5, np.array([0])),))
    components = OilComponent("toluene", 0.0, 526.0), OilComponent("benzene", 78.11, 1780.0)
    with pytest.raises(InputError) as error:
        OilSetting(components, (wrong,)).start(("toluene",), 5)
    text = str(error.value)
    for words in ("oil component 'benzene' is not a transported species", "molar mass of toluene = 0.0",
                  "Did you mean 'benzene'?", "sum to 130 %", "density of the oil = 0.0",
                  "outside the grid of 5 active cells", "a cell is named twice",
                  "oil mass = -1 at its cell 2", "needs the plan area", "0.9 in all", "factor of a removal = 1.5"):
        assert words in text
    assert CRUDE.bulk_fraction == pytest.approx(0.989)
