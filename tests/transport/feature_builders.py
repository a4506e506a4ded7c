"""Lakes and reaches on hand-made flow, with their solute."""

from dataclasses import dataclass, replace

import numpy as np

from gwsolver.core.features import ACTIVE, FeatureSolute, FeatureStep, FeatureValues
from gwsolver.core.steps import PackageFlow


@dataclass(frozen=True, eq=False)
class Given:
    """A feature source that never changes."""

    values: FeatureValues

    def __call__(self, step):
        return self.values


def water(volumes, connections=(), links=(), *, end=None, length=1.0, name="lak-1", kind="lak", **terms):
    """Water of features; what does not add up is made to by `end` (volumes at the end), or by ``constant``.

    connections: (feature, cell, rate out of the feature); links: (from, to, rate); terms by word, "_" for "-".
    """
    start = np.asarray(volumes, float)
    n = start.size
    stop = start if end is None else np.asarray(end, float)
    feature, cell, rate = (np.array(c) for c in zip(*connections, strict=True)) if connections else (np.zeros(0),) * 3
    first, second, along = (np.array(c) for c in zip(*links, strict=True)) if links else (np.zeros(0),) * 3
    named = {k.replace("_", "-"): np.broadcast_to(np.asarray(v, float), n).copy() for k, v in terms.items()}
    named["storage"] = (start - stop) / length
    found = FeatureStep(
        name, kind, np.full(n, ACTIVE, np.int8), np.linspace(10.0, 9.0, n), start, stop, np.ones(n), named,
        feature.astype(np.int64), cell.astype(np.int64), rate.astype(float), np.ones(rate.size),
        first.astype(np.int64), second.astype(np.int64), along.astype(float),
    )
    left = found.imbalance()
    if np.abs(left).max() > 1e-12:
        named["constant"] = -left
    return found


def package(found):
    """What features exchange with the cells, as a flow package."""
    return PackageFlow(found.name, found.kind, found.connection_cell, found.rate)


def carrying(flow, *waters):
    """A flow step with these features; their packages must be among its own."""
    return replace(flow, features=tuple(waters))


def solute(n, *, initial=0.0, status=ACTIVE, name="lkt-1", kind="lkt", flow_package="lak-1", **columns):
    """Solute of features, by columns of concentration."""
    full = lambda v: np.broadcast_to(np.asarray(v, float), n).copy()  # noqa: E731
    given = {"concentration": full(0.0)} | {k: full(v) for k, v in columns.items()}
    values = FeatureValues(given, np.broadcast_to(np.asarray(status, np.int8), n).copy())
    return FeatureSolute(name, kind, flow_package, full(initial), Given(values))
