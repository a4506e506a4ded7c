"""Oil and loss to the air in runs of the transport engine: mass closes, nothing is negative, limits are kept."""

import dataclasses

import numpy as np
import pytest

from gwsolver.core.chemistry import Chemistry
from gwsolver.core.dis import structured_grid
from gwsolver.core.ledger import Ledger
from gwsolver.core.time import TimeStep
from gwsolver.reactions.oil.body import Leak, Oil, OilBody, OilComponent, OilSetting, Removal
from gwsolver.reactions.oil.kinetic import RateLimited
from gwsolver.reactions.sources.fixed import Fixed
from gwsolver.reactions.volatilisation import Volatile, Volatilisation
from gwsolver.transport import TransportSolver
from tests.transport.builders import transport_model, uniform_flow

GRID = structured_grid(np.full(30, 2.0), np.full(8, 2.0), 1.0, [0.0])
SPECIES = ("benzene", "toluene", "oxygen")
COMPONENTS = (OilComponent("benzene", 78.11, 1780.0), OilComponent("toluene", 92.14, 526.0))
CRUDE = Oil({"benzene": 0.01, "toluene": 0.03}, 250.0, 8.6e5)
MASS = 2e4  # in a cell of 4 m3: 2.3 % of the pore space
UNDER = np.flatnonzero((np.abs(GRID.x - 12.0) < 4.0) & (np.abs(GRID.y - 8.0) < 4.0))


def lake(**more):
    return OilBody("lake", UNDER, np.full(UNDER.size, MASS), CRUDE, area=np.full(UNDER.size, 4.0), **more)


def models():
    base = transport_model(GRID, dispersivity=(1.0, 0.1, 0.1), kd=1e-7, bulk_density=1.7e6, sources=[("edge", "c")])
    clean = [dataclasses.replace(base, name=name, sources=()) for name in SPECIES[:2]]
    return [*clean, dataclasses.replace(base, name="oxygen", initial_concentration=np.full(GRID.n_cells, 8.0))]


def carried(chemistry, scheme="limited", end=60.0, n=6):
    flow = uniform_flow(GRID, (0.1, 0.03, 0.0), end=end, concentration=8.0)
    solver = TransportSolver(models(), scheme=scheme, chemistry=chemistry)
    total = {name: Ledger() for name in SPECIES}
    time = 0.0
    while time < end:
        steps = solver.advance_part(flow, min(end, end / n * (1 + round(time * n / end))), TimeStep(0, 0, 0.0, end))
        time = steps[0].end
        for step in steps:
            assert step.ledger.closure() < 1e-12
            assert step.minimum >= 0.0
            total[step.species].merge(step.ledger)
        for account in solver.reactions.accounts:
            assert account.ledger.closure() < 1e-12
    return steps, {name: {(p, t): i - o for p, t, i, o in ledger.rows()} for name, ledger in total.items()}


@pytest.mark.parametrize("scheme", ["limited", "implicit"])
def test_a_body_that_leaks_depletes_and_is_dug_out(scheme):
    leak = Leak(Fixed(900.0, "rate", 5.0, 15.0), np.full(UNDER.size, 1.0 / UNDER.size))
    body = lake(leaks=(leak,), depletion_rate=0.05, removals=(Removal(42.0, 0.1, UNDER[:5]),))
    steps, booked = carried(Chemistry((), SPECIES, oil=OilSetting(COMPONENTS, (body,))), scheme)
    spilled = MASS * UNDER.size
    assert booked["benzene"]["lake", "spilled"] == pytest.approx(0.01 * spilled, rel=1e-12)
    assert booked["benzene"]["lake", "leak"] == pytest.approx(0.01 * 9000.0, rel=1e-10)
    assert booked["benzene"]["lake", "removal"] < 0.0 and booked["benzene"]["lake", "source-zone depletion"] < 0.0
    x = CRUDE.mole_fractions({c.species: c.molar_mass for c in COMPONENTS})
    for step, component in zip(steps[:2], COMPONENTS, strict=True):
        assert 0.5 < step.concentration.max() / (x[component.species] * component.solubility) < 1.0 + 1e-9
    assert set(p for p, _ in booked["oxygen"]) <= {"edge", "storage"}


def test_slow_dissolution_and_loss_to_the_air_close_their_books():
    oil = RateLimited(OilSetting(COMPONENTS, (lake(),)), {"benzene": 0.02, "toluene": 0.01}, power=0.5)
    n = GRID.n_cells
    air = Volatilisation((Volatile("benzene", 0.225, 0.76, 8.5e-5),), np.arange(n), np.zeros(n, int), np.full(n, 4.0),
                         np.zeros(n), np.full(n, 3.0), np.full(n, 0.25), 0.1, fringe=0.1)
    slow, booked = carried(Chemistry((oil, air), SPECIES))
    fast, _ = carried(Chemistry((air,), SPECIES, oil=OilSetting(COMPONENTS, (lake(),))))
    assert booked["benzene"]["oil", "dissolution"] > 0.0
    assert booked["benzene"]["volatilisation", "to air"] < 0.0
    for one, other in zip(slow[:2], fast[:2], strict=True):
        assert 0.0 < one.concentration.max() < other.concentration.max()


@pytest.mark.parametrize("scheme", ["limited", "implicit"])
def test_fast_transfer_gives_the_plume_of_equilibrium(scheme):
    """Oil as a phase that transport carries, and oil that a reaction holds: the difference halves with the step."""
    rates = dict.fromkeys(("benzene", "toluene"), 1e4)
    setting, differences = OilSetting(COMPONENTS, (lake(),)), []
    for step in (0.4, 0.2):
        slow, _ = carried(Chemistry((RateLimited(setting, rates),), SPECIES, step=step), scheme, 20.0, 2)
        fast, _ = carried(Chemistry((), SPECIES, oil=setting, step=step), scheme, 20.0, 2)
        differences.append([np.abs(a.concentration - b.concentration).max() / b.concentration.max()
                            for a, b in zip(slow[:2], fast[:2], strict=True)])
    wide, narrow = np.array(differences)
    assert (narrow < 5e-3).all()
    assert wide / narrow == pytest.approx(2.0, abs=0.35)
