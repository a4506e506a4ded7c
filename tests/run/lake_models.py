"""A small flow model with four lakes, built with flopy, that MODFLOW 6 solves too."""

import contextlib
import io

import flopy

FEATURES = ("stage", "ext-inflow", "outlet-inflow", "inflow", "rainfall", "runoff", "withdrawal", "evaporation",
            "storage", "constant", "volume", "surface-area")
CONNECTIONS = ("lak", "wetted-area", "conductance")
OUTLETS = ("outlet", "ext-outflow")
TABLE = [(5.0, 0.0, 0.0, 0.0), (7.0, 1000.0, 800.0, 900.0), (10.0, 5000.0, 1500.0, 1600.0)]
PLACES = ((1, 1), (2, 1), (3, 1), (4, 1), (4, 2))


def asked():
    """Every observation of every place."""
    return [
        *((f"{q}_{lake}", q, str(lake)) for lake in range(1, 5) for q in FEATURES),
        *((f"{q}_{lake}_{n}", q, str(lake), str(n)) for lake, n in PLACES for q in CONNECTIONS),
        *((f"{q}_{outlet}", q, str(outlet)) for outlet in (1, 2, 3) for q in OUTLETS),
        ("stage_pond", "stage", "pond"), ("rainfall_waters", "rainfall", "waters"), ("lak_waters", "lak", "waters"),
    ]


def lake_simulation(folder):
    """Lakes on cells, at a cell's side, within a cell; outlets between them and out of the model."""
    with contextlib.redirect_stdout(io.StringIO()):
        sim = flopy.mf6.MFSimulation(sim_name="flow", sim_ws=str(folder))
        flopy.mf6.ModflowTdis(sim, nper=2, perioddata=[(10.0, 1, 1.0), (30.0, 3, 1.2)],
                              time_units="days")
        flopy.mf6.ModflowIms(sim, complexity="complex", outer_dvclose=1e-9, inner_dvclose=1e-10, outer_maximum=500,
                             inner_maximum=100, rcloserecord=[1e-9, "STRICT"], linear_acceleration="bicgstab")
        gwf = flopy.mf6.ModflowGwf(sim, modelname="flow", save_flows=True, newtonoptions="NEWTON")
        flopy.mf6.ModflowGwfdis(gwf, nlay=2, nrow=4, ncol=6, delr=50.0, delc=40.0, top=10.0, botm=[4.0, 0.0],
                                length_units="meters")
        flopy.mf6.ModflowGwfnpf(gwf, k=8.0, k33=1.0, icelltype=1)
        flopy.mf6.ModflowGwfic(gwf, strt=9.0)
        flopy.mf6.ModflowGwfsto(gwf, ss=1e-5, sy=0.15, iconvert=1, steady_state={0: True},
                                transient={1: True})
        flopy.mf6.ModflowGwfchd(gwf, pname="west", stress_period_data=[[(0, i, 0), 9.6] for i in range(4)])
        flopy.mf6.ModflowGwfchd(gwf, pname="east", stress_period_data=[[(0, i, 5), 8.2] for i in range(4)])
        flopy.mf6.ModflowGwfoc(gwf, head_filerecord="flow.hds", budget_filerecord="flow.cbc",
                               saverecord=[("HEAD", "ALL"), ("BUDGET", "ALL")])
        lak = flopy.mf6.ModflowGwflak(
            gwf, pname="waters", auxiliary=["salt"], boundnames=True, nlakes=4, noutlets=3, ntables=1,
            length_conversion=1.0, time_conversion=86400.0, stage_filerecord="waters.stg",
            budget_filerecord="waters.bud", budgetcsv_filerecord="waters.csv",
            packagedata=[(0, 10.6, 1, 35.0, "waters"), (1, 10.4, 1, 1.0, "waters"), (2, 7.5, 1, 2.0, "pond"),
                         (3, 10.3, 2, 3.0, "waters")],
            connectiondata=[(0, 0, (0, 0, 2), "VERTICAL", 0.05, 0.0, 0.0, 0.0, 0.0),
                            (1, 0, (0, 1, 3), "VERTICAL", "3.0E+30", 0.0, 0.0, 0.0, 0.0),
                            (2, 0, (0, 2, 2), "EMBEDDEDV", 0.02, 0.0, 0.0, 2.5, 0.0),
                            (3, 0, (0, 3, 4), "VERTICAL", 0.03, 0.0, 0.0, 0.0, 0.0),
                            (3, 1, (0, 2, 4), "HORIZONTAL", 0.1, 6.0, 9.5, 20.0, 50.0)],
            tables=[(2, "pond.tab")],
            outlets=[(0, 0, 1, "SPECIFIED", 9.0, 0.3, 0.05, 1e-7), (1, 1, 3, "SPECIFIED", 9.0, 0.0, 0.0, 0.0),
                     (2, 3, -1, "SPECIFIED", 0.0, 0.0, 0.0, 0.0)],
            perioddata={0: [(0, "rainfall", 0.004), (0, "evaporation", 0.002), (0, "inflow", 60.0),
                            (1, "inflow", 40.0), (1, "runoff", 5.0), (2, "rainfall", 0.002),
                            (3, "withdrawal", 2.0), (3, "inflow", 90.0), (2, "rate", -3.0),
                            (0, "rate", -4.0), (1, "rate", -2.0)],
                        1: [(0, "inflow", 70.0), (2, "evaporation", 0.004)]},
            observations={"waters.obs.csv": asked(), "filename": "waters.obs", "digits": 15})
        flopy.mf6.ModflowUtllaktab(lak, nrow=3, ncol=4, table=TABLE, filename="pond.tab")
        sim.write_simulation(silent=True)
    return sim
