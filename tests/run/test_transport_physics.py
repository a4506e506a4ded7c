"""All of GWT's physics in one small model, read, run and written, against MODFLOW 6.

A row of 40 cells of 1 m. MODFLOW 6.7 with central weighting and 2,000 time steps gave the numbers below. Two of its
ways are left aside: its mixed sinks take nothing where the cell is above their concentration (so that they stand at
0 here), and its immobile domains with nonlinear sorption take the secant of the isotherm of the step before for its
slope (Freundlich runs without one; Langmuir at its concentrations differs little).
"""

import contextlib
import csv
import io

import flopy
import pytest

import gwsolver
from gwsolver.core.errors import InputError

N = 40
MODFLOW = {
    "linear": {
        "c3": 0.934395, "c8": 0.81525, "c13": 0.800708, "c20": 0.350624, "c31": 0.180657, "c38": 0.178174,
        "flux": 0.183192, "back": -0.183192, "shore": -0.021466, "tank": 0.03, "cell33": 0.01, "cim8": 0.607781,
        "cim31": 0.155698},
    "langmuir": {
        "c3": 0.972024, "c8": 0.905189, "c13": 0.990863, "c20": 0.562816, "c31": 0.186493, "c38": 0.201499,
        "flux": 0.192641, "back": -0.192641, "shore": -0.0485998, "tank": 0.03, "cell33": 0.01, "cim8": 0.745901,
        "cim31": 0.170171},
    "freundlich": {
        "c3": 0.956063, "c8": 0.858006, "c13": 0.806845, "c20": 0.219884, "c31": 0.181737, "c38": 0.170675,
        "flux": 0.188884, "back": -0.188884, "shore": -0.00196826, "tank": 0.03, "cell33": 0.01},
}
# Cells of the sink and the source stand on peaks that central weighting and a limiter round off differently.
PEAKS = ("c13", "c31", "cim31")


def simulation(folder, *, steps=40, sorption="linear", zero_order=False, immobile=True):
    """Row with a well that injects through an SPC6 file, a mixed sink, CNC, SRC, an immobile domain, observations."""
    decay = {"zero_order_decay": True, "decay": 2e-4, "decay_sorbed": 1e-5} if zero_order else {
        "first_order_decay": True, "decay": 5e-3, "decay_sorbed": 1e-3}
    with contextlib.redirect_stdout(io.StringIO()):
        sim = flopy.mf6.MFSimulation(sim_name="row", sim_ws=str(folder))
        flopy.mf6.ModflowTdis(sim, nper=2, perioddata=[(20.0, steps, 1.0)] * 2, time_units="days")
        grid = {"nrow": 1, "ncol": N, "delr": 1.0, "delc": 1.0, "top": 1.0, "botm": 0.0, "length_units": "meters"}
        gwf = flopy.mf6.ModflowGwf(sim, modelname="flow", save_flows=True)
        sim.register_ims_package(flopy.mf6.ModflowIms(sim, filename="flow.ims", inner_dvclose=1e-10,
                                                      outer_dvclose=1e-10), ["flow"])
        flopy.mf6.ModflowGwfdis(gwf, **grid)
        flopy.mf6.ModflowGwfnpf(gwf, k=10.0, save_specific_discharge=True, save_saturation=True)
        flopy.mf6.ModflowGwfic(gwf, strt=2.0)
        flopy.mf6.ModflowGwfwel(gwf, pname="in", filename="in.wel", stress_period_data=[[(0, 0, 0), 0.2]])
        flopy.mf6.ModflowGwfwel(gwf, pname="roots", filename="roots.wel", auxiliary=["c"],
                                stress_period_data=[[(0, 0, 12), -0.05, 0.0]])
        flopy.mf6.ModflowGwfchd(gwf, pname="out", stress_period_data=[[(0, 0, N - 1), 2.0]])
        flopy.mf6.ModflowGwfoc(gwf, head_filerecord="flow.hds", budget_filerecord="flow.cbc",
                               saverecord=[("HEAD", "LAST"), ("BUDGET", "LAST")])
        gwt = flopy.mf6.ModflowGwt(sim, modelname="solute")
        sim.register_ims_package(flopy.mf6.ModflowIms(sim, filename="solute.ims", linear_acceleration="BICGSTAB",
                                                      inner_dvclose=1e-10, outer_dvclose=1e-10), ["solute"])
        flopy.mf6.ModflowGwtdis(gwt, **grid)
        flopy.mf6.ModflowGwtic(gwt, strt=0.01)
        flopy.mf6.ModflowGwtadv(gwt, scheme="central")
        flopy.mf6.ModflowGwtdsp(gwt, alh=1.5, ath1=0.1, xt3d_off=True)
        second = {} if sorption == "linear" else {"sp2": 0.8 if sorption == "freundlich" else 0.5}
        flopy.mf6.ModflowGwtmst(gwt, porosity=0.3, sorption=sorption, bulk_density=1.6, distcoef=0.1, **second, **decay,
                                sorbate_filerecord="solute.srb")
        if immobile:
            flopy.mf6.ModflowGwtist(gwt, pname="clay", filename="clay.ist", porosity=0.4, volfrac=0.25, zetaim=0.01,
                                    cim=0.02, sorption=sorption, bulk_density=1.2, distcoef=0.1, **second, **decay,
                                    cim_filerecord="clay.cim", sorbate_filerecord="clay.srb")
        spc = flopy.mf6.ModflowUtlspc(gwt, filename="in.spc", maxbound=1,
                                      perioddata={0: [(0, "concentration", "pulse")]})
        spc.ts.initialize(filename="pulse.ts", timeseries=[(0.0, 0.5), (10.0, 1.0), (40.0, 1.0)],
                          time_series_namerecord=["pulse"], interpolation_methodrecord=["linear"])
        flopy.mf6.ModflowGwtssm(gwt, sources=[("roots", "AUXMIXED", "c")], fileinput=[("in", "in.spc", None)])
        cnc = flopy.mf6.ModflowGwtcnc(gwt, pname="lake", filename="lake.cnc", boundnames=True,
                                      stress_period_data=[[(0, 0, 25), 0.05, "Shore"]])
        cnc.obs.initialize(filename="lake.obs", continuous={"lake.csv": [("shore", "CNC", "Shore")]})
        src = flopy.mf6.ModflowGwtsrc(gwt, pname="spill", filename="spill.src", boundnames=True,
                                      stress_period_data=[[(0, 0, 30), 0.02, "Tank"], [(0, 0, 32), 0.01, "Tank"]])
        src.obs.initialize(filename="spill.obs", continuous={
            "spill.csv": [("tank", "SRC", "Tank"), ("cell33", "SRC", (0, 0, 32))]})
        flopy.mf6.ModflowUtlobs(gwt, pname="look", filename="solute.obs", continuous={"look.csv": [
            *((f"c{j}", "CONCENTRATION", (0, 0, j - 1)) for j in (3, 8, 13, 20, 31, 38)),
            ("flux", "FLOW-JA-FACE", (0, 0, 5), (0, 0, 4)), ("back", "FLOW-JA-FACE", (0, 0, 4), (0, 0, 5))]})
        flopy.mf6.ModflowGwtoc(gwt, concentration_filerecord="solute.ucn", budget_filerecord="solute.cbc",
                               saverecord=[("CONCENTRATION", "LAST"), ("BUDGET", "LAST")])
        flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea="flow", exgmnameb="solute",
                                filename="row.gwfgwt")
        sim.write_simulation(silent=True)
    return folder


@pytest.mark.parametrize(("sorption", "zero_order", "immobile"), [
    ("linear", False, True), ("langmuir", True, True), ("freundlich", False, False)])
def test_observations_are_those_of_modflow(tmp_path, sorption, zero_order, immobile):
    folder = simulation(tmp_path / "in", sorption=sorption, zero_order=zero_order, immobile=immobile)
    results = gwsolver.run(folder, out=tmp_path / "out")
    with open(tmp_path / "out" / "observations.csv") as file:
        rows = [r for r in csv.DictReader(file) if r["model"] == "solute" and float(r["time"]) == 40.0]
    seen = {r["name"]: float(r["value"]) for r in rows}
    assert {r["name"]: r["type"] for r in rows if r["package"]} == {"shore": "cnc", "tank": "src", "cell33": "src"}
    if immobile:
        with contextlib.closing(flopy.utils.HeadFile(tmp_path / "out" / "solute.clay.cim", text="CIM")) as file:
            standing = file.get_data().ravel()
        seen |= {"cim8": standing[7], "cim31": standing[30]}
    assert set(seen) == set(MODFLOW[sorption])
    for name, value in MODFLOW[sorption].items():
        # measured: 0.8 %, on peaks 2.7 %; what CNC gets is a small difference of large amounts
        allowed = {"abs": 6e-4} if name == "shore" else {"rel": 0.03 if name in PEAKS else 0.01}
        assert seen[name] == pytest.approx(value, **allowed), name
    assert max(results.summary["closure"].values()) < 1e-10
    assert results.summary["minimum"]["solute"] >= 0.0
    budget = results.budget()
    assert ("solute/clay" in set(budget.species)) == immobile


def test_a_concentration_file_that_is_too_short_is_refused(tmp_path):
    folder = simulation(tmp_path / "in")
    wells = folder / "in.wel"
    wells.write_text(wells.read_text().replace("MAXBOUND  1", "MAXBOUND  2").replace(
        "END period", "  1 1 2 0.1\nEND period", 1))
    with pytest.raises(InputError, match=r"SPC6 file of in has MAXBOUND = 1, the package 2 entries"):
        gwsolver.run(folder, out=tmp_path / "out")


def test_the_scheme_of_modflow_observes_and_writes_the_same_things(tmp_path):
    """Backward Euler with 40 steps instead of 1,000 per period."""
    results = gwsolver.run(simulation(tmp_path / "in"), out=tmp_path / "out", scheme="mf6")
    seen = results.observations()
    last = seen[(seen.model == "solute") & (seen.time == 40.0)].set_index("name")["value"]
    for name in ("c3", "c8", "c20", "c38", "flux", "back", "tank", "cell33"):
        assert float(last[name]) == pytest.approx(MODFLOW["linear"][name], rel=0.01), name  # measured: 0.5 %
    assert (tmp_path / "out" / "solute.clay.cim").stat().st_size > 0


@pytest.mark.parametrize("scheme", ["limited", "mf6"])
def test_what_sorbs_is_written_where_mst_and_ist_ask(tmp_path, scheme):
    """SORBATE in MODFLOW 6's layout, mass per mass of solid: Langmuir's Kd S C / (1 + Kd C), S = 0.5."""
    simulation(tmp_path / "model", sorption="langmuir")
    results = gwsolver.run(tmp_path / "model", tmp_path / "out", scheme=scheme)

    def read(name, text):
        with contextlib.closing(flopy.utils.HeadFile(results.path / name, text=text, precision="double")) as file:
            return file.get_alldata().ravel()

    for sorbed, dissolved, text in (("solute.srb", "solute.ucn", "CONCENTRATION"),
                                    ("solute.clay.srb", "solute.clay.cim", "CIM")):
        c = read(dissolved, text)
        assert c.size == read(sorbed, "SORBATE").size > 0
        assert c.max() > 0.1
        assert read(sorbed, "SORBATE") == pytest.approx(0.1 * 0.5 * c / (1.0 + 0.1 * c), rel=1e-12)
