"""NPF's REWET record and its WETDRY array to core types."""

from typing import Any

import numpy as np

from gwsolver.core.grid import Grid
from gwsolver.core.wetting import Wetting
from gwsolver.modflow.load import rows
from gwsolver.modflow.packages import Package

DEFAULTS = {"wetfct": 1.0, "iwetit": 1.0, "ihdwet": 0.0}
"""MODFLOW's, where the record does not name them."""


def read_wetting(package: Package, grid: Grid) -> Wetting | None:
    """Return how dry cells become wet again, None without REWET.

    Like MODFLOW, an IWETIT of zero or less is taken as 1.
    """
    record = rows(getattr(package.data, "rewet_record", None))
    if not record:
        return None
    options = {name: _number(package, record[0], name) for name in DEFAULTS}
    if not options["wetfct"] > 0.0:
        _outside(package, "wetfct", options["wetfct"], "(0, inf)",
                 "A cell that becomes wet needs a head above its bottom.")
        options["wetfct"] = 1.0
    if options["iwetit"] < 1.0:
        package.findings.note(f"{package.name}: IWETIT = {options['iwetit']:g} is taken as 1, as in MODFLOW.")
    wetdry = package.cells("wetdry", grid)
    if wetdry is None:
        package.bad("wetdry is missing", block="OPTIONS", word="REWET",
                    hint="REWET needs to know which cells can become wet: give WETDRY in block GRIDDATA.")
        return None
    wetting = Wetting.uniform(wetdry, options["wetfct"], max(int(options["iwetit"]), 1), options["ihdwet"] != 0.0)
    package.check(wetting.problems(), grid)
    return wetting


def _number(package: Package, record: tuple[Any, ...], name: str) -> float:
    """Return the number that follows a word of the record."""
    words = [str(w).lower() for w in record]
    if name not in words:
        return DEFAULTS[name]
    text = words[words.index(name) + 1] if words.index(name) + 1 < len(words) else "nothing"
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    whole = name == "wetfct" or value == np.round(value)
    if not np.isfinite(value) or not whole:
        _outside(package, name, text, "a number" if name == "wetfct" else "a whole number")
        return DEFAULTS[name]
    return value


def _outside(package: Package, name: str, value: object, allowed: str, hint: str = "") -> None:
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    package.bad(name, value=shown, allowed=allowed, hint=hint, block="OPTIONS", word="REWET")
