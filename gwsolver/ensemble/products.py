"""What an ensemble is written as: ensemble.nc, and tables for people."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gwsolver.core.statistics import BAND, band, quantile_with_never, standard_error
from gwsolver.core.time import TimeAxis
from gwsolver.ensemble.result import INDICATORS, Ensemble
from gwsolver.results.ensemble_file import Entry, write_ensemble
from gwsolver.results.folder import writing

if TYPE_CHECKING:
    import pandas as pd

NEVER = "not reached"


def write(found: Ensemble, axis: TimeAxis) -> list[Path]:
    """Write the products of an ensemble into its folder; return the files.

    Parameters
    ----------
    axis : TimeAxis
        Of the species, for units and dates of times.
    """
    tables = {
        "members.csv": members(found), "receptors.csv": receptor_bands(found), "indicators.csv": indicators(found),
        "arrivals.csv": arrivals(found), "sensitivity.csv": sensitivity(found),
    }
    files = [_netcdf(found, axis)]
    for name, table in tables.items():
        if len(table):
            with writing(name):
                table.to_csv(found.folder / name, index=False, encoding="utf-8", lineterminator="\n")
            files.append(found.folder / name)
    return files


def members(found: Ensemble) -> "pd.DataFrame":
    """Return one row per member: number, "finished", "failed" or "not run", why it failed, its values."""
    table = found.values.reset_index()
    state = ["finished" if n in found.finished else "failed" if n in found.failures else "not run"
             for n in table["member"]]
    why = [found.failures.get(n, "").replace("\n", " ") for n in table["member"]]
    table.insert(1, "state", state)
    table.insert(2, "reason", why)
    units = {p.name: v.unit for p, v, _ in found.design.columns() if v.unit}
    return table.rename(columns={name: f"{name} [{unit}]" for name, unit in units.items()})


def receptor_bands(found: Ensemble) -> "pd.DataFrame":
    """Return what receptors see: P10, P50, P90 of all finished members by time; P90 is passed by one in ten."""
    import pandas as pd

    rows = []
    for species in found.species if found.case.receptors else ():
        times, names, seen = found.receptors(species)
        for j, name in enumerate(names):
            for time, own in zip(times, band(seen[:, :, j]).T, strict=True):
                rows.append((species, name, time, *own))
    return pd.DataFrame(rows, columns=["species", "receptor", "time", *BAND])


def indicators(found: Ensemble) -> "pd.DataFrame":
    """Return peak, time above the limit and arrival of each member at each receptor; "not reached" is a word."""
    import pandas as pd

    tables = []
    for species in _judged(found):
        table = found.indicators(species)
        table.insert(1, "species", species)
        arrival = table["arrival"].astype(object)
        tables.append(table.assign(arrival=arrival.where(np.isfinite(table["arrival"]), NEVER)))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def arrivals(found: Ensemble) -> "pd.DataFrame":
    """Return by when a tenth, half and nine tenths of the members reach the limit at each receptor, in years.

    "not reached" where fewer ever do; times in the model's unit where that is not known.
    """
    import pandas as pd

    rows = []
    for species in _judged(found):
        for receptor, own in found.indicators(species).groupby("receptor", sort=False):
            times = own["arrival"].to_numpy(float)
            by = [float(quantile_with_never(times, part)) for part in BAND.values()]
            rows.append((species, receptor, int(np.isfinite(times).sum()), found.n,
                         *(t if np.isfinite(t) else NEVER for t in by)))
    return pd.DataFrame(rows, columns=["species", "receptor", "members_above", "members_finished", *BAND])


def sensitivity(found: Ensemble) -> "pd.DataFrame":
    """Return the rank correlation of each parameter with each indicator at each receptor."""
    import pandas as pd

    rows = [
        (species, receptor.name, indicator, name, value)
        for species in _judged(found) for receptor in found.case.receptors for indicator in INDICATORS
        for name, value in found.rank_correlations(species, receptor.name, indicator).items()
    ]
    return pd.DataFrame(rows, columns=["species", "receptor", "indicator", "parameter", "rank_correlation"])


def _judged(found: Ensemble) -> list[str]:
    """Return the species that have a limit, where there are receptors."""
    return [s for s in found.species if s in found.wanted.limits] if found.case.receptors else []


def _netcdf(found: Ensemble, axis: TimeAxis) -> Path:
    times = {"time": (found.times, axis)}
    if found.case.receptors:
        times["receptor_time"] = (found.receptors(found.species[0])[0], axis)
    about = {
        "summary": f"{found.n} of {found.design.n_members} members of a Latin hypercube, seed {found.design.seed}; "
                   f"{len(found.failures)} failed", "members": found.design.n_members, "members_finished": found.n,
        "members_failed": len(found.failures), "seed": found.design.seed,
    }
    return write_ensemble(
        found.folder / "ensemble.nc", found.base.grid_of(found.species[0]), found.case, times,
        [r.name for r in found.case.receptors], found.finished, [*_parameters(found), *_fields(found)], about)


def _parameters(found: Ensemble) -> Iterator[Entry]:
    chosen = [n - 1 for n in found.finished]
    for i, (parameter, value, drawn) in enumerate(found.design.columns(), start=1):
        spread = value.spread
        yield Entry(f"parameter_{i}", ("member",), drawn[chosen], {
            "long_name": parameter.name, "key": value.key, "units": value.unit or "1",
            "distribution": value.distribution, "range": np.array([spread.low, spread.high]),
            "value_of_the_case": spread.value, "source": value.provenance.source, "status": value.provenance.status})


def _fields(found: Ensemble) -> Iterator[Entry]:
    unit, when = found.base.units["concentration"], {"units": found.base.units["time"]}
    for name in found.species:
        limit = found.wanted.limits.get(name)
        if limit is not None:
            p = found.exceedance(name, limit)
            shared: dict[str, Any] = {"limit": limit, "limit_units": unit, "units": "1"}
            yield Entry(f"probability_{name}", ("time", "cell"), p.astype(np.float32), {
                "long_name": f"part of finished members with {name} above the limit", **shared})
            yield Entry(f"standard_error_{name}", ("time", "cell"), standard_error(p, found.n).astype(np.float32), {
                "long_name": f"standard error of probability_{name}", **shared})
            arrivals = found.arrivals(name)
            yield Entry(f"arrived_{name}", ("cell",), np.isfinite(arrivals).mean(axis=0).astype(np.float32), {
                "long_name": f"part of finished members in which {name} ever reaches the limit", **shared})
            for part, values in zip(BAND, found.arrival_quantiles(name, tuple(BAND.values())), strict=True):
                there = np.where(np.isfinite(values), values, np.nan)
                yield Entry(f"arrival_{part.lower()}_{name}", ("cell",), there, {
                    "long_name": f"time by which {part[1:]} of 100 members have reached the limit", **when,
                    "comment": "missing: fewer do"})
        if found.case.receptors:
            _, _, seen = found.receptors(name)
            yield Entry(f"concentration_at_receptors_{name}", ("member", "receptor_time", "receptor"), seen, {
                "long_name": f"{name} at receptors", "units": unit})
