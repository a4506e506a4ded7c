"""Flow along z and through vertical sections: every direction is as good as the rows."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.cases import column, oblique_gaussian, section_gaussian
from gwsolver.bench.rows import Check


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    plan = {angle: oblique_gaussian(float(angle)).l2 for angle in (0, 30, 45)}
    for section in ("xz", "yz"):
        for angle in (0, 30, 45, 90, 210, 300):
            error = section_gaussian(float(angle), section).l2
            yield Check(f"Gaussian in {section}, {angle} degrees to the layers", "L2", error, 0.012)
            if angle in plan:
                yield Check(
                    f"the same in {section} as in plan, {angle} degrees", "difference of L2", abs(error - plan[angle]),
                    1e-6,
                )
    for reverse in (False, True):
        c = column(100, axis="z", reverse=reverse)
        yield Check(f"column, {'downwards' if reverse else 'upwards'}", "L1", c.l1, 0.002)
