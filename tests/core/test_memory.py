"""Giving memory back changes nothing that is held."""

import numpy as np

from gwsolver.core.dis import structured_grid
from gwsolver.core.memory import give_back


def test_what_a_grid_lets_go_is_made_again_the_same():
    grid = structured_grid([10.0, 20.0, 30.0], [5.0, 8.0], 0.0, [-1.0, -3.0])
    before = [*grid.connections, grid.centre_vector, grid.centre_distance]
    grid.let_go()
    give_back()
    assert "connections" not in grid.__dict__
    after = [*grid.connections, grid.centre_vector, grid.centre_distance]
    for old, new in zip(before, after, strict=True):
        assert old is not new
        np.testing.assert_array_equal(old, new)
