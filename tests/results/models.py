"""Small models and steps made by hand: results need no solver to be tested."""

import numpy as np

from gwsolver.core.aquifer import Conductivity, MobileDomain, Storage
from gwsolver.core.case import CaseInfo, Limit, Place
from gwsolver.core.dis import structured_grid
from gwsolver.core.grid import Grid
from gwsolver.core.ledger import Ledger
from gwsolver.core.output import Observation, OutputControl, SaveRule
from gwsolver.core.simulation import FlowModel, Simulation, TransportModel
from gwsolver.core.steps import FlowStep, PackageFlow, TransportStep
from gwsolver.core.stress import ConstantStress, StressPackage, StressValues
from gwsolver.core.time import StressPeriod, TimeAxis
from gwsolver.results import ResultsWriter

PLACE = {"x_origin": 500_000.0, "y_origin": 5_400_000.0, "length_unit": "metres", "crs": "EPSG:32640"}
NOT_DIS = {"cell_width": np.zeros((0, 2)), "delr": np.zeros(0), "delc": np.zeros(0)}


def dis(angle=0.0):
    """Two layers of 3 rows and 4 columns, one corner outside, one cell passed through."""
    domain = np.ones((2, 3, 4), int)
    domain[:, 0, 0] = 0
    domain[0, 1, 1] = -1
    return structured_grid([10.0, 20.0, 20.0, 10.0], [5.0, 10.0, 5.0], 12.0, [6.0, 0.0], domain, angle=angle, **PLACE)


def layered_squares():
    """DISV: two layers of a row of three unit squares of 10 m."""
    base = structured_grid([10.0] * 3, [10.0], 4.0, [2.0, 0.0], **PLACE)
    return Grid(**{**vars_of(base), "kind": "disv", "shape": (2, 3), **NOT_DIS})


def stacked_nodes():
    """DISU: the same squares, six nodes with a ring each."""
    base = structured_grid([10.0] * 3, [10.0], 4.0, [2.0, 0.0], **PLACE)
    rings = base.polygon_vertex.reshape(3, 4)
    return Grid(**{
        **vars_of(base), "kind": "disu", "shape": (6,), **NOT_DIS, "column": np.arange(6),
        "polygon_start": np.arange(0, 25, 4), "polygon_vertex": np.concatenate([rings, rings]).ravel(),
    })


def vars_of(grid):
    """Fields of a grid as keywords."""
    return {f: getattr(grid, f) for f in Grid.__dataclass_fields__}


AXIS = TimeAxis((StressPeriod(10.0, 2), StressPeriod(30.0, 3)), "days", "2020-01-01")
NOTHING = ConstantStress(StressValues(np.zeros(0, int), {}))
ALWAYS = {0: (SaveRule(all_steps=True),)}


def flow_model(grid, **changes):
    """A flow model with a well of two entries and a river."""
    n = grid.n_cells
    one, zero = np.ones(n), np.zeros(n)
    settings = {
        "name": "gwf", "time": AXIS, "grid": grid, "initial_head": np.full(n, 11.0),
        "conductivity": Conductivity(one, one, one, np.arange(n) % 2, zero, zero, zero),
        "storage": Storage(one * 1e-5, one * 0.2, np.ones(n, bool), False, False, (False, False)),
        "packages": (
            StressPackage("wel-1", "wel", NOTHING, auxiliary_names=("conc",)),
            StressPackage("riv-1", "riv", NOTHING),
        ),
        "output": OutputControl({"head": ALWAYS, "budget": ALWAYS}),
        "observations": (
            Observation("h1", "head", cells=(2,)), Observation("d1", "drawdown", cells=(2,)),
            Observation("q12", "flow-ja-face", cells=(0, int(grid.face_cells[0, 1]))),
            Observation("pumped", "wel", "wel-1", boundname="field a"), Observation("leak", "riv", "riv-1", cells=(1,)),
        ),
    }
    return FlowModel(**{**settings, **changes})


def transport_model(grid, name="benzene", **changes):
    """A species carried by that flow model."""
    n = grid.n_cells
    one, zero = np.ones(n), np.zeros(n)
    settings = {
        "name": name, "time": AXIS, "grid": grid, "flow_model": "gwf", "initial_concentration": zero,
        "mobile": MobileDomain(one * 0.3, zero, zero, zero, zero),
        "observations": (Observation("c1", "concentration", cells=(1,)),),
        "packages": (StressPackage("cnc-1", "cnc", ConstantStress(StressValues(np.array([0]), {}))),),
    }
    return TransportModel(**{**settings, **changes})


def info():
    """A case with a limit and a receptor."""
    return CaseInfo(
        title="Two layers", status="illustrative", mass_unit="g", length_unit="m", time_unit="d",
        receptors=(Place("village well", "supply well", 500_015.0, 5_400_003.0, layers=(1, 2)),),
        limits=(Limit("benzene", 0.01, "mg/L"),),
    )


def flow_step(model, step, dry=()):
    """A flow step that closes in every cell but for its residual."""
    grid = model.grid
    n = grid.n_cells
    face_flow = 1.0 + np.arange(grid.n_faces)
    wel = PackageFlow("wel-1", "wel", np.array([0, n - 1]), np.array([-2.0, -3.0]) - step.end,
                      {"conc": np.array([1.0, 7.0])}, ("field a", "field b"))
    riv = PackageFlow("riv-1", "riv", np.array([1, 2]), np.array([4.0, -0.5]))
    net = np.zeros(n)
    np.add.at(net, grid.face_cells[:, 0], -face_flow)
    np.add.at(net, grid.face_cells[:, 1], face_flow)
    for p in (wel, riv):
        np.add.at(net, p.cells, p.rates)
    residual = np.full(n, 1e-9)
    head = 10.0 + 0.1 * np.arange(n) + step.end
    head[list(dry)] = -1e30
    return FlowStep(
        step.start, step.end, step.period, step.step, False, face_flow, head, head, np.ones(n), np.full(n, 0.75),
        np.arange(3.0 * n).reshape(n, 3), residual - net, np.zeros(n), (wel, riv), residual,
    )


def transport_step(model, step, dry=()):
    """A transport step whose ledger closes."""
    n = model.grid.n_cells
    ledger = Ledger()
    ledger.add("cnc-1", "cnc", amount_in=2.0 * step.length)
    ledger.add("storage", "dissolved", amount_out=2.0 * step.length)
    is_dry = np.zeros(n, bool)
    is_dry[list(dry)] = True
    return TransportStep(
        model.name, step.start, step.end, np.where(is_dry, 0.0, 0.01 * np.arange(n) + step.end), is_dry,
        1.0, 0.0, ledger, {"cnc-1": (np.array([0]), np.array([2.0]))}, 4, 8, (), 0.0, 1.0,
    )


def write(folder, grid, *, stop_after=None, dry=(), case=None, **changes):
    """Run a writer over all steps; return it unfinished."""


    flow, species = flow_model(grid, **changes), transport_model(grid)
    writer = ResultsWriter(folder, Simulation((flow,), (species,)), case or info())
    for i, step in enumerate(AXIS.steps()):
        if i == stop_after:
            break
        n_steps = AXIS.periods[step.period].n_steps
        writer.flow("gwf", flow_step(flow, step, dry), n_steps)
        writer.transport(transport_step(species, step, dry), step, n_steps, ends=True)
    return writer
