"""Species that a case adds beside a GWT model: a copy of it with values and boundaries of its own."""

from collections.abc import Mapping
from dataclasses import replace

from gwsolver.case.model_units import ModelUnits
from gwsolver.case.quantity import Quantity
from gwsolver.case.schema import SpeciesTable
from gwsolver.case.species_values import NO_DENSITY, lacks_density, with_values
from gwsolver.core.errors import Problem, nearest
from gwsolver.core.lines import LineIndex
from gwsolver.core.simulation import Simulation, SourceConcentration, TransportModel


def like(species: SpeciesTable, model: TransportModel, mass: str, simulation: Simulation) -> TransportModel:
    """Return a copy of a GWT model with the values and boundaries that the case gives."""
    valued = with_values(species, model, mass)
    packages, sources = valued.packages, valued.sources
    if species.own_boundaries:
        packages, sources = (), ()
    if species.inflow is not None:
        units = ModelUnits.of(model, mass)
        given = _inflow(species.inflow, _bringing(model, simulation))
        kept = [s for s in sources if s.package not in given]
        brought = {name: units.number(value, "mass/length3") for name, value in given.items()}
        sources = (*kept, *(SourceConcentration(name, constant=c) for name, c in brought.items()))
    return replace(valued, name=species.name.lower(), packages=packages, sources=sources)


def like_problems(
    file: str, lines: LineIndex, i: int, species: SpeciesTable, model: TransportModel, known: Mapping[str, object],
    mass: str, simulation: Simulation,
) -> list[Problem]:
    """Return everything that keeps a species from being added beside a model."""
    def problem(key: str, what: str, hint: str = "") -> Problem:
        return Problem(what, file, lines.line(("species", i, key)), f"[[species]] number {i + 1}", hint=hint)

    units = ModelUnits.of(model, mass)
    problems = [
        problem(key, *misfit)
        for key in type(species).model_fields for value in [getattr(species, key)]
        for one in (value.values() if isinstance(value, dict) else (value,))
        if isinstance(one, Quantity) and (misfit := units.misfit(key, one))
    ]
    if species.name.lower() in known:
        problems.append(problem("name", f"there is a species {species.name.lower()!r} already"))
    scaled = species.boundary_factor is not None and species.boundary_factor.to("-") != 1.0
    if scaled and model.sources and species.inflow is None:
        problems.append(problem(
            "boundary_factor", f"the concentrations that SSM of {model.name!r} takes from AUX variables cannot be "
            "scaled", "Give this species its own 'inflow', or a GWT model of its own."))
    if scaled and species.own_boundaries:
        problems.append(problem("boundary_factor", "own_boundaries leaves no CNC and SRC that could be scaled"))
    if lacks_density(species, model):
        problems.append(problem("name", f"sorption needs bulk_density: {model.name!r} has none", NO_DENSITY))
    if isinstance(species.inflow, dict):
        there = _bringing(model, simulation)
        for name in species.inflow:
            if there and name.lower() not in there:
                near = nearest(name, there)
                hint = (f"Did you mean {near!r}? " if near else "") + f"There are: {', '.join(there)}."
                problems.append(problem("inflow", f"inflow: the flow model has no package {name!r}", hint))
    elif species.inflow is not None and not _bringing(model, simulation):
        problems.append(problem(
            "inflow", "inflow: the packages of saved flows are known only while they are read",
            "Name them: inflow = { \"rch-1\" = \"8 mg/L\" }."))
    return problems


def _bringing(model: TransportModel, simulation: Simulation) -> list[str]:
    """Return the packages of the flow model that carries a model; none where flows come from files."""
    return [p.name for m in simulation.flow_models if m.name == model.flow_model for p in m.packages]


def _inflow(inflow: Quantity | dict[str, Quantity], packages: list[str]) -> dict[str, Quantity]:
    """Return the concentration of the water that each package brings."""
    if isinstance(inflow, dict):
        return {name.lower(): value for name, value in inflow.items()}
    return dict.fromkeys(packages, inflow)
