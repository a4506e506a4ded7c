"""Given concentrations that water cannot have, by Raoult's law, or that stand where only oil can say what it has."""

from collections.abc import Sequence

import numpy as np

from gwsolver.case.chemistry.context import Context
from gwsolver.case.chemistry.release import TABLE as RELEASE
from gwsolver.case.chemistry.release import ReleaseTable
from gwsolver.core.errors import Problem
from gwsolver.core.simulation import TransportModel
from gwsolver.core.stress import StressPackage
from gwsolver.reactions.oil.body import OilBody, OilComponent, OilSetting

ABOVE = 1e-3  # solubilities are not known more nearly


def check_concentrations(releases: Sequence[ReleaseTable], oil: OilSetting | None, context: Context) -> None:
    """Note what is above the solubility, and given concentrations (CNC) in cells with oil."""
    for i, table in enumerate(releases):
        _release(i, table, oil, context)
    if oil is None:
        return
    for component in oil.components:
        _given(component, oil, context)
        for body in oil.bodies:
            _held(component, body, context)


def _most(component: OilComponent, bodies: Sequence[OilBody], oil: OilSetting) -> float:
    """Return what water beside any of these bodies can have [M/L**3]: mole fraction times solubility."""
    molar_mass = {c.species: c.molar_mass for c in oil.components}
    return max((b.oil.mole_fractions(molar_mass).get(component.species, 0.0) * component.solubility for b in bodies),
               default=0.0)


def _release(i: int, table: ReleaseTable, oil: OilSetting | None, context: Context) -> None:
    """Note a release whose water has more than can dissolve: of the pure liquid, or of the oil it lies in."""
    name, given = table.species.lower(), getattr(table, "concentration", None)
    known = context.components.get(name)
    if given is None or known is None or known.liquid_solubility is None:
        return
    concentration = context.number(RELEASE, i, "concentration", given, "mass/length3") or 0.0
    most, of = context.concentration(known.liquid_solubility, "mg/L"), "all that dissolves of the pure liquid"
    under = table.cells(RELEASE, i, context) if oil is not None else None
    if oil is not None and under is not None:
        bodies = [b for b in oil.bodies if np.isin(b.cells, under[0]).any()]
        held = next((c for c in oil.components if c.species == name), None)
        if held is not None and bodies:
            most, of = _most(held, bodies, oil), f"all that water beside the oil {bodies[0].name!r} can have"
    if concentration > most * (1.0 + ABOVE):
        unit = context.units.symbol("mass/length3")
        context.problem(
            RELEASE, i, "concentration", f"concentration of {name} = {concentration:g} {unit} is above {most:.4g} "
            f"{unit}, {of}", "Raoult's law: mole fraction times solubility. Oil as such is [[oil]], not a release.")


def _given(component: OilComponent, oil: OilSetting, context: Context) -> None:
    """Note a given concentration above what water beside any of the oils can have."""
    model = context.models[component.species]
    most = _most(component, oil.bodies, oil)
    given = [(package, float(package.at(step).columns["concentration"].max(initial=0.0)))
             for package in _packages(model) for step in model.time.first_steps]
    package, highest = max(given, key=lambda pair: pair[1], default=(None, 0.0))
    if package is not None and oil.bodies and highest > most * (1.0 + ABOVE):
        unit = context.units.symbol("mass/length3")
        context.problems.append(Problem(
            f"concentration of {component.species} = {highest:g} {unit} is above {most:.4g} {unit}, all that water "
            "beside the oil can have", package.file or model.file, package=package.name,
            hint="Raoult's law: mole fraction times solubility. Leave the package to the oil, or take another oil."))


def _held(component: OilComponent, body: OilBody, context: Context) -> None:
    """Note cells of a body whose concentration is given: the oil there could neither dissolve nor be accounted for."""
    model = context.models[component.species]
    for package in _packages(model):
        for step in model.time.first_steps:
            values = package.at(step)
            inside = np.isin(values.cells, body.cells)
            if not inside.any():
                continue
            first = int(inside.argmax())
            unit, count = context.units.symbol("mass/length3"), np.unique(values.cells[inside]).size
            context.problems.append(Problem(
                f"the concentration of {component.species} is given in a cell of the oil {body.name!r}",
                package.file or model.file, package=package.name, cell=context.grid.describe(int(values.cells[first])),
                value=f"{values.columns['concentration'][first]:g} {unit}",
                allowed=f"CNC of what an oil holds in cells without oil only ({count} of {body.cells.size} cells of "
                        "the oil have it)",
                hint="The oil itself sets the concentration beside it: take these cells out of the package, or out of "
                     "the oil's outline."))
            break


def _packages(model: TransportModel) -> list[StressPackage]:
    return [p for p in model.packages if p.kind == "cnc"]
