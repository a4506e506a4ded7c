"""A simulation: flow models, transport models (species), and which flow carries which species."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.aquifer import Conductivity, Dispersion, ImmobileDomain, MobileDomain, Storage
from gwsolver.core.barriers import Barriers
from gwsolver.core.chemistry import Chemistry
from gwsolver.core.exchange import Exchange
from gwsolver.core.features import FeaturePackage, FeatureSolute
from gwsolver.core.grid import Grid
from gwsolver.core.movers import MoverPackage
from gwsolver.core.output import Observation, OutputControl
from gwsolver.core.stress import StressPackage, StressSource
from gwsolver.core.time import TimeAxis

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Closure:
    """The loosest closure the model accepts (MODFLOW's IMS); solver choices are not kept.

    Attributes
    ----------
    head_change : float
        OUTER_DVCLOSE [L].
    flow_residual : float
        INNER_RCLOSE [L**3/T].
    outer_maximum : int
        OUTER_MAXIMUM iterations.
    """

    head_change: float = 1e-3
    flow_residual: float = 0.1
    outer_maximum: int = 100


@dataclass(frozen=True, eq=False)
class FlowModel:
    """One groundwater flow model.

    Attributes
    ----------
    name : str
        Lower-case model name.
    time : TimeAxis
        Of the simulation it came from.
    grid : Grid
    initial_head : ndarray of float64, shape (cell,)
        IC [L].
    conductivity : Conductivity
    storage : Storage or None
        None: steady throughout.
    packages : tuple of StressPackage
        In the order of the name file.
    features : tuple of FeaturePackage
        Packages whose features hold water of their own (lakes, reaches), in the order of the name file.
    mover : MoverPackage or None
        Rules by which water of packages is moved to lakes and reaches (MVR).
    barriers : Barriers or None
        Walls and faults between neighbouring cells (HFB).
    newton : bool
        NEWTON formulation instead of the standard one.
    under_relaxation : bool
        NEWTON UNDER_RELAXATION.
    closure : Closure
    output : OutputControl
    observations : tuple of Observation
    file : str
        Name file, for messages.
    """

    name: str
    time: TimeAxis
    grid: Grid
    initial_head: Floats
    conductivity: Conductivity
    storage: Storage | None = None
    packages: tuple[StressPackage, ...] = ()
    features: tuple[FeaturePackage, ...] = ()
    mover: MoverPackage | None = None
    barriers: Barriers | None = None
    newton: bool = False
    under_relaxation: bool = False
    closure: Closure = field(default_factory=Closure)
    output: OutputControl = field(default_factory=OutputControl)
    observations: tuple[Observation, ...] = ()
    file: str = ""


@dataclass(frozen=True)
class SavedFlows:
    """Files that hold the flow somebody solved before (MODFLOW's FMI): heads, budget, binary grid."""

    head_file: str
    budget_file: str
    grid_file: str = ""


@dataclass(frozen=True, eq=False)
class SourceConcentration:
    """Where the water of a flow package takes its concentration from (one line of SSM).

    Attributes
    ----------
    package : str
        Lower-case name of the flow package.
    auxiliary : str
        Lower-case name of its auxiliary variable; "" if `values` gives the concentrations.
    mixed : bool
        Water that leaves does so at this concentration too, or at the cell's where that is lower
        (AUXMIXED, SPC6 ... MIXED); else at the cell's.
    values : StressSource or None
        Column ``concentration`` of an SPC6 file, shape (entry,) in the order of the flow package's
        entries; or shape (plan cell,) if `by_plan`.
    by_plan : bool
        One value per cell in plan (READASARRAYS).
    constant : float or None
        The same concentration for every entry at all times, instead of `auxiliary` and `values` [M/L**3].
    """

    package: str
    auxiliary: str = ""
    mixed: bool = False
    values: StressSource | None = None
    by_plan: bool = False
    constant: float | None = None


@dataclass(frozen=True, eq=False)
class TransportModel:
    """One species: a groundwater transport model.

    Attributes
    ----------
    name : str
        Lower-case model name; also the species.
    time : TimeAxis
        Of the simulation it came from.
    grid : Grid
        The cells of its flow model (IDOMAIN may be smaller: `active`).
    flow_model : str
        Name of the flow model that carries it; "" if only saved flows are there.
    saved_flows : SavedFlows or None
        Used if `flow_model` is "" .
    initial_concentration : ndarray of float64, shape (cell,)
        IC [M/L**3].
    mobile : MobileDomain
    dispersion : Dispersion or None
    advection : str
        What ADV asks for: "upstream", "central", "tvd"; "" without ADV (no advection).
    sources : tuple of SourceConcentration
    immobile : tuple of ImmobileDomain
        In the order of the name file.
    face_advection : ndarray of str, shape (face,), or None
        Where models are joined: what the model or the exchange of each face asks for.
    saves_sorbate : bool
        A file of what sorbs per mass of solid in the mobile domain was asked for (SORBATE FILEOUT of MST).
    moves_solute : bool
        Water that movers move carries solute (MVT); without it brings none.
    flow_imbalance_correction : bool
        FMI's option; for schemes that follow MODFLOW 6 (gwsolver's own always correct).
    packages : tuple of StressPackage
        CNC, SRC.
    features : tuple of FeatureSolute
        Solute of the lakes and reaches of the flow model (LKT, SFT).
    output : OutputControl
    observations : tuple of Observation
    file : str
        Name file, for messages.
    """

    name: str
    time: TimeAxis
    grid: Grid
    flow_model: str
    initial_concentration: Floats
    mobile: MobileDomain
    saved_flows: SavedFlows | None = None
    dispersion: Dispersion | None = None
    advection: str = "upstream"
    sources: tuple[SourceConcentration, ...] = ()
    packages: tuple[StressPackage, ...] = ()
    features: tuple[FeatureSolute, ...] = ()
    output: OutputControl = field(default_factory=OutputControl)
    observations: tuple[Observation, ...] = ()
    file: str = ""
    immobile: tuple[ImmobileDomain, ...] = ()
    flow_imbalance_correction: bool = False
    saves_sorbate: bool = False
    moves_solute: bool = False
    face_advection: NDArray[np.str_] | None = None

    def weighted(self, advection: str) -> NDArray[np.bool_]:
        """Return the faces for which this scheme of advection is asked, shape (face,)."""
        if self.face_advection is None:
            return np.full(self.grid.n_faces, self.advection == advection)
        return np.asarray(self.face_advection == advection, np.bool_)


@dataclass(frozen=True, eq=False)
class Simulation:
    """Everything that is run together, whatever number of MODFLOW simulations it came from.

    Attributes
    ----------
    flow_models : tuple of FlowModel
        Those to be solved.
    transport_models : tuple of TransportModel
    exchanges : tuple of Exchange
        Connections between two of the flow models, or two of the transport models.
    chemistry : Chemistry or None
        What reacts, where anything does.
    notes : tuple of str
        What the log should tell: options passed over, flows taken from files, ...
    warnings : tuple of str
        What the user should look at although it can be run.
    files : tuple of str
        Every input file that was read.
    """

    flow_models: tuple[FlowModel, ...] = ()
    transport_models: tuple[TransportModel, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    chemistry: Chemistry | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def flow_model(self, name: str) -> FlowModel:
        """Return the flow model of this name."""
        return next(m for m in self.flow_models if m.name == name)

    def neighbours(self, model: str) -> tuple[str, ...]:
        """Tell in words what joins a model to others: "inner by gwf-gwf_1 (584 connections)"."""
        return tuple(
            f"{e.models[1 - side]} by {e.name} ({len(e.width):,} connections)"
            for e in self.exchanges for side in (0, 1) if e.models[side] == model
        )

    def observations_of(self, model: FlowModel | TransportModel) -> tuple[Observation, ...]:
        """Return a model's observations and those of the exchanges whose first model it is."""
        return (*model.observations,
                *(o for e in self.exchanges if e.models[0] == model.name for o in e.observations))

    def transport_model(self, name: str) -> TransportModel:
        """Return the transport model (species) of this name."""
        return next(m for m in self.transport_models if m.name == name)
