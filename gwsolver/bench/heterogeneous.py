"""A strongly varying flow field in three dimensions, made at once: the field of the kernel benchmark."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from gwsolver.bench.uniform import steady_flow
from gwsolver.core.dis import structured_grid
from gwsolver.core.grid import Grid
from gwsolver.core.steps import FlowStep

Floats = NDArray[np.float64]


def heterogeneous_flow(
    shape: tuple[int, int, int], *, discharge: float = 0.1, variation: float = 0.6, end: float = 1e6, seed: int = 1
) -> tuple[Grid, FlowStep]:
    """Return (layer, row, column) cells of 10 x 10 x 2 and flow along the rows with random deviations.

    The deviations are the curl of a random vector potential on the cells' edges, correlated over a few
    cells, so that every cell balances to round-off without a flow solve; water enters and leaves at the
    outer faces only.

    Parameters
    ----------
    discharge : float
        Mean specific discharge [L/T].
    variation : float
        Standard deviation of the flow through column faces, as a part of the mean.
    """
    n_lay, n_row, n_col = shape
    grid = structured_grid(np.full(n_col, 10.0), np.full(n_row, 10.0), 0.0, -2.0 * np.arange(1, n_lay + 1))
    rng = np.random.default_rng(seed)

    def potential(*size: int) -> Floats:
        return gaussian_filter(rng.standard_normal(size), (0.7, 1.5, 1.5))

    # On edges along x, along rows (y, growing with the row), and along layers (z, growing with the layer).
    px = potential(n_lay + 1, n_row + 1, n_col)
    py = potential(n_lay + 1, n_row, n_col + 1)
    pz = potential(n_lay, n_row + 1, n_col + 1)
    along_x = np.diff(pz, axis=1) - np.diff(py, axis=0)
    along_y = np.diff(px, axis=0) - np.diff(pz, axis=2)
    along_z = np.diff(py, axis=2) - np.diff(px, axis=1)
    mean = discharge * 20.0
    scale = variation * mean / along_x.std()
    flows = (mean + scale * along_x, scale * along_y, scale * along_z)
    k, i, j = np.unravel_index(grid.face_cells[:, 0], shape)
    axis = np.argmax(np.abs(grid.face_normal), axis=1)
    face_flow = np.choose(axis, [flows[0][k, i, j + 1], flows[1][k, i + 1, j], flows[2][k + 1, i, j]])
    means = (
        0.5 * (flows[0][:, :, 1:] + flows[0][:, :, :-1]) / 20.0, -0.5 * (flows[1][:, 1:] + flows[1][:, :-1]) / 20.0,
        -0.5 * (flows[2][1:] + flows[2][:-1]) / 100.0,
    )
    q = np.stack(means, axis=-1).reshape(-1, 3)
    return grid, steady_flow(grid, face_flow, q, end)
