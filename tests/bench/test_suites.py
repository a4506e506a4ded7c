"""The bench room: finds problems, judges rows, prints tables, says what is missing."""

import numpy as np
import pytest

from gwsolver.bench.norms import observed_orders, order_table, relative_l1, relative_l2
from gwsolver.bench.rows import Check, Measurement, as_json, table
from gwsolver.bench.stream import triad_bandwidth
from gwsolver.bench.suites import benchmarks_folder, problems, run_suite
from gwsolver.core.errors import InputError
from gwsolver.kernels import stream


def test_orders_of_a_second_order_scheme_are_two():
    assert observed_orders([1.0, 0.5, 0.25], [4e-2, 1e-2, 2.5e-3])[1:] == pytest.approx([2.0, 2.0])
    assert "2.00" in order_table("title", [1.0, 0.5], [4e-2, 1e-2])


def test_norms_are_relative():
    assert relative_l1([1.1, 0.9], [1.0, 1.0]) == pytest.approx(0.1)
    assert relative_l2([1.3, 0.6], [1.0, 1.0]) == pytest.approx(np.sqrt(0.25 / 2.0))


@pytest.mark.parametrize(
    ("change", "passed"),
    [
        ({}, True), ({"error": 0.02}, False), ({"order": 1.7}, False), ({"order": None}, False),
        ({"modflow": 0.004}, False), ({"error": float("nan")}, False),
    ],
)
def test_a_check_passes_only_if_error_order_and_modflow_say_so(change, passed):
    check = Check(**{
        "case": "a", "norm": "L1", "error": 0.005, "allowed": 0.01, "order": 2.0, "least_order": 1.8, "modflow": 0.1,
        **change,
    })
    assert check.passed is passed
    assert as_json(check)["passed"] is passed
    assert ("ok" if passed else "MISSED") in table([check])


def test_table_shows_rates():
    text = table([Measurement("kernel", 50_000, 60, 2, 0.1, 30.0, 0.5, None, 1e-16)])
    assert "50,000" in text
    assert "50 %" in text


def test_every_problem_has_a_readme_that_names_how_to_run_it():
    for suite in ("verification", "performance"):
        for folder in problems(suite):
            assert f"gwsolver bench {suite}" in (folder / "README.md").read_text(encoding="utf-8"), folder.name


def test_a_problem_runs_and_passes():
    rows = run_suite("verification", only="wexler")
    assert rows
    assert all(row.passed for row in rows)


def test_unknown_suite_and_problem_are_named():
    with pytest.raises(InputError, match="suite = speed; allowed: one of verification, performance"):
        problems("speed")
    with pytest.raises(InputError, match="no problem named 'nothing'"):
        problems("verification", "nothing")


def test_missing_benchmarks_folder_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("GWSOLVER_BENCHMARKS", str(tmp_path))
    with pytest.raises(InputError, match="The problems come with the source"):
        benchmarks_folder()


def test_triad_is_what_it_says():
    rng = np.random.default_rng(1)
    b, c, a = rng.random(1001), rng.random(1001), np.zeros(1001)
    stream.triad(b, c, 3.0, 2, a)
    np.testing.assert_allclose(a, b + 3.0 * c, rtol=1e-15)
    assert triad_bandwidth(1, n=10_000, repeats=2) > 1e6
