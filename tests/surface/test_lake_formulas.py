"""Lakes on the aquifer: beds, shapes and outlets at a stage against their formulas, and slopes against differences."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.core.lake import StageTable
from gwsolver.core.saturation import SMOOTHING, saturation
from gwsolver.surface.lakes.bed import Beds
from gwsolver.surface.lakes.outlets import demand, outlet_numbers
from gwsolver.surface.lakes.shape import Shapes
from tests.packages.lakes import lakes

TABLE = StageTable(np.array([0.0, 2.0, 3.0, 7.0]), np.array([0.0, 8.0, 20.0, 90.0]), np.array([0.0, 8.0, 14.0, 20.0]),
                   np.array([0.0, 9.0, 16.0, 30.0]))
LEVELS = st.lists(st.floats(-2.0, 12.0), min_size=6, max_size=6).map(np.array)


def beds(newton, convertible=True, depression=0.5):
    """A lake on three cells and beside one, and an embedded one with a table; cells from 0 to 5 m, K = 2."""
    at = [(0, 0, "vertical", 0.3), (0, 1, "vertical", 0.1), (0, 2, "vertical", 0.0),
          (0, 3, "horizontal", 0.2, 1.0, 4.0, 5.0, 10.0), (1, 4, "embeddedv", 0.4, 0.0, 0.0, 2.0, 1.0)]
    package = lakes(at, [4.0, 3.0], tables=(None, TABLE), depression=depression)
    top, n = np.array([3.0, 4.0, 5.0, 5.0, 5.0]), 5
    return package, Beds(package, top, np.zeros(n), np.full(n, 100.0), np.full(n, 2.0), np.full(n, 2.0),
                         np.full(n, convertible), newton)


@pytest.mark.parametrize("convertible", [False, True])
@pytest.mark.parametrize("newton", [False, True])
@pytest.mark.parametrize("depression", [0.0, 0.5])
@settings(max_examples=30)
@given(LEVELS, LEVELS)
def test_flow_through_a_bed_follows_its_formula(newton, convertible, depression, stages, heads):
    _, b = beds(newton, convertible, depression)
    stage, head = stages[:5], heads[:5]
    low, high = np.minimum(stage, b.top), np.minimum(head, b.top)
    level = np.maximum(low, high) if newton else 0.5 * (low + high)
    part = saturation(level, b.top, b.bottom, SMOOTHING)[0]
    part = np.where((b.kind == 0) & (depression == 0.0), 1.0, part)
    part[3] = part[3] if convertible else 1.0
    part[4] = np.interp(level[4] if convertible else b.top[4], TABLE.stage, TABLE.exchange_area)
    flow = b.full * part * (np.maximum(head, b.bottom) - np.maximum(stage, b.bottom))
    np.testing.assert_allclose(b.seepage(stage, head).flow, flow, rtol=1e-13, atol=1e-12)
    np.testing.assert_allclose(b.seepage(stage, head).conductance, b.full * part, rtol=1e-13, atol=1e-12)


@pytest.mark.parametrize("newton", [False, True])
def test_slopes_of_the_flow_through_a_bed_are_differences(newton):
    _, b = beds(newton)
    draw, h = np.random.default_rng(7), 1e-7
    for _ in range(200):
        stage, head = draw.uniform(0.5, 6.0, (2, 5))
        s = b.seepage(stage, head)
        by_head = (b.seepage(stage, head + h).flow - b.seepage(stage, head - h).flow) / (2.0 * h)
        by_stage = (b.seepage(stage + h, head).flow - b.seepage(stage - h, head).flow) / (2.0 * h)
        np.testing.assert_allclose(s.by_head, by_head, rtol=1e-5, atol=1e-4)
        np.testing.assert_allclose(s.by_stage, by_stage, rtol=1e-5, atol=1e-4)


@settings(max_examples=50)
@given(LEVELS)
def test_area_and_volume_are_those_of_columns_and_tables(stages):
    package, b = beds(True)
    stage = stages[:2]
    area, volume = Shapes(package, b).area_and_volume(stage)
    wet = 100.0 * saturation(np.full(3, stage[0]), b.top[:3], b.bottom[:3], SMOOTHING)[0]
    np.testing.assert_allclose(area[0], wet.sum(), rtol=1e-13)
    np.testing.assert_allclose(volume[0], (wet * np.maximum(stage[0] - b.bottom[:3], 0.0)).sum(), rtol=1e-13)
    np.testing.assert_allclose(area[1], np.interp(stage[1], TABLE.stage, TABLE.area), rtol=1e-13)
    above = max(stage[1] - 7.0, 0.0) * 20.0
    np.testing.assert_allclose(volume[1], np.interp(stage[1], TABLE.stage, TABLE.volume) + above, rtol=1e-13)


def test_outlets_let_out_what_their_formulas_say():
    three = lakes([(0, 0, "vertical", 0.1)], 5.0, outlets=[(0, -1, "specified"), (0, -1, "manning"), (0, -1, "weir")])
    three = replace(three, time_conversion=86400.0)
    values = {"rate": np.array([-3.0, 0.0, 0.0]), "invert": np.array([9.0, 4.0, 4.5]),
              "width": np.array([0.0, 2.0, 3.0]), "roughness": np.array([0.0, 0.03, 0.0]),
              "slope": np.array([0.0, 1e-3, 0.0])}
    rate, slope = demand(three, outlet_numbers(three, values), np.array([5.0]))
    manning = 86400.0 * 2.0 * np.sqrt(1e-3) / 0.03
    weir = 86400.0 * 2.0 / 3.0 * 0.61 * 3.0 * np.sqrt(2.0 * 9.80665)
    np.testing.assert_allclose(rate, [3.0, manning, weir * 0.5**1.5], rtol=1e-14)
    np.testing.assert_allclose(slope, [0.0, manning * 5.0 / 3.0, weir * 1.5 * 0.5**0.5], rtol=1e-14)
    np.testing.assert_array_equal(demand(three, outlet_numbers(three, values), np.array([3.0]))[0], [3.0, 0.0, 0.0])
