"""Laws that steady states keep whatever the model: symmetry, homogeneity, bounds, balance."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SAME = 2e-6  # corrections stop at changes of 1e-7
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def solve(box):
    return box.solve("steady")[1]


@pytest.mark.parametrize("axis", [0, 1, 2], ids=["layers", "rows", "columns"])
def test_mirrored_model_gives_the_mirrored_plume(box, axis):
    np.testing.assert_allclose(solve(box.mirrored(axis)), np.flip(solve(box), axis), atol=SAME)


def test_model_turned_by_a_quarter_gives_the_turned_plume(box):
    np.testing.assert_allclose(solve(box.turned()), np.rot90(solve(box), 1, (1, 2)), atol=SAME)


def test_neither_sorption_nor_the_start_nor_the_time_matters(box):
    b = replace(box, decay_rate=0.0)
    other = replace(b, retardation=7.0, initial=np.zeros_like(b.initial), time=3.0)
    np.testing.assert_allclose(solve(other), solve(b), atol=SAME)


@few
@given(seed=st.integers(2, 10**6), retardation=st.sampled_from([1.0, 3.0]),
       decay_rate=st.sampled_from([0.0, 0.05, 1e3]), vertical=st.sampled_from([0.0, 1.0]))
def test_it_balances_and_stays_within_what_enters(box_of, seed, retardation, decay_rate, vertical):
    b = replace(box_of(seed, (3, 5, 7)), retardation=retardation, decay_rate=decay_rate, vertical=vertical)
    step, c = b.solve("steady")
    assert step.ledger.closure() < 1e-10  # measured: 1e-15
    assert c.min() >= 0.0
    assert c.max() <= 1.0 + 1e-6


@few
@given(seed=st.integers(2, 10**6), factor=st.sampled_from([2.0, 3.7, 1e-9, 1e9]))
def test_so_many_times_the_source_is_so_many_times_the_plume(box_of, seed, factor):
    b = box_of(seed, (3, 5, 7))
    np.testing.assert_allclose(solve(replace(b, inflow=factor * b.inflow)), factor * solve(b), atol=SAME * factor)


def test_it_is_where_the_default_scheme_ends(box):
    """Where dispersion rules: sub-steps of several stages leave no trace of their length."""
    b = replace(box, longitudinal=8.0, transverse=4.0, time=400.0)
    np.testing.assert_allclose(solve(b), b.solve()[1], atol=1e-5)
