"""Columns of oil of one component through which clean water flows: the front that clears them."""

from dataclasses import dataclass, replace

import numpy as np

from gwsolver.bench.cases import line_grid
from gwsolver.bench.reacting import carry_reacting
from gwsolver.bench.solutions import cleared_front_velocity
from gwsolver.bench.uniform import transport_model, uniform_flow
from gwsolver.core.chemistry import Chemistry

POROSITY, SATURATION, DISCHARGE = 0.30, 0.05, 0.1
DENSITY, SOLUBILITY, MOLAR_MASS = 867e3, 526.0, 92.14  # toluene [g/m3, g/m3, g/mol]


@dataclass(frozen=True)
class Front:
    """Where a column has been cleared.

    Attributes
    ----------
    ours, exact : float
        [m]; ours is the edge of the cells whose water holds less than half the solubility.
    dissolved : float
        Mass that has left over q C_s t, less one.
    minimum, closure : float
        Smallest concentration, imbalance over throughput.
    """

    ours: float
    exact: float
    dissolved: float
    minimum: float
    closure: float


def cleared_column(
    spacing: float, *, time: float, length: float = 8.0, retardation: float = 1.0, step: float = 0.0
) -> Front:
    """Let water flow through residual toluene; `step` is the longest time between looks at the oil, 0: found.

    The porosity of the transport model is that of the water, n (1 - S_n).
    """
    from gwsolver.reactions.oil.body import Oil, OilBody, OilComponent, OilSetting

    n = round(length / spacing)
    grid = line_grid(np.full(n, spacing), "x")
    model = replace(
        transport_model(grid, porosity=POROSITY * (1.0 - SATURATION), retardation=retardation), name="toluene"
    )
    oil = Oil({"toluene": 1.0}, 0.0, DENSITY)
    body = OilBody("residual", np.arange(n), np.full(n, POROSITY * SATURATION * DENSITY * spacing), oil)
    setting = OilSetting((OilComponent("toluene", MOLAR_MASS, SOLUBILITY),), (body,))
    flow = uniform_flow(grid, (DISCHARGE, 0.0, 0.0), end=time)
    done = carry_reacting([model], flow, Chemistry((), ("toluene",), oil=setting, step=step))
    speed = cleared_front_velocity(
        specific_discharge=DISCHARGE, porosity=POROSITY, saturation=SATURATION, density=DENSITY, solubility=SOLUBILITY,
        retardation=retardation,
    )
    cleared = int((done.concentration["toluene"] < 0.5 * SOLUBILITY).sum())
    left = sum(out for package, _, _, out in done.ledgers["toluene"].rows() if package == "edge")
    return Front(
        cleared * spacing, speed * time, left / (DISCHARGE * SOLUBILITY * time) - 1.0, done.minimum, done.closure
    )
