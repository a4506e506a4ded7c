"""Problems with exact solutions, built and solved in memory: shared by the tests and by ``benchmarks/``."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.bench import solutions
from gwsolver.bench.norms import relative_l1, relative_l2
from gwsolver.bench.uniform import carry, steady_flow, transport_model, uniform_flow
from gwsolver.core.dis import structured_grid
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep

Floats = NDArray[np.float64]

POROSITY = 0.25
THIN = 1e-3  # width of a first column of fixed cells, in spacings: puts the source on the plane x = 0


@dataclass(frozen=True, eq=False)
class Solved:
    """An answer beside the exact one.

    Attributes
    ----------
    answer, exact : ndarray of float64
        Over the cells that are compared.
    spacing : float
        Cell width [L].
    step : TransportStep
        All that the solver gave back.
    """

    answer: Floats
    exact: Floats
    spacing: float
    step: TransportStep

    @property
    def l1(self) -> float:
        """Relative L1 error."""
        return relative_l1(self.answer, self.exact)

    @property
    def l2(self) -> float:
        """Relative L2 error."""
        return relative_l2(self.answer, self.exact)


@dataclass(frozen=True, eq=False)
class Posed:
    """A problem with its exact solution, ready for any solver.

    Attributes
    ----------
    model : TransportModel
    flow : FlowStep
        Steady, from zero to the time of the exact solution.
    exact : ndarray of float64
        Over the cells that are compared.
    compared : ndarray of int64
        These cells.
    spacing : float
        Cell width [L].
    """

    model: TransportModel
    flow: FlowStep
    exact: Floats
    compared: NDArray[np.int64]
    spacing: float

    def solve(self, scheme: str = "limited") -> Solved:
        """Solve it."""
        return self.judge(carry(self.model, self.flow, scheme=scheme))

    def judge(self, step: TransportStep) -> Solved:
        """Put an answer beside the exact solution."""
        return Solved(step.concentration[self.compared], self.exact, self.spacing, step)


def line_grid(spacings: Floats, axis: str) -> Grid:
    """Return a line of cells along x, y or z with the given spacings in the direction of the coordinate."""
    s = np.asarray(spacings, float)
    if axis == "x":
        return structured_grid(s, [1.0], 0.0, [-1.0])
    if axis == "y":
        return structured_grid([1.0], s[::-1], 0.0, [-1.0])
    edges = s.sum() - np.cumsum(s[::-1])
    return structured_grid([1.0], [1.0], s.sum(), edges)


def column(
    n_cells: int, *, axis: str = "x", reverse: bool = False, inlet: str = "third", length: float = 100.0,
    seepage_velocity: float = 0.5, dispersivity: float = 2.0, retardation: float = 1.0, decay_rate: float = 0.0,
    time: float = 80.0, scheme: str = "limited",
) -> Solved:
    """Solve a column that is entered by C0 = 1, along an axis or against it.

    The inlet is of the first kind (a thin fixed cell; exact: Ogata-Banks, the outlet being far) or of the third
    (water of C0 flows in; exact: Wexler's finite column).
    """
    dx = length / n_cells
    thin = [THIN * dx] if inlet == "first" else []
    spacings = np.array([*thin, *([dx] * n_cells)])
    grid = line_grid(spacings[::-1] if reverse else spacings, axis)
    at = {"x": grid.x, "y": grid.y, "z": grid.z}[axis]
    distance = (spacings.sum() - at if reverse else at) - sum(thin)
    q = np.zeros(3)
    q["xyz".index(axis)] = POROSITY * seepage_velocity * (-1.0 if reverse else 1.0)
    first = np.flatnonzero(distance < 0.0)
    model = transport_model(
        grid, porosity=POROSITY, longitudinal=dispersivity, retardation=retardation, decay_rate=decay_rate,
        fixed=(first, 1.0) if first.size else None,
    )
    step = carry(model, uniform_flow(grid, q, end=time, inflow_concentration=1.0), scheme=scheme)
    order = np.argsort(distance)[first.size:]
    x = distance[order]
    kw = dict(
        seepage_velocity=seepage_velocity, dispersion=dispersivity * seepage_velocity, retardation=retardation,
        decay_rate=decay_rate,
    )
    if inlet == "first":
        exact = solutions.ogata_banks(x, time, **kw)
    else:
        exact = solutions.finite_column_third_type(x, time, length=length, **kw)
    return Solved(step.concentration[order], exact, dx, step)


def gaussian_line(
    n_cells: int, *, length: float = 160.0, deviation: float = 8.0, travel: float = 30.0, dispersivity: float = 0.5,
    retardation: float = 1.0, decay_rate: float = 0.0, scheme: str = "limited",
) -> Solved:
    """Carry a Gaussian along x with v = 1."""
    dx = length / n_cells
    grid = line_grid(np.full(n_cells, dx), "x")
    kw = dict(
        centre=(0.4 * length,), start_deviation=deviation, seepage_velocity=(1.0,),
        longitudinal_dispersivity=dispersivity, retardation=retardation, decay_rate=decay_rate,
    )
    start = solutions.gaussian_pulse(grid.x[:, None], 0.0, **kw)
    model = transport_model(
        grid, porosity=POROSITY, longitudinal=dispersivity, retardation=retardation, decay_rate=decay_rate,
        initial=start,
    )
    time = travel * retardation
    step = carry(model, uniform_flow(grid, (POROSITY, 0.0, 0.0), end=time), scheme=scheme)
    return Solved(step.concentration, solutions.gaussian_pulse(grid.x[:, None], time, **kw), dx, step)


def oblique_gaussian(angle: float, *, scheme: str = "limited", **options: Any) -> Solved:
    """Solve `pose_oblique_gaussian`."""
    return pose_oblique_gaussian(angle, **options).solve(scheme)


def pose_oblique_gaussian(
    angle: float, *, grid: Grid | None = None, n: int = 81, spacing: float = 10.0, deviation: float = 30.0,
    travel: float = 150.0, longitudinal: float = 10.0, transverse: float = 1.0,
) -> Posed:
    """Pose a round Gaussian, carried at `angle` degrees to the rows, its path centred in the grid.

    The defaults are 81 x 81 cells of 10, aL = 10, aT = 1, a start deviation of 3 cells and a path of 15 cells.
    """
    if grid is None:
        grid = structured_grid(np.full(n, spacing), np.full(n, spacing), 0.0, [-1.0])
    way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    middle = 0.5 * np.array([grid.x.min() + grid.x.max(), grid.y.min() + grid.y.max()])
    points = np.column_stack([grid.x, grid.y])
    kw = dict(
        centre=middle - 0.5 * travel * way, start_deviation=deviation, seepage_velocity=way,
        longitudinal_dispersivity=longitudinal, transverse_dispersivity=transverse,
    )
    model = transport_model(
        grid, porosity=POROSITY, longitudinal=longitudinal, transverse=transverse,
        initial=solutions.gaussian_pulse(points, 0.0, **kw),
    )
    flow = uniform_flow(grid, (*(POROSITY * way), 0.0), end=travel)
    return Posed(model, flow, solutions.gaussian_pulse(points, travel, **kw), np.arange(grid.n_cells), spacing)


def section_gaussian(
    angle: float, section: str, *, n: int = 81, spacing: float = 10.0, deviation: float = 30.0, travel: float = 150.0,
    longitudinal: float = 10.0, transverse: float = 1.0, scheme: str = "limited",
) -> Solved:
    """Carry a Gaussian at `angle` degrees to the layers in a vertical section, ``"xz"`` or ``"yz"``.

    The same problem as `oblique_gaussian`, stood on its edge: z is the second coordinate.
    """
    across = np.full(n, spacing)
    bottoms = 0.5 * n * spacing - spacing * np.arange(1, n + 1)
    top = 0.5 * n * spacing
    if section == "xz":
        grid = structured_grid(across, [spacing], top, bottoms)
        points = np.column_stack([grid.x, grid.z])
    else:
        grid = structured_grid([spacing], across, top, bottoms)
        points = np.column_stack([grid.y, grid.z])
    way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    middle = 0.5 * (points.min(axis=0) + points.max(axis=0))
    kw = dict(
        centre=middle - 0.5 * travel * way, start_deviation=deviation, seepage_velocity=way,
        longitudinal_dispersivity=longitudinal, transverse_dispersivity=transverse,
    )
    model = transport_model(
        grid, porosity=POROSITY, longitudinal=longitudinal, transverse=transverse,
        initial=solutions.gaussian_pulse(points, 0.0, **kw),
    )
    q = np.zeros(3)
    q["xyz".index(section[0])], q[2] = POROSITY * way
    step = carry(model, uniform_flow(grid, q, end=travel), scheme=scheme)
    return Solved(step.concentration, solutions.gaussian_pulse(points, travel, **kw), spacing, step)


def rotating_cone(*, scheme: str = "limited", **options: Any) -> Solved:
    """Solve `pose_rotating_cone`."""
    return pose_rotating_cone(**options).solve(scheme)


def pose_rotating_cone(
    *, n: int = 101, radius: float = 15.0, distance: float = 25.0, turns: float = 1.0
) -> Posed:
    """Turn a cone around the middle of the grid by pure advection; after whole turns it stands where it stood.

    Cells are of unit width. Water turns as a solid body: the flow through a face is the difference of the stream
    function w r**2 / 2 between its corners, so that every cell balances exactly.

    Parameters
    ----------
    radius, distance : float
        Of the cone's foot, and of its middle from that of the grid [cells].
    """
    grid = structured_grid(np.ones(n), np.ones(n), 0.0, [-1.0])
    x, y = grid.x - 0.5 * n, grid.y - 0.5 * n
    start = np.maximum(1.0 - np.hypot(x, y - distance) / radius, 0.0)
    rate = 2.0 * np.pi
    low, high = grid.face_cells.T
    middle = 0.5 * np.column_stack([x[low] + x[high], y[low] + y[high]])
    # q = w (-y, x): its mean over a straight face of this kind is its value in the middle.
    velocity = rate * POROSITY * np.column_stack([-middle[:, 1], middle[:, 0], np.zeros(middle.shape[0])])
    face_flow = np.einsum("fi,fi->f", velocity, grid.face_normal)
    q = rate * POROSITY * np.column_stack([-y, x, np.zeros(x.size)])
    model = transport_model(grid, porosity=POROSITY, initial=start)
    return Posed(model, steady_flow(grid, face_flow, q, turns), start, np.arange(grid.n_cells), 1.0)


def strip(
    n_x: int, n_y: int, *, spacing: float = 2.0, strip: tuple[float, float] = (-12.0, 12.0), time: float = 60.0,
    seepage_velocity: float = 0.5, longitudinal: float = 2.0, transverse: float = 0.4, retardation: float = 1.0,
    decay_rate: float = 0.0, walls: bool = False, scheme: str = "limited",
) -> Solved:
    """Solve a strip source on the edge x = 0 of a half plane, y = 0 in the middle of the grid.

    With `walls` the exact solution is the one between the grid's own side walls.
    """
    grid = structured_grid([THIN * spacing, *([spacing] * n_x)], np.full(n_y, spacing), 0.0, [-1.0])
    width = n_y * spacing
    x, y = grid.x - THIN * spacing, grid.y - 0.5 * width
    edge = np.flatnonzero(x < 0.0)
    model = transport_model(
        grid, porosity=POROSITY, longitudinal=longitudinal, transverse=transverse, retardation=retardation,
        decay_rate=decay_rate, fixed=(edge, ((y[edge] > strip[0]) & (y[edge] < strip[1])).astype(float)),
    )
    step = carry(model, uniform_flow(grid, (POROSITY * seepage_velocity, 0.0, 0.0), end=time), scheme=scheme)
    kw = dict(
        seepage_velocity=seepage_velocity, retardation=retardation, decay_rate=decay_rate,
        dispersion=(longitudinal * seepage_velocity, transverse * seepage_velocity),
    )
    inside = x > 0.0
    if walls:
        ends = (strip[0] + 0.5 * width, strip[1] + 0.5 * width)
        exact = solutions.strip_source_between_walls(
            x[inside], y[inside] + 0.5 * width, time, strip=ends, aquifer_width=width, **kw
        )
    else:
        exact = solutions.strip_source(x[inside], y[inside], time, strip=strip, **kw)
    return Solved(step.concentration[inside], exact, spacing, step)


def patch(n_x: int, n_y: int, n_z: int, *, scheme: str = "limited", **options: Any) -> Solved:
    """Solve `pose_patch`."""
    return pose_patch(n_x, n_y, n_z, **options).solve(scheme)


def pose_patch(
    n_x: int, n_y: int, n_z: int, *, spacing: float = 2.0, width: tuple[float, float] = (-6.0, 6.0),
    height: tuple[float, float] = (-4.0, 4.0), time: float = 40.0, seepage_velocity: float = 0.5,
    longitudinal: float = 2.0, transverse: float = 0.4, vertical_transverse: float = 0.2, retardation: float = 1.0,
    decay_rate: float = 0.0, thin: bool = True,
) -> Posed:
    """Pose a patch source on the face x = 0 of a half space, its middle in the middle of the grid's face.

    The patch is a first column of fixed cells, `thin` or of full width; a full one puts the source on its middle.
    """
    half = 0.5 * n_z * spacing
    first = THIN * spacing if thin else spacing
    grid = structured_grid(
        [first, *([spacing] * n_x)], np.full(n_y, spacing), half, half - spacing * np.arange(1, n_z + 1)
    )
    x, y, z = grid.x - (first if thin else 0.5 * first), grid.y - 0.5 * n_y * spacing, grid.z
    edge = np.flatnonzero(grid.x < first)
    on = (y > width[0]) & (y < width[1]) & (z > height[0]) & (z < height[1])
    model = transport_model(
        grid, porosity=POROSITY, longitudinal=longitudinal, transverse=transverse,
        vertical_transverse=vertical_transverse, retardation=retardation, decay_rate=decay_rate,
        fixed=(edge, on[edge].astype(float)),
    )
    flow = uniform_flow(grid, (POROSITY * seepage_velocity, 0.0, 0.0), end=time)
    spread = tuple(a * seepage_velocity for a in (longitudinal, transverse, vertical_transverse))
    inside = np.flatnonzero(grid.x > first)
    exact = solutions.patch_source(
        x[inside], y[inside], z[inside], time, width=width, height=height, seepage_velocity=seepage_velocity,
        dispersion=(spread[0], spread[1], spread[2]), retardation=retardation, decay_rate=decay_rate,
    )
    return Posed(model, flow, exact, inside, spacing)
