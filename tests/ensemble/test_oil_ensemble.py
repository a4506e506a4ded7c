"""An ensemble of a case with oil: composition and mass of the oil, organic carbon and degradation are uncertain."""

import numpy as np

import gwsolver as gw
from tests.run.oil_site import OIL, write_site

CASE = """
[[receptor]]
name = "MW1"
kind = "monitoring well"
x = 500115
y = 5400055
layers = [1]

[[limit]]
species = "benzene"
value = "0.01 mg/L"

[[degradation]]
model = "first_order"
rates = { toluene = "0.002 1/d" }

[ensemble]
species = ["benzene", "toluene"]
times = ["1 y", "3 y"]

[[ensemble.parameter]]
name = "benzene in the oil"
[[ensemble.parameter.oil_body]]
name = "lake"
species = "benzene"
mass_fraction_factor = { value = 1, range = [0.2, 3], distribution = "loguniform" }

[[ensemble.parameter]]
name = "degradation"
[[ensemble.parameter.degradation]]
factor = { value = 1, range = [0.1, 10], distribution = "loguniform" }

[[ensemble.parameter]]
name = "foc"
[[ensemble.parameter.sorption]]
species = "toluene"
model_foc = 0.0005
foc = { value = 0.0005, range = [0.0001, 0.002], distribution = "lognormal" }
"""


def test_members_differ_as_their_oil_does(tmp_path):
    folder = write_site(tmp_path / "site", OIL, CASE)
    found = gw.ensemble(folder, members=4, jobs=2)
    assert found.n == 4 and not found.failures
    assert found.species == ["benzene", "toluene"]
    np.testing.assert_allclose(found.times, [365.25, 3 * 365.25])
    largest = np.array([float(np.nanmax(c[0])) for c in found.concentrations("benzene")])
    factor = found.values["benzene in the oil"].to_numpy()
    assert list(np.argsort(largest)) == list(np.argsort(factor))
    base = float(found.base.concentration("benzene").sel(time=365.25, method="nearest").max())
    assert largest.min() < base < largest.max()
    # Toluene degrades away from the oil: the faster, the less of it is at the receptor.
    peak = found.receptors("toluene")[2][:, -1, 0]
    rate, carbon = found.values["degradation"].to_numpy(), found.values["foc"].to_numpy()
    assert np.argmin(peak) in (np.argmax(rate), np.argmax(carbon))
    assert found.rank_correlations("benzene", "MW1").index[0] == "benzene in the oil"
    assert (folder / "ensemble" / "sensitivity.csv").read_text().count("toluene") == 0  # it has no limit
