"""The tables and keys of case.toml, one class a table; docs/case-toml.md lists them for readers."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from gwsolver.case.chemistry.assemble import ReactionsTable
from gwsolver.case.chemistry.degradation import DegradationTable
from gwsolver.case.chemistry.oil import OilTable
from gwsolver.case.chemistry.release import AnyRelease
from gwsolver.case.chemistry.volatilisation import VolatilisationTable
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.scenario import ScenarioTable
from gwsolver.case.surface.assemble import SurfaceTable
from gwsolver.case.tables import (
    ConcentrationUnit,
    Date,
    Language,
    MassUnit,
    Point,
    Sourced,
    SpeciesValues,
    Table,
    Words,
    crs_code,
    iso_date,
)
from gwsolver.case.uncertain import EnsembleTable
from gwsolver.core.figures import FIGURES


class CaseTable(Table):
    """``[case]``: what the case is."""

    title: Annotated[Words, Field(min_length=1)]
    status: Literal["illustrative", "calibrated", ""] = ""
    crs: Annotated[str, BeforeValidator(crs_code)] = ""
    start: Date = ""
    units: MassUnit = ""


class ModflowTable(Table):
    """``[modflow]``: where the simulation stands."""

    simulation: str = "."


class SpeciesTable(SpeciesValues):
    """``[[species]]``: rename a GWT model, describe it, or add a species like it."""

    name: str = Field(min_length=1)
    model: str = ""
    like: str = ""
    title: Words = {}
    unit: ConcentrationUnit = ""
    inflow: dict[str, Annotated[Quantity, quantity("mg/L", minimum=0.0)]] | Annotated[
        Quantity | None, quantity("mg/L", minimum=0.0)] = None
    own_boundaries: bool = False
    component: str = ""


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
    value: Annotated[Quantity | None, quantity("mg/L", minimum=0.0)] = None
    unit: ConcentrationUnit = ""
    jurisdiction: str = ""
    use: str = "drinking water"
    text: Words = {}
    cite: Words = {}
    date: Date = ""


def figure_kind(raw: str) -> str:
    """Accept the kinds of figures there are."""
    if raw not in FIGURES:
        raise PydanticCustomError("literal_error", "unknown", {"expected": f"one of {', '.join(FIGURES)}"})
    return raw


class FigureTable(Table):
    """``[[figure]]``: a picture to be drawn from the results; each kind takes some of the settings."""

    kind: Annotated[str, AfterValidator(figure_kind)]
    file: str = Field(min_length=1)
    species: str = ""
    time: Annotated[str | float, BeforeValidator(iso_date)] = ""
    layer: int | Literal["max", ""] = ""
    lang: Language | Literal[""] = ""
    width: Literal[85, 170] | None = None
    limit: Annotated[float | None, Field(gt=0.0)] = None
    title: str = ""
    receptors: list[str] = []
    times: list[Annotated[str | float, BeforeValidator(iso_date)]] = []
    line: list[Point] = []
    acceptors: list[str] = []
    basins: list[str] = []
    years: Annotated[list[int], Field(max_length=2)] = []


class CaseFile(Table):
    """All of case.toml."""

    case: CaseTable
    modflow: ModflowTable = ModflowTable()
    species: list[SpeciesTable] = []
    source: list[SourceTable] = []
    receptor: list[ReceptorTable] = []
    limit: list[LimitTable] = []
    release: list[AnyRelease] = []
    reactions: ReactionsTable = ReactionsTable()
    oil: list[OilTable] = []
    degradation: list[DegradationTable] = []
    volatilisation: VolatilisationTable | None = None
    surface: SurfaceTable | None = None
    figure: list[FigureTable] = []
    scenario: list[ScenarioTable] = []  # type: ignore[valid-type]
    ensemble: EnsembleTable | None = None
    values: dict[str, Annotated[Quantity, quantity()]] = {}
