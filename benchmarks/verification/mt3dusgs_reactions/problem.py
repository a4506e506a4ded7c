"""MT3D-USGS's examples 1ED5EAs and 2ED5EAs: donors and five acceptors in a vessel."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from gwsolver.bench import vessels
from gwsolver.bench.peers.mt3dusgs import write_link
from gwsolver.bench.peers.process import run_counted
from gwsolver.bench.rows import Check
from gwsolver.bench.uniform import transport_model, uniform_flow
from gwsolver.core.dis import structured_grid

EXAMPLES = {"1ED5EAs": (10.0,), "2ED5EAs": (5.0, 5.0)}
# MT3D-USGS 1.1.0 at vessels.TIMES, steps of one day; a row per time, a column per species.
STORED = {
    "1ED5EAs": [
        [8.632581, 1.720239, 16.978243, 0.001058, 100.000015, 0.0001],
        [6.834386, 0.000002, 10.855986, 0.021435, 100.000015, 0.0001],
        [4.594205, 0.0, 0.03863, 0.732352, 100.000015, 0.0001],
        [2.473808, 0.0, 0.0, 46.75971, 99.99752, 0.0001],
        [0.489757, 0.0, 0.0, 50.500008, 91.48338, 0.000219],
        [0.091869, 0.0, 0.0, 50.500008, 89.6169, 0.000247],
    ],
    "2ED5EAs": [
        [4.31629, 4.31629, 1.720239, 16.978231, 0.001058, 100.000015, 0.0001],
        [3.417193, 3.417193, 0.000002, 10.855986, 0.021435, 100.000015, 0.0001],
        [2.297103, 2.297103, 0.0, 0.03863, 0.732354, 100.000015, 0.0001],
        [1.236904, 1.236904, 0.0, 0.0, 46.759705, 99.99799, 0.0001],
        [0.245704, 0.245704, 0.0, 0.0, 50.499985, 91.49127, 0.000219],
        [0.046264, 0.046264, 0.0, 0.0, 50.499985, 89.62049, 0.000247],
    ],
}


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    for name, donors in EXAMPLES.items():
        exact = vessels.exact(donors)
        found = vessels.solve(donors)
        # 1 where a concentration is 1e-4 of itself, or 1e-6 mg/L, off
        off = float((np.abs(found.concentration - exact) / np.maximum(1e-4 * exact, 1e-6)).max())
        yield Check(name, "of 1e-4 or 1e-6", off, 1.0)
        yield Check(f"{name}: electrons", "relative", found.electrons, 1e-12)
        yield Check(f"{name}: balance", "relative", found.closure, 1e-10)
        yield Check(f"{name}: below zero", "largest", max(0.0, -found.minimum), 0.0)
        peer, version = solve_with_mt3dusgs(donors), "this run"
        if peer is None:
            peer, version = np.array(STORED[name]), "stored"
        ours, theirs = (float(np.abs(c - exact).max()) for c in (found.concentration, peer))
        yield Check(f"{name}: largest difference [mg/L], over MT3D-USGS's ({version}: {theirs:.2g})", "ratio",
                    ours / theirs, 0.01)


def solve_with_mt3dusgs(donors: Sequence[float]) -> np.ndarray | None:
    """Return what MT3D-USGS makes of it, shape (time, species); None where it is not on PATH."""
    executable = shutil.which("mt3dusgs")
    if executable is None:
        return None
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder, donors)
        run_counted([executable, "m.nam"], folder)
        layer = np.dtype([("head", "V44"), ("value", "<f4", (2,))])
        files = [folder / f"MT3D{k + 1:03d}.UCN" for k in range(len(donors) + 5)]
        return np.array([np.frombuffer(f.read_bytes(), layer)["value"][:, 0] for f in files], float).T


def write(folder: Path, donors: Sequence[float]) -> None:
    """Write the input with flopy; reactions and the flow's link file by hand."""
    import flopy

    n, start = len(donors), [*donors, *vessels.START]
    model = flopy.mt3d.Mt3dms(
        modelname="m", model_ws=str(folder), version="mt3d-usgs", exe_name="mt3dusgs", ftlfilename="m.ftl"
    )
    flopy.mt3d.Mt3dBtn(
        model, nlay=1, nrow=1, ncol=2, nper=1, ncomp=n + 5, mcomp=n + 5, delr=50.0, delc=50.0, htop=100.0, dz=100.0,
        laycon=1, prsity=0.3, icbund=1, sconc=start[0], tunit="D", lunit="M", munit="G", nprs=len(vessels.TIMES),
        timprs=list(vessels.TIMES), perlen=vessels.TIMES[-1], nstp=1, tsmult=1.0, dt0=1.0, mxstrn=5_000_000,
        **{f"sconc{i + 1}": c for i, c in enumerate(start) if i},
    )
    flopy.mt3d.Mt3dAdv(model, mixelm=0, percel=1.0)
    flopy.mt3d.Mt3dSsm(model, mxss=2)
    flopy.mt3d.Mt3dGcg(model, mxiter=1, iter1=50, isolve=3, cclose=1e-7)
    model.write_input()
    limited = [(n + 1 + e, most) for e, most in enumerate(vessels.MOST) if np.isfinite(most)]
    made = [-f if np.isfinite(most) else f for f, most in zip(vessels.FACTORS, vessels.MOST, strict=True)]
    lines = [f"{n} 5 {len(limited)} 0", *(f"{place} MAXEC {most}" for place, most in limited)]
    lines += [f"{vessels.HALF} {inhibition}" for inhibition in vessels.INHIBITION]
    lines += [" ".join([f"{-vessels.RATE}"] * n)] * 5 + [" ".join(["0.0"] * n)] * n
    lines += [" ".join([f"{f}"] * n) for f in made]
    (folder / "kinetics.dat").write_text("\n".join(lines) + "\n")
    (folder / "m.rct").write_text(f"{0:10d}{0:10d}{0:10d}{0:10d}{2:10d}\n{0:10d}{157.0:10.1f}\nkinetics.dat\n")
    names = folder / "m.nam"
    names.write_text(names.read_text().rstrip("\n") + "\nRCT 36 m.rct\n")
    grid = structured_grid([50.0, 50.0], [50.0], 100.0, [0.0])
    write_link(transport_model(grid, porosity=0.3), uniform_flow(grid, (0.0, 0.0, 0.0), end=vessels.TIMES[-1]), folder)
