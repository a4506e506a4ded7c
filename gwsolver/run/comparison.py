"""Alternatives side by side: one tidy table of figures, one wide table for people."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gwsolver.core.case import CaseInfo, Limit
from gwsolver.core.units import convert
from gwsolver.results.folder import writing

if TYPE_CHECKING:
    import pandas as pd

    from gwsolver.results import Results

NOT_REACHED = "not reached"
COLUMNS = ("scenario", "receptor", "species", "figure", "value", "unit", "text")
# Figures of a receptor in the order of the tables: column of `receptor_table`, kind of unit.
TIMES = {"arrival": "arrival", "peak_time": "time of peak", "well_arrival": "arrival in blended well water"}
SPANS = {"time_above": "time above limit", "well_time_above": "time of blended well water above limit"}


@dataclass(frozen=True, eq=False)
class Alternative:
    """One scenario and what came of it.

    Attributes
    ----------
    name : str
    title : dict of str to str
        By language.
    info : CaseInfo
        The case as the scenario changes it.
    results : Results or None
        None if the run failed.
    failure : str
        Why there are none.
    again : bool
        The results were there already.
    """

    name: str
    title: dict[str, str]
    info: CaseInfo
    results: "Results | None" = None
    failure: str = ""
    again: bool = False


@dataclass(frozen=True, eq=False)
class Alternatives:
    """Scenarios of a case, run and compared.

    Attributes
    ----------
    folder : Path
        Where the results of each stand in a folder of their own.
    members : tuple of Alternative
        The base first.
    info : CaseInfo
        The case without the title of a scenario.
    """

    folder: Path
    members: tuple[Alternative, ...]
    info: CaseInfo

    @property
    def results(self) -> dict[str, "Results"]:
        """Results by name of scenario; those that failed are not among them."""
        return {m.name: m.results for m in self.members if m.results is not None}

    @property
    def failures(self) -> dict[str, str]:
        """What went wrong, by name of scenario."""
        return {m.name: m.failure for m in self.members if m.results is None}

    @cached_property
    def tidy(self) -> "pd.DataFrame":
        """All figures, one row each: scenario, receptor, species, figure, value, unit, text.

        Times in years where the model's unit of time is known. ``text`` says what a missing value means: "not
        reached", or why a run failed.
        """
        import pandas as pd

        rows = [row for member in self.members for row in _rows(member)]
        return pd.DataFrame(rows, columns=list(COLUMNS)).fillna({"text": ""})

    def table(self) -> "pd.DataFrame":
        """Return one row per scenario, receptor and species, one column per figure with its unit.

        ``arrival`` holds "not reached" where the limit is not; a scenario that failed has one row that says so.
        """
        import pandas as pd

        tidy = self.tidy
        own = tidy[(tidy["receptor"] != "") | (tidy["figure"] == "run")]
        values = own["value"].astype(object).where(own["text"] == "", own["text"])
        heads = own["figure"] + own["unit"].map(lambda u: f" [{u}]" if u else "")
        wide = pd.DataFrame({**own[["scenario", "receptor", "species"]], "head": heads, "value": values})
        order = list(dict.fromkeys(map(tuple, wide[["scenario", "receptor", "species"]].itertuples(index=False))))
        pivoted = wide.pivot(index=["scenario", "receptor", "species"], columns="head", values="value")
        return pivoted.loc[order, list(dict.fromkeys(heads))].reset_index().rename_axis(columns=None)

    def masses(self) -> "pd.DataFrame":
        """Return one row per scenario and species: mass by fate, water pumped, mass removed per volume pumped."""
        tidy = self.tidy
        own = tidy[(tidy["receptor"] == "") & (tidy["figure"] != "run")]
        heads = own["figure"] + own["unit"].map(lambda u: f" [{u}]" if u else "")
        wide = own.assign(head=heads).pivot(index=["scenario", "species"], columns="head", values="value")
        order = list(dict.fromkeys(map(tuple, own[["scenario", "species"]].itertuples(index=False))))
        return wide.loc[order, list(dict.fromkeys(heads))].reset_index().rename_axis(columns=None)

    def write(self) -> Path:
        """Write the tidy table as ``comparison.csv`` into the folder; return the file. RunError if it cannot be."""
        path = self.folder / "comparison.csv"
        with writing(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            self.tidy.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
        return path


def _rows(member: Alternative) -> Iterator[tuple[Any, ...]]:
    """Yield the figures of one scenario as rows of the tidy table."""
    from gwsolver.results.fates import mass_by_fate, pumped
    from gwsolver.results.receptors import receptor_table

    results = member.results
    if results is None:
        yield member.name, "", "", "run", np.nan, "", f"failed: {member.failure.splitlines()[0]}"
        return
    clock = Clock.of(member.info)
    units = results.units
    for species in results.species:
        limit = limit_of(member.info, species)
        if limit is not None:
            for row in receptor_table(results, species, limit.value).to_dict("records"):
                for figure, value, unit, text in _receptor_figures(row, limit, clock, units):
                    yield member.name, row["receptor"], species, figure, value, unit, text
        for fate, amount, unit in mass_by_fate(results, species).itertuples(index=False):
            yield member.name, "", species, fate, amount, unit, ""
        wells = pumped(results, species)
        yield from ((member.name, "", species, *row) for row in _pumping("", wells.values(), units))
        if len(wells) > 1:
            for name, own in wells.items():
                yield from ((member.name, "", species, *row) for row in _pumping(f", {name}", [own], units))


def _pumping(
    whose: str, wells: Collection[tuple[float, float]], units: Mapping[str, str]
) -> Iterator[tuple[str, float, str, str]]:
    """Yield figure, value, unit and text of what some wells take out together, given as mass and volume."""
    mass, volume = (sum(values) for values in zip(*wells, strict=True)) if wells else (0.0, 0.0)
    per = f"{units['mass']}/{units['volume']}" if units["mass"] != "model units" else "model units"
    yield f"water pumped{whose}", volume, units["volume"], ""
    yield (f"mass removed per volume pumped{whose}", mass / volume if volume > 0.0 else np.nan, per,
           "" if volume > 0.0 else "nothing pumped")


def _receptor_figures(
    row: Mapping[str, Any], limit: Limit, clock: "Clock", units: Mapping[str, str]
) -> Iterator[tuple[str, float, str, str]]:
    """Yield figure, value, unit and text of one receptor."""
    pumps = np.isfinite(row["well_mass_rate"])
    yield SPANS["time_above"], clock.years(row["time_above"]), clock.unit, ""
    yield "peak", row["peak"], units["concentration"], "" if np.isfinite(row["peak"]) else "dry"
    yield "peak over limit", row["peak"] / limit.value, "-", "" if np.isfinite(row["peak"]) else "dry"
    yield TIMES["peak_time"], clock.years(row["peak_time"]), clock.unit, ""
    yield TIMES["arrival"], clock.years(row["arrival"]), clock.unit, "" if np.isfinite(row["arrival"]) else NOT_REACHED
    if pumps:
        yield "largest concentration of blended well water", row["well_concentration"], units["concentration"], ""
        yield "largest mass rate of the well", row["well_mass_rate"], units["mass_rate"], ""
        yield SPANS["well_time_above"], clock.years(row["well_time_above"]), clock.unit, ""
        arrives = np.isfinite(row["well_arrival"])
        yield TIMES["well_arrival"], clock.years(row["well_arrival"]), clock.unit, "" if arrives else NOT_REACHED


def limit_of(info: CaseInfo, species: str) -> Limit | None:
    """Return the lowest limit of a species in the unit of the run; None if there is none that can be compared."""
    own = [x for x in info.limits if x.species == species and x.unit == info.concentration_unit]
    return min(own, key=lambda x: x.value, default=None)


@dataclass(frozen=True)
class Clock:
    """Times of the model in years; as they are where the model's unit is not known."""

    factor: float
    unit: str

    @classmethod
    def of(cls, info: CaseInfo) -> "Clock":
        """Return that of a case."""
        return cls(convert(1.0, info.time_unit, "y"), "y") if info.time_unit else cls(1.0, "model units")

    def years(self, time: float) -> float:
        """Return a model time in years."""
        return time * self.factor
