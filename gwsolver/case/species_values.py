"""Values that a case gives a species (`SpeciesValues`) instead of those of its GWT model."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gwsolver.case.model_units import ModelUnits
from gwsolver.case.tables import SpeciesValues
from gwsolver.core.simulation import TransportModel
from gwsolver.core.stress import StressSource, StressValues
from gwsolver.core.time import TimeStep

MOST_CARBON = 0.05  # mass fraction of organic carbon: above lies peat, to which Koc does not apply
NO_DENSITY = "Write for example bulk_density = \"1750 kg/m3\"."


@dataclass(frozen=True, eq=False)
class ScaledStress:
    """The entries of another stress source with every quantity times a factor (CNC, SRC)."""

    source: StressSource
    factor: float

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the scaled entries in force during `step`."""
        values = self.source(step)
        return replace(values, columns={name: self.factor * column for name, column in values.columns.items()})


def with_values(species: SpeciesValues, model: TransportModel, mass: str) -> TransportModel:
    """Return a GWT model with the values that the case gives; `mass`: its unit of mass."""
    units = ModelUnits.of(model, mass)

    def uniform(value: float) -> np.ndarray:
        return np.full(model.grid.n_cells, value)

    mobile = model.mobile
    decay = units.number(species.decay, "1/time")
    if decay is not None:
        # One rate for all of the solute, unless the sorbed part has its own.
        mobile = replace(mobile, decay_rate=uniform(decay), decay_rate_sorbed=uniform(decay))
    if (sorbed := units.number(species.decay_sorbed, "1/time")) is not None:
        mobile = replace(mobile, decay_rate_sorbed=uniform(sorbed))
    if (density := units.number(species.bulk_density, "mass/length3")) is not None:
        mobile = replace(mobile, bulk_density=uniform(density))
    kd = units.number(species.distribution_coefficient, "length3/mass")
    if species.koc is not None and species.foc is not None:
        koc = units.number(species.koc, "length3/mass")
        kd = (koc or 0.0) * species.foc.to("-")
    if kd is not None:
        mobile = replace(mobile, distribution_coefficient=uniform(kd))
    initial = units.number(species.initial, "mass/length3")
    factor = species.boundary_factor.to("-") if species.boundary_factor else 1.0
    packages = model.packages if factor == 1.0 else tuple(
        replace(p, source=ScaledStress(p.source, factor)) for p in model.packages
    )
    return replace(
        model, mobile=mobile, packages=packages,
        initial_concentration=model.initial_concentration if initial is None else uniform(initial),
    )


def given(values: SpeciesValues) -> list[str]:
    """Return the keys that have a value."""
    return [key for key in SpeciesValues.model_fields if getattr(values, key) is not None]


def sorption_contradictions(values: SpeciesValues) -> Iterator[tuple[str, str, str]]:
    """Yield key, what is wrong and what to do about it: partners that are missing or exclude each other, and peat."""
    if values.foc is not None and not values.foc.is_list and values.foc.to("-") > MOST_CARBON:
        yield "foc", f"foc = {values.foc.to('-'):g} is outside [0, {MOST_CARBON:g}]", (
            "Clean sand has 0.0001 to 0.002, silt up to 0.02; is it in per cent? Write \"0.05 %\".")
    if (values.koc is None) != (values.foc is None):
        yield "koc" if values.koc else "foc", "koc and foc belong together", (
            "Kd = koc * foc; or give distribution_coefficient.")
    if values.koc is not None and values.distribution_coefficient is not None:
        yield "koc", "koc and distribution_coefficient exclude each other", ""


def lacks_density(values: SpeciesValues, model: TransportModel) -> bool:
    """Return whether the values sorb and neither they nor the model have a bulk density."""
    sorbs = values.distribution_coefficient is not None or values.koc is not None
    return bool(sorbs and values.bulk_density is None and not np.any(model.mobile.bulk_density))
