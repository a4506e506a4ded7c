"""LAK: lakes, their connections with cells, tables, outlets."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid
from gwsolver.core.lake import (
    CONNECTION_TYPES,
    EMBEDDEDH,
    EMBEDDEDV,
    HORIZONTAL,
    NO_BED,
    OUTLET_TYPES,
    VERTICAL,
    LakePackage,
    StageTable,
)
from gwsolver.core.time import TimeAxis
from gwsolver.modflow.feature_blocks import at_record, cell_of, numbered, package_rows, saved_files
from gwsolver.modflow.features import Bad, FeatureSettings
from gwsolver.modflow.lake_tables import read_table
from gwsolver.modflow.load import by_period, rows
from gwsolver.modflow.packages import Package
from gwsolver.modflow.series import Series
from gwsolver.modflow.stress import auxiliary_names, options_of
from gwsolver.packages.registry import FeatureKind

NO_DATA = 3e30
"""MODFLOW's DNODATA: a bed leakance that means no bed."""
PASSED_OVER = {
    "maximum_iterations": "lakes are unknowns of the flow system",
    "maximum_stage_change": "lakes are unknowns of the flow system",
    "package_convergence_filerecord": "log.txt tells how the solution went",
}
EMBEDDED = (EMBEDDEDH, EMBEDDEDV)
OUTLET_FIELDS = ("invert", "width", "roughness", "slope")
USED = {"specified": (), "weir": ("invert", "width"), "manning": OUTLET_FIELDS}


def read_lakes(package: Package, kind: FeatureKind, grid: Grid, time: TimeAxis, series: Mapping[str, Series],
               children: list[Package]) -> LakePackage:
    """Return the lakes of a LAK package; `children`: its TAB6 files, among others."""
    n_lakes, n_outlets = (int(package.give(w, 0) or 0) for w in ("nlakes", "noutlets"))
    auxiliary = auxiliary_names(package)
    settings = FeatureSettings(package, kind.columns, kind.part_columns, (n_lakes, n_outlets), ("lake", "outlet"),
                               auxiliary, series, time)
    lakes = _Lakes(package, grid, n_lakes)
    boundnames = lakes.read_package_data(settings, auxiliary)
    lakes.read_connections()
    tables = lakes.read_tables(children)
    outlet_from, outlet_to, outlet_type = _outlets(package, settings, n_lakes, n_outlets)
    settings.read_periods(by_period(package.data.perioddata))
    for option, why in PASSED_OVER.items():
        if package.give(option) is not None:
            word = option.removesuffix("_filerecord").upper()
            package.findings.note(f"{package.name}: {word} is passed over; {why}.")
    c = lakes.connections
    return LakePackage(
        name=package.name, kind=kind.kind, source=settings.source(), connection_feature=c["lake"],
        connection_cell=c["cell"], boundnames=boundnames, auxiliary_names=auxiliary,
        options=options_of(package, kind), file=package.file, saves=saved_files(package, "stage"), start=lakes.start,
        connection_type=c["type"].astype(np.int8), leakance=c["leakance"], bed_bottom=c["bottom"],
        bed_top=c["top"], length=c["length"], width=c["width"], outlet_from=outlet_from, outlet_to=outlet_to,
        outlet_type=outlet_type, tables=tables, surface_depression=_depression(package),
        length_conversion=_conversion(package, "length_conversion"),
        time_conversion=_conversion(package, "time_conversion"),
    )


class _Lakes:
    """What is known of the lakes while they are read; connections lie lake after lake."""

    def __init__(self, package: Package, grid: Grid, n_lakes: int) -> None:
        self.package, self.grid = package, grid
        self.start = np.zeros(n_lakes)
        self.counts = np.zeros(n_lakes, np.int64)
        self.connections: dict[str, NDArray[Any]] = {}

    def read_package_data(self, settings: FeatureSettings, auxiliary: tuple[str, ...]) -> tuple[str, ...]:
        """Take in initial stages and numbers of connections; return the boundnames."""
        found, boundnames = package_rows(self.package, self.start.size, "lake", 3, auxiliary, settings)
        for lake, (index, row) in found.items():
            bad = at_record(self.package, "PACKAGEDATA", index)
            self.start[lake], self.counts[lake] = float(row[1]), max(int(row[2]), 0)
            if not np.isfinite(self.start[lake]):
                bad(f"strt of lake {lake + 1}", value=row[1], allowed="(-inf, inf)")
            if int(row[2]) < 0:
                bad(f"nlakeconn of lake {lake + 1}", value=int(row[2]), allowed="0 or more")
            settings.give("stage", lake, self.start[lake], bad)
        return boundnames

    def read_connections(self) -> None:
        """Take in block CONNECTIONDATA, with MODFLOW's checks."""
        first = np.concatenate([[0], np.cumsum(self.counts)]).astype(np.int64)
        total = int(first[-1])
        c = self.connections
        c["lake"] = np.repeat(np.arange(self.start.size, dtype=np.int64), self.counts)
        c["cell"] = np.full(total, -1, np.int64)
        c["type"] = np.zeros(total, np.int64)
        for name in ("leakance", "bottom", "top", "length", "width"):
            c[name] = np.zeros(total)
        record = np.full(total, -1, np.int64)
        for index, row in enumerate(rows(self.package.data.connectiondata)):
            bad = at_record(self.package, "CONNECTIONDATA", index)
            lake, number = int(row[0]), int(row[1])
            if not 0 <= lake < self.start.size:
                bad(f"lake {lake + 1}", allowed=f"1 to {self.start.size}")
            elif not 0 <= number < self.counts[lake]:
                bad(f"connection {number + 1} of lake {lake + 1}", allowed=f"1 to {self.counts[lake]}, its NLAKECONN")
            elif record[first[lake] + number] >= 0:
                bad(f"connection {number + 1} of lake {lake + 1} is there twice")
            else:
                place = first[lake] + number
                record[place] = index
                self._connection(int(place), f"lake {lake + 1}, connection {number + 1}: ", row[2:], bad)
        for place in np.flatnonzero(record < 0)[:5]:
            lake = c["lake"][place]
            self.package.bad(f"block CONNECTIONDATA says nothing of connection {place - first[lake] + 1} of lake "
                             f"{lake + 1}", hint="Its number of connections, NLAKECONN, stands in block PACKAGEDATA.")
        self._check_embedded(record)

    def _connection(self, place: int, label: str, row: tuple[Any, ...], bad: Bad) -> None:
        c = self.connections
        c["cell"][place] = cell = cell_of(row[0], self.grid, label, bad)
        word = str(row[1]).lower()
        if word not in CONNECTION_TYPES:
            bad(f'{label}claktype "{word}"', allowed=f"one of {', '.join(CONNECTION_TYPES)}")
            word = CONNECTION_TYPES[VERTICAL]
        c["type"][place] = kind = CONNECTION_TYPES.index(word)
        c["leakance"][place] = _leakance(row[2], label, bad)
        bottom, top, length, width = (float(v) for v in row[3:7])
        if kind == HORIZONTAL and not (np.isfinite(bottom) and np.isfinite(top)):
            bad(f"{label}belev or telev is not a number")
        elif kind == HORIZONTAL and bottom != top and cell >= 0:
            low, high = float(self.grid.bottom[cell]), float(self.grid.top[cell])
            if bottom > top:
                bad(f"{label}belev", value=f"{bottom:g}", allowed=f"below telev, {top:g}")
            elif bottom < low:
                bad(f"{label}belev", value=f"{bottom:g}", allowed=f"not below the bottom of its cell, {low:g}")
            elif top > high:
                bad(f"{label}telev", value=f"{top:g}", allowed=f"not above the top of its cell, {high:g}")
        if kind != VERTICAL and not length > 0.0:
            bad(f"{label}connlen of a connection that is {word}", value=f"{length:g}", allowed="(0, inf)")
        if kind == HORIZONTAL and not width >= 0.0:
            bad(f"{label}connwidth", value=f"{width:g}", allowed="[0, inf)")
        c["bottom"][place], c["top"][place] = bottom, top
        c["length"][place], c["width"][place] = max(length, 0.0), max(width, 0.0)

    def _check_embedded(self, record: NDArray[np.int64]) -> None:
        """Report lakes within a cell that have other connections, or a lake on top of them."""
        c = self.connections
        embedded = np.isin(c["type"], EMBEDDED) & (record >= 0)
        for lake in np.unique(c["lake"][embedded]):
            places = np.flatnonzero(c["lake"] == lake)
            if places.size > 1:
                at_record(self.package, "CONNECTIONDATA", int(record[places[1]]))(
                    f"lake {lake + 1} is embedded in a cell and has {places.size} connections", allowed="one")
            beside = np.flatnonzero((c["cell"] == c["cell"][places[0]]) & (c["lake"] != lake) & (record >= 0)
                                    & (c["type"] == VERTICAL) & (c["cell"] >= 0))
            for place in beside:
                at_record(self.package, "CONNECTIONDATA", int(record[place]))(
                    f"lake {c['lake'][place] + 1} stands on the cell in which lake {lake + 1} is embedded",
                    cell=self.grid.describe(int(c["cell"][place])))

    def read_tables(self, children: list[Package]) -> tuple[StageTable | None, ...]:
        """Return the stage table of each lake, None where there is none."""
        c, given = self.connections, rows(self.package.data.tables)
        within = {int(lake) for lake in c["lake"][np.isin(c["type"], EMBEDDED)]}
        tables: list[StageTable | None] = [None] * self.start.size
        named: set[int] = set()
        for index, row in enumerate(given):
            lake, file = int(row[0]), str(row[-1]).strip("'\"")
            bad = at_record(self.package, "TABLES", index)
            child = next((p for p in children if p.type == "laktab" and str(p.data.filename) == file), None)
            if not 0 <= lake < self.start.size:
                bad(f"lake {lake + 1}", allowed=f"1 to {self.start.size}")
            elif lake in named:
                bad(f"lake {lake + 1} has two tables")
            elif child is None:
                bad(f'TAB6 file "{file}" is not there')
            else:
                tables[lake] = read_table(child, lake in within)
            named.add(lake)
        if len(given) < int(self.package.give("ntables", 0) or 0):
            self.package.bad(f"block TABLES has {len(given)} records, NTABLES = {self.package.give('ntables')}",
                             block="DIMENSIONS", word="NTABLES")
        for lake in sorted(within - named):
            self.package.bad(f"lake {lake + 1} is embedded in a cell and has no table",
                             hint="Give it a TAB6 file in block TABLES: its areas follow from nothing else.")
        return tuple(tables)


def _outlets(package: Package, settings: FeatureSettings, n_lakes: int, n_outlets: int
             ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]]:
    """Return from where, to where and of what type outlets are; their numbers go into `settings`."""
    records = rows(package.data.outlets)
    leaves, enters = np.zeros(n_outlets, np.int64), np.full(n_outlets, -1, np.int64)
    kinds = np.zeros(n_outlets, np.int8)
    for outlet, index in numbered(package, "OUTLETS", [r[0] for r in records], n_outlets, "outlet").items():
        row, plain = records[index], at_record(package, "OUTLETS", index)
        label = f"outlet {outlet + 1}: "

        def bad(what: str, plain: Bad = plain, label: str = label, **more: Any) -> None:
            plain(label + what, **more)

        leaves[outlet], enters[outlet] = int(row[1]), int(row[2])
        if not 0 <= leaves[outlet] < n_lakes:
            bad(f"lakein = {leaves[outlet] + 1}", allowed=f"1 to {n_lakes}")
        if not -1 <= enters[outlet] < n_lakes:
            bad(f"lakeout = {enters[outlet] + 1}", allowed=f"0 (out of the model) to {n_lakes}")
        word = str(row[3]).lower()
        if word in OUTLET_TYPES:
            kinds[outlet] = OUTLET_TYPES.index(word)
        else:
            bad(f'couttype "{word}"', allowed=f"one of {', '.join(OUTLET_TYPES)}")
        # The words an outlet of this type does not use may hold anything (-999 by habit).
        for name, value in zip(OUTLET_FIELDS, row[4:8], strict=True):
            if name in USED.get(word, OUTLET_FIELDS):
                settings.give(name, outlet, value, bad)
    return leaves, enters, kinds


def _leakance(given: Any, label: str, bad: Bad) -> float:
    word = str(given).lower()
    if word == "none":
        return NO_BED
    try:
        value = float(word.replace("d", "e"))
    except ValueError:
        bad(f'{label}bedleak "{word}" is neither a number nor NONE')
        return NO_BED
    if np.isclose(value, NO_DATA, rtol=1e-6):
        return NO_BED
    if not 0.0 <= value < np.inf:
        bad(f"{label}bedleak", value=f"{value:g}", allowed="[0, inf)")
    return value


def _depression(package: Package) -> float:
    """Return SURFDEP; MODFLOW takes one below zero for none."""
    value = float(package.give("surfdep", 0.0))
    if not np.isfinite(value):
        package.bad("SURFDEP", value=f"{value:g}", allowed="[0, inf)", block="OPTIONS", word="SURFDEP")
    return max(value, 0.0)


def _conversion(package: Package, option: str) -> float:
    value = float(package.give(option, 1.0))
    if not 0.0 < value < np.inf:
        package.bad(option.upper(), value=f"{value:g}", allowed="(0, inf)", block="OPTIONS", word=option)
    return value
