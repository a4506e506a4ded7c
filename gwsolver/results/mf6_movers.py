"""MODFLOW 6's files of movers: BUDGET and BUDGETCSV of MVR.

The budget has a list MOVER-FLOW for each two of the packages that MVR joins, empty where no rule joins them: number
of the provider (the lake, for an outlet), number of the receiver, and what was moved, with a minus.
"""

from itertools import product
from typing import BinaryIO

import numpy as np

from gwsolver.core.grid import Floats, Grid
from gwsolver.core.movers import Moved, MoverPackage
from gwsolver.core.steps import FlowStep
from gwsolver.core.time import TimeAxis
from gwsolver.results.mf6_binary import RecordWriter

NOTHING = Moved((), np.zeros(0), np.zeros(0, np.int64))


class MoverBudgetWriter(RecordWriter):
    """Writes what the movers of a model moved.

    Parameters
    ----------
    file : binary file
    model : str
    mover : MoverPackage
    grid : Grid
    time : TimeAxis
    """

    def __init__(self, file: BinaryIO, model: str, mover: MoverPackage, grid: Grid, time: TimeAxis) -> None:
        super().__init__(file, model, grid, time)
        self.mover = mover

    def write(self, flow: FlowStep) -> None:
        """Write all lists of one step."""
        moved = flow.moved or NOTHING
        lakes = {f.name for f in flow.features}
        for provider, receiver in product(self.mover.packages, repeat=2):
            own = [i for i, m in enumerate(moved.moves) if (m.provider, m.receiver) == (provider, receiver)]
            number = [int(moved.origins[i]) if provider in lakes else moved.moves[i].provider_number for i in own]
            place = [moved.moves[i].receiver_number for i in own]
            names = (self.name, provider.upper(), self.name, receiver.upper())
            self.table(flow, "MOVER-FLOW", names, np.array(number, np.int64), np.array(place, np.int64),
                       -moved.rates[own], [], np.zeros((len(own), 0)))


def moved_sums(mover: MoverPackage, moved: Moved | None) -> list[tuple[str, Floats]]:
    """Return the columns of a BUDGETCSV file: what each package gave (in) and got (out), with a minus."""
    moves, rates = (moved or NOTHING).moves, (moved or NOTHING).rates
    return [
        (name.upper(), np.array([sum(r for m, r in zip(moves, rates, strict=True) if m.provider == name),
                                 -sum(r for m, r in zip(moves, rates, strict=True) if m.receiver == name)], np.float64))
        for name in mover.packages
    ]
