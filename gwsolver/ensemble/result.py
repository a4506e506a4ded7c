"""An ensemble that was run, wholly or in part: what its members say together."""

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.case import CaseInfo
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.sampling import Design
from gwsolver.core.statistics import BAND, quantile_with_never, rank_correlation
from gwsolver.ensemble.folder import EnsembleFolder
from gwsolver.ensemble.reduce import Wanted, read
from gwsolver.results.receptors import exposure
from gwsolver.run.comparison import Clock, limit_of

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
View = Callable[[Floats], Floats]
INDICATORS = ("peak", "time above limit", "arrival")


def open_ensemble(path: str | Path) -> "Ensemble":
    """Open what `gwsolver.ensemble` has written: its folder, or the case folder that has one called ``ensemble``.

    An ensemble that was interrupted opens with the members that are finished.

    Raises
    ------
    InputError
        If there is none, or no member of it is finished.
    """
    folder = Path(path)
    if not (folder / "design.json").is_file() and (folder / "ensemble" / "design.json").is_file():
        folder = folder / "ensemble"
    return Ensemble(EnsembleFolder(folder))


class Ensemble:
    """Members of an ensemble.

    Attributes
    ----------
    folder : Path
    design : Design
        Parameters and what each member has for them.
    finished : tuple of int
        Numbers of the members that have results, from one.
    failures : dict of int to str
        Why the others failed, by number.
    base : Results
        The case as it stands.
    """

    def __init__(self, place: EnsembleFolder) -> None:
        from gwsolver.results import open_results

        self.place, self.folder = place, place.path
        self.design: Design = place.design
        self.wanted: Wanted = place.wanted
        numbers = range(1, self.design.n_members + 1)
        self.finished = tuple(n for n in numbers if place.member(n).is_file())
        self.failures = {n: place.failed(n).read_text(encoding="utf-8") for n in numbers
                         if n not in self.finished and place.failed(n).is_file()}
        if not self.finished:
            raise InputError([Problem("the ensemble has no finished member", file=str(self.folder), hint=next(
                iter(self.failures.values()), "Run gwsolver ensemble; it goes on where it stopped."))])
        self.base = open_results(place.base)
        self._indicators: dict[tuple[str, float], pd.DataFrame] = {}

    def __repr__(self) -> str:
        return f"<gwsolver ensemble {self.folder}: {len(self.finished)} of {self.design.n_members} members>"

    @property
    def case(self) -> CaseInfo:
        """The case as it stands."""
        return self.base.case

    @property
    def species(self) -> list[str]:
        """Species whose results members keep."""
        return list(self.wanted.species)

    @property
    def times(self) -> Floats:
        """Model times of concentrations [T], shape (time,)."""
        return np.array(self.wanted.times)

    @property
    def n(self) -> int:
        """Number of finished members."""
        return len(self.finished)

    def concentrations(self, species: str) -> Iterator[Floats]:
        """Yield what each finished member has at the times kept, shape (time, cell); one in memory at a time."""
        self._known(species)
        for number in self.finished:
            yield np.asarray(read(self.place.member(number), f"concentration/{species}"), np.float64)

    def exceedance(self, species: str, limit: float, view: View | None = None) -> Floats:
        """Return the part of finished members above a limit, shape (time, cell) or as `view` makes of cells.

        Parameters
        ----------
        limit : float
            In the run's unit.
        view : callable, optional
            Turns values of active cells, shape (cell,), into others (the largest of a column, ...) before they are
            compared with the limit.
        """
        above: NDArray[np.int64] | None = None
        for fields in self.concentrations(species):
            shown = fields if view is None else np.stack([view(f) for f in fields])
            # A float32 rounds: what was just below the limit is not to be counted above it.
            high = np.nan_to_num(shown, nan=-1.0) > np.float64(np.float32(limit))
            above = high.astype(np.int64) if above is None else above + high
        assert above is not None
        return above / self.n

    def arrivals(self, species: str, view: View | None = None) -> Floats:
        """Return when the limit is first reached in each finished member, shape (member, cell) [T]; infinite: never."""
        self._known(species)
        if species not in self.wanted.limits:
            raise InputError([Problem(f"{species} has no limit, so nothing arrives", file=str(self.folder),
                                      hint="Give [[limit]] in case.toml with a unit.")])
        fields = (np.asarray(read(self.place.member(n), f"arrival/{species}"), np.float64) for n in self.finished)
        return np.stack([f if view is None else view(f) for f in fields])

    def arrival_quantiles(self, species: str, parts: tuple[float, ...] = tuple(BAND.values()),
                          view: View | None = None) -> Floats:
        """Return by when such parts of the members have reached the limit, shape (part, cell) [T]; infinite: never so.

        P10 is an early arrival: one member in ten is there by then.
        """
        arrivals = self.arrivals(species, view)
        return np.stack([quantile_with_never(arrivals, part) for part in parts])

    @cached_property
    def values(self) -> "pd.DataFrame":
        """What members have for each uncertain value; rows: numbers of all members, failed ones too."""
        import pandas as pd

        many = {p.name: len(p.values) > 1 for p in self.design.parameters}
        columns = {p.name if not many[p.name] else f"{p.name}: {v.key}": drawn for p, v, drawn in self.design.columns()}
        return pd.DataFrame(columns, index=pd.RangeIndex(1, self.design.n_members + 1, name="member"))

    def receptors(self, species: str, kind: str = "concentration") -> "tuple[Floats, list[str], Floats]":
        """Return times (time,), names of receptors, and what they see, shape (member, time, receptor).

        Parameters
        ----------
        kind : str
            "concentration", "well-concentration" or "well-mass-rate", as in observations.csv.
        """
        self._known(species)
        names = [r.name for r in self.case.receptors]
        if not names:
            raise InputError([Problem("the case has no receptors", file=str(self.folder),
                                      hint="Give [[receptor]] in case.toml.")])
        times = read(self.place.member(self.finished[0]), "observed/times")
        seen = np.stack([read(self.place.member(n), f"observed/{kind}/{species}") for n in self.finished])
        return np.asarray(times, np.float64), names, np.asarray(seen, np.float64)

    def indicators(self, species: str, limit: float | None = None) -> "pd.DataFrame":
        """Return what each finished member means for each receptor.

        Parameters
        ----------
        limit : float, optional
            In the run's unit; default: that of the case.

        Returns
        -------
        DataFrame
            Columns member, receptor, peak [M/L**3], time above limit, arrival (infinite: never); times in years where
            the model's unit of time is known.
        """
        import pandas as pd

        limit = self.limit(species) if limit is None else limit
        if (species, limit) in self._indicators:
            return self._indicators[species, limit].copy()
        clock = Clock.of(self.case)
        times, names, seen = self.receptors(species)
        rows = []
        for number, own in zip(self.finished, seen, strict=True):
            for j, name in enumerate(names):
                met = exposure(times, own[:, j], limit)
                arrival = clock.years(met.arrival) if met.reached else np.inf
                rows.append((number, name, met.peak, clock.years(met.time_above), arrival))
        table = pd.DataFrame(rows, columns=["member", "receptor", *INDICATORS])
        self._indicators[species, limit] = table
        return table.copy()

    def rank_correlations(self, species: str, receptor: str, indicator: str = "peak", limit: float | None = None
                          ) -> "pd.Series":
        """Return Spearman's rank correlation of each parameter with an indicator, the strongest first.

        Parameters
        ----------
        indicator : str
            "peak", "time above limit" or "arrival".
        """
        import pandas as pd

        if indicator not in INDICATORS:
            raise InputError([Problem("indicator", package="ensemble", value=indicator,
                                      allowed=f"one of {', '.join(INDICATORS)}")])
        table = self.indicators(species, limit)
        known = list(dict.fromkeys(table["receptor"]))
        name = next((r for r in known if r.lower() == receptor.lower()), None)
        if name is None:
            raise InputError([Problem("receptor", package="ensemble", value=receptor,
                                      allowed=f"one of {', '.join(known)}")])
        outcome = table.loc[table["receptor"] == name, indicator].to_numpy(float)
        chosen = [n - 1 for n in self.finished]
        found = {p.name: rank_correlation(self.design.quantiles[chosen, j], outcome)
                 for j, p in enumerate(self.design.parameters)}
        order = sorted(found, key=lambda k: -abs(np.nan_to_num(found[k])))
        return pd.Series({k: found[k] for k in order}, name=indicator, dtype=float)

    def limit(self, species: str) -> float:
        """Return the case's limit of a species in the run's unit.

        Raises
        ------
        InputError
            If it has none.
        """
        law = limit_of(self.case, species)
        if law is None:
            raise InputError([Problem(f"{species} has no limit", file=str(self.folder), hint=(
                "Give [[limit]] in case.toml with a unit, or limit= here."))])
        return law.value

    def _known(self, species: str) -> None:
        if species not in self.wanted.species:
            raise InputError([Problem("species", package="ensemble", value=species, allowed=(
                f"one of {', '.join(self.wanted.species)}"), hint="Members keep what species of [ensemble] names.")])
