"""``[[scenario.species]]``: other decay, sorption or strength of a species, everywhere."""

from collections.abc import Iterator

from pydantic import Field

from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import Fault, Site, unit_faults, unknown
from gwsolver.case.species_values import NO_DENSITY, given, lacks_density, sorption_contradictions, with_values
from gwsolver.case.tables import Sourced, SpeciesValues


class SpeciesChangeTable(SpeciesValues, Sourced):
    """``[[scenario.species]]``."""

    name: str = Field(min_length=1)


def check(table: SpeciesChangeTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    if not given(table):
        yield Fault("name", f"nothing is changed: give one of {', '.join(SpeciesValues.model_fields)}")
    for fault in sorption_contradictions(table):
        yield Fault(*fault)
    names = [m.name for m in site.simulation.transport_models]
    if table.name.lower() not in names:
        yield unknown("name", "species", table.name, names)
        return
    model = site.simulation.transport_model(table.name.lower())
    yield from unit_faults(site, model, table)
    if lacks_density(table, model):
        yield Fault("name", f"sorption needs bulk_density: {model.name!r} has none", NO_DENSITY)
    decays = [v for v in (table.decay, table.decay_sorbed) if v is not None and v.value > 0.0]
    chemistry = site.simulation.chemistry
    degraded = {n for s in (chemistry.settings if chemistry else ()) for n in getattr(s, "degrades", ())}
    if decays and model.name in degraded:
        yield Fault("decay" if table.decay else "decay_sorbed",
                    f"{model.name} would decay twice: at {decays[0].value:g} {decays[0].unit}".rstrip()
                    + " in its transport model, and by [[degradation]]",
                    "Change its rate with [[scenario.degradation]].")
    scaled = table.boundary_factor is not None and table.boundary_factor.to("-") != 1.0
    if scaled and model.sources:
        yield Fault("boundary_factor", f"the concentrations that SSM of {model.name!r} brings are not scaled by it",
                    "Change them with [[scenario.source]].")


def apply(table: SpeciesChangeTable, site: Site) -> Site:
    """Return the site with the values of a species changed."""
    model = site.simulation.transport_model(table.name.lower())
    return site.with_species([with_values(table, model, site.info.mass_unit)])


KIND = ChangeKind("species", "other decay, sorption or strength of a species", SpeciesChangeTable, check, apply)
