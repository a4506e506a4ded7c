"""The beds of lakes: conductance of each connection, and the flow through it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import Floats
from gwsolver.core.lake import EMBEDDEDH, EMBEDDEDV, HORIZONTAL, VERTICAL, LakePackage, StageTable
from gwsolver.core.saturation import SMOOTHING
from gwsolver.kernels import surface_lakes

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
    numbers : ndarray of float64, shape (connection, 8)
        What kernels need to know of each: bottom, top, full conductance, area of its face, `plan`, 1 where it is wet or
        not at all, 1 where the cell is convertible, 1 where its area is that of a table.
    row_first : ndarray of int64, shape (lake + 1,)
        Where the rows of each lake's table begin.
    rows : ndarray of float64, shape (row, 4)
        Stage, volume, area and exchange area of the tables.

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
        tabled = self.inside & np.array([package.tables[lake] is not None for lake in self.of], np.bool_)
        for c in np.flatnonzero(tabled):
            self.bottom[c] = _bed_of(package.tables[self.of[c]], self.bottom[c])
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
        # A vertical connection without a depression and a horizontal one to a confined cell are wet or not at all.
        plain = (vertical & (np.abs(self.top - self.bottom) < THIN)) | (horizontal & ~convertible)
        self.numbers = np.column_stack([self.bottom, self.top, self.full, face, self.plan, plain, convertible, tabled])
        self.row_first, self.rows = _all_rows(package.tables)

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
        found = np.empty((self.of.size, 6))
        surface_lakes.seepage(
            self.of, np.ascontiguousarray(stage, np.float64), np.ascontiguousarray(head, np.float64), self.numbers,
            self.row_first, self.rows, self.newton, SMOOTHING, found,
        )
        return Seepage(*np.ascontiguousarray(found.T))


def _bed_of(table: StageTable | None, given: float) -> float:
    """Return the bed of an embedded lake: the highest row of its table without volume, area or exchange area."""
    assert table is not None
    empty = table.volume * table.area * table.exchange_area <= 0.0
    if not empty[0]:
        return given
    return float(table.stage[table.stage.size - 1 if empty.all() else int(np.argmin(empty)) - 1])


def _all_rows(tables: tuple[StageTable | None, ...]) -> tuple[NDArray[np.int64], Floats]:
    """Return where each lake's rows begin, and the rows of all tables."""
    parts = [np.zeros((0, 4))]
    counts = [0]
    for table in tables:
        counts.append(0 if table is None else table.stage.size)
        if table is not None:
            exchange = table.exchange_area if table.exchange_area.size else np.zeros(table.stage.size)
            parts.append(np.column_stack([table.stage, table.volume, table.area, exchange]))
    return np.cumsum(counts).astype(np.int64), np.ascontiguousarray(np.concatenate(parts), np.float64)
