"""What every transport engine offers the door of the room (`TransportSolver`)."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.clock import Spent
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
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


@runtime_checkable
class Pausing(Protocol):
    """An engine that can stop on the way, so that hours of work in one step need not be done in one go."""

    def advance_part(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species the same way towards `until`; see `TransportSolver.advance_part`."""
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
