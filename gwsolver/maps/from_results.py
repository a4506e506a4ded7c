"""From results to a scene: the one place where maps read what a run wrote."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gwsolver
from gwsolver.core.case import CaseInfo, Limit, Place
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Grid
from gwsolver.core.units import convert, split_number
from gwsolver.maps.scene import MONITORING, RECEPTOR, SOURCE, VILLAGE, WELL, PlumeScene, River, Site
from gwsolver.maps.surface import n_plan, plan_centres

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LENGTH_UNITS = {"metres": "m", "meters": "m", "feet": "ft", "centimetres": "cm", "centimeters": "cm"}
KINDS = {"supply well": WELL, "well": WELL, "monitoring well": MONITORING, "village": VILLAGE, "settlement": VILLAGE}
RIVERS = ("riv", "sfr")
CHECKED = ("published",)
LONGEST_SOURCE = 90


def scene_from_results(
    results: Any, species: str, *, time: object = None, layer: int | str = "max", limit: float | str | None = None
) -> PlumeScene:
    """Return the scene of a species at the saved time nearest to `time`; see `plume_map`."""
    case: CaseInfo = results.case
    grid: Grid = results.grid
    name = _species(results, species)
    concentrations = results.concentration(name)
    times = np.asarray(results.times, float)
    index = _nearest(times, _model_time(results, time, times))
    now = float(times[index])
    cells = cell_values(concentrations, index, grid)
    number = _layer(layer, grid)
    head = _at_time(results, "head", now, grid)
    wells = _wells(results, now)
    limit_value, law = _limit(case, name, limit)
    sites, mixed = _sites(case, grid, cells, wells)
    settings = next((s for s in case.species if s.name == name), None)
    date = results.date(now)
    return PlumeScene(
        grid=grid,
        species=name,
        species_title=dict(settings.title) if settings else {},
        concentration=_in_plan(grid, cells, number, np.fmax),
        head=None if head is None else _uppermost(grid, head, number),
        flow=_flow(results, now, grid, number),
        unit=case.concentration_unit,
        length_unit=case.length_unit or LENGTH_UNITS.get(grid.length_unit, ""),
        time_unit=case.time_unit,
        time=now,
        date="" if date is None else _iso(date),
        layer=number,
        n_layers=0 if grid.kind == "disu" else int(grid.shape[0]),
        limit=limit_value,
        limit_source="" if law is None else _source(law),
        limit_date="" if law is None else law.date,
        limit_checked=law is None or law.provenance.status in CHECKED,
        limit_given=limit is not None,
        crs=case.crs or grid.crs,
        status=case.status,
        title=case.title,
        sites=sites,
        sources=tuple(_place(p, SOURCE) for p in case.sources),
        rivers=_rivers(results, grid),
        mixed=mixed,
        version=gwsolver.__version__,
    )


def cell_values(array: Any, index: int, grid: Grid) -> Floats:
    """Return one time of a (time, layer, row, column) or (time, cell) array over the active cells."""
    values = np.asarray(array[index], float).ravel()
    return values if values.size == grid.n_cells and grid.n_nodes != grid.n_cells else values[grid.node]


def _species(results: Any, species: str) -> str:
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


def _model_time(results: Any, time: object, times: Floats) -> float:
    """Return the model time that a user asks for: a number, an ISO date, or the last."""
    if time is None or time == "":
        return float(times[-1])
    if isinstance(time, int | float):
        return float(time)
    text = str(time)
    try:
        return float(text)
    except ValueError:
        pass
    try:
        day = time if isinstance(time, datetime) else datetime.fromisoformat(text)
    except ValueError:
        raise InputError([Problem(
            "time", package="map", value=text, allowed="a model time or an ISO date such as 2035-01-01",
        )]) from None
    dates = [results.date(float(t)) for t in times]
    if any(d is None for d in dates):
        raise InputError([Problem(
            "time", package="map", value=text, allowed="a model time",
            hint="The model has no start date: give START_DATE_TIME in TDIS or [case] start.",
        )])
    seconds = np.array([(_datetime(d) - _datetime(day)).total_seconds() for d in dates])
    return float(times[int(np.argmin(np.abs(seconds)))])


def _nearest(times: Floats, time: float) -> int:
    return int(np.argmin(np.abs(times - time)))


def _datetime(day: Any) -> datetime:
    if isinstance(day, np.datetime64):
        day = day.astype("datetime64[s]").item()
    if isinstance(day, str):
        day = datetime.fromisoformat(day)
    if isinstance(day, date) and not isinstance(day, datetime):
        day = datetime(day.year, day.month, day.day)
    return day.replace(tzinfo=None)  # type: ignore[no-any-return]


def _iso(day: Any) -> str:
    return _datetime(day).date().isoformat()


def _at_time(results: Any, what: str, now: float, grid: Grid) -> Floats | None:
    """Return heads at the saved time nearest to `now`, None if the run has none."""
    try:
        array = getattr(results, what)()
    except (KeyError, InputError, FileNotFoundError):
        return None
    if array is None or array.shape[0] == 0:
        return None
    return cell_values(array, time_index(array, results, now), grid)


def time_index(array: Any, results: Any, now: float) -> int:
    """Return the index of an array's own saved time nearest to a model time."""
    times = np.asarray(results.times, float)
    if array.shape[0] == times.size:
        return _nearest(times, now)
    coordinate = array["time"].values
    if np.issubdtype(coordinate.dtype, np.datetime64):
        wanted = np.datetime64(_datetime(results.date(now)))
        return int(np.argmin(np.abs(coordinate - wanted)))
    return _nearest(coordinate.astype(float), now)


def _in_plan(grid: Grid, cells: Floats, layer: int | None, combine: np.ufunc) -> Floats:
    """Return values over plan cells: one layer, or all layers combined; NaN where there is no cell."""
    use = np.isfinite(cells) & ((grid.layer == layer - 1) if layer is not None else True)
    plan = np.full(n_plan(grid), np.nan)
    combine.at(plan, grid.column[use], cells[use])
    return _shared_columns(grid, plan)


def _shared_columns(grid: Grid, plan: Floats) -> Floats:
    """For DISU, where each node is its own plan cell, give the largest of a stack to all of it."""
    if grid.kind != "disu":
        return plan
    stack = np.unique(np.round(np.column_stack([grid.x, grid.y]), 6), axis=0, return_inverse=True)[1].ravel()
    largest = np.full(int(stack.max()) + 1, np.nan)
    np.fmax.at(largest, stack, plan[grid.column])
    plan = plan.copy()
    plan[grid.column] = largest[stack]
    return plan


def _uppermost(grid: Grid, cells: Floats, layer: int | None) -> Floats:
    """Return the layer's values, or without a layer those of the uppermost cell that has one."""
    use = np.flatnonzero(np.isfinite(cells) & (np.abs(cells) < 1e29))
    if layer is not None:
        use = use[grid.layer[use] == layer - 1]
    plan = np.full(n_plan(grid), np.nan)
    order = use[np.argsort(grid.top[use], kind="stable")]
    plan[grid.column[order]] = cells[order]
    return plan


def _flow(results: Any, now: float, grid: Grid, layer: int | None) -> Floats | None:
    """Return the specific discharge in map directions over plan cells, None if it was not saved."""
    try:
        array = results.specific_discharge()
    except (KeyError, InputError, FileNotFoundError):
        return None
    if array is None or array.shape[0] == 0:
        return None
    values = np.asarray(array[time_index(array, results, now)], float)
    if values.shape[-1] == 3:
        values = np.moveaxis(values, -1, 0)
    flat = values.reshape(3, -1)
    flat = flat[:, grid.node] if flat.shape[1] == grid.n_nodes else flat
    a = math.radians(grid.angle)
    qx, qy = flat[0], flat[1]
    turned = qx * math.cos(a) - qy * math.sin(a), qx * math.sin(a) + qy * math.cos(a)
    return np.column_stack([_uppermost(grid, q, layer) for q in turned])


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


def _source(law: Limit) -> str:
    """Return what the limit is and where it stands, in one phrase."""
    source = law.provenance.source.split(";")[0].split(":")[0].strip()
    return ", ".join(p for p in (law.text, source if len(source) <= LONGEST_SOURCE else "") if p)


def _place(place: Place, kind: str, value: float = math.nan) -> Site:
    polygon = np.asarray(place.polygon, float).reshape(-1, 2)
    x, y = (place.x, place.y) if not polygon.size else polygon.mean(axis=0)
    return Site(place.name, kind, float(x), float(y), value, polygon)


class _Well:
    """One well of the model: its cells with the rates they pump, its place."""

    def __init__(self, name: str, cells: Ints, rates: Floats, x: float, y: float) -> None:
        self.name, self.cells, self.rates, self.x, self.y = name, cells, rates, x, y

    def mixed(self, concentration: Floats) -> float:
        """Return the concentration of the pumped water; of equal parts where it does not pump."""
        weight = np.maximum(-self.rates, 0.0)
        if weight.sum() <= 0.0:
            weight = np.ones(self.cells.size)
        known = np.isfinite(concentration[self.cells])
        if not (weight * known).sum() > 0.0:
            return math.nan
        return float(np.average(concentration[self.cells][known], weights=weight[known]))


def _wells(results: Any, now: float) -> list[_Well]:
    found = []
    for feature in results.features:
        if feature.kind in ("wel", "maw"):
            found += _split_wells(feature, results, now)
    return found


def _split_wells(feature: Any, results: Any, now: float) -> list[_Well]:
    """Return the wells of a feature: entries above each other are one well."""
    grid: Grid = results.grid
    cells = np.asarray(feature.cells, np.int64)
    rates = np.broadcast_to(np.asarray(feature.rate(now), float), cells.shape)
    wells = []
    columns = grid.column[cells]
    for column in dict.fromkeys(columns.tolist()):
        part = columns == column
        x, y = grid.to_map(grid.x[cells[part][:1]], grid.y[cells[part][:1]])
        wells.append(_Well(str(feature.name), cells[part], rates[part], float(x[0]), float(y[0])))
    return wells


def _sites(case: CaseInfo, grid: Grid, cells: Floats, wells: list[_Well]) -> tuple[tuple[Site, ...], bool]:
    """Return receptors with their concentrations, then the model's wells that no receptor names."""
    cx, cy = plan_centres(grid)
    sites, taken, mixed = [], set(), False
    for place in case.receptors:
        if place.kind in RIVERS or place.kind == "river":
            continue
        kind = KINDS.get(place.kind, RECEPTOR)
        well = _well_at(place, wells, grid, cx, cy)
        if well is not None and kind != MONITORING:
            taken.add(id(well))
            mixed = mixed or well.cells.size > 1
            sites.append(_place(place, WELL, well.mixed(cells)))
            continue
        value = math.nan if kind == VILLAGE and not place.layers else _value(place, grid, cells, cx, cy)
        sites.append(_place(place, kind, value))
    count = 0
    for well in wells:
        if id(well) in taken or not (well.rates < 0.0).any():
            continue
        count += 1
        mixed = mixed or well.cells.size > 1
        name = well.name.upper() if well.name else f"W{count}"
        sites.append(Site(name, WELL, well.x, well.y, well.mixed(cells)))
    return tuple(sites), mixed


def _column(x: float, y: float, cx: Floats, cy: Floats) -> int:
    """Return the plan cell whose centre is nearest to a map point."""
    return int(np.nanargmin(np.hypot(cx - x, cy - y)))


def _well_at(place: Place, wells: Iterable[_Well], grid: Grid, cx: Floats, cy: Floats) -> _Well | None:
    """Return the model's well that a receptor is: of the same name, or in the same column of cells."""
    wells = list(wells)
    named = [w for w in wells if w.name.lower() == place.name.lower()]
    if named:
        return named[0]
    column = _column(place.x, place.y, cx, cy)
    return next((w for w in wells if int(grid.column[w.cells[0]]) == column), None)


def _value(place: Place, grid: Grid, cells: Floats, cx: Floats, cy: Floats) -> float:
    """Return the mean over a receptor's layers weighted by thickness, or the uppermost cell's value."""
    here = np.flatnonzero(grid.column == _column(place.x, place.y, cx, cy))
    here = here[np.isfinite(cells[here])]
    if place.layers and grid.kind != "disu":
        here = here[np.isin(grid.layer[here] + 1, place.layers)]
    elif here.size:
        here = here[np.argmax(grid.top[here])][None]
    return float(np.average(cells[here], weights=grid.thickness[here])) if here.size else math.nan


def _rivers(results: Any, grid: Grid) -> tuple[River, ...]:
    """Return rivers as lines through the cells they flow in, broken where cells do not meet."""
    names = {id(p): p for p in results.case.receptors if p.kind == "river"}
    rivers = []
    for feature in results.features:
        if feature.kind not in RIVERS:
            continue
        cells = np.asarray(feature.cells, np.int64)
        if not cells.size:
            continue
        x, y = grid.to_map(grid.x[cells], grid.y[cells])
        reach = 2.1 * np.sqrt(grid.area[cells])
        gap = np.hypot(np.diff(x), np.diff(y))
        cuts = np.flatnonzero(gap > np.maximum(reach[1:], reach[:-1])) + 1
        parts = tuple(np.split(np.column_stack([x, y]), cuts))
        rivers.append(River(_river_name(str(feature.name), names.values()), parts))
    return tuple(rivers)


def _river_name(name: str, places: Iterable[Place]) -> str:
    """Return the name as the case spells it; package numbers are no names."""
    for place in places:
        if place.name.lower() == name.lower():
            return place.name
    if any(c.isdigit() for c in name) or name in ("riv", "sfr"):
        return ""
    return name[:1].upper() + name[1:]
