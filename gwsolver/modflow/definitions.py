"""What flopy's own definitions know: packages, blocks and option words."""

from functools import cache
from typing import Any

from gwsolver.modflow.load import silence


@cache
def package_classes() -> dict[str, Any]:
    """Return flopy's package classes by abbreviation: "gwfwel", "utlts", "tdis"."""
    with silence():
        from flopy.mf6.mfbase import PackageContainer

        return dict(PackageContainer.packages_by_abbr)


def class_names(package: str, model: str) -> list[str]:
    """Return the abbreviations under which a package may be known: as a list, and as arrays."""
    if package == "spc":
        return ["utlspc", "utlspca"]
    if package in ("ts", "tas", "obs", "ncf", "tvk", "tvs", "spca"):
        return [f"utl{package}"]
    known = package_classes()
    return [n for n in (f"{model}{package}", f"{model}{package}a", package) if n in known]


@cache
def option_words(abbreviation: str) -> dict[str, str]:
    """Return the option words of a package: flopy's data name to upper-case word in the file."""
    found: dict[str, str] = {}
    for entry in _entries(abbreviation):
        if entry.get("block") != "options" or entry.get("in_record") == "true" or "name" not in entry:
            continue
        kind = entry.get("type", "").split()
        word = kind[1] if kind[:1] == ["record"] and len(kind) > 1 else entry["name"]
        found[entry["name"].replace("-", "_")] = word.upper()
    return found


@cache
def block_names(abbreviation: str) -> frozenset[str]:
    """Return the upper-case names of the blocks a package may have."""
    return frozenset(e["block"].upper() for e in _entries(abbreviation) if "block" in e)


@cache
def data_words(abbreviation: str, block: str) -> frozenset[str]:
    """Return the upper-case names of the data of a block."""
    return frozenset(e["name"].upper() for e in _entries(abbreviation)
                     if e.get("block", "").upper() == block and "name" in e)


@cache
def needed_counts(abbreviation: str) -> frozenset[str]:
    """Return the counts that the DIMENSIONS block must have."""
    return frozenset(e["name"].upper() for e in _entries(abbreviation)
                     if e.get("block") == "dimensions" and e.get("optional") != "true")


@cache
def list_columns(abbreviation: str) -> int:
    """Return how many values a record of the stress-period list needs after its cell; 0 without a list."""
    period = [e for e in _entries(abbreviation) if e.get("block") == "period" and e.get("in_record") == "true"]
    if not any(e["name"] == "cellid" for e in period):
        return 0
    return sum(e.get("optional") != "true" for e in period if e["name"] not in ("cellid", "iper"))


@cache
def _entries(abbreviation: str) -> tuple[dict[str, str], ...]:
    lines = getattr(package_classes().get(abbreviation), "dfn", [])
    entries = []
    for definition in lines:
        words = [line for line in definition if isinstance(line, str) and " " in line]
        entries.append(dict(line.split(" ", 1) for line in words))
    return tuple(entries)
