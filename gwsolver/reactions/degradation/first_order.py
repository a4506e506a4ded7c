"""First-order decay and chains of parents and daughters, exact over any time.

    du_i/dt = - k_i p_i u_i + sum_j Y_ij k_j p_j u_j

u is a cell's mass per volume of water, Y_ij the mass of daughter i per mass of parent j gone, and p what decays of it:
``acts_on="dissolved"`` (p = 1 / R, the default, as in the kinetic models) or ``"total"`` (p = 1: what is sorbed or in
oil decays as fast, so that a species alone falls by exp(-k t)). Any network of parents will do, cycles included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gwsolver.core.errors import InputError, Problem, located
from gwsolver.kernels import n_threads, reactions_first_order
from gwsolver.reactions.degradation.checks import unknown
from gwsolver.reactions.degradation.extents import ByExtents, Extents, Ints, flags
from gwsolver.reactions.degradation.kinetic import ACTS_ON
from gwsolver.reactions.degradation.network import Builder, Network
from gwsolver.reactions.degradation.rates import activity_problems
from gwsolver.reactions.reaction import Book, Cells, Floats


@dataclass(frozen=True)
class Decay:
    """A species that decays.

    Attributes
    ----------
    species : str
    rate : float
        k [1/T], >= 0; ln 2 over the half-life.
    daughters : mapping of str to float
        Mass of each daughter made per mass gone [-]: moles made times the ratio of molar masses.
    """

    species: str
    rate: float
    daughters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Setting:
    """First-order decay.

    Attributes
    ----------
    decays : tuple of Decay
    acts_on : str
        "dissolved" or "total".
    activity : float or ndarray of float64, shape (cell,)
        Factor of all rates, by temperature or place [-].
    name : str
        Package in the books.
    """

    decays: tuple[Decay, ...]
    acts_on: str = "dissolved"
    activity: float | Floats = 1.0
    name: str = "degradation"

    @property
    def degrades(self) -> tuple[str, ...]:
        """Species that it takes at a rate: they must not decay in their transport model too."""
        return tuple(d.species for d in self.decays)

    def start(self, species: Sequence[str], n_cells: int) -> "FirstOrder":
        """Return the reaction; `InputError` with all problems."""
        found = unknown([n for d in self.decays for n in (d.species, *d.daughters)], species)
        found += activity_problems(self.activity, n_cells)
        if not self.decays:
            found.append(Problem("no species decays", hint="Name at least one with its rate."))
        if self.acts_on not in ACTS_ON:
            found.append(Problem("acts_on", value=self.acts_on, allowed=f"one of {', '.join(ACTS_ON)}"))
        for decay in self.decays:
            found += _decay_problems(decay)
        names = [d.species for d in self.decays]
        found += [Problem(f"decay of '{n}' is given twice") for n in dict.fromkeys(names) if names.count(n) > 1]
        n, most = len(_members(self.decays)), reactions_first_order.MOST_SPECIES
        if n > most:
            found.append(Problem("number of species that decay", value=n, allowed=f"up to {most}"))
        if found:
            raise InputError(located(found, package=self.name))
        return FirstOrder(self, species, n_cells)


def _decay_problems(decay: Decay) -> list[Problem]:
    found = []
    if not 0.0 <= decay.rate < np.inf:
        found.append(Problem(f"rate of '{decay.species}'", value=decay.rate, allowed="[0, inf)"))
    for name, value in decay.daughters.items():
        if not 0.0 <= value < np.inf:
            found.append(Problem(f"yield of '{name}' from '{decay.species}'", value=value, allowed="[0, inf)"))
    if decay.species in decay.daughters:
        found.append(Problem(f"'{decay.species}' is its own daughter"))
    return found


class FirstOrder(ByExtents):
    """The reaction at work."""

    instant = False

    def __init__(self, setting: Setting, species: Sequence[str], n_cells: int) -> None:
        network = _network(setting.decays, species)
        self.extents = Extents(network, species, n_cells, {}, setting.name)
        self._activity = np.array(np.broadcast_to(setting.activity, (n_cells,)), float)
        self._whole = setting.acts_on == "total"
        self._tables = _tables(setting.decays, network)

    def act(self, cells: Cells, length: float, book: Book) -> None:
        """Decay for some time [T]."""
        tables = (self._activity, self._whole, *self._tables, *self.extents.accounts())
        reactions_first_order.first_order(
            cells.mass, cells.content, cells.water, flags(cells.free), self.extents.held, length, *tables, n_threads()
        )
        self.extents.tell(cells, book)


def _network(decays: Sequence[Decay], species: Sequence[str]) -> Network:
    """Return the network; masses of yields are the user's, so that it claims no balances."""
    build = Builder(species)
    for name in _members(decays):
        build.entry(name)
    for decay in decays:
        build.step(decay.species, "decay", {decay.species: -1.0, **decay.daughters}, exact=False)
    return build.network()


def _members(decays: Sequence[Decay]) -> list[str]:
    """Return all species that decay or are made."""
    return list(dict.fromkeys(n for d in decays for n in (d.species, *d.daughters)))


def _tables(decays: Sequence[Decay], network: Network) -> tuple[Ints, Ints, Ints, Floats, Floats]:
    """Return families and their members as the kernel wants them."""
    names = _members(decays)
    links = [(names.index(d.species), names.index(n)) for d in decays for n in d.daughters]
    rows, columns = np.array(links, int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(links)), (rows, columns)), shape=(len(names), len(names)))
    family = connected_components(graph, directed=False)[1]
    order = np.argsort(family, kind="stable")
    steps = {step.donor: r for r, step in enumerate(network.steps)}
    by_name = {d.species: d for d in decays}
    yields = np.zeros((len(names), len(names)))
    for parent, daughter in links:
        yields[daughter, parent] = by_name[names[parent]].daughters[names[daughter]]
    return (
        np.append(0, np.bincount(family).cumsum()).astype(np.int32),
        np.array([network.index(names[k]) for k in order], np.int32),
        np.array([steps.get(names[k], -1) for k in order], np.int32),
        np.array([by_name[names[k]].rate if names[k] in by_name else 0.0 for k in order]),
        np.ascontiguousarray(yields[np.ix_(order, order)]),
    )
