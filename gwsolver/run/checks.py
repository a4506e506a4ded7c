"""What is checked after a run: it must balance, and no concentration may be negative unless the scheme allows it."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gwsolver.run.simulate import Outcome

CLOSURE = 1e-10


def failed_checks(outcome: "Outcome") -> list[str]:
    """Return in words what failed; nothing if all is well.

    Saved flows may close as loosely as their maker let them: their imbalance is carried in the species'
    ledger as a term of its own and is no failure here.
    """
    failures = []
    for name, closure in outcome.closure.items():
        if not outcome.solved_flow.get(name, True):
            continue
        if not closure <= CLOSURE:
            failures.append(f"{name}: the balance closes to {closure:.1e} of throughput; allowed: {CLOSURE:.0e}. "
                            "Results are kept without summary.json.")
    for name, minimum in outcome.minimum.items():
        lowest = 0.0 if outcome.positive else -math.inf
        if not (minimum >= lowest and math.isfinite(minimum) and math.isfinite(outcome.maximum[name])):
            failures.append(f"{name}: the smallest concentration is {minimum:g}, the largest "
                            f"{outcome.maximum[name]:g}; allowed: {'[0, inf)' if outcome.positive else 'any number'}. "
                            "Results are kept without summary.json.")
    return failures
