"""A valley with two lakes, an outlet between them and a stream, all of which carry salt."""

import contextlib
import io

import flopy
import numpy as np

SHAPE = (2, 5, 7)
LAKES = ((1, 2), (4, 5))
"""Columns of the two lakes, in rows 2 and 3 of the first layer."""
ROWS = (1, 2)


def connections():
    found = []
    for lake, columns in enumerate(LAKES):
        own = [((1, i, j), "VERTICAL", 0.1, 0.0, 0.0, 0.0, 0.0) for i in ROWS for j in columns]
        own += [((0, i, j), "HORIZONTAL", 0.1, 40.0, 50.0, 50.0, 100.0)
                for i in ROWS for j in (columns[0] - 1, columns[1] + 1)]
        found += [(lake, k, *c) for k, c in enumerate(own)]
    return found


def asked_of_lakes():
    return [
        ("c-up", "concentration", "up"), ("c-down", "concentration", (1,)), ("stored", "storage", (0,)),
        ("evaporated", "evaporation", (1,)), ("through", "flow-ja-face", (0,), (1,)),
        ("back", "flow-ja-face", (1,), (0,)), ("drawn", "withdrawal", (1,)), ("leaves", "ext-outflow", (1,)),
        ("one", "lkt", (0,), (0,)), ("other", "lkt", (1,), (5,)), ("all-down", "lkt", "down"),
        ("held", "constant", (1,)), ("comes", "ext-inflow", (0,)), ("runs", "runoff", (0,)),
        ("rains", "rainfall", (0,)),
    ]


def asked_of_reaches():
    return [("c-last", "concentration", (6,)), ("gains", "sft", (3,)), ("next", "flow-ja-face", (3,), (2,)),
            ("out", "ext-outflow", (6,)), ("in", "ext-inflow", (0,))]


def solute_simulation(folder):
    """Write the simulation: one steady step, four of 20 days, three of 30 in which the lower lake is held."""
    with contextlib.redirect_stdout(io.StringIO()):
        sim = flopy.mf6.MFSimulation(sim_name="valley", sim_ws=str(folder))
        flopy.mf6.ModflowTdis(sim, nper=3, perioddata=[(1.0, 1, 1.0), (80.0, 4, 1.2), (90.0, 3, 1.0)],
                              time_units="days")
        grid = {"nlay": 2, "nrow": 5, "ncol": 7, "delr": 100.0, "delc": 100.0, "top": 50.0, "botm": [40.0, 0.0]}
        active = np.ones(SHAPE, int)
        for columns in LAKES:
            active[0, ROWS[0]:ROWS[1] + 1, columns[0]:columns[1] + 1] = 0
        _flow(sim, {**grid, "idomain": active})
        _transport(sim, {**grid, "idomain": active})
        flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea="flow", exgmnameb="salt", filename="valley.gwfgwt")
        for name, complexity in (("flow", "COMPLEX"), ("salt", "MODERATE")):
            ims = flopy.mf6.ModflowIms(sim, linear_acceleration="BICGSTAB", complexity=complexity, outer_dvclose=1e-10,
                                       inner_dvclose=1e-12, outer_maximum=300, inner_maximum=500,
                                       rcloserecord=[1e-8, "strict"], filename=f"{name}.ims")
            sim.register_ims_package(ims, [name])
        sim.write_simulation(silent=True)
    return folder


def _flow(sim, grid):
    gwf = flopy.mf6.ModflowGwf(sim, modelname="flow", newtonoptions="NEWTON", save_flows=True)
    flopy.mf6.ModflowGwfdis(gwf, **grid)
    flopy.mf6.ModflowGwfic(gwf, strt=45.0)
    flopy.mf6.ModflowGwfnpf(gwf, icelltype=1, k=5.0, k33=0.5)
    flopy.mf6.ModflowGwfsto(gwf, iconvert=1, sy=0.2, ss=1e-5, steady_state={0: True}, transient={1: True})
    flopy.mf6.ModflowGwfchd(gwf, auxiliary=["conc"], pname="chd-1", stress_period_data=[
        ((1, i, j), head, conc) for i in range(5) for j, head, conc in ((0, 46.0, 30.0), (6, 42.0, 0.0))])
    flopy.mf6.ModflowGwfrcha(gwf, recharge=5e-4)
    flopy.mf6.ModflowGwflak(
        gwf, pname="lak-1", nlakes=2, noutlets=2, boundnames=True, surfdep=0.1,
        packagedata=[(0, 45.0, 8, "up"), (1, 44.0, 8, "down")], connectiondata=connections(),
        outlets=[(0, 0, 1, "WEIR", 44.5, 5.0, 0.0, 0.0), (1, 1, -1, "MANNING", 43.0, 2.0, 0.03, 0.001)],
        perioddata={
            0: [(0, "rainfall", 0.001), (0, "evaporation", 0.002), (1, "evaporation", 0.003), (0, "inflow", 1500.0),
                (1, "withdrawal", 100.0), (0, "runoff", 50.0)],
            1: [(0, "inflow", 200.0), (1, "rainfall", 0.004)], 2: [(0, "inflow", 4000.0), (1, "withdrawal", 400.0)]})
    n = SHAPE[2]
    flopy.mf6.ModflowGwfsfr(
        gwf, pname="sfr-1", nreaches=n,
        packagedata=[(i, (0, 0, i), 100.0, 5.0, 1e-3, 44.5 - 0.3 * i, 1.0, 0.002, 0.035, 1 if i in (0, n - 1) else 2,
                      1.0, 0) for i in range(n)],
        connectiondata=[[0, -1], *([i, i - 1, -(i + 1)] for i in range(1, n - 1)), [n - 1, n - 2]],
        perioddata={0: [(0, "inflow", 3000.0), (2, "rainfall", 0.001), (3, "evaporation", 0.01), (4, "runoff", 20.0)]})
    flopy.mf6.ModflowGwfoc(gwf, head_filerecord="flow.hds", saverecord=[("HEAD", "ALL")])


def _transport(sim, grid):
    gwt = flopy.mf6.ModflowGwt(sim, modelname="salt", save_flows=True)
    flopy.mf6.ModflowGwtdis(gwt, **grid)
    flopy.mf6.ModflowGwtic(gwt, strt=1.0)
    flopy.mf6.ModflowGwtmst(gwt, porosity=0.2)
    flopy.mf6.ModflowGwtadv(gwt, scheme="UPSTREAM")
    flopy.mf6.ModflowGwtdsp(gwt, alh=10.0, ath1=1.0, xt3d_off=True)
    flopy.mf6.ModflowGwtssm(gwt, sources=[("chd-1", "AUX", "conc")])
    flopy.mf6.ModflowGwtlkt(
        gwt, pname="lkt-1", flow_package_name="lak-1", boundnames=True, auxiliary=["note"],
        packagedata=[(0, 5.0, 1.5, "up"), (1, 50.0, 2.5, "down")],
        lakeperioddata={
            0: [(0, "rainfall", 0.5), (0, "ext-inflow", 100.0), (0, "runoff", 10.0), (0, "evaporation", 20.0),
                (1, "evaporation", 20.0)],
            1: [(1, "rainfall", 2.0)], 2: [(1, "status", "constant"), (1, "concentration", 77.0)]},
        concentration_filerecord="salt.lkt.bin", budget_filerecord="salt.lkt.bud", budgetcsv_filerecord="salt.lkt.csv",
        observations={"filename": "salt.lkt.obs", "continuous": {"salt.lkt.obs.csv": asked_of_lakes()}})
    flopy.mf6.ModflowGwtsft(
        gwt, pname="sft-1", flow_package_name="sfr-1", packagedata=[(i, 0.0) for i in range(SHAPE[2])],
        reachperioddata={0: [(0, "inflow", 20.0), (2, "rainfall", 3.0), (4, "runoff", 7.0)]},
        concentration_filerecord="salt.sft.bin", budget_filerecord="salt.sft.bud",
        observations={"filename": "salt.sft.obs", "continuous": {"salt.sft.obs.csv": asked_of_reaches()}})
    flopy.mf6.ModflowGwtoc(gwt, concentration_filerecord="salt.ucn", budget_filerecord="salt.cbc",
                           saverecord=[("CONCENTRATION", "ALL"), ("BUDGET", "ALL")])
