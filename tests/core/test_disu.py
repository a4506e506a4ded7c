"""A structured grid written as a list of connections comes back with the same faces."""

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.disu import unstructured_grid


def connections(grid):
    """DISU's arrays of a grid without inactive cells."""
    ia, ja, face = grid.connections
    row = np.repeat(np.arange(grid.n_cells), np.diff(ia))
    on = face >= 0
    ihc, cl12, hwva, angle = (np.zeros(ja.size) for _ in range(4))
    ihc[on] = grid.face_kind[face[on]]
    first = grid.face_cells[face, 0] == row
    cl12[on] = np.where(first, grid.face_distance[face, 0], grid.face_distance[face, 1])[on]
    hwva[on] = grid.face_width[face[on]]
    sign = np.where(first, 1.0, -1.0)
    angle[on] = np.degrees(np.arctan2(sign * grid.face_normal[face, 1], sign * grid.face_normal[face, 0]))[on] % 360.0
    return {"iac": np.diff(ia), "ja": ja, "ihc": ihc, "cl12": cl12, "hwva": hwva, "angldegx": angle}


@pytest.fixture
def grid():
    return structured_grid([10.0, 20.0, 5.0], [4.0, 8.0], 9.0, [5.0, 1.0])


def rebuilt(grid, idomain=None, **change):
    arrays = {**connections(grid), **change}
    return unstructured_grid(grid.top, grid.bottom, grid.area, idomain=idomain,
                             centres=np.column_stack([grid.x, grid.y]), **arrays)


@pytest.mark.parametrize("angle", ["given", "missing"])
def test_a_structured_grid_comes_back(grid, angle):
    ours = rebuilt(grid) if angle == "given" else rebuilt(grid, angldegx=None)
    for name in ("area", "x", "y", "face_cells", "face_kind", "face_width", "face_distance", "face_normal"):
        assert getattr(ours, name) == pytest.approx(getattr(grid, name), abs=1e-12), name


def test_inactive_nodes_take_their_faces_with_them(grid):
    ours = rebuilt(grid, idomain=[1] * 11 + [0])
    theirs = structured_grid([10.0, 20.0, 5.0], [4.0, 8.0], 9.0, [5.0, 1.0], np.array([1] * 11 + [0]).reshape(2, 2, 3))
    assert ours.face_cells.tolist() == theirs.face_cells.tolist()
    assert ours.describe(10) == "node 11"


def test_connections_that_do_not_pair_up_are_named(grid):
    ja = connections(grid)["ja"].copy()
    ja[1] = 5
    with pytest.raises(ValueError, match="connections are not symmetric near nodes 1 and"):
        rebuilt(grid, ja=ja)


def test_widths_that_differ_between_the_directions_are_named(grid):
    hwva = connections(grid)["hwva"].copy()
    hwva[1] *= 2.0
    with pytest.raises(ValueError, match="hwva differs between the two directions of nodes 1 and 2"):
        rebuilt(grid, hwva=hwva)
