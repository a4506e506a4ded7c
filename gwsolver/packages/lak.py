"""LAK: lakes whose stage follows from their balance with the aquifer, the sky and each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.columns import highest_wet
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.features import CONSTANT, INACTIVE, FeatureStep, FeatureValues, Floats, Ints
from gwsolver.core.lake import VERTICAL, LakePackage
from gwsolver.core.time import TimeStep
from gwsolver.packages.registry import Aquifer, Column, FeatureKind, OfferSlopes, Slopes
from gwsolver.surface.lakes.balance import NARROW, Balance, Drive, Flows
from gwsolver.surface.lakes.bed import Beds
from gwsolver.surface.lakes.outlets import demand, outlet_numbers
from gwsolver.surface.lakes.shape import Shapes

Bools = NDArray[np.bool_]

EPS = 4.0 * float(np.finfo(np.float64).eps)
SHORE = 1e-3
"""Depth of water over a cell, in parts of its thickness, from which on the lake keeps recharge and evapotranspiration
off it. MODFLOW 6 switches at once, which leaves a lake no stage to rest on where the cells' recharge decides."""


@dataclass(frozen=True, eq=False)
class LakeResponse:
    """What the lakes do at one guess of the heads.

    Attributes
    ----------
    cells, rate, covered, round_off
        As in `Response`.
    flows : Flows
    head : ndarray of float64, shape (connection,)
    joined : ndarray of bool, shape (connection,)
    """

    lakes: "Lakes"
    cells: Ints
    rate: Floats
    covered: Floats
    round_off: Floats
    flows: Flows
    head: Floats
    joined: Bools

    def slopes(self, exact: bool) -> Slopes:
        """Return the derivatives; a connection whose lake has run dry gives none."""
        return self.lakes.slopes(self, exact)


@dataclass(eq=False)
class Lakes:
    """The lakes of one package in a flow model.

    Parameters
    ----------
    package : LakePackage
    aquifer : Aquifer
    """

    package: LakePackage
    aquifer: Aquifer
    symmetric: bool = field(init=False)

    def __post_init__(self) -> None:
        p, cell, grid = self.package, self.package.connection_cell, self.aquifer.grid
        self.beds = Beds(p, grid.top[cell], grid.bottom[cell], grid.area[cell], self.aquifer.k[cell],
                         self.aquifer.k33[cell], self.aquifer.convertible[cell], self.aquifer.newton)
        self.shapes = Shapes(p, self.beds)
        self.balance = Balance(p, self.beds, self.shapes)
        inside = p.outlet_to >= 0
        self._joining = self.link_provider = np.flatnonzero(inside)
        self.link_from, self.link_to = p.outlet_from[inside], p.outlet_to[inside]
        self.symmetric = not inside.any()
        self._vertical = p.connection_type == VERTICAL
        self._shore = np.maximum(p.surface_depression, SHORE * (grid.top - grid.bottom)[cell])
        self._stage = p.start.astype(np.float64)
        self._volume = self.shapes.volume(self._stage)
        self._guess = self._stage
        self._values: FeatureValues | None = None
        self._drive: Drive | None = None

    def begin(self, step: TimeStep, transient: bool) -> FeatureValues:
        """Take in what acts during a time step; lakes of constant stage stand at it from now on."""
        values = self.package.at(step)
        self._check(values, step)
        held = values.status == CONSTANT
        self._guess = np.where(held, values.columns["stage"], self._stage)
        before = np.where(held, self.shapes.volume(self._guess), self._volume)
        self._values = values
        outlets, length = outlet_numbers(self.package, values.columns), max(step.length, 1e-300)
        self._drive = Drive(values.columns, outlets, values.status, before, length, transient,
                            np.zeros(self.package.n_features), np.zeros(self.n_providers))
        return values

    def respond(self, head: Floats, active: Bools, fixed: Bools, below: Ints) -> LakeResponse:
        """Close the balance of every lake at these heads."""
        assert self._drive is not None
        own = self.package.connection_cell
        cells = np.where(self._vertical, highest_wet(own, active, below), own)
        joined = active[cells] & ~fixed[cells]
        level = np.where(joined, head[cells], 0.0)
        flows = self.balance.solve(self._guess, level, joined, self._drive)
        self._guess = flows.stage
        of = self.package.connection_feature
        depth = np.clip((flows.stage[of] - self.beds.bottom) / self._shore, 0.0, 1.0)
        # A lake that is left out keeps the sky off its cells all the same, as in MODFLOW 6.
        depth = np.where(self._drive.status[of] == INACTIVE, 1.0, depth)
        covered = np.where(self._vertical, depth, 0.0)
        loose = EPS * (np.abs(flows.stage[of]) + np.abs(level)) * self.beds.full + EPS * np.abs(flows.seepage)
        loose += self.balance.looseness(flows, self._drive)[of] * self.beds.full
        return LakeResponse(self, cells, -flows.seepage, covered, np.where(joined, loose, 0.0), flows, level, joined)

    @property
    def n_providers(self) -> int:
        """Number of outlets."""
        return self.package.outlet_type.size

    @property
    def provider_feature(self) -> Ints:
        """Lake of each outlet."""
        return self.package.outlet_from

    def offers(self, response: LakeResponse) -> Floats:
        """Return what outlets let out [L**3/T], shape (outlet,)."""
        return response.flows.outlets

    def offer_slopes(self, response: LakeResponse) -> OfferSlopes:
        """Return the derivatives of what outlets let out; none where the lake has less than they could let out."""
        assert self._drive is not None
        rate, slope = demand(self.package, self._drive.outlets, response.flows.stage)
        return OfferSlopes(np.where(response.flows.outlets >= rate, slope, 0.0), np.zeros(self.n_providers))

    def hand(self, received: Floats, taken: Floats) -> None:
        """Take in what movers bring to each lake and take from each outlet [L**3/T]."""
        assert self._drive is not None
        self._drive.received, self._drive.taken = received, taken

    def _leads_out(self) -> Bools:
        """Return outlets that lead to no lake that takes part: out of the model, or to movers."""
        assert self._drive is not None
        to = self.package.outlet_to
        return np.asarray((to < 0) | (self._drive.status[to] == INACTIVE))

    def slopes(self, response: LakeResponse, exact: bool) -> Slopes:
        """Return the derivatives of a response."""
        assert self._drive is not None
        flows, of = response.flows, self.package.connection_feature
        bed = self.beds.seepage(flows.stage[of], response.head)
        by_head, by_stage = (bed.by_head, bed.by_stage) if exact else (bed.held, -bed.held)
        if not exact:
            # The head of a cell acts on the aquifer's side wherever it stands above the bed.
            by_head = np.where(response.head >= self.beds.bottom, bed.conductance, 0.0)
        takes = response.joined & (self._drive.status[of] != INACTIVE)
        # Where head and stage are nearly alike, the stage's own round-off is a large part of the flow between them.
        rounded = NARROW * bed.conductance * np.maximum(np.abs(flows.stage[of]), np.abs(response.head))
        takes &= np.abs(flows.seepage - bed.flow) <= 1e-9 * np.abs(bed.flow) + rounded
        own = self.balance.slope(flows, response.head, response.joined, self._drive)
        free = own[of] != 0.0
        link = self.offer_slopes(response).by_stage[self._joining] if self._joining.size else np.zeros(0)
        joint = np.where(takes & free, by_stage, 0.0)
        into = np.where(takes & free, by_head if exact else bed.held, 0.0)
        return Slopes(np.where(takes, -by_head, 0.0), -joint, into, own, link)

    def finish(self, response: LakeResponse) -> FeatureStep:
        """Return what the step moved; its end is the start of the next."""
        assert self._drive is not None and self._values is not None
        f, p, drive, n = response.flows, self.package, self._drive, self.package.n_features
        there, held = drive.status != INACTIVE, drive.status == CONSTANT
        outside = self._leads_out()
        moved = np.minimum(drive.taken, f.outlets)
        columns = drive.columns
        terms = {
            "rainfall": f.rain, "evaporation": -f.evaporation, "runoff": np.where(there, columns["runoff"], 0.0),
            "ext-inflow": np.where(there, columns["inflow"], 0.0), "withdrawal": -f.withdrawal,
            "ext-outflow": -np.bincount(p.outlet_from[outside], (f.outlets - moved)[outside], n), "storage": f.stored,
            "constant": np.where(held, -f.residual, 0.0), "from-mvr": np.where(there, drive.received, 0.0),
            "to-mvr": -np.bincount(p.outlet_from, moved, n),
        }
        before = np.where(held | ~there | (not drive.transient), f.volume, drive.before)
        bed = self.beds.seepage(f.stage[p.connection_feature], response.head)
        self._stage, self._volume = np.where(there, f.stage, self._stage), np.where(there, f.volume, self._volume)
        return FeatureStep(
            p.name, p.kind, drive.status, f.stage, before, f.volume, np.where(there, f.area, 0.0), terms,
            p.connection_feature, response.cells, response.rate, bed.wetted, self.link_from, self.link_to,
            np.where(outside, 0.0, f.outlets - moved)[self._joining], self._values.auxiliary,
            {"outlet": f.outlets, "conductance": bed.conductance}, p.boundnames,
        )

    def state(self) -> Mapping[str, Floats]:
        """Return stages and volumes at the end of the latest step."""
        return {"stage": self._stage.copy(), "volume": self._volume.copy()}

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Start from there again."""
        self._stage, self._volume = state["stage"].copy(), state["volume"].copy()

    def _check(self, values: FeatureValues, step: TimeStep) -> None:
        """Refuse what time series may bring: rain, evaporation and amounts below zero."""
        given = {n: values.columns[n] for n in ("rainfall", "evaporation", "runoff", "inflow", "withdrawal")}
        problems = [
            Problem(f"{name} of lake {lake + 1} in period {step.period + 1}, step {step.step + 1}",
                    file=self.package.file, package=self.package.name, value=f"{amount[lake]:g}", allowed="[0, inf)")
            for name, amount in given.items()
            for lake in np.flatnonzero(~(amount >= 0.0) & (values.status != INACTIVE))
        ]
        if problems:
            raise InputError(problems)


KIND = FeatureKind(
    kind="lak",
    mf6_type="LAK6",
    model="gwf",
    title="Lakes: balance with the aquifer, the sky and each other",
    columns=(
        Column("stage", "stage", "L"),
        Column("rainfall", "rainfall", "L/T", "[0, inf)"),
        Column("evaporation", "evaporation", "L/T", "[0, inf)"),
        Column("runoff", "runoff", "L**3/T", "[0, inf)"),
        Column("inflow", "inflow", "L**3/T", "[0, inf)"),
        Column("withdrawal", "withdrawal", "L**3/T", "[0, inf)"),
    ),
    part_columns=(
        Column("rate", "rate", "L**3/T"),
        Column("invert", "invert", "L"),
        Column("width", "width", "L", "[0, inf)"),
        Column("roughness", "rough", "T/L**(1/3)", "[0, inf)"),
        Column("slope", "slope", "-", "[0, inf)"),
    ),
    options=("surfdep", "length_conversion", "time_conversion", "maximum_iterations", "maximum_stage_change"),
    start=Lakes,
)
