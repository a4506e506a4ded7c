"""``[[scenario.new_well]]``: a well that pumps, or brings clean water."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from gwsolver.case.changes.entries import Pumped
from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.screens import screen, screen_faults
from gwsolver.case.changes.site import Fault, Site, Timed, one_of, split_steps, time_faults, unit_faults, unknown
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.core.simulation import FlowModel
from gwsolver.core.stress import StressPackage


class NewWellTable(Timed):
    """``[[scenario.new_well]]``."""

    name: str = Field(min_length=1)
    x: float
    y: float
    layers: list[Annotated[int, Field(ge=1)]] = []
    pumping_rate: Annotated[Quantity | None, quantity("m3/d", minimum=0.0)] = None
    injection_rate: Annotated[Quantity | None, quantity("m3/d", minimum=0.0)] = None
    model: str = ""


def check(table: NewWellTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    yield from one_of(table, ("pumping_rate", "injection_rate"))
    models = {m.name: m for m in site.simulation.flow_models}
    if not models:
        yield Fault("name", "the flow is read from files: no well can be added to it",
                    "Wells are added where the flow is solved.")
        return
    if table.model and table.model.lower() not in models:
        yield unknown("model", "flow model", table.model, models)
        return
    if not table.model and len(models) > 1:
        yield Fault("name", "there are several flow models: name the well's with 'model'",
                    f"There are: {', '.join(models)}.")
        return
    model = _model(table, site)
    if table.name.lower() in (*site.wells, *(p.name for p in model.packages)):
        yield Fault("name", f"there is a well or package {table.name.lower()!r} already")
    yield from unit_faults(site, model, table)
    yield from screen_faults(model, table.x, table.y, table.layers)
    yield from time_faults(table, model.time)


def apply(table: NewWellTable, site: Site) -> Site:
    """Return the site with a package more, called like the well; its rate is shared by transmissivity."""
    model, units = _model(table, site), site.units(_model(table, site))
    cells, parts = screen(model, table.x, table.y, table.layers)
    taken = units.number(table.pumping_rate, "length3/time") or 0.0
    given = units.number(table.injection_rate, "length3/time") or 0.0
    name = table.name.lower()
    source = Pumped(name, cells, (given - taken) * parts, table.window(model.time))
    package = StressPackage(name, "wel", source)
    return site.with_flow([replace(model, packages=(*model.packages, package))]).warned(
        *split_steps(table, model.time, f"well {table.name}"))


def _model(table: NewWellTable, site: Site) -> FlowModel:
    models = site.simulation.flow_models
    return site.simulation.flow_model(table.model.lower()) if table.model else models[0]


KIND = ChangeKind("new_well", "a well more", NewWellTable, check, apply)
