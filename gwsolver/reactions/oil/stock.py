"""What oil cells hold beside the species that transport carries: the bulk, and what fills and takes the oil."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gwsolver.reactions.oil.body import OilBody, OilSetting, Removal
from gwsolver.reactions.reaction import Book

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BULK = "oil bulk"  # the account of all that does not dissolve


class OilStock:
    """The oil of all bodies, on the cells that hold some or will; (cell,) below counts these only.

    Parameters
    ----------
    setting : OilSetting
    species : sequence of str
    n_cells : int
    suffix : str
        What the accounts of the components have after their names.

    Attributes
    ----------
    cells : ndarray of int64, shape (cell,)
    rows : ndarray of int64, shape (component,)
        Place of each component among the species.
    names : tuple of str
        The components.
    molar_mass, molar_solubility : ndarray of float64, shape (component, 1)
    bulk : ndarray of float64, shape (cell,)
        Mass of what does not dissolve [M].
    bulk_moles : ndarray of float64, shape (cell,)
        The same [mol].
    dates : tuple of float
        When leaks begin or end and removals happen, where the source tells.
    """

    def __init__(self, setting: OilSetting, species: Sequence[str], n_cells: int, suffix: str = "") -> None:
        setting.check(species, n_cells)
        self.names = tuple(c.species for c in setting.components)
        self.rows = np.array([species.index(name) for name in self.names], np.int64)
        self.molar_mass = np.array([[c.molar_mass] for c in setting.components]).reshape(-1, 1)
        self.molar_solubility = np.array([[c.molar_solubility] for c in setting.components]).reshape(-1, 1)
        self._suffix = suffix
        self._bodies, self._n_cells = setting.bodies, n_cells
        self.cells = np.unique(np.concatenate([b.cells for b in setting.bodies] or [np.zeros(0, np.int64)]))
        self._at = [np.searchsorted(self.cells, b.cells) for b in setting.bodies]
        self._removals: list[tuple[OilBody, Removal]] = sorted(
            ((b, r) for b in setting.bodies for r in b.removals), key=lambda pair: pair[1].time)
        self._removed = 0  # how many of them are done
        self.bulk, self.bulk_moles, self._mass, self._volume = np.zeros((4, self.cells.size))
        ends = {t for b in setting.bodies for leak in b.leaks for t in _ends(leak.rate)}
        self.dates = tuple(sorted(ends | {r.time for _, r in self._removals}))

    def begin(self, book: Book) -> Floats:
        """Take in the oil that lies there from the beginning; return the mass of each component, (component, cell)."""
        added = np.zeros((len(self.names), self.cells.size))
        for body, at in zip(self._bodies, self._at, strict=True):
            if body.mass.any():
                self._add(body, at, body.mass, "spilled", added, book)
        return added

    def fill(self, start: float, end: float, book: Book) -> Floats:
        """Take in what leaks between two times; return the mass of each component, (component, cell) [M]."""
        added = np.zeros((len(self.names), self.cells.size))
        for body, at in zip(self._bodies, self._at, strict=True):
            for leak in body.leaks:
                mass = leak.rate.integral(start, end)
                if mass > 0.0:
                    self._add(body, at, mass * leak.shares, "leak", added, book)
        return added

    def lose(self, held: Floats, start: float, end: float, book: Book) -> Floats:
        """Let source-zone depletion act, then removals that fall due; return what is left of `held`.

        Parameters
        ----------
        held : ndarray of float64, shape (component, cell)
            Mass of each component in the oil [M].
        start, end : float
            The interval [T].
        book : callable
        """
        left = held.copy()
        for body, at in zip(self._bodies, self._at, strict=True):
            if body.depletion_rate > 0.0:
                asked = body.depletion_rate * body.area * (end - start)
                oil = self.bulk[at] + (left[:, at].sum(axis=0) if body.depletes == "all" else 0.0)
                part = np.zeros(self.cells.size)
                part[at] = np.divide(asked, oil, out=np.zeros(at.size), where=oil > 0.0)
                np.minimum(part, 1.0, out=part)
                parts = part if body.depletes == "all" else np.zeros(self.cells.size)
                self._take(body, part, parts, "source-zone depletion", left, book)
        due = end + 1e-9 * (end - start)  # start plus length may round to just before the date
        while self._removed < len(self._removals) and self._removals[self._removed][1].time <= due:
            body, removal = self._removals[self._removed]
            part = np.where(np.isin(self.cells, removal.cells), 1.0 - removal.left, 0.0)
            self._take(body, part, part, "removal", left, book)
            self._removed += 1
        return left

    def mass_of_oil(self, held: Floats) -> Floats:
        """Return the mass of all oil, shape (cell,) [M], from what it holds of each component."""
        components: Floats = held.sum(axis=0)
        return self.bulk + components

    def volume_of_oil(self, held: Floats) -> Floats:
        """Return the volume of all oil, shape (cell,) [L**3], at the mean density of what came."""
        specific = np.divide(self._volume, self._mass, out=np.zeros(self._mass.size), where=self._mass > 0.0)
        return self.mass_of_oil(held) * specific

    def full(self, values: Floats) -> Floats:
        """Return values of the oil's cells on all cells, zero elsewhere."""
        found = np.zeros(self._n_cells)
        found[self.cells] = values
        return found

    def state(self) -> Mapping[str, Floats]:
        """Return all that is needed to go on bit for bit."""
        return {"bulk": self.bulk, "bulk_moles": self.bulk_moles, "came_mass": self._mass, "came_volume": self._volume,
                "removed": np.array([float(self._removed)])}

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take back such a state."""
        self.bulk, self.bulk_moles = state["bulk"].copy(), state["bulk_moles"].copy()
        self._mass, self._volume = state["came_mass"].copy(), state["came_volume"].copy()
        self._removed = int(state["removed"][0])

    def _add(self, body: OilBody, at: Ints, mass: Floats, term: str, added: Floats, book: Book) -> None:
        for j, name in enumerate(self.names):
            part = np.zeros(self.cells.size)
            part[at] = body.oil.fractions.get(name, 0.0) * mass
            if part.any():
                added[j] += part
                book(name + self._suffix, body.name, term, self.full(part))
        bulk = np.zeros(self.cells.size)
        bulk[at] = body.oil.bulk_fraction * mass
        if bulk.any():
            self.bulk += bulk
            self.bulk_moles += bulk / body.oil.bulk_molar_mass
            book(BULK, body.name, term, self.full(bulk))
        self._mass[at] += mass
        self._volume[at] += mass / body.oil.density

    def _take(self, body: OilBody, part: Floats, parts: Floats, term: str, left: Floats, book: Book) -> None:
        """Take this part of the bulk and that of the components."""
        for j, name in enumerate(self.names):
            gone = left[j] * parts
            if gone.any():
                left[j] -= gone
                book(name + self._suffix, body.name, term, -self.full(gone))
        gone = self.bulk * part
        if gone.any():
            self.bulk -= gone
            self.bulk_moles *= 1.0 - part
            book(BULK, body.name, term, -self.full(gone))


def _ends(rate: object) -> list[float]:
    """Dates at which a source begins, ends or jumps, where it tells them."""
    found = [getattr(rate, "start", None), getattr(rate, "end", None), *getattr(rate, "times", ())]
    return [float(t) for t in found if t is not None and np.isfinite(t)]
