"""Water that comes to rest: what closes then is round-off against nothing, and no fault of the run."""

import numpy as np
import pytest

import gwsolver as gw

CELLS, LEVEL, START, STEPS, LENGTH = 19, 2.46428571, 3.5, 60, 5.0


def draining(folder, conductance):
    """A cell with storage drains through a row without any, of K 5 m/d, to a fixed level at its end."""
    import flopy

    sim = flopy.mf6.MFSimulation("rest", sim_ws=str(folder))
    flopy.mf6.ModflowTdis(sim, nper=1, perioddata=[(LENGTH * STEPS, STEPS, 1.0)])
    flopy.mf6.ModflowIms(sim, outer_dvclose=1e-8)
    gwf = flopy.mf6.ModflowGwf(sim, modelname="flow", save_flows=True)
    flopy.mf6.ModflowGwfdis(gwf, nrow=1, ncol=CELLS, delr=1.0, delc=1.0, top=1.0, botm=0.0)
    flopy.mf6.ModflowGwfic(gwf, strt=START)
    flopy.mf6.ModflowGwfnpf(gwf, icelltype=0, k=5.0)
    flopy.mf6.ModflowGwfsto(gwf, iconvert=0, ss=[[[0.2] + [0.0] * (CELLS - 1)]], transient={0: True})
    flopy.mf6.ModflowGwfghb(gwf, stress_period_data=[[(0, 0, CELLS - 1), LEVEL, conductance]])
    flopy.mf6.ModflowGwfoc(gwf, head_filerecord="flow.hds", saverecord=[("HEAD", "ALL")])
    sim.write_simulation(silent=True)
    return folder


@pytest.mark.parametrize("conductance", [0.3, 7.0, 1e4])
def test_a_model_that_comes_to_rest_finishes(conductance, tmp_path):
    """A linear reservoir in implicit steps: h - level falls by 1 + C t/S a step, to nothing that could be told from it.

    No flow is left then to hold the imbalance against, which is the last bit of heads times a conductance.
    """
    results = gw.run(draining(tmp_path / "mf6", conductance), tmp_path / "out")
    through = 1.0 / ((CELLS - 1) / 5.0 + 1.0 / conductance)
    left = (1.0 + through * LENGTH / 0.2) ** -np.arange(1.0, STEPS + 1.0)
    head = results.head().values[:, 0, 0, 0]
    np.testing.assert_allclose(head, LEVEL + (START - LEVEL) * left, rtol=1e-13)
    assert results.summary["closure"]["flow"] < 1e-10
