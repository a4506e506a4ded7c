"""From the tables of a case to the chemistry of a simulation."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.chemistry.first_order import FirstOrderTable
from gwsolver.case.chemistry.instantaneous import InstantaneousTable
from gwsolver.case.chemistry.oil import oil_setting, sheltered
from gwsolver.case.chemistry.permeability import hindered
from gwsolver.case.chemistry.release import released
from gwsolver.case.chemistry.solubility import check_concentrations
from gwsolver.case.model_units import ModelUnits
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Table
from gwsolver.core.chemistry import Chemistry
from gwsolver.core.errors import InputError, Problem, nearest
from gwsolver.core.lines import LineIndex
from gwsolver.core.simulation import Simulation
from gwsolver.reactions.components import Component, Database, database
from gwsolver.reactions.components.ground import Ground
from gwsolver.reactions.oil.body import OilSetting
from gwsolver.reactions.oil.kinetic import RateLimited, oil_bodies

if TYPE_CHECKING:
    from gwsolver.case.schema import CaseFile


class ReactionsTable(Table):
    """``[reactions]``: how reactions and transport take turns, and what the user adds to the database."""

    step: Annotated[Quantity | None, quantity("d", minimum=0.0)] = None
    tolerance: Annotated[float | None, Field(gt=0.0, lt=1.0)] = None
    components: str = ""
    temperature: Annotated[float | None, Field(ge=0.0, le=60.0)] = None
    dissolved_solids: Annotated[Quantity | None, quantity("g/L", minimum=0.0)] = None

    def ground(self) -> Ground:
        """Return the water in which components dissolve."""
        solids = 0.0 if self.dissolved_solids is None else self.dissolved_solids.to("g/L")
        return Ground(dissolved_solids=solids) if self.temperature is None else Ground(self.temperature, solids)


def assemble(content: "CaseFile", file: str, lines: LineIndex, simulation: Simulation) -> Simulation:
    """Return the simulation with releases among the packages of its species, and with what reacts.

    Raises
    ------
    InputError
        With everything that is wrong in [[release]], [reactions], [[oil]] and [[degradation]].
    """
    asked = next((t for t in ("release", "oil", "degradation", "volatilisation") if getattr(content, t)), "")
    if not asked:
        return simulation
    context = _context(content, file, lines, simulation, asked)
    models = {**context.models, **released(content.release, context)}
    context.models = models
    reacts = content.oil or content.degradation or content.volatilisation
    chemistry = _chemistry(content, context, simulation) if reacts else None
    check_concentrations(content.release, _oil(chemistry), context)
    flows = hindered(simulation.flow_models, content.oil, oil_bodies(chemistry), context)
    if context.problems:
        raise InputError(sorted(context.problems, key=lambda p: p.line or 0))
    models = sheltered(models, content.oil, oil_bodies(chemistry))
    return replace(simulation, transport_models=tuple(models.values()), flow_models=flows, chemistry=chemistry,
                   warnings=(*simulation.warnings, *context.warnings))


def _context(content: "CaseFile", file: str, lines: LineIndex, simulation: Simulation, asked: str) -> Context:
    """Return what the tables are read with."""
    models = {m.name: m for m in simulation.transport_models}
    if not models:
        raise InputError([Problem("the simulation has no GWT model: nothing can be released or react", file,
                                  lines.line((asked, 0)), f"[[{asked}]]")])
    units = ModelUnits.of(simulation.transport_models[0], content.case.units)
    outlines = {s.name: s.polygon for s in content.source if s.polygon}
    context = Context(file, lines, units, models, {}, _database(content, file, lines), outlines)
    if units.unknown:
        context.problem(asked, 0, "name", f"[[{asked}]] needs units: unknown are {', '.join(units.unknown)}")
        raise InputError(context.problems)
    context.components = _components(content, context)
    return context


def _chemistry(content: "CaseFile", context: Context, simulation: Simulation) -> Chemistry:
    settings: list[Any] = [table.setting(i, context) for i, table in enumerate(content.degradation)]
    _decays_twice(content, context)
    oil = oil_setting(content.oil, context)
    reactions, known = content.reactions, Chemistry()
    step = context.number("reactions", -1, "step", reactions.step, "time")
    if len({id(m.grid) for m in context.models.values()}) > 1 or simulation.exchanges:
        context.problem("reactions", -1, "step", "species that react need one grid without exchanges between models")
    if isinstance(oil, RateLimited):
        settings, oil = [oil, *settings], None
    if content.volatilisation is not None:
        settings.append(content.volatilisation.setting(context))
    return Chemistry(
        tuple(settings), tuple(context.models), oil, step or 0.0,
        known.tolerance if reactions.tolerance is None else reactions.tolerance,
    )


def _oil(chemistry: Chemistry | None) -> OilSetting | None:
    """Return the oil, in equilibrium or not."""
    slow = (s.oil for s in chemistry.settings if isinstance(s, RateLimited)) if chemistry is not None else ()
    return next(iter(slow), None if chemistry is None else chemistry.oil)


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
            found[name] = content.reactions.ground().component(known)
        elif name in said:
            i, component = said[name]
            near = nearest(component, context.database.components)
            context.problem("species", i, "component", f"there is no component {component!r}",
                            f"Did you mean {near!r}?" if near else "Add it to a file named by [reactions] components.")
    return found


def _decays_twice(content: "CaseFile", context: Context) -> None:
    """Note species that decay in their transport model and are degraded at a rate by the case too.

    Beside instantaneous reactions they may decay: that is what happens where acceptors are used up.
    """
    for i, table in enumerate(content.degradation):
        if isinstance(table, InstantaneousTable):
            continue
        for name in table.degraded:
            if name not in context.models:
                continue
            mobile = context.models[name].mobile
            most = max(float(mobile.decay_rate.max(initial=0.0)), float(mobile.decay_rate_sorbed.max(initial=0.0)))
            if most > 0.0:
                unit = context.units.symbol("1/time")
                own = table.rates.get(name) if isinstance(table, FirstOrderTable) else None
                here = f" at {own.value:g} {own.unit}".rstrip() if own is not None else f" (model = {table.model!r})"
                context.problem(
                    "degradation", i, "model", f"{name} decays twice: at {most:g} {unit} in its transport model, and "
                    f"here{here}", "Take the decay out of MST (or of [[species]]), or the species out of this table.")
