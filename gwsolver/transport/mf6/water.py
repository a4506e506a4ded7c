"""The water of cells at both ends of a transport step, as MODFLOW 6 counts it."""

from dataclasses import dataclass

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.transport.mf6.operator import Floats


@dataclass(frozen=True, eq=False)
class Water:
    """Contents of cells.

    Attributes
    ----------
    length : float
        Length of the transport step [T].
    volume : ndarray of float64, shape (cell,)
        Of the whole cell [L**3].
    saturation_old, saturation : ndarray of float64, shape (cell,)
        At the start and at the end [-]. As in MODFLOW 6 the old one is the new one less the stored water over
        the volume of the cell, not of its pores.
    old, new : ndarray of float64, shape (cell,)
        Mobile water [L**3]: pores times saturation at the end, and what storage released added at the start.
    """

    length: float
    volume: Floats
    saturation_old: Floats
    saturation: Floats
    old: Floats
    new: Floats


def water_of(model: TransportModel, flow: FlowStep, start: float, until: float) -> Water:
    """Return the water of a transport step that lies inside a flow step (MODFLOW 6's steps are equal)."""
    volume = model.grid.volume
    length = until - start
    later = flow.storage_flow * (flow.end - until)
    pores = volume * flow.saturation_end * model.mobile.porosity
    new = pores + later
    wet = volume * flow.saturation_end + later
    released = flow.storage_flow * length
    return Water(length, volume, (wet + released) / volume, wet / volume, new + released, new)
