"""Changes of the aquifer and of reactions: conductivity, recharge, dispersion, porosity, sorption, degradation."""

import numpy as np
import pytest

import gwsolver as gw
from gwsolver.core.errors import InputError
from tests.alternatives import HEAD, build


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = build(tmp_path_factory.mktemp("site") / "small")
    rch = "BEGIN options\nEND options\nBEGIN dimensions\n  MAXBOUND 2\nEND dimensions\nBEGIN period 1\n" \
          "  1 2 5 1e-4\n  1 3 5 2e-4\nEND period 1\n"
    (folder / "mf6" / "flow.rch").write_text(rch)
    names = folder / "mf6" / "flow.nam"
    names.write_text(names.read_text().replace("END packages", "  RCH6  flow.rch  rain\nEND packages"))
    return folder


def scenario(site, text, head=HEAD):
    (site / "case.toml").write_text(head + '[[scenario]]\nname = "s"\n' + text, encoding="utf-8")
    return gw.load(site, scenario="s").simulation


def refused(site, text, head=HEAD):
    with pytest.raises(InputError) as caught:
        scenario(site, text, head)
    return str(caught.value)


# ---- conductivity


def test_conductivity_is_scaled_where_it_is_meant(site):
    base = gw.load(site).simulation.flow_models[0].conductivity
    changed = scenario(site, '[[scenario.conductivity]]\nfactor = 2.5\nlayers = [2]\n'
                             '[[scenario.conductivity]]\nvertical_factor = 0.1\n').flow_models[0]
    lower = changed.grid.layer == 1
    factor = np.where(lower, 2.5, 1.0)
    np.testing.assert_allclose(changed.conductivity.k, base.k * factor, rtol=1e-15)
    np.testing.assert_allclose(changed.conductivity.k22, base.k22 * factor, rtol=1e-15)
    np.testing.assert_allclose(changed.conductivity.k33, base.k33 * factor * 0.1, rtol=1e-15)


def test_conductivity_in_a_polygon(site):
    base = gw.load(site).simulation.flow_models[0]
    changed = scenario(site, '[[scenario.conductivity]]\nfactor = 3\n'
                             'polygon = [[500000, 5400000], [500100, 5400000], [500100, 5400225], [500000, 5400225]]\n')
    inside = base.grid.x < 100.0
    assert inside.sum() == 2 * 9 * 4
    np.testing.assert_allclose(changed.flow_models[0].conductivity.k, np.where(inside, 30.0, 10.0))


@pytest.mark.parametrize(("text", "words"), [
    ("layers = [1]\n", "nothing is changed: give factor or vertical_factor"),
    ("factor = 0\n", "factor = 0 is outside (0, inf)"),
    ("factor = 2\nlayers = [7]\n", "no active cell lies there"),
    ("factor = 2\npolygon = [[0, 0], [1, 0]]\n", "a polygon needs three corners or more"),
    ('factor = 2\nmodel = "flaw"\n', "there is no flow model 'flaw'.\nDid you mean 'flow'?"),
    ('factor = "2 m/d"\n', "unit 'm/d' does not fit; a unit like '-' is needed"),
])
def test_conductivity_that_cannot_be_is_refused(site, text, words):
    assert words in refused(site, f"[[scenario.conductivity]]\n{text}")


# ---- recharge


def rain(simulation, period):
    model = simulation.flow_models[0]
    package = next(p for p in model.packages if p.name == "rain")
    return package.at(model.time.steps_of(period)[0]).columns["recharge"]


def test_recharge_is_scaled_for_all_time_or_from_a_date_on(site):
    np.testing.assert_allclose(rain(scenario(site, "[[scenario.recharge]]\nfactor = 0.5\n"), 0), [5e-5, 1e-4])
    late = scenario(site, '[[scenario.recharge]]\nname = "RAIN"\nfactor = 3\nfrom = 2004-01-01\n')
    np.testing.assert_allclose(rain(late, 0), [1e-4, 2e-4])
    np.testing.assert_allclose(rain(late, 1), [3e-4, 6e-4])


def test_recharge_that_is_not_there_is_refused(site, tmp_path):
    words = refused(site, '[[scenario.recharge]]\nname = "rein"\nfactor = 2\n')
    assert "there is no recharge package 'rein'" in words and "Did you mean 'rain'?" in words
    dry = build(tmp_path / "dry")
    assert "the flow model has no recharge package (RCH)" in refused(dry, "[[scenario.recharge]]\nfactor = 2\n")


# ---- dispersion, porosity, sorption


def test_dispersivities_are_set_or_scaled(site):
    given = 'longitudinal_dispersivity = "500 cm"\nvertical_dispersivity = 0.05\n'
    own = scenario(site, f"[[scenario.dispersion]]\n{given}").transport_models[0].dispersion
    assert (own.alh[0], own.alv[0], own.ath1[0], own.ath2[0], own.atv[0]) == (5.0, 5.0, 1.0, 0.05, 0.05)
    scaled = scenario(site, "[[scenario.dispersion]]\nfactor = 2\n").transport_models[0].dispersion
    assert (scaled.alh[0], scaled.ath1[0], scaled.atv[0]) == (20.0, 2.0, 0.2)
    words = refused(site, "[[scenario.dispersion]]\nfactor = 2\ntransverse_dispersivity = 1\n")
    assert "factor and transverse_dispersivity exclude each other" in words
    assert "nothing is changed" in refused(site, '[[scenario.dispersion]]\nspecies = "tracer"\n')


def test_porosity_is_set_or_scaled_and_stays_one(site):
    for text, value in (("porosity = 0.3", 0.3), ("factor = 0.8", 0.2)):
        model = scenario(site, f"[[scenario.porosity]]\n{text}\n").transport_models[0]
        np.testing.assert_allclose(model.mobile.porosity, value)
    words = refused(site, "[[scenario.porosity]]\nfactor = 5\n")
    assert "porosity of 'tracer' becomes 1.25, outside (0, 1]" in words
    assert "there is no species 'tracker'.\nDid you mean 'tracer'?" in refused(
        site, '[[scenario.porosity]]\nfactor = 1.1\nspecies = "tracker"\n')


SORBING = HEAD + '''
[[species]]
name = "benzene"
like = "tracer"
koc = "60 L/kg"
foc = 0.001
bulk_density = "1700 kg/m3"

'''


def test_organic_carbon_scales_what_solids_hold(site):
    for text in ("foc = 0.0004\nmodel_foc = 0.001", "factor = 0.4", 'factor = 0.4\nspecies = "benzene"'):
        models = scenario(site, f"[[scenario.sorption]]\n{text}\n", SORBING).transport_models
        benzene = next(m for m in models if m.name == "benzene")
        # 60 L/kg * 0.0004 = 0.024 L/kg, in m3/g
        np.testing.assert_allclose(benzene.mobile.distribution_coefficient, 0.024 * 1e-3 / 1e3, rtol=1e-12)


@pytest.mark.parametrize(("text", "head", "words"), [
    ("foc = 0.001\n", SORBING, "foc and model_foc belong together"),
    ("foc = 0.001\nfactor = 2\nmodel_foc = 0.001\n", SORBING, "factor, foc exclude each other"),
    ("factor = 2\n", HEAD, "nothing sorbs: nothing is changed"),
    ("foc = 0.001\nmodel_foc = 0\n", SORBING, "model_foc = 0 is outside (0, 1]"),
])
def test_sorption_that_cannot_be_is_refused(site, text, head, words):
    assert words in refused(site, f"[[scenario.sorption]]\n{text}", head)


def test_a_langmuir_solid_holds_more_by_its_capacity(site):
    from gwsolver.core.isotherms import isotherms

    c, k, p = np.array([0.1, 1.0, 10.0]), np.full(3, 2.0), np.full(3, 0.5)
    for name, isotherm in isotherms().items():
        scaled = {"distribution_coefficient": (3.0 * k, p), "sorption_parameter": (k, 3.0 * p)}[isotherm.scales]
        np.testing.assert_allclose(
            isotherm.sorbed(c, *scaled), 3.0 * isotherm.sorbed(c, k, p), rtol=1e-14, err_msg=name)


# ---- degradation


def test_rates_of_degradation_are_scaled(site):
    head = HEAD + '[[degradation]]\nmodel = "first_order"\nname = "mna"\nrates = { tracer = "0.01 1/d" }\n\n'
    for name in ("", 'name = "mna"\n'):
        chemistry = scenario(site, f"[[scenario.degradation]]\n{name}factor = 0.3\n", head).chemistry
        assert chemistry.settings[0].activity == pytest.approx(0.3)
        assert chemistry.settings[0].decays[0].rate == pytest.approx(0.01)
    words = refused(site, '[[scenario.degradation]]\nname = "nma"\nfactor = 2\n', head)
    assert "there is no degradation with rates 'nma'" in words and "There are: mna." in words
    assert "there is no [[degradation]] with rates" in refused(site, "[[scenario.degradation]]\nfactor = 2\n")


def test_a_factor_is_one_number(site):
    assert "factor takes one number" in refused(site, "[[scenario.recharge]]\nfactor = [1, 2]\n")


# ---- order

WALL = """
[[scenario.barrier]]
polygon = [[500100, 5400000], [500125, 5400000], [500125, 5400225], [500100, 5400225]]
hydraulic_conductivity = "1e-3 m/d"
species = "tracer"
decay = "2 1/d"
"""
AROUND = """
[[scenario.conductivity]]
factor = 5
[[scenario.species]]
name = "tracer"
decay = "0.1 1/d"
"""


@pytest.mark.parametrize("text", [WALL + AROUND, AROUND + WALL])
def test_a_wall_keeps_its_own_properties_whatever_the_aquifer_becomes(site, text):
    simulation = scenario(site, text)
    flow, tracer = simulation.flow_models[0], simulation.transport_models[0]
    inside = (flow.grid.x > 100.0) & (flow.grid.x < 125.0)
    assert inside.sum() == 2 * 9
    np.testing.assert_allclose(flow.conductivity.k, np.where(inside, 1e-3, 50.0))
    np.testing.assert_allclose(tracer.mobile.decay_rate, np.where(inside, 2.0, 0.1))


def test_members_under_a_scenario_leave_its_wall_alone(site):
    parameter = """
[ensemble]
[[ensemble.parameter]]
name = "K"
[[ensemble.parameter.conductivity]]
factor = { value = 1, range = [0.5, 2], distribution = "lognormal" }
"""
    (site / "case.toml").write_text(HEAD + parameter + '[[scenario]]\nname = "s"\n' + WALL, encoding="utf-8")
    flow = gw.load(site, scenario="s", member=3).simulation.flow_models[0]
    inside = (flow.grid.x > 100.0) & (flow.grid.x < 125.0)
    np.testing.assert_allclose(flow.conductivity.k[inside], 1e-3)
    factor = flow.conductivity.k[~inside] / 10.0
    assert np.ptp(factor) == 0.0 and factor[0] not in (0.0, 1.0)
