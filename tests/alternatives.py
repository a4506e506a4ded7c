"""A small site with a pit, two wells and a river, and a case.toml with scenarios."""

from pathlib import Path
from textwrap import dedent

import flopy
import numpy as np

N_ROW, N_COL, SPACING = 9, 20, 25.0
ORIGIN = (500_000.0, 5_400_000.0)
YEAR = 365.25

HEAD = """\
[case]
title = "Small site"
status = "illustrative"
crs = "EPSG:32640"
start = 2000-01-01
units = "g"

[modflow]
simulation = "mf6"

[[source]]
name = "Pit"
polygon = [[500060, 5400090], [500090, 5400090], [500090, 5400135], [500060, 5400135]]

[[receptor]]
name = "Village"
kind = "village"
x = 500312
y = 5400112
layers = [1, 2]

[[receptor]]
name = "MW"
kind = "monitoring well"
x = 500162
y = 5400112

[[limit]]
species = "tracer"
value = "0.5 mg/L"
text = "drinking water"
source = "Test"
status = "assumed"
"""


def place(column: int, row: int) -> tuple[float, float]:
    """Map coordinates of a cell's centre; row 0 in the north."""
    return ORIGIN[0] + (column + 0.5) * SPACING, ORIGIN[1] + (N_ROW - row - 0.5) * SPACING


def build(folder: Path, scenarios: str = "", head: str = HEAD) -> Path:
    """Write the site; return its folder."""
    mf6 = folder / "mf6"
    mf6.mkdir(parents=True)
    simulation = flopy.mf6.MFSimulation(sim_name="small", sim_ws=str(mf6))
    flopy.mf6.ModflowTdis(simulation, time_units="days", nper=2, perioddata=[(4 * YEAR, 4, 1.0), (8 * YEAR, 8, 1.0)])
    shape = {"length_units": "meters", "nlay": 2, "nrow": N_ROW, "ncol": N_COL, "delr": SPACING, "delc": SPACING,
             "top": 10.0, "botm": [6.0, 0.0], "xorigin": ORIGIN[0], "yorigin": ORIGIN[1]}
    flow = flopy.mf6.ModflowGwf(simulation, modelname="flow", save_flows=True)
    flopy.mf6.ModflowGwfdis(flow, **shape)
    flopy.mf6.ModflowGwfic(flow, strt=12.0)
    flopy.mf6.ModflowGwfnpf(flow, icelltype=0, k=10.0, k33=1.0)
    sides = [((k, i, j), h) for k in (0, 1) for i in range(N_ROW) for j, h in ((0, 12.5), (N_COL - 1, 11.5))]
    flopy.mf6.ModflowGwfchd(flow, pname="chd", stress_period_data=sides)
    wells = [((k, 4, 12), rate, "pw1") for k, rate in ((0, -4.0), (1, -6.0))] + [((1, 2, 15), -5.0, "pw2")]
    flopy.mf6.ModflowGwfwel(flow, pname="wel", boundnames=True, stress_period_data={0: [], 1: wells})
    flopy.mf6.ModflowGwfoc(flow, head_filerecord="flow.hds", saverecord=[("HEAD", "LAST")])
    solute = flopy.mf6.ModflowGwt(simulation, modelname="tracer")
    flopy.mf6.ModflowGwtdis(solute, **shape)
    flopy.mf6.ModflowGwtic(solute, strt=0.0)
    flopy.mf6.ModflowGwtadv(solute, scheme="tvd")
    flopy.mf6.ModflowGwtdsp(solute, alh=10.0, ath1=1.0, ath2=0.1, atv=0.1)
    flopy.mf6.ModflowGwtmst(solute, porosity=0.25)
    flopy.mf6.ModflowGwtssm(solute)
    flopy.mf6.ModflowGwtsrc(solute, pname="src", boundnames=True, stress_period_data=[
        ((0, 4, 2), 12.0, "pit"), ((0, 4, 3), 6.0, "pit")])
    flopy.mf6.ModflowGwtoc(solute, concentration_filerecord="tracer.ucn", saverecord=[("CONCENTRATION", "ALL"),
                                                                                     ("BUDGET", "ALL")])
    for model in (flow, solute):
        ims = flopy.mf6.ModflowIms(simulation, filename=f"{model.name}.ims", linear_acceleration="bicgstab")
        simulation.register_ims_package(ims, [model.name])
    flopy.mf6.ModflowGwfgwt(simulation, exgtype="GWF6-GWT6", exgmnamea="flow", exgmnameb="tracer")
    simulation.write_simulation(silent=True)
    (folder / "case.toml").write_text(head + dedent(scenarios), encoding="utf-8")
    return folder


def rates(simulation, package: str, period: int, step: int = 0) -> dict[str, float]:
    """Rate of a flow package by boundname in one step."""
    model = simulation.flow_models[0]
    values = next(p for p in model.packages if p.name == package).at(model.time.steps_of(period)[step])
    return {n: float(values.columns["rate"][[b == n for b in values.boundnames]].sum())
            for n in dict.fromkeys(values.boundnames)}


def total(values: np.ndarray) -> float:
    """Sum as a float."""
    return float(np.asarray(values).sum())
