"""Two MODFLOW 6 models side by side, joined by exchanges, built with flopy."""

import contextlib
import io

import flopy

from tests.modflow.models import write

N_COL, N_ROW, WIDTH = 6, 4, 10.0
LINES = [((0, i, N_COL - 1), (0, i, 0), 1, 5.0, 5.0, WIDTH, 0.0, 10.0, f"row{i % 2}") for i in range(N_ROW)]
SETTINGS = {"nexg": N_ROW, "auxiliary": ["ANGLDEGX", "CDIST"], "boundnames": True}


def joined_simulation(folder, *, flow=True, transport=True, fmi=False):
    """A left and a right model, water from west to east; `fmi`: transport on flows from ../mf6gwf."""
    with contextlib.redirect_stdout(io.StringIO()):
        sim = flopy.mf6.MFSimulation(sim_ws=str(folder))
        flopy.mf6.ModflowTdis(sim, nper=1, perioddata=[(20.0, 2, 1.0)], time_units="days")
        if flow:
            ims = flopy.mf6.ModflowIms(sim, filename="flow.ims")
            for k, name in enumerate(("left", "right")):
                _flow_model(sim, name, k)
            sim.register_ims_package(ims, ["left", "right"])
            flopy.mf6.ModflowGwfgwf(sim, exgmnamea="left", exgmnameb="right", exchangedata=LINES,
                                    filename="both.gwfgwf", save_flows=True, **SETTINGS)
        if transport:
            ims = flopy.mf6.ModflowIms(sim, filename="transport.ims", linear_acceleration="BICGSTAB")
            for k, name in enumerate(("left", "right")):
                _transport_model(sim, f"c{name}", k, name if fmi else None)
            sim.register_ims_package(ims, ["cleft", "cright"])
            flopy.mf6.ModflowGwtgwt(sim, exgmnamea="cleft", exgmnameb="cright", gwfmodelname1="left",
                                    gwfmodelname2="right", exchangedata=LINES, filename="both.gwtgwt", **SETTINGS)
            for name in ("left", "right") if not fmi else ():
                flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea=name, exgmnameb=f"c{name}",
                                        filename=f"{name}.gwfgwt")
    return sim


def joined_folder(folder, **options):
    """The same, written."""
    return write(joined_simulation(folder, **options))


def second_line(path, words=None):
    """Write other words in place of the first ones of an exchange's second connection; return its line number."""
    lines = path.read_text().splitlines()
    at = next(i for i, text in enumerate(lines) if text.split()[:2] == ["1", "2"])
    given = lines[at].split()
    lines[at] = " ".join(words if isinstance(words, list) else words.split() + given[len(words.split()):]
                         if words else given)
    path.write_text("\n".join(lines) + "\n")
    return at + 1


def apart(folder):
    """Flow and transport in two simulations below the folder, the second fed by the first through FMI."""
    joined_folder(folder / "mf6gwf", transport=False)
    joined_folder(folder / "mf6gwt", flow=False, fmi=True)
    return folder


def _grid(model, package, k):
    package(model, nlay=1, nrow=N_ROW, ncol=N_COL, delr=WIDTH, delc=WIDTH, top=10.0, botm=0.0, xorigin=60.0 * k)


def _flow_model(sim, name, k):
    gwf = flopy.mf6.ModflowGwf(sim, modelname=name, save_flows=True)
    _grid(gwf, flopy.mf6.ModflowGwfdis, k)
    flopy.mf6.ModflowGwfnpf(gwf, k=5.0, icelltype=1, save_specific_discharge=True, save_saturation=True)
    flopy.mf6.ModflowGwfic(gwf, strt=9.0)
    column, head = ((0, 9.0), (N_COL - 1, 8.0))[k]
    flopy.mf6.ModflowGwfchd(gwf, pname="sea", auxiliary=["c"], stress_period_data=[
        [(0, i, column), head, 0.0] for i in range(N_ROW)])
    if k == 1:
        flopy.mf6.ModflowGwfwel(gwf, pname="pump", stress_period_data=[[(0, 1, 2), -2.0]])
    flopy.mf6.ModflowGwfoc(gwf, head_filerecord=f"{name}.hds", budget_filerecord=f"{name}.cbc",
                           saverecord=[("HEAD", "ALL"), ("BUDGET", "ALL")])


def _transport_model(sim, name, k, fmi):
    gwt = flopy.mf6.ModflowGwt(sim, modelname=name)
    _grid(gwt, flopy.mf6.ModflowGwtdis, k)
    flopy.mf6.ModflowGwtic(gwt, strt=[1.0, 0.0][k])
    flopy.mf6.ModflowGwtadv(gwt, scheme="TVD")
    flopy.mf6.ModflowGwtdsp(gwt, alh=3.0, ath1=0.3)
    flopy.mf6.ModflowGwtmst(gwt, porosity=[0.2, 0.3][k])
    flopy.mf6.ModflowGwtssm(gwt, sources=[("sea", "AUX", "c")])
    flopy.mf6.ModflowGwtoc(gwt, concentration_filerecord=f"{name}.ucn", budget_filerecord=f"{name}.cbc",
                           saverecord=[("CONCENTRATION", "ALL"), *([("BUDGET", "ALL")] if k else [("BUDGET", "LAST")])])
    flopy.mf6.ModflowUtlobs(gwt, filename=f"{name}.obs", continuous={
        f"{name}.csv": [("inside", "FLOW-JA-FACE", (0, 1, 2), (0, 1, 1))]})
    if fmi:
        flopy.mf6.ModflowGwtfmi(gwt, packagedata=[("GWFHEAD", f"../mf6gwf/{fmi}.hds"),
                                                  ("GWFBUDGET", f"../mf6gwf/{fmi}.cbc")])
