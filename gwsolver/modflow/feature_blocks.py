"""Blocks of packages of features (LAK, SFR, LKT, SFT) that are numbered: each number once, none left out."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gwsolver.core.grid import Grid
from gwsolver.modflow.features import Bad, FeatureSettings, prefixed
from gwsolver.modflow.load import rows, words
from gwsolver.modflow.packages import Package


def numbered(package: Package, block: str, numbers: Iterable[Any], count: int, name: str) -> dict[int, int]:
    """Return the record of each zero-based number; report numbers that are outside, twice or missing.

    Parameters
    ----------
    block : str
        For lines.
    numbers : iterable of int
        Zero-based, one per record.
    count : int
        How many there must be.
    name : str
        What is numbered: "lake".
    """
    found: dict[int, int] = {}
    for index, given in enumerate(numbers):
        number = int(given)
        bad = at_record(package, block, index)
        if not 0 <= number < count:
            bad(f"{name} {number + 1}", allowed=f"1 to {count}")
        elif number in found:
            bad(f"{name} {number + 1} is there twice")
        else:
            found[number] = index
    missing = [n + 1 for n in range(count) if n not in found]
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        package.bad(f"block {block} says nothing of {name} {', '.join(map(str, missing[:5]))}{more}")
    return found


def package_rows(
    package: Package, count: int, name: str, fixed: int, auxiliary: Sequence[str], settings: FeatureSettings
) -> tuple[dict[int, tuple[int, tuple[Any, ...]]], tuple[str, ...]]:
    """Return block PACKAGEDATA by zero-based feature as (record, words), and the features' boundnames.

    Auxiliary variables, which stand after the first `fixed` words, go into `settings`.
    """
    records = rows(package.data.packagedata)
    found, names = {}, [""] * count
    for feature, index in numbered(package, "PACKAGEDATA", [r[0] for r in records], count, name).items():
        row, bad = records[index], at_record(package, "PACKAGEDATA", index)
        found[feature] = (index, row)
        for variable, value in zip(auxiliary, row[fixed:], strict=False):
            settings.give(variable, feature, value, prefixed(bad, f"{name} {feature + 1}: "), auxiliary=True)
        rest = row[fixed + len(auxiliary):]
        if rest and rest[0] is not None:
            names[feature] = str(rest[0]).strip("'\"").lower()
    return found, tuple(names) if package.give("boundnames") else ()


def cell_of(given: Any, grid: Grid, label: str, bad: Bad) -> int:
    """Return the active cell that one of flopy's cell ids names, -1 after reporting that it names none."""
    index = tuple(int(c) for c in given) if isinstance(given, (tuple, list)) else (int(given),)
    if len(index) != len(grid.shape) or any(not 0 <= c < n for c, n in zip(index, grid.shape, strict=True)):
        bad(f"{label}cell ({', '.join(str(c + 1) for c in index)}) is outside the grid",
            allowed=grid.describe_extent())
        return -1
    node = int(np.ravel_multi_index(index, grid.shape))
    cell = int(grid.cell_of_node[node])
    if cell < 0:
        bad(f"{label}the cell is inactive", cell=grid.describe_node(node),
            hint="Name a cell with IDOMAIN above 0.")
    return cell


def saved_files(package: Package, *unknowns: str) -> dict[str, str]:
    """Return the files that FILEOUT records ask for: of the unknown ("stage"), "budget", "budgetcsv"."""
    found = {}
    for name in (*unknowns, "budget", "budgetcsv"):
        given = words(getattr(package.data, f"{name}_filerecord", None))
        if given:
            found[name] = given[-1].strip("'\"")
    return found


def at_record(package: Package, block: str, index: int) -> Bad:
    """Return what reports a problem at a record (zero-based) of a block that is no PERIOD block."""
    def bad(what: str, **more: Any) -> None:
        text = package.text()
        records = text.records(block) if text else ()
        line = next((r.line for i, r in enumerate(records) if i == index), None)
        package.bad(what, line=line, **more)

    return bad
