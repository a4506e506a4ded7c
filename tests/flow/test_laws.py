"""What every flow field has to obey: balance, symmetry, units, and the derivatives of its equations."""

from dataclasses import replace

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.disv import layered_grid
from gwsolver.core.errors import InputError, RunError
from gwsolver.core.simulation import Closure
from gwsolver.flow import FlowSolver, iterate
from gwsolver.flow.boundaries import Boundaries
from gwsolver.flow.coupling import Coupling
from gwsolver.flow.faces import FaceEquations
from gwsolver.flow.linear import LinearSolver
from gwsolver.flow.storage import StorageEquations
from gwsolver.flow.system import Pattern, StepSystem
from tests.flow.models import model, package, rock, row, solve, storage


def valley(newton=False, scale=1.0, flip=False, transient=True, cell_type=(1, 1, 0), **options):
    """Three layers of 6 x 7 cells with everything: river, drain, wells, recharge, evapotranspiration."""
    shape = (3, 6, 7)
    rng = np.random.default_rng(7)
    k = np.exp(rng.normal(size=shape))
    if flip:
        k = k[:, :, ::-1]
    grid = structured_grid(np.full(7, 10.0 * scale), np.full(6, 12.0 * scale), 30.0 * scale,
                           np.array([20.0, 10.0, 0.0]) * scale)

    def cell(layer, i, j):
        return np.ravel_multi_index((layer, i, 6 - j if flip else j), shape)

    surface = np.arange(42)
    packages = [
        package("chd", [cell(0, i, 0) for i in range(6)], head=26.0 * scale),
        package("riv", [cell(0, i, 6) for i in range(6)], stage=23.0 * scale, conductance=5.0 * scale**2,
                bottom=21.0 * scale),
        package("wel", cell(2, 2, 3), rate=-20.0 * scale**3),
        package("drn", cell(0, 4, 2), elevation=24.0 * scale, conductance=2.0 * scale**2),
        package("rch", surface, recharge=0.002 * scale),
        package("evt", surface, surface=27.0 * scale, rate=0.004 * scale, depth=6.0 * scale),
    ]
    stored = storage(grid, 1e-4 / scale, 0.1, np.array([1, 1, 0])[grid.layer] > 0) if transient else None
    types = np.array(cell_type)[grid.layer]
    return model(grid, rock(grid, k.ravel() * scale, k33=0.1 * k.ravel() * scale, cell_type=types, **options), packages,
                 start=27.0 * scale, storage=stored, newton=newton, time=((10.0, 3, 1.5),))


@pytest.mark.parametrize("newton", [False, True])
def test_every_cell_balances_and_so_does_the_model(newton):
    for step in solve(valley(newton)):
        total = step.storage_flow.copy()
        n, m = valley().grid.face_cells.T
        np.subtract.at(total, n, step.face_flow)
        np.add.at(total, m, step.face_flow)
        for p in step.packages:
            np.add.at(total, p.cells, p.rates)
        enters = sum(np.maximum(p.rates, 0.0).sum() for p in step.packages) + np.maximum(step.storage_flow, 0.0).sum()
        np.testing.assert_allclose(total, step.residual, atol=1e-12 * enters)
        assert np.abs(total).sum() < 1e-10 * enters


@pytest.mark.parametrize("newton", [False, True])
def test_what_storage_releases_is_the_change_of_the_stored_volume(newton):
    # Sy A b (S0 - S) / dt summed over steps is the change from first to last
    flow = valley(newton)
    steps = solve(flow)
    yielded = sum(s.storage_yield * s.length for s in steps)
    free = np.ones(flow.grid.n_cells, bool)
    free[flow.packages[0].source.values.cells] = False
    volume = 0.1 * flow.grid.volume * np.where(flow.storage.convertible, 1.0, 0.0)
    change = volume * (steps[0].saturation_start - steps[-1].saturation_end)
    np.testing.assert_allclose(yielded[free], change[free], atol=1e-9 * volume.max())


@pytest.mark.parametrize("newton", [False, True])
def test_a_mirrored_model_gives_the_mirrored_heads(newton):
    here, there = solve(valley(newton))[-1], solve(valley(newton, flip=True))[-1]
    mirrored = there.head_end.reshape(3, 6, 7)[:, :, ::-1].ravel()
    np.testing.assert_allclose(here.head_end, mirrored, rtol=1e-11)
    turned = there.specific_discharge.reshape(3, 6, 7, 3)[:, :, ::-1].reshape(-1, 3) * [-1.0, 1.0, 1.0]
    np.testing.assert_allclose(here.specific_discharge, turned, atol=1e-10)


@pytest.mark.parametrize("newton", [False, True])
def test_a_model_in_other_units_gives_the_same_heads(newton):
    here, there = solve(valley(newton))[-1], solve(valley(newton, scale=3.28))[-1]
    np.testing.assert_allclose(here.head_end, there.head_end / 3.28, rtol=1e-10)


def test_newton_and_standard_agree_where_all_cells_are_full():
    packages_low = valley(transient=False)
    full = replace(packages_low, conductivity=replace(packages_low.conductivity, cell_type=np.zeros(126, np.int64)))
    a, b = solve(full)[-1], solve(replace(full, newton=True))[-1]
    np.testing.assert_allclose(a.head_end, b.head_end, rtol=1e-12)


def test_a_cell_split_in_two_changes_no_flow():
    # Between the halves of a confined row the head is linear
    whole, halves = row(10), structured_grid([10.0, 10.0, 10.0, 5.0, 5.0] + [10.0] * 6, [1.0], 10.0, [0.0])
    a, = solve(model(whole, rock(whole, 2.0), [package("chd", [0, 9], head=[9.0, 4.0])]))
    b, = solve(model(halves, rock(halves, 2.0), [package("chd", [0, 10], head=[9.0, 4.0])]))
    np.testing.assert_allclose(a.packages[0].rates, b.packages[0].rates, rtol=1e-12)
    np.testing.assert_allclose(np.delete(a.head_end, 3), np.delete(b.head_end, [3, 4]), rtol=1e-12)


@pytest.mark.parametrize(
    "options",
    [
        {"newton": True},
        {"averaging": "harmonic"}, {"averaging": "logarithmic"}, {"averaging": "amt-lmk"}, {"averaging": "amt-hmk"},
        {"variable_cv": True}, {"variable_cv": True, "dewatered": True}, {"perched": True},
    ],
)
def test_the_jacobian_is_the_derivative_of_the_residual(options):
    flow = valley(cell_type=(1, 1, 1), **options)
    step = next(flow.time.steps())
    faces, coupling = FaceEquations(flow), Coupling(flow, flow.grid.cell_below)
    boundaries = Boundaries(flow, step, flow.grid.cell_below)
    system = StepSystem(faces, StorageEquations(flow), boundaries, Pattern(faces, coupling),
                        flow.initial_head, step, coupling)
    rng = np.random.default_rng(3)
    head = np.array([25.0, 19.0, 9.0])[flow.grid.layer] + rng.uniform(-3.0, 0.5, flow.grid.n_cells)
    active = np.ones(head.size, bool)
    balance = system.balance(head, active)
    # Newton's Jacobian holds nearly dry cells with 1e-10 of their conductance: far below the tolerance.
    matrix = system.matrix(balance, active, exact=True).csr().toarray()
    h = 1e-6
    for cell in np.flatnonzero(~boundaries.fixed)[::7]:
        up, down = head.copy(), head.copy()
        up[cell] += h
        down[cell] -= h
        slope = (system.balance(up, active).residual - system.balance(down, active).residual) / (2 * h)
        np.testing.assert_allclose(-matrix[:, cell] * ~boundaries.fixed, slope, rtol=1e-5, atol=1e-6)


def test_iterative_and_direct_solvers_agree():
    flow = valley()
    step = next(flow.time.steps())
    faces, coupling = FaceEquations(flow), Coupling(flow, flow.grid.cell_below)
    boundaries = Boundaries(flow, step, flow.grid.cell_below)
    system = StepSystem(faces, StorageEquations(flow), boundaries, Pattern(faces, coupling),
                        flow.initial_head, step, coupling)
    active = np.ones(126, bool)
    balance = system.balance(flow.initial_head, active)
    for exact in (False, True):
        matrix = system.matrix(balance, active, exact)
        one = LinearSolver(10**6).solve(matrix, balance.residual, not exact)
        iterative = LinearSolver(0)
        other = iterative.solve(matrix, balance.residual, not exact)
        assert iterative.method == ("bicgstab" if exact else "incomplete")
        np.testing.assert_allclose(one, other, atol=1e-5 * np.abs(one).max())


def test_a_cell_without_water_dries_and_recharge_falls_through_it():
    # Standard formulation: -1e30, no flow; recharge lands in the cell below
    grid = structured_grid([10.0] * 3, [10.0], 20.0, [10.0, 0.0])
    flow = model(grid, rock(grid, 5.0, cell_type=1), [package("chd", [3, 5], head=4.0),
                                                      package("rch", [0, 1, 2], recharge=0.001)], start=11.0)
    step, = solve(flow)
    np.testing.assert_array_equal(step.head_end[:3], -1e30)
    np.testing.assert_array_equal(step.packages[1].cells, [3, 4, 5])
    np.testing.assert_allclose(step.packages[1].rates, [0.0, 0.1, 0.0])
    np.testing.assert_allclose(step.packages[0].rates.sum(), -0.1, rtol=1e-10)
    np.testing.assert_array_equal(step.saturation_end[:3], 0.0)


def test_recharge_stays_in_a_fixed_cell_that_is_dry():
    grid = structured_grid([10.0] * 3, [10.0], 20.0, [10.0, 0.0])
    packages = [package("chd", [3, 5], head=4.0), package("rch", [1], {"fixed_cell": True}, recharge=0.001)]
    step, = solve(model(grid, rock(grid, 5.0, cell_type=1), packages, start=11.0))
    np.testing.assert_array_equal(step.packages[1].cells, [1])
    np.testing.assert_array_equal(step.packages[1].rates, 0.0)


def test_a_cell_that_nothing_joins_falls_until_evapotranspiration_ends():
    # Rate and slope are constant above the ET surface: the cell alone has no coefficient of its own there.
    grid = structured_grid([10.0] * 6, [10.0], 20.0, [0.0], idomain=[[[1, 1, 1, 1, 0, 1]]])
    packages = [package("chd", [0], head=15.0),
                package("evt", [4], surface=12.0, rate=0.05, depth=3.0)]
    step, = solve(model(grid, rock(grid, 500.0), packages, start=18.0))
    np.testing.assert_allclose(step.packages[1].rates, 0.0, atol=1e-10)
    assert step.head_end[4] <= 9.0 + 1e-9
    assert step.iterations < 10


def test_a_steady_step_that_repeats_is_not_solved_again():
    grid = row(5)
    first, second = solve(model(grid, rock(grid), [package("chd", [0, 4], head=[2.0, 1.0])], time=((4.0, 2, 1.0),)))
    assert (second.start, second.end, second.iterations) == (2.0, 4.0, 0)
    assert second.face_flow is first.face_flow


def test_wells_without_any_water_do_not_converge_and_the_message_says_where():
    grid = row(5)
    flow = model(grid, rock(grid, cell_type=1), [package("chd", 0, head=9.0), package("wel", 4, rate=-50.0)],
                 start=9.0, newton=True)
    flow = replace(flow, closure=Closure(head_change=1e-9, outer_maximum=30))
    with pytest.raises(RunError, match=r"did not converge in period 1, step 1 .* layer 1, row 1, column"):
        solve(flow)


def test_a_head_that_is_given_twice_or_below_the_bottom_is_refused():
    grid = row(3)
    flow = model(grid, rock(grid, cell_type=1), [package("chd", [0, 0, 2], head=[1.0, 1.0, -3.0])])
    with pytest.raises(InputError, match="given twice at layer 1, row 1, column 1") as error:
        solve(flow)
    assert "head = -3 at layer 1, row 1, column 3 is outside [0, inf)" in str(error.value)


def test_newton_with_perched_is_refused():
    grid = row(3)
    with pytest.raises(InputError, match="NEWTON cannot be used with PERCHED"):
        FlowSolver(model(grid, rock(grid, perched=True), [], newton=True))


@pytest.mark.parametrize("turn", [0.0, 0.3, 0.5 * np.pi, 2.5])
def test_specific_discharge_of_a_row_of_polygons_turns_with_it(turn):
    # All faces of a row are parallel: what crosses them is all that is known, q = K (h0 - h1) / L along the row.
    n = 5
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    vertices = [x * along + y * across for x in range(n + 1) for y in (0.0, 1.0)]
    centres = [(x + 0.5) * along + 0.5 * across for x in range(n)]
    rings = [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(n)]
    grid = layered_grid(vertices, centres, rings, np.full(n, 10.0), np.zeros((1, n)))
    ends = package("chd", [0, n - 1], head=[9.0, 7.0])
    step, = solve(model(grid, rock(grid, 3.0), [ends]))
    expected = np.broadcast_to(np.append(1.5 * along, 0.0), (n, 3))
    np.testing.assert_allclose(step.specific_discharge, expected, rtol=1e-8, atol=1e-9)


def test_iterations_end_once_only_round_off_is_left(monkeypatch):
    """A flood against a water table 1000 m up: bits of heads are larger there than the closure that is aimed at.

    With a bound that nothing passes (as if bits were worth stirring) there are more iterations for the same heads.
    """
    grid = structured_grid(np.full(60, 10.0), np.full(40, 10.0), 1010.0, [998.0, 994.0, 990.0])
    left = np.flatnonzero((grid.x < 10.0) & (grid.layer == 0))
    right = np.flatnonzero((grid.x > 590.0) & (grid.layer == 0))
    river = package("riv", left, stage=1004.0, conductance=200.0, bottom=998.5)
    east = package("ghb", right, head=1000.5, conductance=200.0)
    flow_model = model(
        grid, rock(grid, k=25.0, k33=3.0, cell_type=np.where(grid.layer == 0, 1, 0)), [river, east], start=1000.5,
        time=((40.0, 3, 2.0),),
        storage=storage(grid, ss=1e-5, sy=0.2, convertible=grid.layer == 0),
    )
    steps = solve(flow_model)
    monkeypatch.setattr(iterate, "WITHIN", 0.0)
    for step, further in zip(steps, solve(flow_model), strict=True):
        assert step.iterations < further.iterations
        assert step.head_end == pytest.approx(further.head_end, abs=1e-9)
        through = np.maximum(step.packages[0].rates, 0.0).sum()
        assert np.abs(step.residual).sum() <= iterate.ACCEPTED * through
