"""Files of levels: every format gives the same numbers, what is wrong is told at once, the datum is the user's word."""

import csv
import json
from datetime import date

import pytest

from gwsolver.case import read_case
from gwsolver.cli import main
from gwsolver.core.errors import InputError
from gwsolver.observed.levels import read_levels
from gwsolver.observed.record import Record, Seen
from gwsolver.observed.table import Datum, metres, single, table, yearly
from tests.observed.files import ALL, DAHITI_CSV, HYDROWEB_LAKE, HYDROWEB_STATION

LEVELS = (Seen(date(2008, 7, 20), 341.087, 0.009), Seen(date(2008, 7, 30), 341.238, 0.136),
          Seen(date(2008, 8, 9), 341.2, 0.0))


def file(tmp_path, text, name="levels.txt"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


@pytest.mark.parametrize("which", ALL)
def test_every_format_gives_the_same_levels(tmp_path, which):
    text, name, target, datum, left_out = ALL[which]
    assert read_levels(file(tmp_path, text)) == Record(name, target, datum, LEVELS, left_out)


def test_all_bad_rows_are_told_with_line_and_value(tmp_path):
    text = HYDROWEB_LAKE.replace("2008/07/20", "2008/02/30").replace("341.238", "341,238").replace("0.000", "-0.1")
    with pytest.raises(InputError) as caught:
        read_levels(file(tmp_path, text))
    told = str(caught.value)
    assert "line 6: date = '2008/02/30'; allowed: a day, as 2024-04-25." in told
    assert "line 7: level [m] = '341,238'; allowed: a number." in told
    assert "line 9: standard error [m] = -0.1 is outside [0, inf)." in told
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(("text", "words"), [
    ("hello\n", "none of the known formats.\nKnown, by how they begin:"),
    ("CDF\x01\0\0", "not a text.\nAsk for ASCII, CSV or JSON"),
    ("datetime;wss;wss_u\n2008-07-20;341;0\n", "line 1: columns = datetime, wss, wss_u; allowed: one of levels: wse"),
    ("datetime;wse;wse_u\n2008-07-20;341\n", "line 2: row = '2008-07-20;341'; allowed: 3 values"),
    ("datetime;wse;wse_u\n", r"no level in it \(read as DAHITI, CSV\)"),
    ("[{'date': 1}]", "line 1: not JSON"),
    ('{"code": 401}', "no list of records; allowed: a list, or one below 'data'"),
    ('[{"date": "2008-07-20"}]', "record = .* at record 1; allowed: one with datetime or date"),
    ('[{"date": "2008-07-20", "height": null}]', r"level \[m\] = 'None' at record 1; allowed: a number"),
    ("lake=a;lat=1\n 2008.5 ; 2008/07/20 ; 341\n", "line 2: row = .*; allowed: decimal year; date; time; height"),
    ("#BASIN:: A\n2008-07-20 05:12 341.087\n", "line 2: row = .*; allowed: date, time, height and uncertainty"),
    ("# DAHITI-ID : 1\n2008-07-20 341.087\n", "line 2: row = .*; allowed: date, level and error"),
])
def test_what_is_no_file_of_levels_is_told(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        read_levels(file(tmp_path, text))


def test_many_bad_rows_are_counted(tmp_path):
    with pytest.raises(InputError, match="30 more rows are wrong") as caught:
        read_levels(file(tmp_path, DAHITI_CSV + "2008-09-01;low;0\n" * 50))
    assert len(caught.value.problems) == 21


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_levels(tmp_path / "nothing")


def test_the_offset_is_added_and_formal_errors_are_not_believed():
    record = Record("DAHITI, CSV", "", "", (*LEVELS[::-1], Seen(date(2009, 1, 1), 341.0, None)))
    rows = table(record, single(record), Datum("Baltic heights", -0.35, 0.05))
    assert [row["date"] for row in rows] == ["2008-07-20", "2008-07-30", "2008-08-09", "2009-01-01"]
    assert [row["level_m"] for row in rows] == ["340.737", "340.888", "340.850", "340.650"]
    assert [row["sigma_m"] for row in rows] == ["0.050", "0.136", "0.050", "0.050"]
    assert {row["datum"] for row in rows} == {"Baltic heights"}
    untold = table(record, single(record), Datum("Baltic heights", 0.0))
    assert [row["sigma_m"] for row in untold] == ["0.009", "0.136", "0.000", ""]


def test_yearly_means_are_those_of_months_of_whole_years():
    # February counts as one month however often it was seen; 2002 lacks December.
    levels = [Seen(date(2001, m, 5), 340.0 + m, 0.12) for m in range(1, 13)]
    levels += [Seen(date(2001, 2, d), 342.0, 0.12) for d in (15, 25)]
    levels += [Seen(date(2002, m, 5), 0.0, 0.1) for m in range(1, 12)]
    [(year, day, level, sigma)] = yearly(Record("", "", "", tuple(levels)))
    assert (year, day) == ("2001", "")
    assert level == pytest.approx(346.5)
    assert sigma == pytest.approx(0.12 * (11 + 1 / 3) ** 0.5 / 12)
    with pytest.raises(InputError, match="no year was seen in all twelve months"):
        yearly(Record("", "", "", LEVELS))


def test_lengths_need_a_unit():
    assert metres("--offset", "-35 cm") == pytest.approx(-0.35)
    for text, words in [("-0.35", "--offset = -0.35; allowed: a length with its unit"), ("3 kg", "measure different"),
                        ("low", "is not a number with a unit")]:
        with pytest.raises(InputError, match=words):
            metres("--offset", text)
    with pytest.raises(InputError, match=r"--sigma = -1 m is outside \[0 m, inf\)"):
        metres("--sigma", "-1 m", least=0.0)


CASE = """
[case]
title = "A lake"
[surface]
start = 2008-01-01
end = 2009-01-01
step = "month"
[[surface.lake]]
name = "west"
table = { levels = [330, 340, 345], areas = [0, 3000, 4000], unit = "km2" }
initial = "341 m"
[[surface.observed]]
node = "west"
file = "levels.csv"
date = "date"
sigma = "sigma_m"
trust = "status"
"""


def test_the_command_writes_what_a_case_reads(tmp_path, capsys):
    source = file(tmp_path, HYDROWEB_STATION)
    arguments = ["observe", str(source), "--datum", "Baltic heights", "--offset", "-0.35 m", "--sigma", "5 cm", "--out"]
    assert main([*arguments, str(tmp_path / "levels.csv")]) == 0
    told = capsys.readouterr().out
    assert "Hydroweb, station: R_ILI_KM0100, 3 levels, 2008-07-20 to 2008-08-09" in told
    assert "above EGM2008; with -0.35 m above Baltic heights: 340.74 to 340.89 m" in told
    assert "1 rows that the file marks as undefined left out" in told
    (tmp_path / "case.toml").write_text(CASE)
    seen = read_case(tmp_path).info.observed
    assert [(o.date, o.level, o.sigma, o.checked) for o in seen] == [
        ("2008-07-20", 340.737, 0.05, True), ("2008-07-30", 340.888, 0.136, True), ("2008-08-09", 340.85, 0.05, True)]
    assert main([*arguments, str(source)]) == 2
    assert "written over the file it is read from" in capsys.readouterr().err
    assert main([*arguments, str(tmp_path / "no" / "levels.csv")]) == 2
    assert "cannot be written: No such file" in capsys.readouterr().err


def test_the_command_writes_yearly_levels_that_a_case_reads(tmp_path, capsys):
    rows = "".join(f"2008-{m:02d}-05;341.{m:02d};0.1\n" for m in range(1, 13))
    source = file(tmp_path, "datetime;wse;wse_u\n" + rows)
    arguments = ["observe", str(source), "--datum", "local", "--offset", "0 m", "--yearly", "--json"]
    assert main([*arguments, "--out", str(tmp_path / "levels.csv")]) == 0
    assert json.loads(capsys.readouterr().out)["first"] == "2008"
    with (tmp_path / "levels.csv").open() as out:
        [row] = csv.DictReader(out)
    assert (row["year"], row["date"], row["level_m"], row["sigma_m"]) == ("2008", "", "341.065", "0.029")
    (tmp_path / "case.toml").write_text(CASE.replace('date = "date"\n', ""))
    assert [o.date for o in read_case(tmp_path).info.observed] == ["2008"]


def test_datum_and_offset_must_be_told(tmp_path, capsys):
    source = file(tmp_path, DAHITI_CSV)
    assert main(["observe", str(source), "--out", str(tmp_path / "levels.csv")]) == 2
    assert "the following arguments are required: --datum, --offset" in capsys.readouterr().err
