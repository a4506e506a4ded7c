"""How long a sub-step may be, and which cell says so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.steps import StepLimit
from gwsolver.kernels import transport_cells
from gwsolver.transport.explicit.coefficients import Coefficients, n_stages
from gwsolver.transport.sources import Boundaries, Floats

if TYPE_CHECKING:
    from gwsolver.transport.explicit.work import Work

MOST_STEPS = 1e6
DECAY_PER_STEP = 0.1
# Processes are exact in themselves, also over long steps: only what they share with transport needs short ones.
PROCESS_PER_STEP = 0.5
LEAST_SHARE = 0.1


@dataclass(frozen=True)
class Limit:
    """The longest step [T] allowed, the cell that sets it (-1: none) and why."""

    step: float
    cell: int
    reason: str


class Limits:
    """Counts which cells limited the sub-steps of an interval."""

    def __init__(self) -> None:
        self._count: dict[tuple[int, str], int] = {}

    def add(self, limit: Limit) -> None:
        """Count one sub-step."""
        if limit.cell >= 0:
            key = (limit.cell, limit.reason)
            self._count[key] = self._count.get(key, 0) + 1

    def result(self) -> tuple[StepLimit, ...]:
        """Return cells and reasons, the most frequent first."""
        ordered = sorted(self._count.items(), key=lambda item: -item[1])
        return tuple(StepLimit(cell, reason, count) for (cell, reason), count in ordered)


def emptying_rate(k: Coefficients, b: Boundaries) -> Floats:
    """Return what can leave each cell per unit concentration, shape (cell,) [L**3/T]; 0 where it is fixed."""
    rate: Floats = (k.rate[0] + k.rate[1]) + np.maximum(b.loss, 0.0)
    np.add.at(rate, b.mixed.cells, b.mixed.rates)
    rate[b.fixed] = 0.0
    return rate


def reason(cell: int, k: Coefficients, b: Boundaries) -> str:
    """Return the greatest of the processes that empty a cell, in words."""
    return greatest(cell, float(k.rate[0, cell]), float(k.rate[1, cell]), b)


def greatest(cell: int, advection: float, dispersion: float, b: Boundaries) -> str:
    """Return the greatest of what empties a cell, in words: its faces' advection and dispersion [L**3/T], all else."""
    sinks = [
        (float(water[e.cells == cell].sum()), f"sink {e.name}")
        for e in b.entries for water in (e.outflow, e.mixed) if water is not None and water.any()
    ]
    advection += 0.0 if b.exchanged is None else float(b.exchanged.leaves[cell])
    parts = [
        (advection, "advection"), (dispersion, "dispersion"),
        (float(b.decay_dissolved[cell] + b.decay_sorbed[cell]), "decay"),
        (float(b.imbalance[cell]), "flow imbalance"), *sinks,
    ]
    return max(parts)[1]


def step_limit(work: "Work", time: float, stages: int) -> Limit:
    """Return the longest step that keeps every concentration positive, and decay and exchange accurate.

    Parameters
    ----------
    work : Work
    time : float
        Where the step begins [T].
    stages : int
        Stages of SSPRK(S,2); each is 1/(S-1) of the step.
    """
    k, b, capacity = work.coefficients, work.boundaries, work.capacity
    longest = np.zeros(1)
    start, end = work.surely()
    rate = emptying_rate(k, b)
    rate[work.solved] = 0.0
    cell = transport_cells.limiting_cell(
        start, end, capacity.least, rate, work.part(time), work.flow.length, stages - 1.0,
        work.scheme.limit, longest,
    )
    step, why = float(longest[0]) * (stages - 1), reason(cell, k, b) if cell >= 0 else ""
    content = np.where(capacity.end > 0.0, capacity.end, np.inf)
    decay = np.abs(b.decay_dissolved + b.decay_sorbed) / content
    fastest = int(decay.argmax())
    if decay[fastest] * step > DECAY_PER_STEP:
        step, cell, why = DECAY_PER_STEP / float(decay[fastest]), fastest, "decay"
    for process in work.processes:
        pace, place, name = process.pace(work.cells(time), work.ceiling())
        longest_here = max(PROCESS_PER_STEP / pace, LEAST_SHARE * step) if pace > 0.0 else step
        if longest_here < step:
            step, cell, why = longest_here, place, name
    return Limit(step, int(cell), why)


def refuse_endless(work: "Work", span: float) -> None:
    """Refuse an interval of this length [T] that would take more than a million sub-steps; see `refuse_slow`."""
    k, b, stage = work.coefficients, work.boundaries, span / (n_stages(work.coefficients) - 1)
    if work.lasting(_largest_turnover) * stage > 0.5 * MOST_STEPS * work.scheme.limit:
        refuse_slow(work, emptying_rate(k, b), stage, lambda cell: reason(cell, k, b))


def _largest_turnover(work: "Work") -> float:
    """Return the largest part of the most it holds that can leave a cell per time [1/T]."""
    rate = emptying_rate(work.coefficients, work.boundaries)
    with np.errstate(divide="ignore", invalid="ignore"):
        turnover = rate / np.maximum(work.capacity.start, work.capacity.end)
    return float(turnover[rate > 0.0].max(initial=0.0))


def refuse_slow(work: "Work", rate: Floats, stage: float, why: Callable[[int], str]) -> None:
    """Refuse an interval that would take more than a million sub-steps to follow.

    Parameters
    ----------
    rate : ndarray of float64, shape (cell,)
        What can leave per unit concentration [L**3/T].
    stage : float
        Length of the interval, in stages' lengths to a step [T].
    why : callable
        Tells the reason, given a cell.

    Raises
    ------
    InputError
        Naming the cell and the reason.
    """
    model, most = work.model, np.maximum(work.capacity.start, work.capacity.end)
    rate = np.where(work.solved, 0.0, rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(rate > 0.0, rate * stage / (work.scheme.limit * most), 0.0)
    worst = int(steps.argmax())
    if steps[worst] > MOST_STEPS:
        count = int((steps > MOST_STEPS).sum())
        raise InputError([Problem(
            f"{count:,} cells empty too fast ({why(worst)}), which would take {steps[worst]:.2g} sub-steps; "
            "the worst stands", file=model.file, package=model.name, cell=model.grid.describe(worst),
            allowed="at most 1e6 sub-steps per time step",
            hint="Take shorter time steps or larger cells.",
        )])
