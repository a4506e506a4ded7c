"""Scenarios of case.toml: what each kind of change makes of a simulation, and what is refused."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import gwsolver as gw
from gwsolver.case.changes.barrier import filled
from gwsolver.case.changes.entries import Changed, Choice, Moved, Pumped
from gwsolver.case.changes.registry import kinds
from gwsolver.case.changes.screens import screen
from gwsolver.case.changes.site import Window
from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError
from gwsolver.core.outline import plan_shares
from gwsolver.core.regions import plan_crossed, plan_inside
from gwsolver.core.stress import ConstantStress, StressValues
from gwsolver.core.time import TimeStep
from gwsolver.run.load import load_scenarios
from tests.alternatives import HEAD, YEAR, build, place, rates


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return build(tmp_path_factory.mktemp("site") / "small")


def scenario(site, text):
    """Load the site with one scenario called "s"."""
    (site / "case.toml").write_text(HEAD + '[[scenario]]\nname = "s"\n' + text, encoding="utf-8")
    return gw.load(site, scenario="s")


def problems(site, text):
    (site / "case.toml").write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        gw.load(site)
    return caught.value.problems


# ---- wells


def test_a_well_pumps_half_from_a_date_on(site):
    changed = scenario(site, '[[scenario.well]]\nname = "PW1"\nfactor = 0.5\nfrom = 2008-01-01\n').simulation
    assert rates(changed, "wel", 1, 0) == {"pw1": -10.0, "pw2": -5.0}
    assert rates(changed, "wel", 1, 4) == {"pw1": -5.0, "pw2": -5.0}
    assert not changed.warnings


def test_a_new_rate_is_shared_as_the_old_one_was(site):
    changed = scenario(site, '[[scenario.well]]\nname = "pw1"\npumping_rate = "1 L/s"\n').simulation
    package = next(p for p in changed.flow_models[0].packages if p.name == "wel")
    values = package.at(changed.flow_models[0].time.steps_of(1)[0])
    np.testing.assert_allclose(values.columns["rate"], [-86.4 * 0.4, -86.4 * 0.6, -5.0], rtol=1e-14)


def test_a_well_is_switched_off_and_its_entries_go(site):
    changed = scenario(site, '[[scenario.well]]\nname = "pw2"\noff = true\nfrom = "6 y"\n').simulation
    assert rates(changed, "wel", 1, 1) == {"pw1": -10.0, "pw2": -5.0}
    assert rates(changed, "wel", 1, 2) == {"pw1": -10.0}


def test_a_change_inside_a_step_keeps_the_volume_and_warns(site):
    changed = scenario(site, f'[[scenario.well]]\nname = "pw1"\noff = true\nfrom = {5.25 * YEAR}\n').simulation
    assert rates(changed, "wel", 1, 0)["pw1"] == -10.0
    assert rates(changed, "wel", 1, 1)["pw1"] == pytest.approx(-2.5, rel=1e-12)
    assert rates(changed, "wel", 1, 2)["pw1"] == 0.0
    assert "the mean over the step is taken" in changed.warnings[0]


def test_a_new_well_shares_its_rate_by_transmissivity(site):
    x, y = place(8, 4)
    changed = scenario(site, f"""[[scenario.new_well]]
name = "PT1"
x = {x}
y = {y}
layers = [1, 2]
pumping_rate = "30 m3/d"
from = 2004-01-01
until = 2006-01-01
""").simulation
    model = changed.flow_models[0]
    package = model.packages[-1]
    assert (package.name, package.kind) == ("pt1", "wel")
    values = package.at(model.time.steps_of(1)[0])
    np.testing.assert_allclose(values.columns["rate"], [-30.0 * 0.4, -30.0 * 0.6], rtol=1e-14)  # 4 m and 6 m, one K
    np.testing.assert_array_equal(values.cells, [4 * 20 + 8, 180 + 4 * 20 + 8])
    assert package.at(model.time.steps_of(0)[0]).cells.size == 0
    assert package.at(model.time.steps_of(1)[2]).cells.size == 0


@pytest.mark.parametrize(("cell_type", "head", "parts"), [
    (1, 7.0, (1.0, 6.0)),  # 1 m of water in the upper 4 m
    (1, 5.0, (0.0, 5.0)),
    (1, -1.0, (4.0, 6.0)),  # nothing wet at the start
    (0, 7.0, (4.0, 6.0)),  # a confined cell is taken as full
])
def test_what_is_dry_at_the_start_gives_a_new_well_nothing(site, cell_type, head, parts):
    model = gw.load(site).simulation.flow_models[0]
    rock = replace(model.conductivity, cell_type=np.full(model.grid.n_cells, cell_type))
    x, y = place(8, 4)
    _, found = screen(replace(model, conductivity=rock, initial_head=np.full(model.grid.n_cells, head)), x, y, [1, 2])
    np.testing.assert_allclose(found, np.array(parts) / sum(parts), rtol=1e-14)


def test_a_well_is_moved_with_its_rate_and_its_receptor(site):
    x, y = place(18, 1)
    text = f'[[scenario.move_well]]\nname = "pw1"\nx = {x}\ny = {y}\nlayers = [2]\nreceptor = "village"\n'
    loaded = scenario(site, text)
    model = loaded.simulation.flow_models[0]
    package = next(p for p in model.packages if p.name == "wel")
    values = package.at(model.time.steps_of(1)[0])
    assert rates(loaded.simulation, "wel", 1) == {"pw1": -10.0, "pw2": -5.0}
    assert values.cells[[n == "pw1" for n in values.boundnames]].tolist() == [180 + 20 + 18]
    moved = next(r for r in loaded.info.receptors if r.name == "Village")
    assert (moved.x, moved.y, moved.layers) == (x, y, (2,))


# ---- sources


def test_a_source_ends_where_its_area_lies(site):
    changed = scenario(site, '[[scenario.source]]\nname = "Pit"\noff = true\nfrom = 2002-01-01\n').simulation
    model = changed.transport_models[0]
    given = [model.packages[0].at(s).columns["mass_rate"].sum() for s in model.time.steps()]
    assert given == [18.0] * 2 + [0.0] * 10


def test_a_source_by_its_boundname_gets_another_rate_for_all_its_cells(site):
    changed = scenario(site, '[[scenario.source]]\nname = "PIT"\nspecies = "tracer"\nmass_rate = "9 g/d"\n').simulation
    package = changed.transport_models[0].packages[0]
    np.testing.assert_allclose(package.at(changed.transport_models[0].time.steps_of(0)[0]).columns["mass_rate"], [6, 3])


# ---- barriers and species


def test_a_thin_wall_keeps_its_resistance_whatever_the_cells_and_its_direction():
    """The water of a row crosses w / cos(angle) of wall: the sum of w l / area over a row's cells times the spacing."""
    for spacing in (10.0, 25.0, 50.0):
        n = int(400 / spacing)
        grid = structured_grid([spacing] * n, [spacing] * n, 1.0, [0.0])
        for x in (200.0, 203.0):
            cells, part = filled(grid, [], [(x, -10.0), (x, 410.0)], 2.0, [])
            assert cells.size == n
            np.testing.assert_allclose(part * spacing, 2.0, rtol=1e-6)
        cells, part = filled(grid, [], [(-10.0, -10.0), (410.0, 410.0)], 2.0, [])
        rows = np.bincount(cells // n, weights=part, minlength=n) * spacing
        np.testing.assert_allclose(rows, 2.0 * np.sqrt(2.0), rtol=1e-4)


def test_a_wide_wall_fills_its_cells():
    grid = structured_grid([10.0] * 20, [10.0] * 20, 1.0, [0.0])
    cells, part = filled(grid, [], [(95.0, -5.0), (95.0, 205.0)], 30.0, [])
    assert sorted({int(c) % 20 for c in cells}) == [8, 9, 10]
    assert part.tolist() == [1.0] * cells.size


def test_a_wall_is_in_series_with_the_aquifer_and_decay_is_a_mean(site):
    x, _ = place(6, 0)
    changed = scenario(site, f"""[[scenario.barrier]]
line = [[{x}, 5400000], [{x}, 5400225]]
width = "1 m"
layers = [2]
hydraulic_conductivity = "1e-4 m/d"
decay = "0.5 1/d"
""").simulation
    k = changed.flow_models[0].conductivity.k.reshape(2, 9, 20)
    assert (k[0] == 10.0).all()
    np.testing.assert_allclose(k[1, :, 6], 25.0 / (1.0 / 1e-4 + 24.0 / 10.0), rtol=1e-6)
    assert (np.delete(k[1], 6, axis=1) == 10.0).all()
    decay = changed.transport_models[0].mobile.decay_rate.reshape(2, 9, 20)
    np.testing.assert_allclose(decay[1, :, 6], 0.5 / 25.0, rtol=1e-6)
    assert decay.sum() == pytest.approx(9 * 0.5 / 25.0, rel=1e-6)


def test_a_species_gets_other_values(site):
    changed = scenario(site, '[[scenario.species]]\nname = "tracer"\ndecay = "1 1/y"\nkoc = "100 L/kg"\nfoc = 0.001\n'
                       'bulk_density = "1700 kg/m3"\n').simulation
    mobile = changed.transport_models[0].mobile
    assert mobile.decay_rate[0] == pytest.approx(1.0 / YEAR)
    assert mobile.distribution_coefficient[0] == pytest.approx(1e-7)  # 0.1 L/kg in m3/g


def test_outlines_take_cells_by_centre_or_by_touch():
    grid = structured_grid([10.0] * 4, [10.0] * 4, 1.0, [0.0])
    box = [(12.0, 12.0), (26.0, 12.0), (26.0, 26.0), (12.0, 26.0)]
    assert plan_inside(grid, box).tolist() == [5, 6, 9, 10]
    assert plan_shares(grid, [(11.0, 11.0), (13.0, 11.0), (13.0, 13.0), (11.0, 13.0)])[0].tolist() == [9]
    assert plan_shares(grid, [(10.0, 10.0), (30.0, 10.0), (30.0, 20.0), (10.0, 20.0)])[0].tolist() == [9, 10]  # edges
    cells, length = plan_crossed(grid, [(0.0, 5.0), (40.0, 5.0)])
    assert cells.tolist() == [12, 13, 14, 15]
    np.testing.assert_allclose(length, 10.0, rtol=1e-5)


# ---- what the sources of entries give


def entries(*values):
    return ConstantStress(StressValues(np.arange(len(values)), {"rate": np.array(values)}, {}, ("a", "b", "b")))


def test_means_over_a_step_keep_what_is_pumped():
    """Over [0, 4] in steps of any length, a change at 1.3 gives 1.3 old + 2.7 new."""
    for edges in ([0.0, 4.0], [0.0, 1.0, 2.0, 4.0], [0.0, 1.3, 4.0]):
        steps = [TimeStep(0, i, a, b) for i, (a, b) in enumerate(pairwise(edges))]
        for source, new in (
            (Changed(entries(-1.0, -2.0, -3.0), Choice("b"), Window(1.3, 4.0), "rate", factor=0.1), -1.5),
            (Changed(entries(-1.0, -2.0, -3.0), Choice("b"), Window(1.3, 4.0), "rate", value=-8.0, shared=True), -9.0),
            (Moved(entries(-1.0, -2.0, -3.0), Choice("b"), Window(1.3, 4.0), np.array([7, 8]), np.array([0.5, 0.5])),
             -6.0),
        ):
            pumped = sum(source(s).columns["rate"].sum() * s.length for s in steps)
            assert pumped == pytest.approx(1.3 * -6.0 + 2.7 * new, rel=1e-12)
        new_well = Pumped("n", np.array([1]), np.array([-5.0]), Window(1.3, 4.0))
        assert sum(new_well(s).columns["rate"].sum() * s.length for s in steps) == pytest.approx(-5.0 * 2.7, rel=1e-12)


# ---- what is refused

BAD = [
    ('[[scenario.well]]\nname = "pw3"\noff = true\n', "there is no well 'pw3'", "Did you mean 'pw2'?"),
    ('[[scenario.well]]\nname = "pw1"\n', "nothing is changed: give one of factor, pumping_rate, off", ""),
    ('[[scenario.well]]\nname = "pw1"\nfactor = 2\noff = true\n', "factor, off exclude each other", ""),
    ('[[scenario.well]]\nname = "pw1"\nfactor = -1\n', "-1 is outside [0, inf)", ""),
    ('[[scenario.well]]\nname = "pw1"\noff = true\nuntil = 2003-01-01\n', "does not pump then", "new_well"),
    ('[[scenario.well]]\nname = "pw1"\noff = true\nfrom = 2030-01-01\n', "is outside the simulation", ""),
    ('[[scenario.well]]\nname = "pw1"\noff = true\nfrom = "soon"\n', "'soon' is no moment", ""),
    ('[[scenario.well]]\nname = "pw1"\noff = true\nfrom = 2008-01-01\nuntil = 2006-01-01\n',
     "the change ends before it begins", ""),
    ('[[scenario.well]]\nname = "pw1"\npumping_rate = "3 m/d"\n', "unit 'm/d' does not fit", ""),
    ('[[scenario.well]]\nname = "pw1"\npumping = 3\n', "unknown key 'pumping'", "Did you mean 'pumping_rate'?"),
    ('[[scenario.move_well]]\nname = "pw1"\nx = 1\ny = 2\nlayers = [1]\n', "no active cell at x = 1, y = 2",
     "The model covers"),
    ('[[scenario.move_well]]\nname = "pw1"\nx = 500012\ny = 5400012\nlayers = [3]\nreceptor = "Vilage"\n',
     "there is no receptor 'Vilage'", "Did you mean 'Village'?"),
    ('[[scenario.new_well]]\nname = "pw1"\nx = 500012\ny = 5400012\npumping_rate = 1\n',
     "there is a well or package 'pw1' already", ""),
    ('[[scenario.new_well]]\nname = "n"\nx = 500012\ny = 5400012\nlayers = [4]\npumping_rate = 1\n',
     "in layer 4", "Active there: 1, 2."),
    ('[[scenario.source]]\nname = "Pitt"\noff = true\n', "there is no source 'Pitt'", "Did you mean 'Pit'?"),
    ('[[scenario.source]]\nname = "Pit"\nspecies = "benzene"\noff = true\n', "there is no species 'benzene'", ""),
    ('[[scenario.source]]\nname = "Pit"\nconcentration = "1 mg/L"\n', "gives a mass rate, not a concentration", ""),
    ('[[scenario.species]]\nname = "tracr"\ndecay = 1\n', "there is no species 'tracr'", "Did you mean 'tracer'?"),
    ('[[scenario.species]]\nname = "tracer"\nkoc = "1 L/kg"\nfoc = 0.1\n', "sorption needs bulk_density", ""),
    ('[[scenario.species]]\nname = "tracer"\nkoc = "1 L/kg"\nfoc = 0.1\n', "foc = 0.1 is outside [0, 0.05]", "0.05 %"),
    ('[[scenario.species]]\nname = "tracer"\n', "nothing is changed", ""),
    ('[[scenario.barrier]]\ndecay = "1 1/d"\n', "a barrier needs a polygon, or a line with a width", ""),
    ('[[scenario.barrier]]\nline = [[1, 2], [3, 4]]\nwidth = 1\nhydraulic_conductivity = 1\n',
     "no active cell lies in the barrier", ""),
    ('[[scenario.barrier]]\nline = [[500100, 5400000], [500100, 5400200]]\nwidth = 1\nhydraulic_conductivity = 0\n',
     "hydraulic_conductivity = 0 is outside (0, inf)", ""),
    ("", "scenario 's' changes nothing", "KIND"),
]


@pytest.mark.parametrize(("text", "what", "hint"), BAD, ids=[b[1][:40] for b in BAD])
def test_bad_scenarios_are_refused_with_a_line(site, text, what, hint):
    found = problems(site, '[[scenario]]\nname = "s"\n' + text)
    match = [p for p in found if what in str(p)]
    assert match, "\n".join(map(str, found))
    assert hint in match[0].hint or hint in str(match[0])
    assert match[0].line is not None
    assert match[0].line > HEAD.count("\n")


def test_all_problems_of_all_scenarios_come_at_once_with_their_lines(site):
    text = """[[scenario]]
name = "one"
[[scenario.well]]
name = "pw9"
off = true
[[scenario]]
name = "two"
[[scenario.well]]
name = "pw1"
off = true
[[scenario.well]]
name = "pw2"
from = 2030-01-01
off = true
"""
    found = problems(site, text)
    start = HEAD.count("\n")
    assert [p.line - start for p in found] == [4, 13]
    assert "scenario 'two', [[scenario.well]] number 2" in str(found[1])


@pytest.mark.parametrize(("text", "what"), [
    ('[[scenario]]\nname = "a b"\n', "cannot be the name of a folder"),
    ('[[scenario]]\nname = "base"\n[[scenario.well]]\nname = "pw1"\noff = true\n', "it cannot change anything"),
    ('[[scenario]]\nname = "s"\n' * 2, "name 's' stands twice"),
    ('[[scenario]]\nname = "s"\n[[scenario.wells]]\nname = "pw1"\n', "unknown key 'wells'"),
])
def test_tables_that_cannot_be(site, text, what):
    assert any(what in str(p) for p in problems(site, text))


def test_a_scenario_that_is_not_there_is_refused(site):
    dig = '[[scenario]]\nname = "dig"\n[[scenario.source]]\nname = "Pit"\noff = true\n'
    (site / "case.toml").write_text(HEAD + dig)
    with pytest.raises(InputError, match="there is no scenario 'digg'"):
        gw.load(site, scenario="digg")
    with pytest.raises(InputError, match="Did you mean 'dig'"):
        load_scenarios(site, only=["digg"])
    assert list(load_scenarios(site)) == ["base", "dig"]


def test_the_title_names_case_and_scenario_and_values_keep_their_source(site):
    loaded = scenario(site, 'title = { en = "Half", ru = "Половина" }\n[[scenario.well]]\nname = "pw1"\n'
                      'pumping_rate = { value = "5 m3/d", source = "Permit", status = "published" }\n')
    assert loaded.info.titles == {"en": "Small site: Half", "ru": "Small site: Половина"}
    assert loaded.info.scenario == "s"
    assert loaded.info.values["scenario.s.well.pw1.pumping_rate"].source == "Permit"


def test_every_kind_of_change_is_documented_in_its_file():
    for kind in kinds().values():
        assert kind.title
        assert kind.table.__doc__
        assert kind.check.__doc__
        assert kind.apply.__doc__
