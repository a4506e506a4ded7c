"""The heterogeneous well model as MODFLOW 6 files: what a consultant's plume looks like, at any size.

A square of 1,730 m by 50 m depth, log-normal conductivity (variance of ln K 4), four pumping and two
injecting wells, a leaking recharge patch, linear sorption, decay and the full dispersion tensor; units m, d.
Larger models join such squares side by side, so that the work per cell stays what it is.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

Floats = NDArray[np.float64]

EXTENT, DEPTH, DROP = 1730.0, 50.0, 8.0  # of one square: width [m], thickness [m], fall of the head along it [m]
LONG, SHORT, THICK = 200.0, 60.0, 3.0  # correlation lengths of ln K: two along the layers, one across them [m]
RECHARGE, LEAK = 0.001, 200.0  # [m/d], concentration below the patch
PATCH = ((0.58, 0.68), (0.19, 0.28))  # rows and columns of the leak, as parts of the square
# Place (row, column, upper, lower) as parts of the square, rate [m3/d], concentration of what is injected.
WELLS = (
    ((0.43, 0.55, 0.2, 0.8), -400.0, 0.0), ((0.60, 0.77, 0.2, 0.8), -600.0, 0.0),
    ((0.24, 0.70, 0.4, 0.9), -300.0, 0.0), ((0.79, 0.86, 0.1, 0.6), -500.0, 0.0),
    ((0.50, 0.26, 0.3, 0.6), 300.0, 100.0), ((0.31, 0.29, 0.2, 0.5), 200.0, 50.0),
)


def write_wells(
    folder: Path, *, side: int = 173, layers: int = 10, squares: int = 1, days: float = 730.0, steps: int = 20,
    together: bool = False, seed: int = 1,
) -> int:
    """Write ``flow`` and ``trans`` below a folder, or one simulation of both into it; return the cells.

    Parameters
    ----------
    folder : Path
        Made if it is missing.
    side, layers : int
        Cells along a square and down.
    squares : int
        Squares along x and along y.
    days : float
        Simulated time.
    steps : int
        Steps of the transport model: what MODFLOW 6 takes.
    together : bool
        Flow and transport in one simulation, joined by an exchange; else transport reads saved flows (FMI).
    """
    n = side * squares
    k = conductivity((layers, n, n), (DEPTH / layers, EXTENT / side), seed)
    flow, trans = (folder, folder) if together else (folder / "flow", folder / "trans")
    for place in {flow, trans}:
        place.mkdir(parents=True, exist_ok=True)
    grid = _grid(k.shape, side, layers)
    ims = _text("options", "COMPLEXITY moderate") + _text(
        "nonlinear", "OUTER_DVCLOSE 1e-7", "OUTER_MAXIMUM 200") + _text(
        "linear", "INNER_MAXIMUM 500", "INNER_DVCLOSE 1e-9", "INNER_RCLOSE 1e-8 strict",
        "LINEAR_ACCELERATION bicgstab")
    for model, place in (("flow", flow), ("trans", trans)):
        (place / f"{model}.dis").write_text(grid)
        (place / f"{model}.ims").write_text(ims)
    wells = _wells(k, side, squares)
    fixed = [(layer, row, col, head) for col, head in ((1, DROP * squares), (n, 0.0))
             for layer in range(1, layers + 1) for row in range(1, n + 1)]
    (flow / "flow.ic").write_text(_text("griddata", "strt", f"CONSTANT {DROP * squares}"))
    with (flow / "flow.npf").open("w") as file:
        file.write(_text("options", "SAVE_SPECIFIC_DISCHARGE", "SAVE_SATURATION", "K33OVERK"))
        file.write("BEGIN griddata\n icelltype\n  CONSTANT 0\n k LAYERED\n")
        _layered(file.write, k)
        file.write(" k33\n  CONSTANT 0.1\nEND griddata\n")
    (flow / "flow.chd").write_text(_list(f"{a} {b} {c} {h:.8E} 0.0" for a, b, c, h in fixed))
    (flow / "flow.wel").write_text(_list(f"{a} {b} {c} {q:.8E} {conc:.8E}" for a, b, c, q, conc in wells))
    with (flow / "flow.rcha").open("w") as file:
        file.write(_text("options", "READASARRAYS", "auxiliary conc"))
        file.write(f"BEGIN period 1\n recharge\n  CONSTANT {RECHARGE}\n conc\n")
        _layered(file.write, np.tile(_patch(side), (squares, squares))[None])
        file.write("END period 1\n")
    (flow / "flow.oc").write_text(_text("options", "BUDGET FILEOUT flow.bud", "HEAD FILEOUT flow.hds") + _text(
        "period 1", "SAVE HEAD LAST", "SAVE BUDGET LAST"))
    (flow / "flow.nam").write_text(_text("options", "SAVE_FLOWS") + _text("packages", *(
        f"{kind}6 flow.{end} {kind.lower()}" for kind, end in (
            ("DIS", "dis"), ("NPF", "npf"), ("IC", "ic"), ("CHD", "chd"), ("WEL", "wel"), ("RCH", "rcha"),
            ("OC", "oc")))))
    (trans / "trans.ic").write_text(_text("griddata", "strt", "CONSTANT 0.0"))
    (trans / "trans.adv").write_text(_text("options", "SCHEME tvd"))
    (trans / "trans.dsp").write_text(_text("griddata", *_constants(diffc=1e-4, alh=10.0, ath1=1.0, ath2=0.1, atv=0.1)))
    (trans / "trans.mst").write_text(_text("options", "FIRST_ORDER_DECAY", "SORPTION linear") + _text(
        "griddata", *_constants(porosity=0.25, decay=3e-4, decay_sorbed=3e-4, bulk_density=1600.0, distcoef=1e-4)))
    (trans / "trans.ssm").write_text(_text("sources", "chd AUX CONC", "wel AUX CONC", "rch AUX CONC"))
    (trans / "trans.oc").write_text(_text("options", "CONCENTRATION FILEOUT trans.ucn") + _text(
        "period 1", "SAVE CONCENTRATION LAST"))
    packages = [f"{kind}6 trans.{kind.lower()} {kind.lower()}" for kind in
                ("DIS", "IC", "ADV", "DSP", "MST", "SSM", "OC")]
    if not together:
        packages.append("FMI6 trans.fmi fmi")
        (trans / "trans.fmi").write_text(_text(
            "packagedata", "GWFHEAD FILEIN ../flow/flow.hds", "GWFBUDGET FILEIN ../flow/flow.bud"))
    (trans / "trans.nam").write_text(_text("options", "SAVE_FLOWS") + _text("packages", *packages))
    apart = ((flow, ("flow",), 1), (trans, ("trans",), steps))
    if together:
        (folder / "flow.gwfgwt").write_text("")
    for place, models, n_steps in ((folder, ("flow", "trans"), steps),) if together else apart:
        (place / "time.tdis").write_text(_text("options", "TIME_UNITS days") + _text("dimensions", "NPER 1") + _text(
            "perioddata", f"{days} {n_steps} 1.0"))
        (place / "mfsim.nam").write_text(
            _text("timing", "TDIS6 time.tdis")
            + _text("models", *(f"{'gwf6' if m == 'flow' else 'gwt6'} {m}.nam {m}" for m in models))
            + _text("exchanges", *(["GWF6-GWT6 flow.gwfgwt flow trans"] if together else []))
            + _text("solutiongroup 1", *(f"ims6 {m}.ims {m}" for m in models)))
    return k.size


def conductivity(shape: tuple[int, int, int], spacing: tuple[float, float], seed: int) -> Floats:
    """Return log-normal K [m/d] of geometric mean 10 and variance of ln K 4, shape (layer, row, column).

    Parameters
    ----------
    spacing : (float, float)
        Thickness and width of a cell [m].
    """
    rng = np.random.default_rng(seed)
    total = np.zeros(shape)
    for length in (LONG, SHORT):
        scale = (THICK / spacing[0], length / 2.0 / spacing[1], length / 2.0 / spacing[1])
        part = gaussian_filter(rng.standard_normal(shape), scale, mode="wrap")
        total += part / part.std()
    total -= total.mean()
    return np.asarray(10.0 * np.exp(2.0 * total / total.std()))


def _wells(k: Floats, side: int, squares: int) -> list[tuple[int, int, int, float, float]]:
    """Return (layer, row, column, rate, concentration), one-based; a well's rate follows the K of its cells."""
    found = []
    for down in range(squares):
        for right in range(squares):
            for (row, col, upper, lower), rate, concentration in WELLS:
                i, j = side * down + int(row * side), side * right + int(col * side)
                first = int(upper * k.shape[0])
                part = k[first:max(int(lower * k.shape[0]), first + 1), i, j]
                found += [(first + 1 + at, i + 1, j + 1, rate * share, concentration)
                          for at, share in enumerate(part / part.sum())]
    return found


def _patch(side: int) -> Floats:
    """Return the concentration of recharge over one square, shape (row, column)."""
    values = np.zeros((side, side))
    (top, end), (left, right) = PATCH
    values[int(top * side):int(end * side) + 1, int(left * side):int(right * side) + 1] = LEAK
    return values


def _grid(shape: tuple[int, ...], side: int, layers: int) -> str:
    bottoms = (f"CONSTANT {DEPTH - DEPTH / layers * (i + 1):.8f}" for i in range(layers))
    return _text("options", "LENGTH_UNITS meters") + _text(
        "dimensions", *(f"{word} {n}" for word, n in zip(("NLAY", "NROW", "NCOL"), shape, strict=True))) + _text(
        "griddata", "delr", f"CONSTANT {EXTENT / side:.8f}", "delc", f"CONSTANT {EXTENT / side:.8f}",
        "top", f"CONSTANT {DEPTH}", "botm LAYERED", *bottoms)


def _constants(**values: float) -> list[str]:
    return [line for name, value in values.items() for line in (name, f" CONSTANT {value:.8E}")]


def _list(records: Iterable[str]) -> str:
    lines = list(records)
    return _text("options", "auxiliary conc") + _text("dimensions", f"MAXBOUND {len(lines)}") + _text(
        "period 1", *lines)


def _layered(write: Callable[[str], object], values: Floats) -> None:
    """Write (layer, row, column) values layer by layer, a row of the grid to a line."""
    for layer in values:
        write("  INTERNAL FACTOR 1.0\n")
        for row in layer.tolist():
            write(" ".join(f"{v:.8f}" for v in row) + "\n")


def _text(block: str, *lines: str) -> str:
    return "\n".join([f"BEGIN {block}", *(f"  {line}" for line in lines), f"END {block.split()[0]}", ""])
