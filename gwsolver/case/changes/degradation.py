"""``[[scenario.degradation]]``: all rates of a [[degradation]] times a factor."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import Fault, Site, one_number_faults, unknown
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Sourced


class DegradationChangeTable(Sourced):
    """``[[scenario.degradation]]``; without `name` of all that have rates."""

    name: str = ""
    factor: Annotated[Quantity, quantity("-", minimum=0.0)]


def check(table: DegradationChangeTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    yield from one_number_faults(table)
    names = [s.name for s in _all(site)]
    if not names:
        yield Fault("factor", "there is no [[degradation]] with rates", "First-order decay of one species: "
                    "[[scenario.species]] decay. Instantaneous reactions have no rates.")
    elif table.name and table.name not in names:
        yield unknown("name", "degradation with rates", table.name, names)


def apply(table: DegradationChangeTable, site: Site) -> Site:
    """Return the site with the activity of the reactions times the factor."""
    chemistry = site.simulation.chemistry
    assert chemistry is not None
    factor = table.factor.to("-")
    settings = tuple(
        replace(s, activity=factor * s.activity) if hasattr(s, "activity") and table.name in ("", s.name) else s
        for s in chemistry.settings)
    return replace(site, simulation=replace(site.simulation, chemistry=replace(chemistry, settings=settings)))


def _all(site: Site) -> list[Any]:
    chemistry = site.simulation.chemistry
    return [] if chemistry is None else [s for s in chemistry.settings if hasattr(s, "activity")]


KIND = ChangeKind("degradation", "faster or slower degradation", DegradationChangeTable, check, apply)
