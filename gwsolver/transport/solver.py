"""The door of the room: species that share a flow, carried from flow step to flow step."""

from collections.abc import Callable, Sequence

from gwsolver.core.clock import Spent
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.engine import Pausing, State
from gwsolver.transport.progress import Progress, Reporter
from gwsolver.transport.schemes import named


class TransportSolver:
    """Carries one or several species through the flow.

    Parameters
    ----------
    models : sequence of TransportModel
        Species on the same grid, flow and time axis.
    scheme : str
        A name of ``gwsolver.transport.schemes``.
    on_progress : callable, optional
        Told a `Progress` a few times per second.

    Raises
    ------
    InputError
        If there is no scheme of this name, or it cannot carry one of the models.
    """

    def __init__(
        self, models: Sequence[TransportModel], *, scheme: str = "limited",
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.models = tuple(models)
        self.scheme = named(scheme)
        self._engine = self.scheme.start(self.models, Reporter(on_progress))

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to `until`, which lies inside the flow step; one result per model.

        Parameters
        ----------
        flow : FlowStep
            Covers the time from where the solver stands to `until`.
        until : float
            Time to stop at [T].
        stress : TimeStep
            The transport models' own time step, for CNC and SRC.

        Raises
        ------
        InputError
            If the flow would need more than a million sub-steps to follow.
        """
        return self._engine.advance(flow, until, stress)

    def advance_part(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species towards `until`; the steps' own end says how far: call again until it is there.

        As `advance`, but an engine may stop after some seconds of work. Where it stops depends on the state,
        the flow and the models alone, never on the clock: a run that is resumed from there goes on bit
        for bit, and one that is never interrupted pauses at the same times.
        """
        if isinstance(self._engine, Pausing):
            return self._engine.advance_part(flow, until, stress)
        return self._engine.advance(flow, until, stress)

    @property
    def set_up(self) -> Spent:
        """Time that went into tables and coefficients so far, not into sub-steps."""
        return self._engine.set_up

    def state(self) -> State:
        """Return all that a run needs to go on from here bit for bit: named arrays."""
        return self._engine.state()

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state taken at or in this flow step by a solver of the same models and scheme."""
        self._engine.restore(state, flow)
