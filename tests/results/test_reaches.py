"""Stream reaches in the results folder: MODFLOW's lists, and observations with the signs of MODFLOW's OBS."""

from dataclasses import replace

import numpy as np
import pytest

from gwsolver import open_results
from gwsolver.core.features import ACTIVE, INACTIVE, FeatureStep
from gwsolver.core.output import Observation, OutputControl
from gwsolver.core.reach import ReachPackage
from gwsolver.core.simulation import Simulation
from gwsolver.results import ResultsWriter
from tests.results.models import ALWAYS, AXIS, dis, flow_model, flow_step, info
from tests.results.test_features import lists

ZERO = np.zeros(4)
TERMS = {
    "rainfall": np.array([1.0, 0.0, 0.0, 0.0]), "evaporation": np.array([-0.5, 0.0, 0.0, 0.0]), "runoff": ZERO,
    "ext-inflow": np.array([10.0, 0.0, 0.0, 0.0]), "ext-outflow": np.array([0.0, -2.0, -5.0, 0.0]),
    "storage": ZERO, "from-mvr": ZERO, "to-mvr": ZERO,
}
QUANTITIES = ("stage", "inflow", "ext-inflow", "rainfall", "evaporation", "sfr", "upstream-flow", "downstream-flow",
              "outflow", "ext-outflow", "depth")


def reaches(saves):
    """The first reach feeds the second and the third; the fourth is left out; the third touches no cell."""
    return ReachPackage(
        "sfr-1", "sfr", None, np.arange(4), np.array([3, 4, -1, 6]), saves=saves, length=np.full(4, 10.0),
        link_from=np.array([0, 0]), link_to=np.array([2, 1]))


def reaches_step():
    rate = np.array([2.5, 1.0, 0.0, 0.0])
    return FeatureStep(
        "sfr-1", "sfr", np.array([ACTIVE] * 3 + [INACTIVE], np.int8), np.array([9.0, 8.0, 8.5, 0.0]), ZERO, ZERO + 7.0,
        ZERO + 5.0, TERMS, np.arange(4), np.array([3, 4, -1, 6]), rate, ZERO + 4.0, np.array([0, 0]), np.array([2, 1]),
        np.array([5.0, 3.0]), {}, {
            "depth": np.array([1.0, 0.0, 0.5, 0.0]), "wet-perimeter": ZERO, "wet-area": ZERO, "wet-width": ZERO,
            "upstream-area": np.array([10.0, 11.0, 12.0, 13.0]), "downstream-area": np.array([20.0, 21.0, 22.0, 23.0]),
        })


def written(folder, *, saves=(), head=ALWAYS):
    observed = tuple(Observation(f"{q}-{r}", q, "sfr-1", places=(r,)) for r in (0, 1) for q in QUANTITIES)
    model = flow_model(dis(), features=(reaches({s: s for s in saves}),), observations=observed,
                       output=OutputControl({"head": head, "budget": ALWAYS} if head else {"budget": ALWAYS}))
    writer = ResultsWriter(folder, Simulation((model,)), info())
    for step in AXIS.steps():
        flow = replace(flow_step(model, step), features=(reaches_step(),))
        writer.flow("gwf", flow, AXIS.periods[step.period].n_steps)
    writer.finish({})
    return open_results(folder)


def test_lists_are_those_of_modflow(tmp_path):
    found = lists(written(tmp_path / "results", saves=("budget",)).path / "gwf.sfr-1.cbc", 10.0)
    assert list(found) == ["FLOW-JA-FACE", "GWF", "RAINFALL", "EVAPORATION", "RUNOFF", "EXT-INFLOW", "EXT-OUTFLOW",
                           "STORAGE"]
    between = found["FLOW-JA-FACE"]
    assert between["node"].tolist() == [1, 1, 2, 3] and between["node2"].tolist() == [2, 3, 1, 1]
    assert between["q"].tolist() == [-3.0, -5.0, 3.0, 5.0]
    # Where water leaves the first reach, and where it enters the second and the third.
    assert between["FLOW-AREA"].tolist() == [20.0, 20.0, 11.0, 12.0]
    assert found["GWF"]["node"].tolist() == [1, 2, 4] and found["GWF"]["q"].tolist() == [-2.5, -1.0, 0.0]
    assert found["STORAGE"]["VOLUME"].tolist() == [7.0] * 4
    flows = sum(np.bincount(r["node"] - 1, r["q"], 4) for r in found.values())
    assert flows == pytest.approx(ZERO)


def test_observations_have_the_signs_of_modflow(tmp_path):
    table = written(tmp_path / "results").observations()
    seen = table[np.isclose(table.time, 10.0) & (table.package == "sfr-1")].set_index("name").value
    expected = {
        "stage": (9.0, 8.0), "inflow": (0.0, 3.0), "ext-inflow": (10.0, 0.0), "rainfall": (1.0, 0.0),
        "evaporation": (0.5, 0.0), "sfr": (2.5, 1.0), "upstream-flow": (0.0, 3.0), "downstream-flow": (-8.0, -2.0),
        "outflow": (-8.0, 0.0), "ext-outflow": (0.0, -2.0), "depth": (1.0, 0.0)}
    for quantity, values in expected.items():
        assert [seen[f"{quantity}-{r}"] for r in (0, 1)] == pytest.approx(values), quantity


def test_stages_dry_and_left_out(tmp_path):
    path = written(tmp_path / "results", saves=("stage",)).path / "gwf.sfr-1.stg"
    assert np.frombuffer(path.read_bytes()[52:84], "<f8").tolist() == [9.0, -1e30, 8.5, 1e30]


@pytest.mark.parametrize(("options", "told"), [({}, True), ({"head": None}, False),
                                               ({"head": None, "saves": ("stage",)}, True)])
def test_states_of_reaches_are_told_where_somebody_asks(tmp_path, options, told):
    results = written(tmp_path / "results", **options)
    assert bool(len(results.feature_table())) is told
    rows = results.observations()
    assert bool(((rows.package == "sfr-1") & (rows.name == "3")).any()) is told
