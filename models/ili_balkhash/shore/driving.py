"""Write data/driving.csv: what drives western Balkhash by quarters, from the run of ../case.toml.

    python driving.py                1969-12-31 to 2024-12-31; three seconds

The balance (gwsolver's network of rivers and lakes) carries rain, evaporation, the Ili below its delta and the flow
through Uzynaral month by month; here they are summed by quarters. Depths are volumes over the balance's own areas.
"""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gwsolver.case import read_case
from gwsolver.core.surface import SurfaceStep

HERE = Path(__file__).resolve().parent
FIRST = 1970
KM3 = 1e9
COLUMNS = ("year", "quarter", "days", "rain_mm", "evaporation_mm", "ili_km3", "ili_salt_mt", "strait_km3",
           "east_g_l", "west_level_m", "west_g_l")


def value(array: NDArray[np.float64]) -> float:
    """Return the first member: the case as it stands."""
    return float(np.ravel(array)[0])


def quarters() -> list[tuple[float, ...]]:
    """Return the rows of the table; the first is the state at the end of 1969 alone.

    Rain and evaporation [mm], the Ili [km3] and its salt after carbonate has fallen out [Mt], what passes Uzynaral from
    west to east [km3], the eastern salinity [g/L] as means of the quarter; western level [m] and salinity at its end.
    """
    surface = read_case(HERE.parent).surface
    assert surface is not None
    settings = {s.name: s for s in surface.settings}
    west = settings["west"]
    network = surface.network()
    steps: list[SurfaceStep] = [network.advance(s) for s in surface.steps]
    first = next(i for i, s in enumerate(steps) if s.step.start.year == FIRST)
    held = steps[first - 1].held["west"]
    assert held.level is not None
    rows: list[tuple[float, ...]] = [
        (FIRST - 1, 4, 0, 0, 0, 0, 0, 0, 0, round(value(held.level), 4), round(value(held.salinity), 4))]
    level = value(held.level)
    for at in range(first, len(steps), 3):
        part = steps[at:at + 3]
        rain = evaporation = 0.0
        for s in part:
            end = s.held["west"].level
            assert end is not None
            # The area of mid-step is that at the level of the mean volume; a straight line of areas makes them alike.
            area = value(west.table.area_at(np.array([0.5 * (level + value(end))])))
            rain += 1e3 * value(s.water["west", "rain"]) / area
            evaporation -= 1e3 * value(s.water["west", "evaporation"]) / area
            level = value(end)
        ili = sum(value(s.flows["delta", "to"][0]) for s in part)
        salt = sum(value(s.flows["delta", "to"][1]) for s in part) * (1.0 - float(west.carbonate))
        passes = sum(value(s.parts["uzynaral", "flow"]) for s in part)
        east = np.mean([value(s.held["east"].salinity) for s in part])
        begins, ends = part[0].step.start, part[-1].step.end
        rows.append((
            begins.year, 1 + begins.month // 3, (ends - begins).days, round(rain, 2), round(evaporation, 2),
            round(ili / KM3, 5), round(salt / KM3, 5), round(passes / KM3, 5), round(float(east), 4), round(level, 4),
            round(value(part[-1].held["west"].salinity), 4),
        ))
    return rows


def main() -> None:
    """Write the table."""
    with (HERE / "data" / "driving.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(quarters())


if __name__ == "__main__":
    main()
