"""``[[scenario.porosity]]``: another porosity of the water that moves; flow and sorbed mass per volume stay."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import numpy as np

from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import Fault, Site, chosen_species, one_of, species_faults, unit_faults
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Sourced
from gwsolver.core.simulation import TransportModel


class PorosityTable(Sourced):
    """``[[scenario.porosity]]``; without `species` of all of them."""

    species: str = ""
    factor: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None
    porosity: Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=1.0)] = None


def check(table: PorosityTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    wrong = [*one_of(table, ("factor", "porosity")), *species_faults(table.species, site)]
    yield from wrong
    for model in chosen_species(table.species, site) if not wrong else ():
        bad = list(unit_faults(site, model, table))
        yield from bad
        if bad:
            return
        if table.porosity is not None and model.immobile:
            yield Fault("porosity", f"{model.name!r} has immobile domains: its porosity is shared among them",
                        "Give a factor: it acts on the water that moves.")
            return
        most = float(_porosity(table, model).max())
        if not 0.0 < float(_porosity(table, model).min()) <= most <= 1.0:
            key = "factor" if table.factor is not None else "porosity"
            yield Fault(key, f"porosity of {model.name!r} becomes {most:g}, outside (0, 1]")
            return


def apply(table: PorosityTable, site: Site) -> Site:
    """Return the site with the porosity changed."""
    return site.with_species([replace(m, mobile=replace(m.mobile, porosity=_porosity(table, m)))
                              for m in chosen_species(table.species, site)])


def _porosity(table: PorosityTable, model: TransportModel) -> np.ndarray:
    if table.factor is not None:
        return table.factor.to("-") * model.mobile.porosity
    assert table.porosity is not None
    return np.full(model.grid.n_cells, table.porosity.to("-"))


KIND = ChangeKind("porosity", "another porosity of the water that moves", PorosityTable, check, apply)
