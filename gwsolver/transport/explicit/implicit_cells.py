"""Cells that no sub-step can follow, solved within every explicit stage: they hold (almost) no water but pass it on.

The Newton formulation lets water run down through dry cells. What such a cell holds turns over a million
times in a step that suits its neighbours: its concentration is what flows in over what flows out. In each
Euler stage of length h these cells I satisfy together

    M_i c_i - m_i = h [sum a_ji c_j - (sum a_ij + l_i) c_i + s_i],   i in I,

with the new c_j of cells in I and the old ones of all others: backward Euler with upstream weighting, an
M-matrix, so that c >= 0 whatever h. The explicit sweep has moved mass at old concentrations; the difference is
moved afterwards, through the same faces, to both their cells, so that mass closes to round-off.
"""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from gwsolver.transport.explicit.coefficients import Coefficients
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.implicit.operator import Operator
from gwsolver.transport.implicit.solve import LinearSystem

Floats = NDArray[np.float64]


class ImplicitCells:
    """The chosen cells, for as long as flow and boundaries last.

    Parameters
    ----------
    work : Work
    chosen : ndarray of bool, shape (cell,)
        Not empty.

    Attributes
    ----------
    cells : ndarray of int64, shape (chosen,)
    coefficients : Coefficients
        Those of the explicit sweep: upstream weighting out of the chosen cells, no cross flux on their faces.
    """

    def __init__(self, work: Work, chosen: NDArray[np.bool_]) -> None:
        self.cells = np.flatnonzero(chosen)
        self._chosen, self._made_for = chosen, (work.coefficients, work.boundaries, work.capacity)
        pairs = work.sweep.faces.cells
        touching = np.flatnonzero(chosen[pairs].any(axis=1))
        faces = work.coefficients.faces.copy()
        donor = np.where(faces[0] > 0.0, pairs[:, 0], pairs[:, 1])
        faces[1, chosen[donor]] = 0.0
        faces[4:, touching] = 0.0
        self.coefficients: Coefficients = work.coefficients.with_faces(faces)
        # The chosen cells and their neighbours, numbered anew: all else stays as the explicit sweep left it.
        self._near = np.unique(np.concatenate([self.cells, pairs[touching].ravel()]))
        local = np.searchsorted(self._near, pairs[touching])
        flow, conductance = faces[0, touching], faces[3, touching]
        self._faces = touching
        self._op = Operator(local[:, 0], local[:, 1], np.maximum(flow, 0.0) + conductance,
                            np.maximum(-flow, 0.0) + conductance, self._near.size)
        self._own = np.searchsorted(self._near, self.cells)
        self._leaving = self._op.leaving()[self._own] + work.boundaries.loss[self.cells]
        matrix = self._op.matrix(np.zeros(self._near.size), work.boundaries.fixed[self._near])
        self._among = matrix[self._own][:, self._own].tocsc()
        self._touched = np.setdiff1d(self._near, self.cells)
        self._systems: dict[tuple[float, float], LinearSystem] = {}
        self.begin(work)

    def serves(self, work: Work, chosen: NDArray[np.bool_]) -> bool:
        """Whether these are the chosen cells of another interval too."""
        coefficients, b, capacity = self._made_for
        if coefficients is not work.coefficients or capacity is not work.capacity:
            return False
        same = b is work.boundaries or (
            np.array_equal(b.loss, work.boundaries.loss) and np.array_equal(b.fixed, work.boundaries.fixed)
        )
        return same and np.array_equal(chosen, self._chosen)

    def begin(self, work: Work) -> None:
        """Take over the concentrations at the start of an interval."""
        self._concentration = work.concentration[self.cells]

    def put(self, c: Floats) -> None:
        """Give the chosen cells their concentrations of the latest stage, which their mass does not tell."""
        c[self.cells] = self._concentration

    def correct(self, work: Work, inverse: Floats, time: float, h: float, weight: float) -> None:
        """Make the explicit stage implicit in the chosen cells.

        Parameters
        ----------
        inverse : ndarray of float64, shape (cell,)
            1/M of the stage's end.
        time, h : float
            End and length of the stage [T].
        weight : float
            Part of h that counts in the time integral.
        """
        own, mass, loss = self.cells, work.mass, work.boundaries.loss[self.cells]
        k = work.capacity
        part = (time - work.flow.start) / work.flow.length
        content = np.maximum(k.start[own] + part * (k.end[own] - k.start[own]), 0.0)
        before = self._concentration
        right = mass[own] + h * (self._leaving * before + self._among @ before)
        right = np.where(self._alive(content, h), np.maximum(right, 0.0), before)
        after = np.maximum(self._system(content, 0.0 if k.steady else time, h).solve(right), 0.0)
        change = np.zeros(self._near.size)
        change[self._own] = after - before
        flux = self._op.fluxes(change)
        tracked = work.model.grid.tracked_faces
        if tracked.size or work.watched.size:  # in float64, unlike the sweep's own fluxes on some grids
            passed = np.zeros(work.coefficients.faces.shape[1])
            passed[self._faces] = weight * flux
            work.passed += passed[tracked]
            work.watched_mass += passed[work.watched_places]
        mass[self._near] += h * self._op.net(flux)
        mass[own] -= h * loss * (after - before)
        work.integral[own] += weight * (after - before)
        self._concentration = after
        work.concentration[self._touched] = mass[self._touched] * inverse[self._touched]
        self.put(work.concentration)

    def settle(self, work: Work) -> None:
        """Leave no chosen cell with less than nothing where round-off did: what lacks comes from the fullest cell."""
        lacks = self.cells[work.mass[self.cells] < 0.0]
        if lacks.size:
            missing = float(work.mass[lacks].sum())
            work.mass[lacks] = 0.0
            work.mass[np.where(work.boundaries.fixed, 0.0, work.mass).argmax()] += missing

    def tell(self, work: Work) -> None:
        """Note how many cells there were and how they were solved."""
        k = work.capacity
        work.passing = self._chosen & (k.start <= 0.0) & (k.end <= 0.0)
        work.figures["implicit_cells"] = self.cells.size / self._chosen.size
        iterations = max((s.iterations for s in self._systems.values()), default=0)
        work.figures["iterations"] = max(work.figures.get("iterations", 0.0), float(iterations))

    def _alive(self, content: Floats, h: float) -> NDArray[np.bool_]:
        """Whether anything tells the concentration: cells that hold nothing and that nothing leaves keep theirs."""
        return content + h * self._leaving > 0.0

    def _system(self, content: Floats, time: float, h: float) -> LinearSystem:
        h = float(f"{h:.12g}")  # steps that differ by round-off share one system
        if (h, time) not in self._systems:
            if len(self._systems) > 2:
                self._systems.pop(next(iter(self._systems)))
            alive = self._alive(content, h)
            own = np.where(alive, content + h * self._leaving, 1.0)
            matrix = sp.diags(np.where(alive, h, 0.0)) @ self._among + sp.diags(own)
            self._systems[h, time] = LinearSystem(sp.csc_matrix(matrix))
        return self._systems[h, time]
