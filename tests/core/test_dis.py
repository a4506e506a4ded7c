"""Structured grids against the definition of their faces, cell by cell."""

import numpy as np
import pytest

from gwsolver.core import dis
from gwsolver.core.dis import structured_grid
from gwsolver.core.grid import HORIZONTAL, VERTICAL


def faces_by_definition(delr, delc, tops, bottoms, domain):
    """Yield (n, m, kind, width, half of n, half of m, normal): neighbours to the right, in front, next below."""
    number = np.cumsum(domain.ravel() > 0).reshape(domain.shape) - 1
    thickness = tops - bottoms
    n_lay, n_row, n_col = domain.shape
    for k, i, j in zip(*np.nonzero(domain > 0), strict=True):
        n = number[k, i, j]
        if j + 1 < n_col and domain[k, i, j + 1] > 0:
            yield n, number[k, i, j + 1], HORIZONTAL, delc[i], 0.5 * delr[j], 0.5 * delr[j + 1], (1, 0, 0)
        if i + 1 < n_row and domain[k, i + 1, j] > 0:
            yield n, number[k, i + 1, j], HORIZONTAL, delr[j], 0.5 * delc[i], 0.5 * delc[i + 1], (0, -1, 0)
        below = next((b for b in range(k + 1, n_lay) if domain[b, i, j] >= 0), None)
        if below is not None and domain[below, i, j] > 0:
            half = 0.5 * thickness[[k, below], i, j]
            yield n, number[below, i, j], VERTICAL, delr[j] * delc[i], half[0], half[1], (0, 0, -1)


@pytest.mark.parametrize("seed", range(20))
def test_faces_join_cells_as_modflow_defines_them(seed, monkeypatch):
    monkeypatch.setattr(dis, "AT_A_TIME", 7)  # as large grids: some faces after others
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 5, 3))
    delr, delc = rng.random(shape[2]) + 0.5, rng.random(shape[1]) + 0.5
    top = 10.0 + rng.random(shape[1:])
    bottoms = -np.cumsum(rng.random(shape) + 0.1, axis=0)
    domain = rng.integers(-1, 3, shape)
    grid = structured_grid(delr, delc, top, bottoms, domain)
    faces = sorted(faces_by_definition(delr, delc, np.concatenate([top[None], bottoms[:-1]]), bottoms, domain))
    assert grid.n_faces == len(faces)
    for i, (n, m, kind, width, half_n, half_m, normal) in enumerate(faces):
        assert tuple(grid.face_cells[i]) == (n, m)
        assert grid.face_kind[i] == kind
        assert grid.face_width[i] == width
        assert tuple(grid.face_distance[i]) == (half_n, half_m)
        assert tuple(grid.face_normal[i]) == normal
