"""Members of an ensemble as plain data: which values are uncertain, and what each member has for them.

A Latin hypercube divides each parameter's probability into as many strata as there are members and draws once from
each (McKay, Beckman and Conover 1979, Technometrics 21(2), 239-245). Parameters are paired at random, then pairs are
exchanged as long as the centred discrepancy falls: chance correlations of parameters would pass for effects of both.
The draw depends on seed and numbers of members and parameters alone; values keep ten digits, so that no machine's
last bit shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.case import Provenance
from gwsolver.core.distributions import Spread, distributions

Floats = NDArray[np.float64]
DIGITS = 10


@dataclass(frozen=True)
class UncertainValue:
    """One number of the case that differs from member to member.

    Attributes
    ----------
    key : str
        Where it stands: "species.benzene.decay".
    unit : str
        As written; "" for a bare number.
    distribution : str
        A name of `gwsolver.core.distributions`.
    spread : Spread
        In `unit`.
    provenance : Provenance
    """

    key: str
    unit: str
    distribution: str
    spread: Spread
    provenance: Provenance = field(default_factory=Provenance)

    def at(self, u: Floats) -> Floats:
        """Return the values at quantiles u, shape (n,)."""
        found = distributions()[self.distribution].quantile(np.asarray(u, np.float64), self.spread)
        return np.array([float(f"{v:.{DIGITS}g}") for v in found])


@dataclass(frozen=True)
class Parameter:
    """What is drawn once for a member; several values of one parameter rise together.

    Attributes
    ----------
    name : str
    title : dict of str to str
        By language.
    values : tuple of UncertainValue
        At least one; the first stands for the parameter in tables.
    """

    name: str
    title: dict[str, str]
    values: tuple[UncertainValue, ...]


@dataclass(frozen=True, eq=False)
class Design:
    """All members of an ensemble.

    Attributes
    ----------
    parameters : tuple of Parameter
    seed : int
    quantiles : ndarray of float64, shape (member, parameter)
        Between 0 and 1; members are numbered from one where people see them.
    """

    parameters: tuple[Parameter, ...]
    seed: int
    quantiles: Floats

    @property
    def n_members(self) -> int:
        """Number of members."""
        return int(self.quantiles.shape[0])

    def columns(self) -> Iterator[tuple[Parameter, UncertainValue, Floats]]:
        """Yield parameter, value and what each member has for it, shape (member,)."""
        for j, parameter in enumerate(self.parameters):
            for value in parameter.values:
                yield parameter, value, value.at(self.quantiles[:, j])

    def of(self, member: int) -> dict[str, float]:
        """Return the values of a member (from one), by parameter and key: "K: conductivity.1.factor"."""
        u = self.quantiles[member - 1 : member]
        return {f"{p.name}: {v.key}": float(v.at(u[:, j])[0])
                for j, p in enumerate(self.parameters) for v in p.values}

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "members": self.n_members, "seed": self.seed, "quantiles": self.quantiles.tolist(),
            "parameters": [
                {"name": p.name, "title": p.title, "values": [
                    {"key": v.key, "unit": v.unit, "distribution": v.distribution, "low": v.spread.low,
                     "high": v.spread.high, "value": v.spread.value, "source": v.provenance.source,
                     "status": v.provenance.status} for v in p.values]}
                for p in self.parameters],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Design":
        """Rebuild from what `to_json` gave."""
        parameters = tuple(
            Parameter(p["name"], dict(p["title"]), tuple(
                UncertainValue(v["key"], v["unit"], v["distribution"], Spread(v["low"], v["high"], v["value"]),
                               Provenance(v["source"], v["status"])) for v in p["values"]))
            for p in data["parameters"])
        return cls(parameters, int(data["seed"]), np.array(data["quantiles"], np.float64))


def design(parameters: tuple[Parameter, ...], members: int, seed: int) -> Design:
    """Return a Latin hypercube design."""
    return Design(parameters, seed, latin_hypercube(members, len(parameters), seed))


def latin_hypercube(members: int, parameters: int, seed: int) -> Floats:
    """Return quantiles, one in each of `members` strata of every parameter, shape (member, parameter)."""
    from scipy.stats import qmc  # half a second that only ensembles pay

    sampler = qmc.LatinHypercube(parameters, seed=np.random.default_rng(seed), optimization="random-cd")
    return np.asarray(sampler.random(members), np.float64)
