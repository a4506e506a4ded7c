"""budget.csv, observations.csv and the receptors."""

import numpy as np
import pytest

from gwsolver.core.case import CaseInfo, Place
from gwsolver.core.dis import structured_grid
from gwsolver.core.ledger import Ledger
from gwsolver.core.output import Observation
from gwsolver.core.simulation import Simulation
from gwsolver.core.time import TimeStep
from gwsolver.results import ResultsWriter, open_results
from gwsolver.results.budget import book_flow, flow_closure
from gwsolver.results.locate import cells_at, plan_cells_at
from gwsolver.results.observations import receptor_value
from tests.results import models


@pytest.fixture
def results(tmp_path):
    models.write(tmp_path / "out", models.dis(), dry=(3,)).finish({})
    return open_results(tmp_path / "out")


def test_volumes_are_rates_times_lengths_summed(results):
    """Rates of the wells are -2 - t and -3 - t over steps that end at t = 5, 10, 20, 30 and 40."""
    table = results.budget()
    wells = table[(table.model == "gwf") & (table.package == "wel-1")]
    expected = np.cumsum([5 * 15.0, 5 * 25.0, 10 * 45.0, 10 * 65.0, 10 * 85.0])
    np.testing.assert_allclose(wells["out"], expected, rtol=1e-14)
    assert (wells["in"] == 0.0).all()
    assert set(wells.unit) == {"m³"}


def test_every_budget_closes_in_the_table(results):
    table = results.budget()
    for _, rows in table.groupby(["time", "model"]):
        total = rows[rows.package == "total"].iloc[0]
        parts = rows[rows.package != "total"]
        assert parts["in"].sum() == pytest.approx(parts["out"].sum(), rel=1e-12)
        assert total["in"] == pytest.approx(parts["in"].sum(), rel=1e-12)
        assert total.closure < 1e-12


def test_the_closure_of_flow_does_not_count_its_own_correction():
    model = models.flow_model(models.dis())
    step = models.flow_step(model, next(models.AXIS.steps()))
    ledger = Ledger()
    book_flow(ledger, step)
    throughput = ledger.total_in()
    assert ledger.closure() < 1e-14
    assert flow_closure(ledger) == pytest.approx(step.residual.sum() * step.length / throughput, rel=1e-5)


def test_a_parted_transport_step_is_booked_whole_and_saved_once(tmp_path):
    """A transport step cut by flow steps: both parts are booked, only the one that ends it is saved."""
    species = models.transport_model(models.dis())
    writer = ResultsWriter(tmp_path / "out", Simulation((), (species,)), models.info())
    step = list(models.AXIS.steps())[1]
    whole = models.transport_step(species, step)
    first = TimeStep(step.period, step.step, step.start, 7.0)
    second = TimeStep(step.period, step.step, 7.0, step.end)
    writer.transport(models.transport_step(species, first), step, 2, ends=False)
    writer.transport(models.transport_step(species, second), step, 2, ends=True)
    assert writer.ledger("benzene", "benzene").total_in() == pytest.approx(whole.ledger.total_in())
    writer.finish({})
    results = open_results(tmp_path / "out")
    assert list(results.times) == [10.0]
    assert set(results.observations().time) == {10.0}


def test_observations_of_a_model(results):
    table = results.observations().set_index(["name", "time"])
    grid = models.dis()
    assert table.loc[("h1", 40.0), "value"] == pytest.approx(50.2)
    assert table.loc[("d1", 40.0), "value"] == pytest.approx(11.0 - 50.2)
    assert table.loc[("q12", 40.0), "value"] == -1.0
    assert table.loc[("pumped", 40.0), "value"] == -42.0
    assert table.loc[("leak", 40.0), "value"] == 4.0
    assert table.loc[("c1", 40.0), "value"] == pytest.approx(40.01)
    assert list(table.loc[("leak", 40.0), ["model", "package", "type", "unit"]]) == ["gwf", "riv-1", "riv", "m³/d"]
    assert grid.face_cells[0, 0] == 0


def test_flow_ja_face_observed_the_other_way_round_changes_its_sign(tmp_path):
    grid = models.dis()
    n, m = (int(c) for c in grid.face_cells[3])
    seen = (Observation("there", "flow-ja-face", cells=(n, m)), Observation("back", "flow-ja-face", cells=(m, n)),
            Observation("apart", "flow-ja-face", cells=(0, grid.n_cells - 1)))
    models.write(tmp_path / "out", grid, observations=seen).finish({})
    values = open_results(tmp_path / "out").observations().query("time == 40.0").set_index("name").value
    assert values["there"] == -4.0
    assert values["back"] == 4.0
    assert np.isnan(values["apart"])


def test_what_is_dry_or_absent_has_no_value(tmp_path):
    seen = (Observation("dry", "head", cells=(3,)), Observation("none", "wel", "wel-1", boundname="nobody"))
    writer = models.write(tmp_path / "out", models.dis(), dry=(3,), observations=seen)
    writer.finish({})
    values = open_results(tmp_path / "out").observations().set_index("name").value
    assert values[["dry", "none"]].isna().all()


def test_what_cannot_be_observed_is_told_once(tmp_path):
    seen = (Observation("odd", "viscosity", cells=(1,)),)
    writer = models.write(tmp_path / "out", models.dis(), observations=seen)
    assert writer.warnings == ("observation odd (viscosity) of gwf is not among those gwsolver makes.",)
    writer.abandon()


def test_a_well_in_two_layers_takes_the_mean_by_thickness(results):
    """The receptor stands over layers 6 m and 6 m thick in column 2, row 3: cells with 40.07 and one below."""
    grid = models.dis()
    cells = cells_at(grid, 500_015.0, 5_400_003.0, (1, 2))
    assert [grid.describe(int(c)) for c in cells] == ["layer 1, row 3, column 2", "layer 2, row 3, column 2"]
    expected = 40.0 + 0.01 * np.average(cells, weights=grid.thickness[cells])
    table = results.observations()
    seen = table[(table.package == "receptor") & (table.time == 40.0)]
    assert seen.value.item() == pytest.approx(expected, rel=1e-14)
    assert seen.name.item() == "village well"


def test_thickness_weighs_and_dry_layers_do_not_count():
    grid = structured_grid([1.0], [1.0], 10.0, [9.0, 6.0])
    assert receptor_value(grid, np.array([0, 1]), np.array([8.0, 4.0])) == 5.0
    assert receptor_value(grid, np.array([0, 1]), np.array([np.nan, 4.0])) == 4.0
    assert np.isnan(receptor_value(grid, np.array([0, 1]), np.array([np.nan, np.nan])))


def test_a_receptor_outside_the_model_is_told(tmp_path):
    case = CaseInfo(receptors=(Place("far", "village", 0.0, 0.0),))
    writer = models.write(tmp_path / "out", models.dis(), case=case)
    (told,) = writer.warnings
    assert told.startswith("receptor far is not observed: no active cell at x = 0, y = 0; the grid reaches from x = ")
    writer.abandon()


@pytest.mark.parametrize("angle", [0.0, 30.0, -75.0])
@pytest.mark.parametrize("make", [models.dis, lambda angle: models.layered_squares()])
def test_every_cell_is_found_at_its_own_centre(make, angle):
    grid = make(angle)
    for cell in range(grid.n_cells):
        x, y = grid.to_map(grid.x[cell], grid.y[cell])
        assert list(plan_cells_at(grid, float(x), float(y))) == [grid.column[cell]]
        assert list(cells_at(grid, float(x), float(y), (int(grid.layer[cell]) + 1,))) == [cell]


def test_a_point_on_an_edge_belongs_to_one_cell_only():
    grid = structured_grid([1.0] * 3, [1.0] * 3, 1.0, [0.0])
    for x in (0.5, 1.0, 1.5, 2.0):
        for y in (0.5, 1.0, 1.5, 2.0):
            assert plan_cells_at(grid, x, y).size == 1


def test_nodes_above_each_other_count_from_above():
    grid = models.stacked_nodes()
    x, y = 500_015.0, 5_400_005.0
    assert list(cells_at(grid, x, y)) == [1]
    assert list(cells_at(grid, x, y, (2,))) == [4]
