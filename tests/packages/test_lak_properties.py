"""Whatever lakes stand on whatever aquifer: no water appears or is lost, and no lake holds less than nothing."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.core.dis import structured_grid
from gwsolver.core.features import ACTIVE, CONSTANT, INACTIVE
from tests.flow.models import package, rock, solve, storage
from tests.packages.lakes import lakes, with_lakes
from tests.packages.test_lak import closed

RATES = st.sampled_from([0.0, 1e-4, 0.003, 0.02])
STATUS = st.sampled_from([ACTIVE, ACTIVE, ACTIVE, CONSTANT, INACTIVE])


@st.composite
def models(draw):
    """Draw a basin of 3 x 6 cells in two layers with two or three lakes, outlets, rain, evaporation and pumping."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    n_lakes = draw(st.integers(1, 3))
    top = 10.0 + rng.uniform(-2.0, 2.0, (3, 6)) if draw(st.booleans()) else np.full((3, 6), 10.0)
    grid = structured_grid([20.0] * 6, [20.0] * 3, top, [4.0, 0.0])
    connections = []
    for lake in range(n_lakes):
        under = rng.choice(np.arange(lake * 6, lake * 6 + 5), draw(st.integers(1, 4)), replace=False)
        connections += [(lake, cell, "vertical", 10.0 ** rng.uniform(-3, 0)) for cell in under]
        if draw(st.booleans()):
            connections.append((lake, lake * 6 + 5, "horizontal", 0.05, 0.0, 0.0, 10.0, 20.0))
    ways = [(i, draw(st.integers(-1, n_lakes - 1)), draw(st.sampled_from(["weir", "manning", "specified"])))
            for i in range(n_lakes)]
    outlets = [w for w in ways if w[0] != w[1]]
    start = rng.uniform(8.5, 12.5, n_lakes)
    status = [np.array([draw(STATUS) for _ in range(n_lakes)]) for _ in range(2)]
    package_ = lakes(
        connections, start, outlets=outlets, status=status, depression=draw(st.sampled_from([0.0, 0.1])),
        stage=[start, start - 0.5], rainfall=draw(RATES), evaporation=draw(RATES), runoff=draw(RATES) * 100,
        inflow=draw(RATES) * 500, withdrawal=draw(RATES) * 500, rate=-draw(RATES) * 300, invert=9.5, width=0.5,
        roughness=0.03, slope=1e-3,
    )
    packages = [package("chd", [23, 35], head=[8.0, 7.5]), package("rch", range(18), recharge=draw(RATES) / 20),
                package("wel", [20], rate=-draw(RATES) * 100)]
    newton = draw(st.booleans())
    return with_lakes(grid, rock(grid, 3.0, k33=0.5, cell_type=1), packages, package_, start=8.5, newton=newton,
                      time=((30.0, 4, 1.3), (30.0, 3, 1.0)), storage=storage(grid, 1e-5, 0.15, True,
                                                                            transient=(True, True)))


@settings(deadline=None, max_examples=40)
@given(models())
def test_no_water_is_made_or_lost(flow):
    before = None
    for step in solve(flow):
        closed(step, 2e-10)
        lake = step.features[0]
        assert np.all(lake.volume_end >= -1e-9)
        active = lake.status == ACTIVE
        change = (lake.volume_start - lake.volume_end) / step.length
        moved = np.abs(lake.volume_start) / step.length + 1.0
        assert np.all(np.abs(lake.terms["storage"] - change)[active] <= 1e-12 * moved[active])
        if before is not None:
            stays = active & (before.status == ACTIVE)
            np.testing.assert_array_equal(lake.volume_start[stays], before.volume_end[stays])
        before = lake
