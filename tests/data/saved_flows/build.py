"""Make the saved flows that stand beside this file: a small valley with a stream, a lake and a multi-aquifer well.

Needs flopy and a MODFLOW 6 executable: ``python build.py [path to mf6]``. The stored ``valley.hds``,
``valley.cbc`` and ``valley.dis.grb`` were made with MODFLOW 6.7; the transport model in ``gwt`` takes its
flow from them. Nothing in the tests runs MODFLOW.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import flopy
import numpy as np

HERE = Path(__file__).parent
N_LAY, N_ROW, N_COL = 3, 9, 10
SPACING = 50.0
TOP, BOTTOM = 30.0, [20.0, 10.0, 0.0]
LAKE = [(6, 6), (6, 7), (7, 6), (7, 7)]  # row, column of the lake, zero-based, in the uppermost layer
PERIODS = [(1.0, 1, 1.0), (200.0, 4, 1.5)]


def build_flow(folder: Path, executable: str) -> None:
    """Write and run the flow model."""
    sim = flopy.mf6.MFSimulation(sim_name="valley", sim_ws=folder, exe_name=executable)
    flopy.mf6.ModflowTdis(sim, nper=len(PERIODS), perioddata=PERIODS, time_units="days")
    flopy.mf6.ModflowIms(sim, linear_acceleration="bicgstab", outer_dvclose=1e-9, inner_dvclose=1e-10,
                         rcloserecord=1e-8, outer_maximum=200, inner_maximum=200)
    gwf = flopy.mf6.ModflowGwf(sim, modelname="valley", save_flows=True, newtonoptions="NEWTON")
    idomain = np.ones((N_LAY, N_ROW, N_COL), dtype=int)
    for row, column in LAKE:
        idomain[0, row, column] = 0
    idomain[:, 0, :2] = 0
    flopy.mf6.ModflowGwfdis(gwf, nlay=N_LAY, nrow=N_ROW, ncol=N_COL, delr=SPACING, delc=SPACING, top=TOP,
                            botm=BOTTOM, idomain=idomain, length_units="meters")
    flopy.mf6.ModflowGwfnpf(gwf, icelltype=[1, 0, 0], k=[8.0, 5.0, 2.0], k33=0.5, save_specific_discharge=True,
                            save_saturation=True)
    flopy.mf6.ModflowGwfsto(gwf, iconvert=[1, 0, 0], ss=1e-5, sy=0.15, steady_state={0: True}, transient={1: True})
    flopy.mf6.ModflowGwfic(gwf, strt=28.0)
    west = [((layer, row, 0), 28.0) for layer in range(N_LAY) for row in range(1, N_ROW)]
    east = [((layer, row, N_COL - 1), 25.5) for layer in range(N_LAY) for row in range(N_ROW)]
    flopy.mf6.ModflowGwfchd(gwf, stress_period_data=west + east, pname="chd-ends")
    flopy.mf6.ModflowGwfrcha(gwf, recharge=4e-4, pname="rain")

    reaches = []
    for i in range(N_COL):
        links = 1 if i in (0, N_COL - 1) else 2
        reaches.append([i, (0, 3, i), SPACING, 4.0, 1e-3, 27.6 - 0.25 * i, 0.5, 0.5, 0.035, links, 1.0, 0, 3.0])
    chain = [[i, *([i - 1] if i else []), *([-(i + 1)] if i < N_COL - 1 else [])] for i in range(N_COL)]
    flopy.mf6.ModflowGwfsfr(gwf, auxiliary=["concentration"], nreaches=N_COL, packagedata=reaches,
                            connectiondata=chain, perioddata=[(0, "inflow", 4000.0)], pname="stream",
                            unit_conversion=86400.0)

    links = []
    around = {(r + i, c + j) for r, c in LAKE for i, j in ((0, 1), (0, -1), (1, 0), (-1, 0))} - set(LAKE)
    for row, column in LAKE:
        links.append([0, len(links), (1, row, column), "vertical", 0.05, 0.0, 0.0, 0.0, 0.0])
    for row, column in sorted(around):
        links.append([0, len(links), (0, row, column), "horizontal", 0.05, 0.0, 0.0, 0.5 * SPACING, SPACING])
    flopy.mf6.ModflowGwflak(gwf, nlakes=1, packagedata=[[0, 27.0, len(links)]], connectiondata=links,
                            perioddata=[(0, "rainfall", 2e-3), (0, "evaporation", 4e-3)], pname="lake")
    well = [[0, i, (i + 1, 4, 5), 20.0 - 10.0 * i, 10.0 - 10.0 * i, 0.0, 0.15] for i in range(2)]
    flopy.mf6.ModflowGwfmaw(gwf, packagedata=[[0, 0.15, 0.0, 27.0, "THIEM", 2]], connectiondata=well, pname="well",
                            perioddata={0: [(0, "rate", -20.0)], 1: [(0, "rate", -120.0)]})
    flopy.mf6.ModflowGwfoc(gwf, head_filerecord="valley.hds", budget_filerecord="valley.cbc",
                           saverecord=[("HEAD", "ALL"), ("BUDGET", "ALL")])
    sim.write_simulation(silent=True)
    done, lines = sim.run_simulation(silent=True)
    if not done:
        raise SystemExit("\n".join(lines[-20:]))


def build_transport(folder: Path) -> None:
    """Write the transport model that reads the saved flows."""
    sim = flopy.mf6.MFSimulation(sim_name="plume", sim_ws=folder)
    flopy.mf6.ModflowTdis(sim, nper=len(PERIODS), perioddata=PERIODS, time_units="days")
    flopy.mf6.ModflowIms(sim, linear_acceleration="bicgstab")
    gwt = flopy.mf6.ModflowGwt(sim, modelname="tracer")
    idomain = np.ones((N_LAY, N_ROW, N_COL), dtype=int)
    for row, column in LAKE:
        idomain[0, row, column] = 0
    idomain[:, 0, :2] = 0
    flopy.mf6.ModflowGwtdis(gwt, nlay=N_LAY, nrow=N_ROW, ncol=N_COL, delr=SPACING, delc=SPACING, top=TOP,
                            botm=BOTTOM, idomain=idomain, length_units="meters")
    start = np.zeros((N_LAY, N_ROW, N_COL))
    start[:2, 4:7, 2:4] = 100.0
    flopy.mf6.ModflowGwtic(gwt, strt=start)
    flopy.mf6.ModflowGwtadv(gwt, scheme="UPSTREAM")
    flopy.mf6.ModflowGwtdsp(gwt, alh=10.0, ath1=1.0, ath2=0.1, xt3d_off=True)
    flopy.mf6.ModflowGwtmst(gwt, porosity=0.25)
    flopy.mf6.ModflowGwtssm(gwt, sources=[("stream", "AUX", "concentration")])
    flopy.mf6.ModflowGwtfmi(gwt, packagedata=[("GWFHEAD", "../valley.hds"), ("GWFBUDGET", "../valley.cbc")])
    flopy.mf6.ModflowGwtoc(gwt, concentration_filerecord="tracer.ucn", saverecord=[("CONCENTRATION", "ALL")])
    sim.write_simulation(silent=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        build_flow(Path(scratch), sys.argv[1] if len(sys.argv) > 1 else "mf6")
        for name in ("valley.hds", "valley.cbc", "valley.dis.grb"):
            shutil.copy(Path(scratch) / name, HERE / name)
    build_transport(HERE / "gwt")
