"""Parts of one time step of a transport model, put together: flow steps and pauses may divide it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import FeatureSoluteStep
from gwsolver.core.steps import TransportStep

Floats = NDArray[np.float64]
RATE, LINKS = "*rate", "*links"
Rates = tuple[NDArray[np.int64], Floats]


@dataclass
class Parts:
    """Amounts that moved in the parts of a time step up to now.

    Attributes
    ----------
    span : float
        Length of the parts together [T].
    packages : dict of str to list of (cells, amounts)
        Per package; one pair for each set of cells it acted on [M].
    cells : dict of (str, str) to ndarray of float64, shape (cell,)
        As `TransportStep.cell_rates`, amounts [M].
    faces : ndarray of float64, shape (watched face,), or None
        As `TransportStep.watched`, amounts [M].
    features : dict of str to dict of str to ndarray of float64
        Of each package of lakes or reaches: its terms, what passed its connections (`RATE`) and links (`LINKS`) [M].
    """

    span: float = 0.0
    packages: dict[str, list[Rates]] = field(default_factory=dict)
    cells: dict[tuple[str, str], Floats] = field(default_factory=dict)
    faces: Floats | None = None
    features: dict[str, dict[str, Floats]] = field(default_factory=dict)

    def add(self, part: TransportStep, ends: bool) -> TransportStep:
        """Return the part; the last one with the mean rates over the whole time step."""
        if ends and self.span == 0.0:
            return part
        length = part.end - part.start
        self.span += length
        for name, (cells, rates) in part.package_rates.items():
            found = self.packages.setdefault(name, [])
            for i, (same, amounts) in enumerate(found):
                if np.array_equal(cells, same):
                    found[i] = same, amounts + rates * length
                    break
            else:
                found.append((cells, rates * length))
        for key, rates in part.cell_rates.items():
            self.cells[key] = self.cells.get(key, 0.0) + rates * length
        for solute in part.features:
            sums = self.features.setdefault(solute.name, {})
            for key, rates in {**solute.terms, RATE: solute.rate, LINKS: solute.link_rate}.items():
                sums[key] = sums.get(key, 0.0) + rates * length
        self.faces = part.watched[1] * length + (0.0 if self.faces is None else self.faces)
        return self._mean(part) if ends else part

    def _mean(self, part: TransportStep) -> TransportStep:
        """Return the last part with the means, and begin anew."""
        span = self.span
        packages = {
            name: (np.concatenate([cells for cells, _ in found]), np.concatenate([a for _, a in found]) / span)
            for name, found in self.packages.items()
        }
        cells = {key: amounts / span for key, amounts in self.cells.items()}
        watched = part.watched if self.faces is None else (part.watched[0], self.faces / span)
        features = tuple(_mean_of(solute, self.features[solute.name], span) for solute in part.features)
        self.span, self.packages, self.cells, self.faces, self.features = 0.0, {}, {}, None, {}
        return replace(part, package_rates=packages, cell_rates=cells, watched=watched, features=features)

    def state(self) -> Mapping[str, Any]:
        """Return it for a checkpoint."""
        return {
            "span": self.span, "packages": self.packages, "faces": self.faces,
            "cells": [[*key, amounts] for key, amounts in self.cells.items()], "features": self.features,
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "Parts":
        """Return the parts that left this state."""
        packages = {name: [(c, a) for c, a in found] for name, found in state["packages"].items()}
        cells = {(p, t): a for p, t, a in state["cells"]}
        return cls(state["span"], packages, cells, state["faces"], {k: dict(v) for k, v in state["features"].items()})


def _mean_of(solute: FeatureSoluteStep, sums: Mapping[str, Floats], span: float) -> FeatureSoluteStep:
    """Return the last part of a package's step with the means over all parts."""
    terms = {key: amounts / span for key, amounts in sums.items() if key not in (RATE, LINKS)}
    return replace(solute, terms=terms, rate=sums[RATE] / span, link_rate=sums[LINKS] / span)
