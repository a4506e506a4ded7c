"""SFR: reaches of streams that route water downstream and exchange it with the aquifer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem, located, outside
from gwsolver.core.features import INACTIVE, FeaturePackage, FeatureStep, FeatureValues
from gwsolver.core.reach import NO_DIVERSION, ReachPackage
from gwsolver.core.time import TimeStep
from gwsolver.packages.registry import Aquifer, Column, FeatureKind, Floats, Ints, OfferSlopes, Response, Slopes
from gwsolver.surface.reaches.books import step_of
from gwsolver.surface.reaches.routing import Routed, Routing, fraction_problems

Bools = NDArray[np.bool_]

EPS = 4.0 * float(np.finfo(np.float64).eps)
CHOOSES = 12
"""Guesses of the heads in a time step for which reaches may change the scheme of their wave; then it is kept."""
COLUMNS = (
    Column("inflow", "inflow", "L**3/T", "[0, inf)"),
    Column("rainfall", "rainfall", "L/T"),
    Column("evaporation", "evaporation", "L/T"),
    Column("runoff", "runoff", "L**3/T"),
    Column("manning", "manning", "T/L**(1/3)", "(0, inf)"),
    Column("bed_conductivity", "bedk", "L/T", "[0, inf)"),
    Column("upstream_fraction", "upstream_fraction", "-", "[0, inf)"),
    Column("stage", "stage", "L"),
)
DIVERSION = Column("diversion", "diversion", "L**3/T or -", "[0, inf)")


@dataclass(eq=False)
class ReachResponse:
    """What reaches do at one guess of the heads.

    Attributes
    ----------
    cells, rate, covered, round_off : ndarray, shape (reach,)
        As in `Response`; no water of reaches shelters a cell from recharge.
    routed : Routed
    active : ndarray of bool, shape (reach,)
    link_from : ndarray of int64, shape (link,)
    """

    cells: Ints
    rate: Floats
    covered: Floats
    round_off: Floats
    routed: Routed
    active: Bools
    link_from: Ints

    def slopes(self, exact: bool) -> Slopes:
        """Return the derivatives; a reach's unknown is what flows to it from upstream.

        With the inflow U of a reach, its balance is the sum of what upstream reaches let go, less U. What they
        let go depends on their own inflow and on the head in their cell. Exact in either case: reaches are not
        symmetric anyway.
        """
        r, start = self.routed, self.link_from
        return Slopes(
            rate_by_head=r.leakage_by_head, rate_by_stage=r.leakage_by_upstream,
            balance_by_head=np.zeros(self.rate.size), balance_by_stage=np.where(self.active, -1.0, 0.0),
            balance_by_link=r.link_by_outflow * r.outflow_by_upstream[start],
            balance_by_link_head=r.link_by_outflow * r.outflow_by_head[start],
        )


class Reaches:
    """The reaches of one package: `Features` of the flow solver.

    Parameters
    ----------
    package : ReachPackage
    aquifer : Aquifer
    """

    symmetric = False

    def __init__(self, package: ReachPackage, aquifer: Aquifer) -> None:
        self.package: FeaturePackage = package
        self._reaches = package
        self.link_from, self.link_to = package.link_from, package.link_to
        self.link_provider = np.where(package.link_diversion == NO_DIVERSION, package.link_from, -1)
        self._routing = Routing(package)
        self._values: FeatureValues | None = None
        self._transient = False
        self._length = 0.0
        self._guesses = 0
        self._started = False

    def begin(self, step: TimeStep, transient: bool) -> FeatureValues:
        """Take in what acts during a time step, and return it.

        Raises
        ------
        InputError
            With all values that are not allowed.
        """
        values = self.package.at(step)
        problems = self._problems(values)
        if problems:
            raise InputError(located(problems, package=self.package.name, file=self.package.file))
        self._values, self._length = values, step.length
        self._transient = transient and self._reaches.stores
        self._guesses = 0
        self._routing.begin(values, step.length if self._transient else 0.0)
        if not self._started:
            self._started = True
            self._routing.start()
        return values

    def _problems(self, values: FeatureValues) -> list[Problem]:
        found: list[Problem] = []
        for column in COLUMNS:
            found += outside(column.keyword, values.columns[column.name], column.allowed,
                             describe=lambda i: f"reach {i + 1}")
        found += outside("diversion", values.columns["diversion"], DIVERSION.allowed,
                         describe=lambda i: f"diversion {i + 1} of the package")
        return found or fraction_problems(self._reaches, values)

    def respond(self, head: Floats, active: Bools, fixed: Bools, below: Ints) -> Response:
        """Close the balance of every reach at these heads; one above a dry cell acts in the wet one below."""
        assert self._values is not None
        cells = self.package.connection_cell.copy()
        dry = np.flatnonzero((cells >= 0) & ~active[cells])
        while dry.size:
            cells[dry] = below[cells[dry]]
            dry = dry[(cells[dry] >= 0) & ~active[cells[dry]]]
        there = self._values.status != INACTIVE
        joined = (cells >= 0) & there
        joined &= ~fixed[cells]
        routed = self._routing.route(np.where(cells >= 0, head[cells], 0.0), joined, self._guesses < CHOOSES)
        self._guesses += 1
        level = np.where(cells >= 0, np.abs(head[cells]), 0.0)
        loose = EPS * (2.0 * np.abs(routed.leakage_by_head) * level + np.abs(routed.leakage))
        return ReachResponse(cells, routed.leakage, np.zeros(cells.size), loose, routed, there, self.link_from)

    @property
    def n_providers(self) -> int:
        """Number of reaches: movers take what their diversions leave."""
        return self.package.n_features

    @property
    def provider_feature(self) -> Ints:
        """Each reach is a place of its own."""
        return np.arange(self.package.n_features)

    def offers(self, response: Response) -> Floats:
        """Return what diversions leave of each reach's outflow [L**3/T], shape (reach,)."""
        assert isinstance(response, ReachResponse)
        return response.routed.offered

    def offer_slopes(self, response: Response) -> OfferSlopes:
        """Return the derivatives of what diversions leave, by what comes to each reach and by the head in its cell."""
        assert isinstance(response, ReachResponse)
        r, diverts = response.routed, self.link_provider < 0
        taken = np.bincount(self.link_from[diverts], r.link_by_outflow[diverts], self.package.n_features)
        return OfferSlopes((1.0 - taken) * r.outflow_by_upstream, (1.0 - taken) * r.outflow_by_head)

    def hand(self, received: Floats, taken: Floats) -> None:
        """Take in what movers bring to each reach and take from it [L**3/T]."""
        self._routing.hand(received, taken)

    def finish(self, response: Response) -> FeatureStep:
        """Return what the step moved; its end is the start of the next step."""
        assert self._values is not None and isinstance(response, ReachResponse)
        found = step_of(self._routing, self._values, response.routed, response.cells,
                        self._length if self._transient else 0.0)
        self._routing.finish(self._values, response.routed)
        return found

    def state(self) -> Mapping[str, Floats]:
        """Return what the next step starts from, by name."""
        return {"flow": self._routing.before.copy(), "crossed": self._routing.crossed.astype(np.float64),
                "started": np.array([float(self._started)])}

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Start from there again."""
        self._routing.before = state["flow"].copy()
        self._routing.crossed = state["crossed"].astype(np.int8)
        self._started = bool(state["started"][0])


KIND = FeatureKind(
    kind="sfr",
    mf6_type="SFR6",
    model="gwf",
    title="Reaches of streams: routing, diversions, leakage, kinematic waves",
    columns=COLUMNS,
    part_columns=(DIVERSION,),
    options=("storage", "dev_storage_weight", "length_conversion", "time_conversion", "unit_conversion",
             "maximum_picard_iterations", "maximum_depth_change", "dev_no_check", "dev_no_final_check", "mover"),
    start=Reaches,
    heads_along_links=True,
)
