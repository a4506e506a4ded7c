"""The database: what the four crudes give to water, units, hints, files of the user's own, limits."""

import csv
from pathlib import Path

import pytest

from gwsolver.core.errors import InputError
from gwsolver.reactions.components import component, crude, database, limit
from gwsolver.reactions.components.columns import STATUSES
from gwsolver.reactions.components.formula import atoms, molar_mass

# Computed apart, to four digits.
PRINTED = list(csv.DictReader((Path(__file__).parent / "printed.csv").read_text().splitlines()))
MEDIUM = "medium (Kenkiyak / Emba type)"


@pytest.mark.parametrize("row", PRINTED, ids=[f"{r['oil'].split()[0]} {r['component']}" for r in PRINTED])
def test_effective_solubilities_of_the_four_crudes_by_raoults_law(row):
    oil = crude(row["oil"])
    name = component(row["component"]).name
    assert float(f"{oil.mole_fractions[name]:.5g}") == float(row["mole_fraction"])
    assert float(f"{oil.effective_solubility[name]:.4g}") == float(row["effective_solubility"])
    assert round(oil.mean_molar_mass, 1) == float(row["mean_molar_mass"])


def test_crudes_are_whole_and_every_value_says_where_it_is_from():
    data = database()
    assert len(data.crudes) == 4
    for oil in data.crudes.values():
        assert sum(p.fraction for p in oil.parts) == pytest.approx(1.0, rel=1e-12)
        assert oil.source and oil.status in STATUSES
    for found in data.components.values():
        assert found.source and found.status in STATUSES
        assert found.molar_mass is not None or found.kind in ("bulk", "TPH fraction")
        if found.formula:
            assert found.molar_mass == pytest.approx(molar_mass(atoms(found.formula)), rel=1e-3)
    assert all(x.reference and x.note and x.status in STATUSES for x in data.limits)


def test_naphthalene_dissolves_as_the_sub_cooled_liquid():
    naphthalene = component("naphthalene")
    assert (naphthalene.solubility, naphthalene.value("liquid_solubility")) == (31.0, 110.0)
    parts = [p for oil in database().crudes.values() for p in oil.parts if p.component == "naphthalene"]
    assert [p.solubility for p in parts] == [110.0] * 4


@pytest.mark.parametrize(("name", "koc", "henry"), [
    ("benzene", 58.88, 0.225), ("toluene", 182, 0.269), ("ethylbenzene", 363.1, 0.322), ("xylenes", 389, 0.267),
    ("naphthalene", 1995, 0.0174), ("n-hexane", 3162, 73.9), ("aromatic EC>8-10", 1585, 0.475),
])
def test_derived_values_agree_with_the_printed_ones(name, koc, henry):
    assert component(name).koc == pytest.approx(koc, rel=5e-4)
    assert component(name).henry_dimensionless == pytest.approx(henry, rel=5e-3)  # of H in three digits


def test_values_in_the_units_of_a_model():
    benzene = component("Benzene")
    assert benzene.value("liquid_solubility", "kg/m3") == pytest.approx(1.78, rel=1e-15)
    assert benzene.value("diffusion_water", "m2/d") == pytest.approx(9.8e-10 * 86400, rel=1e-15)
    assert benzene.value("koc", "m3/kg") == pytest.approx(0.05888, rel=1e-4)
    assert component("o_xylene") is component("o-xylene")
    with pytest.raises(InputError, match=r"henry of 'phenol' is not known(.|\n)*Add it in a file of your own"):
        component("phenol").value("henry")


@pytest.mark.parametrize(("call", "name", "near"), [
    (component, "benzen", "benzene"), (component, "napthalene", "naphthalene"), (crude, "medium (Kenkiyak)", MEDIUM),
])
def test_an_unknown_name_says_what_was_likely_meant(call, name, near):
    with pytest.raises(InputError) as error:
        call(name)
    assert f"Did you mean {near!r}?" in str(error.value)


def test_limits_have_jurisdiction_date_and_reference():
    assert limit("benzene", "EU").value == 0.001
    assert limit("xylenes", "kazakhstan").to("ug/L") == pytest.approx(50.0)
    found = limit("TPH", "Kazakhstan", "fishery")
    assert (found.value, found.unit, found.reference) == (0.05, "mg/L", "list for fishery waters")
    assert limit("benzene", "Kazakhstan").date == "2022-11-24"
    assert [x.jurisdiction for x in database().limits_of("NO3")] == ["WHO", "EU", "Kazakhstan", "United States"]
    with pytest.raises(InputError, match=r"no limit of 'toluene' for drinking water in 'EU'(.|\n)*WHO \(drin"):
        limit("toluene", "EU")


def test_a_users_file_stands_on_top(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text("""
[[component]]
component = "MTBE"
class = "ether"
formula = "C5H12O"
solubility_25C_mg_per_L = "48 g/L"
status = "published"

[[crude]]
oil = "petrol"
pseudo_component = "MTBE"
mass_fraction_wt_percent = 10
oil_density_15C_kg_per_m3 = "0.74 kg/L"
status = "assumed"

[[crude]]
oil = "petrol"
pseudo_component = "xylenes"
mass_fraction_wt_percent = 90
oil_density_15C_kg_per_m3 = 740
status = "assumed"

[[limit]]
component = "MTBE"
jurisdiction = "Atlantis"
use = "drinking water"
limit = 13
unit = "ug/L"
legal_reference = "Order 1"
status = "published"
""")
    data = database(own)
    assert data.component("mtbe").value("liquid_solubility") == 48000.0
    assert data.component("MTBE").molar_mass == pytest.approx(88.148, abs=2e-3)
    part = 0.1 / 88.15 / (0.1 / 88.15 + 0.9 / 106.17)
    assert data.crude("petrol").effective_solubility["MTBE"] == pytest.approx(48000 * part, rel=1e-4)
    assert data.limit("MTBE", "Atlantis").to("mg/L") == pytest.approx(0.013)
    assert "petrol" not in database().crudes


def test_a_users_row_replaces_that_of_the_same_name(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("component,class,molar_mass_g_per_mol,liquid_or_subcooled_solubility_mg_per_L,status\n"
                   "Xylenes,BTEX,106.2,175,measured\n")
    data = database(own)
    assert data.component("xylenes (mixed)").liquid_solubility == data.component("xylenes").liquid_solubility == 175.0


def test_everything_wrong_is_told_at_once_with_file_and_line(tmp_path):
    one, two, three = tmp_path / "one.csv", tmp_path / "two.csv", tmp_path / "three.toml"
    one.write_text("component,class,formula,molar_mass_g_per_mol,solubilty_25C_mg_per_L,status\n"
                   "MTBE,ether,C5H12O,99,48000,guessed\n"
                   "ETBE,ether,C6H14O,-1,12000,textbook\n"
                   "TAME,ether,Xx5,,1,textbook\n")
    two.write_text("oil,pseudo_component,mass_fraction_wt_percent,molar_mass_g_per_mol,pure_liquid_solubility_mg_per_L,"
                   "oil_density_15C_kg_per_m3,status\n"
                   "mine,naphthalene,10,128.17,31,800,assumed\n"
                   "mine,unheard of,80,,1,800,assumed\n"
                   "mine,benzene,9.5,,,810,assumed\n"
                   "mine,toluene\n")
    three.write_text('[[limits]]\na = 1\n\n[[limit]]\ncomponent = "benzene"\njurisdiction = "Here"\nuse = "x"\n'
                     'limit = 1\nunit = "m/d"\nlegal_reference = "y"\nstatus = "assumed"\n')
    with pytest.raises(InputError) as error:
        database(one, two, three)
    text = str(error.value)
    for words in (
        "one.csv, line 1: unknown column 'solubilty_25C_mg_per_L'", "Did you mean 'solubility_25C_mg_per_L'?",
        "one.csv, line 2: status = 'guessed'", "one.csv, line 3: molar_mass_g_per_mol = -1 is outside (0, inf]"[:-1],
        "one.csv, line 4: formula 'Xx5'", "two.csv, line 2: solubility of naphthalene = 31 mg/L",
        "takes the liquid's, 110 mg/L",
        "two.csv, line 3: molar mass of 'unheard of' is missing", "density of 'mine' = 810", "sum to 99.5 %, not 100 %",
        "two.csv, line 5: 2 values under 7 columns", "three.toml, line 1: unknown table 'limits'",
        "Did you mean [[limit]]?",
        "three.toml, line 4: unit 'm/d' is not one of concentration",
    ):
        assert words in text, words


def test_a_molar_mass_must_be_that_of_its_formula(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("component,class,formula,molar_mass_g_per_mol,status\nMTBE,ether,C5H12O,99,assumed\n")
    with pytest.raises(InputError, match=r"line 2: molar mass of MTBE = 99 g/mol, but C5H12O has 88.15"):
        database(own)


def test_what_does_not_dissolve_is_lumped_without_changing_mole_fractions():
    oil = crude(MEDIUM)
    mass, mean = oil.rest(("benzene", "xylenes (mixed)"))
    moles = 0.001 / 78.11 + 0.0045 / 106.17 + mass / mean
    assert mass == pytest.approx(1.0 - 0.0055)
    assert 0.001 / 78.11 / moles == pytest.approx(oil.mole_fractions["benzene"], rel=1e-12)
    assert oil.rest(oil.mole_fractions) == (0.0, 0.0)
