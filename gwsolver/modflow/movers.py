"""MVR: rules by which water of packages is moved to lakes and reaches."""

from collections.abc import Sequence

import numpy as np

from gwsolver.core.features import FeaturePackage
from gwsolver.core.movers import MOVES, Move, MoverPackage
from gwsolver.core.stress import StressPackage
from gwsolver.core.time import TimeAxis
from gwsolver.modflow.feature_blocks import saved_files
from gwsolver.modflow.load import by_period, rows
from gwsolver.modflow.packages import Package

GIVES = ("wel", "drn", "riv", "ghb")
"""Boundary packages whose water movers may take, as in MODFLOW 6."""
FIELDS = ("pname1", "id1", "pname2", "id2", "mvrtype", "value")


def read_mover_solute(package: Package | None) -> bool:
    """Return whether moved water carries solute: whether there is an MVT package, which has options alone."""
    if package is None:
        return False
    if any(package.give(f"{word}_filerecord") is not None for word in ("budget", "budgetcsv")):
        package.findings.note(f"{package.name}: BUDGET and BUDGETCSV of MVT are not written; what movers carry stands "
                              "in the balances of lakes and streams as from-mvr and to-mvr.")
    return True


def read_movers(package: Package, stress: Sequence[StressPackage], features: Sequence[FeaturePackage], time: TimeAxis
                ) -> MoverPackage:
    """Return the rules of a model; those of a period hold until a period has rules of its own."""
    gives = {p.name for p in stress if p.kind in GIVES} | {f.name for f in features}
    takes = {f.name for f in features}
    text = package.text()
    periods = []
    for period, records in sorted(by_period(package.data.perioddata).items()):
        if int(period) >= time.n_periods:
            continue
        moves = []
        for i, record in enumerate(records if records is not None else ()):
            entry = text.entry(int(period), i) if text else None
            line = entry.line if entry else None
            provider, number, receiver, place, kind, value = (record[name] for name in FIELDS)
            provider, receiver, kind = (str(w).lower() for w in (provider, receiver, kind))
            for role, name, known in (("provider", provider, gives), ("receiver", receiver, takes)):
                if name not in known:
                    package.bad(f'{role} "{name}" is no package that movers can serve', line=line,
                                allowed=f"one of {', '.join(sorted(known)) or 'none'}")
            if kind not in MOVES:
                package.bad(f'mvrtype "{kind}"', line=line, allowed=f"one of {', '.join(MOVES)}")
            if not (np.isfinite(float(value)) and float(value) >= 0.0):
                package.bad("value", line=line, value=f"{float(value):g}", allowed="[0, inf)")
            for role, count in (("provider", int(number)), ("receiver", int(place))):
                if count < 0:
                    package.bad(f"number of the {role}", line=line, value=str(count + 1), allowed="1 or more")
            moves.append(Move(provider, int(number), receiver, int(place), kind, float(value)))
        periods.append((int(period), tuple(moves)))
    names = tuple(str(row[-1]).lower() for row in rows(package.data.packages))
    return MoverPackage(package.name, tuple(periods), package.file, names, tuple(saved_files(package, "budget")))
