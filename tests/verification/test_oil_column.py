"""The front that clears a column of oil, against the balance of mass across it."""

import pytest

from gwsolver.bench.oil_columns import cleared_column


@pytest.mark.parametrize(("spacing", "retardation", "step"), [(0.5, 1.0, 0.0), (0.25, 2.0, 0.0), (0.25, 1.0, 5.0)])
def test_front_stands_in_its_cell_and_no_mass_is_lost(spacing, retardation, step):
    front = cleared_column(spacing, time=1250.47, retardation=retardation, step=step)
    assert abs(front.ours - front.exact) <= spacing
    assert front.dissolved == pytest.approx(0.0, abs=1e-7)  # measured: 3e-8, fluxes are single precision
    assert front.minimum >= 0.0
    assert front.closure < 1e-12


def test_steps_without_end_would_leave_the_front_behind():
    """Why the step is found from how much contents change: transport goes on with what the oil kept before."""
    late = cleared_column(0.25, time=1250.47, step=1e6)
    assert late.ours < late.exact - 0.5
    assert late.closure < 1e-12
