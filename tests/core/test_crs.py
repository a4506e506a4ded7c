"""Which coordinate reference systems a model may stand in."""

import pytest

from gwsolver.core.crs import crs_fault


@pytest.mark.parametrize(("crs", "unit"), [
    ("EPSG:32640", "metres"), ("EPSG:32640", "unknown"), ("EPSG:2263", "feet"), ("EPSG:2263", "unknown"),
    ("", "metres"), ("a local grid of the works", "metres"),
])
def test_projected_systems_in_the_units_of_the_model_are_taken(crs, unit):
    assert crs_fault(crs, unit) == ""


def test_degrees_are_not():
    for crs in ("EPSG:4326", "EPSG:4200", "WGS 84"):
        assert "counts in degrees, the coordinates of a model are lengths on a map. Name a" in crs_fault(crs)
    assert "centre of the earth" in crs_fault("EPSG:4978")


def test_another_unit_than_the_model_is_told():
    assert "counts in feet, the model in metres: its maps would be out of place" in crs_fault("EPSG:2263", "metres")
    assert "counts in metres, the model in feet" in crs_fault("EPSG:32640", "feet")
