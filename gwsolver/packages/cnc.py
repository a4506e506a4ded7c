"""CNC: cells whose concentration is given."""

from gwsolver.packages.registry import BoundaryKind, Column

KIND = BoundaryKind(
    kind="cnc",
    mf6_type="CNC6",
    model="gwt",
    title="Constant concentration",
    columns=(Column("concentration", "conc", "M/L**3", "[0, inf)"),),
    fixes="concentration",
)
