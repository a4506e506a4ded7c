"""``[[scenario.sorption]]``: solids that hold more or less of all species: their organic carbon, for one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import Fault, Site, chosen_species, one_of, species_faults, unit_faults
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Sourced
from gwsolver.core.isotherms import isotherms

Part = Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=1.0)]


class SorptionTable(Sourced):
    """``[[scenario.sorption]]``: a `factor` on what solids hold, or `foc` against the model's own, `model_foc`."""

    species: str = ""
    factor: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None
    foc: Part = None
    model_foc: Part = None


def check(table: SorptionTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    yield from one_of(table, ("factor", "foc"))
    if (table.foc is None) != (table.model_foc is None):
        yield Fault("foc" if table.foc is not None else "model_foc", "foc and model_foc belong together",
                    "model_foc is the organic carbon that the model's distribution coefficients rest on: Kd = Koc foc.")
    if table.model_foc is not None and not table.model_foc.is_list and table.model_foc.to("-") <= 0.0:
        yield Fault("model_foc", "model_foc = 0 is outside (0, 1]")
    wrong = list(species_faults(table.species, site))
    yield from wrong
    models = chosen_species(table.species, site) if not wrong else []
    for model in models[:1]:
        yield from unit_faults(site, model, table)
    if models and not any((m.mobile.bulk_density * m.mobile.distribution_coefficient).any() for m in models):
        yield Fault("species" if table.species else "", "nothing sorbs: nothing is changed",
                    "Give the species a distribution coefficient first: [[species]], or MST.")


def apply(table: SorptionTable, site: Site) -> Site:
    """Return the site with sorption changed in the mobile and immobile domains."""
    factor = _factor(table)
    return site.with_species([
        replace(m, mobile=_held(m.mobile, factor), immobile=tuple(_held(d, factor) for d in m.immobile))
        for m in chosen_species(table.species, site)])


def _factor(table: SorptionTable) -> float:
    if table.factor is not None:
        return table.factor.to("-")
    assert table.foc is not None
    assert table.model_foc is not None
    return table.foc.to("-") / table.model_foc.to("-")


def _held(domain: Any, factor: float) -> Any:
    """Return a domain whose solids hold so many times as much at each concentration."""
    name = isotherms()[domain.isotherm].scales
    return replace(domain, **{name: factor * getattr(domain, name)})


KIND = ChangeKind("sorption", "solids that hold more or less", SorptionTable, check, apply)
