"""TAB6 files of LAK: volume and areas of a lake by stage."""

import numpy as np

from gwsolver.core.lake import StageTable
from gwsolver.modflow.feature_blocks import at_record
from gwsolver.modflow.load import rows
from gwsolver.modflow.packages import Package

COLUMNS = ("stage", "volume", "surface area", "exchange area")


def read_table(package: Package, embedded: bool) -> StageTable | None:
    """Return the table of one TAB6 file, or None after reporting; MODFLOW's checks.

    `embedded`: the lake lies within a cell, so the table must also have the wetted bed (BAREA).
    """
    records = rows(package.data.table)
    n_columns = 4 if embedded else 3
    given = int(package.give("ncol", 0) or 0)
    if given < n_columns:
        package.bad("NCOL", value=given, block="DIMENSIONS", word="NCOL", allowed=f"{n_columns} or more",
                    hint="A table of an embedded lake has stage, volume, surface area and exchange area."
                    if embedded else "A table has stage, volume and surface area.")
        return None
    n_rows = int(package.give("nrow", 0) or 0)
    if n_rows != len(records) or not records:
        package.bad(f"block TABLE has {len(records)} rows, NROW = {n_rows}", block="DIMENSIONS", word="NROW")
        return None
    values = np.full((len(records), n_columns), np.nan)
    for i, record in enumerate(records):
        for j, value in enumerate(record[:n_columns]):
            values[i, j] = np.nan if value is None else float(value)
    wrong = False
    for i, j in np.argwhere(~np.isfinite(values)):
        wrong = True
        at_record(package, "TABLE", int(i))(f"{COLUMNS[j]} of row {i + 1} is not a number")
    for j, name in enumerate(COLUMNS[:n_columns]):
        change = np.diff(values[:, j])
        grows = j < 2
        for i in np.flatnonzero(change <= 0.0 if grows else change < 0.0):
            wrong = True
            at_record(package, "TABLE", int(i) + 1)(
                f"{name} of row {i + 2}", value=f"{values[i + 1, j]:g}",
                allowed=f"{'above' if grows else 'not below'} that of the row before, {values[i, j]:g}")
    for j in range(1, n_columns):
        if values[0, j] < 0.0:
            wrong = True
            at_record(package, "TABLE", 0)(f"{COLUMNS[j]} of row 1", value=f"{values[0, j]:g}", allowed="[0, inf)")
    if wrong:
        return None
    columns = [np.ascontiguousarray(values[:, j]) for j in range(n_columns)]
    return StageTable(*columns)
