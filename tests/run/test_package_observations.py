"""What OBS packages of wells and drains ask for besides their rates: reductions, and water given to movers."""

import flopy
import numpy as np
import pytest

import gwsolver as gw


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """Observations by name, shape (step,), of a cell that a well of 0.25 m3/d empties and a drained cell beside it."""
    folder = tmp_path_factory.mktemp("observed")
    sim = flopy.mf6.MFSimulation("observed", sim_ws=str(folder / "mf6"))
    flopy.mf6.ModflowTdis(sim, nper=1, perioddata=[(60.0, 30, 1.0)])
    flopy.mf6.ModflowIms(sim, outer_dvclose=1e-8)
    gwf = flopy.mf6.ModflowGwf(sim, modelname="flow", newtonoptions="newton")
    flopy.mf6.ModflowGwfdis(gwf, ncol=2, nrow=1, delr=5.0, delc=5.0, top=1.0, botm=0.0)
    flopy.mf6.ModflowGwfic(gwf, strt=1.0)
    flopy.mf6.ModflowGwfnpf(gwf, icelltype=1, k=0.01)
    flopy.mf6.ModflowGwfsto(gwf, iconvert=1, ss=0.0, sy=0.3, transient={0: True})
    asked = {"well.csv": [("pumped", "wel", (0, 0, 0)), ("missing", "wel-reduction", (0, 0, 0))]}
    flopy.mf6.ModflowGwfwel(gwf, pname="wells", auto_flow_reduce=0.5, stress_period_data=[[(0, 0, 0), -0.25]],
                            observations={"filename": "wel.obs", "continuous": asked})
    asked = {"drain.csv": [("drained", "drn", (0, 0, 1)), ("given", "to-mvr", (0, 0, 1))]}
    flopy.mf6.ModflowGwfdrn(gwf, pname="drains", mover=True, stress_period_data=[[(0, 0, 1), 0.2, 0.1]],
                            observations={"filename": "drn.obs", "continuous": asked})
    reach = [0, "NONE", 5.0, 1.0, 1e-3, 0.5, 0.1, 0.0, 0.03, 0, 1.0, 0]
    flopy.mf6.ModflowGwfsfr(gwf, pname="brook", mover=True, nreaches=1, packagedata=[reach], connectiondata=[[0]])
    flopy.mf6.ModflowGwfmvr(gwf, maxmvr=1, maxpackages=2, packages=[("drains",), ("brook",)],
                            perioddata=[("drains", 0, "brook", 0, "FACTOR", 0.4)])
    sim.write_simulation(silent=True)
    table = gw.run(folder / "mf6", folder / "out").observations()
    return {name: rows["value"].to_numpy() for name, rows in table.groupby("name")}


def test_what_a_well_pumps_and_what_it_was_reduced_by_is_what_it_was_asked_for(seen):
    np.testing.assert_allclose(seen["pumped"] + seen["missing"], -0.25, rtol=1e-14)
    assert seen["missing"][0] == 0.0
    assert seen["missing"][-1] < -0.2


def test_a_mover_is_given_its_part_of_the_drainage(seen):
    np.testing.assert_allclose(seen["given"], 0.4 * seen["drained"], rtol=1e-12)
    assert seen["drained"][0] < -0.05
