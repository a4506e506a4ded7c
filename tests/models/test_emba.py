"""The Emba-type pipeline leak: its files come from build.py and case.toml, and it behaves as its README says."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from gwsolver.case import read_case
from gwsolver.core.ledger import Ledger
from gwsolver.flow import FlowSolver
from gwsolver.modflow import read
from gwsolver.transport import TransportSolver

MODEL = Path(__file__).parents[2] / "models" / "emba_pipeline"
YEAR = 365.25


@pytest.fixture(scope="module")
def hand():
    spec = importlib.util.spec_from_file_location("emba_hand", MODEL / "hand.py")
    module = sys.modules["emba_hand"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def builder(hand):
    return hand.builder()


@pytest.fixture(scope="module")
def values():
    return read_case(MODEL).values


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


def test_build_makes_the_files_that_stand_beside_it_from_every_value(builder, values, tmp_path):
    watched = Watched(values)
    builder.build(tmp_path, 10.0, watched)
    made, kept = ({f.name for f in folder.iterdir() if f.is_file()} for folder in (tmp_path, MODEL / "mf6"))
    assert made == kept
    for name in sorted(made):
        assert list(words(tmp_path / name)) == list(words(MODEL / "mf6" / name)), name
    assert watched.asked == set(values)
    assert sum((MODEL / "mf6" / name).stat().st_size for name in kept) < 1_000_000


def test_the_cases_of_the_options_are_made_of_the_main_case(builder, tmp_path):
    builder.build_options(tmp_path)
    for name in builder.OPTIONS:
        made, kept = ((folder / name / "case.toml").read_text(encoding="utf-8") for folder in (tmp_path, MODEL))
        assert made == kept, name
        case = read_case(MODEL / name)
        assert case.simulation_folder.resolve() == MODEL / "mf6"
        main = read_case(MODEL)
        assert [s.name for s in case.info.species] == [s.name for s in main.info.species]
        assert case.content.degradation != main.content.degradation


def test_every_value_says_unit_source_and_status(values):
    for name, value in values.items():
        assert value.unit, name
        assert value.provenance.source, name
        assert value.provenance.status in ("published", "textbook", "assumed"), name


def test_places_of_the_case_are_the_places_of_the_model(builder, values):
    info = read_case(MODEL).info
    origin = np.array([values["origin_x"].to("m"), values["origin_y"].to("m")])
    names = {"PT well": "pt", "Village well": "village"}
    for receptor in info.receptors:
        place = (builder.WELLS | builder.MONITORING).get(names.get(receptor.name, receptor.name))
        if place is not None:
            assert np.array([receptor.x, receptor.y]) - origin == pytest.approx(place)
        if receptor.name in names:
            assert tuple(n - 1 for n in receptor.layers) == builder.SCREENS[names[receptor.name]]
    corners = np.array(info.sources[0].polygon) - origin
    west, east, south, north = builder.LENS
    assert corners.min(axis=0) == pytest.approx([west, south])
    assert corners.max(axis=0) == pytest.approx([east, north])


def test_alternatives_are_made_of_doing_nothing(builder, values, coarse):
    """Each changes what it says and no more; wells and walls stand where the README says."""
    case = read_case(MODEL)
    simulation = case.apply(read(coarse))
    info = case.resolve(simulation)
    assert case.scenarios.problems(simulation, info) == []
    made = {name: case.scenarios.apply(name, simulation, info) for name in case.scenarios.names}
    base = made["base"][0].flow_models[0]
    assert [p.name for p in base.packages] == ["rch", "riv", "ghb", "wel"]

    def pumped(name, year):
        flow = made[name][0].flow_models[0]
        step = flow.time.steps_of(3 * year)[0]
        return -sum(p.at(step).columns["rate"].sum() for p in flow.packages if p.kind == "wel")

    assert [pumped("base", y) for y in (4, 5, 14, 15)] == pytest.approx([50.0] * 4)
    assert [pumped("pump_and_treat", y) for y in (4, 5, 14, 15)] == pytest.approx([50.0, 250.0, 250.0, 50.0])
    pt = made["pump_and_treat"][0].flow_models[0].packages[-1]
    entries = pt.at(base.time.steps_of(15)[0])
    thickness = np.array(values["layer_thickness"].all_to("m")[:3])
    np.testing.assert_allclose(entries.columns["rate"], -200.0 * thickness / thickness.sum(), rtol=0.01)
    lattice = builder.Lattice.of(values, 20.0)
    row, column = lattice.cell(*builder.WELLS["pt"])
    assert entries.cells[0] == row * lattice.n_col + column
    # A wall of 0.8 m in cells of 20 m: its resistance is that of the wall, its length that of the line.
    k = made["wall"][0].flow_models[0].conductivity.k
    walled = np.flatnonzero(k < 1.0)
    assert np.unique(base.grid.layer[walled]).tolist() == [0, 1, 2, 3, 4]
    assert (20.0 / k[walled] * (base.grid.layer[walled] == 0)).sum() == pytest.approx(8000.0 * 6.5, rel=0.01)
    solutes = {m.name: m for m in made["reactive_wall"][0].transport_models}
    assert (solutes["benzene"].mobile.decay_rate > 0.0).sum() == walled.size
    assert not solutes["toluene"].mobile.decay_rate.any()


def test_floods_come_on_10_april_and_years_end_on_1_january(builder, values):
    (_, before), (name, flood), (_, after) = builder.seasons(values)
    assert name == "flood"
    assert before + flood + after == pytest.approx(YEAR)
    start = np.datetime64(builder.START)
    for year in range(40):
        begins = start + np.timedelta64(round(86400 * (year * YEAR)), "s")
        assert str(begins)[4:10] == "-01-01"
        # In leap years of the calendar a day earlier.
        assert str(begins + np.timedelta64(round(86400 * before), "s"))[5:10] in ("04-10", "04-09")


def test_numbers_by_hand(hand, values):
    """Of an aquifer of 375 m2/d with a gradient of 0.002, as the README prints them."""
    expected = {
        "transmissivity": 375.0, "flow through the lens": 5.33, "seepage velocity": 0.185,
        "retardation of benzene": 1.39, "water to the river": 4.44, "benzene to the river": 6.18,
        "capture width": 266.7, "capture width at the well": 133.3, "stagnation point": 42.4,
        "pumping for the plume": 60.0, "bank storage": 154.5, "intrusion": 30.7,
    }
    found = hand.by_hand(values)
    for name, number in expected.items():
        assert found[name] == pytest.approx(number, rel=3e-3), name


def test_steady_flow_agrees_with_the_numbers_by_hand(hand, values):
    """The flood in the mean stage leaves a gradient of 0.00185: 7 % less than by hand. Measured on 20 m cells."""
    by_hand, found = hand.by_hand(values), hand.steady_numbers(20.0, values)
    assert found["flow through the lens"] == pytest.approx(by_hand["flow through the lens"], rel=0.10)  # 4.89 of 5.33
    assert found["seepage velocity"] == pytest.approx(by_hand["seepage velocity"], rel=0.10)  # 0.173 of 0.185
    assert found["water to the river"] == pytest.approx(by_hand["water to the river"], rel=0.09)  # 4.7 of 4.4 years
    assert found["capture width"] == pytest.approx(by_hand["capture width"], rel=0.05)  # 268 of 267 m
    # The river's image well explains what widens the capture and moves the stagnation point.
    for name in ("the same beside the river", "and its stagnation point"):
        assert found[name] == pytest.approx(by_hand[name], rel=0.12), name


def test_the_flood_fills_the_bank_as_by_hand_less_what_stands_in_its_way(hand, values):
    """Natural outflow of 40 days (29 m2), the bed and the way down (9 m2 each), long steps (7 %) take from 154.5 m2."""
    by_hand, found = hand.by_hand(values), hand.flood_numbers(20.0, values)
    assert 0.6 * by_hand["bank storage"] < found["bank storage"] < 0.8 * by_hand["bank storage"]  # 105
    assert found["intrusion"] == pytest.approx(by_hand["intrusion"], rel=0.15)  # 28.3 of 30.7 m
    assert found["rise at the lens"] == pytest.approx(by_hand["rise at the lens"], rel=0.2)  # 0.91 of 1.10 m


def until_the_first_flood_ends(case, folder):
    """Return simulation, ledgers by species, last transport steps and reactions: 139 days of four flow steps."""
    simulation = case.apply(read(folder))
    species = list(simulation.transport_models)
    flow = FlowSolver(simulation.flow_models[0])
    transport = TransportSolver(species, chemistry=simulation.chemistry)
    ledgers, least = {m.name: Ledger() for m in species}, np.inf
    for step in simulation.flow_models[0].time.steps():
        if step.period == 2:
            break
        last = transport.advance(flow.advance(step), step.end, step)
        for model, solute in zip(species, last, strict=True):
            ledgers[model.name].merge(solute.ledger)
            least = min(least, solute.minimum)
    found = {m.name: solute for m, solute in zip(species, last, strict=True)}
    return simulation, ledgers, found, transport.reactions, least


@pytest.fixture(scope="module")
def coarse(builder, values, tmp_path_factory):
    folder = tmp_path_factory.mktemp("coarse")
    builder.build(folder, 20.0, values)
    return folder


@pytest.mark.parametrize("option", [".", "first_order", "oxygen", "all_acceptors"])
def test_leak_and_flood_on_the_coarse_grid_keep_mass_electrons_and_order(option, hand, values, coarse):
    simulation, ledgers, found, reactions, least = until_the_first_flood_ends(read_case(MODEL / option), coarse)
    assert least >= 0.0
    assert max(ledger.closure() for ledger in ledgers.values()) < 1e-10
    assert {"electrons", "carbon"} <= set(reactions.balances)
    assert max(reactions.balances.values()) < 1e-12
    grid = simulation.transport_models[0].grid
    for name, by_hand in hand.oil_by_hand(values).items():
        entered = sum(into for package, _, into, _ in ledgers[name].rows() if package == "lens")
        assert entered == pytest.approx(1e3 * by_hand["kg"], rel=1e-9), name
        # Water in the lens is saturated with what the oil still holds; the water and solids beside it took their part.
        most = found[name].concentration.max()
        assert 0.75 * by_hand["mg/L"] < most <= by_hand["mg/L"], name
    benzene, oxygen = found["benzene"].concentration, found["oxygen"].concentration
    assert oxygen[grid.x < 20.0].max() > 9.0  # the river's, in its bank
    assert benzene[grid.x < 200.0].max() < 0.01
    if option in ("oxygen", "all_acceptors"):
        assert np.minimum(benzene, oxygen).max() < 1e-9  # instantaneous: no donor beside oxygen
    if option == "first_order":
        # What sorbs more comes later: shares of the lens's concentration 20 m beyond it, in the order of Koc.
        beside = np.flatnonzero((grid.layer == 0) & (np.abs(grid.x - 250.0) < 1.0) & (np.abs(grid.y - 410.0) < 1.0))
        order = ("benzene", "toluene", "ethylbenzene", "xylenes", "naphthalene")
        part = [float(found[n].concentration[beside[0]] / found[n].concentration.max()) for n in order]
        assert np.all(np.diff(part) < 0.0)
        assert part[0] > 5.0 * part[-1]
