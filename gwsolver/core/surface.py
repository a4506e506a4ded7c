"""What the surface network hands on: one step of all nodes and members."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.calendar import CalendarStep

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DRY = 1e-6  # m3: less water carries no salt


@dataclass(frozen=True, eq=False)
class Held:
    """What one node holds, shape (member,) each.

    Attributes
    ----------
    volume : ndarray of float64
        Water, ice included [m3].
    salt, solid : ndarray of float64
        Salt dissolved, and lying on the bed [kg].
    level : ndarray of float64, or None
        [m], of nodes that have one.
    """

    volume: Floats
    salt: Floats
    solid: Floats
    level: Floats | None = None

    @property
    def salinity(self) -> Floats:
        """Salt over water [kg/m3, which is g/L]; zero where there is no water."""
        return np.divide(self.salt, self.volume, out=np.zeros(self.volume.shape), where=self.volume > DRY)


@dataclass(frozen=True, eq=False)
class SurfaceStep:
    """State at the end of a step and everything that moved on the way, of every node and member.

    Attributes
    ----------
    step : CalendarStep
    held : mapping of str to Held
        What each node holds at the end, by name.
    water, salts : mapping of (str, str) to ndarray of float64, shape (member,)
        By node and term what entered a node from outside of the network, negative what left it [m3, kg].
    flows : mapping of (str, str) to (ndarray, ndarray), shape (member,) each
        By node and outlet the water and salt that went to the next node [m3, kg].
    came : mapping of (str, str) to (ndarray, ndarray), shape (member,) each
        By node and the node above it what came from there, by all of that node's outlets [m3, kg].
    unmet : mapping of (str, str) to ndarray of float64, shape (member,)
        By node and term the water that was asked for and not there [m3]: part of no balance.
    parts : mapping of (str, str) to ndarray of float64, shape (member,)
        By node and name what of other terms is worth telling [m3]: the spill of a reservoir, a strait's flow.
    water_closure, salt_closure : ndarray of float64, shape (member,)
        Largest imbalance of a node, over what went through it and moved [-].
    left : ndarray of bool, shape (member,)
        Members in which a level has left its stage table, now or before: what they hold means nothing any more.
    """

    step: CalendarStep
    held: Mapping[str, Held]
    water: Mapping[tuple[str, str], Floats]
    salts: Mapping[tuple[str, str], Floats]
    flows: Mapping[tuple[str, str], tuple[Floats, Floats]]
    came: Mapping[tuple[str, str], tuple[Floats, Floats]]
    unmet: Mapping[tuple[str, str], Floats]
    parts: Mapping[tuple[str, str], Floats]
    water_closure: Floats
    salt_closure: Floats
    left: Bools

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the nodes, in the order of the arrays below."""
        return tuple(self.held)

    @property
    def volume(self) -> Floats:
        """Water held by all nodes [m3], shape (member, node)."""
        return self._all(lambda held: held.volume)

    @property
    def salt(self) -> Floats:
        """Dissolved salt held by all nodes [kg], shape (member, node)."""
        return self._all(lambda held: held.salt)

    @property
    def level(self) -> Floats:
        """Levels of all nodes [m], NaN of those that have none, shape (member, node)."""
        none = np.full(self.left.shape, np.nan)
        return self._all(lambda held: none if held.level is None else held.level)

    def _all(self, of: Callable[[Held], Floats]) -> Floats:
        return np.stack([of(held) for held in self.held.values()], axis=1)
