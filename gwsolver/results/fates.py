"""What became of the mass of a species: given, pumped, to rivers, degraded, still there; from budget.csv."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from gwsolver.results.reader import Results

GIVEN = "given"
# By (package, term) where both are fixed words of the ledger, then by the term of a package (its kind).
BY_TERM = {
    ("decay", "dissolved"): "degraded, dissolved", ("decay", "sorbed"): "degraded, sorbed",
    ("storage", "dissolved"): "in water", ("storage", "sorbed"): "on solids", ("storage", "in oil"): "in oil",
    ("storage", "retained"): "in drained ground", ("storage", "rewetted"): "met in rewetted ground",
    ("dry cells", "lost"): "lost with cells that fell dry", ("flow", "flow imbalance"): "imbalance of the flow",
}
BY_KIND = {
    "wel": "wells", "maw": "wells", "riv": "rivers", "sfr": "rivers", "drn": "drains", "ghb": "head boundaries",
    "chd": "head boundaries", "evt": "evapotranspiration", "rch": "recharge", "cnc": "fixed concentration",
    "src": "sources", "lak": "lakes",
}


def mass_by_fate(results: "Results", species: str) -> "pd.DataFrame":
    """Return the fates of a species' mass at the last saved time, largest first; "given" stands above them.

    What entered from outside the aquifer is given; all else is the net amount that left or that is there more than at
    the start (less: negative). The fates sum up to what was given, to the closure of the budget. Whatever the budget
    books under words not known here keeps them ("package: term").

    Returns
    -------
    DataFrame
        Columns ``fate``, ``amount`` [M], ``unit``.
    """
    import pandas as pd

    rows = _last(results, species)
    fates: dict[str, float] = {}
    given = 0.0
    for row in rows.itertuples():
        stored = row.package == "storage"
        amount_in, amount_out = float(row._6), float(row.out)
        fate = BY_TERM.get((row.package, row.term)) or BY_KIND.get(row.term) or f"{row.package}: {row.term}"
        if stored:
            fates[fate] = fates.get(fate, 0.0) + amount_out - amount_in
            continue
        given += amount_in
        if amount_out:
            fates[fate] = fates.get(fate, 0.0) + amount_out
    unit = str(rows["unit"].iloc[0]) if len(rows) else ""
    ordered = sorted(fates.items(), key=lambda item: -abs(item[1]))
    return pd.DataFrame(
        [(GIVEN, given, unit), *((fate, amount, unit) for fate, amount in ordered)], columns=["fate", "amount", "unit"])


def pumped(results: "Results", species: str) -> dict[str, tuple[float, float]]:
    """Return what wells took out until the last saved time, by package: mass of a species [M] and water [L**3]."""
    solute, water = (
        table.loc[table["term"].map(lambda kind: BY_KIND.get(kind) == "wells")].groupby("package")["out"].sum()
        for table in (_last(results, species), _last(results, "", results.flow_model_of(species)))
    )
    return {str(name): (float(solute.get(name, 0.0)), float(volume)) for name, volume in water.items()}


def _last(results: "Results", species: str, model: str | None = None) -> "pd.DataFrame":
    table = results.budget()
    mine = table[(table["species"] == species) & (table["model"] == (model or species)) & (table["package"] != "total")]
    return mine[np.isclose(mine["time"], mine["time"].max())] if len(mine) else mine
