"""The books of one interval: every amount that entered or left, by package and term."""

import math
from collections.abc import Sequence

import numpy as np

from gwsolver.core.ledger import Ledger, total
from gwsolver.core.simulation import TransportModel
from gwsolver.core.time import TimeStep
from gwsolver.kernels import transport_cells
from gwsolver.transport.processes import Booked
from gwsolver.transport.sources import Boundaries, Floats, Ints
from gwsolver.transport.water import Store


class Books:
    """Ledger of one interval, opened with the state at its start and closed with that at its end.

    Storage is booked cell by cell, what falls as in and what rises as out, net over the interval, as
    MODFLOW does. Cells of given concentration are outside the balance: what they pass on enters it.
    Where models share a grid each has books of its own, "model/" before the name of every package.
    `by_cell`: keep storage, decay and flow imbalance of each cell as mean rates too (`cell_rates`).
    """

    def __init__(self, model: TransportModel, start: float, end: float, *, by_cell: bool = False) -> None:
        self.ledger = Ledger()
        self.cell_rates: dict[tuple[str, str], Floats] = {}
        self._by_cell = by_cell
        self.package_rates: dict[str, tuple[Ints, Floats]] = {}
        self.start, self.end = start, end
        self.part_masses: tuple[tuple[float, float], ...] = ()
        self._parts = model.grid.parts
        self._ones = np.ones(model.grid.n_cells)

    def open(self, mass: Floats, dissolved_part: Floats, store: Store, oil_part: Floats | None = None) -> None:
        """Note the state at the start."""
        self._dissolved = mass * dissolved_part
        self._oil = None if oil_part is None else mass * oil_part
        self._sorbed = mass - self._dissolved if self._oil is None else mass - self._dissolved - self._oil
        self._stored = store.mass.copy()

    def close(
        self, b: Boundaries, mass: Floats, dissolved_part: Floats, store: Store, integral: Floats, taken: Floats,
        fixed_net: Floats, rewetted: Floats, processes: Sequence[Booked] = (),
        decayed: tuple[float, float] | None = None, oil_part: Floats | None = None,
    ) -> None:
        """Book everything.

        Parameters
        ----------
        integral : ndarray of float64, shape (cell,)
            Concentration integrated over the interval [M T/L**3].
        taken : ndarray of float64, shape (cell,)
            Mass that SRC took out of cells [M].
        fixed_net : ndarray of float64, shape (entry,)
            Mass that entered cells of given concentration from their neighbours [M].
        rewetted : ndarray of float64, shape (cell,)
            Mass met in parts of cells that had not been wet before [M].
        processes : sequence of Booked
            What acted on single cells beside the fluxes; each books its own sums.
        decayed : tuple of float, optional
            Dissolved and sorbed mass that decayed [M], where `integral` does not tell.
        oil_part : ndarray of float64, shape (cell,), optional
            Share of the mass that is in the oil.
        """
        span = self.end - self.start
        for e in b.entries:
            amounts = e.inflow * span - e.outflow * integral[e.cells]
            if b.takes:
                share = taken[e.cells] / np.where(b.taken[e.cells] > 0.0, b.taken[e.cells], 1.0)
                amounts = np.where(e.inflow < 0.0, e.inflow * share, amounts)
            self._package(e.name, e.kind, e.cells, amounts, span)
        fixed_net = fixed_net.copy()
        for process in processes:
            process.book(self.ledger, self.package_rates, fixed_net, span)
        for name in dict.fromkeys(b.fixed_name):
            own = np.array([n == name for n in b.fixed_name])
            self._package(name, "cnc", b.fixed_cells[own], -fixed_net[own], span)
        free = np.where(b.fixed, 0.0, self._ones)
        dissolved = mass * dissolved_part
        self._difference("storage", "dissolved", self._dissolved, dissolved, free)
        sorbed = mass - dissolved
        if oil_part is not None or self._oil is not None:
            zero = np.zeros(mass.size)
            oil = zero if oil_part is None else mass * oil_part
            sorbed = sorbed - oil
            self._difference("storage", "in oil", zero if self._oil is None else self._oil, oil, free)
        if self._sorbed.any() or sorbed.any():
            self._difference("storage", "sorbed", self._sorbed, sorbed, free)
        if self._stored.any() or store.mass.any():
            self._difference("storage", "retained", self._stored, store.mass, free)
        if self._by_cell and rewetted.any():
            self.cell_rates["storage", "rewetted"] = rewetted / span
        for part in self._parts:
            if rewetted[part.cells].any():
                self.ledger.add(f"{part.label}storage", "rewetted", total(rewetted[part.cells]))
        self.part_masses = tuple(
            (float(dissolved[p.cells].sum() + store.mass[p.cells].sum()), float(sorbed[p.cells].sum()))
            for p in self._parts
        )
        zero = np.zeros(mass.size)
        for kind, (term, rate) in enumerate((("dissolved", b.decay_dissolved), ("sorbed", b.decay_sorbed))):
            if rate.any() and decayed is not None:
                self.ledger.add("decay", term, 0.0, decayed[kind])
            elif rate.any():
                self._difference("decay", term, zero, integral, rate)
        if b.imbalance.any():
            self._difference("flow", "flow imbalance", zero, integral, b.imbalance)

    def _package(self, name: str, kind: str, cells: Ints, amounts: Floats, span: float) -> None:
        self.ledger.add_each(name, kind, amounts)
        self.package_rates[name] = (cells, amounts / span if span > 0.0 else np.zeros(amounts.size))

    def _difference(self, package: str, term: str, before: Floats, after: Floats, factor: Floats) -> None:
        """Book (before - after) * factor, summed exactly: what falls comes in, what rises goes out."""
        if self._by_cell:
            self.cell_rates[package, term] = (before - after) * factor / (self.end - self.start)
        for part in self._parts:
            sums, own = np.zeros(4), part.cells
            transport_cells.signed_sums(before[own], after[own], factor[own], sums)
            self.ledger.add(part.label + package, term, math.fsum(sums[:2]), math.fsum(-sums[2:]))


def saves_budget(model: TransportModel, stress: TimeStep) -> bool:
    """Whether output control saves the budget of this time step of a model: then engines keep it cell by cell."""
    return model.output.saves("budget", stress, model.time.periods[stress.period].n_steps)
