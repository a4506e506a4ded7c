"""Stoichiometry of oxidation: against printed utilisation factors, electrons, carbon and nitrogen closing."""

import numpy as np
import pytest

from gwsolver.reactions.degradation.checks import problems
from gwsolver.reactions.degradation.network import Acceptor, Donor, factor, oxidation

ALL = (
    Acceptor("oxygen", "oxygen"), Acceptor("nitrate", "nitrate"), Acceptor("iron", product="iron"),
    Acceptor("sulfate", "sulfate"), Acceptor("methanogenesis", product="methane"),
)  # fmt: skip
# O2, NO3, Fe(II) made, SO4, CH4 made, CO2 of full oxidation, CO2 of methanogenesis; g per g of donor.
FACTORS = {
    "C6H6": (3.0722, 4.7626, 21.4475, 4.6113, 0.7702, 3.3804, 1.2676),
    "C7H8": (3.1254, 4.8451, 21.819, 4.6912, 0.7835, 3.3434, 1.1941),
    "C8H10": (3.1646, 4.9057, 22.0923, 4.75, 0.7933, 3.3162, 1.1399),
    "C10H8": (2.9957, 4.644, 20.9134, 4.4965, 0.751, 3.4335, 1.3734),
    "C12H26": (3.4752, 5.3872, 24.2605, 5.2161, 0.8712, 3.1003, 0.7105),
    "CH2": (3.4218, 5.3044, 23.8875, 5.136, 0.8578, 3.1374, 0.7844),
    "C6H6O": (2.38, 3.6894, 16.6147, 3.5723, 0.5966, 2.8057, 1.169),
}


@pytest.mark.parametrize("formula", FACTORS)
def test_utilisation_factors_of_exact_oxidation(formula):
    donor = Donor("x", formula)
    network = oxidation([donor], ALL, ["x", "oxygen", "nitrate", "iron", "sulfate", "methane"])
    found = [factor(donor, a.process) for a in ALL]
    gas = network.stoichiometry[network.index("carbon dioxide")]
    np.testing.assert_allclose([*found, gas[0], gas[4]], FACTORS[formula], atol=1.2e-4)  # printed to four digits
    np.testing.assert_allclose(gas[:4], gas[0], rtol=1e-14)


def test_methane_as_donor_makes_no_methane():
    donors = [Donor("toluene", "C7H8"), Donor("methane", "CH4")]
    network = oxidation(donors, ALL, ["toluene", "oxygen", "nitrate", "iron", "sulfate", "methane"])
    assert [s.by for s in network.steps if s.donor == "methane"] == ["oxygen", "nitrate", "iron", "sulfate"]
    assert factor(donors[1], "oxygen") == pytest.approx(3.989, abs=5e-4)


@pytest.mark.parametrize("species", [[], ["oxygen", "nitrate", "iron", "sulfate", "methane"]])
def test_electrons_and_carbon_close(species):
    donors = [Donor(f"d{i}", f) for i, f in enumerate(FACTORS)]
    network = oxidation(donors, ALL, [*species, *(d.species for d in donors)])
    assert network.balanced == ("electrons", "carbon")
    residual = network.weights() @ network.stoichiometry
    scale = np.abs(network.weights()) @ np.abs(network.stoichiometry)
    assert np.abs(residual / scale).max() < 3e-16


def test_own_factors_are_taken_and_claim_no_balance():
    factors = {"oxygen": 3.14, "nitrate": 4.9, "iron": 21.8, "sulfate": 4.7, "methanogenesis": 0.78}
    donor = Donor("btex", factors=factors)
    network = oxidation([donor], ALL, ["btex", "oxygen", "nitrate", "iron", "sulfate", "methane"])
    rows = [network.index(name) for name in ("oxygen", "nitrate", "iron", "sulfate", "methane")]
    assert network.balanced == ()
    expected = np.multiply([-1, -1, 1, -1, 1], list(factors.values()))
    np.testing.assert_allclose(np.diag(network.stoichiometry[rows]), expected, rtol=1e-14)


def test_what_is_wrong_is_told_at_once():
    donors = [Donor("benzene", "C6H6"), Donor("oil", "q"), Donor("btex", factors={"oxygen": -1.0, "ozone": 2.0})]
    acceptors = [
        Acceptor("oxygen"), Acceptor("oxygen", "o2"), Acceptor("iron", "fe3", capacity=-1.0), Acceptor("argon"),
        Acceptor("sulfate", "benzene", solid=1.0),
    ]  # fmt: skip
    text = "\n".join(map(str, problems(donors, acceptors, ["benzene", "btex", "oil"], "co2", 4)))
    for words in (
        "donor 'oil': formula 'q' is not a row of elements",
        "utilisation factor of 'btex' by oxygen = -1.0 is outside (0, inf)",
        "utilisation factor of 'btex' = ozone; allowed: oxygen, nitrate",
        "no stoichiometry for 'btex' by iron, sulfate",
        "oxygen has no species",
        "iron takes nothing that moves = fe3",
        "capacity of iron without a product",
        "capacity of iron = -1.0 is outside [0, inf)",
        "acceptor = argon; allowed: one of oxygen, nitrate, iron, sulfate, methanogenesis",
        "sulfate is not held by solids",
        "no such species = o2; allowed: one of benzene, btex, oil",
        "no such species = co2",
        "'benzene' stands in two places",
        "acceptor 'oxygen' is given twice",
    ):
        assert words in text
    assert "no donors" in str(problems([], [], [], "", 1)[0])
