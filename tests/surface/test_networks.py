"""Laws over random networks: what goes in comes out or stays, nothing is negative, members do not see each other."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.surface.forcing import Constant, Months
from gwsolver.surface.hypsometry import Hypsometry
from gwsolver.surface.ice import Ice
from gwsolver.surface.network import Network
from gwsolver.surface.nodes.bank import Bank
from gwsolver.surface.nodes.delta import Delta
from gwsolver.surface.nodes.demand import Demand
from gwsolver.surface.nodes.inflow import Inflow
from gwsolver.surface.nodes.lake import Lake
from gwsolver.surface.nodes.outlet import Outlet
from gwsolver.surface.nodes.reach import Reach
from gwsolver.surface.nodes.reservoir import Reservoir
from gwsolver.surface.nodes.strait import Strait
from tests.surface.builders import least, months, run, worst

MEMBERS = 3


def amounts(most):
    """Nothing, or something that is not nothing to the eye."""
    return st.one_of(st.just(0.0), st.floats(1e-6 * most, most))


some = amounts(1.0)


@st.composite
def shapes(draw):
    steps = draw(st.lists(st.floats(0.5, 20.0), min_size=1, max_size=5))
    more = draw(st.lists(st.floats(1e4, 1e7), min_size=len(steps), max_size=len(steps)))
    return Hypsometry(np.cumsum([100.0, *steps]), np.cumsum([0.0, *more]))


@st.composite
def by_member(draw, most):
    """One value, or one for each member."""
    values = draw(st.lists(amounts(most), min_size=MEMBERS, max_size=MEMBERS))
    return np.array(values) if draw(st.booleans()) else values[0]


@st.composite
def forcings(draw, most):
    if draw(st.booleans()):
        return Constant(draw(by_member(most)))
    values = np.array(draw(st.lists(amounts(most), min_size=12, max_size=12)))
    return Months(values, totals=draw(st.booleans()))


@st.composite
def rivers(draw):
    """Nodes from a spring to a pair of basins, in a random order of kinds."""
    nodes = [Inflow("spring", "n0", draw(forcings(1e6)), draw(forcings(2.0)))]
    kinds = draw(st.lists(st.sampled_from(["reach", "delta", "demand", "reservoir"]), min_size=1, max_size=5))
    for i, kind in enumerate(kinds):
        name, to = f"n{i}", f"n{i + 1}" if i + 1 < len(kinds) else "west"
        if kind == "reach":
            nodes.append(Reach(name, to, draw(by_member(60.0)), draw(by_member(0.5)), draw(forcings(1e4))))
        elif kind == "delta":
            nodes.append(Delta(name, to, draw(by_member(0.5)), draw(forcings(1e5)), draw(by_member(60.0)),
                               draw(by_member(1.0))))
        elif kind == "demand":
            share = draw(some)
            nodes.append(Demand(name, to, draw(forcings(5e5)), draw(st.floats(0.1, 1.0)), share,
                                return_lag=draw(by_member(90.0)), salt_returned=draw(some) if share else 0.0,
                                rank=draw(st.integers(1, 3))))
        else:
            table = draw(shapes())
            full = table.capacity * draw(st.floats(0.2, 1.0))
            nodes.append(Reservoir(
                name, to, table, full * draw(some), draw(some), full * 0.1 * draw(some), full,
                least=draw(forcings(1e5)), guide=Constant(full * draw(some)) if draw(st.booleans()) else None,
                rain=draw(forcings(0.005)), evaporation=draw(forcings(0.02))))
    return nodes


@st.composite
def networks(draw):
    nodes = draw(rivers())
    tables = [draw(shapes()), draw(shapes())]
    top = min(t.top for t in tables)
    factor = draw(st.floats(0.5, 2.0))
    for name, table in zip(("west", "east"), tables, strict=True):
        ice = Ice(Months(np.linspace(-20.0, 20.0, 12)), Constant(draw(some))) if draw(st.booleans()) else None
        nodes.append(Lake(
            name, table, 100.0 + (top - 100.0) * draw(some), draw(amounts(300.0)), draw(forcings(0.005)),
            draw(forcings(0.05)), draw(forcings(1e4)), draw(forcings(5.0)), draw(forcings(1e5)), factor,
            draw(by_member(0.002)), ice, draw(by_member(1.0)), draw(by_member(0.01))))
    nodes.append(Strait("strait", "west", "east", 100.0 + (top - 100.0) * draw(st.floats(0.0, 0.9)),
                        draw(by_member(1e5))))
    if draw(st.booleans()):
        nodes.append(Bank("bank", "east", draw(st.floats(1.0, 1e5)), draw(st.floats(1e3, 1e7)), 90.0,
                          draw(st.floats(90.0, 140.0)), draw(forcings(1e3)), draw(forcings(1.0)), draw(some)))
    nodes.append(Inflow("elsewhere", "end", draw(forcings(1e3))))
    nodes.append(Outlet("end"))
    return nodes


def member(value, i):
    """The same node for one member alone."""
    if isinstance(value, np.ndarray) and value.shape == (MEMBERS,):
        return value[i]
    if isinstance(value, Constant):
        return Constant(member(value.value, i))
    return value


def alone(node, i):
    return type(node)(**{k: member(getattr(node, k), i) for k in node.__dataclass_fields__})


@settings(max_examples=60, deadline=None)
@given(networks())
def test_everything_balances_and_nothing_is_negative(nodes):
    steps = run(Network(nodes, MEMBERS), months(30))
    assert worst(steps) < 1e-10
    assert least(steps) >= 0.0


@settings(max_examples=25, deadline=None)
@given(networks())
def test_members_together_are_members_alone(nodes):
    together = run(Network(nodes, MEMBERS), months(18))
    for i in range(MEMBERS):
        single = run(Network([alone(n, i) for n in nodes]), months(18))
        for both, one in zip(together, single, strict=True):
            assert both.left[i] == one.left[0]
            if both.left[i]:
                break
            assert np.array_equal(both.volume[i], one.volume[0])
            assert np.array_equal(both.salt[i], one.salt[0])
            assert np.array_equal(both.level[i], one.level[0], equal_nan=True)


@settings(max_examples=25, deadline=None)
@given(networks(), st.randoms())
def test_the_order_in_which_nodes_are_given_does_not_matter(nodes, random):
    mixed = list(nodes)
    random.shuffle(mixed)
    for one, two in zip(run(Network(nodes, MEMBERS), months(6)), run(Network(mixed, MEMBERS), months(6)), strict=True):
        for name, held in one.held.items():
            assert np.allclose(held.volume, two.held[name].volume, rtol=1e-12, atol=1e-3)
