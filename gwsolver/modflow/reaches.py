"""SFR: reaches of streams, how they are joined, diversions, cross-sections."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import INTERVALS
from gwsolver.core.features import ACTIVE, INACTIVE, SIMPLE
from gwsolver.core.grid import Grid
from gwsolver.core.reach import PRIORITIES, RECTANGLE, ReachPackage
from gwsolver.core.time import TimeAxis
from gwsolver.modflow.feature_blocks import at_record, numbered, package_rows, saved_files
from gwsolver.modflow.features import Bad, FeatureSettings, Place
from gwsolver.modflow.load import by_period, rows
from gwsolver.modflow.packages import Package
from gwsolver.modflow.reach_network import read_connections, read_diversions
from gwsolver.modflow.reach_sections import SectionTables
from gwsolver.modflow.series import Series
from gwsolver.modflow.stress import auxiliary_names, options_of
from gwsolver.packages.registry import FeatureKind

STATUSES = {"active": ACTIVE, "inactive": INACTIVE, "simple": SIMPLE}
PASSED_OVER = {
    "maximum_iterations": "reaches are solved to round-off",
    "maximum_picard_iterations": "reaches are solved to round-off",
    "maximum_depth_change": "reaches are solved to round-off",
    "package_convergence_filerecord": "log.txt tells how the solution went",
}
GEOMETRY = {"rlen": "(0, inf)", "rwid": "(0, inf)", "rgrd": "(0, inf)", "rtp": "(-inf, inf)", "rbth": "(-inf, inf)"}
SETTINGS = {7: "bed_conductivity", 8: "manning", 10: "upstream_fraction"}
"""Place in a record of PACKAGEDATA, and the column it gives."""
FIXED = 12
"""Words of a record of PACKAGEDATA before auxiliary variables."""


def read_reaches(package: Package, kind: FeatureKind, grid: Grid, time: TimeAxis, series: Mapping[str, Series],
                 children: list[Package]) -> ReachPackage:
    """Return the reaches of an SFR package; `children`: its TAB6 files, among others."""
    n = int(package.give("nreaches", 0) or 0)
    auxiliary = auxiliary_names(package)
    reaches = _Reaches(package, grid, n)
    records, counts = reaches.count()
    diversions = read_diversions(package, counts["ndv"])
    tables = SectionTables(package, children)
    first = np.concatenate([[0], np.cumsum(counts["ndv"])]).astype(np.int64)

    def diversion(reach: int, values: Sequence[str], bad: Bad) -> Place | None:
        return _diverted(reach, values, bad, first, diversions.priority, package.on_disk)

    def section(reach: int, values: Sequence[str], bad: Bad) -> Place | None:
        number = tables.by_words(values, bad)
        return None if number is None else ("cross_section", reach, number)

    settings = FeatureSettings(
        package, kind.columns, kind.part_columns, (n, int(first[-1])), ("reach", "diversion"), auxiliary, series, time,
        statuses=STATUSES, special={"diversion": diversion, "cross-section": section}, sizes={"cross_section": n})
    boundnames = reaches.read(records, settings, auxiliary)
    joined = read_connections(package, counts["ncon"], diversions)
    start = _initial_stages(package, reaches.values["rtp"])
    _sections(package, tables, settings, n)
    settings.read_periods(by_period(package.data.perioddata))
    for option, why in PASSED_OVER.items():
        if package.give(option) is not None:
            word = option.removesuffix("_filerecord").upper()
            package.findings.note(f"{package.name}: {word} is passed over; {why}.")
    v = reaches.values
    return ReachPackage(
        name=package.name, kind=kind.kind, source=settings.source(),
        connection_feature=np.arange(n, dtype=np.int64), connection_cell=reaches.cell, boundnames=boundnames,
        auxiliary_names=auxiliary, options=options_of(package, kind), file=package.file,
        saves=saved_files(package, "stage"), length=v["rlen"], width=v["rwid"], slope=v["rgrd"], top=v["rtp"],
        bed_thickness=v["rbth"], link_from=joined.link_from, link_to=joined.link_to,
        link_diversion=joined.link_diversion, diversion_priority=diversions.priority, sections=tuple(tables.sections),
        start=start, stores=bool(package.give("storage", False)), storage_weight=_weight(package),
        conversion=_conversion(package),
    )


class _Reaches:
    """What block PACKAGEDATA says."""

    def __init__(self, package: Package, grid: Grid, n: int) -> None:
        self.package, self.grid = package, grid
        self.values: dict[str, NDArray[np.float64]] = {name: np.ones(n) for name in GEOMETRY}
        self.cell = np.full(n, -1, np.int64)

    def count(self) -> tuple[dict[int, tuple[Any, ...]], dict[str, NDArray[np.int64]]]:
        """Return the records by reach, and their numbers of connections and of diversions."""
        n = self.cell.size
        given = rows(self.package.data.packagedata)
        records: dict[int, tuple[Any, ...]] = {}
        for row in given:
            if 0 <= int(row[0]) < n:
                records.setdefault(int(row[0]), row)
        counts = {name: np.zeros(n, np.int64) for name in ("ncon", "ndv")}
        for reach, row in records.items():
            counts["ncon"][reach], counts["ndv"][reach] = int(row[9]), max(int(row[11]), 0)
        return records, counts

    def read(self, records: Mapping[int, tuple[Any, ...]], settings: FeatureSettings, auxiliary: tuple[str, ...]
             ) -> tuple[str, ...]:
        """Take in what reaches are made of; return the boundnames."""
        found, boundnames = package_rows(self.package, self.cell.size, "reach", FIXED, auxiliary, settings)
        for reach, (index, row) in found.items():
            plain = at_record(self.package, "PACKAGEDATA", index)

            def bad(what: str, plain: Bad = plain, reach: int = reach, **more: Any) -> None:
                plain(f"reach {reach + 1}: {what}", **more)

            self.cell[reach] = cell = self._cell(row[1], bad)
            for place, (name, allowed) in enumerate(GEOMETRY.items(), 2):
                value = float(row[place])
                self.values[name][reach] = value
                if not bool(INTERVALS[allowed](np.array([value]))[0]):
                    bad(name, value=f"{value:g}", allowed=allowed)
            for place, column in SETTINGS.items():
                settings.give(column, reach, row[place], bad)
            settings.give("stage", reach, self.values["rtp"][reach], bad)
            settings.give("cross_section", reach, RECTANGLE, bad)
            if int(row[9]) < 0:
                bad("ncon", value=int(row[9]), allowed="0 or more")
            if cell >= 0:
                self._bed(reach, cell, bad)
        return boundnames

    def _bed(self, reach: int, cell: int, bad: Bad) -> None:
        thickness = self.values["rbth"][reach]
        if not thickness > 0.0:
            bad("rbth", value=f"{thickness:g}", allowed="(0, inf)")
        low = float(self.grid.bottom[cell])
        bed = self.values["rtp"][reach] - thickness
        if bed <= low and not self.package.give("dev_no_check", False):
            bad(f"the bottom of the bed, rtp - rbth = {bed:g}, is not above the bottom of its cell, {low:g}",
                cell=self.grid.describe(cell))

    def _cell(self, given: Any, bad: Bad) -> int:
        """Return the cell of a reach, -1 where it touches none: NONE, zeros, or a cell that is not active."""
        if isinstance(given, str):
            if given.strip("'\"").lower() != "none":
                bad(f'cellid "{given}"', allowed="a cell, zeros or NONE")
            return -1
        index = tuple(int(c) for c in given) if isinstance(given, (tuple, list)) else (int(given),)
        shape = self.grid.shape
        if all(c == -1 for c in index):
            return -1
        if len(index) != len(shape) or any(not 0 <= c < size for c, size in zip(index, shape, strict=True)):
            bad(f"cell ({', '.join(str(c + 1) for c in index)}) is outside the grid",
                allowed=f"{self.grid.describe_extent()}; or zeros, or NONE")
            return -1
        return int(self.grid.cell_of_node[int(np.ravel_multi_index(index, shape))])


def _diverted(reach: int, values: Sequence[str], bad: Bad, first: NDArray[np.int64], priority: NDArray[np.int8],
              on_disk: bool) -> Place | None:
    """Return where the flow of a record DIVERSION goes: the number counts within the reach."""
    count = int(first[reach + 1] - first[reach])
    try:
        number = int(float(values[0]))
    except (IndexError, ValueError):
        number = -1
    if not 0 <= number < count or len(values) < 2:
        bad("diversion" if len(values) > 1 else "diversion has no value", value=number + 1,
            allowed=f"1 to {count}" if count else "no diversion is there")
        return None
    place = int(first[reach]) + number
    try:
        value = float(values[1])
    except ValueError:
        value = 0.0
    if priority[place] == PRIORITIES.index("fraction") and not 0.0 <= value <= 1.0:
        bad(f"diversion {number + 1}, a FRACTION,", value=f"{value:g}", allowed="[0, 1]")
    return ("diversion", place, values[1])


def _sections(package: Package, tables: SectionTables, settings: FeatureSettings, n: int) -> None:
    named: set[int] = set()
    for index, row in enumerate(rows(package.data.crosssections)):
        reach, bad = int(row[0]), at_record(package, "CROSSSECTIONS", index)
        if not 0 <= reach < n:
            bad(f"reach {reach + 1}", allowed=f"1 to {n}")
        elif reach in named:
            bad(f"reach {reach + 1} has two cross-sections")
        else:
            number = tables.number(str(row[-1]), bad)
            if number is not None:
                settings.give("cross_section", reach, number, bad)
        named.add(reach)


def _initial_stages(package: Package, top: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the stage of each reach at the start; dry where none is given."""
    start = top.copy()
    records = rows(package.data.initialstages)
    if not records:
        return start
    for reach, index in numbered(package, "INITIALSTAGES", [r[0] for r in records], top.size, "reach").items():
        start[reach] = stage = float(records[index][1])
        if not stage >= top[reach]:
            at_record(package, "INITIALSTAGES", index)(
                f"initial stage of reach {reach + 1}", value=f"{stage:g}", allowed=f"its top, {top[reach]:g}, or above")
    return start


def _positive(package: Package, option: str) -> float | None:
    given = package.give(option)
    if given is None:
        return None
    if not float(given) > 0.0:
        package.bad(option.upper(), value=f"{float(given):g}", allowed="(0, inf)", block="OPTIONS", word=option)
        return 1.0
    return float(given)


def _conversion(package: Package) -> float:
    """Return the factor of Manning's formula for the model's units."""
    length, time = _positive(package, "length_conversion"), _positive(package, "time_conversion")
    whole = _positive(package, "unit_conversion")
    if whole is not None and whole != 1.0 and (length is not None or time is not None):
        package.bad("UNIT_CONVERSION stands beside LENGTH_CONVERSION or TIME_CONVERSION", block="OPTIONS",
                    word="unit_conversion", hint="Give either the one or the other two.")
    if length is None and time is None:
        return whole or 1.0
    return float((length or 1.0) ** (1.0 / 3.0) * (time or 1.0))


def _weight(package: Package) -> float:
    given = package.give("dev_storage_weight")
    weight = 1.0 if given is None else float(given)
    if not 0.5 <= weight <= 1.0:
        package.bad("DEV_STORAGE_WEIGHT", value=f"{weight:g}", allowed="from 0.5 to 1", block="OPTIONS",
                    word="dev_storage_weight")
    return weight



