"""Small flow models for the tests."""



import numpy as np

from gwsolver.core.aquifer import Conductivity, Storage
from gwsolver.core.dis import structured_grid
from gwsolver.core.simulation import Closure, FlowModel
from gwsolver.core.stress import ConstantStress, StressPackage, StressValues
from gwsolver.core.time import StressPeriod, TimeAxis
from gwsolver.flow import FlowSolver


def package(kind, cells, options=None, **columns):
    """A package that never changes; columns are spread over its cells."""
    cells = np.atleast_1d(np.asarray(cells, np.int64))
    values = {k: np.broadcast_to(np.asarray(v, float), cells.shape).copy() for k, v in columns.items()}
    return StressPackage(f"{kind}-1", kind, ConstantStress(StressValues(cells, values)), options or {})


def rock(grid, k=1.0, k22=None, k33=None, cell_type=0, angle1=0.0, **options):
    """Conductivity of a grid from scalars or arrays."""
    def spread(value):
        return np.broadcast_to(np.asarray(value, float), (grid.n_cells,)).copy()

    return Conductivity(
        spread(k), spread(k if k22 is None else k22), spread(k if k33 is None else k33),
        np.broadcast_to(np.asarray(cell_type, np.int64), (grid.n_cells,)).copy(),
        spread(angle1), spread(0.0), spread(0.0), **options,
    )


def storage(grid, ss=0.0, sy=0.0, convertible=False, transient=(True,), **options):
    """Storage of a grid from scalars."""
    def spread(value, kind=float):
        return np.broadcast_to(np.asarray(value, kind), (grid.n_cells,)).copy()

    values = {"is_coefficient": False, "confined_only": False} | options
    return Storage(spread(ss), spread(sy), spread(convertible, bool), transient=transient, **values)


def model(grid, conductivity, packages, *, start=0.0, time=((1.0, 1, 1.0),), **options):
    """A flow model."""
    head = np.broadcast_to(np.asarray(start, float), (grid.n_cells,)).copy()
    axis = TimeAxis(tuple(StressPeriod(*p) for p in time))
    return FlowModel(
        "flow", axis, grid, head, conductivity, packages=tuple(packages), closure=Closure(head_change=1e-9), **options
    )


def solve(flow_model):
    """All flow steps of a model."""
    solver = FlowSolver(flow_model)
    return [solver.advance(step) for step in flow_model.time.steps()]


def row(n, length=100.0, top=10.0, bottom=0.0):
    """A row of cells along x."""
    return structured_grid(np.full(n, length / n), [1.0], top, [bottom])


