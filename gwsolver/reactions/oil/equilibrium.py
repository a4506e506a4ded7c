"""Oil in equilibrium with the water beside it: a phase that cells hold (`flash.py` has the equations).

Transport carries the total of each component with the content w_j + N / s_j, so that a cell with oil is a very retarded
one. Here N follows the totals, oil comes by leaks and goes by source-zone depletion and removal.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gwsolver.reactions.oil.body import OilSetting
from gwsolver.reactions.oil.flash import in_oil, oil_amount
from gwsolver.reactions.oil.stock import BULK, OilStock
from gwsolver.reactions.reaction import Book, Cells

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class OilBodies:
    """All oil of a model, in equilibrium.

    Parameters
    ----------
    setting : OilSetting
    species : sequence of str
    n_cells : int

    Raises
    ------
    InputError
        With everything that does not fit.

    Attributes
    ----------
    stock : OilStock
        Where the oil is, and what of it does not dissolve.
    amount : ndarray of float64, shape (cell of the oil,)
        N [mol].
    dates : tuple of float
        Times at which leaks begin or end and removals happen: good times to split at.
    components : tuple of str
        The species it holds; each has a content of its own.
    """

    def __init__(self, setting: OilSetting, species: Sequence[str], n_cells: int) -> None:
        self.stock = OilStock(setting, species, n_cells)
        self.amount = np.zeros(self.stock.cells.size)
        self.dates, self.components = self.stock.dates, self.stock.names
        self._n_species = len(species)

    def arrive(self, cells: Cells, book: Book) -> None:
        """Let the oil that lies there from the beginning arrive in `cells`: masses, content and `oil`."""
        cells.oil = np.zeros((self._n_species, cells.water.size))
        held, beside = self._totals(cells), self._beside(cells)
        self._settle(cells, held + self.stock.begin(book), beside)

    def act(self, cells: Cells, length: float, book: Book) -> None:
        """Let oil leak in, go, and settle with what transport left; the interval begins at `cells.time` [T]."""
        start, end = cells.time, cells.time + length
        if cells.oil is None:
            cells.oil = np.zeros((self._n_species, cells.water.size))
        beside = self._beside(cells)
        held = self._totals(cells) + self.stock.fill(start, end, book)
        keeps = beside * self.stock.molar_solubility
        oil = in_oil(held, keeps, self._flash(held, keeps))
        left = self.stock.lose(oil, start, end, book)
        self._settle(cells, np.maximum(held - (oil - left), left), beside)

    def part_in_oil(self, cells: Cells) -> Floats:
        """Return the share of each mass that is in the oil, shape (species, cell)."""
        if cells.oil is None:
            return np.zeros(cells.content.shape)
        return np.divide(cells.oil, cells.content, out=np.zeros(cells.content.shape), where=cells.content > 0.0)

    def mass_of_oil(self, cells: Cells) -> Floats:
        """Return the mass of all oil, shape (cell,) [M]."""
        return self.stock.full(self.stock.mass_of_oil(self._in_oil(cells)))

    def volume_of_oil(self, cells: Cells) -> Floats:
        """Return the volume of all oil, shape (cell,) [L**3]."""
        return self.stock.full(self.stock.volume_of_oil(self._in_oil(cells)))

    def held(self) -> Mapping[str, Floats]:
        """Return the bulk, which transport does not carry, shape (cell,) [M]."""
        return {BULK: self.stock.full(self.stock.bulk)}

    def state(self) -> Mapping[str, Floats]:
        """Return all that is needed to go on bit for bit."""
        return {"amount": self.amount, **self.stock.state()}

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take back such a state."""
        self.amount = state["amount"].copy()
        self.stock.restore(state)

    def _at(self) -> tuple[Ints, Ints]:
        rows, cells = np.ix_(self.stock.rows, self.stock.cells)
        return rows, cells

    def _totals(self, cells: Cells) -> Floats:
        return cells.mass[self._at()]

    def _beside(self, cells: Cells) -> Floats:
        """Return what water and solids hold per unit concentration, w_j, shape (component, cell of the oil) [L**3]."""
        assert cells.oil is not None
        return np.maximum(cells.content[self._at()] - cells.oil[self._at()], 0.0)

    def _in_oil(self, cells: Cells) -> Floats:
        return (cells.mass * self.part_in_oil(cells))[self._at()]

    def _flash(self, held: Floats, keeps: Floats) -> Floats:
        return oil_amount(held / self.stock.molar_mass, keeps, self.stock.bulk_moles)

    def _settle(self, cells: Cells, held: Floats, beside: Floats) -> None:
        """Put totals into the cells, and what the oil that follows from them keeps; given concentrations stay."""
        at = self._at()
        cells.mass[at] = np.where(cells.free[at], held, cells.mass[at])
        self.amount = self._flash(cells.mass[at], beside * self.stock.molar_solubility)
        assert cells.oil is not None
        cells.oil[at] = self.amount / self.stock.molar_solubility
        cells.content[at] = beside + cells.oil[at]
