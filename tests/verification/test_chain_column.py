"""Chains carried through a column against their exact solutions, and the order of splitting."""

import numpy as np
import pytest

from gwsolver.bench.decaying import chain_column

UNEQUAL = (2.0, 1.0, 3.0, 1.5)


@pytest.mark.parametrize("retardation", [(1.0,) * 4, UNEQUAL], ids=["equal R", "unequal R"])
def test_chain_meets_its_exact_solution(retardation):
    """Cells of a tenth of the dispersivity."""
    column = chain_column(1.0, retardation=retardation, tolerance=1e-4)
    assert column.mean(60.0) < 1e-3  # measured: 6e-4, 7e-4
    assert column.largest(5.0) < 1.3e-3  # measured: 7e-4, 1.2e-3
    assert column.largest() < 0.02  # in the first cell, k h / 2; measured: 0.007, 0.015
    assert column.carried.minimum >= 0.0
    assert column.carried.closure < 1e-12


def test_splitting_is_of_second_order_behind_the_inlet():
    fine = chain_column(1.0, step=0.5)
    errors = []
    for step in (20.0, 10.0):
        coarse = chain_column(1.0, step=step)
        errors.append(np.abs(coarse.ours - fine.ours)[:, fine.x > 15.0].mean())
    assert np.log2(errors[0] / errors[1]) > 1.7  # measured: 2.3
