"""Water that the rock stores and releases: specific storage and specific yield."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid
from gwsolver.core.saturation import SMOOTHING, saturation
from gwsolver.core.simulation import FlowModel
from gwsolver.core.time import TimeStep

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StorageFlows:
    """Water that storage releases into each cell.

    Attributes
    ----------
    specific, yielded : ndarray of float64, shape (cell,)
        From specific storage and from specific yield [L**3/T].
    derivative : ndarray of float64, shape (cell,)
        Of their sum, with respect to the head at the end of the step [L**2/T].
    """

    specific: Floats
    yielded: Floats
    derivative: Floats


class StorageEquations:
    """The storage of one model over one time step after another.

    Parameters
    ----------
    model : FlowModel
    """

    def __init__(self, model: FlowModel) -> None:
        self.grid: Grid = model.grid
        self.storage = model.storage
        self.smoothing = SMOOTHING if model.newton else 0.0
        self._old: tuple[Floats, Floats] | None = None

    def transient(self, step: TimeStep) -> bool:
        """Return whether storage acts during this step."""
        return self.storage is not None and self.storage.transient[step.period]

    def _before(self, old: Floats) -> Floats:
        """Return the saturation at the start of a step, found once for the step's iterations."""
        if self._old is None or self._old[0] is not old:
            self._old = old, saturation(old, self.grid.top, self.grid.bottom, self.smoothing)[0]
        return self._old[1]

    def flows(self, head: Floats, old: Floats, length: float) -> StorageFlows:
        """Return what storage releases while the head goes from `old` to `head`.

        With S the saturation, z = bottom + S b / 2 the middle of the water, b the thickness:

            specific storage, convertible:   Ss A b (S0 (h0 - z0) - S (h - z)) / dt
            specific storage, confined:      Ss A b (h0 - h) / dt
            specific yield, convertible:     Sy A b (S0 - S) / dt

        A storage coefficient stands for Ss b. SS_CONFINED_ONLY counts h - top, of full cells only.

        Parameters
        ----------
        head, old : ndarray of float64, shape (cell,)
            Heads at the end and at the start of the step [L].
        length : float
            Of the step [T].

        Notes
        -----
        Langevin and others (2017), USGS TM 6-A55, chapter 5; MODFLOW 6 description of input and
        output, STO package (the form that has been the default since version 6.2.1).
        """
        store, grid = self.storage, self.grid
        if store is None:
            raise ValueError("a model without storage has no storage flows")
        b = grid.thickness
        elastic = store.specific_storage * grid.area * (1.0 if store.is_coefficient else b) / length
        drained = store.specific_yield * grid.area / length
        s, slope = saturation(head, grid.top, grid.bottom, self.smoothing)
        s0 = self._before(old)
        confined, confined_slope = elastic * (old - head), -elastic
        if store.confined_only:
            full, was_full = s == 1.0, s0 == 1.0
            over = np.where(was_full, old - grid.top, 0.0) - np.where(full, head - grid.top, 0.0)
            water_table, water_table_slope = elastic * over, np.where(full, -elastic, 0.0)
        else:
            z, z0 = grid.bottom + 0.5 * b * s, grid.bottom + 0.5 * b * s0
            water_table = elastic * (s0 * (old - z0) - s * (head - z))
            water_table_slope = -elastic * (slope * (head - z) + s * (1.0 - 0.5 * b * slope))
        convertible = store.convertible
        specific = np.where(convertible, water_table, confined)
        yielded = np.where(convertible, drained * b * (s0 - s), 0.0)
        derivative = np.where(convertible, water_table_slope - drained * b * slope, confined_slope)
        return StorageFlows(specific, yielded, derivative)


def close_to_round_off(stored: StorageFlows, residual: Floats, round_off: Floats) -> tuple[StorageFlows, Floats]:
    """Give storage the part of the imbalance that the last bits of heads cannot express.

    Heads are known to their spacing, flows therefore to that spacing times their conductance or storage. In a
    short step over a wide cell it exceeds the flow itself (specific yield of a hectare over seconds: 1e-8 of a well's
    rate). An imbalance below it is a change of head between two neighbouring numbers: it is booked as stored.

    Parameters
    ----------
    stored : StorageFlows
    residual : ndarray of float64, shape (cell,)
        Net flow into each cell [L**3/T].
    round_off : ndarray of float64, shape (cell,)
        What the finite precision of heads leaves in it [L**3/T].

    Returns
    -------
    stored : StorageFlows
    residual : ndarray of float64, shape (cell,)
        What is left.
    """
    # Judged together, as the iteration does: where yield sets in, at the top of a cell, shares move between cells.
    hidden = (np.abs(residual) <= round_off.sum()) & (stored.derivative < 0.0)
    share = np.where(hidden, residual, 0.0)
    drains = np.abs(stored.yielded) > np.abs(stored.specific)
    closed = StorageFlows(
        stored.specific - np.where(drains, 0.0, share), stored.yielded - np.where(drains, share, 0.0), stored.derivative
    )
    return closed, residual - share
