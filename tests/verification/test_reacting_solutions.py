"""Dissolution, instantaneous reaction and vessels: computed figures, balances, and the equations themselves."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from gwsolver.bench.solutions import ogata_banks
from gwsolver.bench.solutions.batch import KineticAcceptors, monod
from gwsolver.bench.solutions.conserved_scalar import demand, instantaneous_column, split
from gwsolver.bench.solutions.dissolution import FlushedOil, cleared_front_velocity

# A crude: benzene, toluene, ethylbenzene, xylenes, naphthalene (liquid)
MOLAR = np.array([78.11, 92.14, 106.17, 106.17, 128.17])
SOLUBLE = np.array([1780.0, 526.0, 169.0, 170.0, 110.0])
SHARES = np.array([0.001, 0.003, 0.001, 0.005, 0.001])
CRUDE = FlushedOil(1e6 * SHARES / MOLAR, SOLUBLE / MOLAR, 1.0, 1e6 * (1.0 - SHARES.sum()) / 250.0)
PAIR = FlushedOil(np.array([100.0, 100.0]), SOLUBLE[:2] / MOLAR[:2], 1.0)


def test_crude_of_five_components_is_flushed():
    computed = {
        0.0: [5.60506, 4.21236, 0.39152, 1.96917, 0.21109], 100.0: [3.20679, 3.67068, 0.37759, 1.89867, 0.20730],
        365.0: [0.72354, 2.53747, 0.34189, 1.71809, 0.19694], 1000.0: [0.01989, 1.03610, 0.26752, 1.34240, 0.17304],
        3650.0: [0.0, 0.02350, 0.09368, 0.46713, 0.09868],
    }
    assert CRUDE.moles.sum() + CRUDE.inert == pytest.approx(4065.677, abs=5e-4)
    assert CRUDE.stretched(100.0) == pytest.approx(0.02463476, abs=5e-9)
    _, dissolved = CRUDE.at(list(computed))
    # Five decimals, of six that were rounded before (measured: 5.5e-6 at most).
    np.testing.assert_allclose((dissolved * MOLAR[:, None]).T, list(computed.values()), rtol=0.0, atol=5.6e-6)


def test_two_components_without_a_rest_dissolve_to_nothing():
    left, dissolved = PAIR.at([5.0, 15.0, 21.9, 22.0])
    np.testing.assert_allclose(left[:, :2].T, [[49.8839, 84.0110], [2.2946, 38.8456]], rtol=0.0, atol=5.1e-5)
    np.testing.assert_allclose(
        (dissolved * MOLAR[:2, None])[:, :2].T, [[663.157, 330.033], [99.280, 496.662]], rtol=0.0, atol=5.1e-4)
    assert PAIR.gone == pytest.approx(21.9053, abs=5e-5)
    assert left[1, 2] > 0.0
    assert not left[:, 3].any() and not dissolved[:, 3].any()


def test_toluene_rises_before_it_falls():
    t = np.linspace(0.0, 21.9, 100)
    toluene = PAIR.at(t)[1][1]
    top = int(toluene.argmax())
    assert top > 0
    assert np.all(np.diff(toluene[: top + 1]) > 0.0)


@pytest.mark.parametrize("oil", [CRUDE, PAIR], ids=["crude", "pair"])
def test_flushing_is_the_ode_of_raoults_law(oil):
    end = min(20.0 if oil is PAIR else 2000.0, oil.gone)

    def change(t, n):
        return -oil.flow_rate * oil.solubility * n / (n.sum() + oil.inert)

    ode = solve_ivp(change, (0.0, end), oil.moles, rtol=1e-11, atol=1e-12, method="DOP853").y[:, -1]
    left, dissolved = oil.at(end)
    np.testing.assert_allclose(left, ode, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(oil.flow_rate * dissolved, -change(end, left), rtol=1e-12)


def test_the_front_that_clears_a_column():
    speed = cleared_front_velocity(
        specific_discharge=0.1, porosity=0.30, saturation=0.05, density=867e3, solubility=526.0)
    assert speed == pytest.approx(0.00399851, abs=5e-9)
    # The last digit of the time behind 5 m depends on the speed's rounding.
    assert 5.0 / speed == pytest.approx(1250.47, abs=5.1e-3)
    # Without oil it is the retarded front of water.
    clean = cleared_front_velocity(
        specific_discharge=0.1, porosity=0.3, saturation=0.0, density=867e3, solubility=526.0, retardation=2.0)
    assert clean == pytest.approx(0.1 / 0.3 / 2.0)


X = np.array([10.0, 20.0, 30.0, 35.0, 40.0, 50.0])
COLUMN = dict(seepage_velocity=0.1, dispersion=0.3)


def test_instantaneous_reaction_in_a_column():
    donor, oxygen = instantaneous_column(
        X, 365.0, inlet_donor=10.0, background_acceptor=8.0, utilisation=3.08, **COLUMN)
    computed = [9.83414, 8.99780, 6.81106, 5.20509, 3.43706, 0.23227]
    np.testing.assert_allclose(donor, computed, rtol=0.0, atol=5.1e-6)
    np.testing.assert_allclose(
        ogata_banks(X, 365.0, **COLUMN), [0.986833, 0.920444, 0.746858, 0.619373, 0.479024, 0.224624], atol=5.1e-7)
    assert not oxygen.any()
    far = instantaneous_column([60.0, 200.0], 365.0, inlet_donor=10.0, background_acceptor=8.0, utilisation=3.08,
                               inlet_acceptor=2.0, **COLUMN)
    assert far[0].tolist() == [0.0, 0.0]
    assert far[1][1] == pytest.approx(8.0)


def test_demand_and_split_undo_each_other_where_only_one_is_left():
    donors = np.array([[2.0, 0.0], [1.0, 0.0]])
    psi = demand(donors, [0.0, 5.0], [3.0, 4.0])
    np.testing.assert_allclose(psi, [10.0, -5.0])
    left, acceptor = split(psi, 3.0)
    np.testing.assert_allclose(left, [10.0 / 3.0, 0.0])
    np.testing.assert_allclose(acceptor, [0.0, 5.0])


ACCEPTORS = ("oxygen", "nitrate", "iron(II)", "sulfate", "methane")
F = np.array([3.14, 4.9, 21.8, 4.7, 0.78])
START = np.array([6.0, 17.0, 0.001, 100.0, 0.0001])


def vessel(n_donors=1):
    return KineticAcceptors(
        rates=np.full((n_donors, 5), 1.68e-3), utilisation=np.tile(F, (n_donors, 1)), half_saturation=np.full(5, 0.5),
        inhibition=np.array([0.01, 0.01, 0.01, 0.01, 9999.0]), most=np.array([np.nan, np.nan, 50.5, np.nan, 2.05]),
    )


def test_one_donor_and_five_acceptors_in_a_vessel():
    """The inputs of MT3D-USGS's example 1ED5EAs; an ODE solution, to five decimals the same by three integrators."""
    computed = {
        100.0: [8.63435, 1.72591, 16.97806, 0.00106, 100.0, 0.0001],
        300.0: [6.85291, 0.0, 10.94684, 0.02109, 100.0, 0.0001],
        600.0: [4.59919, 0.0, 0.04825, 0.66460, 99.99997, 0.0001],
        1000.0: [2.48768, 0.0, 0.0, 46.45472, 99.99435, 0.0001],
        2000.0: [0.49530, 0.0, 0.0, 50.5, 91.50306, 0.00022],
        3000.0: [0.09316, 0.0, 0.0, 50.5, 89.61313, 0.00025],
    }
    donors, acceptors = vessel().at(list(computed), [10.0], START)
    np.testing.assert_allclose(np.hstack([donors, acceptors]), list(computed.values()), rtol=0.0, atol=5.2e-6)
    used = np.abs(acceptors[-1] - START)
    assert 10.0 - donors[-1, 0] == pytest.approx(9.906844265, abs=5.1e-10)
    assert (used / F).sum() == pytest.approx(10.0 - donors[-1, 0], rel=1e-12)


def test_two_equal_donors_are_one_of_their_sum():
    times = [100.0, 600.0, 1500.0]
    one, shared = vessel().at(times, [10.0], START)
    two, acceptors = vessel(2).at(times, [4.0, 6.0], START)
    np.testing.assert_allclose(two.sum(axis=1), one[:, 0], rtol=1e-9)
    np.testing.assert_allclose(two[:, 0] / two[:, 1], 4.0 / 6.0, rtol=1e-9)
    np.testing.assert_allclose(acceptors, shared, rtol=1e-8, atol=1e-9)


def test_monod_in_a_vessel():
    computed = {10.0: 9.0499149, 50.0: 5.3159378, 90.0: 1.8450416, 100.0: 1.1025016, 110.0: 0.4989336,
                130.0: 0.0236427}
    s = monod(list(computed), start=10.0, half_saturation=0.5, largest_rate=0.1)
    np.testing.assert_allclose(s, list(computed.values()), rtol=0.0, atol=5.1e-8)


def test_monod_has_its_limits_and_does_not_overflow():
    t = np.array([0.0, 1.0, 5.0])
    np.testing.assert_allclose(
        monod(t, start=1e-6, half_saturation=1.0, largest_rate=0.3), 1e-6 * np.exp(-0.3 * t), rtol=1e-5)
    np.testing.assert_allclose(
        monod(t, start=1e4, half_saturation=1e-3, largest_rate=0.3), 1e4 - 0.3 * t, rtol=1e-9)
