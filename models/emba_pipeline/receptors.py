"""What a run says of its receptors and of the fate of benzene, as README.md prints it.

python receptors.py FOLDER [FOLDER ...]: folders of results, one after the other.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import gwsolver

SUMMER_FLOW = 0.5 * 86400.0  # of the river [m3/d]
RECEPTORS = ("Village well", "PT well", "River bank", "MW1", "MW2", "MW3")


def concentrations(observed: pd.DataFrame, species: str) -> pd.DataFrame:
    """Return the concentrations at the receptors by time."""
    seen = observed[(observed.type == "concentration") & (observed.package == "receptor") & (observed.model == species)]
    return seen.pivot_table(index="time", columns="name", values="value")[list(RECEPTORS)]


def exceeded(seen: pd.DataFrame, limit: float) -> pd.DataFrame:
    """Return the peak at each receptor, when that is, since when and how long it stands above the limit [y]."""
    time = seen.index.to_numpy()
    above, years = seen > limit, np.diff(np.concatenate([[0.0], time])) / 365.25
    return pd.DataFrame({
        "peak mg/L": seen.max(), "in year": seen.idxmax() / 365.25,
        "above from year": above.idxmax().where(above.any()) / 365.25, "years above": above.mul(years, axis=0).sum(),
    })


def river(budget: pd.DataFrame, species: str) -> pd.DataFrame:
    """Return the mean mass rate to the river between saved times [g/d], and what it makes of the summer flow [mg/L]."""
    rows = budget[(budget.species == species) & (budget.package == "riv")].set_index("time")
    time = np.concatenate([[0.0], rows.index.to_numpy()])
    rate = np.diff(np.concatenate([[0.0], rows["out"].to_numpy()])) / np.diff(time)
    return pd.DataFrame({"from": time[:-1] / 365.25, "to": time[1:] / 365.25, "g/d": rate, "mg/L": rate / SUMMER_FLOW})


def fate(budget: pd.DataFrame, species: str) -> pd.DataFrame:
    """Return what came in and went out in all [kg], by package and term."""
    rows = budget[(budget.species == species) & (budget.time == budget.time.max()) & (budget.package != "total")]
    return (rows.set_index(["package", "term"])[["in", "out"]] / 1e3).query("`in` > 0 or out > 0")


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="+", type=Path)
    for folder in parser.parse_args().results:
        results = gwsolver.open_results(folder)
        budget, observed = results.budget(), results.observations()
        print(f"\n== {folder}\n")
        for limit in results.case.limits:
            table = exceeded(concentrations(observed, limit.species), limit.value)
            print(f"{limit.species}, limit {limit.value:g} mg/L\n{_text(table)}\n")
        print(f"benzene to the river\n{_text(river(budget, 'benzene'), index=False)}\n")
        print(f"fate of benzene, kg\n{_text(fate(budget, 'benzene'))}")


def _text(table: pd.DataFrame, *, index: bool = True) -> str:
    return table.to_string(index=index, float_format=lambda x: f"{x:.3g}")


if __name__ == "__main__":
    main()
