"""Where the mass is: rows of budget.csv gathered by fate, so that they add up to what entered."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.units import SYMBOLS, convert
from gwsolver.maps.charts.timescale import TimeScale, positions
from gwsolver.maps.from_results import pick_species, subject
from gwsolver.maps.scene import Subject

Floats = NDArray[np.float64]

# Fates from the bottom of the stack up; those of degradation by an acceptor come after "degraded".
ORDER = ("degraded", "wells", "rivers", "boundaries", "air", "depleted", "removed", "other", "immobile", "pores",
         "sorbed", "water", "oil")
STORED = {"dissolved": "water", "sorbed": "sorbed", "retained": "pores", "rewetted": "pores", "in oil": "oil"}
BY_PACKAGE = {"decay": "degraded"}
BY_TERM = {
    **dict.fromkeys(("wel", "maw"), "wells"), **dict.fromkeys(("riv", "sfr", "drn", "lak"), "rivers"),
    **dict.fromkeys(("ghb", "chd", "cnc", "src", "rch", "evt", "rcha", "evta", "uzf"), "boundaries"),
    "ist": "immobile", "source-zone depletion": "depleted", "removal": "removed",
    "to air": "air",
}
DEGRADATION = "degradation"
AT_START = "spilled"
SMALL_PART = 0.002  # of all that entered: fates that never reach this are put together
NOTHING = 0.0005  # and are not named if together they do not reach this


@dataclass(frozen=True, eq=False)
class Fate:
    """One part of the stack.

    Attributes
    ----------
    kind : str
        One of ORDER.
    by : str
        The process, where degradation is told by process.
    amounts : ndarray of float64, shape (time,)
        In the scene's unit.
    """

    kind: str
    by: str
    amounts: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class MassScene(Subject):
    """What became of the mass of a species.

    Attributes
    ----------
    at : ndarray of float64, shape (time,)
        Positions on the time axis, the start of the run first.
    scale : TimeScale
    fates : tuple of Fate
        From the bottom of the stack up.
    entered : ndarray of float64, shape (time,)
        All that came in, with what was there at the start and left.
    initial : float
        What was there at the start and left.
    mass_unit : str
    """

    at: Floats
    scale: TimeScale
    fates: tuple[Fate, ...]
    entered: Floats
    initial: float
    mass_unit: str

    def named(self, fate: Fate) -> bool:
        """Tell whether a part is ever large enough to be seen."""
        return float(fate.amounts.max()) >= NOTHING * float(self.entered.max())

    @property
    def difference(self) -> float:
        """Largest difference between the parts and what entered, relative to all that entered."""
        total = np.sum([f.amounts for f in self.fates], axis=0)
        return float(np.abs(total - self.entered).max() / self.entered.max())


def fate_of(package: str, term: str) -> tuple[str, str]:
    """Return kind and process of what leaves by a row of budget.csv."""
    package = package.rsplit("/", 1)[-1]
    if package == DEGRADATION:
        return "degraded", term
    return BY_PACKAGE.get(package) or BY_TERM.get(term, "other"), ""


def mass_from_results(results: Any, species: str, lang: str) -> MassScene:
    """Return the scene of a species' books.

    Raises
    ------
    InputError
        If nothing entered.
    """
    name = pick_species(results, species)
    table = results.budget()
    table = table[(table["model"] == name) & (table["species"] == name) & (table["package"] != "total")]
    times = np.unique(np.concatenate([[0.0], table["time"].to_numpy(float)]))
    stored: dict[str, Floats] = {}
    left: dict[tuple[str, str], Floats] = {}
    entered = np.zeros(times.size)
    for (package, term), rows in table.groupby(["package", "term"], sort=False):
        # A term that begins late has no rows before: nothing had moved.
        row = np.searchsorted(times, rows["time"].to_numpy(float))
        came, went = np.zeros(times.size), np.zeros(times.size)
        came[row], went[row] = rows["in"].to_numpy(float), rows["out"].to_numpy(float)
        if term == AT_START:
            # What lies there from the beginning is booked with the first step; until then all of it was in the oil.
            came[0] = came[row[0]]
            stored["oil"] = stored.get("oil", np.zeros(times.size))
            stored["oil"][0] += came[0]
        if package.rsplit("/", 1)[-1] == "storage":
            kind = STORED.get(term, "other")
            stored[kind] = stored.get(kind, np.zeros(times.size)) + went - came
        else:
            entered += came
            key = fate_of(package, term)
            left[key] = left.get(key, np.zeros(times.size)) + went
    initial = sum(max(0.0, -float(net.min())) for net in stored.values())
    entered = entered + initial
    if not entered.max() > 0.0:
        raise InputError([Problem(f"no {name} entered the model", package="mass_budget",
                                  hint="Its budget has no inflow, so that there is nothing to divide.")])
    parts = {(kind, ""): net + max(0.0, -float(net.min())) for kind, net in stored.items()}
    for key, amounts in left.items():
        parts[key] = parts.get(key, np.zeros(times.size)) + amounts
    unit, factor = _unit(str(table["unit"].iloc[0]), float(entered.max()))
    at, scale = positions(results, times)
    return MassScene(
        **subject(results, name, None, lang), at=at, scale=scale,
        fates=tuple(_gathered(parts, float(entered.max()), factor)), entered=entered * factor, initial=initial * factor,
        mass_unit=unit,
    )


def _gathered(parts: dict[tuple[str, str], Floats], most: float, factor: float) -> Any:
    """Yield fates in order; those that are always small go together as "other"."""
    small = np.zeros(next(iter(parts.values())).size)
    kept = []
    for (kind, by), amounts in parts.items():
        if kind == "other" or amounts.max() < SMALL_PART * most:
            small = small + amounts
        else:
            kept.append(Fate(kind, by, amounts * factor))
    if small.max() > 0.0:
        kept.append(Fate("other", "", small * factor))
    yield from sorted(kept, key=lambda f: (ORDER.index(f.kind), -f.amounts[-1]))


def _unit(unit: str, most: float) -> tuple[str, float]:
    """Return the unit that amounts are printed in, and its factor."""
    if unit not in SYMBOLS:
        return unit or "model units", 1.0
    for larger in ("t", "kg", "g"):
        factor = convert(1.0, unit, larger)
        if most * factor >= 1.0:
            return larger, factor
    return unit, 1.0
