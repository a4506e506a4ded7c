"""Oil bodies as plain data: where oil lies, of what it is made, what fills it and what takes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem, nearest, outside
from gwsolver.reactions.sources import Source

if TYPE_CHECKING:
    from gwsolver.reactions.oil.equilibrium import OilBodies

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class OilComponent:
    """A transported species that dissolves from oil.

    Attributes
    ----------
    species : str
        As transport names it.
    molar_mass : float
        M [g/mol].
    solubility : float
        Of the pure liquid (sub-cooled if it is solid) in this water, times its activity coefficient in oil where that
        is not one: S gamma [M/L**3].
    """

    species: str
    molar_mass: float
    solubility: float

    @property
    def molar_solubility(self) -> float:
        """Molar solubility, s = S / M [mol/L**3], with "mol" the model's unit of mass over g/mol."""
        return self.solubility / self.molar_mass


@dataclass(frozen=True)
class Oil:
    """What an oil is made of.

    Attributes
    ----------
    fractions : mapping of str to float
        Mass fraction of each component that is a transported species [-].
    bulk_molar_mass : float
        Mean molar mass of all the rest, which stays in the oil [g/mol].
    density : float
        Of the whole oil [M/L**3].
    """

    fractions: Mapping[str, float]
    bulk_molar_mass: float
    density: float

    @property
    def bulk_fraction(self) -> float:
        """Mass fraction of the rest, not below zero."""
        return max(1.0 - sum(self.fractions.values()), 0.0)

    def mole_fractions(self, molar_mass: Mapping[str, float]) -> dict[str, float]:
        """Return the mole fraction of each transported component, x_j = (w_j/M_j) / sum (w/M)."""
        moles = {name: fraction / molar_mass[name] for name, fraction in self.fractions.items()}
        total = sum(moles.values()) + (self.bulk_fraction / self.bulk_molar_mass if self.bulk_fraction else 0.0)
        return {name: n / total for name, n in moles.items()}


@dataclass(frozen=True, eq=False)
class Leak:
    """Oil that comes in time.

    Attributes
    ----------
    rate : Source
        Mass of oil [M/T].
    shares : ndarray of float64, shape (cell of the body,)
        Part that each of the body's cells gets; they add up to one.
    """

    rate: Source
    shares: Floats


@dataclass(frozen=True, eq=False)
class Removal:
    """Oil dug out, pumped or flushed away at a date.

    Attributes
    ----------
    time : float
        [T].
    left : float
        Factor on the oil that stays, 0 to 1. What is dissolved and sorbed stays as it is.
    cells : ndarray of int64, shape (some,)
        Marked cells, whatever body's oil they hold.
    """

    time: float
    left: float
    cells: Ints


@dataclass(frozen=True, eq=False)
class OilBody:
    """One oil body.

    Attributes
    ----------
    name : str
    cells : ndarray of int64, shape (k,)
        Cells that hold it or will, each once.
    mass : ndarray of float64, shape (k,)
        Oil at the start [M]; zero where a leak is to fill it.
    oil : Oil
    area : ndarray of float64, shape (k,)
        Plan area over which source-zone depletion acts [L**2]; where a body is several cells deep, each has its share.
    depletion_rate : float
        Natural source-zone depletion, mass of oil per area and time [M/L**2/T].
    depletes : str
        "all": every component and the bulk alike, in proportion to their mass, so that composition stays; "bulk": only
        what does not dissolve.
    leaks : tuple of Leak
    removals : tuple of Removal
    """

    name: str
    cells: Ints
    mass: Floats
    oil: Oil
    area: Floats = field(default_factory=lambda: np.zeros(0))
    depletion_rate: float = 0.0
    depletes: Literal["all", "bulk"] = "all"
    leaks: tuple[Leak, ...] = ()
    removals: tuple[Removal, ...] = ()

    def problems(self, components: Mapping[str, OilComponent], n_cells: int) -> list[Problem]:
        """Return everything that keeps this body from being solved."""
        found = [*self._oil_problems(components), *outside("oil mass", self.mass, "[0, inf)", self._cell)]
        if self.cells.size != self.mass.size or self.cells.size == 0:
            found.append(Problem(f"{self.cells.size} cells but {self.mass.size} masses of oil"))
        if self.cells.size and not (self.cells.min() >= 0 and self.cells.max() < n_cells):
            found.append(Problem(f"a cell lies outside the grid of {n_cells:,} active cells"))
        if np.unique(self.cells).size != self.cells.size:
            found.append(Problem("a cell is named twice"))
        if not self.depletion_rate >= 0.0:
            found.append(Problem("source-zone depletion", value=self.depletion_rate, allowed="[0, inf)"))
        if self.depletion_rate > 0.0 and self.area.size != self.cells.size:
            found.append(Problem("source-zone depletion needs the plan area of every cell"))
        found += outside("area of oil", self.area, "[0, inf)", self._cell)
        for leak in self.leaks:
            found += outside("share of a leak", leak.shares, "[0, 1]", self._cell)
            if leak.shares.size != self.cells.size or not abs(leak.shares.sum() - 1.0) < 1e-9:
                found.append(Problem("shares of a leak", value=f"{leak.shares.sum():g} in all",
                                     allowed="one share a cell, 1 in all"))
        found += [Problem("factor of a removal", value=r.left, allowed="[0, 1]")
                  for r in self.removals if not 0.0 <= r.left <= 1.0]
        return [Problem(p.what, package=f'oil body "{self.name}"', cell=p.cell, value=p.value, allowed=p.allowed,
                        hint=p.hint) for p in found]

    def _oil_problems(self, components: Mapping[str, OilComponent]) -> list[Problem]:
        oil, found = self.oil, []
        for name, fraction in oil.fractions.items():
            if name not in components:
                near = nearest(name, components)
                found.append(Problem(f"component {name!r} is not among the species that dissolve from oil",
                                     hint=f"Did you mean {near!r}?" if near else f"They are: {', '.join(components)}."))
            if not 0.0 <= fraction <= 1.0:
                found.append(Problem(f"mass fraction of {name}", value=fraction, allowed="[0, 1]"))
        total = sum(oil.fractions.values())
        if not total <= 1.0 + 1e-9:
            found.append(Problem(f"mass fractions of components sum to {100.0 * total:g} %, more than 100 %"))
        if oil.bulk_fraction > 0.0 and not oil.bulk_molar_mass > 0.0:
            found.append(Problem("molar mass of the bulk oil", value=oil.bulk_molar_mass, allowed="(0, inf)"))
        if not oil.density > 0.0:
            found.append(Problem("density of the oil", value=oil.density, allowed="(0, inf)"))
        return found

    def _cell(self, index: int) -> str:
        return f"its cell {index + 1}"


@dataclass(frozen=True, eq=False)
class OilSetting:
    """All oil of a model, in the model's units.

    Attributes
    ----------
    components : tuple of OilComponent
    bodies : tuple of OilBody
    """

    components: tuple[OilComponent, ...]
    bodies: tuple[OilBody, ...]

    def start(self, species: Sequence[str], n_cells: int) -> "OilBodies":
        """Return the oil in equilibrium, ready to act; `InputError` with all problems."""
        from gwsolver.reactions.oil.equilibrium import OilBodies

        return OilBodies(self, species, n_cells)

    def check(self, species: Sequence[str], n_cells: int) -> None:
        """Raise `InputError` with everything that does not fit."""
        found = []
        for c in self.components:
            if c.species not in species:
                near = nearest(c.species, species)
                found.append(Problem(f"oil component {c.species!r} is not a transported species", package="oil",
                                     hint=f"Did you mean {near!r}?" if near else f"Species: {', '.join(species)}."))
            for what, value in (("molar mass", c.molar_mass), ("solubility", c.solubility)):
                if not 0.0 < value < np.inf:
                    found.append(Problem(f"{what} of {c.species}", package="oil", value=value, allowed="(0, inf)"))
        known = {c.species: c for c in self.components}
        if len(known) < len(self.components):
            found.append(Problem("a component of oil is named twice", package="oil"))
        for body in self.bodies:
            found += body.problems(known, n_cells)
        if found:
            raise InputError(found)
