"""Whether a plume's edge is fine enough for the mixing that sets the plume's length."""

import numpy as np
import pytest

from gwsolver.bench.uniform import transport_model, uniform_flow
from gwsolver.core.dis import structured_grid
from gwsolver.transport.mixing import edge_of, enough

GRID = structured_grid(np.full(40, 5.0), np.full(6, 1.0), 0.0, [-0.5, -1.0, -1.5, -2.0])
MODEL = transport_model(GRID, longitudinal=1.0, transverse=0.1, vertical_transverse=0.002)
ALONG = uniform_flow(GRID, (0.1, 0.0, 0.0), end=1.0)
PLUME = (GRID.y < 3.0) & (GRID.z > -1.0) & (GRID.x < 150.0)


def split(inside):
    """Donor inside, falling along the flow; acceptor outside."""
    return np.where(inside, 10.0 - 0.05 * GRID.x, 0.0), np.where(inside, 0.0, 8.0)


def test_an_edge_is_judged_by_the_dispersivity_across_it():
    """145 m: rows need 1.8 m, layers 0.25 m."""
    edge = edge_of(MODEL, ALONG, *split(PLUME))
    assert edge.length == pytest.approx(145.0, abs=0.1)
    assert (edge.across, edge.spacing, edge.dispersivity) == ("layers", 0.5, pytest.approx(0.002))
    assert edge.excess == pytest.approx(0.5 / float(enough(0.002, edge.length)))
    assert (edge.faces, edge.of) == (3 * 30, 3 * 30 + 2 * 30)  # the front, which the flow crosses, is not counted
    assert edge.words("benzene", "layer 2, row 4, column 1", "ft").startswith(
        "benzene: spacing of layers across the edge of a plume that is 145 ft long = 0.5 ft at layer 2, row 4, column "
        "1; allowed: "
    )


def test_a_fine_edge_has_nothing_to_say():
    mixed = transport_model(GRID, longitudinal=1.0, transverse=0.1, vertical_transverse=0.01)
    edge = edge_of(mixed, ALONG, *split(PLUME))
    assert edge.faces == 0
    assert edge.words("benzene", "", "m") == ""


@pytest.mark.parametrize(("angle", "mixing"), [(0.0, 0.0), (10.0, 0.1), (20.0, 0.21), (40.0, 0.34)])
def test_flow_across_rows_and_columns_mixes_by_itself(angle, mixing):
    """(sin2 cos + cos2 sin) d / 2 times 0.13, over alpha_T = 0.2 m, in cells of 1.6 m."""
    grid = structured_grid(np.full(60, 1.6), np.full(40, 1.6), 0.0, [-1.0])
    way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    along = (grid.x - 10.0) * way[0] + (grid.y - 10.0) * way[1]
    across = (grid.y - 10.0) * way[0] - (grid.x - 10.0) * way[1]
    inside = (np.abs(across) < 5.0) & (along > 0.0) & (along < 60.0)
    model = transport_model(grid, longitudinal=2.0, transverse=0.2)
    flow = uniform_flow(grid, (*(0.1 * way), 0.0), end=1.0)
    edge = edge_of(model, flow, np.where(inside, 10.0 - 0.1 * along, 0.0), np.where(inside, 0.0, 8.0))
    assert edge.dispersivity == pytest.approx(0.2)
    # Both kinds of faces of the stairs that the edge is are counted, hence the wide margin.
    assert edge.mixing == pytest.approx(mixing, rel=0.35)
    said = edge.words("benzene", "", "m")
    assert ("numerical mixing across the edge of the plume" in said) == (mixing > 0.03)
    assert ("% too short. Turn the grid into the flow" in said) == (mixing > 0.03)


def test_edges_of_nothing_and_edges_across_the_flow_are_none():
    assert edge_of(MODEL, ALONG, np.zeros(GRID.n_cells), np.full(GRID.n_cells, 8.0)) is None
    assert edge_of(MODEL, ALONG, *split(GRID.x < 100.0)) is None


def test_flow_along_columns_finds_the_same():
    down = uniform_flow(GRID, (0.0, -0.1, 0.0), end=1.0)
    edge = edge_of(MODEL, down, *split(GRID.x < 100.0))
    assert (edge.across, edge.spacing) == ("rows and columns", 5.0)
    assert edge.dispersivity == pytest.approx(0.1)
