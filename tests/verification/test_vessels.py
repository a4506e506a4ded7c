"""MT3D-USGS's examples of donors and five acceptors, through transport and its splitting, against the ODE."""

import numpy as np
import pytest

from gwsolver.bench import vessels


@pytest.mark.parametrize("donors", [(10.0,), (5.0, 5.0)], ids=["1ED5EAs", "2ED5EAs"])
def test_vessel_follows_the_ode_and_electrons_close(donors):
    found, exact = vessels.solve(donors, 1e-4), vessels.exact(donors)
    off = np.abs(found.concentration - exact) / np.maximum(1e-4 * exact, 1e-6)
    assert off.max() < 0.3  # of 1e-4 or 1e-6 mg/L; measured: 0.11 at the default tolerance
    assert found.electrons < 1e-12
    assert found.closure < 1e-10
    assert found.minimum >= 0.0
