"""Monod kinetics: exact batches by Lambert's W, growth by its integral, competition, electrons of growth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import lambertw

from gwsolver.core.errors import InputError
from gwsolver.reactions.degradation.kinetic import Acceptor
from gwsolver.reactions.degradation.monod import Biomass, Setting, Substrate
from gwsolver.reactions.degradation.rates import Tolerances
from tests.reactions.degradation.cells import Books, cells_of

# S0 10, K 0.5, k 0.1: S = K W(S0 / K exp((S0 - k t) / K)).
BATCH = {10: 9.0499149, 50: 5.3159378, 90: 1.8450416, 100: 1.1025016, 110: 0.4989336, 130: 0.0236427}
TIGHT = Tolerances(1e-10, 1e-12)


def run(setting, cells, length, parts=1):
    reaction, books = setting.start(cells.species, cells.water.size), Books()
    for _ in range(parts):
        reaction.act(cells, length / parts, books)
    return reaction, books


@pytest.mark.parametrize(
    ("tolerances", "relative", "absolute"), [(Tolerances(), 1e-5, 1e-6), (TIGHT, 0.0, 5.1e-8)], ids=["default", "tight"]
)
def test_batch_is_lamberts_function(tolerances, relative, absolute):
    setting = Setting((Substrate("s", rate=0.1, half_saturation=0.5),), tolerances=tolerances)
    for t, expected in BATCH.items():
        cells = cells_of(("s",), [10.0])
        run(setting, cells, t)
        assert cells.mass[0, 0] == pytest.approx(expected, rel=relative, abs=absolute)
        exact = 0.5 * lambertw(10.0 / 0.5 * np.exp((10.0 - 0.1 * t) / 0.5)).real
        assert exact == pytest.approx(expected, abs=5.1e-8)


def test_one_step_errs_by_the_fifth_power_of_its_length():
    """Measured: 5.18, 5.12; a wrong digit in a coefficient would show."""
    errors, setting = [], Setting((Substrate("s", rate=1.0, half_saturation=2.0),), tolerances=Tolerances(1e3, 1e3))
    for t in (0.8, 0.4, 0.2):
        cells = cells_of(("s",), [2.0], water=1e6)
        reaction, _ = run(setting, cells, t)
        assert reaction.attempts[0] == 1
        errors.append(abs(cells.mass[0, 0] / 1e6 - 2.0 * lambertw(np.exp((2.0 - t) / 2.0)).real))
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    assert orders == pytest.approx(5.0, abs=0.3)


def test_growth_takes_the_time_of_its_integral():
    """X = X0 + Y (S0 - S); then mu t = (K / (S0 + X0 / Y) + 1) ln(X / X0) + K / (S0 + X0 / Y) ln(S0 / S)."""
    k, half, growth, s0, x0, t = 2.0, 0.5, 0.4, 5.0, 0.1, 4.0
    setting = Setting(
        (Substrate("s", rate=k, half_saturation=half, growth=growth),), Biomass(3.0 * x0), tolerances=TIGHT
    )
    cells = cells_of(("s",), [s0], water=3.0)
    reaction, _ = run(setting, cells, t)
    s, x = cells.mass[0, 0] / 3.0, reaction.held()["biomass"][0] / 3.0
    whole = s0 + x0 / growth
    assert x == pytest.approx(x0 + growth * (s0 - s), rel=1e-13)
    taken = ((half / whole + 1.0) * np.log(x / x0) + half / whole * np.log(s0 / s)) / (k * growth)
    assert taken == pytest.approx(t, rel=1e-8)


def test_biomass_of_a_cell_that_is_half_full_is_as_thick_in_its_water():
    """The same concentrations in half the water: half of everything."""
    def left(water, saturation):
        setting = Setting((Substrate("s", rate=2.0, half_saturation=0.5, growth=0.4),), Biomass(0.3), tolerances=TIGHT,
                          wetted=True)
        cells = cells_of(("s",), [5.0], water=water, saturation=[saturation])
        reaction, _ = run(setting, cells, 4.0)
        return cells.mass[0, 0] / water, reaction.held()["biomass"][0] / water

    assert left(1.5, 0.5) == pytest.approx(left(3.0, 1.0), rel=1e-12)


def test_starving_biomass_decays_to_its_least():
    substrate, biomass = Substrate("s", rate=1.0, half_saturation=1.0, growth=0.5), Biomass(2.0, decay=0.1, least=0.5)
    setting, cells = Setting((substrate,), biomass, tolerances=TIGHT), cells_of(("s",), [0.0])
    reaction, books = run(setting, cells, 10.0)
    left = 0.5 + 1.5 * np.exp(-1.0)
    assert reaction.held()["biomass"][0] == pytest.approx(left, rel=1e-9)
    assert books["dead biomass", "degradation", "biomass"] == pytest.approx(2.0 - left, rel=1e-8)


def test_competing_substrates_keep_their_ratio_of_affinities():
    """dS1/dS2 = (k1 / K1) S1 / ((k2 / K2) S2): S1 / S10 = (S2 / S20)**((k1 K2) / (k2 K1)), whatever the time."""
    a, b = Substrate("a", rate=0.3, half_saturation=0.5), Substrate("b", rate=0.2, half_saturation=2.0)
    cells = cells_of(("a", "b"), [4.0, 3.0])
    run(Setting((a, b), competition=True, tolerances=TIGHT), cells, 8.0)
    power = (0.3 * 2.0) / (0.2 * 0.5)
    assert cells.mass[0, 0] / 4.0 == pytest.approx((cells.mass[1, 0] / 3.0) ** power, rel=1e-7)
    alone = cells_of(("a",), [4.0])
    run(Setting((a,), competition=True, tolerances=TIGHT), alone, 8.0)
    plain = cells_of(("a",), [4.0])
    run(Setting((a,), tolerances=TIGHT), plain, 8.0)
    assert alone.mass[0, 0] == pytest.approx(plain.mass[0, 0], rel=1e-8)
    assert alone.mass[0, 0] < cells.mass[0, 0]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([("oxygen", {"species": "e"}), ("sulfate", {"species": "e"}),
                     ("iron", {"product": "e", "solid": 9.0}),
                     ("methanogenesis", {"product": "e", "capacity": 20.0})]),
    st.floats(0.0, 0.4), st.integers(0, 2**32), st.floats(-3.0, 3.0),
)  # fmt: skip
def test_electrons_and_carbon_of_growth_close(process, growth, seed, length):
    """Never negative; what grows is taken off acceptor and carbon dioxide."""
    rng = np.random.default_rng(seed)
    substrates = tuple(
        Substrate(n, f, rate=10.0 ** rng.uniform(-3, 2), half_saturation=10.0 ** rng.uniform(-2, 1), growth=growth)
        for n, f in (("a", "C6H6"), ("b", "C7H8"))
    )
    setting = Setting(
        substrates, Biomass(10.0 ** rng.uniform(-3, 1), decay=0.05, least=1e-3),
        Acceptor(process[0], **process[1], half_saturation=0.2), competition=bool(seed % 2),
    )  # fmt: skip
    names = ("a", "b", "e")
    cells = cells_of(names, rng.uniform(0.0, 10.0, 3), water=2.0, retardation=[[3.0], [5.0], [1.0]])
    reaction, _ = run(setting, cells, 10.0**length)
    assert cells.mass.min() >= 0.0
    assert all(v.min() >= 0.0 for v in reaction.held().values())
    for name, (difference, _) in reaction.balances().items():
        assert abs(difference) <= 1e-13, name
    assert set(reaction.balances()) == {"electrons", "carbon"}


def test_bad_settings_are_told_at_once():
    setting = Setting(
        (Substrate("s", rate=0.0, half_saturation=-1.0, growth=-0.1),), Biomass(-1.0, decay=-1.0, formula="?"),
        acts_on="oil",
    )  # fmt: skip
    with pytest.raises(InputError) as caught:
        setting.start(("x",), 2)
    text = str(caught.value)
    for words in (
        "no such species = s", "rate of 's' = 0.0 is outside (0, inf)", "half saturation of 's' = -1.0 is outside",
        "growth of 's' = -0.1 is outside [0, inf)", "biomass = -1 at cell 1", "decay of biomass = -1.0 is outside",
        "biomass: formula '?'", "acts_on = oil",
    ):  # fmt: skip
        assert words in text
    greedy = Setting(
        (Substrate("s", "C6H6", rate=1.0, half_saturation=1.0, growth=2.5),), Biomass(1.0),
        Acceptor("oxygen", "o", half_saturation=1.0),
    )  # fmt: skip
    with pytest.raises(InputError, match="growth on 's' takes more electrons or carbon than it has = 2"):
        greedy.start(("s", "o"), 1)
    with pytest.raises(InputError, match="growth on 's' without biomass"):
        Setting((Substrate("s", rate=1.0, half_saturation=1.0, growth=0.1),)).start(("s",), 1)
