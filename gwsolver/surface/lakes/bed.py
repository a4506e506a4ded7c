"""The beds of lakes: conductance of each connection, and the flow through it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import Floats
from gwsolver.core.lake import EMBEDDEDH, EMBEDDEDV, HORIZONTAL, VERTICAL, LakePackage
from gwsolver.core.saturation import SMOOTHING, saturation

Bools = NDArray[np.bool_]
THIN = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Seepage:
    """Flow through every connection at one stage and head.

    Attributes
    ----------
    flow : ndarray of float64, shape (connection,)
        Into the lake [L**3/T].
    conductance : ndarray of float64, shape (connection,)
        [L**2/T].
    by_head, by_stage : ndarray of float64, shape (connection,)
        Derivatives of `flow` [L**2/T].
    held : ndarray of float64, shape (connection,)
        The same with the conductance held: d flow / d head = - d flow / d stage, zero where either lies below the bed.
    wetted : ndarray of float64, shape (connection,)
        Area of the bed under water [L**2].
    """

    flow: Floats
    conductance: Floats
    by_head: Floats
    by_stage: Floats
    held: Floats
    wetted: Floats


class Beds:
    """All connections of a package.

    Parameters
    ----------
    package : LakePackage
    top, bottom, area, k, k33 : ndarray of float64, shape (connection,)
        Of the cell of each connection.
    convertible : ndarray of bool, shape (connection,)
        Cells with a water table.
    newton : bool

    Attributes
    ----------
    bottom, top : ndarray of float64, shape (connection,)
        Elevations between which a connection is partly wet [L].
    plan : ndarray of float64, shape (connection,)
        What it adds to the lake's surface [L**2].
    full : ndarray of float64, shape (connection,)
        Conductance under water [L**2/T]; per area of bed for embedded lakes.

    Notes
    -----
    The bed and half the cell in series, C = A / (1/leakance + L/K), with L half the thickness (vertical) or the
    given length; without a bed A K / L. A bed without leakance, or a cell without conductivity, lets nothing through
    (MODFLOW 6, gwf-lak, lak_read_initial_attr).
    """

    def __init__(self, package: LakePackage, top: Floats, bottom: Floats, area: Floats, k: Floats, k33: Floats,
                 convertible: Bools, newton: bool) -> None:
        kind = package.connection_type
        self.of, self.kind, self.convertible, self.newton = package.connection_feature, kind, convertible, newton
        vertical, horizontal = kind == VERTICAL, kind == HORIZONTAL
        self.inside = np.isin(kind, (EMBEDDEDH, EMBEDDEDV))
        whole = package.bed_bottom == package.bed_top
        given = horizontal & ~whole
        self.bottom = np.where(vertical, top, np.where(given, package.bed_bottom, bottom))
        self.top = np.where(vertical, top + package.surface_depression, np.where(given, package.bed_top, top))
        self.tables = {int(c): t for c in np.flatnonzero(self.inside) if (t := package.tables[self.of[c]]) is not None}
        for connection, table in self.tables.items():
            empty = table.volume * table.area * table.exchange_area <= 0.0
            if empty[0]:
                last = table.stage.size - 1 if empty.all() else int(np.argmin(empty)) - 1
                self.bottom[connection] = table.stage[last]
        face = np.where(horizontal, (self.top - self.bottom) * package.width, np.where(vertical, area, 1.0))
        conducts = np.where(np.isin(kind, (VERTICAL, EMBEDDEDV)), k33, k)
        length = np.where(vertical, 0.5 * (top - bottom), package.length)
        rock = np.where(conducts > 0.0, length / np.where(conducts > 0.0, conducts, 1.0), 0.0)
        bare = np.isnan(package.leakance)
        leakance = np.where(bare, 0.0, package.leakance)
        bed = np.where(leakance > 0.0, 1.0 / np.where(leakance > 0.0, leakance, 1.0), 0.0)
        lets = rock > 0.0
        lets &= bare | (bed > 0.0)
        self.full = np.where(lets, face / np.where(lets, np.where(bare, 0.0, bed) + rock, 1.0), 0.0)
        self.plan = np.where(vertical, area, 0.0)
        self._face = face
        # A vertical connection without a depression and a horizontal one to a confined cell are wet or not at all.
        self._plain = (vertical & (np.abs(self.top - self.bottom) < THIN)) | (horizontal & ~convertible)

    def seepage(self, stage: Floats, head: Floats) -> Seepage:
        """Return the flow through each connection.

            Q = C S(v) (max(h, z_b) - max(h_s, z_b))

        with the full conductance C, the bed's elevation z_b, and the wet part S of the connection at a level v:
        the higher of head and stage in the Newton formulation, else their mean, each at most the top of the
        connection. The bed of a lake that has left it goes on draining the aquifer to the lake, from above z_b.

        Parameters
        ----------
        stage, head : ndarray of float64, shape (connection,)
            Of the lake and the cell of each connection [L].

        Notes
        -----
        MODFLOW 6, gwf-lak, lak_calculate_conn_exchange and lak_calculate_conn_conductance.
        """
        low_stage, low_head = np.minimum(stage, self.top), np.minimum(head, self.top)
        stage_moves, head_moves = stage < self.top, head < self.top
        if self.newton:
            level = np.maximum(low_stage, low_head)
            by_stage, by_head = stage_moves & (low_stage > low_head), head_moves & (low_head >= low_stage)
            share = 1.0
        else:
            level = 0.5 * (low_stage + low_head)
            by_stage, by_head, share = stage_moves, head_moves, 0.5
        part, slope = saturation(level, self.top, self.bottom, SMOOTHING)
        wetted = np.where(self.convertible, part, 1.0) * self._face
        part, slope = np.where(self._plain, 1.0, part), np.where(self._plain, 0.0, slope)
        for c, table in self.tables.items():
            at = level[c] if self.convertible[c] else self.top[c]
            part[c] = wetted[c] = np.interp(at, table.stage, table.exchange_area)
            slope[c] = _slope(table.stage, table.exchange_area, at) if self.convertible[c] else 0.0
        conductance = self.full * part
        difference = np.maximum(head, self.bottom) - np.maximum(stage, self.bottom)
        grows = self.full * slope * difference * share
        above_head, above_stage = head >= self.bottom, stage >= self.bottom
        dh = np.where(above_head, conductance, 0.0) + np.where(by_head, grows, 0.0)
        ds = np.where(above_stage, -conductance, 0.0) + np.where(by_stage, grows, 0.0)
        held = np.where(above_head & above_stage, conductance, 0.0)
        return Seepage(conductance * difference, conductance, dh, ds, held, np.where(above_stage, wetted, 0.0))


def _slope(x: Floats, y: Floats, at: float) -> float:
    """Return the slope of a function that is linear between its rows and flat outside them."""
    i = int(np.searchsorted(x, at, side="right")) - 1
    return float((y[i + 1] - y[i]) / (x[i + 1] - x[i])) if 0 <= i < x.size - 1 else 0.0
