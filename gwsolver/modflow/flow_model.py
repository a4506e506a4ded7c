"""A GWF model: NPF, STO, IC and IMS to core types."""

from typing import Any

import numpy as np

from gwsolver.core.aquifer import Conductivity, Storage
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import Closure
from gwsolver.core.time import TimeAxis
from gwsolver.modflow.load import by_period, rows
from gwsolver.modflow.packages import Floats, Package, constant
from gwsolver.modflow.rewetting import read_wetting

AVERAGING = ("logarithmic", "amt-lmk", "amt-hmk")


def read_conductivity(package: Package, grid: Grid) -> Conductivity:
    """Return NPF's values; K22OVERK and K33OVERK are multiplied out, angles turned to radians."""
    k = package.cells("k", grid)
    if k is None:
        package.bad("k is missing")
        k = np.full(grid.n_cells, 1.0)
    along = {}
    for name, option in (("k22", "k22overk"), ("k33", "k33overk")):
        values = package.cells(name, grid)
        if values is None:
            along[name] = k
        else:
            along[name] = values * k if package.give(option) else values
    kind = package.cells("icelltype", grid, 0.0)
    assert kind is not None
    angles = [constant(grid, 0.0) if (a := package.cells(f"angle{i}", grid)) is None else np.radians(a)
              for i in (1, 2, 3)]
    variable = option_flags(package, "cvoptions")
    conductivity = Conductivity(
        k=k, k22=along["k22"], k33=along["k33"],
        # Without THICKSTRT (which is refused) MODFLOW takes a negative ICELLTYPE for 1.
        cell_type=np.where(kind < 0, 1, kind).astype(np.int64),
        angle1=angles[0], angle2=angles[1], angle3=angles[2],
        averaging=str(package.give("alternative_cell_averaging") or "harmonic").lower(),
        perched=bool(package.give("perched", False)),
        variable_cv=bool(variable), dewatered="dewatered" in variable, wetting=read_wetting(package, grid),
    )
    if conductivity.averaging not in ("harmonic", *AVERAGING):
        package.bad("alternative_cell_averaging", value=conductivity.averaging,
                    allowed=f"one of {', '.join(AVERAGING)}",
                    block="OPTIONS", word="ALTERNATIVE_CELL_AVERAGING")
    package.check(conductivity.problems(), grid)
    for name, values in zip(("angle1", "angle2", "angle3"), angles, strict=True):
        if not np.all(np.isfinite(values)):
            package.bad(f"{name} is not a number in {int(np.sum(~np.isfinite(values)))} cells", block="GRIDDATA",
                        word=name)
    return conductivity


def option_flags(package: Package, name: str) -> set[str]:
    """Return the keywords of an option record that are set, in lower case."""
    found = rows(getattr(package.data, name, None))
    text = {str(w).lower() for r in found for w in r if w is not None}
    return {"variablecv" if w == "true" else w for w in text if w != "false"}


def read_storage(package: Package, grid: Grid, time: TimeAxis) -> Storage:
    """Return STO's values; a period keeps what the one before was, and the first is steady-state only if so said."""
    transient: list[bool] = []
    steady, moving = _periods(package.data.steady_state), _periods(package.data.transient)
    # MODFLOW takes periods before the first block as transient.
    now = True
    for period in range(time.n_periods):
        if moving.get(period):
            now = True
        elif steady.get(period):
            now = False
        transient.append(now)
    iconvert = package.cells("iconvert", grid, 0.0)
    ss, sy = package.cells("ss", grid), package.cells("sy", grid)
    assert iconvert is not None
    for name, values in (("ss", ss), ("sy", sy)):
        if values is None and any(transient) and (name == "ss" or bool(np.any(iconvert > 0))):
            package.bad(f"{name} is missing", block="GRIDDATA", word=name)
    storage = Storage(
        specific_storage=np.zeros(grid.n_cells) if ss is None else ss,
        specific_yield=np.zeros(grid.n_cells) if sy is None else sy,
        convertible=iconvert > 0, is_coefficient=bool(package.give("storagecoefficient", False)),
        confined_only=bool(package.give("ss_confined_only", False)), transient=tuple(transient),
    )
    package.check(storage.problems(), grid)
    return storage


def _periods(data: Any) -> dict[int, bool]:
    """Return a flopy period keyword by period: flopy's own get_data gives only the last."""
    return {int(key): bool(value) for key, value in by_period(data).items()}


def read_initial(package: Package, grid: Grid, what: str = "strt") -> Floats:
    """Return IC's values over the active cells; they must be numbers."""
    values = package.cells(what, grid, 1.0 if what == "strt" else 0.0)
    assert values is not None
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        package.bad(what, value=float(values[wrong[0]]), cell=grid.describe(int(wrong[0])), allowed="(-inf, inf)",
                    block="GRIDDATA", word=what)
    return values


def read_closure(ims: Package | None, findings_note: bool = True) -> Closure:
    """Return IMS's closures; MODFLOW's defaults by COMPLEXITY where a value is missing."""
    if ims is None:
        return Closure()
    complexity = str(ims.give("complexity", "simple")).lower()
    head, most, inner = {"moderate": (1e-2, 50, 0.1), "complex": (0.1, 100, 0.1)}.get(complexity, (1e-3, 25, 0.1))
    record = rows(getattr(ims.data, "rcloserecord", None))
    numbers = [float(w) for r in record for w in r if isinstance(w, (float, int)) and not isinstance(w, bool)]
    if findings_note:
        ims.findings.note("IMS: only its closures are used; its choice of solver is passed over.")
    return Closure(
        head_change=float(ims.give("outer_dvclose", head)), flow_residual=numbers[0] if numbers else inner,
        outer_maximum=int(ims.give("outer_maximum", most)),
    )
