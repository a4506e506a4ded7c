"""Species that a case adds beside a GWT model: a copy of it with values and boundaries of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gwsolver.case.lines import LineIndex
from gwsolver.case.model_units import ModelUnits
from gwsolver.case.quantity import Quantity
from gwsolver.case.schema import SpeciesTable
from gwsolver.case.tables import SpeciesValues
from gwsolver.case.words import nearest
from gwsolver.core.errors import Problem
from gwsolver.core.simulation import Simulation, SourceConcentration, TransportModel
from gwsolver.core.stress import StressSource, StressValues
from gwsolver.core.time import TimeStep


@dataclass(frozen=True, eq=False)
class ScaledStress:
    """The entries of another stress source with every quantity times a factor (CNC, SRC)."""

    source: StressSource
    factor: float

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the scaled entries in force during `step`."""
        values = self.source(step)
        return replace(values, columns={name: self.factor * column for name, column in values.columns.items()})


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


def with_values(species: SpeciesValues, model: TransportModel, mass: str) -> TransportModel:
    """Return a GWT model with the values that the case gives; `mass`: its unit of mass."""
    units = ModelUnits.of(model, mass)

    def uniform(value: float) -> np.ndarray:
        return np.full(model.grid.n_cells, value)

    mobile = model.mobile
    decay = units.number(species.decay, "1/time")
    if decay is not None:
        # One rate for all of the solute, unless the sorbed part has its own.
        mobile = replace(mobile, decay_rate=uniform(decay), decay_rate_sorbed=uniform(decay))
    if (sorbed := units.number(species.decay_sorbed, "1/time")) is not None:
        mobile = replace(mobile, decay_rate_sorbed=uniform(sorbed))
    if (density := units.number(species.bulk_density, "mass/length3")) is not None:
        mobile = replace(mobile, bulk_density=uniform(density))
    kd = units.number(species.distribution_coefficient, "length3/mass")
    if species.koc is not None and species.foc is not None:
        koc = units.number(species.koc, "length3/mass")
        kd = (koc or 0.0) * species.foc.to("-")
    if kd is not None:
        mobile = replace(mobile, distribution_coefficient=uniform(kd))
    initial = units.number(species.initial, "mass/length3")
    factor = species.boundary_factor.to("-") if species.boundary_factor else 1.0
    packages = model.packages if factor == 1.0 else tuple(
        replace(p, source=ScaledStress(p.source, factor)) for p in model.packages
    )
    return replace(
        model, mobile=mobile, packages=packages,
        initial_concentration=model.initial_concentration if initial is None else uniform(initial),
    )


def like_problems(
    file: str, lines: LineIndex, i: int, species: SpeciesTable, model: TransportModel, known: Mapping[str, object],
    mass: str, simulation: Simulation,
) -> list[Problem]:
    """Return everything that keeps a species from being added beside a model."""
    def problem(key: str, what: str, hint: str = "") -> Problem:
        return Problem(what, file, lines.line(("species", i, key)), f"[[species]] number {i + 1}", hint=hint)

    units = ModelUnits.of(model, mass)
    problems = [
        problem(key, f"{key} cannot be turned into the model's units: unknown are {', '.join(units.unknown)}",
                "Or write the bare number in the model's units.")
        for key in type(species).model_fields for value in [getattr(species, key)]
        for one in (value.values() if isinstance(value, dict) else (value,))
        if isinstance(one, Quantity) and not units.suits(one)
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
    sorbs = species.distribution_coefficient is not None or species.koc is not None
    if sorbs and species.bulk_density is None and not np.any(model.mobile.bulk_density):
        problems.append(problem(
            "name", f"sorption needs bulk_density: {model.name!r} has none",
            "Write for example bulk_density = \"1750 kg/m3\"."))
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
