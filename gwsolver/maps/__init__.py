"""Pictures of results: maps, sections and charts with what they need to be read, printed and trusted."""

from gwsolver.maps.alternatives import alternatives
from gwsolver.maps.charts.lake import lake_chart
from gwsolver.maps.charts.mass import mass_budget
from gwsolver.maps.charts.series import receptor_series
from gwsolver.maps.multiples.acceptors import acceptors
from gwsolver.maps.multiples.dates import plume_dates
from gwsolver.maps.overviews import heads, setting
from gwsolver.maps.plume import plume_map, save_map
from gwsolver.maps.sections.section import section
from gwsolver.maps.uncertainty.band import receptor_band
from gwsolver.maps.uncertainty.exceedance import exceedance_map
from gwsolver.maps.uncertainty.tornado import tornado
from gwsolver.maps.work_precision import work_precision

__all__ = [
    "acceptors", "alternatives", "exceedance_map", "heads", "lake_chart", "mass_budget", "plume_dates", "plume_map",
    "receptor_band", "receptor_series", "save_map", "section", "setting", "tornado", "work_precision",
]
