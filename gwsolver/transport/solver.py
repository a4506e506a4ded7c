"""The door of the room: species that share a flow, carried from flow step to flow step."""

from collections.abc import Callable, Sequence

import numpy as np

from gwsolver.core.chemistry import Chemistry
from gwsolver.core.clock import Spent
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, ReactionStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.reactions.reactor import Reactor
from gwsolver.transport.choice import Choice, choose
from gwsolver.transport.engine import Engine, Pausing, Reactive, Scheme, State
from gwsolver.transport.progress import Progress, Reporter
from gwsolver.transport.schemes import named, schemes

DEFAULT = "limited"
SCHEME = "scheme"  # under this name a state keeps the number of its scheme


class TransportSolver:
    """Carries one or several species through the flow.

    Parameters
    ----------
    models : sequence of TransportModel
        Species on the same grid, flow and time axis.
    scheme : str
        A name of ``gwsolver.transport.schemes``; "" takes 'limited', or 'implicit' where that is far less work
        (``choice.py``).
    on_progress : callable, optional
        Told a `Progress` a few times per second.
    on_choice : callable, optional
        Told in words why a scheme was chosen, where none was named.
    chemistry : Chemistry, optional
        Reactions between the species.

    Raises
    ------
    InputError
        If there is no scheme of this name, or it cannot carry one of the models or the reactions between them.

    Attributes
    ----------
    models : tuple of TransportModel
    choice : Choice or None
        Why the scheme was chosen, where none was named; None before the first step.
    """

    def __init__(
        self, models: Sequence[TransportModel], *, scheme: str = "limited",
        on_progress: Callable[[Progress], None] | None = None, on_choice: Callable[[str], None] | None = None,
        chemistry: Chemistry | None = None,
    ) -> None:
        self._reactor = None if chemistry is None else Reactor(chemistry, models[0].grid.n_cells)
        self._on_choice = on_choice
        self.models = tuple(models)
        self.choice: Choice | None = None
        self._report = Reporter(on_progress)
        self._scheme = named(scheme) if scheme else None
        # What an engine offers is looked at once: protocols answer slowly, and steps are many.
        self._started: Engine | None = None
        self._pausing: Pausing | None = None
        self._reactive: Reactive | None = None
        if scheme:
            self._begin(scheme)

    @property
    def scheme(self) -> Scheme:
        """The scheme: named, chosen, or the default where that is still to come."""
        return self._scheme or named(DEFAULT)

    def _engine(self, flow: FlowStep) -> Engine:
        """Return the engine; chosen now if it is not yet."""
        if self._started is None:
            self.choice = choose(self.models, flow)
            if self._on_choice is not None:
                self._on_choice(str(self.choice))
            self._begin(self.choice.scheme)
        assert self._started is not None
        return self._started

    def _begin(self, name: str) -> None:
        self._scheme = named(name)
        self._started = started = self._start(self._scheme)
        self._pausing = started if isinstance(started, Pausing) else None
        self._reactive = started if isinstance(started, Reactive) else None
        if self._reactor is None:
            return
        if any(m.features for m in self.models):
            raise InputError([Problem(
                "reactions between species are not solved yet where lakes or streams carry solute (LKT6, SFT6)",
                file=self.models[0].file, hint="Leave out the LKT6 and SFT6 packages, or the reactions.")])
        if self._reactive is None:
            able = [n for n, s in schemes().items() if isinstance(s.start(self.models, self._report), Reactive)]
            raise InputError([Problem(
                f"the scheme '{name}' carries each species by itself: reactions between them are not solved with it",
                value=name, allowed="one of " + ", ".join(able), hint="Leave out --scheme, or take one of these.",
            )])
        self._reactive.react_with(self._reactor)

    def _start(self, scheme: Scheme) -> Engine:
        if not any(m.features for m in self.models):
            return scheme.start(self.models, self._report)
        from gwsolver.transport.features.engine import FeatureEngine

        return FeatureEngine(self.models, scheme, self._report)

    @property
    def reactions(self) -> ReactionStep | None:
        """What reactions did in the latest step; None where there are none."""
        return None if self._reactive is None else self._reactive.reactions

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
        return self._engine(flow).advance(flow, until, stress)

    def advance_part(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species towards `until`; the steps' own end says how far: call again until it is there.

        As `advance`, but an engine may stop after some seconds of work. Where it stops depends on the state,
        the flow and the models alone, never on the clock: a run that is resumed from there goes on bit
        for bit, and one that is never interrupted pauses at the same times.
        """
        engine = self._engine(flow)
        return (engine.advance if self._pausing is None else self._pausing.advance_part)(flow, until, stress)

    @property
    def set_up(self) -> Spent:
        """Time that went into tables and coefficients so far, not into sub-steps."""
        return Spent() if self._started is None else self._started.set_up

    @property
    def reacted(self) -> Spent:
        """Time that went into reactions so far."""
        return Spent() if self._reactive is None else self._reactive.reacted

    def state(self) -> State:
        """Return all that a run needs to go on from here bit for bit: named arrays; nothing before the first step."""
        if self._started is None:
            return {}
        number = list(schemes()).index(self.scheme.name)
        return {SCHEME: np.array([number]), **self._started.state()}

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state taken at or in this flow step by a solver of the same models and scheme."""
        if SCHEME not in state:
            return
        if self._started is None:
            self._begin(list(schemes())[int(state[SCHEME][0])])
        assert self._started is not None
        self._started.restore({key: value for key, value in state.items() if key != SCHEME}, flow)
