"""How much solute a cell holds per unit of concentration, and how that follows the water.

The mobile part of a cell holds M = W + V s rho_b Kd per unit of concentration; W is its water. (Where
sorption is not linear the solids are not in M, see ``retention.py``: M = W.) During
a flow step W changes as the flow says, W' = -(storage release), so that a uniform concentration
stays uniform. At the end of the step it is V n s again, plus the little that elastic storage took
or gave. Where specific yield and porosity differ, and when a cell dries, water (and solute on the
solids) is left behind: it goes to the cell's store and comes back when the water does.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep

Floats = NDArray[np.float64]
LEAST_PART = 1e-3
NO_WATER = 1e-12


@dataclass(frozen=True, eq=False)
class Capacity:
    """Contents of cells per unit concentration during one flow step.

    Attributes
    ----------
    start, end : ndarray of float64, shape (cell,)
        M at both ends of the flow step [L**3].
    least : ndarray of float64, shape (cell,)
        Concentration is never mass over less than this [L**3]: 0.1 % of the larger of both, so that a
        cell that runs dry is emptied in a finite number of steps; zero where there is no water.
    water_start, water_end : ndarray of float64, shape (cell,)
        W [L**3].
    sorbed : ndarray of float64, shape (cell,)
        V s rho_b Kd [L**3]; zero where sorption is not linear.
    solid : ndarray of float64, shape (cell,)
        V s rho_b, mass of the solids in contact with the water [M].
    saturation : ndarray of float64, shape (cell,)
        At the end of the step.
    oil : ndarray of float64, shape (cell,), or None
        What the oil keeps per unit concentration in the water, N / s [L**3]; a part of M. It does not follow the water.
    """

    start: Floats
    end: Floats
    least: Floats
    water_start: Floats
    water_end: Floats
    sorbed: Floats
    solid: Floats
    saturation: Floats
    oil: Floats | None = None

    def holding(self, oil: Floats | None) -> "Capacity":
        """Return these capacities with what the oil keeps, shape (cell,) [L**3]."""
        if oil is None:
            return self
        start = end = self.end + oil
        if self.start is not self.end:
            start = self.start + oil
        return replace(self, start=start, end=end, least=LEAST_PART * np.maximum(start, end), oil=oil)

    @cached_property
    def steady(self) -> bool:
        """Whether nothing changes during the step."""
        return self.start is self.end or bool(np.array_equal(self.start, self.end))

    def water(self, part: float) -> Floats:
        """Return the water at a part of the flow step [L**3], shape (cell,)."""
        return self.water_start + part * (self.water_end - self.water_start)

    @property
    def wet(self) -> NDArray[np.bool_]:
        """Which cells hold something at either end of the step, beside oil, shape (cell,)."""
        found: NDArray[np.bool_] = (self.start > 0.0) | (self.end > 0.0)
        if self.oil is not None:
            found = (self.water_start + self.sorbed > 0.0) | (self.water_end + self.sorbed > 0.0)
        return found

    def water_part(self, part: float) -> Floats:
        """Return the dissolved share of the mass at a part of the flow step, shape (cell,); not to be changed."""
        return self._part_at_end if self.water_start is self.water_end else self._share(self.water(part))

    def oil_part(self, part: float) -> Floats | None:
        """Return the share of the mass in the oil at a part of the flow step, shape (cell,); None without oil."""
        if self.oil is None:
            return None
        whole = self.water(part) + self.sorbed + self.oil
        return np.where(whole > 0.0, self.oil / np.where(whole > 0.0, whole, 1.0), 0.0)

    @cached_property
    def _part_at_end(self) -> Floats:
        return self._share(self.water_end)

    def _share(self, water: Floats) -> Floats:
        whole = water + self.sorbed
        if self.oil is not None:
            whole = whole + self.oil
        return np.where(whole > 0.0, water / np.where(whole > 0.0, whole, 1.0), 1.0)


class Store:
    """Water and solute left behind in the dry part of cells.

    Attributes
    ----------
    mass : ndarray of float64, shape (cell,)
        Solute [M].
    content : ndarray of float64, shape (cell,)
        What holds it, per unit concentration [L**3].
    """

    def __init__(self, model: TransportModel) -> None:
        self._initial = model.initial_concentration
        bodies = model.grid.water_bodies
        if bodies.start < bodies.stop:  # water that a lake gains between flow steps, from nowhere, brings nothing
            self._initial = self._initial.copy()
            self._initial[bodies] = 0.0
        self.mass = np.zeros(model.grid.n_cells)
        self.content = np.zeros(model.grid.n_cells)

    def exchange(self, mass: Floats, before: Floats, after: Floats, fixed: NDArray[np.bool_]) -> Floats:
        """Let the mobile part shrink or grow from `before` to `after`; return what came in beyond the store by cell.

        What is left behind goes at the cell's concentration, what comes back at that of the store; water
        that had never been part of the model's solute comes with the initial concentration.

        Parameters
        ----------
        mass : ndarray of float64, shape (cell,)
            Mobile mass [M], changed.
        before, after : ndarray of float64, shape (cell,)
            Mobile content M [L**3].
        fixed : ndarray of bool, shape (cell,)
            Cells of given concentration, passed over.
        """
        change = after - before
        beyond = np.zeros(mass.size)
        moved = (np.abs(change) > 1e-13 * np.maximum(before, after)) & ~fixed
        if not moved.any():
            return beyond
        left = np.flatnonzero(moved & (change < 0.0))
        part = np.minimum(-change[left] / before[left], 1.0)
        gone = np.where(after[left] > 0.0, part * mass[left], mass[left])
        mass[left] -= gone
        self.mass[left] += gone
        self.content[left] -= change[left]
        back = np.flatnonzero(moved & (change > 0.0))
        taken = np.minimum(change[back], self.content[back])
        share = np.where(taken > 0.0, taken / np.where(taken > 0.0, self.content[back], 1.0), 0.0)
        returned = share * self.mass[back]
        self.mass[back] -= returned
        self.content[back] -= taken
        new = (change[back] - taken) * self._initial[back]
        mass[back] += returned + new
        beyond[back] = new
        return beyond


class WaterBalance:
    """Follows the water of every cell from flow step to flow step.

    Attributes
    ----------
    elastic_before : ndarray of float64, shape (cell,)
        Elastic water before the latest step [L**3], from which it can be repeated.
    """

    def __init__(self, model: TransportModel) -> None:
        m = model.mobile
        self._pores = m.porosity * model.grid.volume
        self._solid = m.bulk_density * model.grid.volume
        self._per_solid = np.zeros(model.grid.n_cells) if m.nonlinear else m.distribution_coefficient
        self._elastic: Floats = np.zeros(model.grid.n_cells)
        self.elastic_before = self._elastic
        self._latest: tuple[FlowStep, Capacity] | None = None

    def go_back(self, elastic: Floats) -> None:
        """Stand where `elastic_before` was this."""
        self._elastic, self._latest = elastic.copy(), None

    def step(self, flow: FlowStep) -> Capacity:
        """Return the capacities of the next flow step: those of the last one where steady flow goes on unchanged.

        With STO-SS and STO-SY the rates of storage release:
        W(end) = V n s(end) + E(end), W(start) = W(end) + (STO-SS + STO-SY) dt, E the sum of -STO-SS dt.
        """
        if self._latest is not None and _goes_on(flow, self._latest[0]):
            self.elastic_before = self._elastic
            return self._latest[1]
        pores = self._pores * flow.saturation_end
        bound = 0.5 * pores
        self.elastic_before = self._elastic
        if self._elastic.any() or flow.storage_specific.any():
            self._elastic = np.clip(self._elastic - flow.length * flow.storage_specific, -bound, bound)
        water_end = pores + self._elastic
        water_start = np.maximum(water_end + flow.length * flow.storage_flow, 0.0)
        tiny = NO_WATER * self._pores
        water_end[water_end < tiny] = 0.0
        water_start[water_start < tiny] = 0.0
        solid = self._solid * flow.saturation_end
        sorbed = solid * self._per_solid
        if np.array_equal(water_start, water_end):
            water_start = water_end
        start = end = water_end + sorbed
        if water_start is not water_end:
            start = water_start + sorbed
        capacity = Capacity(start, end, LEAST_PART * np.maximum(start, end), water_start, water_end, sorbed, solid,
                            flow.saturation_end)
        self._latest = flow, capacity
        return capacity


def _goes_on(flow: FlowStep, before: FlowStep) -> bool:
    """Return whether a steady flow step shows the very arrays of the one before."""
    return (
        flow.steady and before.steady and flow.saturation_end is before.saturation_end
        and flow.storage_specific is before.storage_specific and flow.storage_yield is before.storage_yield
    )
