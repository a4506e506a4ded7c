"""OBS packages of lakes and reaches: numbers and boundnames to places in the package."""

from typing import Any

import numpy as np

from gwsolver.core.feature_quantities import CONNECTION, FEATURE, QUANTITIES, Quantity
from gwsolver.core.features import FeaturePackage
from gwsolver.core.lake import LakePackage
from gwsolver.core.output import Observation
from gwsolver.modflow.load import scalar
from gwsolver.modflow.packages import Package

NAMES = {"lak": "lake", "sfr": "reach"}


def read_feature_observations(package: Package, features: FeaturePackage) -> list[Observation]:
    """Return the observations of an OBS package of lakes or reaches; what they look at must be there."""
    known = QUANTITIES[features.kind]
    found = []
    for records in scalar(package.data.continuous, {}).values():
        for record in records if records is not None else ():
            name, word, *places = list(record)
            # In memory flopy keeps numbers as cell ids, from zero; in files they are words.
            words = [str(p[0] + 1 if isinstance(p, tuple) else p).strip("'\"").lower()
                     for p in places if p is not None and p == p]
            quantity = known.get(str(word).lower())
            reader = _Reader(package, features, str(name))
            if quantity is None:
                reader.bad(f'asks for "{str(word).lower()}"', allowed=f"one of {', '.join(known)}")
                continue
            at = reader.places(quantity, str(word).lower(), words)
            if at is not None:
                found.append(Observation(str(name).lower(), str(word).lower(), features.name, places=at))
    return found


class _Reader:
    """Finds the places of one observation."""

    def __init__(self, package: Package, features: FeaturePackage, name: str) -> None:
        self.package, self.features, self.name = package, features, name

    def bad(self, what: str, **more: Any) -> None:
        """Report a problem at the observation's line."""
        text = self.package.text()
        self.package.bad(f'observation "{self.name}" {what}', line=text.line_of("CONTINUOUS", self.name)
                         if text else None, **more)

    def places(self, quantity: Quantity, word: str, words: list[str]) -> tuple[int, ...] | None:
        """Return the places that an id, and an id2 of connections, name; None after reporting."""
        features = self.features
        number = _number(words[0]) if words else None
        if number is None:
            return self._named(quantity, word, words[0] if words else "")
        size = _size(quantity.by, features)
        if quantity.by != CONNECTION or features.kind != "lak":
            if not 0 <= number < size:
                what = NAMES[features.kind] if quantity.by != "part" else "outlet"
                self.bad(f"looks at {what} {number + 1}", allowed=f"1 to {size}" if size else f"no {what} is there")
                return None
            return (number,)
        if not 0 <= number < features.n_features:
            self.bad(f"looks at lake {number + 1}", allowed=f"1 to {features.n_features}")
            return None
        if len(words) < 2:
            self.bad(f"names no connection of lake {number + 1}", allowed="a number, or a boundname")
            return None
        second = _number(words[1])
        if second is None:
            return self._named(quantity, word, words[1])
        own = np.flatnonzero(features.connection_feature == number)
        if 0 <= second < own.size:
            return (int(own[second]),)
        place = int(np.searchsorted(features.connection_feature, number)) + second
        if not 0 <= place < size:
            self.bad(f"looks at connection {second + 1} of lake {number + 1}", allowed=f"1 to {own.size}")
            return None
        # MODFLOW counts on through the connections of the next lake.
        lake = int(features.connection_feature[place])
        there = place - int(np.searchsorted(features.connection_feature, lake))
        self.package.findings.warn(
            f'{features.name}: observation "{self.name}" looks at connection {second + 1} of lake {number + 1}, which '
            f"has {own.size}; as in MODFLOW 6, that is connection {there + 1} of lake {lake + 1}.")
        return (place,)

    def _named(self, quantity: Quantity, word: str, boundname: str) -> tuple[int, ...] | None:
        meant = np.array([b == boundname for b in self.features.boundnames], bool)
        of = _feature_of(quantity.by, self.features)
        found = tuple(int(i) for i in np.flatnonzero(meant[of])) if meant.any() else ()
        if not found:
            known = ", ".join(sorted({b for b in self.features.boundnames if b})) or "none"
            self.bad("looks at", value=f'"{boundname}"', allowed=f"a number or a boundname of the package, {known}")
            return None
        if not quantity.sums and len(found) > 1:
            self.bad(f'asks for the {word} of "{boundname}", which {len(found)} have',
                     hint="Give each its own boundname, or look at one by its number.")
            return None
        return found


def _feature_of(by: str, features: FeaturePackage) -> np.ndarray:
    """Return the feature to which each place belongs."""
    if by == FEATURE:
        return np.arange(features.n_features)
    if by == CONNECTION:
        return features.connection_feature
    assert isinstance(features, LakePackage)
    return features.outlet_from


def _size(by: str, features: FeaturePackage) -> int:
    return int(_feature_of(by, features).size)


def _number(word: str) -> int | None:
    return int(word) - 1 if word.isdigit() else None
