"""From the tables of a case to the chemistry of a simulation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.chemistry.oil import oil_setting
from gwsolver.case.lines import LineIndex
from gwsolver.case.model_units import ModelUnits
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Table
from gwsolver.case.words import nearest
from gwsolver.core.chemistry import Chemistry
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.simulation import Simulation
from gwsolver.reactions.components import Component, Database, database

if TYPE_CHECKING:
    from gwsolver.case.schema import CaseFile


class ReactionsTable(Table):
    """``[reactions]``: how reactions and transport take turns, and what the user adds to the database."""

    step: Annotated[Quantity | None, quantity("d", minimum=0.0)] = None
    tolerance: Annotated[float | None, Field(gt=0.0, lt=1.0)] = None
    components: str = ""


def assemble(content: "CaseFile", file: str, lines: LineIndex, simulation: Simulation) -> Chemistry | None:
    """Return what reacts; None if nothing does.

    Raises
    ------
    InputError
        With everything that is wrong in [reactions], [[oil]] and [[degradation]].
    """
    if not (content.oil or content.degradation):
        return None
    models = {m.name: m for m in simulation.transport_models}
    units = ModelUnits.of(simulation.transport_models[0], content.case.units)
    outlines = {s.name: s.polygon for s in content.source if s.polygon}
    context = Context(file, lines, units, models, {}, _database(content, file, lines), outlines)
    if units.unknown:
        context.problem("reactions" if not content.oil else "oil", -1 if not content.oil else 0, "name",
                        f"reactions need units: unknown are {', '.join(units.unknown)}")
        raise InputError(context.problems)
    context.components = _components(content, context)
    settings = [table.setting(i, context) for i, table in enumerate(content.degradation)]
    oil = oil_setting(content.oil, context)
    reactions = content.reactions
    step = context.number("reactions", -1, "step", reactions.step, "time")
    if len({id(m.grid) for m in models.values()}) > 1 or simulation.exchanges:
        context.problem("reactions", -1, "step", "species that react need one grid without exchanges between models")
    if context.problems:
        raise InputError(context.problems)
    known = Chemistry()
    return Chemistry(
        tuple(settings), tuple(models), oil, step or 0.0,
        known.tolerance if reactions.tolerance is None else reactions.tolerance,
    )


def _database(content: "CaseFile", file: str, lines: LineIndex) -> Database:
    """Return gwsolver's components with the user's own on top."""
    name = content.reactions.components
    if not name:
        return database()
    path = Path(file).parent / name
    if not path.is_file():
        raise InputError([Problem(f"there is no file {name!r}", file, lines.line(("reactions", "components")),
                                  "[reactions]", hint="Name a file of components, seen from case.toml.")])
    return database(path)


def _components(content: "CaseFile", context: Context) -> dict[str, Component]:
    """Return what the database knows of each species: by its name, or by the component that the case says it is."""
    said = {s.name.lower(): (i, s.component) for i, s in enumerate(content.species) if s.component}
    found = {}
    for name in context.models:
        known = context.known(said[name][1] if name in said else name)
        if known is not None:
            found[name] = known
        elif name in said:
            i, component = said[name]
            near = nearest(component, context.database.components)
            context.problem("species", i, "component", f"there is no component {component!r}",
                            f"Did you mean {near!r}?" if near else "Add it to a file named by [reactions] components.")
    return found
