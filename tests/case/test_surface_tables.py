"""[surface] of case.toml: units and series turned right, and every slip told with its line, all at once."""

import json
from datetime import date

import numpy as np
import pytest

from gwsolver.case import read_case
from gwsolver.core.calendar import CalendarStep
from gwsolver.core.case import CaseInfo, ObservedLevel, WantedLevel
from gwsolver.core.errors import InputError

HEAD = """\
[case]
title = "x"

[surface]
start = 2001-01-01
end = 2003-01-01
"""
LAKE = """
[[surface.lake]]
name = "lake"
table = { levels = [0, 50], areas = [0, 10], unit = "km2" }
initial = "20 m"
"""
RIVER = """
[[surface.inflow]]
name = "river"
to = "lake"
"""


def case(folder, text):
    (folder / "case.toml").write_text(HEAD + text, encoding="utf-8")
    return read_case(folder)


def settings(folder, text):
    return {s.name: s for s in case(folder, text).surface.settings}


def problems(folder, text):
    with pytest.raises(InputError) as error:
        assert case(folder, text).surface is None  # never reached
    return [str(p) for p in error.value.problems]


def month(number, year=2001):
    return CalendarStep(0, date(year, number, 1), date(year + number // 12, number % 12 + 1, 1))


def test_units_become_metres_days_and_kilograms(tmp_path):
    found = settings(tmp_path, LAKE + 'rain = "365.25 mm/y"\nsink = "0.01 1/y"\nsalt_slows = "0.0005 L/g"\n'
                     + RIVER + 'flow = "1 m3/s"\nsalinity = "0.4 g/L"\n')
    assert found["river"].flow.over(month(1)) == pytest.approx(86400.0)
    assert found["river"].salinity.over(month(1)) == pytest.approx(0.4)
    assert found["lake"].rain.over(month(1)) == pytest.approx(1e-3)
    assert found["lake"].sink == pytest.approx(0.01 / 365.25)
    assert found["lake"].salt_slows == pytest.approx(5e-4)
    assert found["lake"].table.area[-1] == 1e7


def test_months_are_rates_or_totals(tmp_path):
    values = ", ".join(str(i) for i in range(1, 13))
    more = 'unit = "m3/s", factor = 2.0, plus = 1.0'
    rates = settings(tmp_path, LAKE + RIVER + f"flow = {{ months = [{values}], {more} }}")
    assert rates["river"].flow.over(month(3)) == pytest.approx(7 * 86400.0)
    totals = settings(tmp_path, LAKE + RIVER + f'flow = {{ months = [{values}], unit = "km3/month" }}')
    assert totals["river"].flow.over(month(2)) * 28 == pytest.approx(2e9)
    assert totals["river"].flow.over(month(2, 2004)) * 29 == pytest.approx(2e9)


def test_years_of_a_file_with_the_shape_of_months(tmp_path):
    (tmp_path / "flow.csv").write_text("year,node,value\n2001,a,10\n2002,b,12\n2001-2002,a,11\n2001,c,99\n")
    shape = [0.05] * 6 + [0.1, 0.1, 0.1, 0.1, 0.15, 0.15]
    found = settings(tmp_path, LAKE + RIVER + 'flow = { file = "flow.csv", where = { node = ["a", "b"] }, '
                     f'unit = "km3/y", months = {shape} }}')
    flow = found["river"].flow
    assert flow.over(month(1)) * 31 == pytest.approx(0.5e9)
    assert flow.over(month(12, 2002)) * 31 == pytest.approx(1.8e9)
    year = sum(flow.over(month(i)) * month(i).days for i in range(1, 13))
    assert year == pytest.approx(10e9)


def test_everything_that_is_wrong_comes_at_once_with_its_line(tmp_path):
    (tmp_path / "short.csv").write_text("year,value\n2001,1\n")
    (tmp_path / "holes.csv").write_text("year,value\n2001,1\n2003,1\n")
    found = problems(tmp_path, """
[[surface.lake]]
name = "lake"
table = { levels = [0, 50], areas = [10, 0], unit = "km2" }
initial = "20 m"

[[surface.inflow]]
name = "a"
to = "lake"
flow = { file = "short.csv", unit = "km3/y" }

[[surface.inflow]]
name = "b"
to = "lake"
flow = { file = "holes.csv", unit = "km3/y" }

[[surface.inflow]]
name = "c"
to = "lake"
flow = { file = "nowhere.csv", unit = "km3/y" }
salinity = { months = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], unit = "mm" }
""")
    text = "\n".join(found)
    assert "line 10: the area falls from 1e+07 m2 at 0 m to 0 m2 at 50 m" in text
    assert "line 21: holes.csv lacks years: 2002" in text
    assert "line 26: there is no file 'nowhere.csv'" in text
    assert "line 27: salinity: unit 'mm' does not fit; a unit like 'kg/m3' is needed" in text
    assert found.index(next(p for p in found if "holes" in p)) < found.index(next(p for p in found if "nowhere" in p))


@pytest.mark.parametrize(("text", "words"), [
    (LAKE + RIVER + 'flow = { file = "short.csv", unit = "km3/y" }',
     "a series covers 2001-01-01 to 2002-01-01, the run needs 2002-12-01 to 2003-01-01"),
    (LAKE + RIVER + 'flow = { file = "short.csv", column = "flow", unit = "km3/y" }', "short.csv has no column 'flow'"),
    (LAKE + RIVER + 'flow = { months = [1, 2], unit = "m3/s" }', "at least 12 items"),
    (LAKE + RIVER + 'flow = { months = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] }', "flow needs a unit"),
    (LAKE + RIVER + 'flow = "-1 m3/s"', r"-1 is outside [0, inf)"),
    (LAKE + RIVER + 'flow = { months = [1, 1, -2, 1, 1, 1, 1, 1, 1, 1, 1, 1], unit = "m3/s" }',
     "flow: months = -2 is outside [0, inf)"),
    (LAKE + RIVER + 'flow = { file = "below.csv", unit = "km3/y" }', "yearly values = 2002: -3 is outside [0, inf)"),
    (LAKE + RIVER + 'flow = { file = "short.csv", unit = "km3/y", months = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] }',
     "months beside a file are shares of the year: their sum = 12"),
    (LAKE + RIVER + 'flow = "1 m3/s"\nsallinity = "1 g/L"', "Did you mean 'salinity'?"),
    (LAKE + RIVER.replace('"lake"', '"lakke"') + 'flow = "1 m3/s"', "names 'lakke', which is no node"),
    (LAKE.replace("20 m", "60 m"), "initial level = 60 m is outside [0, 50]"),
    (LAKE.replace("levels = [0, 50], ", ""), "a stage table is a file, or levels and areas"),
    ("", "a network needs nodes"),
])
def test_one_slip_one_message(tmp_path, text, words):
    (tmp_path / "short.csv").write_text("year,value\n2001,1\n")
    (tmp_path / "below.csv").write_text("year,value\n2001,1\n2002,-3\n")
    [told] = problems(tmp_path, text)
    assert words in told
    assert "case.toml" in told and "line" in told


def test_the_end_lies_after_the_start(tmp_path):
    (tmp_path / "case.toml").write_text(HEAD.replace("2003", "2001") + LAKE)
    with pytest.raises(InputError, match="the end of the run is not after its start"):
        assert read_case(tmp_path).surface is None


def test_ice_months_and_defaults(tmp_path):
    ice = f"ice = {{ temperature = {[-10.0] * 12}, cover = {[0.5] * 12} }}\n"
    lake = settings(tmp_path, LAKE + ice)["lake"]
    assert lake.ice.cover.over(month(1)) == 0.5
    assert not lake.ice.cuts
    assert lake.saturation == 300.0
    assert lake.ice.thickness(np.zeros(1), month(1))[0] == pytest.approx(0.025 * np.sqrt(310.0))


UNCERTAIN = """
[[surface.uncertain]]
name = "evaporation"
on = ["lake.evaporation"]
range = [0.9, 1.1]

[[surface.uncertain]]
name = "river"
on = ["river.flow", "lake.withdrawal"]
acts = "plus"
range = { value = [-0.1, 0.3], unit = "m3/s" }
distribution = "uniform"
"""
WITH_MEMBERS = LAKE + 'evaporation = "1 m/y"\nwithdrawal = "0 m3/s"\n' + RIVER + 'flow = "1 m3/s"\n' + UNCERTAIN


def test_members_differ_by_what_was_drawn(tmp_path):
    network, made = case(tmp_path, WITH_MEMBERS).surface.ensemble(50)
    step = network.advance(month(1))
    assert network.members == 51
    factor, plus = (values for _, _, values in made.columns())
    flow = step.water["river", "inflow"] / 31 / 86400.0
    assert flow[0] == pytest.approx(1.0)
    assert flow[1:] == pytest.approx(1.0 + plus)
    assert step.water["lake", "withdrawal"][1:] == pytest.approx(-np.maximum(plus, -1e9) * 86400 * 31, rel=1e-9)
    assert -0.1 < plus.min() < -0.09 and 0.29 < plus.max() < 0.3
    evaporated = step.water["lake", "evaporation"]
    assert evaporated[1:] / evaporated[0] == pytest.approx(factor, rel=0.02)


def test_members_are_those_of_their_seed(tmp_path):
    surface = case(tmp_path, WITH_MEMBERS).surface
    one, two = (surface.ensemble(20)[0].advance(month(1)) for _ in range(2))
    assert np.array_equal(one.volume, two.volume)
    assert not np.array_equal(one.volume[1:], surface.ensemble(21)[0].advance(month(1)).volume[1:21])


@pytest.mark.parametrize(("old", "new", "words"), [
    ("lake.evaporation", "lak.evaporation", "there is no node 'lak'"),
    ("lake.evaporation", "lake.evapration", "'lake' has no such value that can differ.\nDid you mean 'evaporation'?"),
    ("[0.9, 1.1]", "[1.1, 0.9]", "range = [1.1, 0.9]; allowed: two values, the lower one first"),
    ("[0.9, 1.1]", "[-0.1, 0.9]", "factors are above zero and have no unit"),
    ('"uniform"', '"flat"', "distribution = 'flat'; allowed: one of lognormal"),
    ('{ value = [-0.1, 0.3], unit = "m3/s" }', "[-0.1, 0.3]", "what is added needs a unit"),
    ('name = "river"\non', 'name = "evaporation"\non', "'evaporation' is given twice"),
])
def test_slips_in_what_is_uncertain(tmp_path, old, new, words):
    assert old in WITH_MEMBERS
    assert any(words in told for told in problems(tmp_path, WITH_MEMBERS.replace(old, new)))


def test_members_need_something_uncertain(tmp_path):
    (tmp_path / "case.toml").write_text(HEAD + "members = 100\n" + LAKE)
    with pytest.raises(InputError, match="members are asked for, but nothing is uncertain = 100"):
        assert read_case(tmp_path).surface is None


OBSERVED = """
[[surface.observed]]
node = "lake"
file = "levels.csv"
"""
WANTED = """
[[surface.wanted]]
node = "lake"
level = "2100 cm"
title = "full"
"""


def test_observed_and_wanted_levels_come_along_and_change_no_node(tmp_path):
    (tmp_path / "levels.csv").write_text("year,day,level_m,sd,how\n2001,,20.5,0.1,recalled\n,2002-03,20.1,,measured\n")
    text = LAKE + OBSERVED + 'date = "day"\nyear = "year"\nsigma = "sd"\ntrust = "how"\n' + WANTED
    found = case(tmp_path, text)
    assert [s.name for s in found.surface.settings] == ["lake"] and found.info.nodes == {"lake": {}}
    assert found.info.observed == (ObservedLevel("lake", "2001", 20.5, 0.1, False),
                                   ObservedLevel("lake", "2002-03-15", 20.1, 0.0, True))
    assert found.info.wanted == (WantedLevel("lake", 21.0, {"en": "full"}),)
    assert CaseInfo.from_json(json.loads(json.dumps(found.info.to_json()))) == found.info


def test_without_a_column_of_trust_the_table_tells_it(tmp_path):
    (tmp_path / "levels.csv").write_text("year,level_m\n2001,20.5\n")
    assert case(tmp_path, LAKE + OBSERVED + 'status = "published"\n').info.observed[0].checked
    assert not case(tmp_path, LAKE + OBSERVED).info.observed[0].checked


@pytest.mark.parametrize(("text", "words"), [
    (OBSERVED.replace('"lake"', '"sea"'), "node = sea; allowed: one that has a level: lake"),
    (WANTED.replace('"lake"', '"river"'), "node = river; allowed: one that has a level: lake"),
    (OBSERVED.replace("levels.csv", "none.csv"), "there is no file 'none.csv' that can be read"),
    (OBSERVED + 'sigma = "sd"\n', "levels.csv has no column 'sd'"),
    (OBSERVED + 'where = { how = "seen" }\n', "levels.csv has no row that fits {'how': 'seen'}"),
    (OBSERVED + 'date = "how"\n', "'recalled' is not a date; write for example 2024-04-25"),
    (OBSERVED + 'level = "how"\n', "could not convert string to float: 'recalled'"),
    (WANTED.replace("2100 cm", "21 m3"), "level: unit 'm3' does not fit"),
    ('[[surface.period]]\nfirst = 1987\nlast = 1970\ntitle = "x"\n', "last = 1970 lies before first = 1987"),
])
def test_slips_in_levels_are_told_when_the_case_is_read(tmp_path, text, words):
    (tmp_path / "levels.csv").write_text("year,level_m,how\n2001,20.5,recalled\n")
    with pytest.raises(InputError) as error:
        case(tmp_path, LAKE + RIVER + 'flow = "1 m3/s"\n' + text)
    assert any(words in str(p) and "case.toml" in str(p) for p in error.value.problems), str(error.value)


def test_figures_that_do_not_suit_are_refused(tmp_path):
    with pytest.raises(InputError, match="kind 'heads' does not show a network of rivers and lakes"):
        case(tmp_path, LAKE + '\n[[figure]]\nkind = "heads"\nfile = "heads.png"\n')
    (tmp_path / "case.toml").write_text('[case]\ntitle = "x"\n\n[[figure]]\nkind = "lake"\nfile = "lake.png"\n')
    with pytest.raises(InputError, match="kind 'lake' does not show a MODFLOW simulation"):
        read_case(tmp_path)
