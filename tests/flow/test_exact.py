"""Flow against exact solutions."""

import numpy as np
import pytest
from scipy.special import exp1

from gwsolver.core.dis import structured_grid
from tests.flow.models import model, package, rock, row, solve, storage


def test_confined_row_between_two_heads_is_linear():
    # q = K (h0 - h1) / L between the centres of the fixed cells
    grid = row(11, 110.0)
    ends = package("chd", [0, 10], head=[20.0, 15.0])
    step, = solve(model(grid, rock(grid, 3.0), [ends], start=17.0))
    np.testing.assert_allclose(step.head_end, np.linspace(20.0, 15.0, 11), rtol=1e-13)
    np.testing.assert_allclose(step.face_flow, 3.0 * 10.0 * 5.0 / 100.0, rtol=1e-12)
    np.testing.assert_allclose(step.specific_discharge[:, 0], 0.15, rtol=1e-8)
    np.testing.assert_allclose(step.packages[0].rates, [1.5, -1.5], rtol=1e-12)


@pytest.mark.parametrize("newton", [False, True])
def test_water_table_between_two_heads_is_the_parabola_of_dupuit(newton):
    # h**2 is linear in x. Arithmetic mean thickness makes the standard scheme exact in it;
    # upstream weighting is first order: measured 0.015 of 5 on 100 cells.
    grid = row(101, 101.0)
    options = {} if newton else {"averaging": "amt-hmk"}
    ends = package("chd", [0, 100], head=[8.0, 3.0])
    step, = solve(model(grid, rock(grid, 2.0, cell_type=1, **options), [ends], start=8.0, newton=newton))
    exact = np.sqrt(np.linspace(64.0, 9.0, 101))
    np.testing.assert_allclose(step.head_end, exact, atol=0.03 if newton else 1e-8)
    assert np.abs(step.residual).sum() < 1e-10 * step.packages[0].rates[0]


def test_recharge_on_a_confined_row_gives_its_parabola():
    # h = h0 + R / (2 T) x (L - x), divide in the middle; exact at the nodes of equal cells
    grid = row(41, 41.0)
    inner = np.arange(1, 40)
    packages = [package("chd", [0, 40], head=5.0), package("rch", inner, recharge=0.01)]
    step, = solve(model(grid, rock(grid, 2.0), packages))
    x = grid.x - grid.x[0]
    np.testing.assert_allclose(step.head_end, 5.0 + 0.01 / (2 * 20.0) * x * (40.0 - x), rtol=1e-12)


def test_layers_in_series_add_their_resistances():
    # q = (h0 - h1) / sum(b / K), half a layer at both ends
    grid = structured_grid([2.0], [3.0], 12.0, [10.0, 6.0, 0.0])
    k33 = np.array([1.0, 0.01, 4.0])
    step, = solve(model(grid, rock(grid, 1.0, k33=k33), [package("chd", [0, 2], head=[9.0, 4.0])]))
    flux = 5.0 / (1.0 / 1.0 + 4.0 / 0.01 + 3.0 / 4.0)
    np.testing.assert_allclose(step.face_flow, 6.0 * flux, rtol=1e-12)
    np.testing.assert_allclose(step.specific_discharge[:, 2], -flux, rtol=1e-8)


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("ghb", {"head": 7.0, "conductance": 0.04}),
        ("riv", {"stage": 7.0, "conductance": 0.04, "bottom": 0.0}),
        ("drn", {"elevation": 7.0, "conductance": 0.04}),
    ],
)
def test_leakage_through_a_boundary_falls_off_exponentially(kind, columns):
    # T h'' = c (h - h_b): the difference equation has h - h_b ~ r**i, r + 1/r = 2 + c dx**2 / T
    n = 400
    grid = row(n, float(n))
    step, = solve(model(grid, rock(grid, 2.0), [package("chd", 0, head=9.0), package(kind, np.arange(1, n), **columns)],
                        start=9.0))
    s = 2.0 + 0.04 / 20.0
    r = 0.5 * (s - np.sqrt(s * s - 4.0))
    np.testing.assert_allclose(step.head_end[:200] - 7.0, 2.0 * r ** np.arange(200), atol=1e-6)


def test_river_below_its_bed_leaks_at_a_constant_rate():
    # All that leaks, C (stage - bottom) per cell, leaves at the fixed head
    grid = row(5)
    packages = [package("chd", 4, head=-20.0), package("riv", [0, 1], stage=3.0, conductance=0.5, bottom=1.0)]
    step, = solve(model(grid, rock(grid, 10.0), packages, start=-20.0))
    np.testing.assert_allclose(step.packages[1].rates, 1.0, rtol=1e-12)
    np.testing.assert_allclose(step.packages[0].rates, -2.0, rtol=1e-11)


def transient_error(n_steps):
    # Sine over a row between fixed heads: h = sin(pi x / L) exp(-T pi**2 t / (S L**2))
    n, diffusivity, end = 101, 2.0 / 1e-3, 0.5
    grid = row(n, float(n))
    x = (grid.x - grid.x[0]) / 100.0
    step = solve(
        model(
            grid, rock(grid, 2.0), [package("chd", [0, n - 1], head=0.0)], start=np.sin(np.pi * x),
            storage=storage(grid, ss=1e-3), time=((end, n_steps, 1.0),),
        )
    )[-1]
    return np.abs(step.head_end - np.sin(np.pi * x) * np.exp(-diffusivity * (np.pi / 100.0) ** 2 * end)).max()


def test_a_transient_sine_decays_at_first_order_in_time():
    errors = [transient_error(n) for n in (20, 40)]
    assert errors[1] < 0.005  # measured 0.0023
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1.0, abs=0.1)  # measured 0.98


def test_drawdown_of_a_well_follows_theis():
    # s = Q / (4 pi T) W(r**2 S / (4 T t)); Theis (1935), EOS Transactions 16, 519-524
    widths = np.concatenate([1.3 ** np.arange(24, -1, -1), [1.0], 1.3 ** np.arange(25)])
    grid = structured_grid(widths, widths, 10.0, [0.0])
    middle = grid.n_cells // 2
    flow = model(
        grid, rock(grid, 5.0), [package("wel", middle, rate=-100.0)], storage=storage(grid, ss=1e-4),
        time=((1.0, 60, 1.1),),
    )
    step = solve(flow)[-1]
    r = np.hypot(grid.x - grid.x[middle], grid.y - grid.y[middle])
    near = (r > 5.0) & (r < 100.0)
    theis = 100.0 / (4.0 * np.pi * 50.0) * exp1(r[near] ** 2 * 1e-3 / (4.0 * 50.0 * 1.0))
    assert np.abs(-step.head_end[near] - theis).max() < 0.02 * theis.max()  # measured 0.011
    released = step.storage_flow.sum()
    assert released == pytest.approx(100.0, rel=1e-10)


def test_anisotropy_turned_by_45_degrees():
    # K along a face normal: 1 / K = cos**2 / K11 + sin**2 / K22
    grid = row(4)
    turned = rock(grid, 10.0, k22=1.0, angle1=np.pi / 4)
    step, = solve(model(grid, turned, [package("chd", [0, 3], head=[1.0, 0.0])]))
    np.testing.assert_allclose(step.face_flow, 10.0 / (0.5 / 10.0 + 0.5 / 1.0) / 75.0, rtol=1e-12)
