"""Synthetic scenes: a plume of closed form on a sloping table with three wells; no expected results."""

import numpy as np

from gwsolver.core.dis import structured_grid
from gwsolver.core.grid import Grid
from gwsolver.maps.scene import MONITORING, SOURCE, VILLAGE, WELL, PlumeScene, River, Site

X0, Y0 = 505_000.0, 5_375_000.0
WELLS = ((5000.0, 4200.0), (4500.0, 4000.0), (3700.0, 4300.0))


def grid(angle=0.0):
    """10 by 6 km in cells of 100 m."""
    return structured_grid(
        [100.0] * 100, [100.0] * 60, 58.0, [55.0, 0.0], x_origin=X0, y_origin=Y0, angle=angle,
        length_unit="metres", crs="EPSG:32640",
    )


def plume(x, y):
    """Concentration in mg/L: a strip that widens and fades towards west-south-west."""
    angle = np.radians(189.0)
    s = (x - 5500.0) * np.cos(angle) + (y - 4200.0) * np.sin(angle)
    t = -(x - 5500.0) * np.sin(angle) + (y - 4200.0) * np.cos(angle)
    c = 2.0 * np.exp(-np.abs(s - 60.0) / 260.0) * np.exp(-0.5 * (t / (90.0 + 0.05 * np.abs(s))) ** 2)
    return c * np.where(s < -50.0, np.exp((s + 50.0) / 50.0), 1.0) / (1.0 + np.exp((s - 1500.0) / 120.0))


def head(x, y):
    """A slope to the west with three cones."""
    h = 150.0 + 0.0019 * x + 0.0004 * y
    for wx, wy in WELLS:
        r = np.maximum(np.hypot(x - wx, y - wy), 50.0)
        h = h + 0.12 * np.log(np.minimum(r / 3000.0, 1.0))
    return h


def sites():
    """Three wells, four monitoring wells, a village."""
    return (
        Site("PW1", WELL, X0 + 5000.0, Y0 + 4200.0, 0.163), Site("PW2", WELL, X0 + 4500.0, Y0 + 4000.0, 0.0112),
        Site("PW3", WELL, X0 + 3700.0, Y0 + 4300.0, 3.6e-6), Site("M1", MONITORING, X0 + 5240.0, Y0 + 4430.0, 2e-4),
        Site("M2", MONITORING, X0 + 5020.0, Y0 + 3830.0, 1e-5),
        Site("M3", MONITORING, X0 + 4200.0, Y0 + 4145.0, 0.0123),
        Site("M4", MONITORING, X0 + 4550.0, Y0 + 4420.0, 1e-6), Site("Village", VILLAGE, X0 + 4390.0, Y0 + 3720.0),
    )


def scene(**changes):
    """The scene of an oil lake, or with changes."""
    g = changes.pop("grid", None) or grid()
    x, y = g.x[g.layer == 0] if g.kind != "disu" else g.x, g.y[g.layer == 0] if g.kind != "disu" else g.y
    corners = np.array([[5400.0, 4125.0], [5600.0, 4125.0], [5600.0, 4275.0], [5400.0, 4275.0]])
    corners = corners + np.array([X0, Y0])
    along = np.linspace(0.0, 6000.0, 60)
    settings = {
        "grid": g, "species": "benzene", "concentration": plume(x, y), "head": head(x, y),
        "flow": np.column_stack([np.full(x.size, -0.023), np.full(x.size, -0.004)]),
        "unit": "mg/L", "length_unit": "m", "time_unit": "d", "time": 18262.0, "date": "2025-01-01", "n_layers": 2,
        "limit": 0.01, "limit_source": "order DSM-138", "limit_date": "2022-11-24", "limit_checked": False,
        "crs": "EPSG:32640", "status": "illustrative", "title": "Kokzhide-type sand", "sites": sites(),
        "sources": (Site("Oil lake", SOURCE, X0 + 5500.0, Y0 + 4200.0, polygon=corners),),
        "rivers": (
            River("Temir", (np.column_stack([X0 + 60.0 * np.sin(along / 300.0), Y0 + along]),)),
            River("Emba", (np.column_stack([X0 + along * 1.6, Y0 + 50.0 * np.sin(along / 300.0)]),)),
        ),
        "mixed": True, "version": "0.1.0",
    }
    return PlumeScene(**{**settings, **changes})


def as_polygons(kind):
    """The same cells as a grid of polygons without rows: "disv" or "disu" (one layer)."""
    base = structured_grid([100.0] * 100, [100.0] * 60, 58.0, [0.0], x_origin=X0, y_origin=Y0, length_unit="metres",
                           crs="EPSG:32640")
    fields = {f: getattr(base, f) for f in Grid.__dataclass_fields__}
    shape = (1, 6000) if kind == "disv" else (6000,)
    return Grid(**{**fields, "kind": kind, "shape": shape, "cell_width": np.zeros((0, 2))})
