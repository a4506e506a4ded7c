"""The balance of lakes at given heads: what comes, what is taken, and the stage at which both are equal."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import RunError
from gwsolver.core.features import ACTIVE, INACTIVE, Floats, Ints
from gwsolver.core.lake import LakePackage
from gwsolver.core.saturation import SMOOTHING
from gwsolver.kernels import surface_lakes
from gwsolver.surface.lakes.bed import Beds
from gwsolver.surface.lakes.outlets import demand
from gwsolver.surface.lakes.shape import Shapes

Bools = NDArray[np.bool_]

CLOSED = 2e-15
"""A lake's balance that is left, relative to all its flows and what it holds."""
NARROW = 1e-14
"""Width of a bracket of the stage, relative to its size, that counts as one stage."""
STEP = 1e-6
"""Step for derivatives, relative to the lake's extent in height."""
REPEATS = 1e-13
"""What outlets that lead in a circle may let out beside what comes, relative to all flows, once turns gain no more."""
DAMPING = 1e-8
"""Part by which the first turn of outlets that lead in a circle is damped."""
MOST, TURNS = 300, 200


@dataclass(frozen=True, eq=False)
class Flows:
    """All flows of all lakes at their stages.

    Attributes
    ----------
    stage, area, volume : ndarray of float64, shape (lake,)
    seepage : ndarray of float64, shape (connection,)
        Into the lake [L**3/T]; what leaves is at most what the lake has.
    rain, evaporation, withdrawal : ndarray of float64, shape (lake,)
        Amounts [L**3/T], not negative.
    comes : ndarray of float64, shape (lake,)
        From outlets of other lakes [L**3/T].
    outlets : ndarray of float64, shape (outlet,)
        Amounts [L**3/T], not negative.
    stored : ndarray of float64, shape (lake,)
        What storage gives [L**3/T]; zero in a steady step.
    residual, size : ndarray of float64, shape (lake,)
        Sum of all flows into each lake, and of their amounts [L**3/T].
    excess : ndarray of float64, shape (lake,)
        What `residual` would be if all demands were met: the same, or less where a lake gives all it has [L**3/T].
    """

    stage: Floats
    area: Floats
    volume: Floats
    seepage: Floats
    rain: Floats
    evaporation: Floats
    withdrawal: Floats
    comes: Floats
    outlets: Floats
    stored: Floats
    residual: Floats
    size: Floats
    excess: Floats

    @staticmethod
    def none(lakes: int, connections: int, outlets: int) -> "Flows":
        """Return no flows at all, of so many lakes."""
        by_lake = dict(zip(BY_LAKE, np.zeros((len(BY_LAKE), lakes)), strict=True))
        return Flows(**by_lake, seepage=np.zeros(connections), outlets=np.zeros(outlets))


BY_LAKE = tuple(f.name for f in fields(Flows) if f.name not in ("seepage", "outlets"))
"""Fields of `Flows` that have one value a lake, as the kernel numbers them."""


@dataclass(eq=False)
class Drive:
    """What acts on the lakes during a step.

    Attributes
    ----------
    columns : mapping of str to ndarray of float64
        As `LakePackage` lists them.
    outlets : ndarray of float64, shape (outlet, 4)
        From `outlet_numbers`.
    status : ndarray of int8, shape (lake,)
    before : ndarray of float64, shape (lake,)
        Water at the start of the step [L**3].
    length : float
        Of the step [T].
    transient : bool
    received : ndarray of float64, shape (lake,)
        What movers bring [L**3/T].
    taken : ndarray of float64, shape (outlet,)
        What movers take of what outlets let out [L**3/T].
    """

    columns: Mapping[str, Floats]
    outlets: Floats
    status: NDArray[np.int8]
    before: Floats
    length: float
    transient: bool
    received: Floats
    taken: Floats


class Balance:
    """The lakes of one package and their equations.

    Water that leaves a lake is at most what it has in a step, its volume at the start and all that comes; it goes in
    MODFLOW's order: to the aquifer, connection by connection, then withdrawal, evaporation, outlets.

    Parameters
    ----------
    package : LakePackage
    beds : Beds
    shapes : Shapes
    """

    def __init__(self, package: LakePackage, beds: Beds, shapes: Shapes) -> None:
        self.package, self.beds, self.shapes = package, beds, shapes
        self.of, self.n = package.connection_feature, package.n_features
        self._first = np.searchsorted(self.of, np.arange(self.n + 1)).astype(np.int64)
        self._internal = np.flatnonzero(package.outlet_to >= 0)
        self._order = np.argsort(package.outlet_from, kind="stable").astype(np.int64)
        self._outlet_first = np.searchsorted(package.outlet_from[self._order], np.arange(self.n + 1)).astype(np.int64)
        self.levels, self._loops = _levels(self.n, package.outlet_from, package.outlet_to)
        self._conducts = np.bincount(self.of, beds.full, self.n).astype(np.float64)
        self.extent = np.maximum(shapes.top - shapes.bottom, 1e-3 * np.maximum(np.abs(shapes.bottom), 1e-6))
        self._constants = np.column_stack([shapes.bottom, self.extent, shapes.largest, shapes.embedded, self._conducts])
        self._nothing = Flows.none(self.n, self.of.size, package.outlet_from.size)
        self._spare = np.empty(self.of.size), np.empty(package.outlet_from.size)

    def flows(self, stage: Floats, head: Floats, joined: Bools, drive: Drive, comes: Floats) -> Flows:
        """Return all flows at these stages.

        Parameters
        ----------
        stage : ndarray of float64, shape (lake,)
        head : ndarray of float64, shape (connection,)
        joined : ndarray of bool, shape (connection,)
            Connections to cells that hold water and are not fixed.
        drive : Drive
        comes : ndarray of float64, shape (lake,)
            From outlets of other lakes [L**3/T].
        """
        return self._ask(np.ones(self.n, np.int8), self._nothing, stage, comes, head, joined, drive)

    def _ask(
        self, asked: NDArray[np.int8], at: "Flows", stage: Floats, comes: Floats, head: Floats, joined: Bools,
        drive: Drive,
    ) -> "Flows":
        """Return the flows of lakes at these stages, or at those that close them, as the kernel is asked.

        Parameters
        ----------
        asked : ndarray of int8, shape (lake,)
            0: those of `at`; 1: at this stage; 2: where the balance closes, found from this stage.
        """
        c = drive.columns
        acts = np.column_stack([c["rainfall"], c["evaporation"], c["runoff"] + c["inflow"] + drive.received,
                                c["withdrawal"], drive.before, comes, stage])
        found = np.column_stack([getattr(at, name) for name in BY_LAKE])
        seeps, outlets = at.seepage.copy(), at.outlets.copy()
        failed = surface_lakes.balance(
            asked, self._constants, self._first, self.beds.numbers, np.ascontiguousarray(head, np.float64),
            joined.view(np.int8), self.beds.row_first, self.beds.rows, self._outlet_first, self._order,
            drive.outlets, drive.status, acts, drive.length, drive.transient, self.beds.newton,
            SMOOTHING, CLOSED, NARROW, MOST, found, seeps, outlets, *self._spare,
        )
        if failed >= 0:
            self._refuse(failed // 2, failed % 2, found[failed // 2])
        return Flows(**dict(zip(BY_LAKE, np.ascontiguousarray(found.T), strict=True)), seepage=seeps, outlets=outlets)

    def passed_on(self, outlets: Floats, drive: Drive) -> Floats:
        """Return what lakes get from the outlets of others, less what movers take [L**3/T], shape (lake,)."""
        to = self.package.outlet_to[self._internal]
        amount = outlets - np.minimum(drive.taken, outlets)
        # An outlet to a lake that is left out leads out of the model.
        amount = np.where(drive.status[to] != INACTIVE, amount[self._internal], 0.0)
        return np.bincount(to, amount, self.n).astype(np.float64)

    def solve(self, guess: Floats, head: Floats, joined: Bools, drive: Drive) -> Flows:
        """Return the flows at the stages that close the balance of every active lake.

        Where the surface grows at once (a flat bed), a stage may lie on that step: the lake then covers a part of it,
        and all flows are those of below and above in the ratio that closes the balance.

        Parameters
        ----------
        guess : ndarray of float64, shape (lake,)
            Stages to begin with; those of lakes that are held.
        head, joined, drive
            As in `flows`.

        Raises
        ------
        RunError
            If a lake has no way to lose what it gets.
        """
        solved = drive.status == ACTIVE
        stage = np.where(solved, np.maximum(guess, self.shapes.bottom), guess)
        if not self._internal.size:
            asked = (1 + solved).astype(np.int8)
            return self._ask(asked, self._nothing, stage, np.zeros(self.n), head, joined, drive)
        found = self.flows(stage, head, joined, drive, np.zeros(self.n))
        for level in self.levels:
            found = self._after(found, self.passed_on(found.outlets, drive), level, head, joined, drive)
        return self._turn(found, head, joined, drive) if self._loops else found

    def _turn(self, found: Flows, head: Floats, joined: Bools, drive: Drive) -> Flows:
        """Return the flows once outlets that lead in a circle let out what comes: Newton's method between bounds.

        What they let out grows with what comes. So the answer is not below what is let out once that is more than
        comes for each lake, and not above once it is less. Where turns gain nothing, what is handed on is damped.
        """
        low, high, damping, best = np.zeros(self.n), np.full(self.n, np.inf), DAMPING, np.inf
        source, target = self.package.outlet_from[self._internal], self.package.outlet_to[self._internal]
        closest = found
        for _ in range(TURNS):
            let = self.passed_on(found.outlets, drive)
            rest = let - found.comes
            passes = np.maximum(found.size + np.bincount(target, found.size[source], self.n), 1e-300)
            worst = float(np.max(np.abs(rest) / passes))
            if worst <= CLOSED:
                return found
            if min(worst, best) <= REPEATS and worst >= 0.5 * best:
                return closest
            if np.all(rest >= -CLOSED * passes):
                low = np.maximum(low, let)
            elif np.all(rest <= CLOSED * passes):
                high = np.minimum(high, let)
            damping = max(0.01 * damping, DAMPING) if worst <= 0.5 * best else min(10.0 * damping, 1.0)
            if worst < best:
                best, closest = worst, found
            more = self._around(found, rest, damping, head, joined, drive)
            comes = np.minimum(np.maximum(found.comes + more, low), np.maximum(low, high))
            if damping >= 1.0 and np.all(np.isfinite(high)):
                comes, damping = 0.5 * (low + np.maximum(low, high)), DAMPING
            found = self._after(found, comes, self.levels[-1], head, joined, drive)
        raise RunError(f"Outlets of package {self.package.name} that lead in a circle do not let out what comes: "
                       f"{best:.3g} of all flows is left. Take one of them out.")

    def _after(self, at: Flows, comes: Floats, level: Bools, head: Floats, joined: Bools, drive: Drive) -> Flows:
        """Return the flows once the balances of a level's lakes are closed for what comes from others.

        False position with the Illinois rule, between a stage of too much and one of too little water. The balance
        is max(excess, -V / dt): the root of the excess is one of the balance, and of a lake that holds nothing, which
        gives away no more than it gets at any stage above, the lowest.
        """
        asked = (level * (1 + (drive.status == ACTIVE))).astype(np.int8)
        return self._ask(asked, at, at.stage, comes, head, joined, drive)

    def _around(
        self, at: Flows, rest: Floats, damping: float, head: Floats, joined: Bools, drive: Drive
    ) -> Floats:
        """Return how much more comes to each lake, so that outlets in a circle let out what comes.

        One cubic metre more that comes to lake i raises its stage by -1 / F_i', and what outlet k lets out of it by
        O_k' times that; the outlet that gets a part of what it could let out gets all of it. With `damping`, that
        part of what is handed on is lost: 0 is Newton's method, 1 a plain turn.
        """
        source, inside = self.package.outlet_from, self._internal
        wanted, by_stage = demand(self.package, drive.outlets, at.stage)
        runs = at.outlets >= wanted
        total = np.bincount(source, np.where(runs, by_stage, 0.0), self.n)
        slope = self.slope(at, head, joined, drive)
        steep = np.where(slope < 0.0, np.maximum(-slope, total), np.inf)[source]
        part = np.where(runs, by_stage / steep, (at.outlets > 0.0) * 1.0)
        to = self.package.outlet_to[inside]
        part = np.where(drive.status[to] != INACTIVE, part[inside], 0.0)
        hands_on = np.eye(self.n)
        np.subtract.at(hands_on, (to, source[inside]), (1.0 - damping) * part)
        return np.asarray(np.linalg.solve(hands_on, rest), np.float64)

    def _steep(self, at: Flows, drive: Drive) -> Floats:
        """Return about how a balance falls with its stage: storage and beds; always positive [L**2/T]."""
        area = np.maximum(at.area, 1e-3 * self.shapes.largest)
        stores = area / drive.length if drive.transient else np.zeros(self.n)
        return np.asarray(np.maximum(self._conducts + stores, 1e-300))

    def looseness(self, at: Flows, drive: Drive) -> Floats:
        """Return how far the stages of closed balances may be off by round-off [L], shape (lake,)."""
        return np.where(drive.status == ACTIVE, 2.0 * CLOSED * at.size / self._steep(at, drive), 0.0)

    def _refuse(self, lake: int, found_none: int, flows: Floats) -> None:
        name = f"ake {lake + 1} of package {self.package.name}"
        if found_none:
            raise RunError(f"The balance of l{name} does not close: {flows[BY_LAKE.index('residual')]:.3g} is left at "
                           f"stage {flows[0]:g}.")
        raise RunError(
            f"L{name} gets more water than it can lose at any stage: in a "
            "steady period it needs an outlet, evaporation from a surface that grows, or a bed that lets water through."
        )

    def slope(self, at: Flows, head: Floats, joined: Bools, drive: Drive) -> Floats:
        """Return the derivative of each lake's balance with respect to its own stage [L**2/T], shape (lake,).

        Zero for lakes that are held, and for dry ones, which stay so; never positive.
        """
        h, bottom = STEP * self.extent, self.shapes.bottom
        up = self.flows(at.stage + h, head, joined, drive, at.comes)
        down = self.flows(np.maximum(at.stage - h, bottom), head, joined, drive, at.comes)
        slope = (up.excess - down.excess) / np.maximum(up.stage - down.stage, 1e-300)
        free = (drive.status == ACTIVE) & (at.stage > bottom)
        return np.where(free, np.minimum(slope, -1e-9 * self._steep(at, drive)), 0.0)


def _levels(n: int, source: Ints, target: Ints) -> tuple[list[Bools], bool]:
    """Return lakes in an order in which outlets lead on, and whether some lead back (those come last, together)."""
    inside = target >= 0
    source, target = source[inside], target[inside]
    left, levels = np.ones(n, np.bool_), []
    while left.any():
        waits = np.zeros(n, np.bool_)
        waits[target[left[source]]] = True
        ready = left & ~waits
        if not ready.any():
            levels.append(left.copy())
            return levels, True
        levels.append(ready)
        left &= ~ready
    return levels, False
