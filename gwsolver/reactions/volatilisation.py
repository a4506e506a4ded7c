"""Loss to the air through the unsaturated zone, from the uppermost wet cell of each column.

    dm/dt = -A H D_e C / d,   D_e = (D_a a**(10/3) + (D_w / H) w**(10/3)) / n**2

with a and w the air and water content of the unsaturated zone, d its thickness, H = C_air / C_water: Millington and
Quirk (1961), Transactions of the Faraday Society 57, 1200-1207; as Johnson and Ettinger (1991), Environmental Science
and Technology 25(8), 1445-1452, use it. Over a cell of thickness b this is a first-order rate H D_e / (d b n R). A
capillary fringe, whose pores are full, is a layer in series and the larger part of the resistance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem, outside
from gwsolver.reactions.reaction import Book, Cells

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def effective_diffusion(
    diffusion_air: float, diffusion_water: float, henry: float, porosity: Floats, water_content: Floats
) -> Floats:
    """Return D_e of the unsaturated zone as its air sees it, shape as the porosity [L**2/T].

    Parameters
    ----------
    diffusion_air, diffusion_water : float
        D_a, D_w [L**2/T].
    henry : float
        H = C_air / C_water [-].
    porosity, water_content : ndarray of float64
        n, w [-]; w <= n.
    """
    air = np.maximum(porosity - water_content, 0.0)
    power = 10.0 / 3.0
    found = diffusion_air * air**power + diffusion_water / henry * np.minimum(water_content, porosity) ** power
    return np.asarray(found / porosity**2, float)


@dataclass(frozen=True)
class Volatile:
    """A species that goes to the air.

    Attributes
    ----------
    species : str
    henry : float
        C_air / C_water at the temperature of the ground [-].
    diffusion_air, diffusion_water : float
        [L**2/T].
    """

    species: str
    henry: float
    diffusion_air: float
    diffusion_water: float


@dataclass(frozen=True, eq=False)
class Volatilisation:
    """Loss to the air.

    Attributes
    ----------
    volatiles : tuple of Volatile
    column : ndarray of int64, shape (cell,)
        The column each cell belongs to.
    depth_order : ndarray of int64, shape (cell,)
        Rises downwards in a column: the layer.
    area, bottom, surface, porosity : ndarray of float64, shape (cell,)
        Plan area [L**2]; elevation of the cell's bottom and of the land surface above it [L]; n [-].
    water_content : float
        Of the unsaturated zone above the capillary fringe [-].
    fringe : float
        Thickness of the capillary fringe [L].
    least_depth : float
        The unsaturated zone is taken to be at least this thick [L].
    """

    volatiles: tuple[Volatile, ...]
    column: Ints
    depth_order: Ints
    area: Floats
    bottom: Floats
    surface: Floats
    porosity: Floats
    water_content: float
    fringe: float = 0.0
    least_depth: float = 0.1

    def start(self, species: Sequence[str], n_cells: int) -> "_Volatilisation":
        """Return the reaction; `InputError` with all problems."""
        found = [Problem(f"volatile species {v.species!r} is not a transported species", package="volatilisation")
                 for v in self.volatiles if v.species not in species]
        for v in self.volatiles:
            found += [Problem(f"{name} of {v.species}", package="volatilisation", value=value, allowed="(0, inf)")
                      for name, value in (("Henry's constant", v.henry), ("diffusion in air", v.diffusion_air),
                                          ("diffusion in water", v.diffusion_water)) if not 0.0 < value < np.inf]
        found += [Problem(name, package="volatilisation", value=value, allowed=f"[{low:g}, {high:g}]")
                  for name, value, low, high in (("water content", self.water_content, 0.0, 1.0),
                                                 ("capillary fringe", self.fringe, 0.0, np.inf))
                  if not low <= value <= high]
        if not self.least_depth > 0.0:
            found.append(Problem("least depth", package="volatilisation", value=self.least_depth, allowed="(0, inf)"))
        found += outside("porosity", self.porosity, "(0, 1]")
        for name in ("column", "depth_order", "area", "bottom", "surface", "porosity"):
            if getattr(self, name).shape != (n_cells,):
                found.append(Problem(f"{name} of volatilisation needs one value for each of {n_cells:,} cells"))
        if found:
            raise InputError(found)
        return _Volatilisation(self, species)

    def conductance(self, volatile: Volatile, cells: Ints, water: Floats) -> Floats:
        """Return k of dm/dt = -k C for the cells named, shape (some,) [L**3/T].

        Parameters
        ----------
        volatile : Volatile
        cells : ndarray of int64, shape (some,)
        water : ndarray of float64, shape (some,)
            Volume of water in them [L**3].
        """
        area, porosity = self.area[cells], self.porosity[cells]
        table = self.bottom[cells] + water / (area * porosity)
        depth = np.maximum(self.surface[cells] - table, self.least_depth)
        wet = np.minimum(self.fringe, depth)
        v = volatile
        open_, full = (effective_diffusion(v.diffusion_air, v.diffusion_water, v.henry, porosity, w)
                       for w in (np.minimum(self.water_content, porosity), porosity))
        return np.asarray(area * v.henry / ((depth - wet) / open_ + wet / full), float)


class _Volatilisation:
    """The reaction (`gwsolver.reactions.reaction.Reaction`)."""

    instant = False

    def __init__(self, setting: Volatilisation, species: Sequence[str]) -> None:
        self._setting = setting
        self._rows = [species.index(v.species) for v in setting.volatiles]
        self._order = np.lexsort((setting.depth_order, setting.column))

    def act(self, cells: Cells, length: float, book: Book) -> None:
        """Let it go for some time: m falls as exp(-k t / content)."""
        wet = self._order[cells.water[self._order] > 0.0]
        top = wet[np.unique(self._setting.column[wet], return_index=True)[1]]
        for row, volatile in zip(self._rows, self._setting.volatiles, strict=True):
            free = top[cells.free[row, top] & (cells.mass[row, top] > 0.0)]
            k = self._setting.conductance(volatile, free, cells.water[free])
            gone = -cells.mass[row, free] * np.expm1(-k * length / cells.content[row, free])
            cells.mass[row, free] -= gone
            amounts = np.zeros(cells.water.size)
            amounts[free] = -gone
            book(volatile.species, "volatilisation", "to air", amounts)

    def held(self) -> Mapping[str, Floats]:
        """Return nothing."""
        return {}

    def balances(self) -> Mapping[str, tuple[float, float]]:
        """Return nothing: what goes is booked by species."""
        return {}

    def state(self) -> Mapping[str, Floats]:
        """Return nothing."""
        return {}

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take nothing back."""
