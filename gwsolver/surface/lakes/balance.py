"""The balance of lakes at given heads: what comes, what is taken, and the stage at which both are equal."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import RunError
from gwsolver.core.features import ACTIVE, CONSTANT, INACTIVE, Floats, Ints
from gwsolver.core.lake import LakePackage
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
MOST, SWEEPS = 300, 200


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


@dataclass(eq=False)
class Drive:
    """What acts on the lakes during a step.

    Attributes
    ----------
    columns : mapping of str to ndarray of float64
        As `LakePackage` lists them.
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
        self._first = np.searchsorted(self.of, np.arange(self.n + 1))
        self._internal = np.flatnonzero(package.outlet_to >= 0)
        self.levels, self._loops = _levels(self.n, package.outlet_from, package.outlet_to)
        self.extent = np.maximum(shapes.top - shapes.bottom, 1e-3 * np.maximum(np.abs(shapes.bottom), 1e-6))

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
        p, c, n, of = self.package, drive.columns, self.n, self.of
        there = drive.status != INACTIVE
        active = drive.transient & (drive.status == ACTIVE)
        area, volume = self.shapes.area_and_volume(stage)
        through = np.where(joined & there[of], self.beds.seepage(stage[of], head).flow, 0.0)
        rain = np.where(there, c["rainfall"] * np.where(self.shapes.embedded, self.shapes.largest, area), 0.0)
        given = np.where(there, c["runoff"] + c["inflow"] + drive.received, 0.0)
        comes = np.where(there, comes, 0.0)
        enters = np.bincount(of, np.maximum(through, 0.0), n) + rain + given + comes
        kept = (drive.before if drive.transient else volume) / drive.length
        have = np.where(drive.status == CONSTANT, np.inf, enters + np.maximum(kept, 0.0))
        lost, have = self._seep(through, have)
        withdrawal = np.minimum(np.where(there, c["withdrawal"], 0.0), have)
        have = have - withdrawal
        evaporation = np.minimum(np.where(there, c["evaporation"] * area, 0.0), have)
        wanted = demand(p, c, stage)[0] if p.outlet_type.size else np.zeros(0)
        outlets = self._share(np.where(there[p.outlet_from], wanted, 0.0), have - evaporation)
        leaves = np.bincount(of, lost, n) + withdrawal + evaporation + np.bincount(p.outlet_from, outlets, n)
        stored = np.where(active, (drive.before - volume) / drive.length, 0.0)
        size = enters + leaves + np.where(active, (drive.before + volume) / drive.length, 0.0)
        return Flows(stage, area, volume, np.where(through > 0.0, through, -lost), rain, evaporation, withdrawal,
                     comes, outlets, stored, enters - leaves + stored, size)

    def passed_on(self, outlets: Floats, taken: Floats) -> Floats:
        """Return what lakes get from the outlets of others, less what movers take [L**3/T], shape (lake,)."""
        inside = self._internal
        outlets = outlets - np.minimum(taken, outlets)
        return np.bincount(self.package.outlet_to[inside], outlets[inside], self.n).astype(np.float64)

    def _seep(self, through: Floats, have: Floats) -> tuple[Floats, Floats]:
        """Return what each connection takes from its lake, in their order, and what is left to the lakes."""
        wants = np.maximum(-through, 0.0)
        total = np.bincount(self.of, wants, self.n)
        if np.all(total <= have):
            return wants, have - total
        summed = np.concatenate([[0.0], np.cumsum(wants)])
        before = summed[:-1] - summed[self._first[:-1]][self.of]
        takes = np.clip(have[self.of] - before, 0.0, wants)
        return takes, np.maximum(have - np.bincount(self.of, takes, self.n), 0.0)

    def _share(self, wanted: Floats, have: Floats) -> Floats:
        """Return what each outlet lets out, in their order."""
        let, left = np.zeros(wanted.size), have.copy()
        for o, lake in enumerate(self.package.outlet_from):
            let[o] = min(wanted[o], left[lake])
            left[lake] -= let[o]
        return let

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
        found = self.flows(stage, head, joined, drive, np.zeros(self.n))
        for _ in range(SWEEPS if self._loops else 1):
            before = found.outlets
            for level in self.levels:
                fresh = self.flows(found.stage, head, joined, drive, self.passed_on(found.outlets, drive.taken))
                found = self._mix(fresh, found, level)
                if np.any(level & solved):
                    found = self._close(found, level & solved, head, joined, drive)
            if not self._loops or np.all(np.abs(found.outlets - before) <= CLOSED * np.abs(before)):
                break
        return found

    def _close(self, at: Flows, moves: Bools, head: Floats, joined: Bools, drive: Drive) -> Flows:
        """Return the flows once the balances of the lakes that move are closed; others stay where they are.

        False position with the Illinois rule, between a stage of too much and one of too little water. A lake that
        holds nothing gives away no more than it gets, at this stage as at any above: of those its stage is the lowest.
        """
        bottom, done = self.shapes.bottom, ~moves
        low, high = bottom.copy(), np.full(self.n, np.inf)
        too_much, too_little = np.zeros(self.n), np.zeros(self.n)
        below = above = at
        last, nothing = np.zeros(self.n, np.int8), np.zeros(self.n, np.bool_)
        step = np.clip(1.5 * np.abs(at.residual) / self._steep(at, drive), 1e3 * NARROW * self.extent, self.extent)
        for count in range(MOST):
            still = np.abs(at.residual) <= CLOSED * at.size
            dry = still & (at.volume <= CLOSED * drive.length * at.size)
            done = done | (still & ~dry) | ((still | (at.residual <= 0.0)) & (at.stage <= bottom))
            rises, falls = ~done & ~dry & (at.residual > 0.0), ~done & (dry | (at.residual <= 0.0))
            low, high = np.where(rises, at.stage, low), np.where(falls, at.stage, high)
            below, above = self._mix(at, below, rises), self._mix(at, above, falls)
            too_little = np.where(rises & (last == 1), 0.5 * too_little, too_little)
            too_little = np.where(falls, np.where(dry, -1e-300, at.residual), too_little)
            too_much = np.where(rises, at.residual, np.where(falls & (last == -1), 0.5 * too_much, too_much))
            last = np.where(rises, 1, np.where(falls, -1, last)).astype(np.int8)
            nothing = np.where(falls, dry, nothing)
            bracketed = (too_much > 0.0) & (too_little < 0.0)
            closed = ~done & bracketed & (high - low <= NARROW * (np.abs(low) + self.extent))
            if closed.any():
                at = self._between(at, below, above, closed)
                done = done | closed
            if done.all():
                return at
            lost = ~done & (step > 1e12 * self.extent)
            if lost.any():
                self._refuse(int(np.flatnonzero(lost)[0]))
            span = np.where(bracketed, too_much - too_little, 1.0)
            inner = np.where(bracketed, high, 0.0)
            secant = low + (inner - low) * too_much / span
            inside = (secant > low) & (secant < inner) & (count < 40)
            down = np.where(dry, bottom, np.maximum(at.stage - step, bottom))
            trial = np.where(bracketed, np.where(inside & ~nothing, secant, 0.5 * (low + inner)),
                             np.where(last == 1, at.stage + step, down))
            step = np.where(bracketed, step, 4.0 * step)
            fresh = self.flows(np.where(done, at.stage, trial), head, joined, drive, at.comes)
            at = self._mix(fresh, at, ~done)
        lake = int(np.argmax(np.where(done, 0.0, np.abs(at.residual))))
        raise RunError(f"The balance of lake {lake + 1} of package {self.package.name} does not close: "
                       f"{at.residual[lake]:.3g} is left at stage {at.stage[lake]:g}.")

    def _steep(self, at: Flows, drive: Drive) -> Floats:
        """Return about how a balance falls with its stage: storage and beds; always positive [L**2/T]."""
        beds = np.bincount(self.of, self.beds.full, self.n)
        area = np.maximum(at.area, 1e-3 * self.shapes.largest)
        stores = area / drive.length if drive.transient else np.zeros(self.n)
        return np.asarray(np.maximum(beds + stores, 1e-300))

    def looseness(self, at: Flows, drive: Drive) -> Floats:
        """Return how far the stages of closed balances may be off by round-off [L], shape (lake,)."""
        return np.where(drive.status == ACTIVE, 2.0 * CLOSED * at.size / self._steep(at, drive), 0.0)

    def _between(self, at: Flows, below: Flows, above: Flows, closed: Bools) -> Flows:
        """Return the flows between two stages that are as good as one, in the ratio that closes the balance."""
        gap = np.where(closed, below.residual - above.residual, 1.0)
        weight = np.where(closed & (gap > 0.0), below.residual / np.where(gap > 0.0, gap, 1.0), 1.0)
        mixed = {}
        for f in fields(Flows):
            lower, upper = getattr(below, f.name), getattr(above, f.name)
            mixed[f.name] = lower + self._spread(f.name, weight) * (upper - lower)
        return self._mix(Flows(**mixed), at, closed)

    def _mix(self, new: Flows, old: Flows, where: Bools) -> Flows:
        """Return the flows of the one for these lakes, of the other for the rest."""
        return Flows(**{f.name: np.where(self._spread(f.name, where), getattr(new, f.name), getattr(old, f.name))
                        for f in fields(Flows)})

    def _spread(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        """Return values by lake as the field of this name is numbered."""
        by_part = {"seepage": self.of, "outlets": self.package.outlet_from}
        return values[by_part[name]] if name in by_part else values

    def _refuse(self, lake: int) -> None:
        raise RunError(
            f"Lake {lake + 1} of package {self.package.name} gets more water than it can lose at any stage: in a "
            "steady period it needs an outlet, evaporation from a surface that grows, or a bed that lets water through."
        )

    def slope(self, at: Flows, head: Floats, joined: Bools, drive: Drive) -> Floats:
        """Return the derivative of each lake's balance with respect to its own stage [L**2/T], shape (lake,).

        Zero for lakes that are held, and for dry ones, which stay so; never positive.
        """
        h, bottom = STEP * self.extent, self.shapes.bottom
        up = self.flows(at.stage + h, head, joined, drive, at.comes)
        down = self.flows(np.maximum(at.stage - h, bottom), head, joined, drive, at.comes)
        # What an empty lake gives away above its stage is limited: below it counts.
        dry = at.volume <= CLOSED * drive.length * at.size
        slope = (np.where(dry, at.residual, up.residual) - down.residual) / (
            np.maximum(np.where(dry, at.stage, up.stage) - down.stage, 1e-300))
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
