"""One test per package: its equation as the comment, its rate and its derivative against it."""

import numpy as np
import pytest

from gwsolver.core.stress import StressValues
from gwsolver.packages.registry import FlowContext, kinds

TOP, BOTTOM, AREA = 10.0, 0.0, 50.0


def evaluate(kind, head, /, options=None, auxiliary=None, convertible=True, newton=False, **columns):
    """Rate and derivative of entries that all have these columns, one per head."""
    head = np.atleast_1d(np.asarray(head, float))
    one = np.ones(head.size)
    values = StressValues(
        np.arange(head.size),
        {k: np.tile(np.atleast_1d(v), (head.size, 1)).squeeze(axis=1) if np.ndim(v) == 0 else np.tile(v, (head.size, 1))
         for k, v in columns.items()},
        {k: v * one for k, v in (auxiliary or {}).items()},
    )
    context = FlowContext(head, TOP * one, BOTTOM * one, AREA * one, newton, one.astype(bool) & convertible)
    return kinds()[kind].flow(values, context, options or {})


def slope_by_difference(kind, head, /, **keywords):
    h = 1e-6
    return (evaluate(kind, head + h, **keywords)[0] - evaluate(kind, head - h, **keywords)[0]) / (2 * h)


def test_general_head_boundary():
    # Q = C (h_b - h)
    rate, slope = evaluate("ghb", [3.0, 7.0], head=5.0, conductance=2.0)
    np.testing.assert_allclose(rate, [4.0, -4.0])
    np.testing.assert_allclose(slope, -2.0)


def test_river_leaks_no_faster_once_the_aquifer_is_below_its_bed():
    # Q = C (h_s - max(h, z_b))
    rate, slope = evaluate("riv", [6.0, 4.0, 2.0, -5.0], stage=5.0, conductance=2.0, bottom=3.0)
    np.testing.assert_allclose(rate, [-2.0, 2.0, 4.0, 4.0])
    np.testing.assert_allclose(slope, [-2.0, -2.0, 0.0, 0.0])


def test_drain_takes_water_only_from_above_itself():
    # Q = -C max(h - z, 0)
    rate, slope = evaluate("drn", [3.0, 5.0], elevation=4.0, conductance=2.0)
    np.testing.assert_allclose(rate, [0.0, -2.0])
    np.testing.assert_allclose(slope, [0.0, -2.0])


@pytest.mark.parametrize("depth", [2.0, -2.0])
def test_drain_conductance_grows_smoothly_in_the_newton_formulation(depth):
    # f = 2 x**2 - x**3 with x = (h - z) / |d| within [0, 1]; no corner at z, nor a jump at z + |d|
    keywords = {"elevation": 4.0, "conductance": 3.0, "options": {"auxdepthname": "d"}, "auxiliary": {"d": depth},
                "newton": True}
    bottom = min(4.0, 4.0 + depth)
    head = bottom + np.array([-1.0, 0.5, 1.0, 3.0])
    rate, slope = evaluate("drn", head, **keywords)
    np.testing.assert_allclose(rate, [0.0, -3.0 * 0.109375 * 0.5, -3.0 * 0.375 * 1.0, -9.0])
    np.testing.assert_allclose(slope, slope_by_difference("drn", head, **keywords), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("depth", [2.0, -2.0])
def test_drain_conductance_grows_over_its_depth(depth):
    # Q = -C f (h - z), z = min(e, e + d), f = (h - z) / |d| within [0, 1]
    keywords = {"elevation": 4.0, "conductance": 3.0, "options": {"auxdepthname": "d"}, "auxiliary": {"d": depth}}
    bottom = min(4.0, 4.0 + depth)
    head = bottom + np.array([-1.0, 0.5, 1.5, 3.0])
    rate, slope = evaluate("drn", head, **keywords)
    np.testing.assert_allclose(rate, [0.0, -3.0 * 0.25 * 0.5, -3.0 * 0.75 * 1.5, -9.0])
    np.testing.assert_allclose(slope, slope_by_difference("drn", head, **keywords), rtol=1e-7, atol=1e-7)


def test_well_gives_its_rate_whatever_the_head():
    rate, slope = evaluate("wel", [-3.0, 30.0], rate=-7.0)
    np.testing.assert_array_equal(rate, -7.0)
    np.testing.assert_array_equal(slope, 0.0)


def test_well_is_reduced_near_the_bottom():
    # Q = q (3 x**2 - 2 x**3), x = h / (0.2 * 10) within [0, 1]
    keywords = {"rate": -8.0, "options": {"auto_flow_reduce": 0.2}}
    head = np.array([-1.0, 0.5, 1.0, 2.5])
    rate, slope = evaluate("wel", head, **keywords)
    np.testing.assert_allclose(rate, [0.0, -8.0 * (3 / 16 - 2 / 64), -4.0, -8.0])
    np.testing.assert_allclose(slope, slope_by_difference("wel", head, **keywords), rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(evaluate("wel", head, convertible=False, **keywords)[0], -8.0)
    np.testing.assert_allclose(evaluate("wel", head, rate=8.0, options={"auto_flow_reduce": 0.2})[0], 8.0)


def test_recharge_falls_on_the_area_of_the_cell():
    rate, slope = evaluate("rch", [1.0], recharge=0.01)
    np.testing.assert_allclose(rate, 0.01 * AREA)
    np.testing.assert_array_equal(slope, 0.0)


def test_evapotranspiration_fades_with_depth():
    # Q = -E A (1 - d / x), d = 9 - h, x = 4
    head = np.array([12.0, 8.0, 5.5, 4.0])
    rate, slope = evaluate("evt", head, surface=9.0, rate=0.02, depth=4.0)
    np.testing.assert_allclose(rate, -0.02 * AREA * np.array([1.0, 0.75, 0.125, 0.0]), atol=1e-15)
    np.testing.assert_allclose(slope, slope_by_difference("evt", head, surface=9.0, rate=0.02, depth=4.0), atol=1e-8)


def test_evapotranspiration_in_segments():
    # p runs through (0, 1.2 at the surface), (0.25, 0.8), (0.5, 0.1), (1, 0)
    keywords = {
        "surface": 9.0, "rate": 0.02, "depth": 4.0, "depth_fraction": [0.25, 0.5], "rate_fraction": [0.8, 0.1],
        "surface_fraction": 1.2, "options": {"surf_rate_specified": True},
    }
    head = 9.0 - 4.0 * np.array([-0.5, 0.125, 0.4, 0.75, 1.5])
    share = np.interp([0.0, 0.125, 0.4, 0.75, 1.5], [0.0, 0.25, 0.5, 1.0], [1.2, 0.8, 0.1, 0.0])
    rate, slope = evaluate("evt", head, **keywords)
    np.testing.assert_allclose(rate, -0.02 * AREA * share, atol=1e-15)
    np.testing.assert_allclose(slope, slope_by_difference("evt", head, **keywords), atol=1e-8)


def test_every_flow_kind_names_its_columns_for_the_reader():
    for kind in kinds().values():
        names = [c.name for c in kind.columns]
        assert len(set(names)) == len(names)
        if kind.model == "gwf":
            assert (kind.flow is not None) != (kind.fixes == "head")
