"""Synthetic scenes of charts; no expected results."""

import numpy as np

from gwsolver.maps.charts.series_scene import Series, SeriesScene
from gwsolver.maps.charts.timescale import TimeScale

SUBJECT = {
    "species": "benzene", "unit": "mg/L", "length_unit": "m", "time_unit": "d", "limit": 0.01,
    "limit_source": "order DSM-138", "limit_date": "2022-11-24", "limit_checked": False, "crs": "EPSG:32640",
    "status": "illustrative", "title": "Kokzhide-type sand", "version": "0.1.0",
}
YEARS = np.linspace(1975.5, 2055.0, 160)


def pulse(name, start, peak, width=12.0, distance=500.0):
    """A receptor that a smooth pulse passes."""
    return Series(name, YEARS, peak * np.exp(-0.5 * ((YEARS - start - 2.0 * width) / width) ** 2), distance)


def series_scene(n=3, **changes):
    """Receptors that see pulses of falling height, the last far below the limit."""
    series = tuple(pulse(f"PW{i + 1}", 1975.0 + 6.0 * i, 0.5 * 0.25**i, distance=300.0 * (i + 1)) for i in range(n))
    return SeriesScene(**{**SUBJECT, "series": series, "scale": TimeScale(True, "", 1975.0, 2055.0), **changes})
