"""The Kokzhide-type model: its files come from build.py and case.toml, and it behaves as its README says."""

import importlib.util
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


@pytest.fixture(scope="module")
def builder():
    spec = importlib.util.spec_from_file_location("kokzhide_build", MODEL / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


def test_every_value_says_unit_source_and_status(values):
    for name, value in values.items():
        assert value.unit, name
        assert value.provenance.source, name
        assert value.provenance.status in ("published", "textbook", "assumed"), name


def test_places_of_the_case_are_the_places_of_the_model(builder, values):
    info = read_case(MODEL).info
    origin = np.array([values["origin_x"].to("m"), values["origin_y"].to("m")])
    lattice = builder.Lattice(50.0, 120, 200)
    for receptor in info.receptors:
        place = (builder.WELLS | builder.MONITORING).get(receptor.name.split()[0])
        if place is not None:
            assert lattice.cell(*place) == lattice.cell(*(np.array([receptor.x, receptor.y]) - origin))
    corners = np.array(info.sources[0].polygon) - origin
    west, east, south, north = builder.LAKE
    assert corners.min(axis=0) == pytest.approx([west, south])
    assert corners.max(axis=0) == pytest.approx([east, north])
    assert sum(share for _, _, share in lattice.shares(builder.LAKE)) == pytest.approx(1.0)


def test_the_oil_holds_what_the_source_gives_for_ever(builder, values):
    """612 kg of benzene leave at 74 g/d, halving every 15.7 years: oil mass times 0.10 %."""
    time, rate = np.array(builder.source_series(values)).T
    given = float(np.sum(0.5 * (rate[1:] + rate[:-1]) * np.diff(time)))
    decline = np.log(rate[0] / rate[-1]) / (time[-1] - time[0])
    assert rate[0] == pytest.approx(74.0, abs=0.5)
    assert np.log(2.0) / decline / YEAR == pytest.approx(15.7, abs=0.1)
    assert given + rate[-1] / decline == pytest.approx(612e3, rel=1e-3)


def test_thirty_years_on_the_coarse_grid_keep_water_mass_and_order(builder, values, tmp_path):
    """The 100 m grid from 1975 to 2005; one test, so that it is solved once whatever the number of workers."""
    builder.build(tmp_path, 100.0, values)
    simulation = read(tmp_path)
    (flow_model,), (benzene,) = simulation.flow_models, simulation.transport_models
    flow, transport = FlowSolver(flow_model), TransportSolver([benzene])
    ledger, flows = Ledger(), {}
    for step in flow_model.time.steps():
        if step.period == 2:
            break
        flows[step.period] = flow.advance(step)
        last = transport.advance(flows[step.period], step.end, step)[0]
        ledger.merge(last.ledger)
    check_water(flows, values)
    check_mass(ledger, last, builder, values)
    check_place(benzene, last)
    check_decay(benzene, flows[0])


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


def check_mass(ledger, last, builder, values):
    """What entered is the integral of the source, and it is all accounted for."""
    assert ledger.closure() < 1e-10
    assert last.minimum >= 0.0
    time, rate = np.array(builder.source_series(values)).T
    given = float((0.5 * (rate[1:] + rate[:-1]) * np.diff(time)).sum())
    entered = sum(into for package, _, into, _ in ledger.rows() if package == "src")
    assert entered == pytest.approx(given, rel=1e-5)


def check_place(benzene, last):
    """The plume goes west from the lake (columns 55 and 56 of 100) and stays below the limit at the village."""
    plume = benzene.grid.to_nodes(last.concentration, 0.0).reshape(benzene.grid.shape)
    above = np.argwhere(plume > 0.01)
    assert above[:, 2].min() < 53
    assert above[:, 2].max() <= 57
    assert plume[:, 19:21, 45].max() < 0.01


def check_decay(benzene, flow):
    """More decay leaves less benzene in every cell, after a year on the model's own flow."""
    fields = []
    for factor in (0.5, 3.0):
        mobile = replace(benzene.mobile, decay_rate=factor * benzene.mobile.decay_rate,
                         decay_rate_sorbed=factor * benzene.mobile.decay_rate_sorbed)
        solver = TransportSolver([replace(benzene, mobile=mobile)])
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
