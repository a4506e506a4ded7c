"""MODFLOW 6's GWT on a problem in memory: flows are handed over as files, only transport is solved.

The input is written as plain text, since a benchmark is no reason to import flopy.
"""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gwsolver.bench.peers.answer import PeerAnswer
from gwsolver.bench.peers.process import run_counted
from gwsolver.core.aquifer import Conductivity
from gwsolver.core.errors import RunError
from gwsolver.core.simulation import FlowModel, TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.core.time import StressPeriod, TimeAxis, TimeStep
from gwsolver.results.mf6_binary import BudgetWriter, write_heads

Floats = NDArray[np.float64]
SOLVER = """BEGIN OPTIONS
  PRINT_OPTION SUMMARY
  COMPLEXITY {complexity}
END OPTIONS
BEGIN NONLINEAR
  OUTER_DVCLOSE {close}
  OUTER_MAXIMUM 200
END NONLINEAR
BEGIN LINEAR
  INNER_MAXIMUM 300
  INNER_DVCLOSE {close}
  INNER_RCLOSE {close} STRICT
  LINEAR_ACCELERATION BICGSTAB
END LINEAR
"""


def solve(
    model: TransportModel, flow: FlowStep, folder: Path, executable: str, *, advection: str, n_steps: int,
    xt3d: bool = True, close: float = 1e-6, complexity: str = "simple",
) -> PeerAnswer:
    """Solve a model on a structured grid in one steady flow with MODFLOW 6.

    Parameters
    ----------
    model : TransportModel
        With linear sorption and first-order decay at most.
    flow : FlowStep
        Steady; what its packages bring carries their auxiliary variable ``concentration``.
    folder : Path
        An empty folder to run in.
    executable : str
    advection : str
        "upstream", "central" or "tvd".
    n_steps : int
        Equal time steps.
    xt3d : bool
        Dispersion with XT3D, MODFLOW's default.
    close : float
        Closure of both iterations, for concentrations of about 1.
    complexity : str
        MODFLOW's set of solver options: "simple", or "moderate", which relaxes where TVD does not converge else.

    Raises
    ------
    RunError
        If MODFLOW does not converge.
    """
    write_flow(model, flow, folder)
    write_transport(model, flow, folder, advection=advection, n_steps=n_steps, xt3d=xt3d, close=close,
                    complexity=complexity)
    _, seconds = run_counted([executable], folder)
    report = (folder / "mfsim.lst").read_text()
    spent = [float(t) for t in re.findall(r"Total (?:formulate|solution) time:\s+([0-9.E+-]+)", report)]
    if len(spent) != 2:
        raise RunError(f"mf6 tells no times in {folder / 'mfsim.lst'}")
    raw = (folder / "c.ucn").read_bytes()
    size = model.grid.n_nodes // model.grid.shape[0]
    layer = np.dtype([("head", "V52"), ("value", "<f8", (size,))])
    nodes = np.frombuffer(raw, layer)[-model.grid.shape[0] :]["value"].ravel()
    return PeerAnswer(nodes[model.grid.node], sum(spent), seconds)


def write_flow(model: TransportModel, flow: FlowStep, folder: Path) -> None:
    """Write heads and budget of the flow as GWF would."""
    grid = model.grid
    ones = np.ones(grid.n_cells)
    still = Conductivity(ones, ones, ones, np.zeros(grid.n_cells, np.int64), 0 * ones, 0 * ones, 0 * ones)
    time = TimeAxis((StressPeriod(flow.end),))
    gwf = FlowModel(
        name="gwf", time=time, grid=grid, conductivity=still, initial_head=flow.head_start, packages=(), storage=None,
    )
    step = TimeStep(0, 0, 0.0, flow.end)
    with (folder / "flow.hds").open("wb") as file:
        write_heads(file, flow.head_end, grid, time, step)
    with (folder / "flow.cbc").open("wb") as file:
        BudgetWriter(file, gwf).write(flow)


def write_transport(
    model: TransportModel, flow: FlowStep, folder: Path, *, advection: str, n_steps: int, xt3d: bool, close: float,
    complexity: str = "simple",
) -> None:
    """Write the transport simulation."""
    grid, m, d = model.grid, model.mobile, model.dispersion
    n_lay, n_row, n_col = grid.shape
    files: dict[str, str] = {}
    files["mfsim.nam"] = (
        "BEGIN OPTIONS\nEND OPTIONS\nBEGIN TIMING\n  TDIS6 c.tdis\nEND TIMING\nBEGIN MODELS\n  GWT6 c.nam c\n"
        "END MODELS\nBEGIN EXCHANGES\nEND EXCHANGES\nBEGIN SOLUTIONGROUP 1\n  IMS6 c.ims c\nEND SOLUTIONGROUP\n"
    )
    files["c.tdis"] = (
        "BEGIN OPTIONS\nEND OPTIONS\nBEGIN DIMENSIONS\n  NPER 1\nEND DIMENSIONS\nBEGIN PERIODDATA\n"
        f"  {flow.end!r} {n_steps} 1.0\nEND PERIODDATA\n"
    )
    files["c.ims"] = SOLVER.format(close=close, complexity=complexity.upper())
    packages = ["DIS6 c.dis", "IC6 c.ic", "ADV6 c.adv", "MST6 c.mst", "SSM6 c.ssm", "FMI6 c.fmi", "OC6 c.oc"]
    if d is not None:
        packages.append("DSP6 c.dsp")
    if model.packages:
        packages.append("CNC6 c.cnc")
    listed = "".join(f"  {p}\n" for p in packages)
    files["c.nam"] = f"BEGIN OPTIONS\nEND OPTIONS\nBEGIN PACKAGES\n{listed}END PACKAGES\n"
    idomain = "\n".join(["  IDOMAIN", "    INTERNAL", " ".join(map(str, grid.idomain))])
    top = grid.to_nodes(grid.top, 0.0).reshape(n_lay, n_row, n_col)[0].ravel()
    files["c.dis"] = (
        f"BEGIN DIMENSIONS\n  NLAY {n_lay}\n  NROW {n_row}\n  NCOL {n_col}\nEND DIMENSIONS\nBEGIN GRIDDATA\n"
        + _array("DELR", np.diff(grid.vertices[: n_col + 1, 0]))
        + _array("DELC", -np.diff(grid.vertices[:: n_col + 1, 1])) + _array("TOP", top)
        + _array("BOTM", grid.to_nodes(grid.bottom, 0.0)) + idomain + "\nEND GRIDDATA\n"
    )

    def cells(name: str, values: Floats) -> str:
        return _array(name, grid.to_nodes(values, float(values.flat[0])))

    files["c.ic"] = f"BEGIN GRIDDATA\n{cells('STRT', model.initial_concentration)}END GRIDDATA\n"
    files["c.adv"] = f"BEGIN OPTIONS\n  SCHEME {advection.upper()}\nEND OPTIONS\n"
    sorbs, decays = bool(m.distribution_coefficient.any()), bool(m.decay_rate.any())
    options = ("  SORPTION LINEAR\n" if sorbs else "") + ("  FIRST_ORDER_DECAY\n" if decays else "")
    data = cells("POROSITY", m.porosity)
    if sorbs:
        data += cells("BULK_DENSITY", m.bulk_density) + cells("DISTCOEF", m.distribution_coefficient)
    if decays:
        data += cells("DECAY", m.decay_rate)
        if sorbs:
            data += cells("DECAY_SORBED", m.decay_rate_sorbed)
    files["c.mst"] = f"BEGIN OPTIONS\n{options}END OPTIONS\nBEGIN GRIDDATA\n{data}END GRIDDATA\n"
    if d is not None:
        pairs = {"DIFFC": d.diffusion_coefficient, "ALH": d.alh, "ALV": d.alv, "ATH1": d.ath1, "ATH2": d.ath2,
                 "ATV": d.atv}
        data = "".join(cells(name, v) for name, v in pairs.items())
        files["c.dsp"] = (
            f"BEGIN OPTIONS\n{'' if xt3d else '  XT3D_OFF'}\nEND OPTIONS\nBEGIN GRIDDATA\n{data}END GRIDDATA\n"
        )
    brought = "".join(f"  {p.name} AUX CONCENTRATION\n" for p in flow.packages)
    files["c.ssm"] = f"BEGIN SOURCES\n{brought}END SOURCES\n"
    files["c.fmi"] = "BEGIN PACKAGEDATA\n  GWFHEAD FILEIN flow.hds\n  GWFBUDGET FILEIN flow.cbc\nEND PACKAGEDATA\n"
    files["c.oc"] = (
        "BEGIN OPTIONS\n  CONCENTRATION FILEOUT c.ucn\nEND OPTIONS\nBEGIN PERIOD 1\n  SAVE CONCENTRATION LAST\n"
        "END PERIOD\n"
    )
    for package in model.packages:
        at = package.at(TimeStep(0, 0, 0.0, flow.end))
        places = np.column_stack(np.unravel_index(grid.node[at.cells], grid.shape)) + 1
        lines = "".join(
            f"  {k} {i} {j} {c!r}\n" for (k, i, j), c in zip(places, at.columns["concentration"].tolist(), strict=True)
        )
        files["c.cnc"] = (
            f"BEGIN DIMENSIONS\n  MAXBOUND {len(places)}\nEND DIMENSIONS\nBEGIN PERIOD 1\n{lines}END PERIOD\n"
        )
    for name, text in files.items():
        (folder / name).write_text(text)


def _array(name: str, values: Floats) -> str:
    flat = values.ravel()
    if (flat == flat[0]).all():
        return f"  {name}\n    CONSTANT {float(flat[0])!r}\n"
    return f"  {name}\n    INTERNAL\n" + " ".join(map(repr, flat.tolist())) + "\n"
