"""``[[scenario.dispersion]]``: other dispersivities, or all of them times a factor."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import numpy as np

from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import Fault, Site, chosen_species, species_faults, unit_faults
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Sourced
from gwsolver.core.simulation import TransportModel

# The terms of MODFLOW's DSP that each key sets; a factor acts on all of them.
KEYS = {
    "longitudinal_dispersivity": ("alh", "alv"), "transverse_dispersivity": ("ath1",),
    "vertical_dispersivity": ("ath2", "atv"),
}
TERMS = tuple(name for names in KEYS.values() for name in names)
Length = Annotated[Quantity | None, quantity("m", minimum=0.0)]


class DispersionTable(Sourced):
    """``[[scenario.dispersion]]``; without `species` of all of them."""

    species: str = ""
    factor: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None
    longitudinal_dispersivity: Length = None
    transverse_dispersivity: Length = None
    vertical_dispersivity: Length = None


def check(table: DispersionTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    given = [k for k in ("factor", *KEYS) if getattr(table, k) is not None]
    if not given:
        yield Fault("", f"nothing is changed: give one of {', '.join(('factor', *KEYS))}")
    elif given[0] == "factor" and len(given) > 1:
        yield Fault(given[1], f"factor and {given[1]} exclude each other")
    wrong = list(species_faults(table.species, site))
    yield from wrong
    for model in chosen_species(table.species, site) if not wrong else ():
        yield from unit_faults(site, model, table)
        if model.dispersion is None:
            yield Fault("species" if table.species else "", f"{model.name!r} has no dispersion (DSP)")
        break


def apply(table: DispersionTable, site: Site) -> Site:
    """Return the site with the dispersivities changed."""
    return site.with_species([_changed(table, site, m) for m in chosen_species(table.species, site)])


def _changed(table: DispersionTable, site: Site, model: TransportModel) -> TransportModel:
    if model.dispersion is None:
        return model
    if table.factor is not None:
        factor = table.factor.to("-")
        new = {name: factor * getattr(model.dispersion, name) for name in TERMS}
        return replace(model, dispersion=replace(model.dispersion, **new))
    units, new = site.units(model), {}
    for key, names in KEYS.items():
        value = units.number(getattr(table, key), "length")
        new |= {name: np.full(model.grid.n_cells, value) for name in names if value is not None}
    return replace(model, dispersion=replace(model.dispersion, **new))


KIND = ChangeKind("dispersion", "other dispersivities", DispersionTable, check, apply)
