"""Lengths of steady plumes against printed and computed figures, each other, and the equations they solve."""

import numpy as np
import pytest

from gwsolver.bench.solutions import ogata_banks, patch_source, strip_source_between_walls
from gwsolver.bench.solutions.mixing_controlled import (
    acceptor_demand,
    first_order_length,
    first_order_plume,
    patch_liedl,
    point_ham,
    recharge_factor_birla,
    rectangle,
    strip_chu,
    strip_cirpka,
    thickness_liedl,
    thickness_maier_grathwohl,
)
from gwsolver.transport.mixing import enough, too_coarse

SITE = dict(donor=5.0, acceptor=8.0, utilisation=3.5)
G = acceptor_demand(**SITE)  # 2.1875
LAYER = dict(thickness=2.0, vertical_dispersivity=0.001)
STRIP = dict(width=10.0, horizontal_dispersivity=0.05)
FRINGES = dict(**SITE, thickness=2.0, vertical_dispersivity=0.001, horizontal_dispersivity=0.05)


@pytest.mark.parametrize(
    ("length", "computed"),
    [
        (thickness_liedl(G, **LAYER, first_term=True), 2270.894),
        (thickness_liedl(G, **LAYER), 2270.886),
        (strip_cirpka(G, **STRIP), 1532.350),
        (point_ham(G, **STRIP), 761.58),
        (point_ham(G, **STRIP, acceptor_in_source=False), 1617.04),
        (strip_chu(G, **STRIP), 1879.13),
        (patch_liedl(**FRINGES, half_width=10.0, first_term=True), 1433.179),
        (patch_liedl(**FRINGES, half_width=5.0, first_term=True), 841.954),
        (patch_liedl(**FRINGES, half_width=5.0), 837.313),
        (thickness_maier_grathwohl(G, **LAYER), 2529.4),
    ],
)
def test_lengths_are_those_computed_from_the_papers(length, computed):
    digits = len(str(computed).split(".")[1])
    assert length == pytest.approx(computed, abs=0.51 * 10.0 ** -digits)


def test_bemidji_is_as_long_as_it_was_found():
    """2 m wide, 1 m deep, donor 6 mg/L over 8 mg/L of oxygen; about 150 m were measured."""
    g = acceptor_demand(donor=6.0, acceptor=8.0, utilisation=3.14)
    length = rectangle(g, width=2.0, depth=1.0, horizontal_dispersivity=0.015, vertical_dispersivity=0.0015)
    assert length == pytest.approx(161.1, abs=0.05)


def test_pipeline_beside_a_river():
    """20 mg/L through 3 m and 50 m of width: sulfate and vertical mixing decide (computed, inputs rounded)."""
    def length(capacity, vertical):
        return patch_liedl(donor=20.0, acceptor=capacity, utilisation=1.0, half_width=25.0, thickness=3.0,
                           horizontal_dispersivity=0.1, vertical_dispersivity=vertical, first_term=True)

    found = [length(6.0 / 3.132, a) for a in (0.005, 0.02)] + [length(25.2, a) for a in (0.005, 0.02)]
    assert found == pytest.approx([1804.0, 487.0, 587.0, 151.0], rel=3e-3)


def test_recharge_shortens_by_birlas_factor():
    assert recharge_factor_birla(thickness=2.0, recharge=0.0) == 1.0
    assert recharge_factor_birla(thickness=2.0, recharge=1.0) == pytest.approx(1.0 - 0.047 * 2.0**0.404)


def test_a_threshold_of_the_acceptor_is_acceptor_that_is_not_there():
    assert acceptor_demand(**SITE, threshold=1.0) == pytest.approx(3.5 * 5.0 / 7.0)


def test_series_and_first_term_part_where_the_plume_is_short():
    short = dict(thickness=2.0, vertical_dispersivity=0.001)
    assert thickness_liedl(0.2, **short) < 0.999 * thickness_liedl(10.0, **short)
    assert thickness_liedl(0.2, **short) != pytest.approx(thickness_liedl(0.2, **short, first_term=True), rel=1e-2)


def share_at(x, alpha, **walls):
    """The steady transport equation with next to no longitudinal dispersion: what part of the water is the source's."""
    return float(strip_source_between_walls(
        x, 0.0, 1e7, seepage_velocity=1.0, dispersion=(1e-3, alpha), n_terms=400, **walls))


def test_length_through_the_top_is_that_of_the_transport_equation():
    """The layer mirrored at its bottom, and acceptor held at its top: the odd part of a strip twice as high."""
    length = thickness_liedl(G, **LAYER)
    # clean water held at z = M: a source on |z| < M and its negative beyond, between walls at 2 M
    share = 2.0 * share_at(length, 0.001, strip=(0.0, 2.0), aquifer_width=4.0) - 1.0
    assert share == pytest.approx(1.0 / (G + 1.0), rel=1e-5)


def test_length_of_a_strip_is_that_of_the_transport_equation():
    length = strip_cirpka(G, **STRIP)
    share = share_at(length, 0.05, strip=(0.0, 5.0), aquifer_width=100.0)
    assert share == pytest.approx(1.0 / (G + 1.0), rel=1e-4)


def test_rectangle_is_the_steady_patch_source():
    length = rectangle(G, width=4.0, depth=2.0, horizontal_dispersivity=0.05, vertical_dispersivity=0.005)
    share = patch_source(length, 0.0, 0.0, 1e6, width=(-2.0, 2.0), height=(-2.0, 2.0), seepage_velocity=1.0,
                         dispersion=(1e-3, 0.05, 0.005))
    assert float(share) == pytest.approx(1.0 / (G + 1.0), rel=1e-4)


KOKZHIDE = dict(seepage_velocity=0.08, longitudinal_dispersivity=20.0, retardation=1.1717)


@pytest.mark.parametrize(
    ("rate", "line", "space"),
    [(3e-4, (1526.0, 2093.0), (1180.0, 1675.0)), (1e-3, (524.0, 718.0), (461.0, 638.0)),
     (3e-3, (221.0, 302.0), (208.0, 285.0))],
)
def test_first_order_lengths_of_a_benzene_plume(rate, line, space):
    """4.95 mg/L to 0.01 and 0.001 mg/L, in one dimension and behind 150 m x 3 m (computed)."""
    wide = dict(width=150.0, depth=3.0, horizontal_dispersivity=2.0, vertical_dispersivity=0.02)
    for limit, one, three in zip((0.01, 0.001), line, space, strict=True):
        assert first_order_length(limit / 4.95, decay_rate=rate, **KOKZHIDE) == pytest.approx(one, abs=1.0)
        assert first_order_length(limit / 4.95, decay_rate=rate, **KOKZHIDE, **wide) == pytest.approx(three, abs=0.8)


def test_first_order_plume_in_one_dimension_is_the_end_of_ogata_banks():
    x = np.array([10.0, 100.0, 400.0])
    late = ogata_banks(x, 1e6, seepage_velocity=0.08, dispersion=1.6, retardation=1.1717, decay_rate=1e-3)
    np.testing.assert_allclose(first_order_plume(x, decay_rate=1e-3, **KOKZHIDE), late, rtol=1e-10)


def test_the_rule_for_layers():
    """alpha_TV 5 mm and 300 m ask for layers of 0.58 m."""
    assert float(enough(0.005, 300.0)) == pytest.approx(0.58, abs=0.005)
    assert too_coarse(0.57, 0.005, 300.0) is None
    said = str(too_coarse(1.0, 0.005, 300.0, cell="layer 2, row 5, column 7", unit="m"))
    assert said.startswith(
        "spacing of layers across the edge of a plume that is 300 m long = 1 m at layer 2, row 5, column 7; allowed: "
        "at most 0.577 m "
    )
    assert "the plume may come out too short. Divide the layers" in said
