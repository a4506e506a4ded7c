"""The scheme that leaves time out, as the door of the room knows it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.simulation import TransportModel
from gwsolver.transport.engine import Engine
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.progress import Reporter


@dataclass(frozen=True)
class SteadyScheme:
    """A scheme that solves for the end state of each stress period.

    Attributes
    ----------
    name, title : str
        As the user asks for it, as the log tells it.
    space : ExplicitScheme
        How fluxes follow from concentrations.
    positive : bool
        Never negative, whatever the model.
    """

    name: str
    title: str
    space: ExplicitScheme
    positive: bool = True

    def start(self, models: Sequence[TransportModel], report: Reporter) -> Engine:
        """Return the engine that solves for these species.

        Raises
        ------
        InputError
            If decay would make solute in proportion to what there is: that may grow for ever.
        """
        _refuse_growth(models, self.name)
        from gwsolver.transport.steady.engine import SteadyEngine

        return SteadyEngine(models, self.space, report)


def _refuse_growth(models: Sequence[TransportModel], name: str) -> None:
    """Refuse negative decay of order one, and immobile domains that make solute and cannot pass it on."""
    problems = []
    for m in models:
        for domain in (m.mobile, *m.immobile):
            package = getattr(domain, "name", m.name)
            least = min(float(domain.decay_rate.min()), float(domain.decay_rate_sorbed.min()))
            if domain.decay_order == 1 and least < 0.0:
                problems.append(Problem(
                    f"negative decay of order one may grow for ever: it is not solved by the scheme '{name}'",
                    file=m.file, package=package, value=f"{least:g}", hint="The scheme 'limited' follows it in time."))
        for domain in m.immobile:
            makes = (domain.decay_rate < 0.0) | (domain.decay_rate_sorbed < 0.0)
            shut = np.flatnonzero(makes & (domain.transfer_rate <= 0.0))
            if domain.decay_order == 0 and shut.size:
                problems.append(Problem(
                    "an immobile domain that makes solute (negative decay of order zero) needs an exchange to have a "
                    "steady state: zetaim", file=m.file, package=domain.name, value="0",
                    cell=m.grid.describe(int(shut[0])), allowed="(0, inf)"))
    if problems:
        raise InputError(problems)
