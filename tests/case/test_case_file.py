"""case.toml: what is understood, and the words for what is not."""

from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gwsolver.case import read_case
from gwsolver.case.tables import crs_code
from gwsolver.core.case import CaseInfo, Provenance
from gwsolver.core.errors import InputError

WHOLE = """\
    # A case that uses every table.
    [case]
    title = "Leak at [the] \\"pump = station\\""
    status = "calibrated"
    crs = "epsg:32639"
    start = 1990-05-01
    units = "g"

    [modflow]
    simulation = "mf6"

    [[species]]
    name = "Benzene"
    model = "gwt-b"
    unit = "mg/L"
    title = { en = "Benzene", kk = "Бензол" }

    [[species]]
    name = "toluene"
    like = "gwt-b"
    decay = { value = "0.01 1/d", source = "Field rate", status = "published" }
    koc = "182 L/kg"
    foc = 5e-4

    [[source]]
    name = "Pit"
    polygon = [
        [0, 0], [4, 0],
        [4, 2], [0, 2],  # a rectangle
    ]

    [[receptor]]
    name = "W1"
    kind = "supply well"
    x = 10.5
    y = 20
    layers = [2, 3]
    status = "measured"

    [[limit]]
    species = "benzene"
    value = "10 µg/L"
    text = "WHO"
    date = 2022-11-24

    [[figure]]
    kind = "plume_map"
    file = "a.png"
    species = "Benzene"
    time = 2005-01-01
    layer = "max"
    width = 85

    [values.k]
    value = "12 m/d"
    range = ["4 m/d", 30]
    distribution = "lognormal"
    source = "Pumping test"
    status = "measured"

    [values.thickness]
    value = [3, 7]
    unit = "ft"
"""


def write(folder, text):
    (folder / "mf6").mkdir(exist_ok=True)
    (folder / "case.toml").write_text(dedent(text), encoding="utf-8")
    return folder


def problems_of(folder, text):
    with pytest.raises(InputError) as caught:
        read_case(write(folder, text))
    return caught.value.problems


def test_every_table_arrives_in_the_case(tmp_path):
    case = read_case(write(tmp_path, WHOLE))
    info = case.info
    assert case.simulation_folder == tmp_path / "mf6"
    assert (info.title, info.status, info.crs) == ("Leak at [the] \"pump = station\"", "calibrated", "EPSG:32639")
    assert (info.start, info.mass_unit) == ("1990-05-01", "g")
    assert [(s.name, s.title.get("kk"), s.unit) for s in info.species] == [
        ("benzene", "Бензол", "mg/L"), ("toluene", None, "")]
    assert (info.sources[0].x, info.sources[0].y) == (2.0, 1.0)
    assert info.receptors[0].layers == (2, 3)
    limit = info.limits[0]
    assert (limit.value, limit.unit, limit.date) == (10.0, "µg/L", "2022-11-24")
    assert info.figures[0].settings == {"species": "benzene", "time": "2005-01-01", "layer": "max", "width": 85}
    assert info.values["values.k"] == Provenance("Pumping test", "measured")
    assert info.values["species.toluene.decay"] == Provenance("Field rate", "published")
    assert info.values["receptor.W1"].status == "measured"


def test_values_are_converted_on_demand(tmp_path):
    values = read_case(write(tmp_path, WHOLE)).values
    assert values["k"].to("m/s") == pytest.approx(12.0 / 86400.0)
    assert values["k"].range == (4.0, 30.0)
    assert values["thickness"].all_to("m") == pytest.approx((3 * 0.3048, 7 * 0.3048))


def test_info_survives_the_way_through_json(tmp_path):
    import json

    info = read_case(write(tmp_path, WHOLE)).info
    assert CaseInfo.from_json(json.loads(json.dumps(info.to_json()))) == info


@pytest.mark.parametrize(("wrong", "right", "line"), [
    ("titel", "title", 2), ("statsu", "status", 3), ("unit", "units", 3),
])
def test_an_unknown_key_names_the_nearest_known_one(tmp_path, wrong, right, line):
    title = "" if wrong == "titel" else 'title = "x"\n'
    text = f'[case]\n{title}{wrong} = "g"\n'
    found = [str(p) for p in problems_of(tmp_path, text)]
    assert f"{tmp_path / 'case.toml'} ([case]), line {line}: unknown key '{wrong}'.\nDid you mean '{right}'?" in found


def test_an_unknown_table_names_the_nearest_known_one(tmp_path):
    (problem,) = problems_of(tmp_path, '[case]\ntitle = "x"\n\n[[receptors]]\nname = "a"\n')
    assert problem.line == 4
    assert "unknown key 'receptors'" in str(problem)
    assert "Did you mean 'receptor'?" in str(problem)


def test_all_problems_come_at_once_in_the_order_of_the_file(tmp_path):
    text = """\
        [case]
        title = "x"
        status = "ilustrative"
        crs = "UTM 40N"
        units = "m"

        [[receptor]]
        name = "ok"
        kind = "village"
        x = 1
        y = 2

        [[receptor]]
        kind = "village"
        x = "east"
        layers = [1, 0]

        [values.k]
        value = "12 m/d"

        [values.n]
        value = 0.3
        sorce = "guess"
        status = "assumed"

        [scenario]
    """
    found = problems_of(tmp_path, text)
    assert [p.line for p in found] == [3, 4, 5, 13, 15, 16, 23, 26]
    words = [str(p) for p in found]
    assert "status = 'ilustrative'; allowed: one of illustrative, calibrated." in words[0]
    assert "'UTM 40N' is not a coordinate reference system; write for example \"EPSG:32640\"" in words[1]
    assert "unit 'm' does not fit; a unit like 'g' is needed" in words[2]
    assert "[[receptor]] number 2" in words[3]
    assert "the key 'name' is missing" in words[3]
    assert "unknown key 'sorce'; did you mean 'source'?" in words[6]


@pytest.mark.parametrize(("table", "words"), [
    ('[[limit]]\nspecies = "a"\nvalue = 0.01', "a limit needs a unit"),
    ('[[limit]]\nspecies = "a"\nvalue = "0 mg/L"', r"value = 0 is outside \(0, inf\)"),
    ('[[limit]]\nspecies = "a"\nvalue = "1 m/d"', "unit 'm/d' does not fit; a unit like 'mg/L' is needed"),
    ('[[limit]]\nspecies = "a"\nvalue = "1 mg/L"\nunit = "g/L"', "two units, 'mg/L' and 'g/L'; write one"),
    ('[[species]]\nname = "a"\nlike = "b"\nmodel = "c"', "'model' and 'like' exclude each other"),
    ('[[species]]\nname = "a"\ndecay = "1 1/d"', "decay needs 'like'"),
    ('[[species]]\nname = "a"\nlike = "b"\nkoc = "1 L/kg"', "koc and foc belong together"),
    ('[[species]]\nname = "a"\nlike = "b"\nkoc = "1 L/kg"\nfoc = 0.001\ndistribution_coefficient = "1 L/kg"',
     "koc and distribution_coefficient exclude each other"),
    ('[[species]]\nname = "a"\nlike = "b"\ninflow = "5 mg N/L"', 'inflow: 5 mg N/L counts nitrate as N'),
    ('[[species]]\nname = "a"\nlike = "b"\nkoc = "1 L/kg"\nfoc = 30', r"30 is outside \[0, 1\]"),
    ('[[species]]\nname = "a"\nlike = "b"\ndecay = "-1 1/d"', r"-1 is outside \[0, inf\)"),
    ('[[species]]\nname = "a"\n[[species]]\nname = "A"', "name 'A' stands twice"),
    ('[[receptor]]\nname = "a"\nkind = "well"\nx = 1', "x and y belong together"),
    ('[[receptor]]\nname = "a"\nkind = "well"', "'a' needs x and y, or a polygon"),
    ('[[source]]\nname = "a"\npolygon = [[0, 0], [1, 1]]', "a polygon needs three corners or more"),
    ('[[figure]]\nkind = "plume_map"\nfile = "a.gif"', "is neither .png, .svg nor .pdf"),
    ('[[figure]]\nkind = "plume_map"\nfile = "../a.png"', "leaves the results folder"),
    ('[[figure]]\nkind = "plum_map"\nfile = "a.png"', "kind = 'plum_map'; allowed: one of plume_map"),
    ('[[figure]]\nkind = "plume_map"\nfile = "a.png"\nreceptors = ["PW1"]',
     "receptors is no setting of kind 'plume_map'.\nIt takes species, time, layer, limit, lang, width, title"),
    ('[[figure]]\nkind = "plume_map"\nfile = "a.png"\ntime = "soon"', "'soon' is not a date"),
    ('[modflow]\nsimulation = "mf5"', "there is no folder 'mf5'"),
    ('[values.k]\nvalue = "12 m/x"', "unit 'm/x' is not known: 'x' is none of"),
    ('[values.k]\nvalue = "twelve"', "'twelve' is not a number with a unit"),
    ('[values.k]\nvalue = nan', "nan is not a finite number"),
    ('[values.k]\nvalue = "1 m"\nrange = [3, 2]', "3 is above 2"),
    ('[values.k]\nvalue = "1 m"\nrange = ["1 d", 2]', "'d' cannot be turned into 'm'"),
    ('[values.k]\nvalue = "1 m"\nstatus = "guessed"', "status = 'guessed'; allowed: published, textbook, assumed"),
    ('[values.k]\nsource = "x"', "a table for a value needs the key 'value'"),
])
def test_one_wrong_thing_has_its_words_and_its_line(tmp_path, table, words):
    with pytest.raises(InputError, match=words) as caught:
        read_case(write(tmp_path, f'[case]\ntitle = "x"\n\n{table}\n'))
    (problem,) = caught.value.problems
    assert problem.line is not None
    assert problem.line >= 4


def test_broken_toml_tells_the_line(tmp_path):
    (problem,) = problems_of(tmp_path, '[case]\ntitle = "x"\nk = 35 m/d\n')
    assert problem.line == 3
    assert "is not valid TOML" in str(problem)


def test_a_missing_file_and_another_coding_are_told(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        read_case(tmp_path / "nowhere" / "case.toml")
    (tmp_path / "case.toml").write_bytes('[case]\ntitle = "Бензол"\n'.encode("cp1251"))
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_case(tmp_path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_gives_an_input_error_or_a_case(tmp_path, data):
    text = dedent(WHOLE)
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 12))
    insert = data.draw(st.text(st.sampled_from('[]{}="#\n.,x0-\\'), max_size=4))
    (tmp_path / "mf6").mkdir(exist_ok=True)
    (tmp_path / "case.toml").write_text(text[:start] + insert + text[start + length :], encoding="utf-8")
    try:
        read_case(tmp_path)
    except InputError as error:
        assert error.problems
        assert all(p.line is not None for p in error.problems)


def test_a_table_of_dotted_name_has_a_line(tmp_path):
    (tmp_path / "case.toml").write_text("[c.ase]\ntitle = 'x'\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1: unknown key 'c'"):
        read_case(tmp_path)


def test_words_are_a_text_or_a_table_by_language(tmp_path):
    info = read_case(write(tmp_path, """\
        [case.title]
        en = "Lake"
        fr = "Lac"

        [[receptor]]
        name = "W1"
        kind = "supply well"
        x = 1
        y = 2
        title = { ru = "Скв. 1" }

        [[limit]]
        species = "benzene"
        value = "0.01 mg/L"
        text = "drinking water"
        cite = { en = "WHO", fr = "OMS" }
        """)).info
    assert (info.title, info.titles) == ("Lake", {"en": "Lake", "fr": "Lac"})
    assert (info.receptors[0].name, info.receptors[0].title) == ("W1", {"ru": "Скв. 1"})
    (limit,) = info.limits
    assert (limit.text, limit.texts) == ("drinking water", {"en": "drinking water"})
    assert limit.cite == {"en": "WHO", "fr": "OMS"}
    assert type(info).from_json(info.to_json()) == info


def test_words_of_an_unknown_language_are_told(tmp_path):
    (problem,) = problems_of(tmp_path, '[case]\ntitle = { de = "See" }\n')
    assert problem.line == 2 and "de" in str(problem)


def test_a_limit_may_be_named_by_jurisdiction(tmp_path):
    head = '[case]\ntitle = "x"\n[[species]]\nname = "bz"\ncomponent = "benzene"\n'
    (tmp_path / "case.toml").write_text(
        head + '[[limit]]\nspecies = "bz"\njurisdiction = "EU"\n[[limit]]\nspecies = "toluene"\njurisdiction = "who"\n')
    eu, who = read_case(tmp_path).info.limits
    assert (eu.species, eu.value, eu.unit, eu.date) == ("bz", 0.001, "mg/L", "2020-12-16")
    assert "2020/2184" in eu.provenance.source
    assert eu.text == "drinking water, EU"
    assert (who.value, who.provenance.status) == (0.7, "textbook")


@pytest.mark.parametrize(("limit", "words"), [
    ("", "the limit of 'benzene' has neither a value nor a jurisdiction.\n"
         "Known for benzene: WHO (drinking water): 0.01 mg/L"),
    ('jurisdiction = "Mars"', "no limit of 'benzene' for drinking water in 'Mars' is known.\nKnown: WHO"),
    ('jurisdiction = "WHO"\nuse = "fishery"', "no limit of 'benzene' for fishery in 'WHO' is known"),
])
def test_a_limit_without_jurisdiction_is_refused(tmp_path, limit, words):
    (problem,) = problems_of(tmp_path, f'[case]\ntitle = "x"\n\n[[limit]]\nspecies = "benzene"\n{limit}\n')
    assert words in str(problem)
    assert problem.line >= 4


def test_a_reference_system_that_is_not_there_is_told():
    with pytest.raises(ValueError, match="there is no coordinate reference system 'EPSG:99999'"):
        crs_code("EPSG:99999")
    with pytest.raises(ValueError, match="counts in degrees"):
        crs_code("EPSG:4326")
    assert crs_code("epsg:32640") == "EPSG:32640"
