"""From extents to books: what a network's reactions hold, moved, and by how much its balances fail to close."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.reactions.degradation.network import HELD, MOBILE, Network
from gwsolver.reactions.reaction import Book, Cells, Floats

Ints = NDArray[np.int32]
Flags = NDArray[np.uint8]
MET = "met by water"  # the term of what lay in ground that was dry so far
BOOKED = -1000000  # as cython_ext/reactions_cell.pxd names it


@dataclass(frozen=True)
class _Line:
    """One line of the book: an account and its term, with the steps that move it."""

    account: str
    row: int
    term: str
    moved: tuple[tuple[int, float], ...]


class Extents:
    """What all models by extents share: arrays for the kernels, held masses, books and balances.

    Parameters
    ----------
    network : Network
    species : sequence of str
        Those that move, in the order of `Cells.mass`.
    n_cells : int
    held : mapping of str to ndarray
        Masses of what the reaction holds at the start, shape (cell,) or () [M].
    name : str
        Package in the books.
    wetted : bool
        Whether what a cell holds (Fe(III), biomass) is that of a full one, and counts as far up as water has reached:
        more where a water table rises, no less where it falls.

    Attributes
    ----------
    network : Network
    held : ndarray of float64, shape (held, cell)
        [M]
    extents : ndarray of float64, shape (step, cell)
        Mass of donor gone in the latest act [M].
    """

    def __init__(
        self, network: Network, species: Sequence[str], n_cells: int, held: Mapping[str, float | Floats], name: str,
        wetted: bool = False,
    ) -> None:
        self.network = network
        self._name = name
        self._held_names = network.named(HELD)
        self.held = np.empty((len(self._held_names), n_cells))
        for h, account in enumerate(self._held_names):
            self.held[h] = held[account]
        self._wetted, self._reached = wetted and self.held.size > 0, np.zeros(n_cells)
        self._of_full = self.held
        if self._wetted:
            self.held = np.zeros_like(self.held)
        self.extents = np.zeros((len(network.steps), n_cells))
        rows = {(MOBILE, name): k for k, name in enumerate(species)}
        rows |= {(HELD, name): -1 - h for h, name in enumerate(self._held_names)}
        self.rows = np.array([rows.get((e.place, e.name), BOOKED) for e in network.entries], np.int32)
        entry, step = np.nonzero(network.stoichiometry)
        self._first = np.searchsorted(entry, np.arange(len(network.entries) + 1)).astype(np.int32)
        self._step = step.astype(np.int32)
        self._factor = network.stoichiometry[entry, step]
        self._weights = np.ascontiguousarray(network.weights())
        self._difference = np.zeros(len(network.balanced))
        self._traded = np.zeros(len(network.balanced))
        self._present = np.zeros(len(network.balanced))
        self._gap = np.zeros((len(network.balanced), n_cells))
        self._lines = self._book_lines()

    def row(self, name: str) -> int:
        """Return the row of mass of an entry; -1 if it does not move."""
        return max(int(self.rows[self.network.index(name)]), -1) if name else -1

    def accounts(self) -> tuple[Ints, Ints, Ints, Floats, Floats, Floats, Floats]:
        """Return what kernels want to settle a cell: row, first, step, factor, weight, extents, gap."""
        return self.rows, self._first, self._step, self._factor, self._weights, self.extents, self._gap

    def meet(self, cells: Cells, book: Book) -> None:
        """Take in what lies in ground that water reaches for the first time."""
        if not self._wetted:
            return
        assert cells.saturation is not None
        more = np.maximum(cells.saturation - self._reached, 0.0)
        if not more.any():
            return
        self._reached += more
        for h, account in enumerate(self._held_names):
            self.held[h] += more * self._of_full[h]
            book(account, self._name, MET, more * self._of_full[h])

    def tell(self, cells: Cells, book: Book) -> None:
        """Book the extents that a kernel has just written, and take up the balances."""
        total = self.extents.sum(axis=1, dtype=np.longdouble).astype(float)
        for line in self._lines:
            moved = [(step, factor) for step, factor in line.moved if total[step] != 0.0]
            if not moved:
                continue
            one_sign = all(factor > 0.0 for _, factor in moved) or all(factor < 0.0 for _, factor in moved)
            if one_sign and (line.row < 0 or cells.free[line.row].all()):
                book(line.account, self._name, line.term, sum(factor * float(total[step]) for step, factor in moved))
                continue
            amounts = moved[0][1] * self.extents[moved[0][0]]
            for step, factor in moved[1:]:
                amounts += factor * self.extents[step]
            if line.row >= 0:
                amounts *= cells.free[line.row]
            book(line.account, self._name, line.term, amounts)
        donors = [self.network.index(step.donor) for step in self.network.steps]
        self._traded += np.abs(self._weights[:, donors] * total).sum(axis=1)
        self._difference += self._gap.sum(axis=1)
        self._present = np.abs(self._weights) @ self._masses(cells)
        self._gap[:] = 0.0

    def _masses(self, cells: Cells) -> Floats:
        """Return the mass of each entry in all cells, shape (entry,) [M]; nothing of what is only booked."""
        mobile, held = cells.mass.sum(axis=1), self.held.sum(axis=1)
        return np.array([0.0 if r == BOOKED else mobile[r] if r >= 0 else held[-1 - r] for r in self.rows.tolist()])

    def _book_lines(self) -> list[_Line]:
        """Return donors by what took them, everything else by the donor."""
        lines: dict[tuple[int, str], list[tuple[int, float]]] = {}
        for r, step in enumerate(self.network.steps):
            for i in np.flatnonzero(self.network.stoichiometry[:, r]):
                term = step.by if self.network.entries[i].name == step.donor else step.donor
                lines.setdefault((int(i), term), []).append((r, float(self.network.stoichiometry[i, r])))
        entries = self.network.entries
        return [
            _Line(entries[i].name, int(self.rows[i]), term, tuple(moved)) for (i, term), moved in sorted(lines.items())
        ]

    def masses_held(self) -> dict[str, Floats]:
        """Return what the reaction holds, by account [M]."""
        return {name: self.held[h].copy() for h, name in enumerate(self._held_names)}

    def balances(self) -> dict[str, tuple[float, float]]:
        """Return of each balance the difference since the start, and what was traded and is there [mol per g of mass].

        What is there counts, since masses are no more exact than their last bit.
        """
        whole = self._traded + self._present
        return {name: (float(self._difference[b]), float(whole[b])) for b, name in enumerate(self.network.balanced)}

    def state(self) -> dict[str, Floats]:
        """Return what a later `restore` needs."""
        return {"held": self.held.copy(), "reached": self._reached.copy(),
                "difference": self._difference.copy(), "traded": self._traded.copy(), "present": self._present.copy()}

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take back such a state."""
        self.held[:] = state["held"]
        self._reached[:] = state["reached"]
        self._difference[:] = state["difference"]
        self._traded[:] = state["traded"]
        self._present[:] = state["present"]


class ByExtents:
    """A reaction whose books are those of its extents: everything of `Reaction` but `act`."""

    extents: Extents

    def held(self) -> Mapping[str, Floats]:
        """Return what the reaction holds, by account, shape (cell,) [M]."""
        return self.extents.masses_held()

    def balances(self) -> Mapping[str, tuple[float, float]]:
        """Return difference and throughput of what the network conserves."""
        return self.extents.balances()

    def state(self) -> Mapping[str, Floats]:
        """Return everything `restore` needs."""
        return self.extents.state()

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take back such a state."""
        self.extents.restore(state)


def flags(free: NDArray[np.bool_]) -> Flags:
    """Return flags as kernels want them."""
    return np.ascontiguousarray(free).view(np.uint8)
