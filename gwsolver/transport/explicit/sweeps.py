"""One Euler stage over all cells, on the tables that suit the grid."""

from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid
from gwsolver.kernels import n_threads, transport_cloud, transport_rows
from gwsolver.transport.explicit.cloud import Cloud, build_cloud
from gwsolver.transport.explicit.coefficients import Coefficients
from gwsolver.transport.explicit.ends import EndRule
from gwsolver.transport.explicit.faces import FaceList
from gwsolver.transport.explicit.rows import LONGEST_RUN, Rows, build_rows

Floats = NDArray[np.float64]
CELLS_PER_THREAD = 4096


def useful_threads(n_cells: int) -> int:
    """Return the number of threads worth starting for a grid of this size."""
    return max(1, min(n_threads(), n_cells // CELLS_PER_THREAD))


class Sweep(Protocol):
    """Runs stages over one grid."""

    faces: FaceList
    structured: bool

    @property
    def flux(self) -> NDArray[Any]:
        """Solute through faces in the latest stage [M/T]."""
        ...

    def flux_at(self, places: NDArray[np.int64]) -> Floats:
        """Return the solute through some faces, by their places in the kernels' order, in the latest stage [M/T]."""
        ...

    def another(self) -> "Sweep":
        """Return a sweep over the same tables, with ends and room of its own."""
        ...

    def end_with(self, k: Coefficients, rule: EndRule) -> None:
        """Take over what stands behind the donors of faces; `k` has the ratios of the rule."""
        ...

    def fluxes(self, k: Coefficients, c: Floats) -> Floats:
        """Return the solute through each face at these concentrations, shape (face,) [M/T]; the sweep's own array."""
        ...

    def stage(
        self, k: Coefficients, c: Floats, mass: Floats, integral: Floats, source: Floats, loss: Floats,
        inverse: Floats, length: float, weight: float,
    ) -> None:
        """Advance mass and concentration by one Euler stage of this length [T]."""
        ...


class RowSweep:
    """Structured grids: runs of consecutive cells."""

    structured = True

    def __init__(self, tables: Rows) -> None:
        self.tables, self.faces = tables, tables.faces
        grid = tables.faces.grid
        self._n_cells, self._n_faces = grid.n_cells, grid.n_faces
        self._gradients: tuple[NDArray[np.int32], Floats] | None = None  # made when first needed
        self.ends = np.zeros(self.tables.end_faces.size + LONGEST_RUN)
        self.rule = np.zeros((2, self.tables.end_faces.size))

    def flux_at(self, places: NDArray[np.int64]) -> Floats:
        """Return the solute through some faces in the latest stage."""
        return np.asarray(self.flux[places], np.float64)

    def another(self) -> "RowSweep":
        """Return a sweep over the same tables."""
        return RowSweep(self.tables)

    def end_with(self, k: Coefficients, rule: EndRule) -> None:
        """Take over what stands behind the donors of faces."""
        behind, there = np.zeros(self._n_faces), np.zeros(self._n_faces, np.bool_)
        behind[rule.faces], there[rule.faces] = rule.concentration, True
        self.rule[0], self.rule[1] = behind[self.tables.end_faces], there[self.tables.end_faces]

    @cached_property
    def flux(self) -> NDArray[Any]:
        """Solute through faces [M/T]; made when first needed, as `gradient` is."""
        return np.zeros(self._n_faces + LONGEST_RUN)

    @cached_property
    def gradient(self) -> Floats:
        """Gradients of concentration, shape (3, cell)."""
        return np.zeros((3, self._n_cells))

    def fluxes(self, k: Coefficients, c: Floats) -> Floats:
        """Return the solute through each face."""
        threads, t = useful_threads(c.size), self.tables
        if k.cross:
            if self._gradients is None:
                self._gradients = t.gradients()
            runs, weights = self._gradients
            transport_rows.gradients(c, weights, runs, self.gradient, threads)
        transport_rows.end_values(c, t.end_cells, self.rule, self.ends, threads)
        transport_rows.face_fluxes(
            c, self.ends, self.gradient, t.face_runs, k.faces, self.flux, k.cross, k.limiter, threads
        )
        return self.flux[:t.faces.order.size]

    def stage(
        self, k: Coefficients, c: Floats, mass: Floats, integral: Floats, source: Floats, loss: Floats,
        inverse: Floats, length: float, weight: float,
    ) -> None:
        """Advance mass and concentration by one Euler stage."""
        self.fluxes(k, c)
        transport_rows.update(
            self.flux, self.tables.update_runs, source, loss, inverse, length, weight, mass, integral, c,
            useful_threads(c.size),
        )


class CloudSweep:
    """Any grid: faces by their cells, gradients by least squares; concentration and fluxes in float32."""

    structured = False

    def __init__(self, tables: Cloud) -> None:
        self.tables, self.faces = tables, tables.faces
        grid = tables.faces.grid
        self.flux: NDArray[Any] = np.zeros(grid.n_faces, np.float32)
        self.mirror = np.zeros(grid.n_cells, np.float32)
        self.gradient = np.zeros((3, grid.n_cells), np.float32)
        self.given_faces = np.zeros(0, np.int32)
        self.given = np.zeros(0, np.float32)
        self._of: Floats | None = None
        self._single = np.zeros((0, 0), np.float32)

    def flux_at(self, places: NDArray[np.int64]) -> Floats:
        """Return the solute through some faces in the latest stage."""
        return np.asarray(self.flux[places], np.float64)

    def another(self) -> "CloudSweep":
        """Return a sweep over the same tables."""
        return CloudSweep(self.tables)

    def end_with(self, k: Coefficients, rule: EndRule) -> None:
        """Take over what stands behind the donors of faces."""
        self.given_faces = rule.faces.astype(np.int32)
        self.given = rule.concentration.astype(np.float32)
        self._of, self._single = k.faces, k.faces.astype(np.float32)

    def fluxes(self, k: Coefficients, c: Floats) -> Floats:
        """Return the solute through each face."""
        threads, t = useful_threads(c.size), self.tables
        if self._of is not k.faces:
            self._of, self._single = k.faces, k.faces.astype(np.float32)
        np.copyto(self.mirror, c, casting="same_kind")
        transport_cloud.gradients(self.mirror, t.group, t.neighbour, t.weights, self.gradient, threads)
        transport_cloud.face_fluxes(
            self.mirror, self.gradient, t.cells, t.vector, self._single, self.flux, k.limiter, threads
        )
        transport_cloud.end_fluxes(
            self.mirror, self.gradient, t.cells, self.given_faces, self.given, self._single, self.flux, k.limiter,
            threads,
        )
        return self.flux.astype(float)

    def stage(
        self, k: Coefficients, c: Floats, mass: Floats, integral: Floats, source: Floats, loss: Floats,
        inverse: Floats, length: float, weight: float,
    ) -> None:
        """Advance mass and concentration by one Euler stage."""
        self.fluxes(k, c)
        t = self.tables
        transport_cloud.update(
            self.flux, t.group, t.face, t.sign, source, loss, inverse, length, weight, mass, integral, c,
            useful_threads(c.size),
        )


def sweep_for(grid: Grid, wet: NDArray[np.bool_]) -> Sweep:
    """Return the sweep that suits the grid."""
    return RowSweep(build_rows(grid, wet)) if grid.kind == "dis" else CloudSweep(build_cloud(grid, wet))
