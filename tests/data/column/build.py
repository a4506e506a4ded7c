"""Write the MODFLOW 6 files beside this script: a column of 40 cells with an inflow of known concentration.

Synthetic numbers, no real place: 100 m long, K 10 m/d, porosity 0.25, inflow 1 m3/d over 1 m2, longitudinal
dispersivity 2.5 m. Run it with a folder as its argument to write elsewhere.
"""

import sys
from pathlib import Path

import flopy


def build(folder: Path) -> flopy.mf6.MFSimulation:
    """Write the simulation to `folder` and return it."""
    sim = flopy.mf6.MFSimulation(sim_name="column", sim_ws=str(folder), write_headers=False)
    flopy.mf6.ModflowTdis(sim, time_units="days", nper=1, perioddata=[(10.0, 10, 1.0)])
    dis = dict(nlay=1, nrow=1, ncol=40, delr=2.5, delc=1.0, top=1.0, botm=0.0, length_units="meters")

    flow = flopy.mf6.ModflowGwf(sim, modelname="flow", save_flows=True)
    ims = flopy.mf6.ModflowIms(sim, filename="flow.ims", outer_dvclose=1e-9, inner_dvclose=1e-10, inner_maximum=100)
    sim.register_ims_package(ims, ["flow"])
    flopy.mf6.ModflowGwfdis(flow, **dis)
    flopy.mf6.ModflowGwfnpf(flow, k=10.0, save_specific_discharge=True, save_saturation=True)
    flopy.mf6.ModflowGwfic(flow, strt=2.0)
    flopy.mf6.ModflowGwfwel(
        flow, stress_period_data=[((0, 0, 0), 1.0, 5.0)], auxiliary=["concentration"], pname="wel-1"
    )
    flopy.mf6.ModflowGwfchd(flow, stress_period_data=[((0, 0, 39), 2.0)], pname="chd-1")
    flopy.mf6.ModflowGwfoc(
        flow, head_filerecord="flow.hds", budget_filerecord="flow.cbc", saverecord=[("head", "all"), ("budget", "all")]
    )

    trans = flopy.mf6.ModflowGwt(sim, modelname="trans")
    ims = flopy.mf6.ModflowIms(sim, filename="trans.ims", linear_acceleration="bicgstab", outer_dvclose=1e-9)
    sim.register_ims_package(ims, ["trans"])
    flopy.mf6.ModflowGwtdis(trans, **dis)
    flopy.mf6.ModflowGwtic(trans, strt=0.0)
    flopy.mf6.ModflowGwtadv(trans, scheme="upstream")
    flopy.mf6.ModflowGwtdsp(trans, alh=2.5, ath1=0.25)
    flopy.mf6.ModflowGwtmst(trans, porosity=0.25)
    flopy.mf6.ModflowGwtssm(trans, sources=[("wel-1", "aux", "concentration")])
    flopy.mf6.ModflowGwtoc(trans, concentration_filerecord="trans.ucn", saverecord=[("concentration", "all")])
    flopy.mf6.ModflowGwfgwt(sim, exgtype="gwf6-gwt6", exgmnamea="flow", exgmnameb="trans", filename="column.gwfgwt")
    sim.write_simulation(silent=True)
    return sim


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
