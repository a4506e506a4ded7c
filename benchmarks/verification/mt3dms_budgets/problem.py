"""MT3DMS problems 8 and 10: cumulative mass budgets, package by package, beside MODFLOW 6's."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.folders import solve
from gwsolver.bench.rows import Check

# Cumulative (in, out) of MODFLOW 6.7.0.dev1 (commit b06308e; p10 with the rotation of the dispersion tensor
# corrected as in 6.8) at the end, storage as net change in the same sense (in minus out), "whole" what entered
# or was there at the start.
MODFLOW = {
    "p08": ("gwt_p08_mf6", 23.3666, {
        "storage/dissolved": (38.6086 - 58.398, 0.0), "rch-1": (0.0, 0.0), "chd-1": (0.0, 0.3666),
        "cnc-1": (23.3666, 3.2105),
    }),
    "p10": ("gwt-p10-mf6", 4715705243.0, {
        "storage/dissolved": (2519489711.0 - 827405528.0, 0.0),
        "storage/sorbed": (2512771072.0 - 825199113.0, 0.0),
        "wel-1": (0.0, 3379656133.0), "rch-1": (0.0, 0.0), "chd-1": (0.0, 9.157),
    }),
}


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    for case, (species, whole, packages) in MODFLOW.items():
        answer = solve(folder / case, species)
        for name, (into, out) in packages.items():
            own = [b for key, b in answer.budget.items() if key == name or key.startswith(f"{name}/")]
            ours_in, ours_out = sum(b[0] for b in own), sum(b[1] for b in own)
            if name.startswith("storage"):
                ours_in, ours_out = ours_in - ours_out, 0.0
            error = max(abs(ours_in - into), abs(ours_out - out)) / whole
            yield Check(f"MT3DMS {case}, {name}", "budget", error, 0.03)
