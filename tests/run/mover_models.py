"""The valley of `solute_models` with every package that writes a budget, and movers between them."""

import contextlib
import io

import flopy
import numpy as np

from tests.run import solute_models

OUT = (4, 6)
"""Row and column of a cell of the second layer that takes no part."""
RULES = {
    0: [("wells", 0, "lak-1", 0, "factor", 0.5), ("ditch", 0, "sfr-1", 1, "factor", 1.0),
        ("ditch", 1, "lak-1", 1, "upto", 5.0), ("lak-1", 1, "sfr-1", 2, "factor", 0.3),
        ("sfr-1", 6, "lak-1", 0, "upto", 20.0), ("river", 0, "lak-1", 1, "factor", 1.0),
        ("sfr-1", 5, "sfr-1", 0, "threshold", 1e9)],
    2: [("wells", 0, "lak-1", 0, "factor", 0.5), ("wells", 1, "lak-1", 0, "factor", 0.25),
        ("ditch", 0, "sfr-1", 1, "factor", 1.0), ("lak-1", 1, "sfr-1", 2, "factor", 0.3),
        ("sfr-1", 6, "lak-1", 0, "excess", 20.0)],
}


def mover_simulation(folder):
    """Write the simulation: one steady step, two of transient flow, one with other rules; return its folder."""
    with contextlib.redirect_stdout(io.StringIO()):
        sim = flopy.mf6.MFSimulation(sim_name="valley", sim_ws=str(folder))
        flopy.mf6.ModflowTdis(sim, nper=3, perioddata=[(1.0, 1, 1.0), (80.0, 2, 1.2), (30.0, 1, 1.0)],
                              time_units="days")
        active = np.ones(solute_models.SHAPE, int)
        for columns in solute_models.LAKES:
            active[0, solute_models.ROWS[0]:solute_models.ROWS[1] + 1, columns[0]:columns[1] + 1] = 0
        active[1, *OUT] = 0
        grid = {"nlay": 2, "nrow": 5, "ncol": 7, "delr": 100.0, "delc": 100.0, "top": 50.0, "botm": [40.0, 0.0],
                "idomain": active}
        solute_models._flow(sim, grid)
        solute_models._transport(sim, grid)
        _add_packages(sim.get_model("flow"))
        gwt = sim.get_model("salt")
        gwt.remove_package("ssm")
        names = ("chd-1", "rain", "pond", "wells", "sea")
        flopy.mf6.ModflowGwtssm(gwt, sources=[(name, "AUX", "conc") for name in names])
        flopy.mf6.ModflowGwtmvt(gwt, pname="mvt-1")
        flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea="flow", exgmnameb="salt", filename="valley.gwfgwt")
        for name, complexity in (("flow", "COMPLEX"), ("salt", "MODERATE")):
            ims = flopy.mf6.ModflowIms(sim, linear_acceleration="BICGSTAB", complexity=complexity, outer_dvclose=1e-10,
                                       inner_dvclose=1e-12, outer_maximum=500, inner_maximum=500,
                                       rcloserecord=[1e-8, "strict"], filename=f"{name}.ims")
            sim.register_ims_package(ims, [name])
        sim.write_simulation(silent=True)
    return folder


def _add_packages(gwf):
    gwf.remove_package("rcha")
    gwf.remove_package("oc")
    sides = ((0, 46.0, 30.0), (6, 42.0, 0.0))
    gwf.get_package("chd").stress_period_data.set_data(
        {0: [((1, i, j), head, conc) for i in range(5) for j, head, conc in sides if (i, j) != OUT]})
    flopy.mf6.ModflowGwfrcha(gwf, pname="rain", auxiliary=["conc", "more"], recharge=5e-4, aux={0: [2.0, 3.0]})
    flopy.mf6.ModflowGwfevta(gwf, pname="plants", surface=46.0, rate=1e-3, depth=5.0)
    flopy.mf6.ModflowGwfrch(gwf, pname="pond", filename="pond.rch", auxiliary=["conc"],
                            stress_period_data=[[(0, 0, 3), 1e-3, 4.0], [(1, 2, 4), 2e-3, 5.0]])
    flopy.mf6.ModflowGwfevt(gwf, pname="trees", filename="trees.evt", nseg=1,
                            stress_period_data=[[(0, 4, 3), 46.0, 1e-3, 4.0]])
    flopy.mf6.ModflowGwfwel(gwf, pname="wells", mover=True, auxiliary=["conc"], stress_period_data={
        0: [[(1, 0, 1), -100.0, 0.0], [(1, 3, 5), 50.0, 7.0]], 2: [[(1, 0, 1), -150.0, 0.0], [(1, 3, 5), -50.0, 7.0]]})
    flopy.mf6.ModflowGwfdrn(gwf, pname="ditch", mover=True,
                            stress_period_data=[[(1, 0, 4), 40.0, 30.0], [(1, 0, 5), 40.5, 30.0]])
    flopy.mf6.ModflowGwfghb(gwf, pname="sea", auxiliary=["conc"], stress_period_data=[[(1, 4, 5), 42.0, 30.0, 1.0]])
    flopy.mf6.ModflowGwfriv(gwf, pname="river", mover=True, stress_period_data=[[(1, 4, 1), 43.0, 30.0, 41.0]])
    for name, label in (("lak-1", "lak"), ("sfr-1", "sfr")):
        package = gwf.get_package(name)
        package.mover = True
        package.budget_filerecord, package.budgetcsv_filerecord = f"{label}.bud", f"{label}.csv"
    flopy.mf6.ModflowGwfmvr(
        gwf, pname="moves", maxmvr=8, maxpackages=5, budget_filerecord="mvr.bud", budgetcsv_filerecord="mvr.csv",
        packages=[("wells",), ("ditch",), ("lak-1",), ("sfr-1",), ("river",)], perioddata=RULES)
    flopy.mf6.ModflowGwfoc(gwf, head_filerecord="flow.hds", budget_filerecord="flow.cbc",
                           saverecord=[("HEAD", "ALL"), ("BUDGET", "ALL")])
