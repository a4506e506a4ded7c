"""pywr, a program for networks of rivers and reservoirs, on the network of `two_basins.py`.

It has an environment of its own, for it holds other versions of pandas and numpy than ours: GWSOLVER_PYWR names the
Python there. pywr solves a linear program per member and step: no salt, no linear stores, no strait. The two basins are
one storage for it, which is the same water as long as both stand above the sill.
"""

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.bench.peers.process import run_counted
from gwsolver.core.calendar import CalendarStep
from gwsolver.core.errors import InputError, Problem
from gwsolver.surface.hypsometry import Hypsometry, joined

Floats = NDArray[np.float64]
MM3 = 1e6  # m3: numbers that the tolerances of a linear program suit
INSTALL = "python3 -m venv pywr-env && pywr-env/bin/pip install pywr && export GWSOLVER_PYWR=$PWD/pywr-env/bin/python"
PARTS = 8  # of each segment of a stage table: area is linear in level here, in volume there


@dataclass(frozen=True, eq=False)
class PywrAnswer:
    """What pywr gives back.

    Attributes
    ----------
    volume : ndarray of float64, shape (step, member)
        Of the whole lake at the end of each step [m3].
    version : str
    solve_seconds, process_seconds : float
        CPU time of the steps, and of the whole process with imports and building [s].
    """

    volume: Floats
    version: str
    solve_seconds: float
    process_seconds: float


def find() -> str | None:
    """Return the Python that GWSOLVER_PYWR names, None if it names none.

    Raises
    ------
    InputError
        If there is no pywr in it.
    """
    python = os.environ.get("GWSOLVER_PYWR", "")
    if not python:
        return None
    try:
        done = subprocess.run([python, "-c", "import pywr.core"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise InputError([Problem("GWSOLVER_PYWR", value=python, allowed=f"a Python that has pywr ({error.strerror})",
                                  hint=INSTALL)]) from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it tells nothing"])[-1]
        raise InputError([Problem("GWSOLVER_PYWR", value=python, allowed=f"a Python that has pywr ({last})",
                                  hint=INSTALL)])
    return python


def solve(
    python: str, script: Path, nodes: Sequence[Any], members: int, steps: Sequence[CalendarStep], folder: Path
) -> PywrAnswer:
    """Run the network without lags and salt in pywr.

    Parameters
    ----------
    python : str
        Of `find`.
    script : Path
        ``pywr_model.py``.
    nodes : sequence of settings
        Of `two_basins.without_lags_and_salt`.
    steps : sequence of CalendarStep
        All months or all days.
    folder : Path
        An empty folder to run in.

    Raises
    ------
    RunError
        If it fails.
    """
    (folder / "input.json").write_text(json.dumps(told(nodes, members, steps)), encoding="utf-8")
    printed, process = run_counted([python, str(script.resolve()), "input.json", "volumes.npy"], folder)
    answer = json.loads(printed.strip().splitlines()[-1])
    return PywrAnswer(MM3 * np.load(folder / "volumes.npy"), answer["version"], answer["seconds"], process)


def told(nodes: Sequence[Any], members: int, steps: Sequence[CalendarStep]) -> dict[str, Any]:
    """Return the network as plain numbers [Mm3, Mm2, Mm3/d, m/d]: values of each step, and factors of members."""
    by_name = {node.name: node for node in nodes}
    dam, fields, delta, west = (by_name[name] for name in ("dam", "fields", "delta", "west"))
    back = fields.return_share * (1.0 - fields.efficiency)
    series: dict[str, list[float]] = {}
    factors: dict[str, list[float]] = {}

    def add(name: str, over: Callable[[CalendarStep], Any], unit: float) -> None:
        values = np.array([np.broadcast_to(over(step), (members,)) for step in steps]) / unit
        series[name] = values[:, 0].tolist()
        if np.ptp(values[0]) > 0.0:
            factors[name] = (values[0] / values[0, 0]).tolist()

    add("rain", dam.rain.over, 1.0)
    add("evaporation", dam.evaporation.over, 1.0)
    for name in ("border", "tributaries", "rivers"):
        add(name, by_name[name].flow.over, MM3)
    add("returned", lambda step: back / fields.efficiency * fields.need.over(step), MM3)
    add("reeds", delta.demand.over, MM3)
    add("ground water", lambda step: sum(by_name[n].ground_water.over(step) for n in ("west", "east")), MM3)
    lake = whole_lake(nodes)
    start = float(sum(by_name[n].table.volume_at(np.array([west.initial]))[0] for n in ("west", "east")))
    return {
        "start": steps[0].start.isoformat(), "end": (steps[-1].end - timedelta(days=1)).isoformat(),
        "step": "M" if steps[0].days > 1.0 else "D", "members": members, "series": series, "factors": factors,
        "upper": by_name["upper"].loss_share, "delta": delta.slope, "used": 1.0 - back,
        "least": float(dam.least.over(steps[0])) / MM3,
        "dam": _nodes(dam.table, float(dam.guide.over(steps[0]))) | {"initial": dam.initial / MM3},
        "lake": _nodes(lake, lake.capacity) | {"initial": start / MM3},
    }


def whole_lake(nodes: Sequence[Any]) -> Hypsometry:
    """Return the stage table of both basins."""
    return joined([node.table for node in nodes if node.name in ("west", "east")])


def _nodes(table: Hypsometry, full: float) -> dict[str, list[float]]:
    """Return volumes and areas up to the full volume, with nodes between those of the table [Mm3, Mm2]."""
    level = np.interp(np.arange((table.level.size - 1) * PARTS + 1) / PARTS, np.arange(table.level.size), table.level)
    top = float(table.level_at(np.array([full]))[0])
    level = np.append(level[level < top], top)
    volume = table.volume_at(level)
    return {"volume": (volume / MM3).tolist(), "area": (table.area_at(level) / MM3).tolist()}
