"""What every transport engine offers the door of the room (`TransportSolver`)."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.clock import Spent
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, ReactionStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.reactions.reactor import Reactor
from gwsolver.transport.progress import Reporter

State = Mapping[str, NDArray[Any]]
Floats = NDArray[np.float64]


class Engine(Protocol):
    """Carries a group of species that share grid, flow and time steps."""

    @property
    def set_up(self) -> Spent:
        """Time that went into making ready for flow fields so far."""
        ...

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to `until`; see `TransportSolver.advance`."""
        ...

    def state(self) -> State:
        """Return everything a later `restore` needs to go on bit for bit, as named arrays."""
        ...

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state that the same models left behind at or in this flow step."""
        ...


class Species(Protocol):
    """One species as an engine that carries it by itself knows it."""

    model: TransportModel
    set_up: Spent

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> TransportStep:
        """Carry it to `until`."""
        ...

    def state(self) -> State:
        """Return what a later `restore` needs."""
        ...

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state at or in this flow step."""
        ...


class OneByOne:
    """An engine whose species go each by itself.

    Parameters
    ----------
    species : sequence of Species
    """

    def __init__(self, species: Sequence[Species]) -> None:
        self._species = tuple(species)

    @property
    def set_up(self) -> Spent:
        """Time that went into making ready for flow fields so far."""
        return Spent(sum(s.set_up.cpu for s in self._species), sum(s.set_up.wall for s in self._species))

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to `until`."""
        return tuple(s.advance(flow, until, stress) for s in self._species)

    def state(self) -> State:
        """Return what a later `restore` needs to go on bit for bit."""
        return {f"{s.model.name}/{key}": value for s in self._species for key, value in s.state().items()}

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state of the same models."""
        for s in self._species:
            own = f"{s.model.name}/"
            s.restore({key.removeprefix(own): v for key, v in state.items() if key.startswith(own)}, flow)


@runtime_checkable
class Pausing(Protocol):
    """An engine that can stop on the way, so that hours of work in one step need not be done in one go."""

    def advance_part(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species the same way towards `until`; see `TransportSolver.advance_part`."""
        ...


@runtime_checkable
class Reactive(Protocol):
    """An engine whose species may react with one another."""

    def react_with(self, reactor: Reactor) -> None:
        """Let species react from now on: before and after each step of transport (`Reactor`)."""
        ...

    @property
    def reactions(self) -> ReactionStep | None:
        """What reactions did in the latest interval."""
        ...

    @property
    def reacted(self) -> Spent:
        """Time that went into reactions so far."""
        ...


class Scheme(Protocol):
    """A transport scheme, as ``gwsolver.transport.schemes`` lists them."""

    @property
    def name(self) -> str:
        """Name, as the user asks for it."""
        ...

    @property
    def title(self) -> str:
        """Title, as the log tells it."""
        ...

    @property
    def positive(self) -> bool:
        """Whether it promises concentrations that are never negative."""
        ...

    def start(self, models: Sequence[TransportModel], report: Reporter) -> Engine:
        """Return the engine that carries these species."""
        ...
