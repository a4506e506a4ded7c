"""Flow through the faces between cells as a function of head: standard and Newton formulation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.barriers import BarriersInForce
from gwsolver.core.grid import STAGGERED, VERTICAL
from gwsolver.core.saturation import SMOOTHING, saturation
from gwsolver.core.simulation import FlowModel
from gwsolver.core.time import TimeStep
from gwsolver.flow import conductance as means
from gwsolver.flow.barriers import behind, height, layers

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FaceFlows:
    """Flow of every face and how it answers to the heads of its two cells.

    Attributes
    ----------
    flow : ndarray of float64, shape (face,)
        Positive from cell n to m [L**3/T].
    conductance : ndarray of float64, shape (face,)
        C, zero between cells that take no part [L**2/T].
    hanging : ndarray of int64
        Faces whose flow does not feel the head of m.
    varying : (ndarray, ndarray) or None
        What the change of C adds to the derivatives of the flow with respect to the heads of n and m, shape (face,)
        [L**2/T]; None where C does not follow heads.
    """

    flow: Floats
    conductance: Floats
    hanging: NDArray[np.int64]
    varying: tuple[Floats, Floats] | None

    def derivatives(self, exact: bool) -> tuple[Floats, Floats]:
        """Return the derivatives of the flow with respect to the heads of n and m, shape (face,) [L**2/T].

        Parameters
        ----------
        exact : bool
            With what the change of the conductances adds (Newton); else they are held: the symmetric system of the
            standard formulation (Picard iteration).
        """
        by_m = -self.conductance
        by_m[self.hanging] = 0.0
        if exact and self.varying is not None:
            return self.conductance + self.varying[0], by_m + self.varying[1]
        return self.conductance, by_m


@dataclass(frozen=True, eq=False)
class Barred:
    """Barriers at faces whose conductance follows wet thicknesses, by their place among these."""

    at: NDArray[np.int64]
    characteristic: Floats


class FaceEquations:
    """The faces of one model: what does not change with head is computed once.

    Parameters
    ----------
    model : FlowModel
    """

    def __init__(self, model: FlowModel) -> None:
        grid, rock = model.grid, model.conductivity
        self.grid, self.rules, self.newton = grid, rock.rules(grid.n_faces), model.newton
        self.convertible: Bools = rock.cell_type > 0
        from_start = rock.cell_type < 0
        filled = saturation(model.initial_head, grid.top, grid.bottom, SMOOTHING if self.newton else 0.0)[0]
        self.fixed_saturation: Floats = np.where(from_start, filled, 1.0)
        k = means.face_conductivity(grid, rock)
        self.saturated = means.saturated_conductance(grid, rock, k, self.fixed_saturation)
        self.n, self.m = grid.face_cells[:, 0], grid.face_cells[:, 1]
        self.vertical: Bools = grid.face_kind == VERTICAL
        self.varies: Bools = self.convertible[self.n] | self.convertible[self.m]
        self.flat = np.flatnonzero(~self.vertical & self.varies)
        weighted = self.newton & self.rules.upstream
        self.upstream, self.averaged = self.flat[weighted[self.flat]], self.flat[~weighted[self.flat]]
        self.steep = np.flatnonzero(self.vertical & self.varies & self.rules.variable_cv)
        self.hanging = np.flatnonzero(self.vertical & self.convertible[self.m] & self.rules.perched)
        self.k_averaged, self.k_steep = k[self.averaged], k[self.steep]
        self._open, self._barriers, self._given = self.saturated, model.barriers, BarriersInForce.none()
        self._by_head: tuple[Barred, ...] = ()

    def begin(self, step: TimeStep) -> bool:
        """Take the barriers of a step; return whether they are those of the one before.

        Where conductances follow wet thicknesses barriers do, too; else they are part of the saturated conductance.
        """
        held = self._given if self._barriers is None else self._barriers.in_period(step.period)
        if held is self._given or not (held.characteristic.size or self._given.characteristic.size):
            return True
        self._given, self.saturated, by_head = held, self._open.copy(), []
        for layer in layers(held, self.grid):
            fixed = ~np.isin(layer.faces, self.averaged)
            faces, values = layer.faces[fixed], layer.characteristic[fixed]
            thickness = means.wet_thickness(self.grid, np.ones((faces.size, 2)), faces)[0]
            self.saturated[faces] = behind(
                values, self.saturated[faces], self.grid.face_width[faces], height(self.grid, faces, thickness)[0]
            )[0]
            by_head.append(Barred(np.searchsorted(self.averaged, layer.faces[~fixed]), layer.characteristic[~fixed]))
        self._by_head = tuple(b for b in by_head if b.at.size)
        return False

    def saturation(self, head: Floats) -> tuple[Floats, Floats]:
        """Return saturation of all cells and its derivative; confined cells keep theirs."""
        value, slope = saturation(head, self.grid.top, self.grid.bottom, SMOOTHING if self.newton else 0.0)
        return np.where(self.convertible, value, self.fixed_saturation), np.where(self.convertible, slope, 0.0)

    def flows(self, head: Floats, active: Bools) -> FaceFlows:
        """Return the flow through every face.

            Q = C (h_n - h_m)

        Where a cell is convertible the conductance C of horizontal faces follows the mean of the
        wet thicknesses (standard), or is the saturated one times the saturation of the upstream
        cell (Newton). PERCHED: above a cell m that is not full, Q = C (h_n - bottom of n).

        Parameters
        ----------
        head : ndarray of float64, shape (cell,)
        active : ndarray of bool, shape (cell,)
            Faces of other cells carry nothing.
        """
        wet, slope = self.saturation(head)
        conductance = self.saturated.copy()
        varying = None
        if self.upstream.size or self.averaged.size or self.steep.size:
            by_n, by_m = varying = np.zeros_like(conductance), np.zeros_like(conductance)
            if self.upstream.size:
                self._upstream(head, wet, slope, conductance, by_n, by_m)
            if self.averaged.size:
                self._averaged(wet, slope, conductance, by_n, by_m)
            if self.steep.size:
                self._variable(head, wet, slope, conductance, by_n, by_m)
        drop = head[self.n] - head[self.m]
        hanging = self.hanging
        if hanging.size:
            above, below = self.n[hanging], self.m[hanging]
            falls = head[below] < self.grid.top[below]
            hanging = hanging[falls]
            drop[hanging] = head[self.n[hanging]] - self.grid.bottom[above[falls]]
        if not active.all():
            closed = ~(active[self.n] & active[self.m])
            for value in (conductance, *(varying or ())):
                value[closed] = 0.0
        for added in varying or ():
            added *= drop
        drop *= conductance
        return FaceFlows(drop, conductance, hanging, varying)

    def wet_depth(self, head: Floats, wet: Floats, active: Bools) -> Floats:
        """Return the wet height of horizontal faces that turns their flow into a flux [L], shape (face,)."""
        n, m = self.n, self.m
        at_face = np.where(self.varies[:, None], wet[self.grid.face_cells], 1.0)
        depth: Floats = 0.5 * means.wet_thickness(self.grid, at_face)[0].sum(axis=1)
        if self.newton:
            upstream = np.where(head[n] > head[m], wet[n] * self.grid.thickness[n], wet[m] * self.grid.thickness[m])
            depth = np.where(self.varies & self.rules.upstream, upstream, depth)
        staggered = (self.grid.face_kind == STAGGERED) & ~self.varies
        if staggered.any():
            cells = self.grid.face_cells[staggered]
            opening = self.grid.top[cells].min(axis=1) - self.grid.bottom[cells].max(axis=1)
            depth[staggered] = np.maximum(opening, 0.0)
        return np.where(active[n] & active[m], depth, 0.0)

    def _upstream(
        self, head: Floats, wet: Floats, slope: Floats, conductance: Floats, by_n: Floats, by_m: Floats
    ) -> None:
        faces = self.upstream
        n, m = self.n[faces], self.m[faces]
        from_n = head[n] > head[m]
        saturated = self.saturated[faces]
        conductance[faces] = saturated * np.where(from_n, wet[n], wet[m])
        by_n[faces] = np.where(from_n, saturated * slope[n], 0.0)
        by_m[faces] = np.where(from_n, 0.0, saturated * slope[m])

    def _averaged(self, wet: Floats, slope: Floats, conductance: Floats, by_n: Floats, by_m: Floats) -> None:
        faces = self.averaged
        cells = self.grid.face_cells[faces]
        thickness, per_saturation = means.wet_thickness(self.grid, wet[cells], faces)
        value, of_n, of_m = means.horizontal_conductance(
            self.rules.averaging[faces], self.k_averaged, thickness, self.grid.face_distance[faces],
            self.grid.face_width[faces],
        )
        for barred in self._by_head:
            at = barred.at
            high, part = height(self.grid, faces[at], thickness[at])
            value[at], by_value, by_height = behind(
                barred.characteristic, value[at], self.grid.face_width[faces[at]], high)
            of_n[at] = by_value * of_n[at] + by_height * part[:, 0]
            of_m[at] = by_value * of_m[at] + by_height * part[:, 1]
        conductance[faces] = value
        by_n[faces] = of_n * per_saturation[:, 0] * slope[cells[:, 0]]
        by_m[faces] = of_m * per_saturation[:, 1] * slope[cells[:, 1]]

    def _variable(
        self, head: Floats, wet: Floats, slope: Floats, conductance: Floats, by_n: Floats, by_m: Floats
    ) -> None:
        """VARIABLECV: the wet part of the upper cell resists (with DEWATERED that of the lower one too)."""
        faces = self.steep
        cells = self.grid.face_cells[faces]
        fraction, moves = wet[cells], slope[cells]
        lower_is_m = self.grid.bottom[cells[:, 0]] > self.grid.bottom[cells[:, 1]]
        lower = np.where(lower_is_m, 1, 0)
        full = np.flatnonzero(~self.rules.dewatered[faces])
        fraction[full, lower[full]], moves[full, lower[full]] = 1.0, 0.0
        thickness = self.grid.thickness[cells]
        value, of_n, of_m = means.vertical_conductance(
            self.k_steep, fraction * thickness, self.grid.face_width[faces]
        )
        conductance[faces] = value
        by_n[faces] = of_n * thickness[:, 0] * moves[:, 0]
        by_m[faces] = of_m * thickness[:, 1] * moves[:, 1]
