"""A bottle as a model: nothing flows, donor and acceptors react. The first thing one tries, with an answer to hand."""

import contextlib
import io

import flopy
import numpy as np
import pytest

import gwsolver as gw
from gwsolver.bench.solutions import KineticAcceptors
from gwsolver.core.errors import InputError
from gwsolver.core.ledger import Ledger

START = {"benzene": 10.0, "oxygen": 6.0, "nitrate": 17.0, "sulfate": 100.0}
CASE = """\
[case]
title = "Bottle"
status = "illustrative"
crs = "EPSG:32640"
start = 2000-01-01
units = "g"

[modflow]
simulation = "mf6"

[[species]]
name = "benzene"

{species}
[[degradation]]
model = "kinetic"
donors = ["benzene"]
acceptors = ["oxygen", "nitrate", "sulfate"]
factors = {{ oxygen = 3.14, nitrate = 4.9, sulfate = 4.7 }}
rates = {{ oxygen = "0.00168 1/d", nitrate = "0.00168 1/d", sulfate = "0.00168 1/d" }}
half_saturation = {{ oxygen = "0.5 mg/L", nitrate = "0.5 mg/L", sulfate = "0.5 mg/L" }}
inhibition = {{ oxygen = "0.01 mg/L", nitrate = "0.01 mg/L" }}
"""


def write_bottle(folder):
    """Two cells between equal heads, 3,000 days."""
    (folder / "mf6").mkdir(parents=True)
    with contextlib.redirect_stdout(io.StringIO()):
        sim = flopy.mf6.MFSimulation(sim_name="bottle", sim_ws=str(folder / "mf6"))
        flopy.mf6.ModflowTdis(sim, nper=1, perioddata=[(3000.0, 30, 1.0)], time_units="days")
        grid = {"nlay": 1, "nrow": 1, "ncol": 2, "delr": 50.0, "delc": 50.0, "top": 100.0, "botm": 0.0,
                "length_units": "meters"}
        gwf = flopy.mf6.ModflowGwf(sim, modelname="flow", save_flows=True)
        flopy.mf6.ModflowGwfdis(gwf, **grid)
        flopy.mf6.ModflowGwfnpf(gwf, k=1.0, save_specific_discharge=True)
        flopy.mf6.ModflowGwfic(gwf, strt=100.0)
        flopy.mf6.ModflowGwfchd(gwf, stress_period_data=[[(0, 0, 0), 100.0], [(0, 0, 1), 100.0]])
        flopy.mf6.ModflowGwfoc(gwf, head_filerecord="flow.hds", saverecord=[("HEAD", "LAST")])
        gwt = flopy.mf6.ModflowGwt(sim, modelname="benzene")
        flopy.mf6.ModflowGwtdis(gwt, **grid)
        flopy.mf6.ModflowGwtic(gwt, strt=10.0)
        flopy.mf6.ModflowGwtadv(gwt)
        flopy.mf6.ModflowGwtmst(gwt, porosity=0.3)
        flopy.mf6.ModflowGwtssm(gwt)
        flopy.mf6.ModflowGwtoc(gwt, concentration_filerecord="benzene.ucn", saverecord=[("CONCENTRATION", "ALL")])
        for model in (gwf, gwt):
            ims = flopy.mf6.ModflowIms(sim, filename=f"{model.name}.ims", linear_acceleration="BICGSTAB")
            sim.register_ims_package(ims, [model.name])
        flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea="flow", exgmnameb="benzene")
        sim.write_simulation(silent=True)
    species = "".join(f'[[species]]\nname = "{n}"\nlike = "benzene"\ninitial = "{c} mg/L"\n\n'
                      for n, c in START.items() if n != "benzene")
    (folder / "case.toml").write_text(CASE.format(species=species), encoding="utf-8")
    return folder


def test_a_bottle_follows_its_ode_and_balances(tmp_path):
    """Sulfate hardly reacts for 500 days: what moves of it then is less than the round-off of what is there."""
    results = gw.run(write_bottle(tmp_path / "bottle"))
    law = KineticAcceptors(
        np.full((1, 3), 1.68e-3), np.array([[3.14, 4.9, 4.7]]), np.full(3, 0.5), np.array([0.01, 0.01, 1.0]),
        np.full(3, np.nan))
    times = results.concentration("benzene").time.values
    donors, acceptors = law.at(list(times), [10.0], [6.0, 17.0, 100.0])
    for name, exact in zip(START, np.hstack([donors, acceptors]).T, strict=True):
        np.testing.assert_allclose(results.concentration(name).values[:, 0, 0, 0], exact, rtol=1e-4, atol=1e-5)
    assert min(results.summary["minimum"].values()) >= 0.0


def test_a_balance_is_judged_by_what_moves_but_not_below_round_off():
    ledger = Ledger()
    ledger.add("storage", "dissolved", 1e-9)
    ledger.add("degradation", "sulfate", 0.0, 1e-9 - 1e-18)
    assert ledger.closure() == pytest.approx(1e-9)
    assert ledger.closure(held=100.0) == pytest.approx(1e-15)
    moved = Ledger()
    moved.add("storage", "dissolved", 1.0)
    moved.add("wel", "wel", 0.0, 0.9)
    assert moved.closure(held=100.0) == pytest.approx(0.1)


def test_keys_inside_tables_of_acceptors_are_named(tmp_path):
    folder = write_bottle(tmp_path / "bottle")
    case = folder / "case.toml"
    case.write_text(case.read_text().replace(
        'acceptors = ["oxygen", "nitrate", "sulfate"]',
        'acceptors = { oxygen = { half_saturation = "0.5 mg/L" }, nitrate = {}, sulfate = { capcity = "3 mg/L" } }'))
    with pytest.raises(InputError) as caught:
        gw.load(folder)
    said = str(caught.value)
    assert "unknown key 'half_saturation'.\nKnown here: species, product, capacity, solid." in said
    assert "unknown key 'capcity'.\nDid you mean 'capacity'?" in said
