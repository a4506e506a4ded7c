"""Kinetic reactions of donors with electron acceptors, each held back by those before it.

    r_je = k_je H_j  A_e / (K_e + A_e)  prod_{f < e} Ki_f / (Ki_f + A_f)  [ H_j / (Ks_je + H_j) ]
    dH_j/dt = - sum_e r_je,   dA_e/dt = - sum_j F_je r_je

Lu, Clement, Zheng and Wiedemeier (1999), Ground Water 37(5), 707-717, equations 19-24, as MT3D-USGS has them: A_e of
what iron reducers and methanogens make is what is missing from its capacity (there "MAXEC"), or Fe(III) on the solids
per volume of water. The saturation of the donor is optional.

Rates are per volume of water and act on the dissolved donor, as MT3D-USGS's; ``acts_on="total"`` lets them act on all
that the cell holds, as if sorbed donors were degraded as fast.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gwsolver.core.errors import InputError, Problem, located
from gwsolver.reactions.degradation import network as net
from gwsolver.reactions.degradation.checks import problems
from gwsolver.reactions.degradation.rates import (
    Factor,
    Law,
    Rates,
    Tolerances,
    activity_problems,
    linear,
    size_problems,
)
from gwsolver.reactions.reaction import Floats

ACTS_ON = ("dissolved", "total")


@dataclass(frozen=True)
class Donor(net.Donor):
    """A donor with its rates.

    Attributes
    ----------
    rates : mapping of str to float
        k_je by process [1/T]; zero where not given.
    half_saturation : mapping of str to float
        Ks_je by process [M/L**3]; first order in H where not given.
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    half_saturation: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Acceptor(net.Acceptor):
    """An acceptor with its constants.

    Attributes
    ----------
    half_saturation : float
        K_e [M/L**3]; not used where nothing limits the process.
    inhibition : float
        Ki_e, with which it holds back those after it [M/L**3]; None: it does not.
    """

    half_saturation: float = 0.0
    inhibition: float | None = None

    def available(self) -> tuple[str, float, float] | None:
        """Return entry, weight and offset of A_e; None if nothing limits it."""
        p = net.PROCESSES[self.process]
        if self.capacity is not None:
            return self.product, -1.0, self.capacity
        if self.solid is not None:
            return p.taken_account, 1.0, 0.0
        return (self.species, 1.0, 0.0) if self.species else None

    def factor(self, kind: str, constant: float) -> tuple[Factor, ...]:
        """Return a factor of A_e, nothing if it is not limited."""
        found = self.available()
        if found is None:
            return ()
        name, weight, offset = found
        return (Factor(kind, ((name, weight),), constant, offset),)


@dataclass(frozen=True, eq=False)
class Setting:
    """Kinetic reactions.

    Attributes
    ----------
    donors : tuple of Donor
    acceptors : tuple of Acceptor
        In the order in which they hold back each other.
    acts_on : str
        "dissolved" or "total": the donor that rates see.
    activity : float or ndarray of float64, shape (cell,)
        Factor of all rates, by temperature or place [-].
    carbon_dioxide : str
        The species that follows CO2, "" if none does.
    tolerances : Tolerances
    name : str
        Package in the books.
    wetted : bool
        Whether Fe(III) counts as far up in a cell as water has reached; else all of it from the start.
    """

    donors: tuple[Donor, ...]
    acceptors: tuple[Acceptor, ...]
    acts_on: str = "dissolved"
    activity: float | Floats = 1.0
    carbon_dioxide: str = ""
    tolerances: Tolerances = field(default_factory=Tolerances)
    name: str = "degradation"
    wetted: bool = False

    @property
    def degrades(self) -> tuple[str, ...]:
        """Species that it takes at a rate: they must not decay in their transport model too."""
        return tuple(d.species for d in self.donors)

    def start(self, species: Sequence[str], n_cells: int) -> Rates:
        """Return the reaction; `InputError` with all problems."""
        found = problems(self.donors, self.acceptors, species, self.carbon_dioxide, n_cells)
        found += self.tolerances.problems() + activity_problems(self.activity, n_cells)
        if self.acts_on not in ACTS_ON:
            found.append(Problem("acts_on", value=self.acts_on, allowed=f"one of {', '.join(ACTS_ON)}"))
        for donor in self.donors:
            found += _donor_problems(donor, self.acceptors)
        for acceptor in self.acceptors:
            found += acceptor_problems(acceptor) if acceptor.process in net.PROCESSES else []
        if found:
            raise InputError(located(found, package=self.name))
        network = net.oxidation(self.donors, self.acceptors, species, self.carbon_dioxide)
        laws = self._laws(network)
        if found := size_problems(network, laws):
            raise InputError(located(found, package=self.name))
        return Rates(
            network, laws, species, n_cells,
            {net.PROCESSES[a.process].taken_account: a.solid for a in self.acceptors if a.solid is not None}, self.name,
            whole=[d.species for d in self.donors] if self.acts_on == "total" else (),
            tolerances=self.tolerances, activity=self.activity, wetted=self.wetted,
        )  # fmt: skip

    def _laws(self, network: net.Network) -> list[Law]:
        donors = {d.species: d for d in self.donors}
        order = [a.process for a in self.acceptors]
        laws = []
        for step in network.steps:
            donor, place = donors[step.donor], order.index(step.by)
            acceptor = self.acceptors[place]
            factors = [linear(donor.species), *acceptor.factor("saturation", acceptor.half_saturation)]
            for earlier in self.acceptors[:place]:
                if earlier.inhibition is not None:
                    factors += earlier.factor("inhibition", earlier.inhibition)
            if step.by in donor.half_saturation:
                factors.append(Factor("saturation", ((donor.species, 1.0),), donor.half_saturation[step.by]))
            laws.append(Law(donor.rates.get(step.by, 0.0), tuple(factors)))
        return laws


def _donor_problems(donor: Donor, acceptors: Sequence[Acceptor]) -> list[Problem]:
    found, processes = [], [a.process for a in acceptors]
    values = {"rate": (donor.rates, "[0, inf)"), "half saturation": (donor.half_saturation, "(0, inf)")}
    for what, (given, allowed) in values.items():
        for process, value in given.items():
            if process not in processes:
                found.append(
                    Problem(f"{what} of '{donor.species}'", value=process, allowed=f"one of {', '.join(processes)}")
                )
            if not 0.0 <= value < float("inf") or (value == 0.0 and allowed[0] == "("):
                found.append(Problem(f"{what} of '{donor.species}' by {process}", value=value, allowed=allowed))
    if not any(donor.rates.values()):
        found.append(Problem(f"donor '{donor.species}' has no rate", hint="Give its rate by at least one acceptor."))
    return found


def acceptor_problems(acceptor: Acceptor) -> list[Problem]:
    """Return what is wrong with an acceptor's constants."""
    found, limited = [], acceptor.available() is not None
    if acceptor.solid is not None and acceptor.capacity is not None:
        found.append(
            Problem("iron is limited twice", hint="Give either Fe(III) on solids or the capacity for Fe(II), not both.")
        )
    if limited and not 0.0 < acceptor.half_saturation < float("inf"):
        found.append(
            Problem(f"half saturation of {acceptor.process}", value=acceptor.half_saturation, allowed="(0, inf)")
        )
    if acceptor.inhibition is not None:
        if not 0.0 < acceptor.inhibition < float("inf"):
            found.append(Problem(f"inhibition by {acceptor.process}", value=acceptor.inhibition, allowed="(0, inf)"))
        if not limited:
            found.append(Problem(f"nothing limits {acceptor.process}, so that it never ceases to inhibit others"))
    return found
