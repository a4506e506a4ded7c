"""CHD: the head of a cell is given; what flows through it follows from the balance of the cell."""

from gwsolver.packages.registry import BoundaryKind, Column

KIND = BoundaryKind(
    kind="chd",
    mf6_type="CHD6",
    model="gwf",
    title="Constant head",
    columns=(Column("head", "head", "L"),),
    fixes="head",
)
