"""Instantaneous reactions of donors with electron acceptors in order, until donors or acceptors are gone.

For each acceptor in turn, with F the mass of acceptor per mass of donor and H, A the masses at hand,

    xi_j = H_j min(1, A / sum_j F_j H_j)          shared in proportion to F H, whatever the donors' order, or
    xi_j = min(H_j, A / F_j), donor after donor   by priority.

Of a product that is limited (iron(II), methane) A is what is missing from its capacity. What is degradable is by
default all of a donor that water, solids and oil of the cell hold: desorption and dissolution are at equilibrium, as
reaction is, so that the dissolved donor is taken at once from what follows it. ``acts_on="dissolved"`` leaves the rest
for the next act (BIOPLUME's practice); the steady plume is the same, how fast it comes is not.

Borden and Bedient (1986), Water Resources Research 22(13), 1973-1982; Rifai et al. (1998), EPA/600/R-98/010.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gwsolver.core.errors import InputError, Problem, located
from gwsolver.kernels import n_threads, reactions_instantaneous
from gwsolver.reactions.degradation.checks import problems
from gwsolver.reactions.degradation.extents import ByExtents, Extents, Ints, flags
from gwsolver.reactions.degradation.network import HELD, PROCESSES, Acceptor, Donor, accounts, factor, oxidation
from gwsolver.reactions.reaction import Book, Cells, Floats

SHARING = ("proportional", "priority")
ACTS_ON = ("total", "dissolved")


@dataclass(frozen=True, eq=False)
class Setting:
    """Instantaneous reactions.

    Attributes
    ----------
    donors : tuple of Donor
        In the order in which they take, if by priority.
    acceptors : tuple of Acceptor
        In the order in which they are taken.
    sharing : str
        "proportional" or "priority".
    acts_on : str
        "total": all of a donor that the cell holds; "dissolved".
    carbon_dioxide : str
        The species that follows CO2, "" if none does.
    name : str
        Package in the books.
    wetted : bool
        Whether Fe(III) counts as far up in a cell as water has reached; else all of it from the start.
    """

    donors: tuple[Donor, ...]
    acceptors: tuple[Acceptor, ...]
    sharing: str = "proportional"
    acts_on: str = "total"
    carbon_dioxide: str = ""
    name: str = "degradation"
    wetted: bool = False

    @property
    def meets(self) -> tuple[tuple[str, str], ...]:
        """Donors and acceptors that cannot be in one place: the length of the plume depends on how they mix."""
        return tuple((d.species, a.species) for d in self.donors for a in self.acceptors if a.species)

    def start(self, species: Sequence[str], n_cells: int) -> "Instantaneous":
        """Return the reaction; `InputError` with all problems."""
        found = problems(self.donors, self.acceptors, species, self.carbon_dioxide, n_cells)
        found += [
            Problem(
                f"{a.process} has no limit: it would take all donors at once",
                hint="Give the capacity of its product" + (", or what the solids hold." * (a.process == "iron") or "."),
            )
            for a in self.acceptors
            if a.process in PROCESSES and PROCESSES[a.process].seen_in == "made"
            and a.capacity is None and a.solid is None
        ]  # fmt: skip
        for what, value, allowed in (("sharing", self.sharing, SHARING), ("acts_on", self.acts_on, ACTS_ON)):
            if value not in allowed:
                found.append(Problem(what, value=value, allowed=f"one of {', '.join(allowed)}"))
        most = reactions_instantaneous.MOST_DONORS
        if len(self.donors) > most:
            found.append(Problem("number of donors", value=len(self.donors), allowed=f"up to {most}"))
        if found:
            raise InputError(located(found, package=self.name))
        return Instantaneous(self, species, n_cells)


class Instantaneous(ByExtents):
    """The reaction at work."""

    instant = True

    def __init__(self, setting: Setting, species: Sequence[str], n_cells: int) -> None:
        network = oxidation(setting.donors, setting.acceptors, species, setting.carbon_dioxide)
        solids = {PROCESSES[a.process].taken_account: a.solid for a in setting.acceptors if a.solid is not None}
        self.extents = Extents(network, species, n_cells, solids, setting.name, setting.wetted)
        self._tables = _tables(setting, self.extents)
        self._ways = setting.acts_on == "dissolved", setting.sharing == "priority"

    def act(self, cells: Cells, length: float, book: Book) -> None:
        """React; `length` does not matter."""
        self.extents.meet(cells, book)
        tables = (*self._tables, *self._ways, *self.extents.accounts())
        reactions_instantaneous.instantaneous(
            cells.mass, cells.content, cells.water, flags(cells.free), self.extents.held, *tables, n_threads()
        )
        self.extents.tell(cells, book)


def _tables(setting: Setting, extents: Extents) -> tuple[Ints, Ints, Ints, Floats, Ints, Floats, Ints]:
    """Return rows and factors as the kernel wants them: donor, taken, made, capacity, solid, need, step."""
    network, acceptors = extents.network, setting.acceptors
    solids = network.named(HELD)
    steps = {(s.donor, s.by): r for r, s in enumerate(network.steps)}
    step = np.array([[steps.get((d.species, a.process), -1) for d in setting.donors] for a in acceptors], np.int32)
    need = np.array([[factor(d, a.process) for d in setting.donors] for a in acceptors])
    names = [accounts(a, setting.carbon_dioxide)[0] for a in acceptors]
    return (
        np.array([extents.row(d.species) for d in setting.donors], np.int32),
        np.array([extents.row(a.species) for a in acceptors], np.int32),
        np.array([extents.row(a.product) if a.capacity is not None else -1 for a in acceptors], np.int32),
        np.array([np.inf if a.capacity is None else a.capacity for a in acceptors]),
        np.array([solids.index(name) if name in solids else -1 for name in names], np.int32),
        np.where(step >= 0, need, 0.0),
        step,
    )
