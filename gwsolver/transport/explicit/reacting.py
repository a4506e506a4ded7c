"""Species of the explicit engine that react: what reactions see of them, and what becomes of their state."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.clock import Spent
from gwsolver.core.steps import ReactionStep
from gwsolver.reactions.reaction import Cells
from gwsolver.reactions.reactor import Reactor
from gwsolver.transport.explicit.species import ExplicitSpecies
from gwsolver.transport.explicit.work import Work

Floats = NDArray[np.float64]
# What the oil keeps counts as new where a cell's content has changed by more than this part: what is made for the old
# contents lasts until then, and concentrations are that near to equilibrium.
NEW = 2e-4


class Reacting:
    """Hands the masses of all species to the reactions before and after each step of transport.

    Parameters
    ----------
    reactor : Reactor
    species : sequence of ExplicitSpecies
        Those of the engine; the reactor names some or all of them.

    Attributes
    ----------
    latest : ReactionStep or None
        What reactions did in the latest interval.
    spent : Spent
        Time that went into reactions, looking at species and taking their masses back included.
    """

    def __init__(self, reactor: Reactor, species: Sequence[ExplicitSpecies]) -> None:
        self._reactor = reactor
        by_name = {s.model.name: i for i, s in enumerate(species)}
        self._places = [by_name[name] for name in reactor.species]
        self._species = species
        self.latest: ReactionStep | None = None
        self.spent = Spent()

    def begin(self, works: Sequence[Work], start: float, first: bool) -> None:
        """Begin an interval; at the very first one oil that lies there arrives."""
        self._reactor.begin()
        if first:
            cells = self._cells(works, start, start)
            self._reactor.arrive(cells)
            self._take(works, start, cells)

    def until(self, start: float, end: float) -> float:
        """Return the next splitting time, not beyond `end` [T]."""
        return self._reactor.until(start, end, self._species[self._places[0]].crossing())

    def before(self, works: Sequence[Work], start: float, until: float) -> None:
        """Let reactions act for the first half of the interval."""
        if not self._reactor.timed:
            return
        with self.spent:
            cells = self._cells(works, start, start)
            self._reactor.before(cells, until - start)
            self._take(works, start, cells)

    def after(self, works: Sequence[Work], start: float, until: float) -> None:
        """Let reactions act for the second half."""
        with self.spent:
            cells = self._cells(works, until, start)
            self._reactor.after(cells, until - start)
            self._take(works, until, cells)

    def end(self, start: float, until: float) -> None:
        """End an interval: what reactions moved goes into the books of each species."""
        self.latest = self._reactor.step(start, until)
        for name, place in zip(self._reactor.species, self._places, strict=True):
            self._species[place].book(self._reactor.ledger(name))

    def _cells(self, works: Sequence[Work], time: float, since: float) -> Cells:
        """Return all cells at a time within the works' flow step; the reactions' interval began at `since`."""
        own = [works[i] for i in self._places]
        k, part = own[0].capacity, own[0].part(time)
        water = k.water(part)
        mass, content = np.stack([w.mass for w in own]), np.empty((len(own), water.size))
        free = np.ones(mass.shape, bool)
        oil = None if all(w.capacity.oil is None for w in own) else np.zeros(mass.shape)
        for i, work in enumerate(own):
            kept = work.capacity.oil
            content[i] = water + work.capacity.sorbed
            if not work.retention.linear:
                content[i] += work.solid * work.retention.secant(work.concentration)
            if oil is not None and kept is not None:
                oil[i] = kept
                content[i] += kept
            free[i, work.boundaries.fixed_cells] = False
        return Cells(self._reactor.species, mass, content, water, k.solid, free, since, oil, k.saturation)

    def _take(self, works: Sequence[Work], time: float, cells: Cells) -> None:
        """Take masses back, and what the oil keeps; concentrations follow where either has changed."""
        for i, place in enumerate(self._places):
            work, species = works[place], self._species[place]
            changed = cells.mass[i] != work.mass
            if cells.oil is not None:
                before, oil = work.capacity.oil, cells.oil[i]
                if oil.any() if before is None else _differs(before, oil, cells.content[i]):
                    species.hold(work, oil.copy())
                    changed |= oil > 0.0
                    if before is not None:
                        changed |= before > 0.0
            if not changed.any():
                continue
            work.mass[:] = cells.mass[i]
            kept = work.concentration.copy()
            work.equilibrate(time)
            work.concentration[:] = np.where(changed, work.concentration, kept)


def _differs(before: Floats, oil: Floats, content: Floats) -> bool:
    """Return whether the oil of some cell keeps more or less than it did, by what matters, or is gone."""
    there = (before > 0.0) | (oil > 0.0)
    return bool(np.any(np.abs(oil - before)[there] > NEW * content[there]) or np.any((oil > 0.0) != (before > 0.0)))
