"""Small MODFLOW 6 models, built with flopy, that the reading tests change and break."""

import contextlib
import io
import re
from pathlib import Path

import flopy


def flow_simulation(folder, *, name="flow", transport=None, periods=3, **dis):
    """A 2 x 3 x 4 flow model with a well, heads and recharge; with `transport` also a GWT model of that name."""
    with contextlib.redirect_stdout(io.StringIO()):
        sim = flopy.mf6.MFSimulation(sim_name=name, sim_ws=str(folder))
        flopy.mf6.ModflowTdis(sim, nper=periods, perioddata=[(10.0, 2, 1.0)] * periods, time_units="days",
                              start_date_time="2020-01-01")
        ims = flopy.mf6.ModflowIms(sim, outer_dvclose=1e-7, rcloserecord=[1e-5, "STRICT"], filename=f"{name}.ims")
        gwf = flopy.mf6.ModflowGwf(sim, modelname=name, save_flows=True)
        sim.register_ims_package(ims, [name])
        discretise(gwf, flopy.mf6.ModflowGwfdis, **dis)
        flopy.mf6.ModflowGwfnpf(gwf, k=5.0, k33=0.1, k33overk=True, icelltype=[1, 0])
        flopy.mf6.ModflowGwfic(gwf, strt=9.0)
        flopy.mf6.ModflowGwfwel(gwf, pname="wells", boundnames=True, auxiliary=["conc"],
                                stress_period_data={0: [[(1, 0, 1), 2.5, 100.0, "North"], [(1, 2, 2), -1.0, 0.0, "S"]]})
        flopy.mf6.ModflowGwfchd(gwf, pname="sea", stress_period_data=[[(0, 0, 3), 8.0]])
        flopy.mf6.ModflowGwfrcha(gwf, pname="rain", recharge=1e-3)
        flopy.mf6.ModflowGwfoc(gwf, head_filerecord=f"{name}.hds", budget_filerecord=f"{name}.cbc",
                               saverecord=[("HEAD", "LAST"), ("BUDGET", "ALL")])
        if transport:
            add_transport(sim, transport, **dis)
            flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea=name, exgmnameb=transport,
                                    filename=f"{transport}.gwfgwt")
    return sim


def discretise(model, package, **dis):
    given = {"nlay": 2, "nrow": 3, "ncol": 4, "delr": 100.0, "delc": 50.0, "top": 10.0, "botm": [5.0, 0.0],
             "length_units": "meters", "xorigin": 500.0, "yorigin": 600.0, "angrot": 30.0}
    package(model, **{**given, **dis})


def add_transport(sim, name, fmi=None, **dis):
    ims = flopy.mf6.ModflowIms(sim, filename=f"{name}.ims", linear_acceleration="BICGSTAB")
    gwt = flopy.mf6.ModflowGwt(sim, modelname=name)
    sim.register_ims_package(ims, [name])
    discretise(gwt, flopy.mf6.ModflowGwtdis, **dis)
    flopy.mf6.ModflowGwtic(gwt, strt=1.0)
    flopy.mf6.ModflowGwtadv(gwt, scheme="TVD")
    flopy.mf6.ModflowGwtdsp(gwt, alh=10.0, ath1=1.0, atv=0.1)
    flopy.mf6.ModflowGwtmst(gwt, porosity=0.3, sorption="linear", bulk_density=1800.0, distcoef=1e-4,
                            first_order_decay=True, decay=0.01, decay_sorbed=0.002)
    flopy.mf6.ModflowGwtssm(gwt, sources=[("wells", "AUX", "conc")])
    flopy.mf6.ModflowGwtcnc(gwt, pname="spill", stress_period_data=[[(0, 1, 1), 50.0]])
    flopy.mf6.ModflowGwtoc(gwt, concentration_filerecord=f"{name}.ucn", saverecord=[("CONCENTRATION", "ALL")])
    if fmi:
        flopy.mf6.ModflowGwtfmi(gwt, packagedata=[("GWFHEAD", f"../mf6gwf/{fmi}.hds"),
                                                  ("GWFBUDGET", f"../mf6gwf/{fmi}.cbc")])
    return gwt


def write(sim):
    """Write a simulation and return its folder."""
    with contextlib.redirect_stdout(io.StringIO()):
        sim.write_simulation(silent=True)
    return Path(sim.sim_path)


def transport_simulation(folder, name="solute", flow="flow"):
    with contextlib.redirect_stdout(io.StringIO()):
        sim = flopy.mf6.MFSimulation(sim_name=name, sim_ws=str(folder))
        flopy.mf6.ModflowTdis(sim, nper=1, perioddata=[(30.0, 5, 1.0)], time_units="days")
        add_transport(sim, name, fmi=flow)
    return sim


def change(path, old, new):
    """Replace a pattern in a file once; the pattern must be there."""
    text = path.read_text()
    assert re.search(old, text), (old, text)
    path.write_text(re.sub(old, new, text, count=1))


def line_of(path, start):
    return next(i for i, text in enumerate(path.read_text().splitlines(), 1) if text.strip().startswith(start))


