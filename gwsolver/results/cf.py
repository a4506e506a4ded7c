"""Words of the CF conventions: times, units and coordinate reference systems."""

from datetime import UTC, datetime, timedelta
from typing import Any

from gwsolver.core.time import SECONDS, TimeAxis
from gwsolver.core.units import LENGTHS

# MODFLOW's year is 365.25 days, that of udunits is 365.2425: years are therefore written as days.
CF_UNIT = {"seconds": ("seconds", 1.0), "minutes": ("minutes", 1.0), "hours": ("hours", 1.0),
           "days": ("days", 1.0), "years": ("days", 365.25)}
SHORT = {"seconds": "s", "minutes": "min", "hours": "h", "days": "d", "years": "a"}
LENGTH = LENGTHS


def start_date(text: str) -> datetime | None:
    """Read an ISO date (naive, UTC if it names a zone); None if it is none."""
    try:
        date = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date


def date_of(start: datetime | None, unit: str, time: float) -> datetime | None:
    """Return the date of a model time; None without a start or a unit, or beyond the year 9999."""
    if start is None or unit not in SECONDS:
        return None
    try:
        return start + timedelta(seconds=SECONDS[unit] * time)
    except OverflowError:
        return None


def time_attributes(axis: TimeAxis, start: datetime | None) -> tuple[dict[str, Any], float]:
    """Return the attributes of a time coordinate and the factor from model time to its unit."""
    unit, factor = CF_UNIT.get(axis.unit, ("1", 1.0))
    attributes = {"long_name": "time since the start of the simulation", "axis": "T"}
    if start is not None and axis.unit in CF_UNIT:
        attributes |= {"standard_name": "time", "units": f"{unit} since {start.isoformat(sep=' ')}",
                       "calendar": "proleptic_gregorian"}
        return attributes, factor
    return attributes | {"units": SHORT.get(axis.unit, "1")}, 1.0


def grid_mapping(crs: str) -> dict[str, Any]:
    """Return the CF grid mapping attributes of a reference system; empty if it is unknown."""
    if not crs:
        return {}
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        attributes = CRS.from_user_input(crs).to_cf()
    except CRSError:
        return {}
    return {k: v for k, v in attributes.items() if v is not None}


def ratio(above: str, below: str) -> str:
    """Join two units: "m" and "d" to "m d-1"; "1" (unknown) if one of them is not known."""
    return f"{above} {below}-1" if above != "1" and below != "1" else "1"
