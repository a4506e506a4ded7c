"""Runs killed at random moments and restarted, compared bit for bit with one that was left alone."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import flopy
import numpy as np

from gwsolver.bench.rows import Check

KILLS = int(os.environ.get("GWSOLVER_KILLS", "50"))
ROOT = Path(__file__).resolve().parents[3]
CHECKPOINT = ".checkpoint.part"
OF_THIS_RUN = ("timings", "cpu_seconds", "memory_mb", "command", "machine")
PERIODS = [(400.0, 1, 1.0), (100.0, 25, 1.05), (800.0, 4, 1.0)]


def build(folder: Path) -> Path:
    """Write a small valley with all that a checkpoint must keep to `folder`; return it.

    Transient flow with a water table, two species, wells, SRC, CNC, OBS, records saved at different steps.
    """
    sim = flopy.mf6.MFSimulation(sim_name="valley", sim_ws=str(folder), write_headers=False)
    flopy.mf6.ModflowTdis(sim, time_units="days", nper=3, perioddata=PERIODS)
    n_row, n_col = 9, 14
    top = np.broadcast_to(12.0 - 0.1 * np.arange(n_col), (n_row, n_col))
    dis = dict(nlay=2, nrow=n_row, ncol=n_col, delr=10.0, delc=10.0, top=top, botm=[6.0, 0.0], length_units="meters")

    flow = flopy.mf6.ModflowGwf(sim, modelname="flow", save_flows=True, newtonoptions="newton")
    ims = flopy.mf6.ModflowIms(sim, filename="flow.ims", outer_dvclose=1e-9, inner_dvclose=1e-10, outer_maximum=200,
                               linear_acceleration="bicgstab")
    sim.register_ims_package(ims, ["flow"])
    flopy.mf6.ModflowGwfdis(flow, **dis)
    k = 5.0 * np.exp(np.random.default_rng(3).normal(0.0, 0.7, (2, n_row, n_col)))
    flopy.mf6.ModflowGwfnpf(flow, k=k, k33=0.1 * k, icelltype=1, save_specific_discharge=True, save_saturation=True)
    flopy.mf6.ModflowGwfic(flow, strt=9.0)
    flopy.mf6.ModflowGwfsto(flow, iconvert=1, ss=1e-4, sy=0.15, steady_state={0: True}, transient={1: True})
    well = [((1, 4, 9), -25.0, 0.0), ((0, 2, 3), 3.0, 7.0)]
    flopy.mf6.ModflowGwfwel(flow, stress_period_data={0: [((0, 2, 3), 3.0, 7.0)], 1: well, 2: well[1:]},
                            auxiliary=["concentration"], pname="wel-1")
    flopy.mf6.ModflowGwfrcha(flow, recharge=0.002, pname="rch-1")
    ends = [((1, i, j), h) for i in range(n_row) for j, h in ((0, 9.5), (n_col - 1, 8.5))]
    flopy.mf6.ModflowGwfchd(flow, stress_period_data=ends, pname="chd-1")
    flopy.mf6.ModflowGwfoc(flow, head_filerecord="flow.hds", budget_filerecord="flow.cbc",
                           saverecord=[("head", "frequency", 3), ("head", "last"), ("budget", "frequency", 5)])
    for name, decay in (("salt", 0.0), ("oil", 0.01)):
        trans = flopy.mf6.ModflowGwt(sim, modelname=name)
        ims = flopy.mf6.ModflowIms(sim, filename=f"{name}.ims", linear_acceleration="bicgstab", outer_dvclose=1e-9)
        sim.register_ims_package(ims, [name])
        flopy.mf6.ModflowGwtdis(trans, **dis)
        flopy.mf6.ModflowGwtic(trans, strt=0.1)
        flopy.mf6.ModflowGwtadv(trans, scheme="upstream")
        flopy.mf6.ModflowGwtdsp(trans, alh=2.0, ath1=0.2)
        flopy.mf6.ModflowGwtmst(trans, porosity=0.2, sorption="linear", bulk_density=1800.0, distcoef=1e-4,
                                first_order_decay=True, decay=decay, decay_sorbed=decay)
        flopy.mf6.ModflowGwtssm(trans, sources=[("wel-1", "aux", "concentration")])
        flopy.mf6.ModflowGwtsrc(trans, stress_period_data=[((0, 6, 4), 2.0)], pname="spill")
        flopy.mf6.ModflowGwtcnc(trans, stress_period_data=[((1, 6, 6), 1.5)], pname="given")
        flopy.mf6.ModflowUtlobs(trans, continuous={f"{name}.obs.csv": [("w1", "CONCENTRATION", (1, 4, 8))]})
        flopy.mf6.ModflowGwtoc(trans, concentration_filerecord=f"{name}.ucn", budget_filerecord=f"{name}.cbc",
                               saverecord=[("concentration", "frequency", 2), ("budget", "frequency", 5)])
        flopy.mf6.ModflowGwfgwt(sim, exgtype="gwf6-gwt6", exgmnamea="flow", exgmnameb=name, filename=f"{name}.gwfgwt")
    sim.write_simulation(silent=True)
    return folder


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    """Kill `KILLS` runs, each once, at a moment drawn evenly from the run's length; restart each."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        model, whole = build(place / "model"), place / "whole"
        begin = time.perf_counter()
        finish(start(model, whole))
        length = time.perf_counter() - begin
        moments = random.Random(2026)
        differ = restarted = 0
        for number in range(KILLS):
            out = place / f"killed-{number}"
            process = start(model, out)
            time.sleep(moments.uniform(0.3, 1.1) * length)
            process.kill()
            process.communicate()
            if process.returncode == -signal.SIGKILL:
                goes_on = (out / CHECKPOINT).exists()
                restarted += goes_on
                finish(start(model, out, *(["--restart"] if goes_on else [])))
            differ += bool(differences(out, whole))
    yield Check(f"{KILLS} runs killed, {restarted} restarted from a checkpoint", "results that differ", differ, 0.0)


def start(model: Path, out: Path, *options: str) -> "subprocess.Popen[str]":
    """Start ``gwsolver run`` with a checkpoint every 20 ms in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "gwsolver", "run", str(model), "--out", str(out), "--no-figures", "--threads", "1",
         "--checkpoint", "0.02", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )


def finish(process: "subprocess.Popen[str]") -> None:
    """Wait until a run has finished as it should."""
    said = process.communicate(timeout=300)
    assert process.returncode == 0, said


def differences(out: Path, whole: Path) -> list[str]:
    """Name what differs between two results folders by a single bit, times and the log apart."""
    found = sorted(p.name for p in out.iterdir())
    expected = sorted(p.name for p in whole.iterdir())
    if found != expected:
        return [f"files {found}, not {expected}"]
    differ = [
        name for name in expected if name not in ("results.nc", "summary.json", "run.log")
        and (out / name).read_bytes() != (whole / name).read_bytes()
    ]
    one, other = variables(out / "results.nc"), variables(whole / "results.nc")
    differ += sorted(one.keys() ^ other.keys())
    differ += [name for name in one.keys() & other.keys() if one[name].tobytes() != other[name].tobytes()]
    summaries = [json.loads((f / "summary.json").read_text()) for f in (out, whole)]
    differ += [f"summary {key}" for key in summaries[1].keys() - set(OF_THIS_RUN)
               if summaries[0].get(key) != summaries[1][key]]
    return differ


def variables(path: Path) -> dict[str, np.ndarray]:
    """Return all variables of a netCDF file, groups included."""
    import netCDF4

    found = {}
    with netCDF4.Dataset(str(path)) as data:
        for place in (data, *data.groups.values()):
            place.set_auto_mask(False)
            for name, variable in place.variables.items():
                found[f"{place.path}/{name}"] = np.asarray(variable[...])
    return found
