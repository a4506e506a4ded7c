"""Transport and reactions in turn: order of splitting, books, oil that a cell keeps, going on from a state.

The reactions here are the simplest there are, each exact by itself; those of users are in tests/reactions.
"""

import dataclasses

import numpy as np
import pytest

from gwsolver.core.chemistry import Chemistry
from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError
from gwsolver.core.ledger import Ledger
from gwsolver.core.time import TimeStep
from gwsolver.transport import TransportSolver
from tests.transport.builders import transport_model, uniform_flow

LINE = structured_grid(np.full(40, 2.0), [10.0], 1.0, [0.0])
X = np.arange(40) * 2.0 + 1.0
PLANE = structured_grid(np.full(16, 2.0), np.full(12, 2.0), 1.0, [0.0])


@dataclasses.dataclass(frozen=True)
class Turns:
    """The first species turns into the second: dA/dt = -k A, exact."""

    rate: float
    instant: bool = False

    def start(self, species, n_cells):
        return _Turns(self)


class _Turns:
    def __init__(self, setting):
        self.instant, self._rate = setting.instant, setting.rate
        self._made = 0.0

    def act(self, cells, length, book):
        gone = np.where(cells.free[0], -cells.mass[0] * np.expm1(-self._rate * length), 0.0)
        cells.mass[0] -= gone
        cells.mass[1] += gone
        self._made += gone.sum()
        book("a", "degradation", "b", -gone)
        book("b", "degradation", "a", gone)

    def held(self):
        return {}

    def balances(self):
        return {"mass": (0.0, self._made)}

    def state(self):
        return {"made": np.array([self._made])}

    def restore(self, state):
        self._made = float(state["made"][0])


@dataclasses.dataclass(frozen=True)
class Meets:
    """A + B -> nothing that is followed, dA/dt = dB/dt = -k A B, exact in a closed cell."""

    rate: float

    def start(self, species, n_cells):
        return _Meets(self.rate)


class _Meets(_Turns):
    instant = False

    def __init__(self, rate):
        self._rate, self._made = rate, 0.0

    def act(self, cells, length, book):
        a, b = cells.mass / cells.content
        d, k = a - b, self._rate * length
        same = np.abs(d) < 1e-9
        e = np.exp(-k * np.where(same, 1.0, d))
        after = np.where(same, a / (1.0 + k * a), a * np.where(same, 1.0, d) / (a - b * e + same))
        gone = np.clip(a - after, 0.0, np.minimum(a, b)) * cells.content[0]
        cells.mass -= gone
        book("a", "degradation", "b", -gone)
        book("b", "degradation", "a", -gone)


class Keeps:
    """Oil that keeps the same of every species for ever, or that doubles at a date."""

    dates, components = (), ("a",)

    def __init__(self, oil):
        self.oil = oil

    def start(self, species, n_cells):
        return self

    def arrive(self, cells, book):
        cells.oil = self.oil.copy()
        cells.content = cells.content + self.oil
        brought = self.oil * 2.0  # in equilibrium with a concentration of 2
        cells.mass += brought
        for i, name in enumerate(cells.species):
            book(name, "oil", "spilled", brought[i])

    def act(self, cells, length, book):
        pass

    def part_in_oil(self, cells):
        return self.oil / cells.content

    def held(self):
        return {}

    def state(self):
        return {}

    def restore(self, state):
        pass


def pair(grid, **options):
    a = dataclasses.replace(transport_model(grid, **options), name="a")
    return a, dataclasses.replace(a, name="b", initial_concentration=np.zeros(grid.n_cells), sources=())


def run(models, chemistry, flow, end, n, scheme="limited"):
    """Carry species in n equal steps of transport; return the last step and each species' ledger."""
    solver = TransportSolver(models, scheme=scheme, chemistry=chemistry)
    total = {m.name: Ledger() for m in models}
    for k in range(n):
        until = end * (k + 1) / n
        steps = solver.advance(flow, until, TimeStep(0, 0, 0.0, end))
        for step in steps:
            assert step.ledger.closure() < 1e-12
            assert step.minimum >= 0.0
            total[step.species].merge(step.ledger)
    return steps, total, solver


@pytest.mark.parametrize("scheme", ["limited", "upstream", "implicit"])
def test_what_one_species_loses_the_other_gains(scheme):
    options = {"dispersivity": (1.0, 0.1, 0.1), "initial": np.exp(-((X - 20.0) / 6.0) ** 2),
               "kd": 0.2, "bulk_density": 1.5, "sources": [("edge", "c")]}
    models, flow = pair(LINE, **options), uniform_flow(LINE, (0.3, 0.0, 0.0), end=30.0, concentration=0.7)
    steps, total, solver = run(models, Chemistry((Turns(0.05),), ("a", "b")), flow, 30.0, 60, scheme)
    booked = {name: {(p, t): (i, o) for p, t, i, o in ledger.rows()} for name, ledger in total.items()}
    assert booked["a"]["degradation", "b"][1] == pytest.approx(booked["b"]["degradation", "a"][0], rel=1e-13)
    assert booked["a"]["degradation", "b"][1] > 0.1
    assert all(ledger.closure() < 1e-12 for ledger in total.values())
    tracer = run(models[:1], None, flow, 30.0, 60, scheme)[0][0].concentration
    both = steps[0].concentration + steps[1].concentration
    # Upstream weighting is linear in the concentrations, limited advection nearly.
    np.testing.assert_allclose(both, tracer, atol=1e-6 if scheme == "upstream" else 5e-3)
    assert solver.reactions.balances == {"mass": 0.0}


def test_splitting_is_of_second_order():
    """A plume into a gradient of what it meets: the error of Strang's order falls four-fold as the step is halved."""
    x = np.tile(np.arange(16) * 2.0 + 1.0, 12)
    a, b = pair(PLANE, dispersivity=(2.0, 0.5, 0.5), initial=np.exp(-((x - 10.0) / 5.0) ** 2), sources=[("edge", "c")])
    b = dataclasses.replace(b, initial_concentration=0.5 + x / 40.0)
    flow = uniform_flow(PLANE, (0.25, 0.1, 0.0), end=4.0)
    chemistry = Chemistry((Meets(0.8),), ("a", "b"))
    # Implicit steps of a length that never changes: what is left is the error of splitting.
    found = [run((a, b), chemistry, flow, 4.0, n, "upstream")[0][0].concentration for n in (4, 8, 16, 64)]
    errors = [np.abs(c - found[-1]).max() for c in found[:-1]]
    assert errors[0] / errors[1] > 3.0
    assert errors[1] / errors[2] > 3.0


@pytest.mark.parametrize("scheme", ["limited", "implicit"])
def test_oil_retards_as_sorption_does(scheme):
    """Content W R + N/s: a plume through oil of N/s = 2 W everywhere is that of R = 3."""
    flow = uniform_flow(LINE, (0.3, 0.0, 0.0), end=40.0, concentration=1.0)
    model = dataclasses.replace(transport_model(LINE, dispersivity=(1.0, 0.0, 0.0), sources=[("edge", "c")]), name="a")
    oil = np.zeros((1, LINE.n_cells))
    oil[:] = 2.0 * 0.25 * LINE.volume
    steps, total, _ = run((model,), Chemistry((), ("a",), oil=Keeps(oil)), flow, 40.0, 4, scheme)
    sorbing = transport_model(LINE, dispersivity=(1.0, 0.0, 0.0), kd=0.25, bulk_density=2.0, sources=[("edge", "c")])
    sorbing = dataclasses.replace(sorbing, initial_concentration=np.full(LINE.n_cells, 4.0 / 3.0))
    other = TransportSolver([sorbing], scheme=scheme)
    for k in range(4):
        expected = other.advance(flow, 10.0 * (k + 1), TimeStep(0, 0, 0.0, 40.0))[0]
    np.testing.assert_allclose(steps[0].concentration, expected.concentration, rtol=2e-5)
    assert total["a"].closure() < 1e-12
    booked = {(p, t): (i, o) for p, t, i, o in total["a"].rows()}
    assert booked["oil", "spilled"][0] == pytest.approx(2.0 * oil.sum())
    assert steps[0].in_oil.sum() == pytest.approx((oil[0] * steps[0].concentration).sum())
    assert steps[0].mass_sorbed == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("oil", [False, True])
def test_going_on_from_a_state_gives_the_same_bits(oil):
    flow = uniform_flow(LINE, (0.3, 0.0, 0.0), end=30.0, concentration=1.0)
    models = pair(LINE, dispersivity=(1.0, 0.1, 0.1), initial=0.3, sources=[("edge", "c")])
    kept = np.vstack([np.linspace(0.0, 5.0, LINE.n_cells), np.zeros(LINE.n_cells)])
    chemistry = Chemistry((Turns(0.05),), ("a", "b"), oil=Keeps(kept) if oil else None)

    def carry(solver, start):
        time, found = start, []
        while time < 30.0:
            steps = solver.advance_part(flow, time + 5.0, TimeStep(0, 0, 0.0, 30.0))
            time = steps[0].end
            found.append((time, {k: v.copy() for k, v in solver.state().items()}, steps))
        return found

    whole = carry(TransportSolver(models, chemistry=chemistry), 0.0)
    assert len(whole) > 5
    time, state, _ = whole[3]
    other = TransportSolver(models, chemistry=chemistry)
    other.restore(state, flow)
    rest = carry(other, time)
    assert [t for t, _, _ in rest] == [t for t, _, _ in whole[4:]]
    for one, two in zip(whole[-1][2], rest[-1][2], strict=True):
        assert np.array_equal(one.concentration, two.concentration)
        assert list(one.ledger.rows()) == list(two.ledger.rows())


def test_given_concentrations_stay_as_they_are():
    models = pair(LINE, initial=1.0)
    from tests.transport.builders import constant

    fixed = dataclasses.replace(models[0], packages=(constant("cnc-1", "cnc", [3], concentration=[2.0]),))
    flow = uniform_flow(LINE, (0.0, 0.0, 0.0), end=10.0)
    steps, _, _ = run((fixed, models[1]), Chemistry((Turns(0.5),), ("a", "b")), flow, 10.0, 4)
    assert steps[0].concentration[3] == 2.0
    assert steps[1].concentration[3] == 0.0
    assert steps[0].concentration[4] == pytest.approx(np.exp(-5.0), rel=1e-6)


def test_steps_follow_from_what_reactions_do():
    """Slow reactions leave long steps; a given longest step is kept to; steps meet the end."""
    flow = uniform_flow(LINE, (0.3, 0.0, 0.0), end=30.0)
    models = pair(LINE, dispersivity=(1.0, 0.0, 0.0), initial=1.0)

    def splits(chemistry):
        solver = TransportSolver(models, chemistry=chemistry)
        assert solver.advance_part(flow, 30.0, TimeStep(0, 0, 0.0, 30.0))[0].end == 30.0
        return solver.reactions.splits

    slow, fast = (splits(Chemistry((Turns(rate),), ("a", "b"))) for rate in (1e-6, 0.5))
    assert 5 < slow < 12 < fast
    assert splits(Chemistry((Turns(0.01),), ("a", "b"), step=1.0)) == 30
    # Equilibria: no further apart than water moves by a cell, 2 m at 1.2 m per time.
    assert splits(Chemistry((Turns(0.01, instant=True),), ("a", "b"))) == 18


def test_schemes_that_carry_species_apart_refuse_reactions():
    flow = uniform_flow(LINE, (0.3, 0.0, 0.0), end=30.0)
    assert flow.end == 30.0
    for scheme in ("mf6", "steady"):
        with pytest.raises(InputError, match="reactions between them are not solved with it"):
            TransportSolver(pair(LINE), scheme=scheme, chemistry=Chemistry((Turns(0.5),), ("a", "b")))
