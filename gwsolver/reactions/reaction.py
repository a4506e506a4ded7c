"""The door of the room: what a reaction sees, what it owes, and how it tells what it moved.

Transport carries every species to a splitting time; there reactions act on all cells at once, then transport goes on.
A reaction changes the masses in place and tells each amount it moved to a `Book`: what one species loses and another
gains, or what leaves the model's accounts (carbon dioxide that nobody follows). It never takes more than there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(eq=False)
class Cells:
    """All cells at a splitting time.

    Attributes
    ----------
    species : tuple of str
        Mobile species, in the order of the first axis below.
    mass : ndarray of float64, shape (species, cell)
        Dissolved, sorbed and in the oil [M]; changed in place, never below zero.
    content : ndarray of float64, shape (species, cell)
        What a cell holds per unit concentration [L**3]: C = mass / content. Water, what sorbs and what the oil
        keeps: w = W + G Kd + (N / s), so that w / W is the retardation factor, of oil cells too.
    water : ndarray of float64, shape (cell,)
        W [L**3]; zero in cells without water, in which nothing dissolved reacts.
    solid : ndarray of float64, shape (cell,)
        G, dry mass of the solids in contact with the water [M].
    free : ndarray of bool, shape (species, cell)
        False where the concentration is given (CNC): reactions leave those masses as they are.
    time : float
        Where the reactions' interval begins [T].
    oil : ndarray of float64, shape (species, cell), or None
        The part of `content` that the oil keeps, N / s [L**3]; the oil's own reaction changes both.
    saturation : ndarray of float64, shape (cell,), or None
        Water-filled part of the cell [-]; None where no reaction asks.
    """

    species: tuple[str, ...]
    mass: Floats
    content: Floats
    water: Floats
    solid: Floats
    free: Bools
    time: float
    oil: Floats | None = None
    saturation: Floats | None = None


class Book(Protocol):
    """Is told what moved."""

    def __call__(self, account: str, package: str, term: str, amounts: Floats | float) -> None:
        """Book signed amounts of one account [M], positive where it gained.

        Parameters
        ----------
        account : str
            A mobile species, or what a reaction itself holds (`Reaction.held`).
        package, term : str
            Who did it, and by what: ``("degradation", "oxygen")``.
        amounts : ndarray of float64, shape (cell,), or float
            By cell; or their sum, where all have one sign.
        """
        ...


class Reaction(Protocol):
    """One reaction model at work on all cells.

    Attributes
    ----------
    instant : bool
        An equilibrium, which knows no time: acts once, after transport. Else it acts for a time, half before and
        half after transport.
    """

    instant: bool

    def act(self, cells: Cells, length: float, book: Book) -> None:
        """Act for some time [T]; `cells.mass` is changed, everything told to `book`."""
        ...

    def held(self) -> Mapping[str, Floats]:
        """Return what does not move and belongs to the reaction, by account, shape (cell,) [M]: iron on solids, ..."""
        ...

    def balances(self) -> Mapping[str, tuple[float, float]]:
        """Return what must balance since the start: by name ("electrons", "carbon") the difference and the throughput.

        Found from the masses before and after, not from the extents they were computed with.
        """
        ...

    def state(self) -> Mapping[str, Floats]:
        """Return everything a later `restore` needs to go on bit for bit, as named arrays."""
        ...

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take back such a state."""
        ...


class Setting(Protocol):
    """What a case asks for: a frozen dataclass in the file of its reaction, plain data in the model's units."""

    def start(self, species: Sequence[str], n_cells: int) -> Reaction:
        """Return the reaction, ready to act; `InputError` with all problems if species or values do not fit."""
        ...
