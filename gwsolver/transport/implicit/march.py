"""Marching in implicit steps of second order, as long as the error allows: SDIRK2, L-stable.

    M1 c1 = m0 + g h f(c1),   M2 c2 = m0 + h [(1 - g) f(c1) + g f(c2)],   g = 1 - 1/sqrt(2)

Alexander (1977), SIAM Journal on Numerical Analysis 14(6), 1006-1021. f is the full balance of a cell:
limited advection and the dispersion tensor as in the explicit engine. Its positive part stands in the
matrix (`operator`), the rest is corrected until nothing changes (`fixed_point`). Both stages share one
matrix where the water does not change. Mass is then moved by the fluxes that solved the stages, so
that it closes to round-off. Processes that act on single cells (immobile domains, decay of order zero, mixed
sinks) act half before and half after each step.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.limits import Limit
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.implicit.fixed_point import fixed_point
from gwsolver.transport.implicit.operator import Operator, operator
from gwsolver.transport.implicit.positive import fill
from gwsolver.transport.implicit.solve import LinearSystem
from gwsolver.transport.progress import Progress, Reporter

Floats = NDArray[np.float64]
GAMMA = 1.0 - math.sqrt(0.5)
TOLERANCE = 2e-3  # error of one step, as the embedded first-order solution tells it: mass in the wrong place, in parts
SETTLED = 1e-6  # change at which the corrections of a stage count as converged
ACCEPTABLE = 1e-3  # change up to which a stage may be used where limiters do not settle
MOST_CORRECTIONS = 20
GAIN = 1e-3  # a correction solves its linear system to this part of what is left of it; fluxes close the balance
FINEST = 20  # an interval is cut into at most 2**20 steps
LEAST = 1e-30  # concentrations below this count as this in secants
NOISE = 1e-9  # a cell whose content turns over 1 / NOISE times in a step has its concentration from the system


@dataclass(eq=False)
class Trial:
    """A step that may yet be refused.

    Attributes
    ----------
    mass, concentration, integral : ndarray of float64, shape (cell,)
    flux : ndarray of float64, shape (face,)
        Mass that passed through each face [M].
    net : ndarray of float64, shape (cell,)
        Mass that faces brought to each cell [M].
    error : float
        Mass in the wrong place over all mass.
    worst : int
        Cell with the largest part of the error.
    taken : ndarray of float64, shape (cell,)
        Mass that SRC took [M].
    """

    mass: Floats
    concentration: Floats
    integral: Floats
    flux: Floats
    net: Floats
    error: float
    worst: int
    taken: Floats


class ImplicitMarch:
    """Steps of second order whose length the error decides: the interval over a power of two.

    Parameters
    ----------
    tolerance : float
        Error allowed in one step.
    longest : float
        Longest step allowed [T].
    """

    def __init__(self, tolerance: float = TOLERANCE, longest: float = math.inf) -> None:
        self._tolerance = tolerance
        self._longest = longest
        self.memory = longest
        self._systems: dict[tuple[float, float], LinearSystem] = {}
        self._made_for: tuple[object, ...] = ()
        self._op: Operator

    def __call__(self, work: Work, start: float, until: float, report: Reporter) -> None:
        """Carry `work` from `start` to `until`."""
        made_for = (work.coefficients, work.boundaries, work.capacity)
        if any(a is not b for a, b in zip(made_for, self._made_for, strict=False)) or not self._made_for:
            self._made_for, self._systems = made_for, {}
            self._op = operator(work.sweep.faces.cells, work.coefficients, work.mass.size)
        b, span = work.boundaries, until - start
        work.concentration[b.fixed_cells] = b.fixed_concentration
        level = min(max(math.ceil(math.log2(span / self.memory) - 1e-9), 0), FINEST) if self.memory < span else 0
        place = 0
        while place < 2**level:
            h = span / 2**level
            kept = _Kept(work)
            trial = self._try(work, start + place * h, h, span)
            excess = trial.error / self._tolerance
            if excess > 1.0 and level < FINEST:
                kept.put_back(work)
                finer = min(max(math.ceil(0.5 * math.log2(excess)), 1), 3, FINEST - level)
                level, place = level + finer, place * 2**finer
                continue
            self._accept(work, trial, h)
            work.limits.add(Limit(h, trial.worst, "time error"))
            place += 1
            report(Progress(start + place * h, h, trial.worst, "time error"))
            if excess < 0.2 and place % 2 == 0 and level > 0 and 2.0 * h <= self._longest:
                level, place = level - 1, place // 2
            self.memory = h
        work.figures["iterations"] = max(
            [work.figures.get("iterations", 0.0), *(float(s.iterations) for s in self._systems.values())])
        b_cells = b.fixed_cells
        work.mass[b_cells] = work.retention.mass(work.concentration, work.content(until), work.solid)[b_cells]
        dry = (work.capacity.start <= 0.0) & (work.capacity.end <= 0.0)
        leaving, bodies = self._op.leaving(), work.model.grid.water_bodies
        leaving[bodies] += b.loss[bodies]  # what leaves the whole model from a lake or a reach
        work.passing = dry & (leaving > 0.0)

    def _try(self, work: Work, time: float, h: float, span: float) -> Trial:
        """Take a step without deciding on it; processes have acted on `work` afterwards."""
        b, op, held = work.boundaries, self._op, work.boundaries.fixed
        ahead = self._act(work, time, 0.5 * h)
        before = work.mass - np.minimum(0.5 * h * b.taken, work.mass) if b.taken.any() else work.mass
        first = self._stage(work, before, time + GAMMA * h, GAMMA * h, work.concentration)
        mass = before + h * (1.0 - GAMMA) * first.rate
        last = self._stage(work, mass, time + h, GAMMA * h, first.concentration)
        flux = h * ((1.0 - GAMMA) * first.flux + GAMMA * last.flux)
        net = op.net(flux)
        integral = h * ((1.0 - GAMMA) * first.concentration + GAMMA * last.concentration)
        mass = before + net + h * b.source - b.loss * integral
        content = last.content
        mass[held] = 0.0
        parts = [p.cells for p in work.model.grid.parts]
        missing = self._give_back(mass, integral, b.loss) + fill(mass, op, held, flux, parts)
        if b.taken.any():
            mass -= np.minimum(0.5 * h * b.taken, mass)
        right = np.where(held, 0.0, GAMMA * h * (last.rate - first.rate))
        wrong = content * np.abs(last.system.solve(right))
        wrong[held] = 0.0
        scale = max(float(mass.sum()), float(b.source.sum()) * span, float((content * last.concentration)[held].sum()))
        gone = work.mass + net + h * b.source - b.loss * integral - mass
        gone = np.where(b.taken > 0.0, np.maximum(gone, 0.0), 0.0)
        noisy = (NOISE * h * op.leaving() > content) | (content <= 0.0)
        c = np.where(noisy, np.maximum(last.concentration, 0.0), self._holding(work, time + h, mass, content))
        c[b.fixed_cells] = b.fixed_concentration
        if work.processes:
            work.mass[:], work.concentration[:] = mass, c
            # Where a process takes as much before as after a step, the splitting costs nothing.
            wrong += np.abs(self._act(work, time + h, 0.5 * h, reverse=True) - ahead)
            mass, c = work.mass.copy(), np.where(noisy, c, work.concentration)
        error = (0.5 * float(wrong.sum()) + missing) / scale if scale > 0.0 else 0.0
        if max(first.change, last.change) > ACCEPTABLE:
            error = max(error, 4.0 * self._tolerance)
        return Trial(mass, c, integral, flux, net, error, int(wrong.argmax()), gone)

    @staticmethod
    def _act(work: Work, time: float, length: float, reverse: bool = False) -> Floats:
        """Let processes act; return what they brought to each cell [M]."""
        if not work.processes:
            return np.zeros(0)
        before, c = work.mass.copy(), work.concentration.copy()
        work.act(time, length, reverse)
        passing = work.content(time) <= 0.0
        work.concentration[passing] = c[passing]
        brought: Floats = work.mass - before
        return brought

    @staticmethod
    def _give_back(mass: Floats, integral: Floats, loss: Floats) -> float:
        """Let losses take no more than there is; return what they had taken beyond that."""
        over = np.flatnonzero((mass < 0.0) & (loss > 0.0) & (integral > 0.0))
        back = np.minimum(-mass[over], loss[over] * integral[over])
        integral[over] -= back / loss[over]
        mass[over] += back
        return float(back.sum())

    @staticmethod
    def _holding(work: Work, time: float, mass: Floats, content: Floats) -> Floats:
        """Return the concentrations at which cells hold a mass; `content` is what they hold per unit concentration."""
        c = mass / np.where(content > 0.0, content, 1.0)
        if not work.retention.linear:
            w = np.maximum(work.content(time), work.capacity.least)
            work.retention.concentration(np.maximum(mass, 0.0), w, work.solid, c)
        return c

    def _stage(self, work: Work, mass: Floats, time: float, h: float, guess: Floats) -> "Stage":
        """Solve m(c) = m + h f(c) for the concentrations at a time.

        Where sorption is not linear M = m(c) / c is that of the correction before, and the next one starts
        from the concentrations at which cells hold the mass M c that was found.
        """
        b, op, held, linear = work.boundaries, self._op, work.boundaries.fixed, work.retention.linear
        known = mass + h * b.source
        solved: list[Stage] = []

        def update(c: Floats) -> tuple[Floats, Floats]:
            content = work.content(time)
            if not linear:
                content = content + work.solid * work.retention.secant(np.maximum(c, LEAST))
            diagonal = content + h * (op.leaving() + b.loss)
            idle = diagonal <= 0.0
            diagonal[idle] = 1.0
            system = self._system(work, diagonal, time, h)
            flux = work.sweep.fluxes(work.coefficients, c).copy()
            right = known + h * op.net(flux - op.fluxes(c))
            right[idle] = 0.0
            right[b.fixed_cells] = diagonal[b.fixed_cells] * b.fixed_concentration
            found = system.solve(right, c, gain=GAIN)
            flux += op.fluxes(found - c)
            rate = np.where(held, 0.0, op.net(flux) + b.source - b.loss * found)
            solved[:] = [Stage(found, flux, rate, content, system)]
            if linear:
                return found, flux
            return np.where(held | (content <= 0.0), found, self._holding(work, time, content * found, content)), flux

        _, _, count, change = fixed_point(update, guess, tolerance=SETTLED, most=MOST_CORRECTIONS)
        work.stages += count
        return replace(solved[0], change=change)

    def _system(self, work: Work, diagonal: Floats, time: float, h: float) -> LinearSystem:
        """Return the system of a stage; one serves all times while neither water nor sorption change it."""
        order = np.argsort(-work.flow.head_end, kind="stable")
        if not work.retention.linear:
            return LinearSystem(self._op.matrix(diagonal, work.boundaries.fixed, h), order, once=True)
        key = (h, 0.0 if work.capacity.steady else time)
        if key not in self._systems:
            if len(self._systems) > 2:
                self._systems.pop(next(iter(self._systems)))
            self._systems[key] = LinearSystem(self._op.matrix(diagonal, work.boundaries.fixed, h), order)
        return self._systems[key]

    def _accept(self, work: Work, trial: Trial, h: float) -> None:
        """Make a trial the state."""
        b = work.boundaries
        work.taken += trial.taken
        work.mass[:], work.concentration[:] = trial.mass, trial.concentration
        work.integral += trial.integral
        work.passed += trial.flux[work.model.grid.tracked_faces]
        work.watched_mass += trial.flux[work.watched_places]
        work.fixed_net += trial.net[b.fixed_cells]
        work.sub_steps += 1


class _Kept:
    """What processes change, as it was before a step that may be refused."""

    def __init__(self, work: Work) -> None:
        self._copies: list[tuple[Floats, Floats]] = []
        if work.processes:
            arrays = [work.mass, work.concentration, *(a for p in work.processes for a in p.changed())]
            self._copies = [(a, a.copy()) for a in arrays]

    def put_back(self, work: Work) -> None:
        """Undo the step."""
        for array, copy in self._copies:
            array[:] = copy


@dataclass(frozen=True, eq=False)
class Stage:
    """The answer of one stage.

    Attributes
    ----------
    concentration : ndarray of float64, shape (cell,)
    flux : ndarray of float64, shape (face,)
        [M/T].
    rate : ndarray of float64, shape (cell,)
        f [M/T].
    content : ndarray of float64, shape (cell,)
        M [L**3].
    system : LinearSystem
        Its last one.
    change : float
        The last change of its corrections.
    """

    concentration: Floats
    flux: Floats
    rate: Floats
    content: Floats
    system: LinearSystem
    change: float = 0.0
