"""The tables and keys of case.toml, one class a table; docs/case-toml.md lists them for readers."""

import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.core.units import parse_unit

Status = Literal["published", "textbook", "assumed", "measured", "calibrated"]
Language = Literal["en", "ru", "kk", "fr"]
Point = tuple[float, float]


def _date(raw: Any) -> Any:
    """Accept TOML dates and ISO text; give ISO text."""
    if isinstance(raw, datetime.date):
        return raw.isoformat()
    if isinstance(raw, str) and raw:
        try:
            datetime.datetime.fromisoformat(raw)
        except ValueError:
            raise ValueError(f"{raw!r} is not a date; write for example 1975-01-01") from None
    return raw


def _crs(raw: Any) -> Any:
    if isinstance(raw, str) and raw and not (raw.upper().startswith("EPSG:") and raw[5:].isdigit()):
        raise ValueError(f"{raw!r} is not a coordinate reference system; write for example \"EPSG:32640\"")
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
Date = Annotated[str, BeforeValidator(_date)]
MassUnit = Annotated[str, _unit_like("g")]
ConcentrationUnit = Annotated[str, _unit_like("mg/L")]


class Table(BaseModel):
    """A table of case.toml: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Sourced(Table):
    """A table that may say where it comes from."""

    source: str = ""
    status: Status | Literal[""] = ""


class CaseTable(Table):
    """``[case]``: what the case is."""

    title: Annotated[Words, Field(min_length=1)]
    status: Literal["illustrative", "calibrated", ""] = ""
    crs: Annotated[str, BeforeValidator(_crs)] = ""
    start: Date = ""
    units: MassUnit = ""


class ModflowTable(Table):
    """``[modflow]``: where the simulation stands."""

    simulation: str = "."


class SpeciesTable(Table):
    """``[[species]]``: rename a GWT model, describe it, or add a species like it."""

    name: str = Field(min_length=1)
    model: str = ""
    like: str = ""
    title: Words = {}
    unit: ConcentrationUnit = ""
    initial: Annotated[Quantity | None, quantity("mg/L", minimum=0.0)] = None
    decay: Annotated[Quantity | None, quantity("1/d", minimum=0.0)] = None
    decay_sorbed: Annotated[Quantity | None, quantity("1/d", minimum=0.0)] = None
    distribution_coefficient: Annotated[Quantity | None, quantity("L/kg", minimum=0.0)] = None
    koc: Annotated[Quantity | None, quantity("L/kg", minimum=0.0)] = None
    foc: Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=1.0)] = None
    bulk_density: Annotated[Quantity | None, quantity("kg/m3", minimum=0.0)] = None
    boundary_factor: Annotated[Quantity | None, quantity("-", minimum=0.0)] = None
    inflow: dict[str, Annotated[Quantity, quantity("mg/L", minimum=0.0)]] | Annotated[
        Quantity | None, quantity("mg/L", minimum=0.0)] = None
    own_boundaries: bool = False


class PlaceTable(Sourced):
    """What a source and a receptor share: a point or an outline in map coordinates."""

    name: str = Field(min_length=1)
    kind: str
    title: Words = {}
    x: float | None = None
    y: float | None = None
    layers: list[Annotated[int, Field(ge=1)]] = []
    polygon: list[Point] = []
    note: str = ""


class SourceTable(PlaceTable):
    """``[[source]]``: where contamination starts."""

    kind: str = "source"


class ReceptorTable(PlaceTable):
    """``[[receptor]]``: what the plume may reach."""


class LimitTable(Sourced):
    """``[[limit]]``: a concentration that must not be exceeded."""

    species: str = Field(min_length=1)
    value: Annotated[Quantity, quantity("mg/L", minimum=0.0)]
    unit: ConcentrationUnit = ""
    text: Words = {}
    cite: Words = {}
    date: Date = ""


class FigureTable(Table):
    """``[[figure]]``: a picture to be drawn from the results."""

    kind: Literal["plume_map"]
    file: str = Field(min_length=1)
    species: str = ""
    time: Annotated[str | float, BeforeValidator(_date)] = ""
    layer: int | Literal["max", ""] = ""
    lang: Language | Literal[""] = ""
    width: Literal[85, 170] | None = None
    limit: Annotated[float | None, Field(gt=0.0)] = None


class CaseFile(Table):
    """All of case.toml."""

    case: CaseTable
    modflow: ModflowTable = ModflowTable()
    species: list[SpeciesTable] = []
    source: list[SourceTable] = []
    receptor: list[ReceptorTable] = []
    limit: list[LimitTable] = []
    figure: list[FigureTable] = []
    values: dict[str, Annotated[Quantity, quantity()]] = {}
