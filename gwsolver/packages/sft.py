"""SFT: the solute of streams."""

from gwsolver.packages.registry import SOLUTE_COLUMNS, Column, SoluteKind

KIND = SoluteKind(
    kind="sft",
    mf6_type="SFT6",
    model="gwt",
    title="Solute of streams",
    carrier="sfr",
    word="reach",
    columns=(*SOLUTE_COLUMNS, Column("inflow", "inflow", "M/L**3", "[0, inf)")),
)
