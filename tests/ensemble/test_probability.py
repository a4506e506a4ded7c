"""Probabilities of an ensemble against those of the distributions: a steady column with first-order decay.

    C(x) = f C0 exp(x / (2 a) (1 - sqrt(1 + 4 lambda a / v)))

(van Genuchten and Alves 1982, USDA Technical Bulletin 1661, C5 for t without bound): monotone in f and in lambda.
"""

import numpy as np
import pytest

import gwsolver as gw
from gwsolver.case import read_case
from gwsolver.core.statistics import chance, quantile_with_never, rank_correlation, standard_error
from gwsolver.ensemble.folder import EnsembleFolder
from gwsolver.ensemble.reduce import Wanted, save
from gwsolver.ensemble.result import Ensemble
from gwsolver.flow import FlowSolver
from gwsolver.transport import TransportSolver
from tests.ensemble.sites import CELL, CELLS, DISPERSIVITY, FLUX, POROSITY, column

X = CELL * np.arange(CELLS)
LIMIT = 0.1
MEMBERS = 200


def attenuation(decay):
    """C / (f C0) in the cells, shape (decay, cell)."""
    velocity = FLUX / POROSITY
    root = np.sqrt(1.0 + 4.0 * np.asarray(decay)[:, None] * DISPERSIVITY / velocity)
    return np.exp(X / (2.0 * DISPERSIVITY) * (1.0 - root))


def exact_probability():
    """P(C > limit) in the cells: over lambda by the midpoint rule, over f in closed form."""
    u = (np.arange(4000) + 0.5) / 4000
    needed = LIMIT / attenuation(0.005 * 20.0**u)  # f that brings the limit
    return np.clip(1.0 - np.log(needed / 0.2) / np.log(25.0), 0.0, 1.0).mean(axis=0)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Members solved one after another here: the flow is that of the case in all of them."""
    folder = column(tmp_path_factory.mktemp("column") / "site")
    place = EnsembleFolder(folder / "ensemble")
    gw.run(folder, place.base, scheme="steady")
    loaded, uncertain = gw.load(folder), read_case(folder).uncertain
    made = uncertain.design()
    assert made.n_members == MEMBERS
    place.write({}, made, Wanted(("tracer",), (1000.0,), {"tracer": LIMIT}))
    step = loaded.simulation.flow_models[0].time.steps_of(0)[0]
    flow = FlowSolver(loaded.simulation.flow_models[0]).advance(step)
    for member in range(1, MEMBERS + 1):
        simulation, _ = uncertain.apply(made, member, loaded.simulation, loaded.info)
        (solved,) = TransportSolver(simulation.transport_models, scheme="steady").advance(flow, step.end, step)
        save(place.member(member), {"concentration/tracer": solved.concentration[None].astype(np.float32)})
    return Ensemble(place)


def test_members_are_the_exact_solution(found):
    drawn = found.values
    exact = drawn["strength"].to_numpy()[:, None] * attenuation(drawn["decay"].to_numpy())
    solved = np.stack([c[0] for c in found.concentrations("tracer")])
    seen = exact > 0.01 * LIMIT
    assert np.abs(np.log(solved[seen] / exact[seen])).max() < 0.25  # of up to 8.5; measured: 0.17 at cells of 0.5 m


def test_the_probability_is_that_of_the_distributions_within_sampling_error(found):
    p, exact = found.exceedance("tracer", LIMIT)[0], exact_probability()
    error = standard_error(exact, MEMBERS)
    use = (exact > 0.02) & (exact < 0.98)
    off = (p - exact)[use] / error[use]
    assert use.sum() > 100
    assert np.abs(off).max() < 2.0  # measured: 0.76; strata make it smaller than a plain draw would
    assert np.abs(p[exact == 0.0]).max(initial=0.0) == 0.0


def test_ranks_are_those_of_the_exact_solution(found):
    drawn = found.values
    last = np.stack([c[0] for c in found.concentrations("tracer")])[:, 40]
    exact = drawn["strength"].to_numpy() * attenuation(drawn["decay"].to_numpy())[:, 40]
    for name in ("strength", "decay"):
        r = rank_correlation(drawn[name].to_numpy(), last)
        assert r == pytest.approx(rank_correlation(drawn[name].to_numpy(), exact), abs=0.01)
        assert abs(r) > chance(MEMBERS)
    assert rank_correlation(drawn["strength"].to_numpy(), last) > 0.0 > rank_correlation(
        drawn["decay"].to_numpy(), last)


def test_rank_correlation_is_that_of_scipy_with_ties_and_never():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(2)
    x, y = rng.random(50), rng.integers(0, 6, 50).astype(float)
    assert rank_correlation(x, y) == pytest.approx(spearmanr(x, y).statistic, abs=1e-14)
    assert rank_correlation(np.arange(4.0), np.array([1.0, 2.0, np.inf, np.inf])) == pytest.approx(
        spearmanr(np.arange(4.0), [1.0, 2.0, 9.0, 9.0]).statistic)
    assert np.isnan(rank_correlation(x, np.full(50, 3.0)))


def test_quantiles_keep_never_as_a_class():
    arrivals = np.array([[5.0, np.inf], [np.inf, np.inf], [3.0, np.inf], [8.0, 2.0], [np.inf, np.inf]])
    np.testing.assert_array_equal(quantile_with_never(arrivals, 0.1), [3.0, 2.0])
    np.testing.assert_array_equal(quantile_with_never(arrivals, 0.5), [8.0, np.inf])
    np.testing.assert_array_equal(quantile_with_never(arrivals, 0.9), [np.inf, np.inf])
    np.testing.assert_array_equal(quantile_with_never(np.arange(1.0, 11.0)[:, None], 0.1), [1.0])


def test_standard_errors():
    assert standard_error(np.array([0.5]), 200) == pytest.approx(0.0354, abs=1e-4)
    assert standard_error(np.array([0.0, 1.0]), 200).tolist() == [0.0, 0.0]
