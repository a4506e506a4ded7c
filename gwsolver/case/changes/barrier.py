"""``[[scenario.barrier]]``: a wall of low conductivity, or a zone where a species decays."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field

from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import Fault, Site, unit_faults, unknown
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Point, Sourced
from gwsolver.core.grid import Floats, Grid, Ints
from gwsolver.core.regions import in_layers, plan_crossed, plan_inside, plan_within
from gwsolver.core.simulation import FlowModel, TransportModel


class BarrierTable(Sourced):
    """``[[scenario.barrier]]``: it stands from the start; conductivity does not change with time."""

    name: str = ""
    polygon: list[Point] = []
    line: list[Point] = []
    width: Annotated[Quantity | None, quantity("m", minimum=0.0)] = None
    layers: list[Annotated[int, Field(ge=1)]] = []
    hydraulic_conductivity: Annotated[Quantity | None, quantity("m/d", minimum=0.0)] = None
    decay: Annotated[Quantity | None, quantity("1/d", minimum=0.0)] = None
    species: str = ""


def filled(grid: Grid, polygon: Sequence[Point], line: Sequence[Point], width: float, layers: Sequence[int]
           ) -> tuple[Ints, Floats]:
    """Return the cells of a barrier and the part of each that it fills, 0 to 1.

    A polygon fills the cells whose centre it holds. A line of some width fills a cell by width times length
    in it over its area: then the resistance w / K_b across the line is kept whatever the cells' size and however
    the line lies on the grid.
    """
    if polygon:
        cells = in_layers(grid, plan_inside(grid, polygon), layers)
        return cells, np.ones(cells.size)
    crossed, length = plan_crossed(grid, line)
    part = np.zeros(int(grid.column.max()) + 1)
    area = np.zeros(part.size)
    area[grid.column] = grid.area
    inside = area[crossed] > 0.0
    part[crossed[inside]] = np.minimum(width * length[inside] / area[crossed[inside]], 1.0)
    part[plan_within(grid, line, 0.5 * width)] = np.where(
        width >= np.sqrt(area[plan_within(grid, line, 0.5 * width)]), 1.0, part[plan_within(grid, line, 0.5 * width)])
    cells = in_layers(grid, np.flatnonzero(part), layers)
    return cells, part[grid.column[cells]]


def check(table: BarrierTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    if bool(table.polygon) == bool(table.line):
        yield Fault("line" if table.line else "", "a barrier needs a polygon, or a line with a width")
        return
    if len(table.polygon) in (1, 2):
        yield Fault("polygon", "a polygon needs three corners or more")
        return
    if table.line and (len(table.line) < 2 or table.width is None or table.width.numbers[0] <= 0.0):
        yield Fault("line", "a line needs two points or more and a width above zero")
        return
    if table.hydraulic_conductivity is None and table.decay is None:
        yield Fault("", "nothing is changed: give hydraulic_conductivity or decay")
    models: list[FlowModel | TransportModel] = []
    if table.hydraulic_conductivity is not None:
        models += site.simulation.flow_models
        if not site.simulation.flow_models:
            yield Fault("hydraulic_conductivity", "the flow is read from files: its conductivity cannot be changed")
        elif table.hydraulic_conductivity.numbers[0] <= 0.0:
            yield Fault("hydraulic_conductivity", "hydraulic_conductivity = 0 is outside (0, inf)",
                        "A slurry wall has about 1e-4 m/d.")
    names = [m.name for m in site.simulation.transport_models]
    if table.species and table.species.lower() not in names:
        yield unknown("species", "species", table.species, names)
        return
    if table.decay is not None:
        models += _decaying(table, site)
        if not table.species and len(names) > 1:
            yield Fault("decay", "which species decays is not said", f"There are: {', '.join(names)}.")
        for model in _decaying(table, site):
            if model.mobile.decay_order != 1:
                yield Fault("decay", f"decay of {model.name!r} is of order zero", "A barrier's decay is first-order.")
    elif table.species:
        yield Fault("species", "species needs decay")
    wrong = [fault for model in models[:1] for fault in unit_faults(site, model, table)]
    yield from wrong
    if models and not wrong and not any(_cells(table, site, m)[0].size for m in models):
        yield Fault("polygon" if table.polygon else "line", "no active cell lies in the barrier",
                    "A polygon takes the cells whose centre it holds; draw a thin barrier as a line with a width.")


def apply(table: BarrierTable, site: Site) -> Site:
    """Return the site with the barrier in its cells.

    Conductivity is that of barrier and aquifer in series, 1 / (f / K_b + (1 - f) / K) for a part f of the cell, in all
    directions; decay is their mean by volume, f lambda_b + (1 - f) lambda, dissolved and sorbed alike.
    """
    if table.hydraulic_conductivity is not None:
        flows = []
        for model in site.simulation.flow_models:
            cells, part = _cells(table, site, model)
            wall = site.units(model).number(table.hydraulic_conductivity, "length/time")
            assert wall is not None
            changed = {}
            for key in ("k", "k22", "k33"):
                value = getattr(model.conductivity, key).copy()
                value[cells] = 1.0 / (part / wall + (1.0 - part) / value[cells])
                changed[key] = value
            flows.append(replace(model, conductivity=replace(model.conductivity, **changed)) if cells.size else model)
        site = site.with_flow(flows)
    if table.decay is not None:
        species = []
        for carried in _decaying(table, site):
            cells, part = _cells(table, site, carried)
            rate = site.units(carried).number(table.decay, "1/time")
            changed = {}
            for key in ("decay_rate", "decay_rate_sorbed"):
                value = getattr(carried.mobile, key).copy()
                value[cells] = part * rate + (1.0 - part) * value[cells]
                changed[key] = value
            species.append(replace(carried, mobile=replace(carried.mobile, **changed)))
        site = site.with_species(species)
    return site


def _decaying(table: BarrierTable, site: Site) -> list[TransportModel]:
    return [m for m in site.simulation.transport_models if table.species.lower() in ("", m.name)]


def _cells(table: BarrierTable, site: Site, model: FlowModel | TransportModel) -> tuple[Ints, Floats]:
    width = site.units(model).number(table.width, "length") or 0.0
    return filled(model.grid, table.polygon, table.line, width, table.layers)


KIND = ChangeKind("barrier", "a wall of low conductivity, or a reactive zone", BarrierTable, check, apply, last=True)
