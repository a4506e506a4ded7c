"""Water through the reaches of one package: what the kernel is given and what it finds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import Problem
from gwsolver.core.features import ACTIVE, INACTIVE, FeatureValues
from gwsolver.core.reach import NO_DIVERSION, ReachPackage
from gwsolver.kernels import surface_reaches
from gwsolver.surface.reaches.channel import Channels
from gwsolver.surface.reaches.order import downstream_order

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SUM_WITHIN = 1e-6
"""How far the upstream fractions of the reaches below one may be from one together."""


@dataclass(frozen=True, eq=False)
class Routed:
    """What runs through all reaches at one guess of the heads; shape (reach,) unless said otherwise.

    Attributes
    ----------
    depth : ndarray of float64
        In the middle of the reach [L].
    upstream : ndarray of float64
        Flow from upstream reaches [L**3/T].
    leakage : ndarray of float64
        Into the aquifer [L**3/T].
    outflow : ndarray of float64
        At the downstream end, before diversions [L**3/T].
    evaporation, runoff : ndarray of float64
        What the reach gives and takes of them [L**3/T].
    storage : ndarray of float64
        Released by the reach [L**3/T].
    leakage_by_upstream, leakage_by_head, outflow_by_upstream, outflow_by_head : ndarray of float64
        Derivatives with respect to the flow from upstream [-] and to the head [L**2/T].
    offered : ndarray of float64
        What diversions leave of the outflow [L**3/T]: movers take from it before reaches below do.
    link_rate, link_by_outflow : ndarray of float64, shape (link,)
        Flow along each link [L**3/T] and its derivative with respect to the outflow [-].
    """

    depth: Floats
    upstream: Floats
    leakage: Floats
    outflow: Floats
    evaporation: Floats
    runoff: Floats
    storage: Floats
    leakage_by_upstream: Floats
    leakage_by_head: Floats
    outflow_by_upstream: Floats
    outflow_by_head: Floats
    offered: Floats
    link_rate: Floats
    link_by_outflow: Floats


class Routing:
    """Routes water through a package's reaches during one time step after another.

    Parameters
    ----------
    package : ReachPackage
        Without loops.

    Attributes
    ----------
    channels : Channels
        In force.
    before : ndarray of float64, shape (reach, 2)
        Flow at the upstream and the downstream end at the start of the step [L**3/T].
    crossed : ndarray of int8, shape (reach,)
        1 where a wave crosses the reach within a step, 0 where not: the scheme of its wave.
    rain : ndarray of float64, shape (reach,)
        [L**3/T].
    """

    channels: Channels
    rain: Floats

    def __init__(self, package: ReachPackage) -> None:
        self.package = package
        n = package.n_features
        self._order = downstream_order(n, package.link_from, package.link_to)
        self._first = np.searchsorted(package.link_from, np.arange(n + 1)).astype(np.int64)
        self.before: Floats = np.zeros((n, 2))
        self._given = np.zeros((n, 13))
        self.crossed: NDArray[np.int8] = np.ones(n, np.int8)

    def begin(self, values: FeatureValues, length: float) -> None:
        """Take in what acts during a step of this length; zero if nothing is stored."""
        p, c = self.package, values.columns
        self.channels = Channels(p.width, p.slope, c["manning"], p.conversion,
                                 c["cross_section"].astype(np.int64), p.sections)
        self._status = np.ascontiguousarray(values.status, np.int8)
        self._amount = np.ascontiguousarray(c["diversion"], np.float64)
        self._part = upstream_parts(p, values)
        self._length = length
        active = self._status != INACTIVE
        self.rain = np.where(active, c["rainfall"] * self.channels.full_width * p.length, 0.0)
        self._given[:] = np.column_stack([
            self.channels.factor, p.length, p.top, p.top - p.bed_thickness,
            c["bed_conductivity"] * p.length / p.bed_thickness, c["inflow"], self.rain, c["runoff"],
            c["evaporation"] * p.length, c["stage"], *np.zeros((3, p.length.size)),
        ])

    def hand(self, received: Floats, taken: Floats) -> None:
        """Take in what movers bring to each reach and take from it [L**3/T], shape (reach,)."""
        self._given[:, 10], self._given[:, 12] = np.where(self._status != INACTIVE, received, 0.0), taken

    @property
    def received(self) -> Floats:
        """What movers bring to each reach [L**3/T], shape (reach,)."""
        return self._given[:, 10].copy()

    def taken(self, routed: Routed) -> Floats:
        """Return what movers take from each reach [L**3/T], shape (reach,)."""
        return np.minimum(self._given[:, 12], routed.offered)

    def start(self) -> None:
        """Let the flow of the initial stages run through both ends of each reach."""
        p = self.package
        depth = np.maximum(p.start - p.top, 0.0) if p.start.size else np.zeros(p.n_features)
        self.before[:] = self.channels.at(depth).flow[:, None]

    def finish(self, values: FeatureValues, routed: Routed) -> None:
        """Keep the flow at both ends of each reach for the next step.

        As in MODFLOW 6, what came to a reach is kept from steps with a wave only: after a steady step it is still
        that of the step before, at first of the initial stages.
        """
        waves = (values.status == ACTIVE) & (self._length > 0.0)
        comes = np.where(waves, routed.upstream + values.columns["inflow"] + self.received, self.before[:, 0])
        self.before = np.column_stack([comes, routed.outflow])

    def route(self, head: Floats, joined: Bools, choose: bool) -> Routed:
        """Close the balance of every reach.

        Parameters
        ----------
        head : ndarray of float64, shape (reach,)
            In the cell of each reach [L].
        joined : ndarray of bool, shape (reach,)
            Whether that cell exchanges water.
        choose : bool
            Whether to decide anew which reaches a wave crosses within the step.
        """
        p, channels = self.package, self.channels
        self._given[:, 11] = joined
        found = np.empty((p.n_features, 12))
        links = np.empty((p.link_to.size, 2))
        surface_reaches.route(
            self._order, channels.station, channels.height, channels.roughness, channels.first, self._given,
            self._status, head, self._first, p.link_to, p.link_diversion, self._part, p.diversion_priority,
            self._amount, self.before, self._length, p.storage_weight, choose, self.crossed, found, links,
        )
        return Routed(*np.ascontiguousarray(found.T), *np.ascontiguousarray(links.T))


def upstream_parts(package: ReachPackage, values: FeatureValues) -> Floats:
    """Return the part of what diversions leave that each link carries [-], shape (link,); zero for diversions."""
    fraction = values.columns["upstream_fraction"]
    shares = (package.link_diversion == NO_DIVERSION) & (values.status[package.link_to] != INACTIVE)
    part = np.where(shares, fraction[package.link_to], 0.0)
    total = np.bincount(package.link_from, part, package.n_features)[package.link_from]
    return np.divide(part, total, out=np.zeros(part.size), where=total > 0.0)


def fraction_problems(package: ReachPackage, values: FeatureValues) -> list[Problem]:
    """Return the reaches whose water is not shared out exactly among active reaches below."""
    fraction, n = values.columns["upstream_fraction"], package.n_features
    below = values.status[package.link_to] != INACTIVE
    start, to = package.link_from[below], package.link_to[below]
    total = np.bincount(start, fraction[to], n)
    wrong = np.flatnonzero((np.bincount(start, minlength=n) > 0) & (np.abs(total - 1.0) > SUM_WITHIN))
    found = [Problem(f"the upstream fractions of the reaches below reach {i + 1} sum to {total[i]:g}, not to 1",
                     hint="Reaches fed by a diversion count with 0, unless nothing else is below.")
             for i in wrong[:5].tolist()]
    if wrong.size > 5:
        found.append(Problem(f"so do those of {wrong.size - 5} more reaches"))
    several = np.bincount(package.link_from, minlength=n)[package.link_from] > 1
    fed = np.flatnonzero((package.link_diversion != NO_DIVERSION) & several & (fraction[package.link_to] != 0.0))
    found += [Problem(f"upstream fraction of reach {package.link_to[k] + 1}", value=f"{fraction[package.link_to[k]]:g}",
                      allowed="0, as a diversion feeds it") for k in fed[:5].tolist()]
    return found
