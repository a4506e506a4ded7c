"""Models in uniform flow, built in memory: what most exact solutions need."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gwsolver.core.aquifer import Dispersion, MobileDomain
from gwsolver.core.grid import VERTICAL, Grid
from gwsolver.core.simulation import SourceConcentration, TransportModel
from gwsolver.core.steps import FlowStep, PackageFlow, TransportStep
from gwsolver.core.stress import ConstantStress, StressPackage, StressValues
from gwsolver.core.time import StressPeriod, TimeAxis, TimeStep

Floats = NDArray[np.float64]
FOREVER = 1e30


def face_area(grid: Grid) -> Floats:
    """Return the area of each face of a grid with flat layers [L**2], shape (face,)."""
    n = grid.face_cells[:, 0]
    return np.where(grid.face_kind == VERTICAL, grid.face_width, grid.face_width * grid.thickness[n])


def uniform_flow(
    grid: Grid, specific_discharge: ArrayLike, *, end: float, inflow_concentration: ArrayLike = 0.0
) -> FlowStep:
    """Return steady uniform flow; what the edge of the grid takes in or lets out is one package, ``edge``.

    Parameters
    ----------
    grid : Grid
    specific_discharge : array_like, shape (3,)
        q [L/T] in model coordinates.
    end : float
        End of the step, which begins at zero [T].
    inflow_concentration : array_like, scalar or shape (cell,)
        Concentration of the water that enters at the edge of each cell.
    """
    q = np.asarray(specific_discharge, float)
    face_flow = (grid.face_normal @ q) * face_area(grid)
    return steady_flow(grid, face_flow, np.broadcast_to(q, (grid.n_cells, 3)), end, inflow_concentration)


def steady_flow(
    grid: Grid, face_flow: Floats, specific_discharge: Floats, end: float, inflow_concentration: ArrayLike = 0.0
) -> FlowStep:
    """Return steady flow through the faces; each cell's balance is closed by the package ``edge``."""
    net = np.zeros(grid.n_cells)
    np.add.at(net, grid.face_cells[:, 1], face_flow)
    np.subtract.at(net, grid.face_cells[:, 0], face_flow)
    # What round-off leaves in cells that the edge does not touch is no inflow.
    cells = np.flatnonzero(np.abs(net) > 1e-12 * np.abs(face_flow).max(initial=1e-300))
    concentration = np.broadcast_to(np.asarray(inflow_concentration, float), (grid.n_cells,))[cells]
    edge = PackageFlow("edge", "wel", cells, -net[cells], {"concentration": concentration})
    residual = net.copy()
    residual[cells] = 0.0
    zero, one = np.zeros(grid.n_cells), np.ones(grid.n_cells)
    return FlowStep(
        start=0.0, end=end, period=0, step=0, steady=True, face_flow=face_flow, head_start=grid.top, head_end=grid.top,
        saturation_start=one, saturation_end=one, specific_discharge=np.ascontiguousarray(specific_discharge, float),
        storage_specific=zero, storage_yield=zero, packages=(edge,), residual=residual,
    )


def transport_model(
    grid: Grid, *, porosity: ArrayLike = 0.25, longitudinal: float = 0.0, transverse: float = 0.0,
    vertical_transverse: float | None = None, diffusion_coefficient: float = 0.0, retardation: float = 1.0,
    decay_rate: float = 0.0, initial: ArrayLike = 0.0, fixed: tuple[NDArray[np.int64], ArrayLike] | None = None,
    sources: tuple[str, ...] = ("edge",), time: float = FOREVER,
) -> TransportModel:
    """Return a transport model in which one value of each property holds everywhere.

    Parameters
    ----------
    longitudinal, transverse, vertical_transverse : float
        aL, aTH, aTV [L]; aTV is aTH if not given.
    retardation : float
        R = 1 + rho_b Kd / n, made with rho_b = 1; decay acts on both phases alike.
    initial : array_like, scalar or shape (cell,)
    fixed : (cells, concentration), optional
        Cells of constant concentration.
    sources : tuple of str
        Flow packages whose auxiliary variable ``concentration`` is what they bring.
    """
    def full(value: ArrayLike) -> Floats:
        return np.array(np.broadcast_to(np.asarray(value, float), (grid.n_cells,)))

    n = full(porosity)
    vertical = transverse if vertical_transverse is None else vertical_transverse
    packages: tuple[StressPackage, ...] = ()
    if fixed is not None:
        cells = np.asarray(fixed[0], np.int64)
        values = np.array(np.broadcast_to(np.asarray(fixed[1], float), cells.shape))
        packages = (StressPackage("cnc", "cnc", ConstantStress(StressValues(cells, {"concentration": values}))),)
    return TransportModel(
        name="solute", time=TimeAxis((StressPeriod(time),)), grid=grid, flow_model="flow",
        initial_concentration=full(initial),
        mobile=MobileDomain(
            porosity=n, bulk_density=full(1.0 if retardation > 1.0 else 0.0),
            distribution_coefficient=(retardation - 1.0) * n,
            decay_rate=full(decay_rate), decay_rate_sorbed=full(decay_rate if retardation > 1.0 else 0.0),
        ),
        dispersion=Dispersion(
            alh=full(longitudinal), alv=full(longitudinal), ath1=full(transverse), ath2=full(vertical),
            atv=full(vertical), diffusion_coefficient=full(diffusion_coefficient),
        ),
        sources=tuple(SourceConcentration(name, "concentration") for name in sources),
        packages=packages,
    )


def carry(model: TransportModel, flow: FlowStep, until: float | None = None, scheme: str = "limited") -> TransportStep:
    """Carry the model's solute in one steady flow from zero to `until` (the end of the flow if not given)."""
    from gwsolver.transport import TransportSolver

    stop = flow.end if until is None else until
    return TransportSolver([model], scheme=scheme).advance(flow, stop, TimeStep(0, 0, 0.0, flow.end))[0]
