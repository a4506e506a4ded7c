"""Ask MODFLOW 6 for the answers in this folder: ``python -m tests.data.transport_mf6.build [mf6]``.

They were made by MODFLOW 6.7.0.dev2 with the sign of the dispersion angle corrected (the released code loses
the sign of qy in the cross terms); flopy wrote the input.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import flopy
import numpy as np

from gwsolver.core.simulation import SavedFlows
from gwsolver.modflow import saved_flow_steps
from gwsolver.run.load import load
from tests.data.transport_mf6.cases import (
    CASES,
    DECAY_SORBED_SHARE,
    DISPERSIVITY,
    FIXED,
    GROUNDS,
    IMMOBILE,
    KD,
    LOADED,
    N_COL,
    N_LAY,
    N_ROW,
    STEPS,
    Case,
    Ground,
)

HERE = Path(__file__).parent
FLOW_FIELDS = ("start", "end", "face_flow", "head_end", "saturation_start", "saturation_end", "specific_discharge",
               "storage_specific", "storage_yield", "residual")


def random_rock(bent: bool) -> dict[str, np.ndarray]:
    """Return sloping layers of unequal cells, one of them inactive; bent: with inner corners moved."""
    r = np.random.default_rng(1)
    shape = (N_LAY, N_ROW, N_COL)
    x, y = np.cumsum(np.r_[0.0, r.uniform(4, 12, N_COL)]), np.cumsum(np.r_[0.0, r.uniform(4, 12, N_ROW)])[::-1]
    top = 10.0 + r.uniform(-1, 1, shape[1:])
    botm = top - np.cumsum(4.0 + r.uniform(-1, 1, shape), axis=0)
    idomain = np.ones(shape, int)
    idomain[0, 1, 2] = 0
    corners = np.stack(np.meshgrid(x, y), axis=-1)
    if bent:
        corners[1:-1, 1:-1] += r.uniform(-1, 1, (N_ROW - 1, N_COL - 1, 2))
    rock = dict(
        delr=np.diff(x), delc=-np.diff(y), top=top, botm=botm, corners=corners.reshape(-1, 2),
        k=np.exp(r.normal(0, 1, shape)), k33=0.1 * np.exp(r.normal(0, 1, shape)),
        porosity=r.uniform(0.2, 0.3, shape), bulk_density=r.uniform(1.2, 1.8, shape), start=r.uniform(0, 1, shape),
    )
    # Six digits, so that the numbers are the same in the text files of MODFLOW 6.
    return {name: np.round(values, 6) for name, values in rock.items()} | {"idomain": idomain}


def grid_package(ground: Ground, model: flopy.mf6.ModflowGwf, flow: bool) -> None:
    """Add DIS or DISV."""
    r = ground.rock
    if ground.disv:
        make = flopy.mf6.ModflowGwfdisv if flow else flopy.mf6.ModflowGwtdisv
        centres = ground.centres()
        make(model, nlay=N_LAY, ncpl=N_ROW * N_COL, nvert=len(r["corners"]), top=r["top"].ravel(),
             botm=r["botm"].reshape(N_LAY, -1), idomain=r["idomain"].reshape(N_LAY, -1),
             vertices=[[i, *p] for i, p in enumerate(r["corners"])],
             cell2d=[[i, *centres[i], 4, *ring] for i, ring in enumerate(ground.rings())])
        return
    make = flopy.mf6.ModflowGwfdis if flow else flopy.mf6.ModflowGwtdis
    make(model, nlay=N_LAY, nrow=N_ROW, ncol=N_COL, **{k: r[k] for k in ("delr", "delc", "top", "botm", "idomain")})


def solver(simulation: flopy.mf6.MFSimulation, model: str, **options: object) -> None:
    """Add an IMS package with tight closure."""
    ims = flopy.mf6.ModflowIms(
        simulation, filename=f"{model}.ims", complexity="SIMPLE", outer_dvclose=1e-11, inner_dvclose=1e-13,
        rcloserecord=[1e-12, "STRICT"], outer_maximum=500, inner_maximum=500, linear_acceleration="BICGSTAB", **options)
    simulation.register_ims_package(ims, [model])


def build(ground: Ground, case: Case, folder: Path) -> None:
    """Write one model."""
    r = ground.rock
    flat = (N_LAY, -1) if ground.disv else (N_LAY, N_ROW, N_COL)
    of = lambda name: r[name].reshape(flat)  # noqa: E731
    sim = flopy.mf6.MFSimulation(sim_ws=str(folder))
    flopy.mf6.ModflowTdis(sim, nper=2, perioddata=[STEPS, STEPS])
    newton = "NEWTON" if ground.newton else None
    gwf = flopy.mf6.ModflowGwf(sim, modelname="flow", save_flows=True, newtonoptions=newton)
    solver(sim, "flow")
    grid_package(ground, gwf, True)
    flopy.mf6.ModflowGwfic(gwf, strt=8.0)
    flopy.mf6.ModflowGwfnpf(gwf, icelltype=1, k=of("k"), k33=of("k33"), save_specific_discharge=True,
                            save_saturation=True)
    flopy.mf6.ModflowGwfsto(gwf, iconvert=1, ss=1e-4, sy=0.15, transient={0: True})
    edge = lambda drop: [  # noqa: E731
        [ground.cellid(k, i, j), h - drop, c] for k in range(N_LAY) for i in range(N_ROW)
        for j, h, c in ((0, 7.6, 1.5), (N_COL - 1, 5.6, 0.2)) if r["botm"][k, i, j] < h - 1.0]
    flopy.mf6.ModflowGwfchd(gwf, stress_period_data={0: edge(0.0), 1: edge(0.4)}, auxiliary=["c"], pname="chd-1")
    wells = [[ground.cellid(1, 1, 1), 3.0, 5.0], [ground.cellid(1, 2, 3), -2.0, 0.0]]
    flopy.mf6.ModflowGwfwel(gwf, stress_period_data=wells, auxiliary=["c"], pname="wel-1")
    flopy.mf6.ModflowGwfoc(gwf, budget_filerecord="flow.cbc", head_filerecord="flow.hds",
                           saverecord=[("HEAD", "ALL"), ("BUDGET", "ALL")])
    gwt = flopy.mf6.ModflowGwt(sim, modelname="solute")
    damped = dict(under_relaxation="DBD", under_relaxation_theta=0.7, under_relaxation_kappa=0.1,
                  under_relaxation_gamma=0.0, under_relaxation_momentum=0.0)
    solver(sim, "solute", **(damped if case.scheme == "tvd" else {}))
    grid_package(ground, gwt, False)
    flopy.mf6.ModflowGwtic(gwt, strt=of("start"))
    flopy.mf6.ModflowGwtadv(gwt, scheme=case.scheme)
    flopy.mf6.ModflowGwtdsp(gwt, **DISPERSIVITY, xt3d_off=not case.xt3d)
    extra: dict[str, object] = {}
    if case.decay:
        extra |= {"first_order_decay" if case.decay > 0.0 else "zero_order_decay": True, "decay": case.decay,
                  "decay_sorbed": case.decay * DECAY_SORBED_SHARE}
    if case.sorption:
        extra |= {"sorption": case.sorption.upper(), "sp2": None if case.sorption == "linear" else case.second}
    own = {"bulk_density": of("bulk_density"), "distcoef": KD} if case.sorption else {}
    flopy.mf6.ModflowGwtmst(gwt, porosity=of("porosity"), **own, **extra)
    if case.immobile:
        flopy.mf6.ModflowGwtist(gwt, pname="ist-1", **IMMOBILE, **extra)
    flopy.mf6.ModflowGwtssm(gwt, sources=[["chd-1", "AUX", "c"], ["wel-1", "AUX", "c"]])
    flopy.mf6.ModflowGwtcnc(gwt, stress_period_data=[[ground.cellid(*FIXED[0]), FIXED[1]]], pname="cnc-1")
    flopy.mf6.ModflowGwtsrc(gwt, stress_period_data=[[ground.cellid(*LOADED[0]), LOADED[1]]], pname="src-1")
    flopy.mf6.ModflowGwtoc(gwt, concentration_filerecord="solute.ucn", saverecord=[("CONCENTRATION", "ALL")])
    flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea="flow", exgmnameb="solute", filename="x.gwfgwt")
    sim.write_simulation(silent=True)


def main(mf6: str) -> None:
    """Run all cases and store flows and concentrations of each ground."""
    for name, kind in GROUNDS.items():
        ground = Ground(**kind, rock=random_rock(kind["disv"]))
        kept: dict[str, np.ndarray] = {f"rock/{key}": values for key, values in ground.rock.items()}
        for case_name, case in CASES.items():
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch)
                build(ground, case, folder)
                subprocess.run([mf6], cwd=folder, check=True, stdout=subprocess.DEVNULL)
                file = flopy.utils.HeadFile(folder / "solute.ucn", text="CONCENTRATION")
                kept[f"answer/{case_name}"] = np.array([file.get_data(totim=t).ravel() for t in file.get_times()])
                if case_name == next(iter(CASES)):
                    grid = load(str(folder)).simulation.transport_models[0].grid
                    files = SavedFlows(str(folder / "flow.hds"), str(folder / "flow.cbc"))
                    for k, step in enumerate(saved_flow_steps(files, grid)):
                        kept |= {f"flow/{k}/{f}": np.asarray(getattr(step, f)) for f in FLOW_FIELDS}
                        for p in step.packages:
                            kept[f"package/{k}/{p.name}/{p.kind}"] = np.array([p.cells, p.rates, p.auxiliary["c"]])
        np.savez_compressed(HERE / f"{name}.npz", **kept)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "mf6")
