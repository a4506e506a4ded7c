"""Monod kinetics of substrates, with or without the biomass that lives on them.

    r_j = k_j [X] H_j / (K_j + H_j) [A / (K_A + A)],   dH_j/dt = - r_j
    dX/dt = sum_j Y_j r_j - b max(X - X_min, 0)

k_j is a rate of mass per volume of water and time, or per mass of biomass where there is any. Substrates that compete
for the same enzyme have K_j (1 + sum_{i != j} H_i / K_i) in place of K_j (Bailey and Ollis 1986, Biochemical
Engineering Fundamentals, chapter 3). Monod (1949), Annual Review of Microbiology 3, 371-394; with acceptor and decay
as in Rittmann and McCarty (2001), Environmental Biotechnology, chapter 3.

What grows keeps electrons and carbon of the substrate: with formulas, acceptor and carbon dioxide get what is left, and
both balances close. Biomass is held by the cell; what of it decays leaves the books as "dead biomass".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gwsolver.core.errors import InputError, Problem, located, outside
from gwsolver.reactions.degradation import network as net
from gwsolver.reactions.degradation.checks import problems, unknown
from gwsolver.reactions.degradation.kinetic import ACTS_ON, Acceptor, acceptor_problems
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

BIOMASS, DEAD = "biomass", "dead biomass"


@dataclass(frozen=True)
class Substrate(net.Donor):
    """A species that is degraded; formula or factors are needed with an acceptor only.

    Attributes
    ----------
    rate : float
        k_j, largest rate: [M/L**3/T], or with biomass mass per mass of biomass and time [1/T].
    half_saturation : float
        K_j [M/L**3].
    growth : float
        Y_j, mass of biomass per mass of substrate [-].
    """

    rate: float = 0.0
    half_saturation: float = 0.0
    growth: float = 0.0


@dataclass(frozen=True, eq=False)
class Biomass:
    """The microbes.

    Attributes
    ----------
    initial : float or ndarray of float64, shape (cell,)
        Mass in each cell at the start [M].
    decay : float
        b [1/T].
    least : float
        X_min, below which nothing decays, mass per volume of water [M/L**3].
    formula : str
    """

    initial: float | Floats
    decay: float = 0.0
    least: float = 0.0
    formula: str = "C5H7O2N"


@dataclass(frozen=True, eq=False)
class Setting:
    """Monod kinetics.

    Attributes
    ----------
    substrates : tuple of Substrate
    biomass : Biomass, or None
    acceptor : Acceptor, or None
        What is used up beside the substrates; its inhibition does not matter.
    competition : bool
        Whether substrates compete.
    acts_on : str
        "dissolved" or "total": the substrate that rates see.
    activity : float or ndarray of float64, shape (cell,)
        Factor of all rates [-].
    carbon_dioxide : str
        The species that follows CO2, "" if none does.
    tolerances : Tolerances
    name : str
        Package in the books.
    wetted : bool
        Whether biomass and Fe(III) count as far up in a cell as water has reached; else all of it from the start.
    """

    substrates: tuple[Substrate, ...]
    biomass: Biomass | None = None
    acceptor: Acceptor | None = None
    competition: bool = False
    acts_on: str = "dissolved"
    activity: float | Floats = 1.0
    carbon_dioxide: str = ""
    tolerances: Tolerances = field(default_factory=Tolerances)
    name: str = "degradation"
    wetted: bool = False

    @property
    def degrades(self) -> tuple[str, ...]:
        """Species that it takes at a rate: they must not decay in their transport model too."""
        return tuple(d.species for d in self.substrates)

    def start(self, species: Sequence[str], n_cells: int) -> Rates:
        """Return the reaction; `InputError` with all problems."""
        if found := self._problems(species, n_cells):
            raise InputError(located(found, package=self.name))
        network, laws = self._network(species), self._laws()
        if found := size_problems(network, laws):
            raise InputError(located(found, package=self.name))
        held: dict[str, float | Floats] = {BIOMASS: self.biomass.initial} if self.biomass else {}
        if self.acceptor and self.acceptor.solid is not None:
            held[net.PROCESSES[self.acceptor.process].taken_account] = self.acceptor.solid
        return Rates(
            network, laws, species, n_cells, held, self.name,
            whole=[s.species for s in self.substrates] if self.acts_on == "total" else (),
            tolerances=self.tolerances, activity=self.activity, wetted=self.wetted,
        )  # fmt: skip

    def _network(self, species: Sequence[str]) -> net.Network:
        """Return a step for each substrate, and one for the decay of biomass."""
        a, held = self.acceptor, [BIOMASS] if self.biomass else []
        if a and a.solid is not None:
            held.append(net.PROCESSES[a.process].taken_account)
        build = net.Builder(species, held)
        for s in self.substrates:
            build.entry(s.species, **net.contents(s.formula))
        if a:
            net.acceptor_entries(build, (a,), self.carbon_dioxide or net.CARBON_DIOXIDE)
        if self.biomass:
            for name in (BIOMASS, DEAD):
                build.entry(name, **net.contents(self.biomass.formula))
        for s in self.substrates:
            exact = bool(a and s.formula and a.process not in s.factors)
            build.step(s.species, a.process if a else "Monod", self._moved(s), exact=exact)
        if self.biomass and self.biomass.decay > 0.0:
            build.step(BIOMASS, "decay", {BIOMASS: -1.0, DEAD: 1.0}, exact=True)
        return build.network()

    def _moved(self, s: Substrate) -> dict[str, float]:
        """Return what a mass of substrate gone moves: the acceptor by the electrons that growth leaves."""
        moved = {s.species: -1.0}
        if self.acceptor:
            gas = self.carbon_dioxide or net.CARBON_DIOXIDE
            moved = net.oxidised(s, self.acceptor, gas)
            if self.biomass and s.formula and self.acceptor.process not in s.factors:
                own, grown = net.contents(s.formula), net.contents(self.biomass.formula)
                left = 1.0 - s.growth * grown["electrons"] / own["electrons"]
                moved = {name: mass if name == s.species else left * mass for name, mass in moved.items()}
                made = net.accounts(self.acceptor, gas)[1]
                carbon = own["carbon"] - s.growth * grown["carbon"]
                if made:
                    carbon -= moved[made] * net.contents(net.PROCESSES[self.acceptor.process].made)["carbon"]
                moved[gas] = carbon / net.contents("CO2")["carbon"]
        if self.biomass and s.growth > 0.0:
            moved[BIOMASS] = s.growth
        return moved

    def _laws(self) -> list[Law]:
        laws = []
        competitors = tuple((s.species, 1.0 / s.half_saturation) for s in self.substrates)
        for s in self.substrates:
            if self.competition:  # H / (K Q) with Q = 1 + sum of all H / K
                rate, factors = s.rate / s.half_saturation, [linear(s.species), Factor("inhibition", competitors)]
            else:
                rate, factors = s.rate, [Factor("saturation", ((s.species, 1.0),), s.half_saturation)]
            if self.biomass:
                factors.append(linear(BIOMASS))
            if self.acceptor:
                factors += self.acceptor.factor("saturation", self.acceptor.half_saturation)
            laws.append(Law(rate, tuple(factors)))
        if self.biomass and self.biomass.decay > 0.0:
            laws.append(Law(self.biomass.decay, (Factor("linear", ((BIOMASS, 1.0),), offset=-self.biomass.least),)))
        return laws

    def _problems(self, species: Sequence[str], n_cells: int) -> list[Problem]:
        found = self.tolerances.problems() + activity_problems(self.activity, n_cells)
        if self.acts_on not in ACTS_ON:
            found.append(Problem("acts_on", value=self.acts_on, allowed=f"one of {', '.join(ACTS_ON)}"))
        if self.acceptor:
            found += problems(self.substrates, (self.acceptor,), species, self.carbon_dioxide, n_cells)
            known = self.acceptor.process in net.PROCESSES
            found += acceptor_problems(self.acceptor) if known else []
        else:
            found += unknown([s.species for s in self.substrates], species)
            if not self.substrates:
                found.append(Problem("no substrates: nothing would degrade"))
        for s in self.substrates:
            for what, value, allowed in (
                ("rate", s.rate, "(0, inf)"), ("half saturation", s.half_saturation, "(0, inf)"),
                ("growth", s.growth, "[0, inf)"),
            ):  # fmt: skip
                if not 0.0 <= value < float("inf") or (value == 0.0 and allowed[0] == "("):
                    found.append(Problem(f"{what} of '{s.species}'", value=value, allowed=allowed))
            if s.growth > 0.0 and not self.biomass:
                found.append(Problem(f"growth on '{s.species}' without biomass", value=s.growth))
        if self.biomass:
            found += _biomass_problems(self.biomass, n_cells)
        if not found and self.acceptor:
            found += [
                Problem(
                    f"growth on '{s.species}' takes more electrons or carbon than it has", value=s.growth,
                    hint="Less biomass can grow on a mass of substrate.",
                )
                for s in self.substrates
                if self.biomass and s.formula and _short(self._moved(s), self.acceptor, self.carbon_dioxide)
            ]  # fmt: skip
        return found


def _short(moved: Mapping[str, float], acceptor: Acceptor, carbon_dioxide: str) -> bool:
    """Whether growth has left nothing for acceptor or carbon dioxide: they would run backwards."""
    taken, made = net.accounts(acceptor, carbon_dioxide or net.CARBON_DIOXIDE)
    gas = moved[carbon_dioxide or net.CARBON_DIOXIDE]
    by_acceptor = -moved[taken] if net.PROCESSES[acceptor.process].seen_in == "taken" else moved[made]
    return gas < 0.0 or by_acceptor < 0.0


def _biomass_problems(biomass: Biomass, n_cells: int) -> list[Problem]:
    found, initial = [], np.asarray(biomass.initial, float)
    if initial.shape not in ((), (n_cells,)):
        found.append(Problem(f"biomass of {initial.size} cells where the model has {n_cells}"))
    else:
        found += outside("biomass", np.atleast_1d(initial), "[0, inf)")
    for what, value in (("decay", biomass.decay), ("least", biomass.least)):
        if not 0.0 <= value < float("inf"):
            found.append(Problem(f"{what} of biomass", value=value, allowed="[0, inf)"))
    try:
        net.contents(biomass.formula)
    except ValueError as error:
        found.append(Problem(f"biomass: {error}"))
    return found
