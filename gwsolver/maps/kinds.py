"""The figures by kind: one function each, called with results and settings (see `core.figures`)."""

from collections.abc import Callable

from gwsolver.maps.charts.lake import lake_chart
from gwsolver.maps.charts.mass import mass_budget
from gwsolver.maps.charts.series import receptor_series
from gwsolver.maps.multiples.acceptors import acceptors
from gwsolver.maps.multiples.dates import plume_dates
from gwsolver.maps.overviews import heads, setting
from gwsolver.maps.page import MapFigure
from gwsolver.maps.plume import plume_map
from gwsolver.maps.sections.section import section

KINDS: dict[str, Callable[..., MapFigure]] = {
    "plume_map": plume_map,
    "receptor_series": receptor_series,
    "section": section,
    "mass_budget": mass_budget,
    "plume_dates": plume_dates,
    "acceptors": acceptors,
    "heads": heads,
    "setting": setting,
    "lake": lake_chart,
}
