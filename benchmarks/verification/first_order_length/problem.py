"""How far a steady plume reaches that decays by first order: in one dimension and behind a wide, shallow source."""

from collections.abc import Iterator
from pathlib import Path

from scipy.optimize import brentq

from gwsolver.bench.rows import Check
from gwsolver.bench.solutions import SourceZone
from gwsolver.bench.solutions.mixing_controlled import first_order_length
from gwsolver.bench.source_zones import length_on_axis, pose_source_zone

SOURCE, END_OF_TIME = 4.95, 1e6
ALONG = dict(seepage_velocity=0.08, longitudinal_dispersivity=20.0, retardation=1.1717)


def length(site: SourceZone, limit: float, reach: float, spacing: tuple[float, float, float], width: float,
           depth: float) -> float:
    posed = pose_source_zone(site, time=END_OF_TIME, spacing=spacing, extent=(1.6 * reach, width, depth), decays=True)
    solved = posed.solve("steady")
    return length_on_axis(posed.model.grid, solved.step.concentration, limit)


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    for rate in (3e-4, 1e-3, 3e-3):
        column = SourceZone(0.08, (20.0, 0.0, 0.0), ((75.0, SOURCE),), 3.0, 1.1717, rate)
        for limit in (0.01, 0.001):
            exact = first_order_length(limit / SOURCE, decay_rate=rate, **ALONG)
            ours = length(column, limit, exact, (10.0, 75.0, 3.0), 75.0, 3.0)
            yield Check(f"length, decay {rate:g}, to {limit:g}", "relative", abs(ours / exact - 1.0), 1e-3)
    for rate in (1e-3, 3e-3):
        space = SourceZone(0.08, (20.0, 2.0, 0.02), ((75.0, SOURCE),), 3.0, 1.1717, rate)
        reach = first_order_length(0.01 / SOURCE, decay_rate=rate, **ALONG)

        def left(x: float, site: SourceZone = space) -> float:
            return float(site.concentration(x, time=END_OF_TIME, reaction="first order")) - 0.01

        exact = float(brentq(left, 1.0, reach))
        ours = length(space, 0.01, exact, (10.0, 15.0, 0.5), 300.0, 20.0)
        yield Check(f"length in 3-D, decay {rate:g}, to 0.01", "relative", abs(ours / exact - 1.0), 3e-3)
