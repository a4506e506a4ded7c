"""``[[scenario.move_well]]``: a well pumps elsewhere, and a receptor goes with it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from gwsolver.case.changes.entries import Choice, Moved
from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.screens import screen, screen_faults
from gwsolver.case.changes.site import Fault, Site, Timed, replaced, split_steps, time_faults, unknown
from gwsolver.case.changes.well import well_unknown


class MoveWellTable(Timed):
    """``[[scenario.move_well]]``."""

    name: str = Field(min_length=1)
    x: float
    y: float
    layers: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]
    receptor: str = ""


def check(table: MoveWellTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    found = site.wells.get(table.name.lower())
    names = [r.name for r in site.info.receptors]
    if table.receptor and table.receptor.lower() not in [n.lower() for n in names]:
        yield unknown("receptor", "receptor", table.receptor, names)
    if found is None:
        yield well_unknown(table.name, site)
        return
    model = found[0]
    yield from screen_faults(model, table.x, table.y, table.layers)
    yield from time_faults(table, model.time)


def apply(table: MoveWellTable, site: Site) -> Site:
    """Return the site with the well at its new place, its rate shared by transmissivity."""
    model, package, boundname = site.wells[table.name.lower()]
    cells, parts = screen(model, table.x, table.y, table.layers)
    source = Moved(package.source, Choice(boundname), table.window(model.time), cells, parts)
    site = site.with_flow([replace(model, packages=replaced(model, replace(package, source=source)))])
    site = site.warned(*split_steps(table, model.time, f"well {table.name}"))
    receptors = tuple(
        replace(r, x=table.x, y=table.y, layers=tuple(table.layers), polygon=())
        if r.name.lower() == table.receptor.lower() else r for r in site.info.receptors
    )
    return replace(site, info=replace(site.info, receptors=receptors))


KIND = ChangeKind("move_well", "a well pumps elsewhere", MoveWellTable, check, apply)
