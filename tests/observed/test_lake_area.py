"""Areas of lakes in images: round lakes of known area, in any projection; what cannot be measured is told."""

import json
import sys

import numpy as np
import pytest
from scipy import ndimage

from gwsolver.case import read_case
from gwsolver.cli import main
from gwsolver.core.errors import InputError, RunError
from gwsolver.observed.images.body import measure
from gwsolver.observed.images.indices import normalised_difference
from gwsolver.observed.images.lake_area import lake_area
from gwsolver.observed.images.otsu import otsu
from gwsolver.observed.images.pixels import pixel_areas
from gwsolver.run.lake_level import level_of_area
from tests.observed.images import UTM, disc, write

BANDS = {"ndwi": (1, 2), "mndwi": (1, 3)}


@pytest.mark.parametrize("index", BANDS)
@pytest.mark.parametrize("radius", [20.3, 60.7])
def test_a_round_lake_has_its_area_within_the_error_told(tmp_path, index, radius):
    file = write(tmp_path / "a.tif", disc((150, 160), (70.3, 80.6), radius))
    found = lake_area(file, index=index, bands=BANDS[index])
    truth = np.pi * (30.0 * radius) ** 2 / 0.9996**2  # on the ellipsoid: UTM's central meridian is shortened
    # Measured: -0.67 to -0.84 of it; the threshold lets pixels count that are wet by 0.8 or more, all along the shore.
    assert -1.0 < (found.body.area - truth) / found.body.standard_error < 0.0
    assert found.body.standard_error == pytest.approx(8.0 * radius * 900.0 / 12**0.5, rel=0.05)  # 8 R pixels are cut
    assert not found.body.cut_off
    assert found.separability > 0.9


def test_mixed_pixels_that_err_by_themselves_err_as_told():
    # Where pixels count as water from one half on, only chance is left: lakes at random places.
    draw, off, told = np.random.default_rng(1).random, [], []
    for _ in range(60):
        wet = disc((60, 60), (25 + 10 * draw(), 25 + 10 * draw()), 20.0)
        body = measure(wet > 0.5, np.ones(wet.shape, bool), np.ones(wet.shape))
        off.append(body.area - wet.sum())
        told.append(body.independent_error)
    assert np.std(off) / np.mean(told) == pytest.approx(1.0, abs=0.15)  # measured: 0.97


def test_an_island_is_not_water_and_the_largest_or_the_named_body_is_taken(tmp_path):
    lake = disc((100, 200), (50.0, 50.0), 40.0) - disc((100, 200), (50.0, 50.0), 10.0)
    pond = disc((100, 200), (50.0, 150.0), 20.0)
    file = write(tmp_path / "a.tif", lake + pond)
    largest = lake_area(file, bands=(1, 2)).body
    assert largest.area == pytest.approx(900.0 * lake.sum() / 0.9996**2, rel=0.04)
    named = lake_area(file, bands=(1, 2), at=(500_000.0 + 30.0 * 150, 5_100_000.0 - 30.0 * 50)).body
    assert named.area == pytest.approx(900.0 * pond.sum() / 0.9996**2, rel=0.04)
    assert named.pixels < largest.pixels
    with pytest.raises(InputError, match=r"a\.tif: there is no water at this point at row 51, column 51"):
        lake_area(file, bands=(1, 2), at=(500_000.0 + 30.0 * 50.5, 5_100_000.0 - 30.0 * 50.5))
    with pytest.raises(InputError, match="the point lies outside the image = 0 0"):
        lake_area(file, bands=(1, 2), at=(0.0, 0.0))


def test_pixels_have_their_size_on_the_ellipsoid_in_any_projection():
    # A degree square at 46 north, by closed formula on the ellipsoid (Snyder 1987, equation 3-12).
    def closed(south, north, degrees):
        a, e2 = 6378137.0, 0.0066943799901413165
        e = e2**0.5

        def q(latitude):
            s = np.sin(np.radians(latitude))
            return s / (1 - e2 * s * s) + np.arctanh(e * s) / e

        return a * a * (1 - e2) / 2 * np.radians(degrees) * (q(north) - q(south))

    degree = pixel_areas("EPSG:4326", (0.01, 0.0, 74.0, 0.0, -0.01, 47.0), (100, 100))
    assert degree.sum() == pytest.approx(closed(46.0, 47.0, 1.0), rel=1e-7)
    # The same square in Web Mercator, where maps show twice its area.
    x, y = 6378137.0 * np.radians([74.0, 75.0]), 6378137.0 * np.log(np.tan(np.pi / 4 + np.radians([46.0, 47.0]) / 2))
    step = ((x[1] - x[0]) / 100, (y[1] - y[0]) / 100)
    mercator = pixel_areas("EPSG:3857", (step[0], 0.0, x[0], 0.0, -step[1], y[1]), (100, 100))
    assert mercator.sum() == pytest.approx(closed(46.0, 47.0, 1.0), rel=1e-5)
    assert mercator.sum() < 0.49 * 1e4 * step[0] * step[1]
    # In feet, and rotated, a pixel is as large as in metres and upright.
    feet = pixel_areas("EPSG:2263", (100.0, 0.0, 980_000.0, 0.0, -100.0, 200_000.0), (4, 4))
    assert feet == pytest.approx(np.full((4, 4), (100 * 0.30480061) ** 2), rel=1e-4)
    turned = pixel_areas("EPSG:32643", (18.0, 24.0, 500_000.0, 24.0, -18.0, 5_100_000.0), (4, 4))
    assert turned == pytest.approx(pixel_areas("EPSG:32643", UTM, (4, 4)), rel=1e-6)


@pytest.mark.parametrize(("crs", "affine", "words"), [
    ("", UTM, "coordinate reference system = none; allowed: a projected or a geographic one"),
    ("EPSG:4978", UTM, "allowed: a projected or a geographic one"),
    ("EPSG:4326", (1.0, 0.0, 74.0, 0.0, -1.0, 120.0), "reaches beyond its coordinate reference system = WGS 84"),
    ("nonsense", UTM, "the image's coordinate reference system: Invalid projection"),
])
def test_images_without_a_size_are_refused(crs, affine, words):
    with pytest.raises(InputError, match=words):
        pixel_areas(crs, affine, (3, 3))


def test_otsu_parts_two_heaps_in_the_middle_of_the_gap():
    values = np.concatenate([np.linspace(-0.6, -0.4, 300), np.linspace(0.3, 0.5, 100)])
    threshold, separability = otsu(values)
    assert threshold == pytest.approx(-0.05, abs=2e-3)
    between = 0.75 * 0.25 * 0.9**2  # w1 w2 (m1 - m2)**2
    assert separability == pytest.approx(between / values.var(), rel=1e-3)


def test_otsu_is_the_best_of_all_thresholds():
    values = np.random.default_rng(2).normal(np.repeat([-0.3, 0.2], [700, 300]), 0.15)
    threshold, separability = otsu(values)

    def between(t):
        high = values > t
        return high.mean() * (1 - high.mean()) * (values[high].mean() - values[~high].mean()) ** 2

    best = max(between(t) for t in np.sort(values)[1:-1])
    assert between(threshold) == pytest.approx(best, rel=1e-3)
    assert separability == pytest.approx(best / values.var(), rel=1e-3)


def test_the_index_is_unknown_where_nothing_is_reflected():
    one, two = np.array([0.3, 0.0, np.nan], np.float32), np.array([0.1, 0.0, 0.1], np.float32)
    np.testing.assert_allclose(normalised_difference(one, two), [0.5, np.nan, np.nan], rtol=1e-6)


def test_holes_and_edges_are_told(tmp_path):
    wet = disc((80, 80), (40.0, 40.0), 25.0)
    holes = np.zeros(wet.shape, bool)
    holes[40:42, 40:42] = True
    whole, less = (lake_area(write(tmp_path / "a.tif", wet, holes=h), bands=(1, 2)).body for h in (None, holes))
    assert less.cut_off
    assert whole.pixels - less.pixels == 4
    assert less.standard_error == pytest.approx(whole.standard_error)  # a hole is no shore
    assert lake_area(write(tmp_path / "b.tif", wet[:50]), bands=(1, 2)).body.cut_off


def test_files_may_name_their_bands_and_scale_them(tmp_path):
    wet = disc((60, 60), (30.0, 30.0), 20.0)
    plain = lake_area(write(tmp_path / "a.tif", wet), bands=(1, 3), index="mndwi")
    named = lake_area(write(tmp_path / "b.tif", wet, names=("Green", "NIR", "SWIR1"), scale=1e-4), index="mndwi")
    assert (named.bands, named.body.area) == ((1, 3), plain.body.area)
    with pytest.raises(InputError, match="does not say which bands are green and nir; it has 1 without a name"):
        lake_area(tmp_path / "a.tif")


@pytest.mark.parametrize(("options", "words"), [
    ({"bands": (1, 7)}, "band = 7; allowed: 1 to 3"),
    ({"bands": (1, 1)}, "bands = 1 1; allowed: two numbers, of green and nir"),
    ({"index": "awei"}, "index = awei; allowed: one of ndwi, mndwi"),
    ({"bands": (1, 2), "threshold": 0.9}, "there is no water in the image"),
])
def test_bad_requests_are_told(tmp_path, options, words):
    with pytest.raises(InputError, match=words):
        lake_area(write(tmp_path / "a.tif", disc((40, 40), (20.0, 20.0), 10.0)), **options)


@pytest.mark.filterwarnings("ignore:.*no geotransform.*")
def test_bad_images_are_told(tmp_path):
    (tmp_path / "a.tif").write_text("no image")
    with pytest.raises(InputError, match="cannot be read as an image"):
        lake_area(tmp_path / "a.tif", bands=(1, 2))
    with pytest.raises(InputError, match="has no geotransform"):
        lake_area(write(tmp_path / "b.tif", np.eye(9), affine=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)), bands=(1, 2))
    with pytest.raises(InputError, match=r"c\.tif: the index is the same everywhere"):
        lake_area(write(tmp_path / "c.tif", np.zeros((9, 9))), bands=(1, 2))
    with pytest.raises(InputError, match=r"d\.tif: the image's coordinate reference system = none"):
        lake_area(write(tmp_path / "d.tif", np.eye(9), crs=None), bands=(1, 2))


def test_without_rasterio_it_is_told_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(RunError, match=r'pip install "gwsolver\[raster\]"'):
        lake_area(tmp_path / "a.tif", bands=(1, 2))


CASE = """
[case]
title = "A lake"
[surface]
start = 2001-01-01
end = 2002-01-01
step = "month"
[[surface.lake]]
name = "west"
table = { levels = [330, 340, 344, 345], areas = [0, 1, 2, 2], unit = "km2" }
initial = "341 m"
[[surface.lake]]
name = "east"
table = { levels = [335, 340, 345], areas = [0, 2, 3], unit = "km2" }
initial = "341 m"
"""


def test_the_stage_table_turns_areas_into_levels(tmp_path):
    (tmp_path / "case.toml").write_text(CASE)
    case = read_case(tmp_path)
    found = level_of_area(case, ["west"], 1.5e6, 0.1e6)
    assert (found.level, found.standard_error) == pytest.approx((342.0, 0.4))
    assert level_of_area(case, ["west", "east"], 3.45e6).level == pytest.approx(341.0)  # 1.25 and 2.2 km2
    for lakes, area, words in [(["south"], 1e6, "lake = south; allowed: one of west, east"),
                               (["west"], 3e6, r"area of west = 3 km2 is outside \[0, 2\]"),
                               (["west"], 2e6, "the area of west is the same from 344 to 345 m")]:
        with pytest.raises(InputError, match=words):
            level_of_area(case, lakes, area)


def test_the_command_prints_one_line_and_a_level(tmp_path, capsys):
    (tmp_path / "case.toml").write_text(CASE)
    file = str(write(tmp_path / "a.tif", disc((80, 80), (40.0, 40.0), 22.0), names=("green", "nir", "swir")))
    assert main(["lake-area", file, "--case", str(tmp_path), "--lake", "west"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert "km2 of water (NDWI > 0.0" in line
    assert "; level 341." in line
    assert main(["lake-area", file, "--threshold", "-0.3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["area_km2"] == pytest.approx(np.pi * 0.66**2 / 0.9996**2, rel=0.01)  # half wet: the index is -0.3
    assert told["separability"] is None
    assert main(["lake-area", file, "--lake", "west"]) == 2
    assert "--case and --lake go together" in capsys.readouterr().err


def test_bodies_join_along_sides_not_at_corners():
    assert ndimage.label(np.eye(3))[1] == 3
