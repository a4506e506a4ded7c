"""Loss to the air: the first-order rate, which cell loses, the capillary fringe, books."""

import numpy as np
import pytest

from gwsolver.core.errors import InputError
from gwsolver.reactions.volatilisation import Volatile, Volatilisation, effective_diffusion
from tests.reactions.oil.oil_cells import Books, cells_of

BENZENE = Volatile("benzene", 0.225, 8.8e-6 * 86400, 9.8e-10 * 86400)


def two_columns(**more):
    """Two columns of two cells, each 10 m2 and 1 m thick, land at 2 m; n = 0.3."""
    values = {"column": np.array([0, 1, 0, 1]), "depth_order": np.array([0, 0, 1, 1]), "area": np.full(4, 10.0),
              "bottom": np.array([1.0, 1.0, 0.0, 0.0]), "surface": np.full(4, 2.0), "porosity": np.full(4, 0.3),
              "water_content": 0.1}
    return Volatilisation((BENZENE,), **{**values, **more})


def test_millington_and_quirk():
    """Dry pores: D_a n**(4/3); full ones: D_w / H n**(4/3)."""
    n = np.array([0.3])
    assert effective_diffusion(0.76, 8.5e-5, 0.2, n, np.zeros(1)) == pytest.approx(0.76 * 0.3 ** (4 / 3))
    assert effective_diffusion(0.76, 8.5e-5, 0.2, n, n) == pytest.approx(8.5e-5 / 0.2 * 0.3 ** (4 / 3))


def test_the_uppermost_wet_cell_loses_at_first_order():
    """lambda = H D_e / (d b n R), exact over any step; d from the land to the water table in that cell."""
    cells = cells_of([1.5, 0.0, 3.0, 1.2], ("other", "benzene"), np.array([1.0, 1.4]))
    cells.mass[:] = 7.0 * cells.content
    reaction, books = two_columns().start(("other", "benzene"), 4), Books()
    before = cells.mass.copy()
    reaction.act(cells, 3.0, books)
    air, water = BENZENE.diffusion_air, BENZENE.diffusion_water
    d_e = effective_diffusion(air, water, 0.225, np.array([0.3]), np.array([0.1]))[0]
    for cell, depth, thickness in ((0, 0.5, 0.5), (3, 1.6, 0.4)):
        rate = 0.225 * d_e / (depth * thickness * 0.3 * 1.4)
        assert cells.mass[1, cell] == pytest.approx(before[1, cell] * np.exp(-3.0 * rate), rel=1e-13)
    assert np.array_equal(cells.mass[0], before[0]) and cells.mass[1, 2] == before[1, 2]
    booked = books.rows["benzene", "volatilisation", "to air"]
    assert booked == pytest.approx(cells.mass[1] - before[1], rel=1e-12)
    assert not reaction.held() and not reaction.state() and not reaction.balances()


def test_a_capillary_fringe_keeps_most_of_it_back():
    cell, water = np.array([3]), np.array([1.2])
    bare = two_columns().conductance(BENZENE, cell, water)
    fringe = two_columns(fringe=0.15).conductance(BENZENE, cell, water)
    assert 10.0 < (bare / fringe)[0] < 200.0


def test_given_concentrations_stay():
    cells = cells_of([1.5, 1.0, 3.0, 1.2], ("benzene",))
    cells.mass[:], cells.free[0, 0] = 1.0, False
    two_columns().start(("benzene",), 4).act(cells, 1e9, Books())
    assert cells.mass[0].tolist() == [1.0, 0.0, 1.0, 1.0]


def test_wrong_values_are_told_at_once():
    bad = two_columns(water_content=1.5, least_depth=0.0, area=np.ones(3), porosity=np.full(4, 30.0))
    with pytest.raises(InputError) as error:
        bad.start(("toluene",), 4)
    for words in ("'benzene' is not a transported", "water content = 1.5", "least depth",
                  "area of volatilisation needs one", "porosity = 30"):
        assert words in str(error.value)
