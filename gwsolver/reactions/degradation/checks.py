"""What is wrong with donors, acceptors and rates, in words."""

from collections.abc import Iterable, Sequence

import numpy as np

from gwsolver.core.errors import Problem, outside
from gwsolver.reactions.degradation.network import PROCESSES, Acceptor, Donor, contents


def problems(
    donors: Sequence[Donor], acceptors: Sequence[Acceptor], species: Sequence[str], carbon_dioxide: str, n_cells: int
) -> list[Problem]:
    """Return everything that keeps donors and acceptors from making a network."""
    found = []
    if not donors:
        found.append(Problem("no donors: nothing would degrade", hint="Name at least one species that is oxidised."))
    if not acceptors:
        found.append(Problem("no acceptors: nothing would be oxidised", allowed=f"one of {', '.join(PROCESSES)}"))
    for donor in donors:
        found += _donor_problems(donor, acceptors)
    for acceptor in acceptors:
        found += _acceptor_problems(acceptor, n_cells)
    found += _name_problems(donors, acceptors, species, carbon_dioxide)
    return found


def _donor_problems(donor: Donor, acceptors: Sequence[Acceptor]) -> list[Problem]:
    found = []
    try:
        if donor.formula and contents(donor.formula)["electrons"] <= 0.0:
            found.append(Problem(f"'{donor.species}' has no electrons to give: formula", value=donor.formula))
    except ValueError as error:
        found.append(Problem(f"donor '{donor.species}': {error}"))
    for process, value in donor.factors.items():
        what = f"utilisation factor of '{donor.species}'"
        if process not in PROCESSES:
            found.append(Problem(what, value=process, allowed=", ".join(PROCESSES)))
        elif not 0.0 < value < np.inf:
            found.append(Problem(f"{what} by {process}", value=value, allowed="(0, inf)"))
    missing = [a.process for a in acceptors if a.process in PROCESSES and a.process not in donor.factors]
    if missing and not donor.formula:
        found.append(
            Problem(
                f"no stoichiometry for '{donor.species}' by {', '.join(missing)}",
                hint="Give its formula, as C6H6, or utilisation factors of these processes.",
            )
        )
    return found


def _acceptor_problems(acceptor: Acceptor, n_cells: int) -> list[Problem]:
    if acceptor.process not in PROCESSES:
        return [Problem("acceptor", value=acceptor.process, allowed=f"one of {', '.join(PROCESSES)}")]
    p, found = PROCESSES[acceptor.process], []
    if p.seen_in == "taken" and not acceptor.species:
        found.append(Problem(f"{acceptor.process} has no species", hint="Name the species that is taken."))
    if p.seen_in == "made" and acceptor.species:
        found.append(
            Problem(
                f"{acceptor.process} takes nothing that moves", value=acceptor.species,
                hint="Name the species it makes as its product.",
            )
        )  # fmt: skip
    if not p.made and acceptor.product:
        found.append(Problem(f"{acceptor.process} makes water only; product", value=acceptor.product, allowed="none"))
    if acceptor.capacity is not None:
        if not acceptor.product:
            hint = "Name the species that it limits."
            found.append(Problem(f"capacity of {acceptor.process} without a product", hint=hint))
        if not 0.0 <= acceptor.capacity < np.inf:
            found.append(Problem(f"capacity of {acceptor.process}", value=acceptor.capacity, allowed="[0, inf)"))
    if acceptor.solid is not None:
        solid = np.asarray(acceptor.solid, float)
        if acceptor.process != "iron":
            found.append(Problem(f"{acceptor.process} is not held by solids", allowed="iron"))
        if solid.shape not in ((), (n_cells,)):
            found.append(Problem(f"iron(III) of {solid.size} cells where the model has {n_cells}"))
        else:
            found += outside("iron(III)", np.atleast_1d(solid), "[0, inf)")
    return found


def _name_problems(
    donors: Sequence[Donor], acceptors: Sequence[Acceptor], species: Sequence[str], carbon_dioxide: str
) -> list[Problem]:
    """Names that are not species, or stand in two places."""
    named = [d.species for d in donors]
    named += [a.species for a in acceptors if a.species] + [carbon_dioxide] * bool(carbon_dioxide)
    products = [a.product for a in acceptors if a.product]
    found = unknown([*named, *products], species)
    doubled = {name for name in named if named.count(name) > 1} | {n for n in products if products.count(n) > 1}
    doubled |= {n for n in products if n in named and n not in [d.species for d in donors]}
    found += [Problem(f"'{name}' stands in two places of the network") for name in sorted(doubled)]
    processes = [a.process for a in acceptors]
    found += [Problem(f"acceptor '{n}' is given twice") for n in dict.fromkeys(processes) if processes.count(n) > 1]
    return found


def unknown(names: Iterable[str], species: Sequence[str]) -> list[Problem]:
    """Return a problem for each name that is not a species."""
    known = f"one of {', '.join(species)}" if species else "none: the model has no species"
    return [
        Problem("no such species", value=name, allowed=known)
        for name in dict.fromkeys(names)
        if name not in species
    ]
