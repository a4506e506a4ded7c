"""What flow hands to transport, and what transport hands back: one step at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import FeatureSoluteStep, FeatureStep
from gwsolver.core.ledger import Ledger
from gwsolver.core.movers import Moved

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PackageFlow:
    """Water that one package moves during one flow step.

    Attributes
    ----------
    name, kind : str
        Lower-case package name and kind: ``"riv-1"``, ``"riv"``.
    cells : ndarray of int64, shape (entry,)
        Active cell in which each entry really acts.
    rates : ndarray of float64, shape (entry,)
        Flow into the aquifer [L**3/T]; negative out of it.
    auxiliary : mapping of str to ndarray of float64, shape (entry,)
        Auxiliary variables by lower-case name.
    boundnames : tuple of str
        Lower-case name of each entry; empty if there are none.
    observed : mapping of str to ndarray of float64, shape (entry,)
        What observations may ask for besides the rates, by MODFLOW's word: ``"wel-reduction"`` [L**3/T].
    """

    name: str
    kind: str
    cells: Ints
    rates: Floats
    auxiliary: Mapping[str, Floats] = field(default_factory=dict)
    boundnames: tuple[str, ...] = ()
    observed: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ExchangeFlow(PackageFlow):
    """Water that enters a model from another one through an exchange.

    Attributes
    ----------
    neighbour_model : str
        Flow model on the other side.
    neighbour_node : ndarray of int64, shape (entry,)
        Zero-based user node there.
    """

    neighbour_model: str = ""
    neighbour_node: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True, eq=False)
class FlowStep:
    """The flow field of one flow time step: all that transport ever sees of flow.

    Attributes
    ----------
    start, end : float
        Times [T].
    period, step : int
        Zero-based stress period and step of the flow model.
    steady : bool
        No storage acts in this step.
    face_flow : ndarray of float64, shape (face,)
        Flow through each face of the grid, positive from cell n to m [L**3/T].
    head_start, head_end : ndarray of float64, shape (cell,)
        Head [L]; -1e30 where the cell is dry in the standard formulation.
    saturation_start, saturation_end : ndarray of float64, shape (cell,)
        Water-filled part of the cell, 0 to 1.
    specific_discharge : ndarray of float64, shape (cell, 3)
        Darcy flux at the cell centre in model coordinates [L/T] (MODFLOW's DATA-SPDIS).
    storage_specific, storage_yield : ndarray of float64, shape (cell,)
        Water that storage releases into the cell (STO-SS, STO-SY) [L**3/T]; zero if steady.
    packages : tuple of PackageFlow
    residual : ndarray of float64, shape (cell,)
        All flows into the cell, storage included [L**3/T]: zero in an exact solution.
    iterations : int
        Outer iterations it took; 0 for saved flows.
    features : tuple of FeatureStep
        Water of lakes and reaches. What they exchange with the cells also stands in `packages`, under their name.
    moved : Moved or None
        What movers gave to lakes and reaches; None without movers.
    round_off : float
        What the finite precision of heads may leave in the balance of all cells together [L**3/T]; 0 for saved flows.
    """

    start: float
    end: float
    period: int
    step: int
    steady: bool
    face_flow: Floats
    head_start: Floats
    head_end: Floats
    saturation_start: Floats
    saturation_end: Floats
    specific_discharge: Floats
    storage_specific: Floats
    storage_yield: Floats
    packages: tuple[PackageFlow, ...]
    residual: Floats
    iterations: int = 0
    features: tuple[FeatureStep, ...] = ()
    moved: Moved | None = None
    round_off: float = 0.0

    @property
    def length(self) -> float:
        """Length of the step [T]."""
        return self.end - self.start

    @property
    def storage_flow(self) -> Floats:
        """Water that storage releases into each cell [L**3/T]."""
        return self.storage_specific + self.storage_yield


@dataclass(frozen=True)
class StepLimit:
    """Why a sub-step could not be longer: a cell, a reason, how many sub-steps it held."""

    cell: int
    reason: str
    count: int


@dataclass(frozen=True)
class CoarseCells:
    """Where the grid is too coarse for the dispersivity, among the cells that hold solute.

    Attributes
    ----------
    cells, holding : int
        Cells that are too coarse; all cells that hold solute.
    worst : int
        Cell with the largest grid Peclet number.
    peclet : float
        That number, |v| d / D [-].
    spacing : float
        Distance d of the centres there [L].
    enough : float
        Distance at which no cell would be too coarse [L].
    allowed : float
        Grid Peclet number above which a cell is too coarse.
    """

    cells: int
    holding: int
    worst: int
    peclet: float
    spacing: float
    enough: float
    allowed: float


@dataclass(frozen=True, eq=False)
class ImmobileStep:
    """The state of one immobile domain at the end of an interval, and how it came there.

    Attributes
    ----------
    name : str
        Lower-case package name.
    concentration : ndarray of float64, shape (cell,)
        Dissolved, in the water that stands [M/L**3].
    mass, mass_sorbed : float
        Dissolved and sorbed mass in all cells [M].
    ledger : Ledger
        The domain's own balance over this interval: storage, decay, and ``("mobile domain", "exchange")``,
        in where the mobile domain gave.
    saves : bool
        A file of the concentrations was asked for.
    """

    name: str
    concentration: Floats
    mass: float
    mass_sorbed: float
    ledger: Ledger
    saves: bool = False


@dataclass(frozen=True, eq=False)
class Account:
    """What does not move and belongs to a reaction: iron on solids, biomass, the bulk of the oil.

    Attributes
    ----------
    name : str
    mass : ndarray of float64, shape (cell,)
        At the end of the interval [M].
    ledger : Ledger
        Its balance over the interval; "storage" and what reactions did.
    """

    name: str
    mass: Floats
    ledger: Ledger


@dataclass(frozen=True, eq=False)
class ReactionStep:
    """What reactions did between species during an interval, beside what each species' own ledger tells.

    Attributes
    ----------
    start, end : float
        Times [T].
    splits : int
        How often reactions acted.
    accounts : tuple of Account
    balances : mapping of str to float
        Relative imbalance since the start of the run by name: "electrons", "carbon", ...
    figures : mapping of str to float
        What else reactions tell; the run keeps the largest of each.
    """

    start: float
    end: float
    splits: int
    accounts: tuple[Account, ...] = ()
    balances: Mapping[str, float] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class TransportStep:
    """The state of one species at the end of an interval, and how it came there.

    Attributes
    ----------
    species : str
    start, end : float
        Times [T].
    concentration : ndarray of float64, shape (cell,)
        Dissolved, in the mobile water [M/L**3]; NaN nowhere (dry cells hold 0).
    dry : ndarray of bool, shape (cell,)
        Cells without water, written as dry.
    mass, mass_sorbed : float
        Dissolved and sorbed mass in all cells at the end [M].
    ledger : Ledger
        Mass in and out over this interval, by package and term; storage is ``("storage",
        "dissolved")`` and ``("storage", "sorbed")``, net per interval.
    package_rates : mapping of str to tuple of (cells, rates)
        Mean mass rate of each package's entries over the interval [M/T], positive in.
    sub_steps : int
        Steps taken.
    stages : int
        Sweeps over the grid in all.
    limits : tuple of StepLimit
        The cells that limited the sub-steps.
    minimum, maximum : float
        Smallest and largest concentration at the end.
    figures : mapping of str to float
        What the engine knows beyond that: "window_leak" (mass that left the swept window, over all mass),
        "implicit_cells" (share of cells carried implicitly), "levels" (of local time steps), "courant",
        "iterations", ... The run keeps the largest of each and judges those it has a threshold for.
    immobile : tuple of ImmobileStep
        In the order of the model's immobile domains.
    passed : ndarray of float64, shape (tracked face,)
        Mass that passed through the faces of `Grid.tracked_faces`, from cell n to m [M].
    part_masses : tuple of (float, float)
        `mass` and `mass_sorbed` of each of `Grid.parts`.
    watched : tuple of (faces, rates)
        Faces of the grid that observations and budgets look at, and the mean mass rate through each over the interval,
        positive from cell n to m [M/T].
    cell_rates : mapping of (str, str) to ndarray of float64, shape (cell,)
        What the ledger holds by (package, term) for storage, decay and flow imbalance, cell by cell, as mean rates,
        positive in [M/T]; only where output control saves the budget of this time step: all faces are watched then.
    coarse : CoarseCells or None
        Where the grid is too coarse for the dispersivity; None if it is fine everywhere.
    in_oil : ndarray of float64, shape (cell,)
        Mass in the oil at the end [M]; empty where the species has none, or none has come yet.
    features : tuple of FeatureSoluteStep
        In the order of the model's features.
    """

    species: str
    start: float
    end: float
    concentration: Floats
    dry: NDArray[np.bool_]
    mass: float
    mass_sorbed: float
    ledger: Ledger
    package_rates: Mapping[str, tuple[Ints, Floats]]
    sub_steps: int
    stages: int
    limits: tuple[StepLimit, ...]
    minimum: float
    maximum: float
    figures: Mapping[str, float] = field(default_factory=dict)
    immobile: tuple[ImmobileStep, ...] = ()
    passed: Floats = field(default_factory=lambda: np.zeros(0))
    part_masses: tuple[tuple[float, float], ...] = ()
    watched: tuple[Ints, Floats] = field(default_factory=lambda: (np.zeros(0, np.int64), np.zeros(0)))
    cell_rates: Mapping[tuple[str, str], Floats] = field(default_factory=dict)
    coarse: CoarseCells | None = None
    in_oil: Floats = field(default_factory=lambda: np.zeros(0))
    features: tuple[FeatureSoluteStep, ...] = ()
