"""Reactions whose rates are products of factors, as the compiled solver takes them.

    d xi_k / dt = activity * k_k * product of g(z),   z = max(0, offset + sum of weight * C)

with g linear (z), a saturation z / (K + z), or an inhibition K / (K + z). A capacity of which something is missing is
z = capacity - C, competition an inhibition by z = sum of C_i / K_i: models are lists of such laws, nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from gwsolver.core.errors import Problem, outside
from gwsolver.kernels import n_threads, reactions_kinetic
from gwsolver.reactions.degradation.extents import ByExtents, Extents, Flags, Ints, flags
from gwsolver.reactions.degradation.network import BOOK, Network
from gwsolver.reactions.reaction import Book, Cells, Floats


@dataclass(frozen=True)
class Factor:
    """One factor g(z) of a rate.

    Attributes
    ----------
    kind : str
        "linear", "saturation" or "inhibition".
    weights : tuple of (str, float)
        Entries and their weights in z.
    constant : float
        K, in z's unit; no matter where linear.
    offset : float
    """

    kind: str
    weights: tuple[tuple[str, float], ...]
    constant: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True)
class Law:
    """The rate of one step: a constant and its factors."""

    rate: float
    factors: tuple[Factor, ...]


def linear(name: str) -> Factor:
    """Return C."""
    return Factor("linear", ((name, 1.0),))


@dataclass(frozen=True)
class Tolerances:
    """How exact a cell's steps are: of a concentration's size [-], and absolute [M/L**3]."""

    relative: float = 1e-4
    absolute: float = 1e-6

    def problems(self) -> list[Problem]:
        """Return what is wrong with them."""
        values = {"relative_tolerance": self.relative, "absolute_tolerance": self.absolute}
        return [
            Problem(name, value=value, allowed="(0, inf)") for name, value in values.items() if not 0.0 < value < np.inf
        ]


class Rates(ByExtents):
    """Such a reaction at work.

    Parameters
    ----------
    network : Network
    laws : sequence of Law
        One for each step.
    species, n_cells, held, name, wetted
        As `Extents` takes them.
    whole : iterable of str
        Entries of which rates see all mass per volume of water, not what is dissolved.
    tolerances : Tolerances
    activity : float or ndarray of float64, shape (cell,)
        Factor of all rates [-].
    """

    instant = False

    def __init__(
        self, network: Network, laws: Sequence[Law], species: Sequence[str], n_cells: int,
        held: Mapping[str, float | Floats], name: str, *, whole: Iterable[str] = (),
        tolerances: Tolerances | None = None, activity: float | Floats = 1.0, wetted: bool = False,
    ) -> None:  # fmt: skip
        self.extents = Extents(network, species, n_cells, held, name, wetted)
        self._tolerances = tolerances or Tolerances()
        self._activity = np.array(np.broadcast_to(activity, (n_cells,)), float)
        self._tables = _tables(network, laws, frozenset(whole))
        self.attempts = np.zeros(n_cells, np.int32)  # steps that each cell tried in the latest act

    def act(self, cells: Cells, length: float, book: Book) -> None:
        """Let concentrations follow their rates for some time [T]."""
        self.extents.meet(cells, book)
        tables = (self._activity, *self._tables, *self.extents.accounts(), self.attempts)
        reactions_kinetic.kinetic(
            cells.mass, cells.content, cells.water, flags(cells.free), self.extents.held, length,
            self._tolerances.relative, self._tolerances.absolute, *tables, n_threads(),
        )  # fmt: skip
        self.extents.tell(cells, book)


def activity_problems(activity: float | Floats, n_cells: int) -> list[Problem]:
    """Return what is wrong with a factor of rates."""
    values = np.asarray(activity, float)
    if values.shape not in ((), (n_cells,)):
        return [Problem(f"activity of {values.size} cells where the model has {n_cells}")]
    return outside("activity", np.atleast_1d(values), "[0, inf)")


def size_problems(network: Network, laws: Sequence[Law]) -> list[Problem]:
    """Return a problem for each size beyond what the compiled solver has room for."""
    factors = {f for law in laws for f in law.factors}
    sizes = {
        "species that react": (len(_active(network, laws)), reactions_kinetic.MOST_ACTIVE),
        "reactions": (len(laws), reactions_kinetic.MOST_STEPS),
        "factors of all rates": (len(factors), reactions_kinetic.MOST_FACTORS),
        "factors of one rate": (max(len(law.factors) for law in laws), reactions_kinetic.MOST_PRODUCT),
        "terms of all rates": (
            sum(len(f.weights) for law in laws for f in law.factors), reactions_kinetic.MOST_TERMS
        ),
    }  # fmt: skip
    return [
        Problem(f"number of {what}", value=n, allowed=f"up to {most}") for what, (n, most) in sizes.items() if n > most
    ]


def _active(network: Network, laws: Sequence[Law]) -> list[int]:
    """Return the entries that rates see, or that steps take from where they are."""
    seen = {network.index(name) for law in laws for f in law.factors for name, _ in f.weights}
    taken = {int(i) for i in np.flatnonzero((network.stoichiometry < 0.0).any(axis=1))}
    return sorted(seen | {i for i in taken if network.entries[i].place != BOOK})


def _compressed(rows: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Return where each row begins, and all rows behind each other."""
    first = np.array(list(accumulate(map(len, rows), initial=0)), np.int32)
    return first, np.array([i for row in rows for i in row] or [0], np.int32)


def _tables(
    network: Network, laws: Sequence[Law], whole: frozenset[str]
) -> tuple[
    Ints, Flags, Ints, Ints, Floats, Floats, Ints, Ints, Floats, Floats, Ints, Ints, Ints, Ints, Floats, Flags
]:  # fmt: skip
    """Return what the kernel wants: active, whole, lead, factors, steps, and S of active entries."""
    active = _active(network, laws)
    place = {i: a for a, i in enumerate(active)}
    factors = list(dict.fromkeys(f for law in laws for f in law.factors))
    z_first, z_entry = _compressed([[place[network.index(name)] for name, _ in f.weights] for f in factors])
    f_first, f_index = _compressed([[factors.index(f) for f in law.factors] for law in laws])
    moved = [[i for i in active if network.stoichiometry[i, s] != 0.0] for s in range(len(laws))]
    moved_active = [[place[i] for i in row] for row in moved]
    s_first, s_entry = _compressed(moved_active)
    seen = [[place[network.index(name)] for f in law.factors for name, _ in f.weights] for law in laws]
    leads = dict.fromkeys(network.index(step.donor) for step in network.steps)
    return (
        np.array(active, np.int32),
        np.array([network.entries[i].name in whole for i in active], np.uint8),
        np.array(list(leads), np.int32),
        np.array([reactions_kinetic.KINDS[f.kind] for f in factors], np.int32),
        np.array([f.constant for f in factors]),
        np.array([f.offset for f in factors]),
        z_first,
        z_entry,
        np.array([weight for f in factors for _, weight in f.weights]),
        np.array([law.rate for law in laws]),
        f_first,
        f_index,
        s_first,
        s_entry,
        np.array([network.stoichiometry[i, s] for s, row in enumerate(moved) for i in row]),
        _pattern(len(active), moved_active, seen),
    )


def _pattern(n: int, moved: Sequence[Sequence[int]], seen: Sequence[Sequence[int]]) -> Flags:
    """Return where the LU factors of a matrix with the Jacobian's entries are not zero, shape (n, n)."""
    full = np.eye(n, dtype=bool)
    for rows, columns in zip(moved, seen, strict=True):
        full[np.ix_(rows, columns)] = True
    for k in range(n):
        full[k + 1 :, k + 1 :] |= np.outer(full[k + 1 :, k], full[k, k + 1 :])
    return np.ascontiguousarray(full).view(np.uint8)
