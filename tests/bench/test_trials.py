"""Work and precision: peers get the very problem that we solve, and the comparison cannot flatter."""

import numpy as np
import pytest

from gwsolver.bench.cases import pose_oblique_gaussian, pose_patch
from gwsolver.bench.peers import modflow6, mt3dusgs
from gwsolver.bench.rows import Trial, table
from gwsolver.bench.trials import advantage, ours
from gwsolver.core.time import TimeStep
from gwsolver.modflow import read
from gwsolver.modflow.saved_flows import saved_flow_steps


def trial(solver, error, seconds, problem="p"):
    return Trial(problem, solver, "", 100, error, "L1", seconds, None)


def test_advantage_is_that_of_the_worst_point():
    rows = [
        trial("gwsolver limited", 0.01, 0.2), trial("gwsolver upstream", 0.3, 0.01),
        trial("MODFLOW 6 TVD", 0.1, 10.0), trial("MODFLOW 6 TVD", 0.4, 0.1),
    ]
    (check,) = advantage(rows, "MODFLOW 6", 0.01)
    assert check.error == pytest.approx(0.1)  # 0.02 at the first point, 0.1 at the second
    assert not check.passed


def test_advantage_is_none_where_a_peer_errs_less():
    rows = [trial("gwsolver limited", 0.01, 0.2), trial("MODFLOW 6 TVD", 0.001, 1e6)]
    (check,) = advantage(rows, "MODFLOW 6", 0.01)
    assert check.error == np.inf
    assert not list(advantage(rows, "MT3D-USGS", 0.1))


def test_trials_are_printed_with_units():
    text = table([ours("Gaussian", pose_oblique_gaussian(30.0, n=21, spacing=810.0 / 21), norm="L2")])
    assert "CPU s" in text and "gwsolver limited" in text


def test_what_modflow_is_given_reads_back_as_our_own_problem(tmp_path):
    posed = pose_patch(6, 5, 4, retardation=1.5, decay_rate=0.01, time=30.0)
    modflow6.write_flow(posed.model, posed.flow, tmp_path)
    modflow6.write_transport(
        posed.model, posed.flow, tmp_path, advection="tvd", n_steps=7, xt3d=True, close=1e-6
    )
    (model,) = read(tmp_path).transport_models
    want = posed.model
    np.testing.assert_allclose(model.grid.volume, want.grid.volume, rtol=1e-12)
    for part, names in (
        ("mobile", ("porosity", "bulk_density", "distribution_coefficient", "decay_rate", "decay_rate_sorbed")),
        ("dispersion", ("alh", "alv", "ath1", "ath2", "atv", "diffusion_coefficient")),
    ):
        for name in names:
            np.testing.assert_array_equal(
                getattr(getattr(model, part), name), getattr(getattr(want, part), name), err_msg=name
            )
    step = TimeStep(0, 0, 0.0, 30.0)
    np.testing.assert_array_equal(model.packages[0].at(step).cells, want.packages[0].at(step).cells)
    assert model.advection == "tvd"
    flow = next(iter(saved_flow_steps(model.saved_flows, model.grid)))
    np.testing.assert_array_equal(flow.face_flow, posed.flow.face_flow)
    np.testing.assert_array_equal(flow.specific_discharge, posed.flow.specific_discharge)


def test_the_link_file_of_mt3d_holds_every_flow(tmp_path):
    posed = pose_patch(6, 5, 4, thin=False, time=30.0)
    mt3dusgs.write_link(posed.model, posed.flow, tmp_path)
    raw = (tmp_path / "m.ftl").read_bytes()
    n = posed.model.grid.n_cells
    right = raw.index(b"QXX")
    values = np.frombuffer(raw[right + 16 :], "<f4", n)
    assert values.sum() == pytest.approx(posed.flow.face_flow.sum(), rel=1e-6)  # water flows along the rows alone
    wells = raw.index(b"WEL")
    count = int(np.frombuffer(raw[wells + 16 :], "<i4", 1)[0])
    assert count == posed.flow.packages[0].cells.size
