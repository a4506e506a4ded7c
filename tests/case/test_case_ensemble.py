"""[ensemble] of case.toml: what members have, and what is refused with which words."""

import numpy as np
import pytest

import gwsolver as gw
from gwsolver.case import read_case
from gwsolver.core.errors import InputError
from tests.alternatives import HEAD, build

CASE = """
[ensemble]
seed = 3

[[ensemble.parameter]]
name = "K"
title = { en = "Hydraulic conductivity", ru = "Коэффициент фильтрации" }
[[ensemble.parameter.conductivity]]
factor = { value = 1, range = [0.4, 2.5], distribution = "lognormal", source = "Guess", status = "assumed" }

[[ensemble.parameter]]
name = "decay"
[[ensemble.parameter.species]]
name = "tracer"
source = "Range of the literature"
status = "published"
decay = { value = "0.05 1/y", range = ["0.01 1/y", "0.3 1/y"], distribution = "loguniform" }

[[ensemble.parameter]]
name = "pit"
[[ensemble.parameter.source]]
name = "Pit"
factor = { value = 1.0, range = [0.3, 2], distribution = "triangular" }
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return build(tmp_path_factory.mktemp("ensemble") / "small")


def write(site, text):
    (site / "case.toml").write_text(HEAD + text, encoding="utf-8")


def refused(site, text):
    write(site, text)
    with pytest.raises(InputError) as caught:
        gw.load(site)
    return str(caught.value)


def test_a_member_has_the_values_of_the_design(site):
    write(site, CASE)
    base = gw.load(site).simulation
    made = read_case(site).uncertain.design()
    assert made.n_members == 200
    for member in (1, 77, 200):
        loaded = gw.load(site, member=member)
        factor, decay, pit = made.of(member).values()
        flow, tracer = loaded.simulation.flow_models[0], loaded.simulation.transport_models[0]
        np.testing.assert_allclose(flow.conductivity.k33, factor * base.flow_models[0].conductivity.k33, rtol=1e-14)
        np.testing.assert_allclose(tracer.mobile.decay_rate, decay / 365.25, rtol=1e-14)
        step = tracer.time.steps_of(0)[0]
        given, brought = (next(p for p in m.packages if p.name == "src").at(step).columns["mass_rate"]
                          for m in (base.transport_models[0], tracer))
        np.testing.assert_allclose(brought, pit * given, rtol=1e-14)
        assert loaded.info.member == member
        assert loaded.info.title == f"Small site (№ {member})"


def test_values_know_where_they_come_from(site):
    write(site, CASE)
    origin = {p.name: v.provenance for p, v, _ in read_case(site).uncertain.design().columns()}
    assert (origin["K"].source, origin["K"].status) == ("Guess", "assumed")
    assert (origin["decay"].source, origin["decay"].status) == ("Range of the literature", "published")


def test_another_number_of_members_gives_other_members(site):
    write(site, CASE)
    uncertain = read_case(site).uncertain
    assert uncertain.design(20).n_members == 20
    assert uncertain.design(20).of(1) != uncertain.design(200).of(1)
    with pytest.raises(InputError, match="members = 1; allowed: 2 or more"):
        uncertain.design(1)
    with pytest.raises(InputError, match="member = 21; allowed: 1 to 20"):
        gw.load(site, member=21, members=20)


@pytest.mark.parametrize(("old", "new", "line", "words"), [
    ("seed = 3", "seed = 3\nmembers = 40", "members", "members = 40 is too few: 200 or more are needed"),
    ("seed = 3", "sead = 3", "sead", "unknown key 'sead'.\nDid you mean 'seed'?"),
    ("seed = 3", "seed = -3", "seed", "seed: input should be greater than or equal to 0 = -3"),
    ("[[ensemble.parameter.conductivity]]", "[[ensemble.parameter.conductvity]]", "conductvity",
     "unknown key 'conductvity'.\nDid you mean 'conductivity'?"),
    ("factor = { value = 1,", "factr = { value = 1,", "factr", "unknown key 'factr'.\nDid you mean 'factor'?"),
    ("range = [0.4, 2.5]", "range = [2.5, 0.4]", "2.5, 0.4", "factor: range: 2.5 is above 0.4; write [low, high]"),
    ("range = [0.4, 2.5]", "range = [0, 2.5]", "0, 2.5", "range of factor begins at 0: lognormal needs a range above "
     "zero.\nBegin at the smallest value that matters, or take uniform or triangular."),
    ('"lognormal"', '"lognormel"', "lognormel", "distribution = 'lognormel' of factor; allowed: one of lognormal, "
     "loguniform, normal, triangular, uniform.\nDid you mean 'lognormal'?"),
    (', distribution = "lognormal"', "", "0.4, 2.5", "factor has a range but no distribution.\nWrite distribution: one "
     "of lognormal"),
    ("value = 1, range", "value = 3, range", "value = 3", "factor = 3 is outside its range [0.4, 2.5]"),
    ("value = 1, range = [0.4, 2.5]", "value = 1, range = [1, 1]", "1, 1", "range of factor: both ends are 1"),
    ('range = [0.4, 2.5], distribution = "lognormal", ', "", '"K"', "no value of parameter 'K' has a range"),
    ('name = "decay"', 'name = "k"', '"k"', "name 'k' stands twice"),
    ('name = "tracer"', 'name = "tracker"', '"tracker"', "there is no species 'tracker'.\nDid you mean 'tracer'?"),
    ('name = "Pit"', 'name = "Pitt"', '"Pitt"', "there is no source 'Pitt'.\nDid you mean 'Pit'?"),
    ('decay = { value = "0.05 1/y"', 'decay = { value = "0.05 m"', "0.05 m", "range: '1/y' cannot be turned into 'm'"),
    ("seed = 3", 'seed = 3\nspecies = ["traser"]', "traser", "there is no species 'traser'.\nDid you mean 'tracer'?"),
    ("seed = 3", 'seed = 3\ntimes = ["99 y"]', "99 y", "times: 99 y (time 36159.8) is outside the simulation"),
])
def test_what_is_wrong_is_told_with_its_line(site, old, new, line, words):
    text = CASE.replace(old, new, 1)
    assert text != CASE
    told = refused(site, text)
    number = next(i for i, one in enumerate((HEAD + text).splitlines(), start=1) if i > 34 and line in one)
    assert f", line {number}: " in told
    assert words in told


def test_an_ensemble_without_parameters_and_one_that_changes_nothing(site):
    assert "there is no [[ensemble.parameter]]: nothing is uncertain" in refused(site, "[ensemble]\n")
    words = refused(site, '[ensemble]\n[[ensemble.parameter]]\nname = "K"\n')
    assert "parameter 'K' changes nothing.\nWrite [[ensemble.parameter.KIND]] below it; KIND: conductivity, " in words


def test_both_ends_of_a_range_are_tried(site):
    text = CASE + '\n[[ensemble.parameter]]\nname = "n"\n[[ensemble.parameter.porosity]]\n' \
                  'factor = { value = 1, range = [0.5, 4.5], distribution = "uniform" }\n'
    told = refused(site, text)
    line = len((HEAD + text).splitlines())
    assert f"parameter 'n', [[ensemble.parameter.porosity]]), line {line}: porosity of 'tracer' becomes 1.125" in told


def test_a_draw_that_a_key_does_not_accept_is_told_before_anything_runs(site, tmp_path):
    write(site, CASE.replace('range = [0.3, 2], distribution = "triangular"',
                             'range = [0.1, 1.9], distribution = "normal"'))
    gw.load(site)  # both ends are good; the tail below the range is not
    with pytest.raises(InputError) as caught:
        gw.ensemble(site, tmp_path / "out")
    words = str(caught.value)
    assert f"[[ensemble.parameter.source]]), line {len((HEAD + CASE).splitlines())}: member 28: factor: -0.02" in words
    assert "is outside [0, inf)" in words and "Take a narrower range, or lognormal or triangular." in words
    assert not (tmp_path / "out").exists()


def test_a_case_without_an_ensemble_has_no_members(site):
    write(site, "")
    with pytest.raises(InputError, match=r"the case has no \[ensemble\]"):
        gw.load(site, member=1)
    with pytest.raises(InputError, match=r"the case has no \[ensemble\]"):
        gw.ensemble(site)
    with pytest.raises(InputError, match=r"there is no case\.toml, so no ensemble"):
        gw.load(site / "mf6", member=1)
