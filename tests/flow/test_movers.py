"""Movers: the rules one by one, water from drains to lakes, from a stream through a lake and on, nothing lost."""

from dataclasses import replace

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError, RunError
from gwsolver.core.movers import Move, MoverPackage
from gwsolver.flow.boundaries import Boundaries
from gwsolver.flow.coupling import Coupling
from gwsolver.flow.faces import FaceEquations
from gwsolver.flow.movers import Movers
from gwsolver.flow.rules import Rules
from gwsolver.flow.storage import StorageEquations
from gwsolver.flow.system import Pattern, StepSystem
from tests.flow.models import package, rock, solve, storage
from tests.packages.lakes import lakes, with_lakes
from tests.packages.test_lak import closed
from tests.surface.streams import reaches


def rules(*moves, later=()):
    """A mover package; the rules of `later` hold from the second period on."""
    periods = [(0, tuple(Move(*m) for m in moves))]
    if later:
        periods.append((1, tuple(Move(*m) for m in later)))
    return MoverPackage("mvr-1", tuple(periods))


@pytest.mark.parametrize(("kind", "value", "there", "whole", "taken"), [
    ("factor", 0.25, 8.0, 8.0, 2.0), ("factor", 0.9, 3.0, 8.0, 3.0), ("excess", 5.0, 8.0, 8.0, 3.0),
    ("excess", 5.0, 4.0, 8.0, 0.0), ("threshold", 5.0, 8.0, 8.0, 5.0), ("threshold", 5.0, 4.0, 8.0, 0.0),
    ("upto", 5.0, 8.0, 8.0, 5.0), ("upto", 5.0, 4.0, 8.0, 4.0),
])
def test_a_rule_takes_what_it_says(kind, value, there, whole, taken):
    assert Move("a", 0, "b", 0, kind, value).takes(there, whole) == taken


@pytest.mark.parametrize("kind", ["factor", "excess", "threshold", "upto"])
@pytest.mark.parametrize("whole", [3.0, 8.0])
def test_what_rules_move_changes_with_what_there_is_as_they_say(kind, whole):
    served = Rules([Move("a", 0, "b", 0, "factor", 0.3), Move("a", 0, "b", 0, kind, 0.9 if kind == "factor" else 2.2),
                    Move("a", 0, "b", 0, "factor", 0.8), Move("a", 1, "b", 0, kind, 0.5)])
    here, h = np.array([whole, 7.0]), 1e-6
    amount, slope = served.take(here)
    np.testing.assert_allclose(slope, (served.take(here + h)[0] - served.take(here - h)[0]) / (2.0 * h), atol=1e-9)
    assert np.all(served.per_source(amount) <= here * (1.0 + 1e-15))


def strip():
    """Five cells of 10 m by 10 m by 10 m."""
    return structured_grid([10.0] * 5, [10.0], 10.0, [0.0])


def test_drained_water_fills_a_lake_by_its_rules():
    # Rain of 2 m3/d on the aquifer leaves by one drain; a quarter, then half a cubic metre of it go to a lake.
    grid = strip()
    fall = [package("rch", range(1, 5), recharge=0.005), package("drn", [4], elevation=5.0, conductance=100.0)]
    flow = with_lakes(grid, rock(grid, 5.0), fall, lakes([(0, 0, "vertical", 0.0)], 11.0), start=6.0,
                      time=((10.0, 5, 1.0), (10.0, 5, 1.0)), storage=storage(grid, transient=(True, True)))
    flow = replace(flow, mover=rules(("drn-1", 0, "lak-1", 0, "factor", 0.25), ("drn-1", 0, "lak-1", 0, "excess", 1.0),
                                     later=[("drn-1", 0, "lak-1", 0, "upto", 0.5)]))
    steps = solve(flow)
    for step in steps:
        closed(step)
    first, last = steps[0], steps[-1]
    np.testing.assert_allclose(first.moved.rates, [0.5, 0.5], rtol=1e-9)
    np.testing.assert_allclose(first.features[0].terms["from-mvr"], 1.0, rtol=1e-9)
    np.testing.assert_allclose(last.moved.rates, [0.5], rtol=1e-12)
    np.testing.assert_allclose(last.features[0].volume_end, 100.0 + 10.0 * 1.0 + 10.0 * 0.5, rtol=1e-9)


def through(newton=False, **options):
    """A stream that a mover ends in a lake, whose weir another mover hands to the stream's lower part."""
    grid = strip()
    stream = reaches(4, [(0, 1), (2, 3)], cells=[0, 1, 3, 4], top=[10.2, 10.1, 9.5, 9.4], bed_conductivity=0.05,
                     length=10.0, width=1.0, inflow=np.array([30.0, 0.0, 0.0, 0.0]), conversion=86400.0,
                     upstream_fraction=[1.0, 1.0, 1.0, 1.0])
    lake = lakes([(0, 2, "vertical", 0.05)], 10.4, outlets=[(0, -1, "weir")], invert=10.3, width=0.001, rainfall=0.01,
                 evaporation=0.002)
    lake = replace(lake, time_conversion=86400.0)
    flow = with_lakes(grid, rock(grid, 2.0, cell_type=1), [package("chd", [4], head=8.0)], lake, start=9.0,
                      newton=newton, **options)
    return replace(flow, features=(stream, lake), mover=rules(
        ("sfr-1", 1, "lak-1", 0, "factor", 1.0), ("lak-1", 0, "sfr-1", 2, "factor", 0.75)))


@pytest.mark.parametrize("newton", [False, True])
@pytest.mark.parametrize("transient", [False, True])
def test_a_stream_runs_through_a_lake_and_on(newton, transient):
    flow = through(newton, **({"time": ((20.0, 8, 1.2),), "storage": storage(strip(), 1e-5, 0.1, True)}
                              if transient else {}))
    for step in solve(flow):
        closed(step)
        stream, lake = step.features
        np.testing.assert_allclose(-stream.terms["to-mvr"].sum(), lake.terms["from-mvr"].sum(), rtol=1e-12)
        np.testing.assert_allclose(-lake.terms["to-mvr"].sum(), stream.terms["from-mvr"].sum(), rtol=1e-12)
        np.testing.assert_allclose(lake.terms["to-mvr"], 3.0 * lake.terms["ext-outflow"], rtol=1e-9)
        np.testing.assert_allclose(stream.terms["ext-outflow"][1], 0.0, atol=1e-12)
        assert step.moved.rates.min() > 0.0


def test_a_mover_takes_before_the_lake_below_gets():
    grid = structured_grid([10.0] * 3, [10.0], 10.0, [0.0])
    chain = lakes([(i, i, "vertical", 0.0) for i in range(3)], [11.0, 10.5, 10.5],
                  outlets=[(0, 1, "weir"), (1, -1, "weir"), (2, -1, "weir")], invert=10.0, width=1e-3, rainfall=0.01)
    flow = replace(with_lakes(grid, rock(grid, 5.0), [package("chd", [0], head=5.0)], chain, start=5.0),
                   mover=rules(("lak-1", 0, "lak-1", 2, "factor", 0.25)))
    step, = solve(flow)
    closed(step)
    lake = step.features[0]
    np.testing.assert_allclose(lake.link_rate, [0.75], rtol=1e-9)
    np.testing.assert_allclose(lake.terms["to-mvr"], [-0.25, 0.0, 0.0], rtol=1e-9)
    np.testing.assert_allclose(lake.terms["ext-outflow"], [0.0, -1.75, -1.25], rtol=1e-9)


def test_amounts_that_never_settle_are_told():
    # What the first rule takes is missing for the second, which feeds the lake that the first takes from.
    grid = structured_grid([10.0] * 2, [10.0], 10.0, [0.0])
    pair = lakes([(0, 0, "vertical", 0.0), (1, 1, "vertical", 0.0)], [10.0, 10.0],
                 outlets=[(0, -1, "specified"), (1, -1, "specified")], rate=-8.0, inflow=[np.array([3.0, 0.0])])
    flow = replace(with_lakes(grid, rock(grid, 5.0), [package("chd", [0], head=5.0)], pair, start=5.0), mover=rules(
        ("lak-1", 0, "lak-1", 1, "threshold", 5.0), ("lak-1", 0, "lak-1", 0, "upto", 100.0)))
    with pytest.raises(RunError, match="do not settle"):
        solve(flow)


def test_an_entry_that_a_package_does_not_have_is_told():
    grid = strip()
    flow = with_lakes(grid, rock(grid, 5.0), [package("drn", [4], elevation=5.0, conductance=100.0)],
                      lakes([(0, 0, "vertical", 0.1)], 11.0), start=6.0, time=((1.0, 1, 1.0),), storage=storage(grid))
    with pytest.raises(InputError, match="rule 1: number of the provider"):
        solve(replace(flow, mover=rules(("drn-1", 2, "lak-1", 0, "upto", 1.0))))


def test_numbers_that_no_package_has_are_told_together():
    wrong = rules(("sfr-1", 9, "lak-1", 0, "factor", 1.0), ("lak-1", 0, "sfr-1", 7, "upto", 1.0),
                  ("lak-1", 0, "pond", 0, "upto", 1.0))
    flow = replace(through(), mover=wrong)
    with pytest.raises(InputError) as error:
        solve(flow)
    assert len(error.value.problems) == 3


def jacobian_and_differences(flow, head, step=1e-6):
    """The derivative of the cells' balance by heads: unknowns of features taken out of the matrix, and differences."""
    grid, time = flow.grid, next(flow.time.steps())
    faces, coupling = FaceEquations(flow), Coupling(flow, grid.cell_below)
    system = StepSystem(faces, StorageEquations(flow), Boundaries(flow, time, grid.cell_below),
                        Pattern(faces, coupling), flow.initial_head, time, coupling)
    coupling.begin(time, system.transient)
    n, active = head.size, np.ones(head.size, bool)
    for _ in range(15):  # reaches have then chosen their scheme
        balance = system.balance(head.copy(), active)
    full = system.matrix(balance, active, True).csr().toarray()
    schur = full[:n, :n] - full[:n, n:] @ np.linalg.solve(full[n:, n:], full[n:, :n])
    differences = np.empty((n, n))
    for cell in range(n):
        moved = [head + sign * step * (np.arange(n) == cell) for sign in (1.0, -1.0)]
        up, down = (system.balance(h, active).residual for h in moved)
        differences[:, cell] = (up - down) / (2.0 * step)
    return -schur, differences


def drained(newton):
    """Drains feed a reach in part, whose lower neighbour gets what a mover to a lake leaves; its weir feeds a reach."""
    grid = strip()
    stream = reaches(4, [(0, 1), (2, 3)], cells=[0, 1, 3, 4], top=[8.2, 8.1, 7.5, 7.4], bed_conductivity=0.5,
                     length=10.0, width=1.0, inflow=np.array([30.0, 0.0, 0.0, 0.0]), conversion=86400.0)
    lake = lakes([(0, 2, "vertical", 0.2)], 10.4, outlets=[(0, -1, "weir")], invert=10.05, width=1e-3, rainfall=0.3)
    fall = [package("drn", [0, 4], elevation=[7.0, 6.5], conductance=2.0),
            package("ghb", [4], head=8.0, conductance=1.0)]
    flow = with_lakes(grid, rock(grid, 2.0, cell_type=1), fall, replace(lake, time_conversion=86400.0), start=8.8,
                      newton=newton)
    return replace(flow, features=(stream, lake), mover=rules(
        ("drn-1", 0, "sfr-1", 0, "factor", 0.6), ("drn-1", 1, "lak-1", 0, "excess", 0.5),
        ("sfr-1", 0, "lak-1", 0, "factor", 0.3), ("lak-1", 0, "sfr-1", 2, "factor", 0.75),
        ("lak-1", 0, "lak-1", 0, "factor", 0.1)))


@pytest.mark.parametrize("newton", [False, True])
@pytest.mark.parametrize("transient", [False, True])
def test_what_movers_bring_stands_in_newtons_matrix(newton, transient):
    flow = drained(newton)
    if transient:
        flow = replace(flow, storage=storage(flow.grid, 1e-4, 0.1, True))
    exact, differences = jacobian_and_differences(flow, np.array([8.9, 8.7, 8.6, 8.5, 8.3]))
    np.testing.assert_allclose(exact, differences, rtol=2e-4, atol=2e-4)
    without, _ = jacobian_and_differences(replace(flow, mover=None), np.array([8.9, 8.7, 8.6, 8.5, 8.3]))
    assert np.abs(without - exact).max() > 0.05


def test_a_package_is_asked_as_often_as_water_comes_back_to_it(monkeypatch):
    asked, settle = [], Movers.settle

    def counted(self, respond, *rest):
        asked.append([])
        return settle(self, lambda f: asked[-1].append(f.package.name) or respond(f), *rest)

    monkeypatch.setattr(Movers, "settle", counted)
    solve(through())
    once = ["sfr-1", "lak-1", "sfr-1"]
    assert once in asked and all(a == once[:len(a)] for a in asked)


def test_newton_closes_a_stream_through_a_lake_in_few_iterations():
    for step in solve(through(True, time=((20.0, 8, 1.2),), storage=storage(strip(), 1e-5, 0.1, True))):
        assert step.iterations <= 6


@pytest.mark.parametrize("back", [0.5, 0.999])
def test_water_that_movers_lead_in_a_circle_goes_round_as_often_as_is_handed_back(back):
    # Of what a lake's weir lets out a part runs through a reach back into it: 1 / (1 - back) times what comes.
    grid = structured_grid([10.0] * 2, [10.0], 10.0, [0.0])
    pond = lakes([(0, 0, "vertical", 0.0)], 10.5, outlets=[(0, -1, "weir")], invert=10.0, width=1e-3, rainfall=0.01)
    flow = with_lakes(grid, rock(grid, 5.0), [package("chd", [1], head=5.0)], pond, start=5.0)
    flow = replace(flow, features=(reaches(1, [], cells=[1], length=10.0), pond), mover=rules(
        ("lak-1", 0, "sfr-1", 0, "factor", back), ("sfr-1", 0, "lak-1", 0, "factor", 1.0)))
    step, = solve(flow)
    closed(step)
    np.testing.assert_allclose(step.moved.rates, back / (1.0 - back), rtol=1e-9)
    np.testing.assert_allclose(step.features[1].terms["ext-outflow"], -1.0, rtol=1e-9)
