"""Networks of reaches for the tests, in metres and seconds unless said otherwise."""

from dataclasses import dataclass, replace

import numpy as np

from gwsolver.core.features import ACTIVE, FeatureValues
from gwsolver.core.reach import NO_DIVERSION, PRIORITIES, RECTANGLE, CrossSection, ReachPackage


@dataclass(frozen=True, eq=False)
class Held:
    """A feature source that never changes."""

    values: FeatureValues

    def __call__(self, step):
        """Return the values."""
        return self.values


def trapezium(bottom, side, height, width, roughness=1.0):
    """A section `bottom` wide at its foot whose banks rise 1 in `side`; stations as parts of `width`."""
    x = np.array([0.0, side * height, side * height + bottom, 2.0 * side * height + bottom]) / width
    return CrossSection(x, np.array([height, 0.0, 0.0, height]), np.full(4, roughness))


def reaches(n, links, *, cells=None, diversions=(), sections=(), status=None, start=(), stores=False,
            storage_weight=1.0, conversion=1.0, length=100.0, width=5.0, slope=1e-3, top=None, bed_thickness=0.5,
            **columns):
    """A package of `n` reaches; links: (from, to), diversions: (from, to, priority, amount)."""
    def spread(value):
        return np.broadcast_to(np.asarray(value, float), (n,)).copy()

    defaults = {"manning": 0.03, "bed_conductivity": 0.0, "upstream_fraction": 1.0, "stage": 0.0, "inflow": 0.0,
                "runoff": 0.0, "rainfall": 0.0, "evaporation": 0.0, "cross_section": RECTANGLE}
    given = {k: spread(v) for k, v in (defaults | columns).items()}
    given["diversion"] = np.array([d[3] for d in diversions], float)
    number = {(d[0], d[1]): i for i, d in enumerate(diversions)}
    ordered = sorted([*links, *number], key=lambda k: (k[0], k not in number, k[1]))
    values = FeatureValues(given, np.full(n, ACTIVE, np.int8) if status is None else np.asarray(status, np.int8))
    return ReachPackage(
        "sfr-1", "sfr", Held(values), np.arange(n), np.full(n, -1) if cells is None else np.asarray(cells, np.int64),
        length=spread(length), width=spread(width), slope=spread(slope),
        top=spread(0.0) if top is None else spread(top), bed_thickness=spread(bed_thickness),
        link_from=np.array([a for a, _ in ordered], np.int64), link_to=np.array([b for _, b in ordered], np.int64),
        link_diversion=np.array([number.get(k, NO_DIVERSION) for k in ordered], np.int64),
        diversion_priority=np.array([PRIORITIES.index(d[2]) for d in diversions], np.int8), sections=tuple(sections),
        start=np.asarray(start, float), stores=stores, storage_weight=storage_weight, conversion=conversion,
    )


def chain(n, **options):
    """Reaches one after another."""
    return reaches(n, [(i, i + 1) for i in range(n - 1)], **options)


def changed(package, status=None, **columns):
    """The package with other settings."""
    old = package.source.values
    new = {k: np.broadcast_to(np.asarray(columns.get(k, v), float), v.shape).copy() for k, v in old.columns.items()}
    states = old.status if status is None else np.asarray(status, np.int8)
    return replace(package, source=Held(FeatureValues(new, states)))
