"""A small site with oil: a flopy model of its own and a case.toml beside it."""

import contextlib
import io
from textwrap import dedent

import flopy
import numpy as np

CASE = """\
[case]
title = "Oil beside a well"
status = "illustrative"
crs = "EPSG:32640"
start = 2000-01-01
units = "g"

[modflow]
simulation = "mf6"

[[species]]
name = "benzene"

[[species]]
name = "toluene"
like = "benzene"
koc = "182 L/kg"
foc = 0.0005

[[species]]
name = "oxygen"
like = "benzene"
initial = "8 mg/L"
inflow = "8 mg/L"
distribution_coefficient = "0 L/kg"

[[species]]
name = "sulfate"
like = "benzene"
initial = "15 mg/L"
inflow = "15 mg/L"
distribution_coefficient = "0 L/kg"
"""
OIL = """
[[oil]]
name = "lake"
crude = "medium (Kenkiyak / Emba type)"
polygon = [[500040, 5400040], [500080, 5400040], [500080, 5400060], [500040, 5400060]]
thickness = "1 m"
saturation = 0.08
status = "assumed"
"""
DEGRADATION = """
[[degradation]]
model = "instantaneous"
donors = ["benzene", "toluene"]
acceptors = ["oxygen", "sulfate"]
"""


def write_site(folder, *texts, years=3, steps=6, given=None, sinks=0.0, transient=False):
    """Write model and case; return the folder. `sinks`: by how much heads lie lower, then under Newton."""
    mf6 = folder / "mf6"
    mf6.mkdir(parents=True)
    with contextlib.redirect_stdout(io.StringIO()):
        sim = flopy.mf6.MFSimulation(sim_name="site", sim_ws=str(mf6))
        flopy.mf6.ModflowTdis(sim, nper=1, perioddata=[(years * 365.25, steps, 1.0)], time_units="days")
        grid = {"nlay": 2, "nrow": 10, "ncol": 20, "delr": 10.0, "delc": 10.0, "top": 10.0, "botm": [7.0, 0.0],
                "length_units": "meters", "xorigin": 500000.0, "yorigin": 5400000.0}
        gwf = flopy.mf6.ModflowGwf(sim, modelname="flow", save_flows=True,
                                      newtonoptions="NEWTON" if sinks else None)
        sim.register_ims_package(flopy.mf6.ModflowIms(sim, filename="flow.ims", inner_dvclose=1e-9,
                                                      outer_dvclose=1e-9), ["flow"])
        flopy.mf6.ModflowGwfdis(gwf, **grid)
        flopy.mf6.ModflowGwfnpf(gwf, k=10.0, k33=1.0, icelltype=1 if sinks else 0,
                                save_specific_discharge=True, save_saturation=True)
        flopy.mf6.ModflowGwfic(gwf, strt=10.0 - sinks)
        if transient:
            flopy.mf6.ModflowGwfsto(gwf, iconvert=1, ss=1e-5, sy=0.2, transient={0: True})
        flopy.mf6.ModflowGwfchd(gwf, pname="chd", stress_period_data=[
            [(k, i, j), h - sinks] for k in range(1 if sinks else 0, 2) for i in range(10)
            for j, h in ((0, 10.5), (19, 10.0))])
        flopy.mf6.ModflowGwfrcha(gwf, pname="rch", recharge=1e-4)
        flopy.mf6.ModflowGwfoc(gwf, head_filerecord="flow.hds", saverecord=[("HEAD", "LAST")])
        gwt = flopy.mf6.ModflowGwt(sim, modelname="benzene")
        sim.register_ims_package(flopy.mf6.ModflowIms(sim, filename="benzene.ims", linear_acceleration="BICGSTAB",
                                                      inner_dvclose=1e-9, outer_dvclose=1e-9), ["benzene"])
        flopy.mf6.ModflowGwtdis(gwt, **grid)
        flopy.mf6.ModflowGwtic(gwt, strt=0.0)
        flopy.mf6.ModflowGwtadv(gwt, scheme="tvd")
        flopy.mf6.ModflowGwtdsp(gwt, alh=5.0, ath1=0.5, atv=0.05)
        flopy.mf6.ModflowGwtmst(gwt, porosity=0.3, sorption="linear", bulk_density=1.75e6, distcoef=2.944e-8)
        flopy.mf6.ModflowGwtssm(gwt)
        if given is not None:
            flopy.mf6.ModflowGwtcnc(gwt, pname="cnc", stress_period_data=[[(0, 4, 5), given]])
        flopy.mf6.ModflowGwtoc(gwt, concentration_filerecord="benzene.ucn", saverecord=[("CONCENTRATION", "ALL")])
        flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea="flow", exgmnameb="benzene")
        sim.write_simulation(silent=True)
    (folder / "case.toml").write_text(dedent(CASE) + "".join(dedent(t) for t in texts), encoding="utf-8")
    return folder


def amounts(results, species):
    """In and out by (package, term) at the end."""
    table = results.budget()
    last = table[(table.species == species) & (table.time == table.time.max())]
    return {(row["package"], row["term"]): (row["in"], row["out"]) for row in last.to_dict("records")}


def total_mass(results, name):
    """Mass of a species in the oil of all cells at the last time."""
    return float(np.nansum(results.mass_in_oil(name).isel(time=-1).values))
