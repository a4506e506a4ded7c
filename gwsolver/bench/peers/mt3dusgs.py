"""MT3D-USGS on a problem in memory: the flow is handed over in its flow-transport link file."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gwsolver.bench.peers.answer import PeerAnswer
from gwsolver.bench.peers.process import run_counted
from gwsolver.core.errors import RunError
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.core.time import TimeStep

Floats = NDArray[np.float64]
ADVECTION = {"tvd": -1, "upstream": 0}
WELL = 2  # ITYPE of SSM


def solve(
    model: TransportModel, flow: FlowStep, folder: Path, executable: str, *, advection: str, courant: float
) -> PeerAnswer:
    """Solve a model on a structured grid without inactive cells in one steady flow with MT3D-USGS.

    Parameters
    ----------
    model : TransportModel
        With linear sorption and first-order decay at most; ratios of dispersivities the same in every cell.
    flow : FlowStep
        Steady.
    folder : Path
        An empty folder to run in.
    executable : str
    advection : str
        "tvd" (its ULTIMATE scheme, explicit) or "upstream" (finite differences, implicit).
    courant : float
        PERCEL: cells that water may cross in a step.

    Raises
    ------
    RunError
        If it does not run.
    """
    write_link(model, flow, folder)
    write_input(model, flow, folder, advection=advection, courant=courant)
    printed, seconds = run_counted([executable, "m.nam"], folder)
    spent = re.search(r"Total CPU time:\s*(\d+) minutes\s*([0-9.]+) seconds", printed)
    if spent is None:
        raise RunError(f"mt3dusgs did not finish in {folder}: see m.out")
    n_lay, n_row, n_col = model.grid.shape
    layer = np.dtype([("head", "V44"), ("value", "<f4", (n_row * n_col,))])
    values = np.frombuffer((folder / "MT3D001.UCN").read_bytes(), layer)[-n_lay:]["value"]
    return PeerAnswer(values.ravel().astype(float), 60.0 * int(spent[1]) + float(spent[2]), seconds)


def write_link(model: TransportModel, flow: FlowStep, folder: Path) -> None:
    """Write the link file: saturated thickness, flows right, front and down, and wells (all packages as one)."""
    grid = model.grid
    n_lay, n_row, n_col = shape = grid.shape
    sizes = (1, 1, n_col, n_row, n_lay)
    axis = np.abs(grid.face_normal).argmax(axis=1)
    with (folder / "m.ftl").open("wb") as file:

        def record(label: str, values: Floats) -> None:
            file.write(np.array(sizes, "<i4").tobytes() + label.ljust(16).encode())
            file.write(values.astype("<f4").tobytes())

        file.write(b"MT3D4.00.00" + np.array([1, 0, 0, 0, 0, 0, 0, 1, 1, *[0] * 12], "<i4").tobytes())
        record("THKSAT", grid.thickness)
        for label, direction, size in (("QXX", 0, n_col), ("QYY", 1, n_row), ("QZZ", 2, n_lay)):
            if size > 1:
                values = np.zeros(grid.n_cells)
                own = axis == direction
                values[grid.face_cells[own, 0]] = flow.face_flow[own]
                record(label, values)
        file.write(np.array(sizes, "<i4").tobytes() + b"CNH".ljust(16) + np.array([0], "<i4").tobytes())
        cells = np.concatenate([p.cells for p in flow.packages])
        rates = np.concatenate([p.rates for p in flow.packages])
        file.write(np.array(sizes, "<i4").tobytes() + b"WEL".ljust(16) + np.array([cells.size], "<i4").tobytes())
        entry = np.zeros(cells.size, np.dtype([("place", "<i4", (3,)), ("rate", "<f4")]))
        entry["place"] = np.column_stack(np.unravel_index(cells, shape)) + 1
        entry["rate"] = rates
        file.write(entry.tobytes())


def write_input(
    model: TransportModel, flow: FlowStep, folder: Path, *, advection: str, courant: float
) -> None:
    """Write name file, BTN, ADV, DSP, SSM, GCG and RCT."""
    grid, m, d = model.grid, model.mobile, model.dispersion
    n_lay, n_row, n_col = grid.shape
    fixed = np.zeros(0, np.int64)
    start = model.initial_concentration.copy()
    for package in model.packages:
        at = package.at(TimeStep(0, 0, 0.0, flow.end))
        fixed = np.concatenate([fixed, at.cells])
        start[at.cells] = at.columns["concentration"]
    boundary = np.ones(grid.n_cells, np.int64)
    boundary[fixed] = -1

    def layers(values: ArrayLike, kind: str = "f") -> str:
        every = np.asarray(values).reshape(n_lay, -1)
        return "".join(_array(layer, kind) for layer in every)

    files: dict[str, str] = {}
    sorbs, decays = bool(m.distribution_coefficient.any()), bool(m.decay_rate.any())
    names = ["LIST 16 m.out", "FTL 10 m.ftl", "BTN 31 m.btn", "ADV 32 m.adv", "SSM 34 m.ssm", "GCG 35 m.gcg"]
    if d is not None:
        names.append("DSP 33 m.dsp")
    if sorbs or decays:
        names.append("RCT 36 m.rct")
    files["m.nam"] = "\n".join(names) + "\n"
    top = grid.top.reshape(n_lay, -1)[0]
    files["m.btn"] = (
        "a benchmark\nof gwsolver\n"
        f"{n_lay:10d}{n_row:10d}{n_col:10d}{1:10d}{1:10d}{1:10d}\n   T   L   M\n"
        f" T{' T' if d is not None else ' F'} T{' T' if sorbs or decays else ' F'} T F F F F F\n"
        + "".join(" 0" + ("\n" if k % 40 == 39 else "") for k in range(n_lay)) + "\n"
        + _array(np.diff(grid.vertices[: n_col + 1, 0])) + _array(-np.diff(grid.vertices[:: n_col + 1, 1]))
        + _array(top) + layers(grid.thickness) + layers(m.porosity) + layers(boundary, "d") + layers(start)
        + f"{1e30:10.3g}{0.01:10.4f}\n{0:10d}{0:10d}{0:10d}{0:10d}         T\n{1:10d}\n{flow.end:10.4g}\n"
        + f"{0:10d}{1:10d}\n         T{1:10d}\n{flow.end:10.4g}{1:10d}{1:10.1f}\n"
        + f"{0:10.1f}{10**7:10d}{1:10.1f}{0:10.1f}\n"
    )
    files["m.adv"] = f"{ADVECTION[advection]:10d}{courant:10.4f}{0:10d}{1:10d}\n"
    if d is not None:
        files["m.dsp"] = layers(d.alh) + "".join(
            _array(np.full(n_lay, _ratio(a, d.alh))) for a in (d.ath1, d.ath2)
        ) + _array(np.full(n_lay, float(d.diffusion_coefficient.flat[0])))
    sources = []
    for p in flow.packages:
        given = p.auxiliary.get("concentration", np.zeros(p.rates.size))
        for cell, c in zip(p.cells[given > 0.0], given[given > 0.0], strict=True):
            k, i, j = np.unravel_index(cell, grid.shape)
            sources.append(f"{k + 1:10d}{i + 1:10d}{j + 1:10d}{c:10.4g}{WELL:10d}\n")
    n_wells = sum(p.cells.size for p in flow.packages)
    files["m.ssm"] = f" T F F F F F F F F F\n{n_wells + fixed.size + 10:10d}\n{len(sources):10d}\n" + "".join(sources)
    files["m.gcg"] = "1 200 3 0\n1.0 1e-8 0\n"
    if sorbs or decays:
        files["m.rct"] = (
            f"{1 if sorbs else 0:10d}{1 if decays else 0:10d}{0:10d}{0:10d}\n"
            + (layers(m.bulk_density) if sorbs else "")
            + (layers(m.distribution_coefficient) + layers(np.zeros(grid.n_cells)) if sorbs else "")
            + (layers(m.decay_rate) + layers(m.decay_rate_sorbed) if decays else "")
        )
    for name, text in files.items():
        (folder / name).write_text(text)


def _ratio(part: Floats, whole: Floats) -> float:
    return float(part.flat[0] / whole.flat[0]) if whole.flat[0] else 0.0


def _array(values: ArrayLike, kind: str = "f") -> str:
    """Return an array with its control record, as one constant or in free format."""
    flat = np.asarray(values).ravel()
    if (flat == flat[0]).all():
        return f"{0:10d}{flat[0]:10d}\n" if kind == "d" else f"{0:10d}{float(flat[0]):10.6g}\n"
    texts = [f"{v:d}" if kind == "d" else f"{v:.9g}" for v in flat.tolist()]
    lines = [" ".join(texts[i : i + 20]) for i in range(0, len(texts), 20)]
    one = f"{1:10d}" if kind == "d" else f"{1.0:10.4f}"
    return f"{103:10d}{one}{'(free)':>20}{-1:10d}\n" + "\n".join(lines) + "\n"
