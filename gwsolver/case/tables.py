"""What the tables of case.toml are made of: words, dates, units, values of a species."""

import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.words import Status
from gwsolver.core.crs import crs_fault
from gwsolver.core.units import parse_unit

Language = Literal["en", "ru", "kk", "fr"]
Point = tuple[float, float]


def iso_date(raw: Any) -> Any:
    """Accept TOML dates and ISO text; give ISO text."""
    if isinstance(raw, datetime.date):
        return raw.isoformat()
    if isinstance(raw, str) and raw:
        try:
            datetime.datetime.fromisoformat(raw)
        except ValueError:
            raise ValueError(f"{raw!r} is not a date; write for example 1975-01-01") from None
    return raw


def crs_code(raw: Any) -> Any:
    """Accept codes of EPSG; give them in capitals."""
    if isinstance(raw, str) and raw and not (raw.upper().startswith("EPSG:") and raw[5:].isdigit()):
        raise ValueError(f"{raw!r} is not a coordinate reference system; write for example \"EPSG:32640\"")
    if isinstance(raw, str) and raw:
        from pyproj import CRS
        from pyproj.exceptions import CRSError

        try:
            CRS.from_user_input(raw.upper())
        except CRSError:
            raise ValueError(f"there is no coordinate reference system {raw.upper()!r}") from None
        if fault := crs_fault(raw.upper()):
            raise ValueError(fault)
    return raw.upper() if isinstance(raw, str) else raw


def _unit_like(reference: str) -> BeforeValidator:
    def check(raw: Any) -> Any:
        if isinstance(raw, str) and raw and parse_unit(raw).dimension != parse_unit(reference).dimension:
            raise ValueError(f"unit {raw!r} does not fit; a unit like {reference!r} is needed")
        return raw

    return BeforeValidator(check)


def _titles(raw: Any) -> Any:
    return {"en": raw} if isinstance(raw, str) else raw


Words = Annotated[dict[Language, str], BeforeValidator(_titles)]
Date = Annotated[str, BeforeValidator(iso_date)]
MassUnit = Annotated[str, _unit_like("g")]
ConcentrationUnit = Annotated[str, _unit_like("mg/L")]


class Table(BaseModel):
    """A table of case.toml: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Sourced(Table):
    """A table that may say where it comes from."""

    source: str = ""
    status: Status | Literal[""] = ""


class SpeciesValues(Table):
    """What a species can be given instead of the values of its GWT model."""

    initial: Annotated[Quantity | None, quantity("mg/L", minimum=0.0)] = None
    decay: Annotated[Quantity | None, quantity("1/d", minimum=0.0)] = None
    decay_sorbed: Annotated[Quantity | None, quantity("1/d", minimum=0.0)] = None
    distribution_coefficient: Annotated[Quantity | None, quantity("L/kg", minimum=0.0)] = None
    koc: Annotated[Quantity | None, quantity("L/kg", minimum=0.0)] = None
    foc: Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=1.0)] = None
    bulk_density: Annotated[Quantity | None, quantity("kg/m3", minimum=0.0)] = None
    boundary_factor: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None
