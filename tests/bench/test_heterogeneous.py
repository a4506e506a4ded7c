"""The flow field of the kernel benchmark balances in every inner cell without a flow solve."""

import numpy as np

from gwsolver.bench.heterogeneous import heterogeneous_flow


def test_random_flow_balances_and_varies():
    grid, flow = heterogeneous_flow((5, 12, 15))
    assert np.abs(flow.residual).max() < 1e-12
    layer, row, column = np.unravel_index(flow.packages[0].cells, grid.shape)
    outer = (layer == 0) | (layer == 4) | (row == 0) | (row == 11) | (column == 0) | (column == 14)
    assert outer.all()
    assert np.all(np.ptp(flow.specific_discharge, axis=0) > 0.0)
