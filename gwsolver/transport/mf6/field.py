"""What a flow field gives the transport equations: operator and antidiffusive stencil."""

import numpy as np
from scipy import sparse

from gwsolver.core.grid import Grid
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.transport.features.grid import FeatureGrid
from gwsolver.transport.features.model import own_model
from gwsolver.transport.features.water import own_flow
from gwsolver.transport.mf6 import advection, dispersion, xt3d
from gwsolver.transport.mf6.operator import Bools, Entries, Floats, TransportOperator, assemble, face_matrix


def transport_operator(model: TransportModel, flow: FlowStep, active: Bools) -> TransportOperator:
    """Return the operator of a flow field.

    Parameters
    ----------
    model : TransportModel
    flow : FlowStep
    active : ndarray of bool, shape (cell,)
        Cells that take part: all but those that are dry in the standard formulation.
    """
    grid = model.grid
    if isinstance(grid, FeatureGrid):
        return _with_features(model, grid, flow, active)
    flux: list[Entries] = []
    defect: list[Entries] = []
    if model.advection:
        passing = advected(grid, flow, active)
        central = model.weighted("central")
        if central.any():
            through = np.where(central, passing, 0.0)
            flux.append(advection.central(grid, through))
            defect.append(advection.central_defect(grid, through))
        if not central.all():
            flux.append(advection.upstream(grid, np.where(central, 0.0, passing)))
    if model.dispersion is not None:
        tensor = dispersion.tensors(model.dispersion, model.mobile.porosity, flow)
        if model.dispersion.xt3d:
            across = xt3d.fluxes(grid, tensor, flow.saturation_end)
            return assemble(grid, across + face_matrix(grid, flux) if flux else across, face_matrix(grid, defect))
        flux.append(dispersion.fluxes(grid, tensor, flow.saturation_end))
    return assemble(grid, face_matrix(grid, flux), face_matrix(grid, defect))


def _with_features(model: TransportModel, grid: FeatureGrid, flow: FlowStep, active: Bools) -> TransportOperator:
    """Return the operator of an aquifer, and what flows between its cells and features, upstream weighted."""
    own = transport_operator(own_model(model), own_flow(flow, grid), active[:grid.base.n_cells])
    parts = [sparse.coo_array(m) for m in (own.flux, own.defect)]
    flux, defect = ([(m.row, m.col, m.data)] for m in parts)
    passing = advected(grid, flow, active)
    passing[:grid.base.n_faces] = 0.0
    flux.append(advection.upstream(grid, passing))
    return assemble(grid, face_matrix(grid, flux), face_matrix(grid, defect))


def advected(grid: Grid, flow: FlowStep, active: Bools) -> Floats:
    """Return the flow through faces between active cells [L**3/T], zero elsewhere; shape (face,)."""
    return np.where(active[grid.face_cells].all(axis=1), flow.face_flow, 0.0)
