"""Small models with lakes for the tests."""

from dataclasses import replace

import numpy as np

from gwsolver.core.features import ACTIVE, FeatureValues
from gwsolver.core.lake import CONNECTION_TYPES, OUTLET_TYPES, LakePackage
from tests.flow.models import model

LAKE = ("stage", "rainfall", "evaporation", "runoff", "inflow", "withdrawal")
OUTLET = ("rate", "invert", "width", "roughness", "slope")


class Same:
    """What acts on lakes, the same in every step; or by stress period where a list is given."""

    def __init__(self, n, outlets, status, **columns):
        self.n, self.outlets, self.status, self.columns = n, outlets, status, columns

    def __call__(self, step):
        def of(name, size):
            value = self.columns.get(name, 0.0)
            value = value[step.period] if isinstance(value, list) else value
            return np.broadcast_to(np.asarray(value, float), (size,)).copy()

        columns = {k: of(k, self.n) for k in LAKE} | {k: of(k, self.outlets) for k in OUTLET}
        status = self.status[step.period] if isinstance(self.status, list) else self.status
        return FeatureValues(columns, np.broadcast_to(np.asarray(status, np.int8), (self.n,)).copy())


def lakes(connections, start, *, outlets=(), tables=(), status=ACTIVE, depression=0.0, **columns):
    """A LAK package.

    Connections are (lake, cell, type, leakance, bottom, top, length, width), trailing ones as wanted; outlets (from,
    to, type).
    """
    full = [tuple(c) + (np.nan, 0.0, 0.0, 1.0, 1.0)[len(c) - 3:] for c in connections]
    of, cell, kind, *numbers = (np.array(column) for column in zip(*full, strict=True))
    start = np.atleast_1d(np.asarray(start, float))
    source = Same(start.size, len(outlets), status, **columns)
    leaving = [np.array([o[i] for o in outlets], np.int64) for i in (0, 1)]
    return LakePackage(
        "lak-1", "lak", source, of.astype(np.int64), cell.astype(np.int64), start=start,
        connection_type=np.array([CONNECTION_TYPES.index(k) for k in kind], np.int8),
        leakance=numbers[0].astype(float), bed_bottom=numbers[1].astype(float), bed_top=numbers[2].astype(float),
        length=numbers[3].astype(float), width=numbers[4].astype(float), outlet_from=leaving[0], outlet_to=leaving[1],
        outlet_type=np.array([OUTLET_TYPES.index(o[2]) for o in outlets], np.int8),
        tables=tables or (None,) * start.size, surface_depression=depression,
    )


def with_lakes(grid, conductivity, packages, lake_package, **options):
    """A flow model with lakes."""
    return replace(model(grid, conductivity, packages, **options), features=(lake_package,))
