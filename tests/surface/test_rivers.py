"""Reaches, deltas, demands and reservoirs: shares by priority, rules, spill, and what is refused."""

import numpy as np
import pytest

from gwsolver.core.errors import InputError
from gwsolver.surface.forcing import Constant
from gwsolver.surface.network import Network
from gwsolver.surface.nodes.delta import Delta
from gwsolver.surface.nodes.demand import Demand
from gwsolver.surface.nodes.inflow import Inflow
from gwsolver.surface.nodes.outlet import Outlet
from gwsolver.surface.nodes.reach import Reach
from gwsolver.surface.nodes.reservoir import Reservoir
from tests.surface.builders import CONE, days, lake, least, months, one_step, run, worst

TEN = one_step(10)


def used(step, name):
    return -step.water[name, "use"][0]


def test_linear_store_against_its_exact_solution():
    """Outflow after a step of inflow is Q (1 - exp(-t / k)); implicit steps of a day come within k's hundredth."""
    network = Network([Inflow("river", "reach", Constant(10.0), Constant(2.0)), Reach("reach", "end", lag=100.0),
                       Outlet("end")])
    steps = run(network, days(200))
    t = np.arange(1, 201) - 0.5
    out = np.array([s.flows["reach", "to"][0][0] for s in steps])
    assert np.abs(out - 10.0 * (1.0 - np.exp(-t / 100.0))).max() < 0.05
    salt = np.array([s.flows["reach", "to"][1][0] for s in steps])
    assert np.allclose(salt, 2.0 * out, rtol=1e-12)
    assert worst(steps) < 1e-13


def test_reach_loses_water_with_its_salt():
    network = Network([Inflow("river", "reach", Constant(10.0), Constant(2.0)),
                       Reach("reach", "end", loss_share=0.2, loss=Constant(100.0)), Outlet("end")])
    step = run(network, [TEN])[0]
    assert step.water["reach", "loss"][0] == -100.0 and step.salts["reach", "loss"][0] == -200.0
    assert step.flows["reach", "to"][0][0] == 0.0


@pytest.mark.parametrize(("flow", "lost"), [(10.0, 1.4 + 3.0), (1.0, 0.14 + 0.9 * 0.86)])
def test_delta_loss_follows_the_flow(flow, lost):
    network = Network([Inflow("river", "delta", Constant(flow), Constant(0.4)),
                       Delta("delta", "end", slope=0.14, demand=Constant(3.0)), Outlet("end")])
    step = run(network, [TEN])[0]
    assert step.water["delta", "loss"][0] == pytest.approx(-10.0 * lost)
    assert step.flows["delta", "to"][1][0] / step.flows["delta", "to"][0][0] == pytest.approx(0.4)


def demands(*ranks, flow=100.0, need=60.0):
    nodes = [Inflow("river", "d0", Constant(flow))]
    nodes += [Demand(f"d{i}", f"d{i + 1}" if i + 1 < len(ranks) else "end", Constant(need), rank=rank)
              for i, rank in enumerate(ranks)]
    return Network([*nodes, Outlet("end")])


def test_equal_priorities_share_in_proportion():
    step = run(demands(1, 1, 1, flow=90.0), [TEN])[0]
    assert [used(step, f"d{i}") for i in range(3)] == pytest.approx([300.0, 300.0, 300.0])


def test_better_priority_below_is_left_its_share():
    step = run(demands(2, 1, flow=100.0), [TEN])[0]
    assert [used(step, "d0"), used(step, "d1")] == pytest.approx([400.0, 600.0])
    assert step.unmet["d0", "intake"][0] == pytest.approx(200.0)
    step = run(demands(3, 2, 1, flow=100.0), [TEN])[0]
    assert [used(step, f"d{i}") for i in range(3)] == pytest.approx([0.0, 400.0, 600.0])


def test_a_tributary_serves_those_below_it():
    """What comes in below need not be left in the river above."""
    network = Network([
        Inflow("river", "upper", Constant(60.0)), Demand("upper", "lower", Constant(60.0), rank=2),
        Inflow("tributary", "lower", Constant(50.0)), Demand("lower", "end", Constant(60.0), rank=1), Outlet("end"),
    ])
    step = run(network, [TEN])[0]
    assert [used(step, "upper"), used(step, "lower")] == pytest.approx([500.0, 600.0])


def test_irrigation_takes_more_than_it_uses_and_gives_back():
    network = Network([
        Inflow("river", "fields", Constant(100.0), Constant(0.5)),
        Demand("fields", "end", Constant(21.0), efficiency=0.42, return_share=0.6, salt_returned=0.8), Outlet("end"),
    ])
    step = run(network, [TEN])[0]
    taken = 210.0 / 0.42
    assert used(step, "fields") == pytest.approx(210.0)
    assert step.flows["fields", "to"][0][0] == pytest.approx(1000.0 - taken)
    assert step.flows["fields", "return"][0][0] == pytest.approx(0.6 * (taken - 210.0))
    assert step.flows["fields", "return"][1][0] == pytest.approx(0.8 * 0.5 * taken)
    assert step.water["fields", "loss"][0] == pytest.approx(-0.4 * (taken - 210.0))
    assert worst([step]) < 1e-14


def reservoir(**more):
    return Reservoir("dam", "town", CONE, more.pop("initial", 5e6), **more)


def below_a_dam(need=0.0, flow=0.0, **more):
    return Network([Inflow("river", "dam", Constant(flow), Constant(0.4)), reservoir(**more),
                    Demand("town", "end", Constant(need)), Outlet("end")])


def test_reservoir_fills_and_spills():
    steps = run(below_a_dam(flow=2e5, initial=1e6, full=2e7, initial_salinity=1.0), months(24))
    v = np.array([s.held["dam"].volume[0] for s in steps])
    spilled = np.array([s.parts["dam", "spill"][0] for s in steps])
    assert v[0] == pytest.approx(1e6 + 31 * 2e5)
    assert v[-1] == 2e7 and v.max() == 2e7
    assert np.all(spilled[v < 2e7] == 0.0)
    assert spilled[-1] == pytest.approx(31 * 2e5)
    assert worst(steps) < 1e-12


def test_reservoir_serves_those_below_and_keeps_what_is_dead():
    steps = run(below_a_dam(need=5e4, initial=5e6, dead=1e6), months(6))
    assert used(steps[0], "town") == pytest.approx(31 * 5e4)
    assert steps[-1].held["dam"].volume[0] == pytest.approx(1e6)
    assert sum(used(s, "town") for s in steps) == pytest.approx(4e6)
    assert sum(s.unmet["dam", "release"][0] for s in steps) == pytest.approx(181 * 5e4 - 4e6)


def test_least_release_goes_on_when_nobody_asks():
    step = run(below_a_dam(least=Constant(2e3)), months(1))[0]
    assert step.flows["dam", "to"][0][0] == pytest.approx(31 * 2e3)


def test_forced_release_stops_at_what_there_is():
    steps = run(below_a_dam(forced=Constant(1e5), initial=5e6), months(3))
    assert [s.flows["dam", "to"][0][0] for s in steps] == pytest.approx([3.1e6, 1.9e6, 0.0])


def test_guide_curve_releases_what_stands_above_it():
    steps = run(below_a_dam(flow=1e4, guide=Constant(3e6), capacity=Constant(4e4)), months(4))
    assert [s.held["dam"].volume[0] for s in steps] == pytest.approx([5e6 - 31 * 3e4, 5e6 - 59 * 3e4, 3e6, 3e6])


def test_evaporation_may_take_what_is_dead():
    steps = run(below_a_dam(initial=2e6, dead=2e6, evaporation=Constant(0.004)), months(60))
    assert steps[-1].held["dam"].volume[0] < 1e6
    assert least(steps) >= 0.0 and worst(steps) < 1e-12


@pytest.mark.parametrize(("nodes", "words"), [
    ([Inflow("river", "lakee", Constant(1.0)), lake()],
     "river: outlet 'to' names 'lakee', which is no node.\nDid you mean 'lake'"),
    ([lake(), lake()], "two nodes bear the name 'lake'"),
    ([Reach("a", "b"), Reach("b", "a")], "water runs in a circle: "),
    ([Demand("d", "lake", Constant(1.0), efficiency=1.2), lake()], r"efficiency = 1.2 is outside \(0, 1\]"),
    ([Demand("d", "lake", Constant(1.0), salt_returned=0.5), lake()], "no water comes back to carry it"),
    ([Reservoir("dam", "lake", CONE, 1e12), lake()], r"initial volume = 1e\+12 m3"),
    ([Reservoir("dam", "lake", CONE, 1e6, dead=2e6, full=1e6), lake()], "dead volume is larger than the full one"),
    ([Reservoir("dam", "lake", CONE, 1e6, forced=Constant(1.0), guide=Constant(1.0)), lake()],
     "a release is given and a guide curve too"),
])
def test_refused(nodes, words):
    with pytest.raises(InputError, match=words):
        Network(nodes)


def test_all_problems_at_once():
    with pytest.raises(InputError) as error:
        Network([lake(initial=99.0), Reach("a", "nowhere", lag=-1.0)])
    assert len(error.value.problems) == 3
