"""``[[scenario.conductivity]]``: the aquifer's hydraulic conductivity times a factor, everywhere or in a part."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field

from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import Fault, Site, one_number_faults, unknown
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Point, Sourced
from gwsolver.core.grid import Ints
from gwsolver.core.regions import in_layers, plan_inside
from gwsolver.core.simulation import FlowModel

KEYS = {"factor": ("k", "k22", "k33"), "vertical_factor": ("k33",)}


class ConductivityTable(Sourced):
    """``[[scenario.conductivity]]``: `factor` acts in all directions, `vertical_factor` on the vertical beside it."""

    factor: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None
    vertical_factor: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None
    layers: list[Annotated[int, Field(ge=1)]] = []
    polygon: list[Point] = []
    model: str = ""


def check(table: ConductivityTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    models = [m.name for m in site.simulation.flow_models]
    if table.factor is None and table.vertical_factor is None:
        yield Fault("", "nothing is changed: give factor or vertical_factor")
    if not models:
        yield Fault("", "the flow is read from files: its conductivity cannot be changed")
        return
    if table.model and table.model.lower() not in models:
        yield unknown("model", "flow model", table.model, models)
        return
    wrong = list(one_number_faults(table))
    yield from wrong
    for key in KEYS if not wrong else ():
        factor = getattr(table, key)
        if factor is not None and factor.to("-") <= 0.0:
            yield Fault(key, f"{key} = {factor.to('-'):g} is outside (0, inf)")
    if table.polygon and len(table.polygon) < 3:
        yield Fault("polygon", "a polygon needs three corners or more")
    elif not any(_cells(table, m).size for m in _models(table, site)):
        yield Fault("polygon" if table.polygon else "layers", "no active cell lies there")


def apply(table: ConductivityTable, site: Site) -> Site:
    """Return the site with conductivity changed in the cells meant."""
    flows = []
    for model in _models(table, site):
        cells, values = _cells(table, model), {}
        for key, names in KEYS.items():
            factor = getattr(table, key)
            for name in names if factor is not None else ():
                changed = values.get(name, getattr(model.conductivity, name)).copy()
                changed[cells] *= factor.to("-")
                values[name] = changed
        flows.append(replace(model, conductivity=replace(model.conductivity, **values)))
    return site.with_flow(flows)


def _models(table: ConductivityTable, site: Site) -> list[FlowModel]:
    return [m for m in site.simulation.flow_models if table.model.lower() in ("", m.name)]


def _cells(table: ConductivityTable, model: FlowModel) -> Ints:
    plan = plan_inside(model.grid, table.polygon) if table.polygon else np.unique(model.grid.column)
    return in_layers(model.grid, plan, table.layers)


KIND = ChangeKind("conductivity", "hydraulic conductivity times a factor", ConductivityTable, check, apply)
