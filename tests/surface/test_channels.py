"""Manning's formula in rectangles and sections by points: by hand, by a numpy twin, by differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwsolver.core.reach import RECTANGLE, CrossSection
from gwsolver.surface.reaches.channel import Channels
from tests.surface.streams import trapezium


def channels(*sections, width=10.0, slope=1e-3, manning=0.03, conversion=1.0):
    n = max(len(sections), 1)
    numbers = np.arange(n) if sections else np.full(1, RECTANGLE)
    return Channels(np.full(n, width), np.full(n, slope), np.full(n, manning), conversion, numbers, sections)


@st.composite
def beds(draw):
    """Sections by points with slopes, flats and vertical walls."""
    runs = draw(st.lists(st.sampled_from([0.0, 0.1, 0.3]), min_size=2, max_size=7))
    x = np.cumsum([0.0, *runs])
    height = np.array(draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.5]), min_size=x.size, max_size=x.size)))
    height[draw(st.integers(0, x.size - 1))] = 0.0
    x[-1] += 0.2
    rough = draw(st.lists(st.sampled_from([1.0, 0.7, 2.0]), min_size=x.size, max_size=x.size))
    return CrossSection(x, height, np.array(rough))


def by_numpy(section, width, depth, factor):
    """Area, width, perimeter and flow of a section, segment by segment."""
    x, h = section.fraction * width, section.height
    area = top = perimeter = flow = 0.0
    for i in range(x.size - 1):
        fine = np.linspace(0.0, 1.0, 2)
        low, high, run = min(h[i], h[i + 1]), max(h[i], h[i + 1]), x[i + 1] - x[i]
        part = 0.0 if depth <= low else 1.0 if depth >= high else (depth - low) / (high - low)
        rise = part * (high - low)
        wet = run * part
        here = wet * max(depth - high, 0.0) + np.trapezoid(fine * rise, fine * wet) if wet > 0.0 else 0.0
        bed = np.hypot(wet, rise)
        for wall, foot, stands in ((i - 1, i, i > 0 and x[i - 1] == x[i]),
                                   (i + 2, i + 1, i + 2 < x.size and x[i + 2] == x[i + 1])):
            if stands:
                bed += max(min(depth, h[wall]) - h[foot], 0.0)
        area, top, perimeter = area + here, top + wet, perimeter + bed
        if bed > 0.0:
            flow += factor / section.roughness_fraction[i] * here * (here / bed) ** (2.0 / 3.0)
    return area, top, perimeter, flow


@given(beds(), st.floats(1e-3, 4.0))
def test_kernel_is_its_numpy_twin(section, depth):
    found, factor = channels(section).at(np.array([depth])), np.sqrt(1e-3) / 0.03
    twin = by_numpy(section, 10.0, depth, factor)
    for ours, theirs in zip((found.area, found.width, found.perimeter, found.flow), twin, strict=True):
        assert ours[0] == pytest.approx(theirs, rel=1e-11, abs=1e-12)


@given(beds(), st.floats(2e-5, 4.0))
def test_slopes_are_differences(section, depth):
    if np.abs(section.height - depth).min() < 1e-5:
        return
    c, step = channels(section), 1e-7 * max(depth, 1.0)
    low, here, high = (c.at(np.array([depth + k * step])) for k in (-1, 0, 1))
    for value, slope in (("area", "width"), ("width", "width_by_depth"), ("perimeter", "perimeter_by_depth"),
                         ("flow", "flow_by_depth")):
        difference = (getattr(high, value) - getattr(low, value))[0] / (2.0 * step)
        size = 1.0 + abs(difference) + getattr(here, value)[0] / depth
        assert getattr(here, slope)[0] == pytest.approx(difference, abs=2e-5 * size)


def test_a_wide_rectangle_carries_what_manning_says():
    # Q = b d**(5/3) sqrt(S) / n: 10 m wide, 2 m deep, 1 in 1000, n = 0.03
    found = channels().at(np.array([2.0]))
    assert found.flow[0] == pytest.approx(10.0 * 2.0 ** (5.0 / 3.0) * np.sqrt(1e-3) / 0.03, rel=1e-14)
    assert found.perimeter[0] == 10.0


def test_normal_depth_of_a_trapezium():
    # Chow (1959), example 6-1: b = 20 ft, sides 1 on 2, S = 0.0016, n = 0.025, Q = 400 ft3/s: y = 3.36 ft
    section = trapezium(20.0, 2.0, 10.0, 60.0)
    c = channels(section, width=60.0, slope=0.0016, manning=0.025, conversion=1.49)
    depth = c.normal_depth(np.array([400.0]))[0]
    # The formula by segments takes the three parts' radii one by one: the whole section's radius gives Chow's depth.
    area, perimeter = (20.0 + 2.0 * 3.36) * 3.36, 20.0 + 2.0 * 3.36 * np.sqrt(5.0)
    assert 1.49 / 0.025 * area * (area / perimeter) ** (2.0 / 3.0) * 0.04 == pytest.approx(400.0, rel=5e-3)
    parts = [(20.0 * depth, 20.0), *[(depth**2, depth * np.sqrt(5.0))] * 2]
    carried = sum(1.49 / 0.025 * a * (a / p) ** (2.0 / 3.0) * 0.04 for a, p in parts)
    assert carried == pytest.approx(400.0, rel=1e-12)


@given(beds(), st.floats(-8.0, 3.0))
def test_normal_depth_is_the_inverse_of_the_flow(section, power):
    c, flow = channels(section), np.array([10.0**power])
    depth = c.normal_depth(flow)
    assert c.at(depth).flow[0] == pytest.approx(flow[0], rel=1e-9)


def test_nothing_flows_in_a_dry_bed():
    c = channels(trapezium(2.0, 1.0, 4.0, 10.0))
    assert c.normal_depth(np.array([0.0]))[0] == 0.0
    assert c.at(np.array([0.0])).flow[0] == 0.0


def test_what_is_wrong_with_a_section_is_said_at_once():
    words = " ".join(str(p) for p in CrossSection(np.array([0.0, 0.6, 0.5]), np.array([1.0, 0.5, 2.0]),
                                                  np.array([1.0, 0.0, 1.0])).problems())
    assert "run from left to right" in words
    assert "one of them zero" in words
    assert "MANFRACTION" in words
