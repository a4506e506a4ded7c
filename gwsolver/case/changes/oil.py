"""``[[scenario.oil]]``: oil is taken away at a moment, all of it or a part, everywhere or inside an outline."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field

from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import Fault, Site, unknown
from gwsolver.case.moments import When
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Point, Sourced
from gwsolver.core.outline import outline_cells
from gwsolver.reactions.oil.body import OilBody, OilSetting, Removal
from gwsolver.reactions.oil.kinetic import RateLimited, oil_bodies


class OilChangeTable(Sourced):
    """``[[scenario.oil]]``; `from` is the moment."""

    name: str = Field(min_length=1)
    begin: When = Field(None, alias="from")
    part: Annotated[Quantity, quantity("-", minimum=0.0, maximum=1.0)] = Quantity((1.0,))
    polygon: list[Point] = []


def check(table: OilChangeTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    known = [b.name for b in oil_bodies(site.simulation.chemistry)]
    if table.name not in known:
        yield unknown("name", "oil body", table.name, known)
        return
    if table.begin is None:
        yield Fault("name", "the moment of the removal is missing", "Write for example from = 2005-01-01.")
    elif words := table.begin.problem(site.simulation.transport_models[0].time):
        yield Fault("from", f"from: {words}")
    if table.polygon and len(table.polygon) < 3:
        yield Fault("polygon", "a polygon needs three corners or more")
    elif table.polygon and not _cells(table, site).size:
        yield Fault("polygon", f"no oil of {table.name!r} lies inside the polygon")


def apply(table: OilChangeTable, site: Site) -> Site:
    """Return the site with one removal more."""
    begin = table.begin
    assert begin is not None
    time = begin.on(site.simulation.transport_models[0].time)
    removal = Removal(time, 1.0 - table.part.to("-"), _cells(table, site))
    return with_bodies(
        site, lambda b: replace(b, removals=(*b.removals, removal)) if b.name == table.name else b)


def with_bodies(site: Site, change: Callable[[OilBody], OilBody]) -> Site:
    """Return the site with every body of oil as `change` makes it, in equilibrium or dissolving slowly."""
    chemistry = site.simulation.chemistry
    assert chemistry is not None

    def changed(oil: OilSetting) -> OilSetting:
        return replace(oil, bodies=tuple(change(b) for b in oil.bodies))

    settings = tuple(replace(s, oil=changed(s.oil)) if isinstance(s, RateLimited) else s for s in chemistry.settings)
    oil = None if chemistry.oil is None else changed(chemistry.oil)
    return replace(site, simulation=replace(
        site.simulation, chemistry=replace(chemistry, oil=oil, settings=settings)))


def _cells(table: OilChangeTable, site: Site) -> np.ndarray:
    """Return the cells of the body from which oil is taken."""
    cells = next(b for b in oil_bodies(site.simulation.chemistry) if b.name == table.name).cells
    if not table.polygon:
        return cells
    grid = site.simulation.transport_models[0].grid
    inside, _ = outline_cells(grid, table.polygon, tuple(range(int(grid.layer.max()) + 1)))
    return cells[np.isin(cells, inside)]


KIND = ChangeKind("oil", "oil is taken away", OilChangeTable, check, apply)
