"""The southern shore of western Balkhash: files from build.py, a bed from the stage table, books that close."""

import csv
import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from gwsolver.case import read_case
from gwsolver.core.ledger import Ledger
from gwsolver.flow import FlowSolver
from gwsolver.modflow import read
from gwsolver.transport import TransportSolver

MODEL = Path(__file__).parents[2] / "models" / "ili_balkhash" / "shore"
MODULES = ("ground", "build", "driving")


@pytest.fixture(scope="module")
def modules():
    """The model's own modules, by name."""
    before = list(sys.path)
    sys.path.insert(0, str(MODEL))
    try:
        yield {name: importlib.import_module(name) for name in MODULES}
    finally:
        sys.path[:] = before
        for name in MODULES:
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def values():
    return read_case(MODEL).values


@pytest.fixture(scope="module")
def ground(modules, values):
    return modules["ground"].strip(values, modules["ground"].stage_table(str(MODEL.parent)))


class Watched(dict):
    """A dictionary that remembers what was asked for."""

    def __init__(self, *args):
        super().__init__(*args)
        self.asked = set()

    def __getitem__(self, key):
        self.asked.add(key)
        return super().__getitem__(key)


def words(file):
    """Numbers as numbers, other words in lower case: how flopy writes a number may change, its value may not."""
    for word in file.read_text().split():
        try:
            yield float(word)
        except ValueError:
            yield word.lower()


def table(name):
    with (MODEL / "data" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_build_makes_the_files_that_stand_beside_it_from_every_value(modules, values, tmp_path):
    watched = Watched(values)
    modules["build"].build(tmp_path, watched)
    made, kept = ({f.name for f in folder.iterdir() if f.is_file()} for folder in (tmp_path, MODEL / "mf6"))
    assert made == kept
    for name in sorted(made):
        assert list(words(tmp_path / name)) == list(words(MODEL / "mf6" / name)), name
    assert watched.asked == set(values)
    assert sum(f.stat().st_size for f in MODEL.rglob("*") if f.is_file() and "results" not in f.parts) < 3_000_000


def test_every_value_says_source_and_status(values):
    for name, value in values.items():
        assert value.provenance.source, name
        assert value.provenance.status in ("published", "textbook", "assumed"), name


def test_what_drives_the_lake_is_the_balance_of_the_case_above(modules):
    made = modules["driving"].quarters()
    kept = [tuple(float(v) for v in row.values()) for row in table("driving.csv")]
    assert len(made) == len(kept) == 1 + 4 * 55
    np.testing.assert_allclose(np.array(made), np.array(kept), atol=2e-4)


def test_the_wet_part_of_the_strip_follows_the_stage_table(modules, values, ground):
    """At every stage to within the largest cell of the bed: 2 of up to 5,940 km2."""
    stages = modules["ground"].stage_table(str(MODEL.parent))
    share = values["strip_share"].to("-")
    largest = ground.area[ground.bed].max()
    for level in np.arange(331.5, 344.01, 0.1):
        wet = ground.area[ground.bed & (ground.land < level)].sum()
        expected = share * np.interp(level, stages.level, stages.area)
        assert wet == pytest.approx(expected, abs=1.5 * largest), level
    assert largest == 2e6
    assert ground.bed.sum() == read_lake_connections()


def read_lake_connections():
    text = (MODEL / "mf6" / "flow.lak").read_text().upper()
    return text.count("VERTICAL")


def test_the_delta_has_its_published_area_and_branches_reach_the_shore(values, ground):
    assert ground.area[ground.delta].sum() == pytest.approx(values["delta_area"].to("m2"), rel=0.1)
    assert np.all(ground.branch[ground.bed] == 0.0)
    assert ground.branch[ground.inland > 0.0].sum() > 5 * values["delta_length"].to("m")
    assert ground.area.size * 3 > 20_000


def test_lake_aquifer_and_salt_close_in_the_first_quarters(modules, values, tmp_path):
    """Six quarters; the whole run's levels and exchanges stand in data/yearly.csv."""
    modules["build"].build(tmp_path, values, periods=6)
    simulation = read(tmp_path)
    flow_model, = simulation.flow_models
    flow, transport = FlowSolver(flow_model), TransportSolver(list(simulation.transport_models))
    driving, ledger, exchange, shown = table("driving.csv"), Ledger(), 0.0, table("yearly.csv")
    for step in flow_model.time.steps():
        found = flow.advance(step)
        lake, = found.features
        moved = sum(np.abs(v).sum() for v in lake.terms.values()) + np.abs(lake.rate).sum()
        assert np.abs(lake.imbalance()).max() <= 1e-10 * moved
        through = sum(np.abs(p.rates).sum() for p in found.packages)
        assert np.abs(found.residual).sum() <= 1e-10 * through
        assert lake.stage[0] == pytest.approx(float(driving[step.period]["west_level_m"]), abs=0.03)
        solute, = transport.advance(found, step.end, step)
        ledger.merge(solute.ledger)
        assert solute.minimum >= 0.0
        for part in solute.features:
            assert part.ledger.closure() <= 1e-10
        if step.period == 0:
            steady = -lake.rate.sum() * 365.25 / 1e9
            assert steady == pytest.approx(float(table("ranges.csv")[0]["to_lake_km3_y"]), abs=2e-4)
        if 1 <= step.period <= 4:
            exchange -= lake.rate.sum() * step.length / 1e9
        if step.period == 4:
            assert lake.stage[0] == pytest.approx(float(shown[0]["level_m"]), abs=2e-3)
    assert ledger.closure() <= 1e-10
    assert exchange == pytest.approx(float(shown[0]["to_lake_km3"]), abs=2e-4)


def test_the_readme_says_what_the_run_gave():
    text = (MODEL / "README.md").read_text(encoding="utf-8")
    rows = [{k: float(v) for k, v in row.items()} for row in table("yearly.csv")]
    off = np.array([r["level_m"] - r["balance_level_m"] for r in rows])
    to_lake = np.array([r["to_lake_km3"] for r in rows])
    salt = np.array([r["salinity_g_l"] - r["balance_salinity_g_l"] for r in rows])
    assert f"RMSE {np.sqrt(np.mean(off**2)):.2f} m" in text
    assert f"{to_lake.mean():+.3f} km3/y" in text
    assert f"from {to_lake.min():+.3f} to {to_lake.max():+.3f}" in text
    assert f"{np.sqrt(np.mean(salt**2)):.2f} g/L" in text
    for row in table("ranges.csv"):
        assert f"| {row['change']} | {float(row['to_lake_km3_y']):+.3f} |" in text, row["change"]
