"""What MODFLOW 6's definitions of input say: packages, blocks, option words, types.

They stand in ``definitions.csv``, taken from flopy's packages, so that nothing of flopy is loaded to look
one up. ``python -m gwsolver.modflow.definitions`` writes the table anew.
"""

import csv
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("definitions.csv")
COLUMNS = ("package", "block", "name", "type", "shape", "in_record", "optional", "numeric_index", "reader")


@cache
def known_packages() -> dict[str, tuple[dict[str, str], ...]]:
    """Return the data of each package by abbreviation: "gwfwel", "utlts", "tdis"."""
    found: dict[str, list[dict[str, str]]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["package"], []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


def class_names(package: str, model: str) -> list[str]:
    """Return the abbreviations under which a package may be known: as a list, and as arrays."""
    if package == "spc":
        return ["utlspc", "utlspca"]
    if package in ("ts", "tas", "obs", "ncf", "tvk", "tvs", "spca", "laktab", "sfrtab"):
        return [f"utl{package}"]
    known = known_packages()
    return [n for n in (f"{model}{package}", f"{model}{package}a", package) if n in known]


@cache
def option_words(abbreviation: str) -> dict[str, str]:
    """Return the option words of a package: flopy's data name to upper-case word in the file."""
    found: dict[str, str] = {}
    for entry in entries_of(abbreviation):
        if entry.get("block") != "options" or entry.get("in_record") == "true" or "name" not in entry:
            continue
        kind = entry.get("type", "").split()
        word = kind[1] if kind[:1] == ["record"] and len(kind) > 1 else entry["name"]
        found[entry["name"].replace("-", "_")] = word.upper()
    return found


@cache
def block_names(abbreviation: str) -> frozenset[str]:
    """Return the upper-case names of the blocks a package may have."""
    return frozenset(e["block"].upper() for e in entries_of(abbreviation) if e["block"])


@cache
def data_words(abbreviation: str, block: str) -> frozenset[str]:
    """Return the upper-case names of the data of a block."""
    return frozenset(e["name"].upper() for e in entries_of(abbreviation)
                     if e.get("block", "").upper() == block and "name" in e)


@cache
def needed_counts(abbreviation: str) -> frozenset[str]:
    """Return the counts that the DIMENSIONS block must have.

    flopy also says so of the numbers of outlets and tables of lakes, which are none if not given.
    """
    return frozenset(e["name"].upper() for e in entries_of(abbreviation)
                     if e.get("block") == "dimensions" and e.get("optional") != "true"
                     and e["name"] not in ("noutlets", "ntables"))


@cache
def list_columns(abbreviation: str) -> int:
    """Return how many values a record of the stress-period list needs after its cell; 0 without a list."""
    period = [e for e in entries_of(abbreviation) if e.get("block") == "period" and e.get("in_record") == "true"]
    if not any(e["name"] == "cellid" for e in period):
        return 0
    return sum(e.get("optional") != "true" for e in period if e["name"] not in ("cellid", "iper"))


def entries_of(abbreviation: str) -> tuple[dict[str, str], ...]:
    """Return the definitions of a package's data, in the order of the file; empty if it is not known."""
    return known_packages().get(abbreviation, ())


def taken_from_flopy() -> list[dict[str, str]]:
    """Return the table's rows as the installed flopy has them: models of flow and transport, and what they share."""
    from flopy.mf6.mfbase import PackageContainer

    found = []
    for abbreviation, package in sorted(PackageContainer.packages_by_abbr.items()):
        if abbreviation[:3] in ("gwe", "prt") or abbreviation.endswith("packages"):
            continue
        for definition in package.dfn:
            entry = dict(line.split(" ", 1) for line in definition if isinstance(line, str) and " " in line)
            if "name" in entry:
                found.append({c: {**entry, "package": abbreviation}.get(c, "") for c in COLUMNS})
    return found


if __name__ == "__main__":
    with TABLE.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(taken_from_flopy())
