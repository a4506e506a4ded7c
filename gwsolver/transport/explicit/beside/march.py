"""How a species with lakes or reaches is carried by itself: its aquifer in local steps, or all in the same step."""

from gwsolver.transport.explicit.beside.aquifer import Aquifer
from gwsolver.transport.explicit.local.choice import ChosenMarch
from gwsolver.transport.explicit.local.levels import TooManyLevels
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.progress import Reporter


class BesideMarch:
    """Local steps for the aquifer, with features beside them, where they would suit it without; else one step for all.

    Parameters
    ----------
    aquifer : Aquifer
    """

    def __init__(self, aquifer: Aquifer) -> None:
        self._aquifer = aquifer
        self._own = ChosenMarch(aquifer.model.grid)
        self._joined = ChosenMarch(aquifer.grid)

    @property
    def memory(self) -> float:
        """What local steps have not told yet; see `March`."""
        return self._own.memory

    @memory.setter
    def memory(self, untold: float) -> None:
        self._own.memory = untold

    def __call__(self, work: Work, start: float, until: float, report: Reporter) -> None:
        """Carry `work` from `start` to `until`."""
        own, reached = work.share, start
        if own is not None and self._own.goes_local(own, start, until):
            reached = until
            try:
                self._own.local(own, start, until, report)
            except TooManyLevels as error:
                reached = error.reached
            self._aquifer.give_back(own, work, reached)
        if reached < until:
            self._joined(work, reached, until, report)
