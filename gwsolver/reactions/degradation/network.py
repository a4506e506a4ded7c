"""Reaction networks: who gives electrons, who takes them, and how much of everything a reaction moves.

Every reaction has one extent xi, the mass of its donor that is gone. What it moves is S xi, with S [-] the mass of
each entry per mass of donor, so that electrons and carbon close to round-off whatever the extents are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gwsolver.reactions.components.formula import atoms, electrons, molar_mass
from gwsolver.reactions.reaction import Floats

MOBILE, HELD, BOOK = "mobile", "held", "book"
CARBON_DIOXIDE = "carbon dioxide"


@dataclass(frozen=True)
class Process:
    """One terminal electron-accepting process.

    Attributes
    ----------
    taken, made : str
        Formulas of what is reduced and what that becomes, "" for water.
    electrons : int
        Electrons that a mole of what is reduced takes [mol/mol].
    yields : float
        Moles made per mole taken.
    taken_account, made_account : str
        Accounts of what no species follows.
    seen_in : str
        Where its electrons are accounted for, and what utilisation factors speak of: "taken" or "made".
    """

    taken: str
    made: str
    electrons: int
    yields: float
    taken_account: str
    made_account: str
    seen_in: str

    def per_electron(self, side: str) -> float:
        """Return the mass taken or made per mole of electrons [g/mol]."""
        if side == "taken":
            return molar_mass(atoms(self.taken)) / self.electrons
        return self.yields * molar_mass(atoms(self.made)) / self.electrons if self.made else 0.0

    def electrons_in(self, side: str) -> float:
        """Return the electrons that a mass of what is taken or made stands for [mol/g]."""
        if side != self.seen_in:
            return 0.0
        return (-1.0 if side == "taken" else 1.0) / self.per_electron(side)


# In the order of the energy they yield: Wiedemeier et al. (1999), Natural Attenuation of Fuels and Chlorinated
# Solvents in the Subsurface, chapter 5. Nitrate is reduced to nitrogen, sulfate to sulfide (counted as S).
PROCESSES = {
    "oxygen": Process("O2", "", 4, 0.0, "oxygen", "", "taken"),
    "nitrate": Process("NO3", "N2", 5, 0.5, "nitrate", "nitrogen", "taken"),
    "iron": Process("Fe", "Fe", 1, 1.0, "iron(III)", "iron(II)", "made"),
    "sulfate": Process("SO4", "S", 8, 1.0, "sulfate", "sulfide", "taken"),
    "methanogenesis": Process("CO2", "CH4", 8, 1.0, CARBON_DIOXIDE, "methane", "made"),
}


@dataclass(frozen=True)
class Donor:
    """A species that is oxidised.

    Attributes
    ----------
    species : str
    formula : str
        As ``"C6H6"``: stoichiometry is then that of exact oxidation; "" if unknown.
    factors : mapping of str to float
        The user's own utilisation factors by process [-]: mass of acceptor taken (oxygen, nitrate, sulfate) or of
        product made (iron, methanogenesis) per mass of donor. Where given, no balance of electrons is claimed.
    """

    species: str
    formula: str = ""
    factors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Acceptor:
    """A process that takes the electrons, and the species in which it is seen.

    Attributes
    ----------
    process : str
        A key of ``PROCESSES``.
    species : str
        What is taken: oxygen, nitrate (as NO3), sulfate (as SO4).
    product : str
        Species of what is made: iron(II), methane, nitrogen, sulfide; "" if none follows it.
    capacity : float
        Most that water may hold of the product [M/L**3]: what is still missing counts as acceptor.
    solid : float or ndarray of float64, shape (cell,)
        Iron only: Fe(III) in the cell's solids that microbes can reduce [M]; None if it is not limited.
    """

    process: str
    species: str = ""
    product: str = ""
    capacity: float | None = None
    solid: float | Floats | None = None


@dataclass(frozen=True)
class Entry:
    """One row of S: a species, what the reaction holds, or what is only booked.

    Attributes
    ----------
    name : str
        Its account.
    place : str
        "mobile", "held" or "book".
    electrons, carbon : float
        What its mass holds of both [mol/g]; electrons against CO2, H2O, N2, sulfide and iron(III).
    """

    name: str
    place: str
    electrons: float = 0.0
    carbon: float = 0.0


@dataclass(frozen=True)
class Step:
    """One reaction: the donor, and the process (or else) that takes it."""

    donor: str
    by: str


@dataclass(frozen=True, eq=False)
class Network:
    """Reactions over entries.

    Attributes
    ----------
    entries : tuple of Entry
    steps : tuple of Step
    stoichiometry : ndarray of float64, shape (entry, step)
        S, mass gained per mass of donor gone [-].
    balanced : tuple of str
        What S conserves: "electrons", "carbon" or nothing.
    """

    entries: tuple[Entry, ...]
    steps: tuple[Step, ...]
    stoichiometry: Floats
    balanced: tuple[str, ...] = ()

    def index(self, name: str) -> int:
        """Return the row of an entry."""
        return next(i for i, entry in enumerate(self.entries) if entry.name == name)

    def weights(self) -> Floats:
        """Return what a mass of each entry holds of what is balanced, shape (balance, entry) [mol/g]."""
        return np.array([[getattr(e, name) for e in self.entries] for name in self.balanced]).reshape(
            len(self.balanced), len(self.entries)
        )

    def named(self, place: str) -> tuple[str, ...]:
        """Return the names of entries at a place, in their order."""
        return tuple(entry.name for entry in self.entries if entry.place == place)


class Builder:
    """Collects entries and reactions of a network.

    Parameters
    ----------
    species : sequence of str
        Those that move; other entries are held if named so, else booked.
    held : iterable of str
    """

    def __init__(self, species: Sequence[str], held: Iterable[str] = ()) -> None:
        self._mobile = frozenset(species)
        self._held = frozenset(held)
        self._entries: dict[str, Entry] = {}
        self._steps: list[tuple[Step, dict[str, float]]] = []
        self._exact = True

    def entry(self, name: str, *, electrons: float = 0.0, carbon: float = 0.0) -> str:
        """Add an entry if it is new, with what its mass holds [mol/g]; returns its name."""
        place = MOBILE if name in self._mobile else HELD if name in self._held else BOOK
        self._entries.setdefault(name, Entry(name, place, electrons, carbon))
        return name

    def step(self, donor: str, by: str, moved: Mapping[str, float], *, exact: bool) -> None:
        """Add a reaction: mass that entries gain per mass of donor gone; `exact` if that balances."""
        self._steps.append((Step(donor, by), dict(moved)))
        self._exact = self._exact and exact

    def network(self) -> Network:
        """Return the network."""
        names = list(self._entries)
        s = np.zeros((len(names), len(self._steps)))
        for r, (_, moved) in enumerate(self._steps):
            for name, mass in moved.items():
                s[names.index(name), r] = mass
        entries, steps = tuple(self._entries.values()), tuple(step for step, _ in self._steps)
        return Network(entries, steps, s, ("electrons", "carbon") if self._exact else ())


def factor(donor: Donor, process: str) -> float:
    """Return F, the mass taken (or made, see `Process.seen_in`) per mass of donor [-], given or computed."""
    if process in donor.factors:
        return float(donor.factors[process])
    p, counts = PROCESSES[process], atoms(donor.formula)
    return electrons(counts) / molar_mass(counts) * p.per_electron(p.seen_in)


def oxidation(
    donors: Sequence[Donor], acceptors: Sequence[Acceptor], species: Sequence[str], carbon_dioxide: str = ""
) -> Network:
    """Return the network of all donors with all acceptors, donor by donor.

        donor + (e / n) A -> (e / n) y P + CO2,   e = 4 C + H - 2 O

    Exact half-reactions without growth (n electrons per mole of A, y moles of P made of it); with the user's factors
    what is taken and made is scaled to them.

    Parameters
    ----------
    donors, acceptors : sequences
    species : sequence of str
        Those that move.
    carbon_dioxide : str
        The species that follows CO2, "" if none does.
    """
    gas = carbon_dioxide or CARBON_DIOXIDE
    build = Builder(species, held=[PROCESSES[a.process].taken_account for a in acceptors if a.solid is not None])
    for donor in donors:
        build.entry(donor.species, **contents(donor.formula))
    acceptor_entries(build, acceptors, gas)
    for donor in donors:
        for acceptor in acceptors:
            moved = oxidised(donor, acceptor, gas)
            if moved:
                exact = bool(donor.formula) and acceptor.process not in donor.factors
                build.step(donor.species, acceptor.process, moved, exact=exact)
    return build.network()


def acceptor_entries(build: Builder, acceptors: Sequence[Acceptor], gas: str) -> None:
    """Add what acceptors take and make, and carbon dioxide."""
    build.entry(gas, **contents("CO2"))
    for acceptor in acceptors:
        p = PROCESSES[acceptor.process]
        taken, made = accounts(acceptor, gas)
        build.entry(taken, electrons=p.electrons_in("taken"))
        if made:
            build.entry(made, electrons=p.electrons_in("made"), carbon=contents(p.made)["carbon"])


def oxidised(donor: Donor, acceptor: Acceptor, gas: str) -> dict[str, float]:
    """Return what one reaction moves per mass of donor gone; nothing where methane would make methane."""
    p = PROCESSES[acceptor.process]
    taken, made = accounts(acceptor, gas)
    if made == donor.species:
        return {}
    traded = factor(donor, acceptor.process) / p.per_electron(p.seen_in)  # moles of electrons
    moved = {donor.species: -1.0, gas: contents(donor.formula).get("carbon", 0.0) * molar_mass(atoms("CO2"))}
    if taken != gas or donor.formula:
        moved[taken] = moved.get(taken, 0.0) - traded * p.per_electron("taken")
    if made:
        moved[made] = traded * p.per_electron("made")
    return moved


def accounts(acceptor: Acceptor, gas: str) -> tuple[str, str]:
    """Return the accounts of what a process takes and makes, "" for water; `gas` is that of carbon dioxide."""
    p = PROCESSES[acceptor.process]
    taken = gas if p.taken == "CO2" else acceptor.species or p.taken_account
    return taken, acceptor.product or p.made_account


def contents(formula: str) -> dict[str, float]:
    """Return electrons and carbon in a mass of a substance [mol/g]; nothing is known without a formula."""
    if not formula:
        return {}
    counts = atoms(formula)
    mass = molar_mass(counts)
    given = electrons(counts) if set(counts) <= {"C", "H", "O", "N"} and "C" in counts else 0
    return {"electrons": given / mass, "carbon": counts.get("C", 0) / mass}
