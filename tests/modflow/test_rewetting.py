"""REWET and WETDRY come out of the reader as they went in; what is wrong with them is told."""

import numpy as np
import pytest

from gwsolver.core.errors import InputError
from gwsolver.flow import FlowSolver
from gwsolver.modflow import read
from tests.modflow.models import change, flow_simulation, line_of, write
from tests.modflow.test_plain import assert_same, both

RECORD = "REWET WETFCT 0.5 IWETIT 3 IHDWET 1"


def rewetting(folder, record=RECORD, wetdry="CONSTANT -0.5", options=""):
    """A written flow model with a record and an array added to its NPF file."""
    write(flow_simulation(folder))
    change(folder / "flow.npf", "K33OVERK", f"K33OVERK\n  {record}\n{options}")
    if wetdry:
        change(folder / "flow.npf", r"(?i)END griddata", f"  wetdry\n    {wetdry}\nEND griddata")
    return folder


def words(folder):
    with pytest.raises(InputError) as caught:
        read(folder)
    return [str(p) for p in caught.value.problems]


def test_options_and_array_are_kept_by_both_readers(tmp_path):
    folder = rewetting(tmp_path, wetdry="INTERNAL\n" + 8 * " 0.5 -0.25 0.0")
    assert_same(folder)
    for simulation in both(folder):
        rules = simulation.flow_models[0].conductivity.wetting
        assert rules.threshold.tolist() == [0.5, 0.25, 0.0] * 8
        assert rules.sideways.tolist() == [True, False, False] * 8
        assert set(rules.factor) == {0.5} and set(rules.interval) == {3} and rules.from_threshold.all()


def test_from_memory(tmp_path):
    simulation = flow_simulation(tmp_path)
    package = simulation.get_model("flow").npf
    package.rewet_record.set_data([("wetfct", 0.5, "iwetit", 3, "ihdwet", 0)])
    package.wetdry.set_data(-0.5)
    rules = read(simulation).flow_models[0].conductivity.wetting
    assert set(rules.factor) == {0.5} and set(rules.interval) == {3} and not rules.from_threshold.any()
    assert set(rules.threshold) == {0.5}


def test_wetdry_without_rewet_is_passed_over(tmp_path):
    folder = rewetting(tmp_path, record="")
    assert read(folder).flow_models[0].conductivity.wetting is None


def test_an_interval_of_zero_is_one_as_in_modflow(tmp_path):
    simulation = read(rewetting(tmp_path, record="REWET WETFCT 1.0 IWETIT 0 IHDWET 0"))
    assert set(simulation.flow_models[0].conductivity.wetting.interval) == {1}
    assert any("IWETIT = 0 is taken as 1" in note for note in simulation.notes)


def test_rewet_without_wetdry(tmp_path):
    folder = rewetting(tmp_path, wetdry="")
    line = line_of(folder / "flow.npf", "REWET")
    text = words(folder)[0]
    assert f"flow.npf, line {line}: wetdry is missing" in text
    assert "give WETDRY in block GRIDDATA" in text


@pytest.mark.parametrize(("record", "told"), [
    ("REWET WETFCT 0.0 IWETIT 1 IHDWET 0", "wetfct = 0 is outside (0, inf)"),
    ("REWET WETFCT -2.0 IWETIT 1 IHDWET 0", "wetfct = -2 is outside (0, inf)"),
    ("REWET WETFCT nan IWETIT 1 IHDWET 0", "wetfct = nan"),
    ("REWET WETFCT some IWETIT 1 IHDWET 0", '"some" is not a number'),
    ("REWET WETFCT 1.0 IWETIT 1.5 IHDWET 0", '"1.5" is not a whole number'),
])
def test_options_out_of_range(tmp_path, record, told):
    folder = rewetting(tmp_path, record=record)
    line = line_of(folder / "flow.npf", "REWET")
    assert any(f"flow.npf, line {line}" in w and told in w for w in words(folder)), words(folder)


def test_a_threshold_that_is_no_number(tmp_path):
    folder = rewetting(tmp_path, wetdry="CONSTANT nan")
    assert any("flow.npf" in w and "wetdry = nan at layer 1, row 1, column 1" in w for w in words(folder))


def test_newton_refuses_rewet_as_modflow_does(tmp_path):
    folder = rewetting(tmp_path)
    change(folder / "flow.nam", r"(?i)BEGIN options", "BEGIN options\n  NEWTON")
    with pytest.raises(InputError, match="NEWTON cannot be used with REWET"):
        FlowSolver(read(folder).flow_models[0])


def test_the_model_runs(tmp_path):
    flow = read(rewetting(tmp_path)).flow_models[0]
    solver = FlowSolver(flow)
    for time in flow.time.steps():
        step = solver.advance(time)
        assert np.abs(step.residual).sum() <= 1e-10 * sum(np.maximum(p.rates, 0.0).sum() for p in step.packages)
