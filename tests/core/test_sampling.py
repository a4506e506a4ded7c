"""Members of an ensemble: marginals, strata, seeds."""

import json

import numpy as np
import pytest
from scipy import stats

from gwsolver.core.case import Provenance
from gwsolver.core.distributions import Spread, distributions
from gwsolver.core.distributions.registry import NORMAL_OF_RANGE
from gwsolver.core.sampling import Design, Parameter, UncertainValue, design, latin_hypercube

N = 200
SPREAD = Spread(0.4, 2.5, 1.2)
DEVIATION = {"normal": 0.5 * (2.5 - 0.4) / NORMAL_OF_RANGE, "lognormal": 0.5 * np.log(2.5 / 0.4) / NORMAL_OF_RANGE}
# The same distributions as another library writes them.
FROZEN = {
    "uniform": stats.uniform(0.4, 2.1),
    "loguniform": stats.loguniform(0.4, 2.5),
    "triangular": stats.triang((1.2 - 0.4) / 2.1, 0.4, 2.1),
    "normal": stats.norm(1.45, DEVIATION["normal"]),
    "lognormal": stats.lognorm(DEVIATION["lognormal"], scale=1.0),
}


def parameter(name="K", distribution="uniform", spread=SPREAD):
    return Parameter(name, {"en": name}, (UncertainValue("conductivity.1.factor", "-", distribution, spread,
                                                         Provenance("Test", "assumed")),))


def test_every_distribution_has_a_twin_here():
    assert distributions().keys() == FROZEN.keys()


@pytest.mark.parametrize("name", FROZEN)
def test_quantiles_are_those_of_the_distribution(name):
    u = np.linspace(0.001, 0.999, 999)
    np.testing.assert_allclose(distributions()[name].quantile(u, SPREAD), FROZEN[name].ppf(u), rtol=1e-12)


@pytest.mark.parametrize(("name", "held"), [("uniform", 1.0), ("loguniform", 1.0), ("triangular", 1.0),
                                            ("normal", 0.95), ("lognormal", 0.95)])
def test_the_range_holds_what_it_says(name, held):
    assert np.diff(FROZEN[name].cdf([0.4, 2.5]))[0] == pytest.approx(held, abs=1e-12)


@pytest.mark.parametrize("name", FROZEN)
def test_one_member_stands_in_each_stratum_of_each_parameter(name):
    made = design((parameter("a", name), parameter("b"), parameter("c", name)), N, 7)
    for _, _, drawn in made.columns():
        assert drawn.shape == (N,)
    strata = np.floor(FROZEN[name].cdf(next(made.columns())[2]) * N).astype(int)
    assert sorted(strata) == list(range(N))
    for j in range(3):
        assert sorted(np.floor(made.quantiles[:, j] * N).astype(int)) == list(range(N))


def test_means_of_strata_are_those_of_the_distribution():
    """Stratified sampling of a monotone function: the error of the mean is below the range over N."""
    drawn = next(design((parameter("K", "triangular"),), N, 1).columns())[2]
    assert drawn.mean() == pytest.approx(FROZEN["triangular"].mean(), abs=2.1 / N)


@pytest.mark.parametrize("seed", [1, 11])
def test_parameters_are_not_correlated_by_chance(seed):
    """Paired at random, the largest of 15 correlations is 0.17 and 0.25 for these seeds."""
    r = np.corrcoef(latin_hypercube(N, 6, seed).T)[np.triu_indices(6, 1)]
    assert np.abs(r).max() < 0.03  # measured: 0.012, 0.010


def test_a_member_has_its_values_whoever_asks_and_in_whatever_order():
    made = design((parameter("a", "lognormal"), parameter("b", "loguniform")), N, 5)
    again = design((parameter("a", "lognormal"), parameter("b", "loguniform")), N, 5)
    for member in (200, 1, 17):
        assert made.of(member) == again.of(member)
        assert made.of(member)["a: conductivity.1.factor"] == next(made.columns())[2][member - 1]
    other = design((parameter("a", "lognormal"), parameter("b", "loguniform")), N, 6)
    assert other.of(17) != made.of(17)


def test_the_draw_of_a_seed_stays_what_it_was():
    """Values of a seed are part of what a report says: another library version may not change them."""
    np.testing.assert_allclose(latin_hypercube(3, 2, 1), [
        [0.10032182, 0.06247390], [0.96771296, 0.55993254], [0.45162716, 0.94188816]], atol=1e-8)


def test_values_keep_ten_digits_and_survive_json():
    made = design((parameter("a", "lognormal"),), N, 5)
    back = Design.from_json(json.loads(json.dumps(made.to_json())))
    for member in range(1, N + 1):
        (value,) = made.of(member).values()
        assert value == float(f"{value:.10g}")
        assert back.of(member) == made.of(member)
    assert back.parameters == made.parameters


def test_values_of_one_parameter_rise_together():
    two = Parameter("decay", {}, (UncertainValue("species.1.decay", "1/d", "loguniform", Spread(1e-4, 1e-2, 1e-3)),
                                  UncertainValue("species.2.decay", "1/d", "uniform", Spread(0.0, 1.0, 0.5))))
    (_, _, first), (_, _, second) = design((two,), N, 1).columns()
    assert list(np.argsort(first)) == list(np.argsort(second))
