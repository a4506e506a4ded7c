"""The Kokzhide-type model: its files come from build.py and case.toml, and it behaves as its README says."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import erf

from gwsolver.case import read_case
from gwsolver.core.aquifer import Conductivity, Dispersion, MobileDomain
from gwsolver.core.dis import structured_grid
from gwsolver.core.ledger import Ledger
from gwsolver.core.simulation import Closure, FlowModel, TransportModel
from gwsolver.core.stress import ConstantStress, StressPackage, StressValues
from gwsolver.core.time import StressPeriod, TimeAxis
from gwsolver.flow import FlowSolver
from gwsolver.modflow import read
from gwsolver.transport import TransportSolver

MODEL = Path(__file__).parents[2] / "models" / "kokzhide"
YEAR = 365.25


def script(name):
    """Return one of the model's scripts as a module."""
    spec = importlib.util.spec_from_file_location(f"kokzhide_{name}", MODEL / f"{name}.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def builder():
    return script("build")


@pytest.fixture(scope="module")
def hand():
    return script("hand")


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
    builder.build(tmp_path, 50.0, watched)
    made, kept = ({f.name for f in folder.iterdir() if f.is_file()} for folder in (tmp_path, MODEL / "mf6"))
    assert made == kept
    for name in sorted(made):
        assert list(words(tmp_path / name)) == list(words(MODEL / "mf6" / name)), name
    assert watched.asked == set(values)
    assert sum((MODEL / "mf6" / name).stat().st_size for name in kept) < 3_000_000


def test_the_case_of_the_acceptors_is_made_of_the_main_case(builder, tmp_path):
    builder.build_options(tmp_path)
    main = read_case(MODEL)
    for name in builder.OPTIONS:
        made, kept = ((folder / name / "case.toml").read_text(encoding="utf-8") for folder in (tmp_path, MODEL))
        assert made == kept, name
        case = read_case(MODEL / name)
        assert case.simulation_folder.resolve() == MODEL / "mf6"
        assert {s.name for s in main.info.species} < {s.name for s in case.info.species}
        assert case.content.oil == main.content.oil


def test_every_value_says_unit_source_and_status(values):
    for name, value in values.items():
        assert value.unit, name
        assert value.provenance.source, name
        assert value.provenance.status in ("published", "textbook", "assumed"), name


def test_places_of_the_case_are_the_places_of_the_model(builder, hand, values):
    info = read_case(MODEL).info
    origin = np.array([values["origin_x"].to("m"), values["origin_y"].to("m")])
    lattice = builder.Lattice(50.0, 120, 200)
    for receptor in info.receptors:
        place = (builder.WELLS | builder.MONITORING).get(receptor.name.split()[0])
        if place is not None:
            assert lattice.cell(*place) == lattice.cell(*(np.array([receptor.x, receptor.y]) - origin))
    corners = np.array(info.sources[0].polygon) - origin
    west, east, south, north = hand.LAKE
    assert corners.min(axis=0) == pytest.approx([west, south])
    assert corners.max(axis=0) == pytest.approx([east, north])
    assert (0.5 * (west + east), 0.5 * (south + north)) == (5500.0, 4200.0)


def test_the_oil_is_removed_when_a_stress_period_ends(values):
    (body,) = read_case(MODEL).content.oil
    (removal,) = body.removal
    begin, end = np.datetime64("1975-01-01T12:00"), np.datetime64(removal.time.date)
    days = (end - begin) / np.timedelta64(1, "D")
    assert days == pytest.approx(values["source_end"].to("y") * YEAR, abs=0.51)
    assert removal.part.to("-") == 1.0


def test_numbers_by_hand_are_those_of_the_readme(hand):
    """612 t of oil with 612 kg of benzene; 14.9 m3/d take 74 g/d of it at 4.95 mg/L, half in 15.7 years."""
    case = read_case(MODEL)
    found, parts = hand.by_hand(case), hand.components(case)
    expected = {
        "oil, t": 612.0, "water into the lake's layer 1 from the side, m3/d": 10.8, "and as recharge, m3/d": 4.1,
        "benzene taken away, g/d": 74.0, "the same, kg/y": 27.0, "half-life of benzene in the oil, y": 15.7,
        "retarded benzene to 500 m, y": 20.0, "retarded benzene to 1000 m, y": 40.0,
        "retarded benzene to 1800 m, y": 72.0, "capture width of a well, m": 718.0, "stagnation point, m": 114.0,
        "capacity of the acceptors, mg/L BTEX": 6.8, "BTEX beside fresh oil, mg/L": 11.0,
        "plume to 0.01 mg/L of 4.95 mg/L, m": 461.0, "plume to 0.001 mg/L of 4.95 mg/L, m": 638.0,
    }
    for name, number in expected.items():
        assert found[name] == pytest.approx(number, rel=5e-3), name
    assert parts["benzene"].mass == pytest.approx(612.0, rel=1e-3)
    retardation = {"benzene": 1.17, "toluene": 1.53, "ethylbenzene": 2.06, "xylenes": 2.13, "naphthalene": 6.8}
    for name, number in retardation.items():
        assert parts[name].retardation == pytest.approx(number, abs=0.02), name
    assert parts["benzene"].effective == pytest.approx(4.95, abs=0.005)
    assert 4.8 <= found["depletion of oil, t/y"] <= 24.0


def carried(case, folder, until_period):
    """Carry a case on the files of a folder; return species, flows, ledgers, last steps and reactions."""
    simulation = case.apply(read(folder))
    (flow_model,), species = simulation.flow_models, simulation.transport_models
    flow, transport = FlowSolver(flow_model), TransportSolver(list(species), chemistry=simulation.chemistry)
    ledgers, flows, least = {m.name: Ledger() for m in species}, {}, np.inf
    for step in flow_model.time.steps():
        if until_period(step):
            break
        flows[step.period] = flow.advance(step)
        last = transport.advance(flows[step.period], step.end, step)
        for solute in last:
            ledgers[solute.species].merge(solute.ledger)
            least = min(least, solute.minimum)
    assert least >= 0.0
    assert max(ledger.closure() for ledger in ledgers.values()) < 1e-10
    return species, flows, ledgers, {solute.species: solute for solute in last}, transport.reactions


@pytest.fixture(scope="module")
def coarse(builder, values, tmp_path_factory):
    folder = tmp_path_factory.mktemp("coarse")
    builder.build(folder, 100.0, values)
    return folder


def test_thirty_years_on_the_coarse_grid_keep_water_mass_and_order(hand, values, coarse):
    """The 100 m grid from 1975 to 2005; one test, so that it is solved once whatever the number of workers."""
    case = read_case(MODEL)
    species, flows, ledgers, last, reactions = carried(case, coarse, lambda step: step.period == 2)
    by_name = {m.name: m for m in species}
    check_water(flows, values)
    check_oil(case, hand, ledgers, reactions)
    check_place(by_name["benzene"], last)
    check_decay(by_name["benzene"], flows[1], last["benzene"].concentration)


def check_water(flows, values):
    """Recharge is 8,214 m3/d, the east gives about as much, and all of it leaves."""
    recharge = values["recharge"].to("m/d") * values["length_x"].to("m") * values["length_y"].to("m")
    assert recharge == pytest.approx(8214.0, rel=1e-3)
    for period, pumped in ((0, 0.0), (1, -3000.0)):
        rates = {p.name: float(p.rates.sum()) for p in flows[period].packages}
        assert rates["rch"] == pytest.approx(recharge, rel=1e-6)
        assert rates.get("wel", 0.0) == pytest.approx(pumped)
        assert sum(rates.values()) == pytest.approx(0.0, abs=1e-6 * recharge)
    assert 7500.0 < sum(p.rates.sum() for p in flows[0].packages if p.name == "ghb") < 8500.0


def check_oil(case, hand, ledgers, reactions):
    """All of the oil came at once and was removed in 2005, less what depletion, water and decay took before."""
    for name, known in hand.components(case).items():
        booked = {(package, term): into - out for package, term, into, out in ledgers[name].rows()}
        assert booked["lake", "spilled"] == pytest.approx(1e3 * known.mass, rel=1e-9), name
        assert booked["storage", "in oil"] == pytest.approx(0.0, abs=1e-6), name  # gained and given again
        depleted, removed = (-booked["lake", term] / (1e3 * known.mass)
                             for term in ("source-zone depletion", "removal"))
        assert 0.05 < depleted < 0.235, name  # 24 % of what would be there all the time
        # By hand the water through the lake takes this; mixing over its edges and its own water take more.
        taken, by_hand = 1.0 - depleted - removed, 1.0 - 0.5 ** (30.0 / known.half_life)
        assert by_hand < taken < 4.0 * by_hand, name  # from 1.2 (benzene) to 3.1 times (naphthalene)
    bulk = next(a for a in reactions.accounts if a.name == "oil bulk")
    assert float(bulk.mass.sum()) == 0.0


def check_place(benzene, last):
    """The plume goes west from the lake (columns 55 and 56 of 100) and stays below the limit at the village.

    Beside the oil no component has more than its effective solubility; what sorbs more is less far.
    """
    plumes = {n: benzene.grid.to_nodes(s.concentration, 0.0).reshape(benzene.grid.shape) for n, s in last.items()}
    plume = plumes["benzene"]
    above = np.argwhere(plume > 0.01)
    assert above[:, 2].min() < 53
    assert above[:, 2].max() <= 57
    assert plume[:, 19:21, 45].max() < 0.01
    order = ("benzene", "ethylbenzene", "naphthalene")
    beside = [float(plumes[n][0, 17:19, 53].max() / plumes[n].max()) for n in order]
    assert np.all(np.diff(beside) < 0.0)


def check_decay(benzene, flow, plume):
    """More decay leaves less benzene in every cell, after two years from a plume on the model's own flow."""
    fields = []
    for factor in (0.5, 3.0):
        mobile = replace(benzene.mobile, decay_rate=factor * benzene.mobile.decay_rate,
                         decay_rate_sorbed=factor * benzene.mobile.decay_rate_sorbed)
        solver = TransportSolver([replace(benzene, mobile=mobile, initial_concentration=plume)])
        for step in benzene.time.steps_of(0)[:2]:
            last = solver.advance(replace(flow, start=step.start, end=step.end), step.end, step)[0]
        fields.append(last.concentration.copy())
    seen = fields[0] > 1e-9 * fields[0].max()
    # Decay is part of the pace of cells, so that both runs have local steps of their own: equal to 1e-4 of the peak.
    assert np.all(fields[0][seen] > fields[1][seen] - 1e-4 * fields[0].max())
    much = fields[0] > 1e-2 * fields[0].max()
    assert np.all(fields[0][much] > fields[1][much])
    assert fields[0].sum() > 1.05 * fields[1].sum()


def plume_length(decay, c0=4.95, limit=0.01):
    """Distance [m] at which a steady plume in uniform flow falls to the limit, solved on a grid.

    A patch 150 m wide and 3 m deep at the water table, held at c0; one half of it by symmetry.
    """
    dx, n_x, n_y, n_z = 25.0, 40, 10, 12
    grid = structured_grid(np.full(n_x, dx), np.full(n_y, dx), 0.0, -1.0 - np.arange(n_z), length_unit="metres")
    n = grid.n_cells
    one, zero = np.ones(n), np.zeros(n)
    gradient = 0.002
    time = TimeAxis((StressPeriod(25.0 * YEAR),), "days")
    column, row = grid.column % n_x, grid.column // n_x
    ends = np.flatnonzero((column == 0) | (column == n_x - 1))
    head = 100.0 - gradient * grid.x
    chd = StressPackage("chd", "chd", ConstantStress(StressValues(ends, {"head": head[ends]})))
    flow = FlowModel(
        "flow", time, grid, head, Conductivity(12.0 * one, 12.0 * one, 1.2 * one, np.zeros(n, np.int64), zero, zero,
                                               zero), packages=(chd,), closure=Closure(1e-9, 1e-6))
    inlet = np.flatnonzero(column == 0)
    patch = (row[inlet] >= n_y - 3) & (grid.layer[inlet] < 3)
    cnc = StressPackage("cnc", "cnc", ConstantStress(StressValues(inlet, {"concentration": np.where(patch, c0, 0.0)})))
    alh, ath1, vertical = 20.0 * one, 2.0 * one, 0.02 * one
    model = TransportModel(
        "benzene", time, grid, "flow", zero,
        MobileDomain(0.3 * one, 1.75e6 * one, 2.944e-8 * one, decay * one, decay * one),
        dispersion=Dispersion(alh, alh, ath1, vertical, vertical, zero), packages=(cnc,))
    step = next(iter(time.steps()))
    last = TransportSolver([model]).advance(FlowSolver(flow).advance(step), step.end, step)[0]
    axis = last.concentration[(row == n_y - 1) & (grid.layer == 0)]
    x = grid.x[(row == n_y - 1) & (grid.layer == 0)] - 0.5 * dx
    beyond = int(np.argmax(axis < limit))
    part = np.log(axis[beyond - 1] / limit) / np.log(axis[beyond - 1] / axis[beyond])
    return x[beyond - 1] + part * dx


def back_of_envelope(decay, c0=4.95, limit=0.01):
    """Distance at which C0 exp(x/2aL (1 - sqrt(1 + 4 lam R aL / v))) erf erf falls to the limit (Domenico 1987)."""
    x = np.linspace(1.0, 3000.0, 300_000)
    v, retardation = 12.0 * 0.002 / 0.3, 1.0 + 1.75e6 * 2.944e-8 / 0.3
    c = c0 * np.exp(x / 40.0 * (1.0 - np.sqrt(1.0 + 4.0 * decay * retardation * 20.0 / v)))
    c *= erf(150.0 / (4.0 * np.sqrt(2.0 * x))) * erf(3.0 / (2.0 * np.sqrt(0.02 * x)))
    return float(x[np.argmax(c < limit)])


def test_plume_length_in_uniform_flow_agrees_with_the_back_of_an_envelope():
    lengths = {decay: plume_length(decay) for decay in (0.001, 0.003)}
    assert back_of_envelope(0.001) == pytest.approx(461.0, abs=1.0)
    assert back_of_envelope(0.003) == pytest.approx(208.0, abs=1.0)
    for decay, length in lengths.items():
        assert length == pytest.approx(back_of_envelope(decay), rel=0.10), decay
    assert lengths[0.003] < lengths[0.001]


def test_acceptors_and_donors_are_not_in_one_place(hand, coarse):
    """Ten years on the 100 m grid, reacting at once: electrons close, the sand's water is too poor to keep benzene."""
    _, _, ledgers, last, reactions = carried(
        read_case(MODEL / "acceptors"), coarse, lambda step: step.end > 10.1 * YEAR)
    assert {"electrons", "carbon"} <= set(reactions.balances)
    assert max(reactions.balances.values()) < 1e-12
    found = {name: solute.concentration for name, solute in last.items()}
    for acceptor, background in hand.ACCEPTORS.items():
        assert np.minimum(found["benzene"], found[acceptor]).max() < 1e-9, acceptor
        # Mixed terms of dispersion lift it a little beside the plume's edge: oxygen 0.2 %.
        assert background * (1.0 - 1e-6) <= found[acceptor].max() < 1.01 * background, acceptor
    assert 0.0 < found["methane"].max() <= 1.0 + 1e-6
    assert 0.0 < found["iron2"].max() <= 5.0 + 1e-6
    assert sum(out for package, _, _, out in ledgers["benzene"].rows() if package == "degradation") > 0.0
