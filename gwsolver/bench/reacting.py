"""A donor and an acceptor that react at once, in uniform flow: columns, and steady plumes that mixing controls.

Where F H - A falls to zero on the axis the plume ends; that place is found between cells, by interpolation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gwsolver.bench.cases import POROSITY, THIN, line_grid
from gwsolver.bench.solutions import SourceZone
from gwsolver.bench.solutions.conserved_scalar import instantaneous_column
from gwsolver.bench.solutions.mixing_controlled import (
    patch_liedl,
    rectangle,
    strip_cirpka,
    thickness_liedl,
)
from gwsolver.bench.source_zones import from_source, growing, half_grid, held_in_source, site_grid
from gwsolver.bench.uniform import transport_model, uniform_flow
from gwsolver.core.chemistry import Chemistry
from gwsolver.core.dis import structured_grid
from gwsolver.core.grid import Grid
from gwsolver.core.ledger import Ledger
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.mixing import edge_of

Floats = NDArray[np.float64]
DONOR, ACCEPTOR = "donor", "oxygen"
BEYOND, SETTLED, FAR = 1.15, 1.3, 4.0
"""Length of the grid over that of the plume, time over that of water through the grid, widths of the edge beside it."""


@dataclass(frozen=True, eq=False)
class Carried:
    """What several species became.

    Attributes
    ----------
    concentration : dict of str to ndarray of float64, shape (cell,)
        At the end, by species.
    minimum : float
        Smallest concentration that any had at any time.
    closure : float
        Largest imbalance of mass of any species over its throughput.
    balances : dict of str to float
        Imbalance of electrons and carbon, where the reaction tells.
    ledgers : dict of str to Ledger
        By species, from the start to the end.
    """

    concentration: dict[str, Floats]
    minimum: float
    closure: float
    balances: dict[str, float]
    ledgers: dict[str, Ledger]


@dataclass(frozen=True)
class Length:
    """A plume's length beside the exact one.

    Attributes
    ----------
    ours, exact : float
        [L].
    warning : str
        What the check of the plume's edge says about the grid, "" if it is fine enough.
    minimum, closure : float
        As in `Carried`.
    """

    ours: float
    exact: float
    warning: str
    minimum: float
    closure: float

    @property
    def error(self) -> float:
        """Relative difference."""
        return abs(self.ours / self.exact - 1.0)


def carry_reacting(models: Sequence[TransportModel], flow: FlowStep, chemistry: Chemistry) -> Carried:
    """Carry species that react through one steady flow, from zero to its end."""
    from gwsolver.transport import TransportSolver

    solver = TransportSolver(models, chemistry=chemistry)
    ledgers = {m.name: Ledger() for m in models}
    minimum, closure, time = np.inf, 0.0, 0.0
    while time < flow.end:
        steps = solver.advance_part(flow, flow.end, TimeStep(0, 0, 0.0, flow.end))
        time = steps[0].end
        for model, step in zip(models, steps, strict=True):
            ledgers[model.name].merge(step.ledger)
            minimum = min(minimum, step.minimum)
            closure = max(closure, ledgers[model.name].closure())
    balances = {} if solver.reactions is None else dict(solver.reactions.balances)
    by_name = {m.name: s.concentration for m, s in zip(models, steps, strict=True)}
    return Carried(by_name, float(minimum), float(closure), balances, ledgers)


def instantaneous(utilisation: float, step: float = 0.0) -> Chemistry:
    """Return the reaction of the donor with the acceptor, F given."""
    from gwsolver.reactions.degradation.instantaneous import Setting
    from gwsolver.reactions.degradation.network import Acceptor, Donor

    reaction = Setting((Donor(DONOR, factors={"oxygen": utilisation}),), (Acceptor("oxygen", ACCEPTOR),))
    return Chemistry((reaction,), (DONOR, ACCEPTOR), step=step)


def column(
    spacing: float, *, length: float = 100.0, seepage_velocity: float = 0.1, dispersivity: float = 3.0,
    time: float = 365.0, inlet_donor: float = 10.0, background_acceptor: float = 8.0, utilisation: float = 3.08,
    step: float = 0.0,
) -> tuple[Carried, dict[str, Floats], dict[str, Floats]]:
    """Carry a donor into a column full of acceptor; return all, and both species in the cells beside the exact ones."""
    grid = line_grid(np.array([THIN * spacing, *([spacing] * round(length / spacing))]), "x")
    x = from_source(grid)
    inlet = np.flatnonzero(x < 0.0)
    models = _models(
        grid, {DONOR: (0.0, np.full(1, inlet_donor)), ACCEPTOR: (background_acceptor, np.zeros(1))}, inlet,
        longitudinal=dispersivity,
    )
    flow = uniform_flow(grid, (POROSITY * seepage_velocity, 0.0, 0.0), end=time)
    done = carry_reacting(models, flow, instantaneous(utilisation, step))
    exact = instantaneous_column(
        x[x > 0.0], time, inlet_donor=inlet_donor, background_acceptor=background_acceptor, utilisation=utilisation,
        seepage_velocity=seepage_velocity, dispersion=dispersivity * seepage_velocity,
    )
    ours = {name: c[x > 0.0] for name, c in done.concentration.items()}
    return done, ours, {DONOR: exact[0], ACCEPTOR: exact[1]}


def source_zone(
    site: SourceZone, *, time: float, spacing: tuple[float, float, float], extent: tuple[float, float, float]
) -> tuple[Carried, Floats, Floats]:
    """Carry a site's donor with its acceptors as one, reacting at once; return all, the donor's C, and the exact C.

    Without sorption (R = 1). The acceptor is counted in mass of donor, F = 1: its concentration is the site's capacity,
    nothing of it in the zones.

    Parameters
    ----------
    site, time, spacing, extent
        As in `pose_source_zone`.
    """
    grid = site_grid(site, spacing, extent)
    edge, held, zone = held_in_source(site, grid)
    along, across, down = site.dispersivity
    models = _models(
        grid, {DONOR: (0.0, held), ACCEPTOR: (site.capacity, np.where(zone, 0.0, site.capacity))}, edge,
        longitudinal=along, transverse=across, vertical_transverse=down,
    )
    flow = uniform_flow(grid, (POROSITY * site.seepage_velocity, 0.0, 0.0), end=time)
    done = carry_reacting(models, flow, instantaneous(1.0))
    x = from_source(grid)
    inside = np.flatnonzero(x > 0.0)
    exact = site.concentration(x[inside], grid.y[inside], -grid.z[inside], time=time, reaction="instantaneous")
    return done, done.concentration[DONOR][inside], exact


def length_under_acceptor(
    n_layers: int, *, along: float, demand: float, thickness: float, vertical_dispersivity: float,
    acceptor: float = 8.0, utilisation: float = 3.5, half_width: float = np.inf, across: float = 1.0,
    horizontal_dispersivity: float = 0.0,
) -> Length:
    """Return the length of a plume that fills a layer under water that holds the acceptor.

    Endless across the flow (`thickness_liedl`), or of a width (`patch_liedl` with its whole series).

    Parameters
    ----------
    n_layers : int
        Cells over the thickness.
    along, across : float
        Spacing along the flow, and across it where the width is given [L].
    demand, thickness, vertical_dispersivity : float
        G [-], M and alpha_TV [L].
    half_width, horizontal_dispersivity : float
        [L]; a whole number of rows.
    """
    if np.isfinite(half_width):
        exact = patch_liedl(
            donor=demand * acceptor / utilisation, acceptor=acceptor, utilisation=utilisation, half_width=half_width,
            thickness=thickness, horizontal_dispersivity=horizontal_dispersivity,
            vertical_dispersivity=vertical_dispersivity,
        )
        rows = growing(across, 1.5 * half_width, half_width + FAR * np.sqrt(2.0 * horizontal_dispersivity * exact))
    else:
        exact = thickness_liedl(demand, thickness=thickness, vertical_dispersivity=vertical_dispersivity)
        rows = np.array([across])
    layer = thickness / n_layers
    columns = [THIN * along, *([along] * round(BEYOND * exact / along))]
    grid = structured_grid(columns, rows[::-1], THIN * layer, -layer * np.arange(n_layers + 1))
    x = from_source(grid)
    held = np.flatnonzero((x < 0.0) | (grid.z > 0.0))
    source = (grid.z[held] < 0.0) & (grid.y[held] < half_width)
    return _length(
        grid, held, source, demand, acceptor, utilisation, exact,
        row=(grid.z == grid.z.min()) & (grid.y == grid.y.min()) & (x > 0.0),
        transverse=horizontal_dispersivity, vertical_transverse=vertical_dispersivity,
    )


def length_of_rectangle(
    *, spacing: tuple[float, float, float], demand: float, width: float, horizontal_dispersivity: float,
    depth: float = np.inf, vertical_dispersivity: float = 0.0, acceptor: float = 8.0, utilisation: float = 3.14,
    longitudinal_dispersivity: float = 0.0, acceptor_in_source: bool = False,
) -> Length:
    """Return the length of a plume behind a rectangle at the water table (`rectangle`), or behind a strip if endless.

    Parameters
    ----------
    spacing : (float, float, float)
        Along, across and down, near the source; half the width and the depth whole numbers of cells [L].
    demand, width, depth : float
        G [-], whole width W and depth Z [L].
    acceptor_in_source : bool
        True where the water of the source holds the acceptor too; the exact length is then that of G - 1.
    """
    along, across, down = spacing
    deep = np.isfinite(depth)
    left = demand - 1.0 if acceptor_in_source else demand
    sides = dict(width=width, horizontal_dispersivity=horizontal_dispersivity)
    exact = (
        rectangle(left, depth=depth, vertical_dispersivity=vertical_dispersivity, **sides) if deep
        else strip_cirpka(left, **sides)
    )
    beside, below = (FAR * np.sqrt(2.0 * a * exact) for a in (horizontal_dispersivity, vertical_dispersivity))
    layers = growing(down, 1.5 * depth, depth + below) if deep else np.array([down])
    grid = half_grid(along, BEYOND * exact, growing(across, 0.75 * width, 0.5 * width + beside), layers)
    held = np.flatnonzero(from_source(grid) < 0.0)
    source = (grid.y[held] < 0.5 * width) & (-grid.z[held] < depth)
    axis = (grid.y == grid.y.min()) & (grid.z == grid.z.max()) & (from_source(grid) > 0.0)
    return _length(
        grid, held, source, demand, acceptor, utilisation, exact, row=axis,
        acceptor_in_source=acceptor_in_source, longitudinal=longitudinal_dispersivity,
        transverse=horizontal_dispersivity, vertical_transverse=vertical_dispersivity,
    )


def _length(
    grid: Grid, held: NDArray[np.int64], source: NDArray[np.bool_], demand: float, acceptor: float,
    utilisation: float, exact: float, *, row: NDArray[np.bool_],
    acceptor_in_source: bool = False, **dispersivities: float,
) -> Length:
    """Carry donor and acceptor until the plume is steady (v = 1); find its end along a row of cells."""
    donor = np.where(source, demand * acceptor / utilisation, 0.0)
    beside = np.full(held.size, acceptor) if acceptor_in_source else np.where(source, 0.0, acceptor)
    models = _models(grid, {DONOR: (0.0, donor), ACCEPTOR: (acceptor, beside)}, held, **dispersivities)
    flow = uniform_flow(grid, (POROSITY, 0.0, 0.0), end=SETTLED * float(from_source(grid).max()))
    done = carry_reacting(models, flow, instantaneous(utilisation))
    edge = edge_of(models[0], flow, done.concentration[DONOR], done.concentration[ACCEPTOR])
    assert edge is not None
    psi = utilisation * done.concentration[DONOR][row] - done.concentration[ACCEPTOR][row]
    x = from_source(grid)[row]
    after = int(np.flatnonzero(psi < 0.0)[0])
    ours = float(np.interp(0.0, psi[[after, after - 1]], x[[after, after - 1]]))
    return Length(ours, exact, edge.words(DONOR, grid.describe(edge.cell), "m"), done.minimum, done.closure)


def _models(
    grid: Grid, values: dict[str, tuple[float, Floats]], held: NDArray[np.int64], **dispersivities: float
) -> list[TransportModel]:
    """Return a transport model per species, from its concentration at the start and in the cells where it is held."""
    return [
        replace(
            transport_model(grid, porosity=POROSITY, initial=start, fixed=(held, fixed), **dispersivities), name=name
        )
        for name, (start, fixed) in values.items()
    ]
