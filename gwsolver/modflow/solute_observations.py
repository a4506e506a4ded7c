"""OBS packages of the solute of lakes and reaches: numbers and boundnames to features, connections and links."""

from typing import Any

import numpy as np

from gwsolver.core.feature_quantities import CONNECTION
from gwsolver.core.features import FeaturePackage, FeatureSolute
from gwsolver.core.output import Observation
from gwsolver.core.solute_quantities import CONCENTRATION, LINK, QUANTITIES
from gwsolver.modflow.load import scalar
from gwsolver.modflow.packages import Package
from gwsolver.packages.registry import solute_kinds


def read_solute_observations(package: Package, solute: FeatureSolute, carrier: FeaturePackage) -> list[Observation]:
    """Return the observations of an OBS package of LKT or SFT; what they look at must be there."""
    known, found = QUANTITIES[solute.kind], []
    for records in scalar(package.data.continuous, {}).values():
        for record in records if records is not None else ():
            name, word, *places = list(record)
            # In memory flopy keeps numbers as cell ids, from zero; in files they are words.
            words = [str(p[0] + 1 if isinstance(p, tuple) else p).strip("'\"").lower()
                     for p in places if p is not None and p == p]
            word = str(word).lower()
            reader = _Reader(package, solute, carrier, str(name))
            if word not in known:
                reader.bad(f'asks for "{word}"', allowed=f"one of {', '.join(known)}")
                continue
            at = reader.places(word, known[word], words)
            if at is not None:
                boundname = "" if words[0].isdigit() else words[0]
                found.append(Observation(str(name).lower(), word, solute.name, boundname=boundname, places=at))
    return found


class _Reader:
    """Finds the places of one observation."""

    def __init__(self, package: Package, solute: FeatureSolute, carrier: FeaturePackage, name: str) -> None:
        self.package, self.solute, self.carrier, self.name = package, solute, carrier, name
        self.word = solute_kinds()[solute.kind].word

    def bad(self, what: str, **more: Any) -> None:
        """Report a problem at the observation's line."""
        text = self.package.text()
        line = text.line_of("CONTINUOUS", self.name) if text else None
        self.package.bad(f'observation "{self.name}" {what}', line=line, **more)

    def places(self, word: str, by: str, words: list[str]) -> tuple[int, ...] | None:
        """Return the places that one or two ids name; None after reporting."""
        if not words or not words[0].isdigit():
            return self._named(word, by, words[0] if words else "")
        feature = self._feature(words[0])
        if feature is None:
            return None
        if by == LINK:
            second = self._feature(words[1] if len(words) > 1 else "")
            return None if second is None else (feature, second)
        if by == CONNECTION:
            return self._connection(feature, words[1] if len(words) > 1 else "1")
        return (feature,)

    def _feature(self, number: str) -> int | None:
        count = self.carrier.n_features
        if number.isdigit() and 1 <= int(number) <= count:
            return int(number) - 1
        self.bad(f"looks at {self.word} {number}", allowed=f"1 to {count}")
        return None

    def _connection(self, feature: int, number: str) -> tuple[int, ...] | None:
        """Return a connection by its number among those of its feature; where the feature has none, no place."""
        own = np.flatnonzero(self.carrier.connection_feature == feature)
        if number.isdigit() and 1 <= int(number) <= own.size:
            return (int(own[int(number) - 1]),)
        self.bad(f"looks at connection {number} of {self.word} {feature + 1}", allowed=f"1 to {own.size}")
        return None

    def _named(self, word: str, by: str, boundname: str) -> tuple[int, ...] | None:
        features = [i for i, b in enumerate(self.solute.boundnames) if b == boundname]
        if not features:
            known = ", ".join(sorted({b for b in self.solute.boundnames if b})) or "none"
            self.bad("looks at", value=f'"{boundname}"', allowed=f"a number or a boundname of the package, {known}")
            return None
        if word == CONCENTRATION and len(features) > 1:
            self.bad(f'asks for the concentration of "{boundname}", which {len(features)} have',
                     hint="Give each its own boundname, or look at one by its number.")
            return None
        if by == CONNECTION:
            return tuple(int(i) for i in np.flatnonzero(np.isin(self.carrier.connection_feature, features)))
        return tuple(features)
