"""From results to a scene: the one place where maps read what a run wrote."""

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gwsolver
from gwsolver.core.case import CaseInfo, Limit, Place, in_language
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Grid
from gwsolver.core.units import convert, split_number
from gwsolver.maps.rivers import rivers
from gwsolver.maps.scene import MONITORING, RECEPTOR, SOURCE, VILLAGE, WELL, PlumeScene, Site
from gwsolver.maps.surface import n_plan
from gwsolver.results.locate import cells_at
from gwsolver.results.observations import receptor_value

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LENGTH_UNITS = {"metres": "m", "meters": "m", "feet": "ft", "centimetres": "cm", "centimeters": "cm"}
KINDS = {"supply well": WELL, "well": WELL, "monitoring well": MONITORING, "village": VILLAGE, "settlement": VILLAGE}
CHECKED = ("published",)
LONGEST_SOURCE = 90


def scene_from_results(
    results: Any, species: str, *, time: object = None, layer: int | str = "max", limit: float | str | None = None,
    lang: str = "en",
) -> PlumeScene:
    """Return the scene of a species at the saved time nearest to `time`; see `plume_map`.

    What the case has words for in the language `lang` is in that language, the rest as the case calls it.
    """
    case: CaseInfo = results.case
    name = pick_species(results, species)
    grid: Grid = results.grid_of(name)
    flow_model = results.flow_model_of(name)
    concentrations = results.concentration(name)
    times = np.asarray(concentrations["time"].values, float)
    index = nearest(times, model_time(results, time, times))
    now = float(times[index])
    cells = cell_values(concentrations, index, grid)
    number = _layer(layer, grid)
    saved = saved_at(partial(results.head, flow_model), now)
    head = None if saved is None else np.asarray(saved.values, float).ravel()[grid.node]
    features = results.features_of(name)
    wells = running_wells(features, now)
    sites, mixed = sites_of(case, grid, cells, wells, lang)
    day = results.date(now)
    return PlumeScene(
        **subject(results, name, limit, lang),
        grid=grid,
        concentration=in_plan(grid, cells, number, np.fmax),
        head=None if head is None else uppermost(grid, head, number),
        flow=_flow(partial(results.specific_discharge, flow_model), now, grid, number),
        time=now,
        date="" if day is None else day.date().isoformat(),
        layer=number,
        n_layers=0 if grid.kind == "disu" else int(grid.shape[0]),
        sites=sites,
        sources=tuple(site_of(p, SOURCE, lang) for p in case.sources),
        rivers=rivers(features, case.receptors, grid, lang),
        mixed=mixed,
    )


def flow_scene(results: Any, *, time: object = None, layer: int | str = "max", lang: str = "en") -> PlumeScene:
    """Return a scene of heads, flow and places without any concentration; runs without species have one too."""
    case: CaseInfo = results.case
    name = str((list(results.species) or results.flow_models)[0])
    flow_model = results.flow_model_of(name) if results.species else name
    grid: Grid = results.grid_of(name)
    try:
        times = np.asarray(results.head(flow_model)["time"].values, float)
    except StopIteration:
        times = np.asarray(results.times, float)
    now = float(times[nearest(times, model_time(results, time, times))])
    number = _layer(layer, grid)
    saved = saved_at(partial(results.head, flow_model), now)
    head = None if saved is None else np.asarray(saved.values, float).ravel()[grid.node]
    features = results.features_of(name) if results.species else [f for f in results.features if f.model == name]
    nothing = np.full(grid.n_cells, np.nan)
    sites, _ = sites_of(case, grid, nothing, running_wells(features, now), lang)
    day = results.date(now)
    return PlumeScene(
        **{**subject(results, name, None, lang), "limit": None}, grid=grid,
        concentration=in_plan(grid, np.zeros(grid.n_cells), number, np.fmax),
        head=None if head is None else uppermost(grid, head, number),
        flow=_flow(partial(results.specific_discharge, flow_model), now, grid, number), time=now,
        date="" if day is None else day.date().isoformat(), layer=number,
        n_layers=0 if grid.kind == "disu" else int(grid.shape[0]), sites=sites,
        sources=tuple(site_of(p, SOURCE, lang) for p in case.sources),
        rivers=rivers(features, case.receptors, grid, lang),
    )


def subject(results: Any, species: str, limit: float | str | None, lang: str) -> dict[str, Any]:
    """Return the fields of `scene.Subject` for a species of a run."""
    case: CaseInfo = results.case
    grid: Grid = results.grid_of(species)
    value, law = _limit(case, species, limit)
    settings = next((s for s in case.species if s.name == species), None)
    return {
        "species": species,
        "species_title": dict(settings.title) if settings else {},
        "unit": case.concentration_unit,
        "length_unit": case.length_unit or LENGTH_UNITS.get(grid.length_unit, ""),
        "time_unit": case.time_unit,
        "limit": value,
        "limit_source": "" if law is None else limit_source(law, lang),
        "limit_date": "" if law is None else law.date,
        "limit_checked": law is None or law.provenance.status in CHECKED,
        "limit_given": limit is not None,
        "crs": case.crs or grid.crs,
        "status": case.status,
        "title": in_language(case.titles, lang, case.title),
        "version": gwsolver.__version__,
    }


def cell_values(array: Any, index: int, grid: Grid) -> Floats:
    """Return one time of a (time, layer, row, column) or (time, cell) array over the active cells."""
    return np.asarray(array[index].values, float).ravel()[grid.node]


def pick_species(results: Any, species: str) -> str:
    """Return the run's own spelling of a species, which must be there."""
    names = list(results.species)
    found = next((n for n in names if n.lower() == species.lower()), None)
    if found is None:
        raise InputError([Problem("species", package="map", value=species, allowed="one of " + ", ".join(names))])
    return str(found)


def _layer(layer: int | str, grid: Grid) -> int | None:
    """Return a one-based layer, None for the largest value of all."""
    if layer in ("max", "", None):
        return None
    n = 0 if grid.kind == "disu" else int(grid.shape[0])
    try:
        number = int(layer)
    except ValueError:
        number = -1
    if not 1 <= number <= n:
        allowed = f"max, or 1 to {n}" if n else "max (a DISU grid has no layers)"
        raise InputError([Problem("layer", package="map", value=layer, allowed=allowed)])
    return number


def model_time(results: Any, time: object, times: Floats) -> float:
    """Return the model time that a user asks for: a number, an ISO date, or the last."""
    if time is None or time == "":
        return float(times[-1])
    text = str(time)
    # A time farther from any saved one than saved times are from each other lies outside the run.
    reach = float(np.diff(times, prepend=0.0).max())
    try:
        now = float(text)
    except ValueError:
        pass
    else:
        if not np.abs(times - now).min() <= reach:
            raise InputError([Problem(
                "time", package="map", value=text, allowed=f"{times[0]:g} to {times[-1]:g}, which were saved")])
        return now
    try:
        day = time if isinstance(time, datetime) else datetime.fromisoformat(text)
    except ValueError:
        raise InputError([Problem(
            "time", package="map", value=text, allowed="a model time or an ISO date such as 2035-01-01",
        )]) from None
    gaps = [_gap(results.date(float(t)), day) for t in times]
    if None in gaps:
        raise InputError([Problem(
            "time", package="map", value=text, allowed="a model time",
            hint="The model has no start date: give START_DATE_TIME in TDIS or [case] start.",
        )])
    nearest = int(np.argmin(np.array(gaps, float)))
    first, last, start = (results.date(float(t)) for t in (times[0], times[-1], 0.0))
    longest = max((results.date(reach) - start).total_seconds(), 86400.0)
    if gaps[nearest] > longest:
        raise InputError([Problem(
            "time", package="map", value=text,
            allowed=f"{first.date().isoformat()} to {last.date().isoformat()}, which were saved")])
    return float(times[nearest])


def _gap(saved: datetime | None, asked: datetime) -> float | None:
    """Return the seconds between two dates, None if the first is unknown."""
    return None if saved is None else abs((saved - asked.replace(tzinfo=None)).total_seconds())


def nearest(times: Floats, time: float) -> int:
    """Return the index of the time nearest to another."""
    return int(np.argmin(np.abs(times - time)))


def saved_at(field: Any, now: float) -> Any | None:
    """Return a field of the run at the saved time nearest to `now`, None if it was not saved."""
    try:
        array = field()
    except StopIteration:
        return None
    return array[time_index(array, now)] if array.shape[0] else None


def time_index(array: Any, now: float) -> int:
    """Return the index of an array's own saved time nearest to a model time."""
    return nearest(np.asarray(array["time"].values, float), now)


def in_plan(grid: Grid, cells: Floats, layer: int | None, combine: np.ufunc) -> Floats:
    """Return values over plan cells: one layer, or all layers combined; NaN where there is no cell."""
    use = np.isfinite(cells) & ((grid.layer == layer - 1) if layer is not None else True)
    plan = np.full(n_plan(grid), np.nan)
    combine.at(plan, grid.column[use], cells[use])
    return _shared_columns(grid, plan)


def _shared_columns(grid: Grid, plan: Floats) -> Floats:
    """For DISU, where each node is its own plan cell, give the largest of a stack to all of it."""
    if grid.kind != "disu":
        return plan
    stack = stacks(grid)
    largest = np.full(int(stack.max()) + 1, np.nan)
    np.fmax.at(largest, stack, plan[grid.column])
    plan = plan.copy()
    plan[grid.column] = largest[stack]
    return plan


def stacks(grid: Grid) -> Ints:
    """Return which stack of nodes above each other each cell belongs to, shape (cell,)."""
    return np.unique(np.round(np.column_stack([grid.x, grid.y]), 6), axis=0, return_inverse=True)[1].ravel()


def uppermost(grid: Grid, cells: Floats, layer: int | None) -> Floats:
    """Return the layer's values, or without a layer those of the uppermost cell that has one."""
    use = np.flatnonzero(np.isfinite(cells) & (np.abs(cells) < 1e29))
    if layer is not None:
        use = use[grid.layer[use] == layer - 1]
    plan = np.full(n_plan(grid), np.nan)
    order = use[np.argsort(grid.top[use], kind="stable")]
    plan[grid.column[order]] = cells[order]
    if grid.kind == "disu" and order.size:
        stack = stacks(grid)
        highest = np.full(int(stack.max()) + 1, np.nan)
        highest[stack[order]] = cells[order]
        plan[grid.column] = highest[stack]
    return plan


def _flow(field: Callable[[], Any], now: float, grid: Grid, layer: int | None) -> Floats | None:
    """Return the specific discharge in map directions over plan cells, None if it was not saved."""
    saved = saved_at(field, now)
    if saved is None:
        return None
    flat = np.asarray(saved.values, float).reshape(-1, 3)[grid.node].T
    a = math.radians(grid.angle)
    qx, qy = flat[0], flat[1]
    turned = qx * math.cos(a) - qy * math.sin(a), qx * math.sin(a) + qy * math.cos(a)
    return np.column_stack([uppermost(grid, q, layer) for q in turned])


def _limit(case: CaseInfo, species: str, given: float | str | None) -> tuple[float | None, Limit | None]:
    """Return the limit in the run's unit, and the case's limit if it is that one."""
    law = next((x for x in case.limits if x.species.lower() == species.lower()), None)
    if given is None or given == "":
        return (None, None) if law is None else (_converted(law.value, law.unit, case), law)
    if isinstance(given, str):
        try:
            value, unit = split_number(given)
        except ValueError as error:
            raise InputError([Problem(f"limit: {error}", package="map")]) from None
        value = _converted(value, unit, case)
    else:
        value = float(given)
    if not (value > 0.0 and math.isfinite(value)):
        raise InputError([Problem("limit", package="map", value=f"{value:g}", allowed="(0, inf)")])
    return value, None


def _converted(value: float, unit: str, case: CaseInfo) -> float:
    own = case.concentration_unit
    if unit in ("", own):
        return value
    if own == "model units":
        raise InputError([Problem(
            "limit", package="map", value=f"{value:g} {unit}", allowed="a limit in model units",
            hint="The run's concentrations have no known unit: give LENGTH_UNITS in DIS and [case] units, "
                 "or the limit as a plain number.",
        )])
    try:
        return convert(value, unit, own)
    except ValueError as error:
        raise InputError([Problem(f"limit: {error}", package="map")]) from None


def limit_source(law: Limit, lang: str) -> str:
    """Return what the limit is and where it stands, in one phrase."""
    source = law.provenance.source.split(";")[0].split(":")[0].strip()
    cite = in_language(law.cite, lang) or (source if len(source) <= LONGEST_SOURCE else "")
    return ", ".join(p for p in (in_language(law.texts, lang, law.text), cite) if p)


def site_of(place: Place, kind: str, lang: str, value: float = math.nan) -> Site:
    """Return a place of the case as maps show it."""
    polygon = np.asarray(place.polygon, float).reshape(-1, 2)
    x, y = (place.x, place.y) if not polygon.size else polygon.mean(axis=0)
    return Site(in_language(place.title, lang, place.name), kind, float(x), float(y), value, polygon)


def running_wells(features: list[Any], now: float) -> list[Any]:
    """Return the model's wells that pump or inject at a time (all of them if none does)."""
    wells = [f for f in features if f.kind in ("wel", "maw")]
    running = [f for f in wells if f.times.size and np.any(f.rate(now) != 0.0)]
    return running or wells


def sites_of(
    case: CaseInfo, grid: Grid, cells: Floats, wells: list[Any], lang: str
) -> tuple[tuple[Site, ...], bool]:
    """Return receptors and wells with their concentrations, and whether some mix the water of several cells."""
    found = sites_and_cells(case, grid, cells, wells, lang)
    return tuple(site for site, _ in found), any(here.size > 1 for _, here in found)


def sites_and_cells(
    case: CaseInfo, grid: Grid, cells: Floats, wells: list[Any], lang: str
) -> list[tuple[Site, Ints]]:
    """Return receptors with their concentrations and cells, then the model's wells that no receptor names.

    Values are those of observations.csv: means over a receptor's cells by thickness.
    """
    found: list[tuple[Site, Ints]] = []
    taken: set[int] = set()
    for place in case.receptors:
        kind = RECEPTOR if place.kind == "river" else KINDS.get(place.kind, RECEPTOR)
        here = cells_at(grid, place.x, place.y, place.layers)
        well = _well_at(place, here, wells, grid)
        if well is not None and kind != MONITORING:
            taken.add(id(well))
            kind = WELL
        value = math.nan if kind == VILLAGE and not place.layers else receptor_value(grid, here, cells)
        found.append((site_of(place, kind, lang, value), here))
    for well in wells:
        if id(well) in taken:
            continue
        here = np.asarray(well.cells, np.int64)
        found.append((Site(well_name(well), WELL, well.x, well.y,
                           receptor_value(grid, here, cells)), here))
    return found


def well_name(well: Any) -> str:
    """Return what a well is called on figures: its BOUNDNAME, in capitals if MODFLOW's case was lost, else a number."""
    name = str(well.boundname or f"W{well.name.rsplit(' ', 1)[-1]}")
    return name.upper() if name == name.lower() else name


def _well_at(place: Place, here: Ints, wells: Iterable[Any], grid: Grid) -> Any | None:
    """Return the model's well that a receptor is: of the same name, or in the same column of cells."""
    wells = list(wells)
    for well in wells:
        if well.boundname and well.boundname.lower() == place.name.lower():
            return well
    columns = set(grid.column[here].tolist())
    return next((w for w in wells if int(grid.column[w.cells[0]]) in columns), None)
