"""The engine of MODFLOW 6's discretisation: species that share flow and time steps."""

from collections.abc import Sequence

from gwsolver.core.clock import Spent
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import VERTICAL
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.engine import State
from gwsolver.transport.mf6.species import Mf6Species
from gwsolver.transport.progress import Reporter


def refuse_unknown_directions(models: Sequence[TransportModel]) -> None:
    """Refuse dispersion where the grid does not tell directions (DISU without ANGLDEGX or centres).

    Raises
    ------
    InputError
    """
    problems = []
    for m in models:
        level = m.grid.face_kind != VERTICAL
        if m.dispersion is None or not level.any():
            continue
        if not m.grid.face_normal[level].any(axis=1).all():
            problems.append(Problem("dispersion needs the directions of the faces", file=m.file, package=m.name,
                                    hint="Give ANGLDEGX in the DISU package."))
        if m.dispersion.xt3d and m.grid.x.size and m.grid.x[0] != m.grid.x[0]:
            problems.append(Problem("XT3D needs the cell centres", file=m.file, package=m.name,
                                    hint="Give VERTICES and CELL2D in the DISU package, or XT3D_OFF."))
    if problems:
        raise InputError(problems)


class Mf6Engine:
    """Carries species that share flow and time steps.

    Parameters
    ----------
    models : sequence of TransportModel
    report : Reporter
    """

    def __init__(self, models: Sequence[TransportModel], report: Reporter) -> None:
        refuse_unknown_directions(models)
        self.species = [Mf6Species(m, report) for m in models]

    @property
    def set_up(self) -> Spent:
        """Time that went into making ready for flow fields so far."""
        return Spent(sum(s.set_up.cpu for s in self.species), sum(s.set_up.wall for s in self.species))

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to `until`."""
        return tuple(s.advance(flow, until, stress) for s in self.species)

    def state(self) -> State:
        """Return what a later `restore` needs to go on bit for bit."""
        return {f"{s.model.name}/{key}": value for s in self.species for key, value in s.state().items()}

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state of the same models."""
        for s in self.species:
            own = f"{s.model.name}/"
            s.restore({key.removeprefix(own): v for key, v in state.items() if key.startswith(own)}, flow)
