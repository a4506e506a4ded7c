"""Lakes against exact solutions and laws: equilibrium, e-folding, sill, salt, dry-out, ice, banks."""

from datetime import date

import numpy as np
import pytest
from scipy.special import lambertw

from gwsolver.core.errors import InputError
from gwsolver.surface.forcing import Constant, Dated, Months
from gwsolver.surface.hypsometry import Hypsometry
from gwsolver.surface.ice import Ice
from gwsolver.surface.network import Network
from gwsolver.surface.nodes.bank import Bank
from gwsolver.surface.nodes.inflow import Inflow
from gwsolver.surface.nodes.strait import Strait
from tests.surface.builders import CONE, PRISM, START, days, lake, least, levels, months, run, worst

EVAPORATION = 0.003  # m/d


def test_lake_returns_to_its_equilibrium():
    """V' = Q - (E - P) A with A = b h and Q = 20 (E - P) b: (h - 20) exp(h / 20) decays with exp(-(E - P) t / 20).

    Close to 20 m that is an e-folding time of A / ((E - P) dA/dh).
    """
    slope = 1e5
    flow = EVAPORATION * slope * 20.0
    table = Hypsometry([0.0, 50.0], [0.0, slope * 50.0])
    network = Network([Inflow("river", "lake", Constant(flow)),
                       lake(table=table, initial=24.0, evaporation=EVAPORATION + 0.001, rain=0.001)])
    steps = run(network, months(1200))
    t = np.array([(s.step.end - START).days for s in steps], float)
    exact = 20.0 + 20.0 * lambertw(0.2 * np.exp(0.2 - EVAPORATION * t / 20.0)).real
    assert np.abs(levels(steps, "lake") - exact).max() < 1e-5
    assert abs(exact[-1] - 20.0) < 0.03
    assert worst(steps) < 1e-12


def test_prismatic_lake_has_the_known_e_folding_time():
    """A reservoir that seeps through a bank of constant head: h falls with exp(-c t / A)."""
    c = 500.0
    network = Network([lake(table=PRISM, initial=30.0),
                       Bank("bank", "lake", conductance=c, yields=1e15, base=-1e3, initial=20.0)])
    steps = run(network, days(2000))
    t = np.array([(s.step.end - START).days for s in steps], float)
    exact = 20.0 + 10.0 * np.exp(-c * t / 1e6)
    assert np.abs(levels(steps, "lake") - exact).max() < 1e-5  # second order in the step


def test_second_order_in_the_step():
    def end(n, length):
        network = Network([lake(table=CONE, initial=30.0, evaporation=0.01)])
        from gwsolver.core.calendar import CalendarStep

        at = START.toordinal()
        steps = [CalendarStep(i, date.fromordinal(at + i * length), date.fromordinal(at + (i + 1) * length))
                 for i in range(n)]
        return levels(run(network, steps), "lake")[-1]

    exact = 30.0 - 0.01 * 960  # h falls by the evaporation itself, whatever the area
    errors = [abs(end(960 // length, length) - exact) for length in (80, 40)]
    assert errors[0] / errors[1] > 3.5


def two_basins(initial=30.0, members=1, sill=20.0, mixing=0.0, first=None, second=None, **flows):
    nodes = [Inflow(f"to {name}", name, Constant(q), Constant(0.3)) for name, q in flows.items()]
    nodes += [lake("west", initial=initial, evaporation=EVAPORATION, **(first or {})),
              lake("east", initial=initial, evaporation=EVAPORATION, **(second or {})),
              Strait("strait", "west", "east", sill, mixing)]
    return Network(nodes, members)


def test_two_basins_above_the_sill_are_one_lake():
    both = Hypsometry([0.0, 50.0], [0.0, 1e7])
    one = Network([Inflow("river", "lake", Constant(9e3)), lake(table=both, initial=30.0, evaporation=EVAPORATION)])
    two = two_basins(west=9e3, east=0.0)
    single, double = run(one, months(60)), run(two, months(60))
    assert np.abs(levels(single, "lake") - levels(double, "west")).max() < 1e-10
    assert np.array_equal(levels(double, "west"), levels(double, "east"))
    assert worst(double) < 1e-12


def test_sill_is_crossed_both_ways():
    """A drought parts the basins, a flood joins them again; what the strait passes is never made nor lost."""
    at = START.toordinal()
    dates = [date.fromordinal(at + d) for d in (0, 7300, 14600, 22000)]
    river = Inflow("river", "west", Dated(dates, np.array([2e3, 1.5e3, 3e4])), Constant(0.3))
    network = Network([river, lake("west", initial=25.0, evaporation=EVAPORATION, initial_salinity=1.0),
                       lake("east", initial=25.0, evaporation=EVAPORATION, initial_salinity=5.0),
                       Strait("strait", "west", "east", 20.0, 2e3)])
    steps = run(network, months(720))
    west, east = levels(steps, "west"), levels(steps, "east")
    apart = west != east
    assert not apart[0] and apart.any() and not apart[-1]
    first, last = np.flatnonzero(apart)[[0, -1]]
    assert apart[first:last + 1].all()
    assert east[apart].max() <= 20.0 + 1e-9
    steepest = np.abs(np.diff(west))[[first - 1, last]]
    assert steepest.max() < 0.5  # no jump where they part and meet
    for step in steps:
        assert step.water["west", "strait"] == -step.water["east", "strait"]
        assert step.salts["west", "strait"] == -step.salts["east", "strait"]
    assert worst(steps) < 1e-10
    assert least(steps) >= 0.0


def test_what_spills_over_the_sill_when_apart():
    """The western basin stands full at the sill: all that comes to it goes on to the east."""
    network = two_basins(initial=5.0, west=4e4, sill=20.0)
    steps = run(network, months(60))
    west, east = levels(steps, "west"), levels(steps, "east")
    at_sill = np.flatnonzero(np.isclose(west, 20.0) & (east < 19.0))
    assert at_sill.size > 3
    step = steps[at_sill[1]]
    assert step.parts["strait", "flow"][0] == pytest.approx(
        step.flows["to west", "to"][0][0] + step.water["west", "evaporation"][0])


def test_salt_of_a_closed_lake_grows_with_its_load():
    network = Network([Inflow("river", "lake", Constant(EVAPORATION * 1e6), Constant(0.4)),
                       lake(table=PRISM, initial=30.0, evaporation=EVAPORATION, initial_salinity=2.0)])
    steps = run(network, months(120))
    t = (steps[-1].step.end - START).days
    assert steps[-1].salt[0, 1] == pytest.approx(2.0 * 30e6 + 0.4 * EVAPORATION * 1e6 * t, rel=1e-12)


def test_basins_of_equal_salinity_stay_equal():
    network = Network([lake("west", initial=30.0, initial_salinity=3.0),
                       lake("east", initial=30.0, initial_salinity=3.0),
                       Strait("strait", "west", "east", 20.0, 1e4)])
    step = run(network, months(24))[-1]
    assert [step.held[n].salinity[0] for n in ("west", "east")] == pytest.approx([3.0, 3.0], rel=1e-13)


def test_without_fluxes_nothing_changes():
    network = Network([lake(initial=17.3, initial_salinity=2.5)])
    before = network.advance(months(1)[0])
    after = run(network, months(12))[-1]
    assert np.array_equal(before.volume, after.volume) and np.array_equal(before.salt, after.salt)


def test_mixing_alone_follows_its_exact_solution():
    """Two equal volumes: the difference decays with exp(-2 q t / V)."""
    network = Network([lake("west", table=PRISM, initial=10.0, initial_salinity=4.0),
                       lake("east", table=PRISM, initial=10.0, initial_salinity=0.0),
                       Strait("strait", "west", "east", 1.0, 2e3)])
    steps = run(network, days(1000))
    c = [h.salinity[0] for h in steps[-1].held.values() if h.level is not None]
    assert c[0] + c[1] == pytest.approx(4.0, rel=1e-12)
    assert c[0] - c[1] == pytest.approx(4.0 * np.exp(-2 * 2e3 * 1000 / 1e7), rel=1e-4)


def test_lake_dries_out_and_comes_back():
    at = START.toordinal()
    dates = [date.fromordinal(at + d) for d in (0, 4000, 9000)]
    network = Network([Inflow("river", "lake", Dated(dates, np.array([0.0, 1e4])), Constant(0.5)),
                       lake(initial=10.0, evaporation=EVAPORATION, withdrawal=200.0, initial_salinity=6.0)])
    steps = run(network, months(240))
    v = np.array([s.volume[0, 1] for s in steps])
    dry = v == 0.0
    assert dry.any() and v[-1] > 0.0
    empty = steps[int(np.flatnonzero(dry)[1])]
    assert empty.held["lake"].level[0] == CONE.floor
    assert empty.salt[0, 1] == 0.0 and empty.held["lake"].solid[0] > 0.0  # its salt lies on the bed
    assert steps[-1].held["lake"].solid[0] == 0.0  # and has dissolved again
    assert sum(s.unmet["lake", "withdrawal"][0] for s in steps) > 0.0
    assert worst(steps) < 1e-10 and least(steps) >= 0.0


def test_brine_is_kept_at_saturation():
    network = Network([lake(initial=20.0, evaporation=EVAPORATION, initial_salinity=200.0, saturation=250.0)])
    steps = run(network, months(72))
    held = steps[-1].held["lake"]
    assert held.solid[0] > 0.0
    assert held.salinity[0] == pytest.approx(250.0, rel=1e-12)
    assert held.salt[0] + held.solid[0] == pytest.approx(200.0 * CONE.volume_at(np.array([20.0]))[0], rel=1e-12)


def test_ice_changes_salinity_not_the_level():
    frost = Months(np.array([-20.0, -15, -5, 5, 12, 18, 20, 18, 12, 4, -6, -15]))
    ice = Ice(frost, Constant(1.0), cuts=False)
    bare = Network([lake(initial=20.0, evaporation=EVAPORATION, initial_salinity=3.0)])
    frozen = Network([lake(initial=20.0, evaporation=EVAPORATION, initial_salinity=3.0, ice=ice)])
    without, with_ice = run(bare, months(24)), run(frozen, months(24))
    assert np.array_equal(levels(without, "lake"), levels(with_ice, "lake"))
    assert ice.thickness(np.zeros(1), months(1)[0])[0] == pytest.approx(0.025 * np.sqrt(20 * 31))


def test_salt_and_ice_slow_evaporation():
    ice = Ice(Constant(-10.0), Constant(0.4))
    network = Network([lake(table=PRISM, initial=20.0, evaporation=EVAPORATION, initial_salinity=100.0, salt_slows=5e-4,
                            ice=ice)])
    step = run(network, months(1))[0]
    assert step.water["lake", "evaporation"][0] == pytest.approx(-EVAPORATION * 31 * 1e6 * (1 - 0.05) * (1 - 0.4))


def test_a_bank_gives_what_the_lake_gets():
    network = Network([
        lake(initial=20.0, evaporation=EVAPORATION, initial_salinity=4.0),
        Bank("bank", "lake", conductance=800.0, yields=3e5, base=5.0, initial=25.0, recharge=Constant(100.0),
             initial_salinity=1.0),
    ])
    steps = run(network, months(240))
    signs = set()
    for step in steps:
        assert step.water["lake", "bank"] == pytest.approx(-step.water["bank", "lake"], abs=0.0)
        assert step.salts["lake", "bank"] == pytest.approx(-step.salts["bank", "lake"], abs=1e-9)
        signs.add(np.sign(step.water["lake", "bank"][0]))
    assert worst(steps) < 1e-10 and least(steps) >= 0.0
    assert 1.0 in signs


def test_members_that_leave_the_table_are_marked_and_the_others_go_on():
    flow = np.array([1e3, 1e5, 2e3])
    network = Network([Inflow("river", "lake", Constant(flow)), lake(initial=30.0, evaporation=EVAPORATION)], 3)
    steps = run(network, months(240))
    assert steps[-1].left.tolist() == [False, True, False]
    assert not steps[0].left.any()
    for i in (0, 2):
        alone = Network([Inflow("river", "lake", Constant(flow[i])), lake(initial=30.0, evaporation=EVAPORATION)])
        assert np.array_equal(levels(run(alone, months(240)), "lake"), levels(steps, "lake", i))


@pytest.mark.parametrize(("nodes", "words"), [
    ([lake(initial=60.0)], r"lake: initial level = 60 m is outside \[0, 50\]"),
    ([lake("a"), lake("b"), Strait("s", "a", "b", 60.0)], "sill of a strait = 60 m"),
    ([lake("a"), lake("b", area_factor=1.1), Strait("s", "a", "b", 20.0)], "joined basins need one area_factor"),
    ([lake("a"), lake("b"), lake("c"), Strait("s", "a", "b", 20.0), Strait("t", "b", "c", 20.0)],
     "a strait joins two basins that no other strait joins"),
    ([lake("a"), Strait("s", "a", "b", 20.0)], "a basin names 'b', which is no node"),
    ([lake(carbonate=1.5)], r"carbonate = 1.5 is outside \[0, 1\]"),
    ([lake(), Bank("bank", "lake", 0.0, 1.0, 0.0, 1.0)], r"conductance = 0 m2/d is outside \(0, inf\)"),
])
def test_refused(nodes, words):
    with pytest.raises(InputError, match=words):
        Network(nodes)
