"""Oil that dissolves at a limited rate, where water passes too fast or by too little of it for equilibrium.

    d(w C)/dt = W k_L a (x S - C),   dn/dt = -W k_L a (x S - C) / M

for each component; w = W R is what the cell holds per unit concentration beside oil. An implicit step of length h, with
p = h k_L a W / w and x that of the oil after it, gives

    C' = (C + p x' S) / (1 + p),   n' = n - v (x' s - c),   v = w p / (1 + p),

so that n' = (n + v c) N' / (N' + v s): the flash (`flash.py`) of what would exchange with a volume v instead of w.
It is bounded by equilibrium for any step, takes no more than there is, and is equilibrium for p without bound.
Here oil does not move and transport does not carry it: it belongs to this reaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.chemistry import Chemistry
from gwsolver.core.errors import InputError, Problem
from gwsolver.reactions.oil.body import OilBody, OilSetting
from gwsolver.reactions.oil.flash import in_oil, oil_amount
from gwsolver.reactions.oil.stock import BULK, OilStock
from gwsolver.reactions.reaction import Book, Cells

Floats = NDArray[np.float64]
IN_OIL = " in oil"


@dataclass(frozen=True, eq=False)
class RateLimited:
    """Oil that dissolves at a limited rate.

    Attributes
    ----------
    oil : OilSetting
    rates : mapping of str to float
        k_L a of each component [1/T] at the oil a cell has had at most, as `mass_transfer.transfer_rate` gives it.
    power : float
        k_L a falls with the (mass of oil / most it has been) to this power [-]; zero: it stays.
    """

    oil: OilSetting
    rates: Mapping[str, float]
    power: float = 0.0

    def start(self, species: Sequence[str], n_cells: int) -> "RateLimitedOil":
        """Return the reaction; `InputError` with all problems."""
        found = []
        for c in self.oil.components:
            rate = self.rates.get(c.species)
            if rate is None or not 0.0 < rate < np.inf:
                found.append(Problem(f"mass transfer rate of {c.species}", package="oil", value=rate,
                                     allowed="(0, inf)"))
        if not self.power >= 0.0:
            found.append(Problem("power of the mass transfer rate", package="oil", value=self.power,
                                 allowed="[0, inf)"))
        try:
            stock = OilStock(self.oil, species, n_cells, suffix=IN_OIL)
        except InputError as error:
            raise InputError([*error.problems, *found]) from None
        if found:
            raise InputError(found)
        return RateLimitedOil(stock, np.array([[self.rates[name]] for name in stock.names]), self.power)


def oil_bodies(chemistry: Chemistry | None) -> tuple[OilBody, ...]:
    """Return all bodies of oil, those in equilibrium with their water and those that dissolve slowly."""
    if chemistry is None:
        return ()
    slow = (s.oil for s in chemistry.settings if isinstance(s, RateLimited))
    return tuple(b for oil in (chemistry.oil, *slow) if oil is not None for b in oil.bodies)


class RateLimitedOil:
    """The reaction (`gwsolver.reactions.reaction.Reaction`).

    Attributes
    ----------
    in_oil : ndarray of float64, shape (component, cell of the oil)
        Mass of each component in the oil [M].
    """

    instant = False

    def __init__(self, stock: OilStock, rates: Floats, power: float) -> None:
        self.stock = stock
        self._rates, self._power = rates, power
        self.in_oil = stock.begin(_unbooked)
        self._most = stock.mass_of_oil(self.in_oil)
        self._reached = -np.inf  # leaks and losses are through to here
        self._before, self._moved = 0.0, 0.0

    def act(self, cells: Cells, length: float, book: Book) -> None:
        """Let oil leak in and go, then dissolve."""
        start = max(cells.time, self._reached)
        self._reached = start + length
        self.in_oil = self.in_oil + self.stock.fill(start, self._reached, book)
        self._most = np.maximum(self._most, self.stock.mass_of_oil(self.in_oil))
        self.in_oil = self.stock.lose(self.in_oil, start, self._reached, book)
        at = np.ix_(self.stock.rows, self.stock.cells)
        content, mass = cells.content[at], cells.mass[at]
        moved = self._dissolved(mass, content, cells.water[self.stock.cells], length)
        moved = np.where(cells.free[at], moved, 0.0)
        total = mass + self.in_oil
        self.in_oil = np.maximum(self.in_oil - moved, 0.0)
        cells.mass[at] = np.maximum(mass + moved, 0.0)
        self._before += float((total - cells.mass[at] - self.in_oil).sum())
        self._moved += float(np.abs(moved).sum() + total.sum())
        for j, name in enumerate(self.stock.names):
            if moved[j].any():
                book(name, "oil", "dissolution", self.stock.full(moved[j]))
                book(name + IN_OIL, "oil", "dissolution", -self.stock.full(moved[j]))

    def _dissolved(self, mass: Floats, content: Floats, water: Floats, length: float) -> Floats:
        """Return the mass that goes from oil to water, shape (component, cell) [M]; negative into the oil."""
        holds = content > 0.0
        whole = np.where(holds, content, 1.0)
        oil = self.stock.mass_of_oil(self.in_oil)
        left = np.divide(oil, self._most, out=np.zeros(oil.size), where=self._most > 0.0)
        pace = length * self._rates * left**self._power * water / whole
        volume = content * pace / (1.0 + pace)
        met, keeps = self.in_oil + volume * mass / whole, volume * self.stock.molar_solubility
        amount = oil_amount(met / self.stock.molar_mass, keeps, self.stock.bulk_moles)
        return np.where(holds & (oil > 0.0), self.in_oil - in_oil(met, keeps, amount), 0.0)

    def held(self) -> Mapping[str, Floats]:
        """Return the oil by component, and its bulk [M]."""
        found = {name + IN_OIL: self.stock.full(row) for name, row in zip(self.stock.names, self.in_oil, strict=True)}
        return {**found, BULK: self.stock.full(self.stock.bulk)}

    def balances(self) -> Mapping[str, tuple[float, float]]:
        """Return what dissolution lost or made, and how much was there to lose."""
        return {"dissolution": (self._before, self._moved)}

    def state(self) -> Mapping[str, Floats]:
        """Return all that is needed to go on bit for bit."""
        return {"in_oil": self.in_oil, "most": self._most,
                "sums": np.array([self._reached, self._before, self._moved]), **self.stock.state()}

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take back such a state."""
        self.in_oil, self._most = state["in_oil"].copy(), state["most"].copy()
        self._reached, self._before, self._moved = (float(x) for x in state["sums"])
        self.stock.restore(state)


def _unbooked(account: str, package: str, term: str, amounts: Floats | float) -> None:
    """Oil that is there when the reaction starts is not a change of it."""
