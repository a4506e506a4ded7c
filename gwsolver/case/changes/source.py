"""``[[scenario.source]]``: a source ends, or brings more or less, from a moment on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from pydantic import Field

from gwsolver.case.changes.entries import Changed, Choice, Removed
from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import (
    Fault,
    Site,
    Timed,
    boundnames,
    one_of,
    replaced,
    split_steps,
    time_faults,
    unit_faults,
    unknown,
)
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.core.outline import plan_shares
from gwsolver.core.regions import in_layers, plan_cells_at
from gwsolver.core.simulation import FlowModel, TransportModel
from gwsolver.core.stress import StressPackage

DIMENSION = {"concentration": "mass/length3", "mass_rate": "mass/time"}


class SourceChangeTable(Timed):
    """``[[scenario.source]]``."""

    name: str = Field(min_length=1)
    species: str = ""
    factor: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None
    concentration: Annotated[Quantity | None, quantity("mg/L", minimum=0.0)] = None
    mass_rate: Annotated[Quantity | None, quantity("g/d", minimum=0.0)] = None
    off: bool = False


@dataclass(frozen=True, eq=False)
class Target:
    """Entries that bring solute.

    Attributes
    ----------
    model : TransportModel
        The species that they bring.
    package : StressPackage
        CNC or SRC of the species, or a package of `flow` whose water brings it.
    choice : Choice
    column : str
        What says how much: "concentration" or "mass_rate", or an auxiliary variable of the flow's package.
    flow : FlowModel or None
    """

    model: TransportModel
    package: StressPackage
    choice: Choice
    column: str
    flow: FlowModel | None = None

    @property
    def quantity(self) -> str:
        """What the entries give."""
        return "concentration" if self.flow is not None else self.column


def check(table: SourceChangeTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    yield from one_of(table, ("factor", "concentration", "mass_rate", "off"))
    names = [m.name for m in site.simulation.transport_models]
    if table.species and table.species.lower() not in names:
        yield unknown("species", "species", table.species, names)
        return
    found = _targets(table, site)
    if not found:
        places = [p for p in site.info.sources if p.name.lower() == table.name.lower()]
        if places:
            yield Fault("name", f"no CNC or SRC entry lies in the source {table.name!r}",
                        "Name the package or the BOUNDNAME that brings the solute.")
        else:
            yield unknown("name", "source", table.name, _names(site))
        return
    for key in DIMENSION:
        wrong = [t for t in found if getattr(table, key) is not None and t.quantity != key]
        for t in wrong[:1]:
            gives, asked = t.quantity.replace("_", " "), key.replace("_", " ")
            yield Fault(key, f"{t.package.name!r} gives a {gives}, not a {asked}", f"Write {t.quantity} or factor.")
    if table.species:
        yield from (fault for t in found if t.flow is not None for fault in _shared(table, site, t))
    yield from unit_faults(site, found[0].model, table)
    wrong_times = list(time_faults(table, found[0].model.time))
    yield from wrong_times
    if not wrong_times and not any(_acts(table, t) for t in found):
        yield Fault("from" if table.begin is not None else "name",
                    f"source {table.name!r} brings nothing then: nothing is changed")


def apply(table: SourceChangeTable, site: Site) -> Site:
    """Return the site with the source changed."""
    done: set[tuple[str, str, str]] = set()
    for place in [(_owner(t).name, t.package.name, t.column) for t in _targets(table, site)]:
        if place in done:  # two species of one auxiliary variable
            continue
        done.add(place)
        # Looked up again: an earlier change of this loop has made new models.
        target = next(t for t in _targets(table, site) if (_owner(t).name, t.package.name, t.column) == place)
        owner = _owner(target)
        packages = replaced(owner, replace(target.package, source=_changed(table, site, target)))
        site = (site.with_flow([replace(target.flow, packages=packages)]) if target.flow is not None
                else site.with_species([replace(target.model, packages=packages)]))
        site = site.warned(*split_steps(table, owner.time, f"source {table.name}"))
    return site


def _owner(target: Target) -> FlowModel | TransportModel:
    return target.model if target.flow is None else target.flow


def _changed(table: SourceChangeTable, site: Site, target: Target) -> Changed | Removed:
    window = table.window(_owner(target).time)
    if table.off and target.package.kind == "cnc":
        # A cell held at zero would take mass out of the aquifer: it is let go.
        return Removed(target.package.source, target.choice, window)
    units = site.units(target.model)
    value = units.number(table.concentration if target.quantity == "concentration" else table.mass_rate,
                         DIMENSION[target.quantity])
    factor = 0.0 if table.off else None if table.factor is None else table.factor.to("-")
    return Changed(target.package.source, target.choice, window, target.column, factor, value,
                   shared=target.quantity == "mass_rate")


def _shared(table: SourceChangeTable, site: Site, target: Target) -> Iterator[Fault]:
    """Yield a fault where another species takes its concentration from the same auxiliary variable."""
    others = [m.name for m in site.simulation.transport_models if m.name != target.model.name and any(
        s.package == target.package.name and s.auxiliary == target.column for s in m.sources)]
    if others:
        yield Fault("species", f"{target.package.name!r} brings {', '.join(others)} by the same auxiliary variable "
                    f"{target.column!r}: it cannot be changed for {target.model.name!r} alone")


def _acts(table: SourceChangeTable, target: Target) -> bool:
    axis = _owner(target).time
    window = table.window(axis)
    return any(target.choice.mask(target.package.at(s)).any() for s in axis.steps() if window.share(s) > 0.0)


def _targets(table: SourceChangeTable, site: Site) -> list[Target]:
    """Return the entries that a name means: a package, a BOUNDNAME, or those in a source area of the case."""
    name = table.name.lower()
    found: list[Target] = []
    for model in site.simulation.transport_models:
        if table.species.lower() not in ("", model.name):
            continue
        found += [Target(model, p, choice, next(iter(p.at(model.time.steps_of(0)[0]).columns)))
                  for p in model.packages if (choice := _choice(name, p, model)) is not None]
        flow = next((f for f in site.simulation.flow_models if f.name == model.flow_model), None)
        for source in model.sources if flow is not None else ():
            if not source.auxiliary:
                continue
            assert flow is not None
            package = next(p for p in flow.packages if p.name == source.package)
            choice = _choice(name, package, flow)
            if choice is not None:
                found.append(Target(model, package, choice, source.auxiliary, flow))
    if found:
        return found
    place = next((p for p in site.info.sources if p.name.lower() == name), None)
    if place is None:
        return []
    for model in site.simulation.transport_models:
        plan = (plan_shares(model.grid, place.polygon)[0] if place.polygon
                else plan_cells_at(model.grid, place.x, place.y))
        cells = in_layers(model.grid, plan)
        for package in model.packages if table.species.lower() in ("", model.name) else ():
            steps = model.time.first_steps
            if any(np.isin(package.at(step).cells, cells).any() for step in steps):
                column = next(iter(package.at(steps[0]).columns))
                found.append(Target(model, package, Choice(cells=cells), column))
    return found


def _choice(name: str, package: StressPackage, model: FlowModel | TransportModel) -> Choice | None:
    if package.name == name:
        return Choice()
    return Choice(name) if name in boundnames(package, model.time) else None


def _names(site: Site) -> list[str]:
    """Return everything that a source may be called."""
    names = [p.name for p in site.info.sources]
    for model in site.simulation.transport_models:
        for package in model.packages:
            names += [package.name, *boundnames(package, model.time)]
        names += [s.package for s in model.sources if s.auxiliary]
    return list(dict.fromkeys(names))


KIND = ChangeKind("source", "a source ends, or brings more or less", SourceChangeTable, check, apply)
