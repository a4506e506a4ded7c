"""Write data/ranges.csv: exchange of lake and aquifer in the steady period, one value changed at a time.

    python ranges.py                       a few minutes

Each row is the strip with the lake held at its level of the end of 1969 and evapotranspiration of the mean year.
"""

import csv
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from build import build

from gwsolver.case import Quantity, read_case
from gwsolver.flow import FlowSolver
from gwsolver.modflow import read

HERE = Path(__file__).resolve().parent
CHANGES: dict[str, tuple[str, float]] = {
    "as it stands": ("recharge", 1.0), "no evapotranspiration": ("evapotranspiration", 0.0),
    "half of it": ("evapotranspiration", 0.5), "extinction depths 1.5 times": ("extinction_depth", 1.5),
    "sands 3 times as conductive": ("hydraulic_conductivity", 3.0), "sands a quarter": ("hydraulic_conductivity", 0.25),
    "bed of silt a twentieth": ("bed_conductivity", 0.05), "recharge 15 mm/y": ("recharge", 3.0),
    "no recharge": ("recharge", 0.0), "beds of the branches 5 times": ("branch_bed", 5.0),
    "gravel and no evapotranspiration": ("hydraulic_conductivity", 10.0),
}


def scaled(value: Quantity, factor: float) -> Quantity:
    """Return a value times a factor; of conductivities the sands alone, the clay stays."""
    numbers = [n * (factor if len(value.numbers) != 3 or value.unit != "m/d" or i != 1 else 1.0)
               for i, n in enumerate(value.numbers)]
    return replace(value, numbers=tuple(numbers))


def steady(values: dict[str, Quantity], folder: Path) -> tuple[float, float, float]:
    """Return what reaches the lake from the aquifer, evapotranspiration and seepage of the branches [km3/y]."""
    build(folder, values, periods=1)
    flow = read(folder).flow_models[0]
    step = FlowSolver(flow).advance(next(iter(flow.time.steps())))
    rates = {p.name: float(np.sum(p.rates)) for p in step.packages}
    to_km3 = 365.25 / 1e9
    return -rates["lak"] * to_km3, -rates["evt"] * to_km3, rates["riv"] * to_km3


def main() -> None:
    """Write the table."""
    base = read_case(HERE).values
    with (HERE / "data" / "ranges.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("change", "to_lake_km3_y", "evapotranspiration_km3_y", "from_branches_km3_y"))
        for name, (key, factor) in CHANGES.items():
            values = {**base, key: scaled(base[key], factor)}
            if name.startswith("gravel"):
                values["evapotranspiration"] = scaled(base["evapotranspiration"], 0.0)
            with tempfile.TemporaryDirectory() as folder:
                writer.writerow((name, *(round(v, 4) for v in steady(values, Path(folder)))))
            file.flush()


if __name__ == "__main__":
    main()
