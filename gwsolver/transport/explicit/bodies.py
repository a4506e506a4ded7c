"""Sweeps over an aquifer with lakes and reaches: the kernels of its own grid, and upstream fluxes to the features.

The faces of features (`FeatureGrid`) carry q times the concentration upstream. They are few: their fluxes are
found beside the kernels, which keep the tables that suit the aquifer's grid, and move mass after each stage.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.transport.explicit.coefficients import Coefficients, coefficients
from gwsolver.transport.explicit.ends import EndRule
from gwsolver.transport.explicit.faces import FaceList
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.sweeps import Sweep
from gwsolver.transport.features.grid import FeatureGrid
from gwsolver.transport.features.model import own_model
from gwsolver.transport.features.water import own_flow

Floats = NDArray[np.float64]
FED = 0.1
"""Part of a cell's inflow from features above which nothing is known of what stands behind it."""


class BodySweep:
    """Runs stages over an aquifer and its features.

    Parameters
    ----------
    own : Sweep
        Of the aquifer.
    grid : FeatureGrid
    """

    def __init__(self, own: Sweep, grid: FeatureGrid) -> None:
        self._own, self._grid, self.structured = own, grid, own.structured
        self.faces: FaceList = joined_faces(own.faces, grid)
        self._n, self._m = grid.face_cells[grid.base.n_faces:].astype(np.int64).T
        self._touched = np.unique(np.concatenate([self._n, self._m]))
        self._place_n, self._place_m = (np.searchsorted(self._touched, cells) for cells in (self._n, self._m))
        self._of: Floats | None = None
        self._k: Coefficients
        self._forth: Floats
        self._back: Floats
        self._between: Floats = np.zeros(self._n.size)

    @property
    def flux(self) -> NDArray[Any]:
        """Solute through faces in the latest stage [M/T]."""
        return np.concatenate([self._own.flux[:self._grid.base.n_faces], self._between])

    def flux_at(self, places: NDArray[np.int64]) -> Floats:
        """Return the solute through some faces in the latest stage."""
        own = places < self._grid.base.n_faces
        found = np.empty(places.size)
        found[own] = self._own.flux_at(places[own])
        found[~own] = self._between[places[~own] - self._grid.base.n_faces]
        return found

    def another(self) -> "BodySweep":
        """Return a sweep over the same tables, with ends and room of its own."""
        return BodySweep(self._own.another(), self._grid)

    def end_with(self, k: Coefficients, rule: EndRule) -> None:
        """Take over what stands behind the donors of faces."""
        self._take(k)
        self._own.end_with(self._k, EndRule(rule.ratio[:self._grid.base.n_faces], rule.faces, rule.concentration))

    def fluxes(self, k: Coefficients, c: Floats) -> Floats:
        """Return the solute through each face."""
        if self._of is not k.faces:
            self._take(k)
        own = self._own.fluxes(self._k, c[:self._grid.base.n_cells])
        self._between = self._upstream(c)
        return np.concatenate([own, self._between])

    def stage(
        self, k: Coefficients, c: Floats, mass: Floats, integral: Floats, source: Floats, loss: Floats,
        inverse: Floats, length: float, weight: float,
    ) -> None:
        """Advance mass and concentration by one Euler stage."""
        if self._of is not k.faces:
            self._take(k)
        own, bodies = slice(0, self._grid.base.n_cells), self._grid.water_bodies
        self._between = self._upstream(c)
        integral[bodies] += weight * c[bodies]
        mass[bodies] += length * (source[bodies] - loss[bodies] * c[bodies])
        self._own.stage(self._k, c[own], mass[own], integral[own], source[own], loss[own], inverse[own], length, weight)
        at = self._touched
        mass[at] += length * (np.bincount(self._place_m, self._between, at.size)
                              - np.bincount(self._place_n, self._between, at.size))
        c[at] = mass[at] * inverse[at]
        c[bodies] = mass[bodies] * inverse[bodies]

    def _upstream(self, c: Floats) -> Floats:
        """Return the fluxes between features and cells, and from feature to feature [M/T]."""
        found: Floats = self._forth * c[self._n] - self._back * c[self._m]
        return found

    def _take(self, k: Coefficients) -> None:
        """Stand on these coefficients."""
        n_own = self._grid.base.n_faces
        self._of = k.faces
        self._k = k.with_faces(np.ascontiguousarray(k.faces[:, :n_own]))
        flow = k.faces[0, n_own:]
        self._forth, self._back = np.maximum(flow, 0.0), np.maximum(-flow, 0.0)


def joined_faces(own: FaceList, grid: FeatureGrid) -> FaceList:
    """Return the faces of an aquifer in the kernels' order, and those of its features after them."""
    more = grid.body_faces
    ratio = np.broadcast_to(1.0, (grid.n_faces, 2)) if own.even else np.concatenate(
        [own.upstream_ratio, np.ones((more.size, 2))])
    return FaceList(
        grid, np.concatenate([own.order, more]), np.concatenate([own.cells, grid.face_cells[more].astype(np.int32)]),
        np.concatenate([own.axis, np.full(more.size, 2, np.int8)]), ratio,
        np.concatenate([own.ends, np.zeros((more.size, 2), bool)]),
    )


def body_coefficients(
    model: TransportModel, flow: FlowStep, sweep: Sweep, scheme: ExplicitScheme,
    of_own: Callable[..., Coefficients] = coefficients,
) -> Coefficients:
    """Compute the coefficients of a flow step on a joined grid; those of features' faces are q alone."""
    grid = model.grid
    assert isinstance(grid, FeatureGrid)
    n_own, more = grid.base.n_faces, grid.body_faces
    own = of_own(own_model(model), own_flow(flow, grid), _own_faces(sweep.faces, grid), sweep.structured, scheme)
    faces = np.zeros((own.faces.shape[0], grid.n_faces))
    faces[:, :n_own] = own.faces
    passing = flow.face_flow[more]
    faces[0, n_own:] = passing
    rate = np.zeros((2, grid.n_cells))
    rate[:, :grid.base.n_cells] = own.rate
    n, m = grid.face_cells[more].astype(np.int64).T
    rate[0] += np.bincount(np.where(passing > 0.0, n, m), np.abs(passing), grid.n_cells)
    return Coefficients(faces, rate, own.cross, own.limiter)


def fed_cells(grid: FeatureGrid, face_flow: Floats) -> NDArray[np.bool_]:
    """Return the cells that features feed with more than `FED` of what comes in through faces, shape (cell,).

    Parameters
    ----------
    grid : FeatureGrid
    face_flow : ndarray of float64, shape (face,)
        From n to m in the order of the grid [L**3/T].
    """
    receiver = np.where(face_flow > 0.0, grid.face_cells[:, 1], grid.face_cells[:, 0])
    size, more = np.abs(face_flow), grid.body_faces
    all_in = np.bincount(receiver, size, grid.n_cells)
    fed: NDArray[np.bool_] = np.bincount(receiver[more], size[more], grid.n_cells) > FED * all_in
    return fed


def _own_faces(faces: FaceList, grid: FeatureGrid) -> FaceList:
    n = grid.base.n_faces
    ratio = np.broadcast_to(1.0, (n, 2)) if faces.even else faces.upstream_ratio[:n]
    return FaceList(grid.base, faces.order[:n], faces.cells[:n], faces.axis[:n], ratio, faces.ends[:n])
