"""A case that was read: what it tells maps and reports, and what it changes in the simulation."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from gwsolver.case.apply import apply_case
from gwsolver.case.limits import limits_of
from gwsolver.case.model_units import TIMES
from gwsolver.case.quantity import Quantity
from gwsolver.case.scenario import Scenarios
from gwsolver.case.schema import CaseFile, FigureTable, PlaceTable
from gwsolver.case.surface.assemble import SurfaceCase, surface_case
from gwsolver.case.surface.observed import observed_levels, periods, wanted_levels
from gwsolver.case.uncertain import Uncertain
from gwsolver.core.case import CaseInfo, FigureRequest, Limit, Place, Provenance, SpeciesSettings, in_language
from gwsolver.core.lines import LineIndex
from gwsolver.core.simulation import Simulation
from gwsolver.core.units import LENGTHS, convert


@dataclass(frozen=True, eq=False)
class Case:
    """The content of a case.toml.

    Attributes
    ----------
    file : Path
        The case.toml.
    content : CaseFile
        Its tables, typed.
    lines : LineIndex
        Line of each key, for messages.
    """

    file: Path
    content: CaseFile
    lines: LineIndex

    @property
    def folder(self) -> Path:
        """The case folder."""
        return self.file.parent

    @property
    def simulation_folder(self) -> Path:
        """Where the MODFLOW simulation stands."""
        return self.folder / self.content.modflow.simulation

    @property
    def values(self) -> dict[str, Quantity]:
        """The values of the table ``[values]`` by name."""
        return self.content.values

    @cached_property
    def info(self) -> CaseInfo:
        """What maps and reports need, as far as case.toml alone tells it (see `resolve`)."""
        content = self.content
        return CaseInfo(
            title=in_language(content.case.title, "en"), titles=dict(content.case.title), status=content.case.status,
            crs=content.case.crs, start=content.case.start, mass_unit=content.case.units,
            species=tuple(SpeciesSettings(s.name.lower(), dict(s.title), s.unit) for s in content.species),
            receptors=tuple(_place(p) for p in content.receptor),
            sources=tuple(_place(p) for p in content.source),
            limits=limits_of(content, self.folder),
            figures=tuple(_figure(f) for f in content.figure),
            values=self._provenance(),
            nodes={} if content.surface is None else {n.name: dict(n.title) for _, _, n in content.surface.nodes()},
            heights={} if content.surface is None else dict(content.surface.heights),
            observed=observed_levels(content.surface, self.file, self.lines), wanted=wanted_levels(content.surface),
            periods=periods(content.surface),
        )

    def apply(self, simulation: Simulation) -> Simulation:
        """Return the simulation with species renamed and added, start and CRS set where it has none.

        Raises
        ------
        InputError
            If the case names what the simulation does not have.
        """
        return apply_case(self.content, str(self.file), self.lines, simulation)

    @cached_property
    def surface(self) -> SurfaceCase | None:
        """The network of rivers and lakes; None without one.

        Raises
        ------
        InputError
            With everything that is wrong in [surface].
        """
        table = self.content.surface
        return None if table is None else surface_case(table, self.file, self.lines)

    @property
    def scenarios(self) -> Scenarios:
        """The alternatives to the case as it stands."""
        return Scenarios(self.content.scenario, str(self.file), self.lines)

    @property
    def uncertain(self) -> Uncertain:
        """What is uncertain, and the members of the ensemble."""
        return Uncertain(self.content.ensemble, str(self.file), self.lines)

    def resolve(self, simulation: Simulation) -> CaseInfo:
        """Return `info` with what only the simulation knows, limits in the unit of its concentrations.

        A limit stays in its own unit where mass or length unit of the model are unknown.
        """
        models = (*simulation.flow_models, *simulation.transport_models)
        if not models:
            return self.info
        grid, time = models[0].grid, models[0].time
        info = replace(
            self.info, crs=self.info.crs or grid.crs, start=time.start_date or self.info.start,
            length_unit=LENGTHS.get(grid.length_unit, ""), time_unit=TIMES.get(time.unit, ""),
        )
        if info.concentration_unit == "model units":
            return info
        return replace(info, limits=tuple(_in_unit(x, info.concentration_unit) for x in info.limits))

    def _provenance(self) -> dict[str, Provenance]:
        """Source and status of every value that gives them, by dotted key."""
        found = {f"values.{name}": value.provenance for name, value in self.values.items()}
        for species in self.content.species:
            for key in type(species).model_fields:
                value = getattr(species, key)
                if isinstance(value, Quantity):
                    found[f"species.{species.name}.{key}"] = value.provenance
        for table in ("source", "receptor"):
            for entry in getattr(self.content, table):
                found[f"{table}.{entry.name}"] = Provenance(entry.source, entry.status)
        for limit in limits_of(self.content, self.folder):
            found[f"limit.{limit.species}.{limit.text or limit.value}"] = limit.provenance
        return {key: p for key, p in found.items() if p != Provenance()}


def _place(table: PlaceTable) -> Place:
    x, y = table.x, table.y
    if x is None or y is None:
        x, y = _centroid(table.polygon)
    return Place(
        table.name, table.kind, x, y, tuple(table.layers), tuple(table.polygon), table.note,
        Provenance(table.source, table.status), dict(table.title),
    )


def _centroid(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """Centre of area of a polygon; corners are taken from the first one to keep digits."""
    x0, y0 = ring[0]
    twice = sx = sy = 0.0
    for (xa, ya), (xb, yb) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = (xa - x0) * (yb - y0) - (xb - x0) * (ya - y0)
        twice += cross
        sx += (xa + xb - 2 * x0) * cross
        sy += (ya + yb - 2 * y0) * cross
    if twice == 0.0:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    return x0 + sx / (3 * twice), y0 + sy / (3 * twice)


def _in_unit(limit: Limit, unit: str) -> Limit:
    return limit if limit.unit == unit else replace(limit, value=convert(limit.value, limit.unit, unit), unit=unit)


def _figure(table: FigureTable) -> FigureRequest:
    settings: dict[str, Any] = {
        key: value
        for key, value in table.model_dump(exclude={"kind", "file"}).items()
        if key in table.model_fields_set and value not in ("", None, [])
    }
    if "species" in settings:
        settings["species"] = settings["species"].lower()
    return FigureRequest(table.kind, table.file, settings)
