"""LKT: the solute of lakes."""

from gwsolver.packages.registry import SOLUTE_COLUMNS, Column, SoluteKind

KIND = SoluteKind(
    kind="lkt",
    mf6_type="LKT6",
    model="gwt",
    title="Solute of lakes",
    carrier="lak",
    word="lake",
    columns=(*SOLUTE_COLUMNS, Column("inflow", "ext-inflow", "M/L**3", "[0, inf)")),
)
