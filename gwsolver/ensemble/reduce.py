"""What an ensemble keeps of a member: few fields in single precision, what receptors see, nothing else."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem
from gwsolver.results.receptors import crossing_part
from gwsolver.run.comparison import limit_of

Floats = NDArray[np.float64]
MOST_TIMES = 8  # kept where the case names none


@dataclass(frozen=True)
class Wanted:
    """What is kept.

    Attributes
    ----------
    species : tuple of str
    times : tuple of float
        Saved model times whose concentrations are kept [T].
    limits : dict of str to float
        By species, in the run's unit; of species that have one.
    """

    species: tuple[str, ...]
    times: tuple[float, ...]
    limits: dict[str, float]


def wanted(results: Any, species: tuple[str, ...], times: tuple[float, ...]) -> Wanted:
    """Return what to keep: of species named (else those with a limit, else all) at saved times nearest to those named.

    Where no time is named up to eight saved ones are taken, evenly, the last among them.
    """
    limits = {name: law.value for name in results.species if (law := limit_of(results.case, name)) is not None}
    names = species or tuple(limits) or tuple(results.species)
    saved = np.asarray(results.times, float)
    if times:
        places = {int(np.abs(saved - t).argmin()) for t in times}
    else:
        count = min(MOST_TIMES, saved.size)
        places = {round((k + 1) * saved.size / count) - 1 for k in range(count)}
    return Wanted(names, tuple(float(saved[i]) for i in sorted(places)), {n: limits[n] for n in names if n in limits})


def reduced(results: Any, want: Wanted) -> dict[str, NDArray[Any]]:
    """Return the arrays of a member by name.

    ``times`` (time,); for each species ``concentration/NAME`` (time, cell), NaN where dry, and with a limit
    ``arrival/NAME`` (cell,), when the limit is first reached [T], infinite where it is not; ``observed/times`` and
    ``observed/KIND/NAME`` (time, receptor), what observations.csv has of receptors. Cells are active cells.
    """
    found: dict[str, NDArray[Any]] = {"times": np.array(want.times)}
    for name in want.species:
        field = results.concentration(name)
        node = results.grid_of(name).node
        saved = np.asarray(field["time"].values, float)
        kept = [int(np.abs(saved - t).argmin()) for t in want.times]
        found[f"concentration/{name}"] = np.stack([_cells(field, i, node) for i in kept]).astype(np.float32)
        if name in want.limits:
            found[f"arrival/{name}"] = _arrival(field, saved, node, want.limits[name]).astype(np.float32)
    return found | _observed(results, want.species)


def _cells(field: Any, index: int, node: NDArray[np.int64]) -> Floats:
    return np.asarray(field[index].values, float).ravel()[node]


def _arrival(field: Any, saved: Floats, node: NDArray[np.int64], limit: float) -> Floats:
    """Return when each cell first reaches the limit; between two saved times by the logarithm."""
    arrival = np.full(node.size, np.inf)
    before = None
    for i, time in enumerate(saved):
        now = _cells(field, i, node)
        new = ~np.isfinite(arrival) & (now >= limit)
        arrival[new] = time
        if before is not None:
            new &= np.isfinite(before)
            arrival[new] = saved[i - 1] + crossing_part(before[new], now[new], limit, "log") * (time - saved[i - 1])
        before = now
    return arrival


def _observed(results: Any, species: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    table = results.observations()
    table = table[(table["package"] == "receptor") & table["model"].isin(species)]
    names = [r.name for r in results.case.receptors]
    if not len(table):
        return {}
    times = np.unique(table["time"].to_numpy(float))
    found: dict[str, NDArray[Any]] = {"observed/times": times}
    for (name, kind), rows in table.groupby(["model", "type"], sort=True):
        values = np.full((times.size, len(names)), np.nan)
        column = rows["name"].map({n: j for j, n in enumerate(names)}).to_numpy(int)
        values[np.searchsorted(times, rows["time"].to_numpy(float)), column] = rows["value"].to_numpy(float)
        found[f"observed/{kind}/{name}"] = values
    return found


def save(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write the arrays of a member; the file gets its name when it is complete, and depends on the arrays alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def read(path: Path, name: str) -> NDArray[Any]:
    """Return one array of a member.

    Raises
    ------
    InputError
        If the file is not there or is damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return np.asarray(arrays[name])
    except KeyError:
        raise InputError([Problem(f"the member has no {name}", file=str(path))]) from None
    except (OSError, ValueError, EOFError) as error:
        raise InputError([Problem("the member's file cannot be read", file=str(path), hint=(
            "Remove it and run gwsolver ensemble again: only this member is computed."))]) from error
