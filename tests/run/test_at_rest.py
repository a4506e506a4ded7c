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


@pytest.mark.parametrize("icelltype", [0, 1])
@pytest.mark.parametrize("newton", [False, True])
def test_heads_fall_to_a_level_of_zero(icelltype, newton, tmp_path):
    """Held at 0 all around: the heads inside have no size that their last bits could be measured by."""
    import flopy

    sim = flopy.mf6.MFSimulation("zero", sim_ws=str(tmp_path / "mf6"))
    flopy.mf6.ModflowTdis(sim)
    flopy.mf6.ModflowIms(sim, outer_dvclose=1e-6)
    gwf = flopy.mf6.ModflowGwf(sim, modelname="flow", newtonoptions="newton" if newton else None)
    flopy.mf6.ModflowGwfdis(gwf, nrow=7, ncol=9, delr=0.1, delc=0.1, top=1.0, botm=-1.0)
    flopy.mf6.ModflowGwfic(gwf, strt=1.0)
    flopy.mf6.ModflowGwfnpf(gwf, icelltype=icelltype, k=1.0)
    edge = [(i, j) for i in range(7) for j in range(9) if i in (0, 6) or j in (0, 8)]
    flopy.mf6.ModflowGwfchd(gwf, stress_period_data=[[(0, i, j), 0.0] for i, j in edge])
    sim.write_simulation(silent=True)
    results = gw.run(tmp_path / "mf6", tmp_path / "out")
    np.testing.assert_allclose(results.head().values, 0.0, atol=1e-12)
    assert results.summary["closure"]["flow"] <= 1e-10


@pytest.mark.parametrize("scheme", ["", "mf6"])
def test_solute_diffuses_in_water_that_stands_still(scheme, tmp_path):
    """A flow model without stresses carries it; a step from 1 to 0 stays antisymmetric, and nothing is lost."""
    import flopy

    sim = flopy.mf6.MFSimulation("still", sim_ws=str(tmp_path / "mf6"))
    flopy.mf6.ModflowTdis(sim, perioddata=[(20.0, 10, 1.0)])
    models = flopy.mf6.ModflowGwf(sim, modelname="flow"), flopy.mf6.ModflowGwt(sim, modelname="solute")
    for model, package in zip(models, (flopy.mf6.ModflowGwfdis, flopy.mf6.ModflowGwtdis), strict=True):
        sim.register_ims_package(flopy.mf6.ModflowIms(sim, filename=f"{model.name}.ims", inner_dvclose=1e-12,
                                                      linear_acceleration="bicgstab"), [model.name])
        package(model, nrow=1, ncol=20, delr=1.0, delc=1.0, top=1.0, botm=0.0)
    flopy.mf6.ModflowGwfic(models[0], strt=1.0)
    flopy.mf6.ModflowGwfnpf(models[0], k=1.0)
    flopy.mf6.ModflowGwtic(models[1], strt=[1.0] * 10 + [0.0] * 10)
    flopy.mf6.ModflowGwtadv(models[1])
    flopy.mf6.ModflowGwtdsp(models[1], diffc=0.1)
    flopy.mf6.ModflowGwtmst(models[1], porosity=0.2)
    flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea="flow", exgmnameb="solute")
    sim.write_simulation(silent=True)
    concentration = gw.run(tmp_path / "mf6", tmp_path / "out", scheme=scheme).concentration("solute").values[-1].ravel()
    np.testing.assert_allclose(concentration + concentration[::-1], 1.0, rtol=1e-7)  # single precision: 1.1e-8
    assert concentration.sum() == pytest.approx(10.0, rel=1e-9)
    assert 0.05 < concentration[11] < 0.45
