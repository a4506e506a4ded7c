"""SRC: solute mass that enters cells at a given rate, without water."""

from gwsolver.core.stress import StressValues
from gwsolver.packages.registry import BoundaryKind, Column, Floats


def mass(values: StressValues) -> Floats:
    """Return the mass rate into the cell of each entry [M/T]."""
    return values.columns["mass_rate"]


KIND = BoundaryKind(
    kind="src",
    mf6_type="SRC6",
    model="gwt",
    title="Mass source loading",
    columns=(Column("mass_rate", "smassrate", "M/T"),),
    options=("highest_saturated",),
    mass=mass,
)
