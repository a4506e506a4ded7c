"""Oil that dissolves and what degrades it, from case.toml to results: laws, restart, and what is refused."""

import numpy as np
import pytest

import gwsolver as gw
import gwsolver.run.checkpoint as checkpoint
from gwsolver.cli import main
from gwsolver.core.errors import InputError
from tests.cli.column import refused
from tests.run.oil_site import CASE, DEGRADATION, OIL, amounts, total_mass, write_site

# Effective solubilities of the medium crude by Raoult's law [mg/L].
EFFECTIVE = {"benzene": 4.947, "toluene": 4.09}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return gw.run(write_site(tmp_path_factory.mktemp("plain") / "site", OIL))


@pytest.fixture(scope="module")
def reacting(tmp_path_factory):
    return gw.run(write_site(tmp_path_factory.mktemp("reacting") / "site", OIL, DEGRADATION))


def test_water_beside_oil_has_the_effective_solubility(plain):
    """The water of a cell is in equilibrium with its oil; what it and the solids took of toluene is no longer there."""
    for name, most in EFFECTIVE.items():
        found = plain.concentration(name).values
        assert np.nanmax(found) <= most * (1.0 + 1e-4)
    assert np.nanmax(plain.concentration("toluene").values[0]) > 0.85 * EFFECTIVE["toluene"]


def test_brine_takes_up_less(tmp_path):
    """One mole of NaCl per litre: 10 ** -0.25 of the effective solubility, by Setschenow."""
    brine = '[reactions]\ndissolved_solids = "58.44 g/L"\ntemperature = 10\n'
    results = gw.run(write_site(tmp_path / "site", brine, OIL, years=1))
    for name, effective in EFFECTIVE.items():
        found = np.nanmax(results.concentration(name).values) / (effective * 10.0**-0.25)
        assert 0.8 < found <= 1.0 + 1e-4  # some of it was taken by what was clean


def test_every_gram_of_oil_is_somewhere(plain, reacting):
    oil = 800.0 * 1.0 * 0.3 * 0.08 * 860e3  # g: area, smear zone, porosity, saturation, density
    for results, part in ((plain, 0.0), (reacting, 0.1)):
        booked = amounts(results, "benzene")
        assert booked["lake", "spilled"][0] == pytest.approx(0.001 * oil, rel=1e-9)
        stored = sum(booked["storage", t][1] - booked["storage", t][0] for t in ("dissolved", "sorbed", "in oil"))
        left = sum(out for (p, _), (_, out) in booked.items() if p in ("chd", "degradation"))
        assert stored + left == pytest.approx(0.001 * oil, rel=1e-10)
        assert left >= part * 0.001 * oil
        in_oil = booked["storage", "in oil"][1] - booked["storage", "in oil"][0]
        assert total_mass(results, "benzene") == pytest.approx(in_oil, rel=1e-9)
        assert amounts(results, "oil bulk")["lake", "spilled"][0] == pytest.approx(oil * (1 - 0.001 - 0.0033), rel=1e-9)


def test_runs_balance_and_are_never_negative(plain, reacting):
    for results in (plain, reacting):
        assert max(results.summary["closure"].values()) <= 1e-10
        assert min(results.summary["minimum"].values()) >= 0.0
    assert {"electrons", "carbon"} <= set(reacting.summary["closure"])
    assert max(reacting.summary["closure"][k] for k in ("electrons", "carbon")) <= 1e-12


def test_reaction_takes_oxygen_first_and_shortens_the_plume(plain, reacting):
    last = {name: reacting.concentration(name).isel(time=-1).values for name in ("benzene", "oxygen", "sulfate")}
    there = last["benzene"] > 1e-6
    assert there.any()
    assert last["oxygen"][there].max() < 1e-9  # instantaneous: no donor beside an acceptor
    assert last["sulfate"][there].max() < 1e-9
    before = plain.concentration("benzene").isel(time=-1).values
    assert (last["benzene"] > 0.01).sum() < (before > 0.01).sum()
    booked = amounts(reacting, "oxygen")
    donors = sum(amounts(reacting, name)["degradation", "oxygen"][1] * factor
                 for name, factor in (("benzene", 3.0722), ("toluene", 3.1254)))
    taken = sum(booked["degradation", name][1] for name in ("benzene", "toluene"))
    assert taken == pytest.approx(donors, rel=1e-4)


def test_a_run_goes_on_from_its_checkpoint_bit_for_bit(tmp_path, reacting, monkeypatch):
    """Stopped at its third checkpoint: oil, reactions and their books go on as if nothing had been."""
    folder = write_site(tmp_path / "site", OIL, DEGRADATION)
    keep, count = checkpoint.save, []

    def save(where, state):
        keep(where, state)
        count.append(1)
        if len(count) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint, "save", save)
    with pytest.raises(KeyboardInterrupt):
        gw.run(folder, checkpoint=1e-9)
    monkeypatch.undo()
    again = gw.run(folder, restart=True)
    for name in ("benzene", "toluene", "oxygen", "sulfate"):
        assert np.array_equal(again.concentration(name).values, reacting.concentration(name).values, equal_nan=True)
    assert again.budget().equals(reacting.budget())
    assert again.summary["closure"] == reacting.summary["closure"]


def test_oil_is_removed_at_its_date_and_a_leak_fills_it(tmp_path):
    leak = 'leak_start = 2000-03-01\nleak_end = 2000-06-01\nremoval = [{ time = 2001-06-01, part = "50 %" }]\n'
    results = gw.run(write_site(tmp_path / "site", OIL + leak))
    bulk, oil = amounts(results, "oil bulk"), 800.0 * 0.3 * 0.08 * 860e3 * (1 - 0.001 - 0.0033)
    assert bulk["lake", "leak"][0] == pytest.approx(oil, rel=1e-9)
    assert bulk["lake", "removal"][1] == pytest.approx(0.5 * oil, rel=1e-9)
    assert max(results.summary["closure"].values()) <= 1e-10
    assert np.nanmax(results.concentration("benzene").values) <= EFFECTIVE["benzene"] * (1.0 + 1e-4)


KINETIC = """
[[degradation]]
model = "kinetic"
donors = ["benzene", "toluene"]
acceptors = ["oxygen", "sulfate"]
rates = { oxygen = "0.05 1/d", sulfate = "0.004 1/d" }
preference = { benzene = 0.2 }
half_saturation = { oxygen = "0.5 mg/L", sulfate = "0.5 mg/L" }
inhibition = { oxygen = "0.01 mg/L" }
"""


def test_fast_kinetics_come_near_instantaneous_and_slow_ones_to_none(tmp_path, plain, reacting):
    def plume(results):
        return float(np.nansum(results.concentration("toluene").isel(time=-1).values))

    found = []
    for factor in (1e-4, 1.0, 1e3):
        results = gw.run(write_site(tmp_path / f"{factor:g}", OIL, KINETIC + f"activity = {factor:g}\n"))
        assert max(results.summary["closure"][k] for k in ("electrons", "carbon")) <= 1e-12
        assert max(results.summary["closure"].values()) <= 1e-10
        assert min(results.summary["minimum"].values()) >= 0.0
        found.append(plume(results))
    assert plume(plain) > found[0] > found[1] > found[2]
    assert found[0] == pytest.approx(plume(plain), rel=0.02)
    assert found[2] == pytest.approx(plume(reacting), rel=0.1)


def test_iron_on_solids_counts_below_the_water_table(tmp_path):
    """50 mg/kg of 1.75 t/m3 in the lower layer up to the water table at 4.5 to 5 m of 7 m, and nothing above."""
    iron = """
[[degradation]]
model = "instantaneous"
donors = ["benzene", "toluene"]
[degradation.acceptors.iron]
solid = "50 mg/kg"
"""
    results = gw.run(write_site(tmp_path / "site", OIL + "layers = [2]\n", iron, sinks=5.5))
    booked = amounts(results, "iron(III)")
    wet = np.nansum(results.head().isel(time=-1, layer=1).values) * 100.0  # m3: the bottom is at 0
    assert booked["degradation", "met by water"][0] == pytest.approx(50e-6 * 1.75e6 * wet, rel=1e-6)
    assert max(results.summary["closure"].values()) <= 1e-10
    assert sum(out for (_, term), (_, out) in booked.items() if term in ("benzene", "toluene")) > 0.0


@pytest.mark.parametrize(("text", "term"), [
    ('rates = { benzene = "0.002 1/d", toluene = "0.01 1/d" }\nyields = { benzene = { toluene = 0.1 } }\n'
     'model = "first_order"\n', "first order"),
    ('model = "monod"\n[degradation.substrates.benzene]\nrate = "0.01 mg/L/d"\nhalf_saturation = "0.5 mg/L"\n', ""),
    ('model = "monod"\nsubstrates = { benzene = { rate = "1 1/d", half_saturation = "0.5 mg/L", growth = 0.5 } }\n'
     'biomass = { initial = "0.1 mg/L", decay = "0.01 1/d", least = "0.1 mg/L" }\n'
     'acceptor = { process = "oxygen", half_saturation = "0.2 mg/L" }\n', "oxygen"),
])
def test_other_models_of_degradation_run_and_balance(tmp_path, text, term, plain):
    results = gw.run(write_site(tmp_path / "site", OIL, "\n[[degradation]]\n" + text))
    assert max(results.summary["closure"].values()) <= 1e-10
    assert min(results.summary["minimum"].values()) >= 0.0
    gone = {t: out for (p, t), (_, out) in amounts(results, "benzene").items() if p == "degradation"}
    assert sum(gone.values()) > 100.0
    if term == "oxygen":
        assert max(results.summary["closure"][k] for k in ("electrons", "carbon")) <= 1e-12
        assert set(gone) == {"oxygen"}


CASE_NITRATE = """
[[species]]
name = "nitrate"
like = "benzene"
inflow = "5 mg N/L"
distribution_coefficient = "0 L/kg"
"""
BAD = {
    "twice": ('\n[[degradation]]\nmodel = "first_order"\nrates = { xylenes = "0.004 1/d" }\n[[species]]\n'
              'name = "xylenes"\nlike = "benzene"\ndecay = "0.001 1/d"\n',
              r"xylenes decays twice: at 0\.001 1/d in its transport model, and here at 0\.004 1/d"),
    "peat": ('\n[[species]]\nname = "xylenes"\nlike = "benzene"\nkoc = "389 L/kg"\nfoc = 0.5\n',
             r"foc = 0\.5 is outside \[0, 0\.05\]"),
    "iron": ('\n[[degradation]]\nmodel = "instantaneous"\ndonors = ["benzene"]\n'
             'acceptors = { iron = { solid = 50 } }\n',
             r"mass of Fe\(III\) per mass of dry solid: solid = 50 is outside \[0, 1\]\.\n.*solid = \"50 mg/kg\""),
    "iron in water": ('\n[[degradation]]\nmodel = "instantaneous"\ndonors = ["benzene"]\n'
                      'acceptors = { iron = { solid = "50 mg/L" } }\n',
                      "unit 'mg/L' does not fit; a unit like 'mg/kg' is needed"),
    "nitrogen": (CASE_NITRATE, r'5 mg N/L counts nitrate as N; it counts as NO3 here: write "22\.13 mg/L"'),
    "own oil": (OIL.replace('crude = "medium (Kenkiyak / Emba type)"', 'composition = { benzene = "1 %" }'),
                r"an oil of one's own needs composition, molar_mass \(g/mol, of all of it\) and density"),
    "mass unknown": (OIL + 'composition = { "TDS (dry residue)" = "1 %" }\n',
                     r"molar mass and solubility are not both known of 'TDS \(dry residue\)'"),
    "monod": ('\n[[degradation]]\nmodel = "monod"\n[degradation.substrates.benzene]\nrate = "0.1 1/d"\n'
              'half_saturation = "1 mg/L"\n', r"rate of 'benzene' = 0\.1 1/d"),
    "rate": (KINETIC.replace('sulfate = "0.004 1/d"', 'nitrate = "0.1 1/d"'),
             "rates names 'nitrate', which is not among the acceptors"),
    "no rate": (KINETIC.replace(', sulfate = "0.004 1/d"', ""), "there is no rate for the acceptor 'sulfate'"),
    "preference": (KINETIC.replace("benzene = 0.2", "benzin = 0.2"), "preference names 'benzin'"),
    "crude": (OIL.replace("medium (Kenkiyak / Emba type)", "medium Kenkiyak"),
              r"there is no crude 'medium Kenkiyak'\.\nDid you mean 'medium \(Kenkiyak / Emba type\)'\?"),
    "component": (OIL + 'composition = { benzin = "0.2 %" }\n', "there is no component 'benzin'.*\n?.*'benzene'"),
    "sum": (OIL + 'composition = { benzene = "60 %", toluene = "50 %" }\n',
            "the composition sums to more than the whole = 110 %; allowed: at most 100 %"),
    "outside": (OIL.replace("50004", "51004").replace("50008", "51008"), "'lake' lies outside the active cells"),
    "layer": (OIL.replace('"1 m"', '"4 m"'),
              "the smear zone is thicker than layer 1, row 5, column 5 = 4; allowed: at most 3"),
    "amount": (OIL + 'volume = "720 m3"\n', "of volume, mass and saturation exactly one says how much oil there is"),
    "date": (OIL + 'leak_start = 2000-06-01\nleak_end = 2000-03-01\n', "the leak ends before it begins"),
    "species": (OIL + DEGRADATION.replace('"toluene"]', '"tolune"]'),
                "there is no species 'tolune'.\nDid you mean 'toluene'"),
    "model": (DEGRADATION.replace("instantaneous", "instant"), "model = .instant.*allowed: one of .*instantaneous"),
    "key": (OIL.replace("thickness", "thicknes"), "unknown key 'thicknes'.\nDid you mean 'thickness'"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path, name):
    text, words = BAD[name]
    folder = write_site(tmp_path / "site", text)
    with pytest.raises(InputError, match=words) as caught:
        gw.load(folder)
    for problem in caught.value.problems:
        assert problem.file.endswith("case.toml")
        assert problem.line is None or problem.line > CASE.count("\n")


def test_a_concentration_above_the_effective_solubility_is_refused_with_both(tmp_path):
    words = r"concentration of benzene = 12 g/m3 is above 4\.947 g/m3, all that water beside the oil can have"
    with pytest.raises(InputError, match=words):
        gw.load(write_site(tmp_path / "site", OIL, given=12.0))
    elsewhere = OIL.replace("[500040, 5400040], [500080, 5400040]", "[500060, 5400040], [500080, 5400040]").replace(
        "[500040, 5400060]", "[500060, 5400060]")
    assert gw.load(write_site(tmp_path / "other", elsewhere, given=4.0)).check() == []


@pytest.mark.parametrize(("concentration", "where", "words"), [
    ("5 mg/L", 40, r"concentration of benzene = 5 g/m3 is above 4\.947 g/m3, all that water beside the oil 'lake' can"),
    ("2 g/L", 120, r"concentration of benzene = 2000 g/m3 is above 1780 g/m3, all that dissolves of the pure liquid"),
    ("4.9 mg/L", 40, ""), ("100 mg/L", 120, ""),
])
def test_a_release_above_the_effective_solubility_is_refused_with_both(tmp_path, concentration, where, words):
    """Beside the oil that of the oil, elsewhere (another oil may have been there) that of the pure liquid."""
    release = f"""
[[release]]
name = "pit"
species = "benzene"
model = "pit"
leakage = "3 mm/d"
concentration = "{concentration}"
polygon = [[{500000 + where}, 5400040], [{500010 + where}, 5400040], [{500010 + where}, 5400050]]
"""
    folder = write_site(tmp_path / "site", OIL, release)
    if not words:
        assert gw.load(folder).check() == []
        return
    with pytest.raises(InputError, match=words) as caught:
        gw.load(folder)
    [problem] = caught.value.problems
    assert problem.package == "[[release]] number 1"
    lines = (folder / "case.toml").read_text().splitlines()
    assert problem.line == lines.index(f'concentration = "{concentration}"') + 1


def test_oil_in_cells_with_a_given_concentration_is_refused(tmp_path, capsys):
    words = ("the concentration of benzene is given in a cell of the oil 'lake' = 4 g/m3 at layer 1, row 5, column 6; "
             "allowed: CNC of what an oil holds in cells without oil only (1 of 8 cells of the oil have it).\n"
             "The oil itself sets the concentration beside it")
    folder = write_site(tmp_path / "site", OIL, given=4.0)
    told = refused(capsys, folder)
    assert words in told
    assert "benzene.cnc" in told
    assert not (folder / "results").exists()
    slow = write_site(tmp_path / "slow", OIL + 'transfer_rate = "0.1 1/d"\n', given=4.0)
    assert words in refused(capsys, slow)


@pytest.mark.parametrize("transient", [False, True])
@pytest.mark.parametrize("extra", ["", 'transfer_rate = "0.1 1/d"\n', "leak_start = 0\nleak_end = 2000-02-01\n"])
def test_oil_in_cells_that_are_dry_at_the_start_is_refused(tmp_path, capsys, extra, transient):
    """The water table lies at 4.5 to 5 m, the layer with the oil above 7 m: from heads given or solved."""
    folder = write_site(tmp_path / "site", OIL + extra, sinks=5.5, transient=transient)
    assert main(["run", str(folder), "--no-figures"]) == 2
    told = capsys.readouterr().err
    assert "case.toml ([[oil]] lake): oil lies in a cell that is dry at the start: its head = " in told
    assert "at layer 1, row 5, column 5; allowed: above its bottom, 7 (8 of 8 cells are dry).\n" in told
    assert "The water table stands in layer 2 there: write layers = [2]." in told
    assert not (folder / "results").exists()
    if extra:
        return
    below = write_site(tmp_path / "below", OIL + "layers = [2]\n", sinks=5.5, years=1, transient=transient)
    results = gw.run(below)
    assert np.nanmax(results.concentration("benzene").values) > 0.5 * EFFECTIVE["benzene"]
    assert max(results.summary["closure"].values()) <= 1e-10


def test_oil_that_has_not_come_yet_is_none(tmp_path):
    """Saved twice a year; the leak comes in the second year."""
    leak = OIL + "leak_start = 2001-03-01\nleak_end = 2001-05-01\n"
    results = gw.run(write_site(tmp_path / "site", leak))
    oil = results.mass_in_oil("benzene").sum(("layer", "row", "column")).values
    assert (oil[:2] == 0.0).all()
    assert (oil[2:] > 0.0).all()
    assert amounts(results, "benzene")["lake", "leak"][0] == pytest.approx(0.001 * 800.0 * 0.3 * 0.08 * 860e3, rel=1e-9)


def test_all_problems_of_oil_and_reactions_come_at_once(tmp_path):
    folder = write_site(tmp_path / "site", OIL.replace("medium (", "x ("), DEGRADATION.replace("sulfate", "sulphate"))
    with pytest.raises(InputError) as caught:
        gw.load(folder)
    assert len(caught.value.problems) >= 1


def test_oil_that_dissolves_slowly_comes_near_equilibrium_as_its_rate_grows(tmp_path, plain):
    peaks = []
    for rate in ("0.001 1/d", "0.01 1/d", "100 1/d"):
        results = gw.run(write_site(tmp_path / rate.split()[0], OIL + f'transfer_rate = "{rate}"\n'))
        assert max(results.summary["closure"].values()) <= 1e-10
        peaks.append(float(np.nanmax(results.concentration("benzene").values)))
    assert peaks == sorted(peaks)
    assert peaks[-1] == pytest.approx(float(np.nanmax(plain.concentration("benzene").values)), rel=0.02)


def test_volatilisation_takes_from_the_uppermost_water(tmp_path, plain):
    air = '\n[volatilisation]\nspecies = ["benzene"]\nwater_content = 0.1\n'
    results = gw.run(write_site(tmp_path / "site", OIL, air))
    gone = amounts(results, "benzene")["volatilisation", "to air"][1]
    assert gone > 0.0
    assert ("volatilisation", "to air") not in amounts(results, "toluene")
    assert max(results.summary["closure"].values()) <= 1e-10


def test_oil_in_much_thicker_cells_is_warned_of(tmp_path):
    """0.1 m of oil in cells of 3 m: three mixing lengths sqrt(4 alpha L / pi) are 4 m; with 5e-6 m for alpha, 4 cm."""
    thin = OIL.replace('thickness = "1 m"', 'thickness = "0.1 m"')
    assert thin != OIL
    folder = write_site(tmp_path / "site", thin)
    assert not any("diluted" in w for w in gw.load(folder).simulation.warnings)
    dispersion = folder / "mf6" / "benzene.dsp"
    dispersion.write_text(dispersion.read_text().replace("0.05", "5e-6"))
    [warning] = [w for w in gw.load(folder).simulation.warnings if "diluted" in w]
    assert "[[oil]] lake: source concentration diluted by layer thickness: the cell is 3 thick" in warning


def test_depletion_acts_once_on_a_column(tmp_path):
    """Oil in two layers loses what oil in one does: a mass per area of the map."""
    found = []
    for name, layers in (("one", "[1]"), ("two", "[1, 2]")):
        text = OIL + f"layers = {layers}\n"
        results = gw.run(write_site(tmp_path / name, text + 'depletion = "0.2 kg/m2/y"\n', years=1))
        found.append(amounts(results, "oil bulk")["lake", "source-zone depletion"][1])
    assert found[0] == pytest.approx(800.0 * 0.2e3, rel=0.01)  # all but the components
    assert found[1] == pytest.approx(found[0], rel=0.01)


DECAY = """
[[species]]
name = "xylenes"
like = "benzene"
decay = "0.01 1/d"
"""


def test_nothing_decays_within_oil_where_that_is_asked_for(tmp_path):
    """Decay beside oil is paid for by the oil: without it, oil keeps more, and all the same decays beyond."""
    left, decayed = [], []
    for name, more in (("within", ""), ("beyond", "decay_within = false\n")):
        folder = write_site(tmp_path / name, DECAY, OIL + more)
        models = {m.name: m for m in gw.load(folder).simulation.transport_models}
        still = np.flatnonzero(models["xylenes"].mobile.decay_rate == 0.0)
        assert still.size == (8 if more else 0)  # the cells of the lake, 40 m x 20 m
        assert np.array_equal(still, np.flatnonzero(models["xylenes"].mobile.decay_rate_sorbed == 0.0))
        results = gw.run(folder)
        assert max(results.summary["closure"].values()) <= 1e-10
        left.append(total_mass(results, "xylenes"))
        decayed.append(amounts(results, "xylenes")["decay", "dissolved"][1])
    assert left[1] > 1.05 * left[0]
    assert 0.0 < decayed[1] < 0.5 * decayed[0]


def test_what_acceptors_leave_decays_beside_an_instantaneous_reaction(tmp_path):
    donors = DEGRADATION.replace('"toluene"]', '"toluene", "xylenes"]')
    results = gw.run(write_site(tmp_path / "site", DECAY, OIL, donors))
    gone = amounts(results, "xylenes")
    assert min(gone["decay", "dissolved"][1], gone["degradation", "oxygen"][1]) > 0.0
    assert max(results.summary["closure"].values()) <= 1e-10


def test_oil_that_stands_in_the_waters_way(tmp_path):
    """8 % oil in 1 of 3 m, 15 % residual water: k_rw = (0.77 / 0.85)**3 there, side by side or in turn."""
    loaded = gw.load(write_site(tmp_path / "site", OIL + "residual_water = 0.15\n"))
    conductivity, k = loaded.simulation.flow_models[0].conductivity, (0.77 / 0.85) ** 3
    under = conductivity.k < 10.0 - 1e-9
    assert under.sum() == 8
    assert conductivity.k[under] == pytest.approx(10.0 * (2.0 + k) / 3.0)
    assert conductivity.k33[under] == pytest.approx(3.0 / (2.0 + 1.0 / k))
    assert (conductivity.k33[~under] == 1.0).all()
    leak = "leak_start = 2000-03-01\nleak_end = 2000-06-01\n"
    leaked = gw.load(write_site(tmp_path / "leak", OIL + leak + "residual_water = 0.15\n"))
    assert leaked.simulation.flow_models[0].conductivity.k == pytest.approx(conductivity.k, rel=1e-12)
    with pytest.raises(InputError, match="no water could pass"):
        gw.load(write_site(tmp_path / "full", OIL.replace("0.08", "0.9") + "residual_water = 0.15\n"))
