"""Faces of polygon layers: widths, distances and normals as on the same structured grid."""

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.disv import layered_grid

DELR, DELC = [10.0, 20.0, 5.0], [4.0, 8.0]


def as_polygons(idomain=None):
    """The structured grid DELR x DELC in two layers, given as polygons."""
    x = np.concatenate([[0.0], np.cumsum(DELR)])
    y = np.concatenate([[0.0], np.cumsum(DELC[::-1])])[::-1]
    vertices = [(a, b) for b in y for a in x]
    rings, centres = [], []
    for i in range(2):
        for j in range(3):
            corner = i * 4 + j
            rings.append([corner, corner + 1, corner + 5, corner + 4])
            centres.append((0.5 * (x[j] + x[j + 1]), 0.5 * (y[i] + y[i + 1])))
    return layered_grid(vertices, centres, rings, np.full(6, 9.0), np.array([[5.0] * 6, [1.0] * 6]), idomain)


@pytest.mark.parametrize("idomain", [None, [[1, 1, 0, 1, -1, 1], [1] * 6]])
def test_rectangles_give_the_structured_grid(idomain):
    shaped = None if idomain is None else np.reshape(idomain, (2, 2, 3))
    ours, theirs = as_polygons(idomain), structured_grid(DELR, DELC, 9.0, [5.0, 1.0], shaped)
    for name in ("node", "top", "bottom", "area", "x", "y", "face_cells", "face_kind", "face_width", "face_distance",
                 "face_normal", "column"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-12), name


def test_a_pass_through_cell_joins_the_layers():
    grid = layered_grid([(0, 0), (0, 1), (1, 1), (1, 0)], [(0.5, 0.5)], [[0, 1, 2, 3]], [9.0], [[6.0], [3.0], [1.0]],
                        [[1], [-1], [1]])
    assert grid.face_cells.tolist() == [[0, 1]]
    assert grid.face_distance.tolist() == [[1.5, 1.0]]


def test_normals_of_a_cell_within_add_up_to_nothing():
    """The outward normals of a closed polygon, weighted by its edges, sum to zero."""
    angle = np.radians(np.arange(0, -360, -60))
    inner = np.column_stack([np.cos(angle), np.sin(angle)])
    outer = 3.0 * inner
    rings = [list(range(6))] + [[6 + i, 6 + (i + 1) % 6, (i + 1) % 6, i] for i in range(6)]
    centres = [(0.0, 0.0), *[tuple(0.5 * (inner[i] + outer[(i + 1) % 6])) for i in range(6)]]
    grid = layered_grid(np.vstack([inner, outer]), centres, rings, np.ones(7), np.zeros((1, 7)))
    own = grid.face_cells[:, 0] == 0
    assert own.sum() == 6
    assert np.sum(grid.face_normal[own] * grid.face_width[own, None], axis=0) == pytest.approx(np.zeros(3), abs=1e-14)
    assert grid.area.sum() == pytest.approx(1.5 * np.sqrt(3.0) * 9.0)
    assert grid.face_distance[own, 0] == pytest.approx(np.full(6, np.sqrt(0.75)))


def test_a_repeated_first_vertex_is_dropped():
    square = [(0, 0), (0, 1), (1, 1), (1, 0)]
    grid = layered_grid(square, [(0.5, 0.5)], [[0, 1, 2, 3, 0]], [1.0], [[0.0]])
    assert grid.polygon_vertex.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(("ring", "words"), [
    ([3, 2, 1, 0], "cell2d 1 has an area that is not positive: its vertices must be listed clockwise"),
    ([0, 1], "cell2d 1 has 2 vertices"), ([0, 1, 7], "cell2d 1 names vertex 8, there are 4"),
])
def test_bad_rings_are_named(ring, words):
    with pytest.raises(ValueError, match=words):
        layered_grid([(0, 0), (0, 1), (1, 1), (1, 0)], [(0.5, 0.5)], [ring], [1.0], [[0.0]])
