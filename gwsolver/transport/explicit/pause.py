"""Where a long interval is divided, so that a run can be resumed in the middle of it."""

import math

from gwsolver.transport.explicit.coefficients import n_stages
from gwsolver.transport.explicit.limits import step_limit
from gwsolver.transport.explicit.turnover import cells_to_solve
from gwsolver.transport.explicit.work import Work

PAUSE_WORK = 4e9
"""Cell-stages between pauses: half a minute of one core with the same step for all cells, seconds with local steps."""
PAUSE_STEPS = 4096
"""Sub-steps between pauses at least: local steps are planned anew after each, and their longest is 64 sub-steps."""


def pause_time(work: Work, start: float, until: float) -> float:
    """Return the end of the first of the equal parts into which the work from `start` to `until` is divided.

    The work is that of sub-steps of one length for all cells, as long as stability allows at `start`.
    """
    work.solved = cells_to_solve(work, until - start)
    stages = n_stages(work.coefficients)
    limit = step_limit(work, start, stages)
    if limit.step <= 0.0:  # too fast for any step: the march refuses it by cell and reason
        return until
    return part_of((until - start) / limit.step, stages, work.mass.size, start, until)


def part_of(steps: float, stages: int, n_cells: int, start: float, until: float) -> float:
    """Return the end of the first part of an interval that takes so many steps of so many stages."""
    parts = math.ceil(min(steps / PAUSE_STEPS, steps * stages * n_cells / PAUSE_WORK))
    return start + (until - start) / parts if parts > 1 else until
