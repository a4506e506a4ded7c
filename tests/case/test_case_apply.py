"""What a case changes in a simulation: names, added species, dates, coordinates."""

from textwrap import dedent

import numpy as np
import pytest

from gwsolver.case import read_case
from gwsolver.core.aquifer import MobileDomain
from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError
from gwsolver.core.simulation import Simulation, SourceConcentration, TransportModel
from gwsolver.core.stress import ConstantStress, StressPackage, StressValues
from gwsolver.core.time import StressPeriod, TimeAxis, TimeStep


def simulation(*names, sources=(), length_unit="metres", bulk_density=0.0, start=""):
    grid = structured_grid([1.0] * 3, [1.0], 1.0, [0.0], length_unit=length_unit)
    time = TimeAxis((StressPeriod(10.0),), "days", start)
    zero = np.zeros(3)
    mobile = MobileDomain(zero + 0.3, zero + bulk_density, zero, zero, zero)
    src = StressPackage("src", "src", ConstantStress(StressValues(np.array([1]), {"mass_rate": np.array([74.0])})))
    return Simulation(transport_models=tuple(
        TransportModel(n, time, grid, "flow", zero, mobile, sources=sources, packages=(src,)) for n in names
    ))


def case(folder, text):
    (folder / "case.toml").write_text(dedent(text), encoding="utf-8")
    return read_case(folder)


HEAD = """\
    [case]
    title = "x"
    crs = "EPSG:32640"
    start = 1975-01-01
    units = "kg"
"""


def test_a_rename_keeps_the_model_and_sets_date_and_crs(tmp_path):
    loaded = case(tmp_path, HEAD + """
    [[species]]
    name = "benzene"
    model = "GWT"
    """)
    before = simulation("gwt", "chloride")
    after = loaded.apply(before)
    assert [m.name for m in after.transport_models] == ["benzene", "chloride"]
    assert after.transport_models[0].packages is before.transport_models[0].packages
    assert {m.time.start_date for m in after.transport_models} == {"1975-01-01"}
    assert after.transport_models[0].grid.crs == "EPSG:32640"
    assert after.transport_models[0].grid is after.transport_models[1].grid


def test_a_like_species_has_its_own_values_in_the_units_of_the_model(tmp_path):
    loaded = case(tmp_path, HEAD + """
    [[species]]
    name = "toluene"
    like = "benzene"
    initial = "2 mg/L"
    decay = "0.36525 1/y"
    koc = "182 L/kg"
    foc = 0.0005
    bulk_density = "1.75 kg/L"
    boundary_factor = 3.3
    """)
    benzene, toluene = loaded.apply(simulation("benzene")).transport_models
    assert (benzene.name, toluene.name) == ("benzene", "toluene")
    assert toluene.initial_concentration == pytest.approx(np.full(3, 0.002))
    assert toluene.mobile.decay_rate == pytest.approx(np.full(3, 0.001))
    assert toluene.mobile.decay_rate_sorbed == pytest.approx(np.full(3, 0.001))
    retardation = 1.0 + toluene.mobile.bulk_density * toluene.mobile.distribution_coefficient / toluene.mobile.porosity
    assert retardation == pytest.approx(np.full(3, 1.0 + 1.75 * 0.091 / 0.3))
    step = TimeStep(0, 0, 0.0, 10.0)
    assert toluene.packages[0].at(step).columns["mass_rate"] == pytest.approx(np.array([3.3 * 74.0]))
    assert benzene.packages[0].at(step).columns["mass_rate"] == pytest.approx(np.array([74.0]))


def flowing(*names):
    """Benzene that enters with a well's AUX variable, on a flow model with these packages."""
    from gwsolver.core.aquifer import Conductivity
    from gwsolver.core.simulation import FlowModel

    only = simulation("benzene", sources=(SourceConcentration("wel", "c"),))
    model = only.transport_models[0]
    one, zero = np.ones(3), np.zeros(3)
    packages = tuple(StressPackage(n, n[:3], ConstantStress(StressValues(np.array([0]), {}))) for n in names)
    flow = FlowModel("flow", model.time, model.grid, zero, Conductivity(one, one, one, np.zeros(3, int), *[zero] * 3),
                     packages=packages)
    return Simulation(flow_models=(flow,), transport_models=only.transport_models)


@pytest.mark.parametrize(("inflow", "expected"), [
    ('"8 mg/L"', {"wel": 8e-3, "rch": 8e-3}),
    ('{ "RCH" = "6 g/m3" }', {"rch": 6e-3}),
    ('"8 mg/L"\nown_boundaries = true', {"wel": 8e-3, "rch": 8e-3}),
])
def test_a_like_species_has_its_own_inflow(tmp_path, inflow, expected):
    text = HEAD + f'[[species]]\nname = "oxygen"\nlike = "benzene"\ninitial = "8 mg/L"\ninflow = {inflow}'
    loaded = case(tmp_path, text.replace("    ", ""))
    oxygen = loaded.apply(flowing("wel", "rch")).transport_models[1]
    found = {s.package: s.constant for s in oxygen.sources if s.constant is not None}
    assert found == pytest.approx(expected)
    assert [s.package for s in oxygen.sources if s.constant is None] == ["wel"] * ("wel" not in expected)
    assert len(oxygen.packages) == (0 if "own" in inflow else 1)


def test_inflow_names_packages_that_are_there(tmp_path):
    text = HEAD + '[[species]]\nname = "oxygen"\nlike = "benzene"\ninflow = { rhc = "8 mg/L" }'
    loaded = case(tmp_path, text.replace("    ", ""))
    words = r"the flow model has no package 'rhc'\.\nDid you mean 'rch'\? There are: wel, rch"
    with pytest.raises(InputError, match=words):
        loaded.apply(flowing("wel", "rch"))
    with pytest.raises(InputError, match="known only while they are read"):
        case(tmp_path, text.replace("    ", "").replace('{ rhc = "8 mg/L" }', '"8 mg/L"')).apply(simulation("benzene"))


@pytest.mark.parametrize(("species", "words"), [
    ('name = "benzen"', r"there is no GWT model 'benzen'\.\nDid you mean 'benzene'\? There are: benzene, cl"),
    ('name = "a"\nlike = "xylene"', "there is no GWT model 'xylene'"),
    ('name = "cl"\nlike = "benzene"', "there is a species 'cl' already"),
    ('name = "cl"\nmodel = "benzene"', "there is a GWT model 'cl' already"),
    ('name = "a"\nlike = "benzene"\nboundary_factor = 2', "cannot be scaled"),
    ('name = "a"\nlike = "benzene"\nkoc = "1 L/kg"\nfoc = 0.01', "sorption needs bulk_density"),
])
def test_what_the_simulation_does_not_have_is_told_with_its_line(tmp_path, species, words):
    loaded = case(tmp_path, '[case]\ntitle = "x"\nunits = "g"\n[[species]]\n' + species)
    with pytest.raises(InputError, match=words) as caught:
        loaded.apply(simulation("benzene", "cl", sources=(SourceConcentration("wel", "c"),)))
    assert caught.value.problems[0].line >= 5


def test_values_with_units_need_a_model_with_units(tmp_path):
    """Of those that their own unit is made of: a rate needs the unit of time alone."""
    text = '[case]\ntitle = "x"\n[[species]]\nname = "a"\nlike = "benzene"\ndecay = "1 1/d"\n'
    loaded = case(tmp_path, text + 'initial = "1 mg/L"')
    with pytest.raises(InputError, match=r"unknown are mass \(write units in \[case\]\), length \(DIS\)") as caught:
        loaded.apply(simulation("benzene", length_unit="unknown"))
    (problem,) = caught.value.problems
    assert problem.what.startswith("initial")


@pytest.mark.parametrize("table", ['[[limit]]\nvalue = "1 mg/L"', '[[figure]]\nkind = "plume_map"\nfile = "a.png"'])
def test_limits_and_figures_name_species_that_are_there(tmp_path, table):
    loaded = case(tmp_path, f'[case]\ntitle = "x"\n{table}\nspecies = "tolune"')
    with pytest.raises(InputError, match=r"there is no species 'tolune'\.\nDid you mean 'toluene'\?"):
        loaded.apply(simulation("toluene"))


def test_dates_that_differ_are_told_and_tdis_wins(tmp_path):
    loaded = case(tmp_path, HEAD)
    after = loaded.apply(simulation("benzene", start="1980-01-01"))
    assert after.transport_models[0].time.start_date == "1980-01-01"
    assert after.warnings == ("case.toml starts on 1975-01-01, TDIS on 1980-01-01: the date of TDIS is taken",)
    assert loaded.resolve(after).start == "1980-01-01"


def test_limits_are_turned_into_the_unit_of_the_run(tmp_path):
    loaded = case(tmp_path, HEAD + """
    [[limit]]
    species = "benzene"
    value = "10 µg/L"
    """)
    info = loaded.resolve(simulation("benzene"))
    assert info.concentration_unit == "g/L"
    assert (info.limits[0].value, info.limits[0].unit) == (pytest.approx(1e-5), "g/L")
    assert loaded.resolve(simulation("benzene", length_unit="unknown")).limits[0].unit == "µg/L"
