"""``[[scenario.well]]``: another pumping rate of a well that is there, or none."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from gwsolver.case.changes.entries import Changed, Choice, Removed
from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import (
    Fault,
    Site,
    Timed,
    one_of,
    replaced,
    split_steps,
    time_faults,
    unit_faults,
    unknown,
)
from gwsolver.case.quantity import Quantity, quantity

NO_NAMES = "Wells are called by their BOUNDNAME in the WEL file."


class WellTable(Timed):
    """``[[scenario.well]]``."""

    name: str = Field(min_length=1)
    factor: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None
    pumping_rate: Annotated[Quantity | None, quantity("m3/d", minimum=0.0)] = None
    off: bool = False


def check(table: WellTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    yield from one_of(table, ("factor", "pumping_rate", "off"))
    found = site.wells.get(table.name.lower())
    if found is None:
        yield well_unknown(table.name, site)
        return
    model, package, boundname = found
    yield from unit_faults(site, model, table)
    wrong = list(time_faults(table, model.time))
    yield from wrong
    if not wrong:
        window, choice = table.window(model.time), Choice(boundname)
        acts = [s for s in model.time.steps() if window.share(s) > 0.0 and choice.mask(package.at(s)).any()]
        if not acts:
            yield Fault("from" if table.begin is not None else "name", f"well {table.name!r} does not pump then: "
                        "nothing is changed", "A well pumps while it stands in the PERIOD blocks of WEL; "
                        "[[scenario.new_well]] adds one.")


def apply(table: WellTable, site: Site) -> Site:
    """Return the site with the well's rate changed."""
    model, package, boundname = site.wells[table.name.lower()]
    window, choice = table.window(model.time), Choice(boundname)
    rate = site.units(model).number(table.pumping_rate, "length3/time")
    inside = split_steps(table, model.time, f"well {table.name}")
    if table.off and not inside:
        source: Removed | Changed = Removed(package.source, choice, window)
    else:
        factor = 0.0 if table.off else None if table.factor is None else table.factor.to("-")
        source = Changed(package.source, choice, window, "rate", factor, None if rate is None else -rate, shared=True)
    packages = replaced(model, replace(package, source=source))
    return site.with_flow([replace(model, packages=packages)]).warned(*inside)


def well_unknown(name: str, site: Site) -> Fault:
    """Return the fault of a well that is not there."""
    if not site.simulation.flow_models:
        return Fault("name", "the flow is read from files: its wells cannot be changed",
                     "Wells are changed where the flow is solved.")
    return unknown("name", "well", name, site.wells, NO_NAMES)


KIND = ChangeKind("well", "another pumping rate of a well, or none", WellTable, check, apply)
