"""Small sites with an ensemble: a square of 10 by 10 cells, a column with an exact solution."""

from pathlib import Path

import flopy

YEAR = 365.25
HEAD = """\
[case]
title = "{title}"
status = "illustrative"
crs = "EPSG:32640"
start = 2000-01-01
units = "g"

[modflow]
simulation = "mf6"
"""
SQUARE = HEAD.format(title="Square") + """
[[source]]
name = "Pit"
polygon = [[500010, 5400050], [500020, 5400050], [500020, 5400060], [500010, 5400060]]

[[receptor]]
name = "Near"
kind = "monitoring well"
x = 500045
y = 5400055

[[receptor]]
name = "Far"
kind = "village"
x = 500085
y = 5400045
layers = [1]

[[limit]]
species = "tracer"
value = "0.5 mg/L"
text = "drinking water"
source = "Test"
status = "assumed"
"""
PARAMETERS = """
[ensemble]
seed = 3

[[ensemble.parameter]]
name = "K"
title = { en = "Hydraulic conductivity", ru = "Коэффициент фильтрации" }
[[ensemble.parameter.conductivity]]
factor = { value = 1, range = [0.4, 2.5], distribution = "lognormal", source = "Guess", status = "assumed" }

[[ensemble.parameter]]
name = "decay"
[[ensemble.parameter.species]]
name = "tracer"
decay = { value = "0.5 1/y", range = ["0.1 1/y", "3 1/y"], distribution = "loguniform" }

[[ensemble.parameter]]
name = "pit"
[[ensemble.parameter.source]]
name = "pit"
factor = { value = 1.0, range = [0.3, 2], distribution = "triangular" }
"""


def simulation(folder: Path, perioddata, shape, **options) -> tuple:
    """Return an mf6 simulation with flow and one species, without boundaries; write_all finishes it."""
    mf6 = folder / "mf6"
    mf6.mkdir(parents=True)
    sim = flopy.mf6.MFSimulation(sim_name="small", sim_ws=str(mf6))
    flopy.mf6.ModflowTdis(sim, time_units="days", nper=1, perioddata=[perioddata])
    shape = {"length_units": "meters", "nlay": 1, **shape}
    flow = flopy.mf6.ModflowGwf(sim, modelname="flow", save_flows=True)
    flopy.mf6.ModflowGwfdis(flow, **shape)
    flopy.mf6.ModflowGwfic(flow, strt=12.0)
    flopy.mf6.ModflowGwfnpf(flow, icelltype=0, k=10.0, save_specific_discharge=True)
    flopy.mf6.ModflowGwfoc(flow, head_filerecord="flow.hds", saverecord=[("HEAD", "LAST")])
    solute = flopy.mf6.ModflowGwt(sim, modelname="tracer")
    flopy.mf6.ModflowGwtdis(solute, **shape)
    flopy.mf6.ModflowGwtic(solute, strt=0.0)
    flopy.mf6.ModflowGwtadv(solute, scheme="tvd")
    flopy.mf6.ModflowGwtdsp(solute, **options.pop("dispersion"))
    flopy.mf6.ModflowGwtmst(solute, **options)
    flopy.mf6.ModflowGwtssm(solute)
    flopy.mf6.ModflowGwtoc(solute, concentration_filerecord="tracer.ucn", saverecord=[("CONCENTRATION", "ALL")])
    return sim, flow, solute


def write_all(sim, flow, solute) -> None:
    """Add solvers and the exchange, write the files."""
    for model in (flow, solute):
        ims = flopy.mf6.ModflowIms(sim, filename=f"{model.name}.ims", linear_acceleration="bicgstab",
                                   outer_dvclose=1e-10, inner_dvclose=1e-10)
        sim.register_ims_package(ims, [model.name])
    flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea="flow", exgmnameb="tracer")
    sim.write_simulation(silent=True)


def square(folder: Path, ensemble: str = PARAMETERS) -> Path:
    """Write 10 by 10 cells of 10 m with flow to the east and a source of mass; return the folder."""
    shape = {"nrow": 10, "ncol": 10, "delr": 10.0, "delc": 10.0, "top": 10.0, "botm": [0.0],
             "xorigin": 500_000.0, "yorigin": 5_400_000.0}
    sim, flow, solute = simulation(
        folder, (4 * YEAR, 8, 1.0), shape, porosity=0.25, dispersion={"alh": 5.0, "ath1": 0.5})
    flopy.mf6.ModflowGwfchd(flow, pname="chd", stress_period_data=[
        ((0, i, j), h) for i in range(10) for j, h in ((0, 10.5), (9, 10.0))])
    flopy.mf6.ModflowGwtsrc(solute, pname="src", boundnames=True, stress_period_data=[((0, 4, 1), 16.0, "pit")])
    write_all(sim, flow, solute)
    (folder / "case.toml").write_text(SQUARE + ensemble, encoding="utf-8")
    return folder


COLUMN = HEAD.format(title="Column") + """
[[limit]]
species = "tracer"
value = "0.1 mg/L"
text = "drinking water"

[ensemble]
seed = 8

[[ensemble.parameter]]
name = "decay"
[[ensemble.parameter.species]]
name = "tracer"
decay = { value = "0.02 1/d", range = ["0.005 1/d", "0.1 1/d"], distribution = "loguniform" }

[[ensemble.parameter]]
name = "strength"
[[ensemble.parameter.source]]
name = "cnc"
factor = { value = 1.0, range = [0.2, 5], distribution = "loguniform" }
"""
CELLS, CELL, POROSITY, FLUX, DISPERSIVITY = 240, 0.5, 0.25, 0.25, 4.0


def column(folder: Path) -> Path:
    """Write a column of 120 m in steady flow, v = 1 m/d, with 1 mg/L at its head; return the folder."""
    shape = {"nrow": 1, "ncol": CELLS, "delr": CELL, "delc": 1.0, "top": 1.0, "botm": [0.0]}
    sim, flow, solute = simulation(folder, (1000.0, 1, 1.0), shape, porosity=POROSITY,
                                   dispersion={"alh": DISPERSIVITY, "ath1": 0.0})
    flopy.mf6.ModflowGwfwel(flow, pname="wel", stress_period_data=[((0, 0, 0), FLUX)])
    flopy.mf6.ModflowGwfchd(flow, pname="chd", stress_period_data=[((0, 0, CELLS - 1), 10.0)])
    flopy.mf6.ModflowGwtcnc(solute, pname="cnc", stress_period_data=[((0, 0, 0), 1.0)])
    write_all(sim, flow, solute)
    (folder / "case.toml").write_text(COLUMN, encoding="utf-8")
    return folder
