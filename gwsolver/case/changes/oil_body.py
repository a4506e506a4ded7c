"""``[[scenario.oil_body]]``: more or less oil from the start, another content of a component, another rate of loss."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from gwsolver.case.changes.oil import with_bodies
from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import Fault, Site, unit_faults, unknown
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Sourced
from gwsolver.core.simulation import TransportModel
from gwsolver.reactions.oil.body import Leak, OilBody
from gwsolver.reactions.oil.kinetic import oil_bodies
from gwsolver.reactions.sources.series import Series

KEYS = ("mass_factor", "mass_fraction", "mass_fraction_factor", "depletion")


class OilBodyTable(Sourced):
    """``[[scenario.oil_body]]``: what is put in and what leaks in scale together; `species` is a component of it."""

    name: str = Field(min_length=1)
    species: str = ""
    mass_factor: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None
    mass_fraction: Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=1.0)] = None
    mass_fraction_factor: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None
    depletion: Annotated[Quantity | None, quantity("kg/m2/y", minimum=0.0)] = None


def check(table: OilBodyTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    known = [b.name for b in oil_bodies(site.simulation.chemistry)]
    if table.name not in known:
        yield unknown("name", "oil body", table.name, known)
        return
    body = next(b for b in oil_bodies(site.simulation.chemistry) if b.name == table.name)
    if not any(getattr(table, k) is not None for k in KEYS):
        yield Fault("name", f"nothing is changed: give one of {', '.join(KEYS)}")
    of_part = [k for k in ("mass_fraction", "mass_fraction_factor") if getattr(table, k) is not None]
    if len(of_part) == 2:
        yield Fault(of_part[1], "mass_fraction and mass_fraction_factor exclude each other")
    if of_part and not table.species:
        yield Fault(of_part[0], f"{of_part[0]} needs species: the component whose part it is",
                    f"In {table.name!r}: {', '.join(body.oil.fractions)}.")
    elif of_part and table.species.lower() not in body.oil.fractions:
        yield unknown("species", "component of the oil", table.species, body.oil.fractions)
    elif table.species and not of_part:
        yield Fault("species", "species needs mass_fraction or mass_fraction_factor")
    wrong = list(unit_faults(site, _model(site), table))
    yield from wrong
    if not wrong and of_part and table.species.lower() in body.oil.fractions:
        whole = sum(_fractions(table, body).values())
        if whole > 1.0:
            yield Fault(of_part[0], f"the components of {table.name!r} become {100.0 * whole:g} % of it, more than all")
    if table.depletion is not None and not body.area.size:
        yield Fault("depletion", f"{table.name!r} has no area over which it could be depleted")
    odd = [type(leak.rate).__name__ for leak in body.leaks if not isinstance(leak.rate, Series)]
    if table.mass_factor is not None and odd:
        yield Fault("mass_factor", f"a leak given as {odd[0]} is not scaled")


def apply(table: OilBodyTable, site: Site) -> Site:
    """Return the site with the body changed."""
    rate = site.units(_model(site)).number(table.depletion, "mass/length2/time")
    factor = 1.0 if table.mass_factor is None else table.mass_factor.to("-")

    def changed(body: OilBody) -> OilBody:
        if body.name != table.name:
            return body
        leaks = tuple(Leak(_scaled(leak.rate, factor), leak.shares) for leak in body.leaks)
        return replace(
            body, mass=factor * body.mass, leaks=leaks, oil=replace(body.oil, fractions=_fractions(table, body)),
            depletion_rate=body.depletion_rate if rate is None else rate)

    return with_bodies(site, changed)


def _fractions(table: OilBodyTable, body: OilBody) -> dict[str, float]:
    """Return the parts of the components; the rest, which stays in the oil, takes up the difference."""
    found = dict(body.oil.fractions)
    name = table.species.lower()
    if table.mass_fraction is not None:
        found[name] = table.mass_fraction.to("-")
    elif table.mass_fraction_factor is not None:
        found[name] *= table.mass_fraction_factor.to("-")
    return found


def _scaled(rate: Any, factor: float) -> Any:
    return replace(rate, values=factor * np.asarray(rate.values)) if isinstance(rate, Series) else rate


def _model(site: Site) -> TransportModel:
    return site.simulation.transport_models[0]


KIND = ChangeKind("oil_body", "more or less oil, of another composition", OilBodyTable, check, apply)
