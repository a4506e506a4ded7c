"""Clean water clears a column of oil at residual saturation: the exact front of local equilibrium."""

import numpy as np
import pytest

from gwsolver.reactions.oil.body import Oil, OilComponent, OilSetting
from tests.reactions.oil.oil_cells import Books, body, cells_of

TOLUENE = OilComponent("toluene", 92.14, 526.0)
Q, POROSITY, SATURATION, DENSITY = 0.1, 0.30, 0.05, 867e3  # m/d, -, -, g/m3


@pytest.mark.parametrize("retardation", [1.0, 3.0])
def test_the_front_moves_at_its_speed_and_no_mass_is_lost(retardation):
    """v_f = q C / (n S rho + n (1 - S) R C): 3.99851e-3 m/d for R = 1, 5 m in 1250.47 d."""
    n, dx = 100, 0.1
    water = POROSITY * (1.0 - SATURATION) * dx
    speed = Q * 526.0 / (POROSITY * SATURATION * DENSITY + water / dx * retardation * 526.0)
    if retardation == 1.0:
        assert speed == pytest.approx(3.99851e-3, abs=5e-9)
        assert 5.0 / speed == pytest.approx(1250.47, abs=5e-3)
    mass = np.full(n, POROSITY * SATURATION * DENSITY * dx)
    oil = OilSetting((TOLUENE,), (body(mass, oil=Oil({"toluene": 1.0}, 0.0, DENSITY)),)).start(("toluene",), n)
    cells, books = cells_of(np.full(n, water), ("toluene",), retardation), Books()
    cells.mass[0] = 526.0 * cells.content[0]  # saturated water beside the oil
    start = cells.mass.sum()
    oil.arrive(cells, books)
    assert cells.mass / cells.content == pytest.approx(526.0, rel=1e-12)
    length, out = 0.5 * water / Q, 0.0  # half the water of a cell per step
    for k in range(round(5.0 / speed / length)):
        cells.time = k * length
        through = Q * length * cells.mass[0] / cells.content[0]
        cells.mass[0] -= through
        cells.mass[0, 1:] += through[:-1]
        out += through[-1]
        oil.act(cells, length, books)
    left = cells.oil[0] > 0.0
    front = np.argmax(left) * dx
    assert left.sum() == n - np.argmax(left)
    assert front == pytest.approx(5.0, abs=dx)
    came = start + mass.sum()
    assert abs(cells.mass.sum() + out - came) < 1e-13 * came
    assert cells.mass.min() >= 0.0
