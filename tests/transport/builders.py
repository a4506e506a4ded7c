"""Small transport models on hand-made flow."""

import numpy as np

from gwsolver.core.aquifer import Dispersion, MobileDomain
from gwsolver.core.simulation import SourceConcentration, TransportModel
from gwsolver.core.steps import FlowStep, PackageFlow
from gwsolver.core.stress import ConstantStress, StressPackage, StressValues
from gwsolver.core.time import StressPeriod, TimeAxis, TimeStep


def transport_model(grid, *, porosity=0.25, initial=0.0, dispersivity=None, diffusion=0.0, kd=0.0, bulk_density=0.0,
                    decay=0.0, decay_sorbed=0.0, advection="upstream", sources=(), packages=()):
    """A species; dispersivity: (alh, ath1, ath2) or (alh, alv, ath1, ath2, atv)."""
    full = lambda v: np.broadcast_to(np.asarray(v, float), grid.n_cells).copy()  # noqa: E731
    dispersion = None
    if dispersivity is not None or diffusion:
        a = dispersivity or (0.0, 0.0, 0.0)
        alh, alv, ath1, ath2, atv = a if len(a) == 5 else (a[0], a[0], a[1], a[2], a[2])
        dispersion = Dispersion(full(alh), full(alv), full(ath1), full(ath2), full(atv), full(diffusion))
    return TransportModel(
        name="solute", time=TimeAxis((StressPeriod(1.0),)), grid=grid, flow_model="flow",
        initial_concentration=full(initial), dispersion=dispersion,
        mobile=MobileDomain(full(porosity), full(bulk_density), full(kd), full(decay), full(decay_sorbed)),
        advection=advection, sources=tuple(SourceConcentration(*s) for s in sources), packages=tuple(packages),
    )


def constant(name, kind, cells, **columns):
    """A stress package that never changes."""
    cells = np.asarray(cells)
    full = {k: np.broadcast_to(np.asarray(v, float), cells.size).copy() for k, v in columns.items()}
    return StressPackage(name, kind, ConstantStress(StressValues(cells, full)))


def face_area(grid, saturation=1.0):
    """Area of every face [L**2]."""
    vertical = grid.face_kind == 0
    return grid.face_width * np.where(vertical, 1.0, saturation * grid.thickness[grid.face_cells[:, 0]])


def flow_step(grid, face_flow, *, discharge=None, packages=(), start=0.0, end=1.0, saturation=(1.0, 1.0),
              storage_yield=0.0, storage_specific=0.0, concentration=0.0, close=True):
    """A flow step; what faces leave unbalanced enters or leaves through a package ``edge``."""
    n = grid.n_cells
    net = np.zeros(n)
    np.subtract.at(net, grid.face_cells[:, 0], face_flow)
    np.add.at(net, grid.face_cells[:, 1], face_flow)
    full = lambda v: np.broadcast_to(np.asarray(v, float), n).copy()  # noqa: E731
    sy, ss = full(storage_yield), full(storage_specific)
    total = net + sy + ss
    for p in packages:
        np.add.at(total, p.cells, p.rates)
    if close:
        scale = np.abs(face_flow).max(initial=0.0)
        cells = np.flatnonzero(np.abs(total) > 1e-12 * scale)
        edge = PackageFlow("edge", "chd", cells, -total[cells], {"c": np.full(cells.size, concentration)})
        packages = (*packages, edge)
        np.add.at(total, edge.cells, edge.rates)
    q = np.zeros((n, 3)) if discharge is None else np.broadcast_to(np.asarray(discharge, float), (n, 3)).copy()
    return FlowStep(
        start, end, 0, 0, not (sy.any() or ss.any()), face_flow, full(0.0), full(0.0), full(saturation[0]),
        full(saturation[1]), q, ss, sy, tuple(packages), total,
    )


def uniform_flow(grid, discharge, **options):
    """The same specific discharge everywhere."""
    q = np.asarray(discharge, float)
    return flow_step(grid, (grid.face_normal @ q) * face_area(grid), discharge=q, **options)


def whole(flow):
    """A transport time step over the whole flow step."""
    return TimeStep(0, 0, flow.start, flow.end)
