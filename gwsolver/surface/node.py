"""The door of the network: what a node is given, what it owes, and its books.

Amounts are those of a step: water in m3, salt in kg. A node's setting is a frozen dataclass in the file of its kind;
`start` gives what acts. A step goes through the network twice: upstream each node says what it wants to arrive, by
priority, to serve itself and those below; downstream each takes what arrives and passes on what leaves.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.calendar import CalendarStep
from gwsolver.core.errors import Problem
from gwsolver.core.surface import Held
from gwsolver.surface.water import Water

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(eq=False)
class Books:
    """What one node tells of a step, shape (member,) each.

    Attributes
    ----------
    water, salt : dict of str to ndarray
        By term what came from outside of the network, negative what left it [m3, kg].
    unmet : dict of str to ndarray
        Water asked for and not there [m3].
    parts : dict of str to ndarray
        What of other terms is worth telling [m3]: the spill in what goes on.
    """

    water: dict[str, Floats] = field(default_factory=dict)
    salt: dict[str, Floats] = field(default_factory=dict)
    unmet: dict[str, Floats] = field(default_factory=dict)
    parts: dict[str, Floats] = field(default_factory=dict)

    def tell(self, term: str, water: Floats, salt: Floats | None = None) -> None:
        """Book a term."""
        self.water[term] = water
        if salt is not None:
            self.salt[term] = salt


@dataclass(eq=False)
class State:
    """What one node holds now, shape (member,) each.

    Arrays are put in place of each other and never changed: steps that have been told share them.

    Attributes
    ----------
    volume, salt, solid : ndarray of float64
        Water [m3], salt dissolved and on the bed [kg].
    level : ndarray of float64, or None
        [m], of nodes that have one.
    """

    volume: Floats
    salt: Floats
    solid: Floats
    level: Floats | None = None

    @classmethod
    def empty(cls, members: int) -> "State":
        """Return the state of a node that holds nothing."""
        return cls(np.zeros(members), np.zeros(members), np.zeros(members))

    def held(self) -> Held:
        """Return it as a step tells it."""
        return Held(self.volume, self.salt, self.solid, self.level)


class Unit(Protocol):
    """One node at work, or several that are solved together.

    Attributes
    ----------
    names : tuple of str
    states : sequence of State
        In the order of the names, as all that follows.
    left : ndarray of bool, shape (member,)
        Members in which a level has left its table, now or before.
    """

    names: tuple[str, ...]
    states: Sequence[State]
    left: Bools

    def ask(self, step: CalendarStep, wanted: Sequence[Floats]) -> Sequence[Floats]:
        """Return what each node wants to arrive, shape (priority, member) [m3].

        Parameters
        ----------
        wanted : sequence of ndarray of float64, shape (priority, member)
            What is wanted at each node's main outlet [m3], best priority first.
        """
        ...

    def act(
        self, step: CalendarStep, arriving: Sequence[Water], wanted: Sequence[Floats], books: Sequence[Books]
    ) -> Sequence[Mapping[str, Water]]:
        """Take what arrives; return by outlet what leaves each node."""
        ...


class Setting(Protocol):
    """A node as a case gives it: plain data in m, d, kg; numbers may be arrays of shape (member,)."""

    @property
    def name(self) -> str:
        """Name, by which others refer to it."""
        ...

    @property
    def outlets(self) -> Mapping[str, str]:
        """Names of the nodes to which water goes, by outlet; "to" is the main one, "" leads nowhere."""
        ...

    @property
    def priority(self) -> int | None:
        """Priority of its own demand, 1 first; None without one."""
        ...

    @property
    def joins(self) -> tuple[str, ...]:
        """Names of nodes with which it has to be solved."""
        ...

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with its own values."""
        ...

    def start(self, members: int, priorities: Sequence[int], joined: Sequence[Any]) -> Unit:
        """Return what acts; `joined` are the settings solved with it, itself among them."""
        ...


class Alone:
    """What units of one node share; kinds of nodes derive from it."""

    def __init__(self, name: str, members: int) -> None:
        self.names = (name,)
        self.state = State.empty(members)
        self.members = members
        self.left: Bools = np.zeros(members, bool)

    @property
    def states(self) -> Sequence[State]:
        """State of the one node."""
        return (self.state,)

    def ask(self, step: CalendarStep, wanted: Sequence[Floats]) -> Sequence[Floats]:
        """Want what is wanted below."""
        return wanted

    def full(self, value: Floats | float) -> Floats:
        """Return a value for every member."""
        return np.broadcast_to(np.asarray(value, float), (self.members,))
