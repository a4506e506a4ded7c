"""What MODFLOW 6 refuses of stress packages is refused, in every period and time step.

The model has a convertible layer from 10 to 5 and a confined one (ICELLTYPE = 0) from 5 to 0; three periods of
two steps of 5 days. Each case was run with MODFLOW 6.7, which ended with an error where one is expected here.
"""

import flopy
import pytest

from gwsolver.core.errors import InputError
from gwsolver.modflow import read
from tests.modflow.models import change, flow_simulation, line_of, write


def with_package(folder, kind, records, **options):
    """Write the model with one more package, of `records` (of period 1, or by zero-based period)."""
    sim = flow_simulation(folder, transport="solute" if kind in ("cnc", "src") else None)
    model = sim.get_model("solute" if kind in ("cnc", "src") else "flow")
    new = {"ghb": flopy.mf6.ModflowGwfghb, "riv": flopy.mf6.ModflowGwfriv, "drn": flopy.mf6.ModflowGwfdrn,
           "chd": flopy.mf6.ModflowGwfchd, "evt": flopy.mf6.ModflowGwfevt, "cnc": flopy.mf6.ModflowGwtcnc,
           "wel": flopy.mf6.ModflowGwfwel}[kind]
    series = options.pop("series", None)
    package = new(model, pname="new", filename=f"new.{kind}", stress_period_data=records, **options)
    if series:
        package.ts.initialize(filename="new.ts", timeseries=series, time_series_namerecord=["s"],
                              interpolation_methodrecord=["stepwise"])
    return write(sim), sim


def problems(folder):
    with pytest.raises(InputError) as caught:
        read(folder)
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize(("kind", "values", "what", "allowed"), [
    ("ghb", (4.5, 1.0), "bhead in period 1 = 4.5", "at least 5, the bottom of its cell"),
    ("chd", (4.5,), "head in period 1 = 4.5", "at least 5, the bottom of its cell"),
    ("drn", (4.5, 1.0), "elev in period 1 = 4.5", "at least 5, the bottom of its cell"),
    ("riv", (7.0, 1.0, 4.5), "rbot in period 1 = 4.5", "at least 5, the bottom of its cell"),
    ("riv", (6.0, 1.0, 6.5), "stage in period 1 = 6", "at least 6.5, its rbot"),
])
def test_a_boundary_below_its_cell(tmp_path, kind, values, what, allowed):
    folder, _ = with_package(tmp_path, kind, [[(0, 1, 1), *values]])
    file = folder / f"new.{kind}"
    found = problems(folder)
    assert len(found) == 1
    place = f"{file}, line {line_of(file, '1 2 2')}"
    assert found[0].startswith(f"{place}: {what} at layer 1, row 2, column 2; allowed: {allowed}.\n")


@pytest.mark.parametrize(("kind", "values"), [
    ("ghb", (-3.0, 1.0)), ("drn", (-3.0, 1.0)), ("riv", (-2.0, 1.0, -3.0)), ("chd", (-3.0,)),
])
def test_a_confined_cell_takes_any_elevation(tmp_path, kind, values):
    folder, _ = with_package(tmp_path, kind, [[(1, 1, 1), *values]])
    assert read(folder).flow_models[0].packages


def test_a_boundary_at_the_very_bottom_is_taken(tmp_path):
    folder, _ = with_package(tmp_path, "riv", [[(0, 1, 1), 5.0, 1.0, 5.0]])
    assert read(folder).flow_models[0].packages


def test_a_stage_below_the_bed_is_refused_in_a_confined_cell_too(tmp_path):
    folder, _ = with_package(tmp_path, "riv", [[(1, 1, 1), 2.0, 1.0, 3.0]])
    assert "stage in period 1 = 2 at layer 2, row 2, column 2; allowed: at least 3, its rbot" in problems(folder)[0]


def test_all_that_is_wrong_is_told_and_counted(tmp_path):
    good, bad = [(0, 0, 0), 7.0, 1.0], [(0, 2, 2), 3.0, 1.0]
    folder, _ = with_package(tmp_path, "ghb", {0: [good], 1: [good, bad, [(0, 2, 1), 2.0, 1.0]], 2: [bad]})
    change(folder / "flow.chd", r"(1 1 4 +)\S+", r"\g<1>4.0")
    told = problems(folder)
    line, text = line_of(folder / "new.ghb", "1 3 3"), "\n".join(told)
    assert len(told) == 2 and "flow.chd (sea)" in text
    assert f"new.ghb, line {line}: bhead in period 2 = 3 at layer 1, row 3, column 3; allowed: at least 5, the " \
        "bottom of its cell (2 cells in 2 periods are below)." in text


def test_a_series_is_held_against_every_step(tmp_path):
    folder, _ = with_package(tmp_path, "ghb", [[(0, 1, 1), "s", 1.0]], series=[(0.0, 8.0), (15.0, 4.0), (99.0, 8.0)])
    (text,) = problems(folder)
    assert "bhead in period 2, step 2 = 4 at layer 1, row 2, column 2; allowed: at least 5" in text
    assert "(1 cell in 3 steps is below)" in text


def test_a_series_that_is_no_conductance(tmp_path):
    folder, _ = with_package(tmp_path, "ghb", [[(0, 1, 1), 8.0, "s"]], series=[(0.0, 8.0), (15.0, -4.0), (99.0, 8.0)])
    (text,) = problems(folder)
    assert "cond in period 2, step 2 = -4 at layer 1, row 2, column 2 is outside [0, inf)" in text


def test_a_multiplier_below_zero(tmp_path):
    folder, _ = with_package(tmp_path, "drn", [[(0, 1, 1), 8.0, 1.0, -0.5]], auxiliary=["part"], auxmultname="part")
    (text,) = problems(folder)
    assert "part in period 1 = -0.5 at layer 1, row 2, column 2 is outside [0, inf)" in text


def test_a_well_may_be_multiplied_by_a_number_below_zero(tmp_path):
    folder, _ = with_package(tmp_path, "wel", [[(0, 1, 1), 8.0, -0.5]], auxiliary=["part"], auxmultname="part")
    assert read(folder).flow_models[0].packages


def test_a_head_is_held_against_the_cell_with_its_multiplier(tmp_path):
    folder, _ = with_package(tmp_path, "chd", [[(0, 1, 1), 8.0, 0.5]], auxiliary=["part"], auxmultname="part")
    assert "head in period 1 = 4 at layer 1, row 2, column 2" in problems(folder)[0]


def test_a_drain_that_begins_to_open_below_its_cell(tmp_path):
    records = [[(0, 1, 1), 6.0, 1.0, -1.5]]
    folder, _ = with_package(tmp_path, "drn", records, auxiliary=["depth"], auxdepthname="depth")
    (text,) = problems(folder)
    assert "elev with its drainage depth in period 1 = 4.5 at layer 1, row 2, column 2; allowed: at least 5" in text


def test_nocheck_is_taken_at_its_word(tmp_path):
    folder, _ = with_package(tmp_path, "ghb", [[(0, 1, 1), 4.5, 1.0]])
    change(folder / "mfsim.nam", r"(?i)begin options", "BEGIN options\n  NOCHECK")
    assert read(folder).flow_models[0].packages


def test_a_simulation_in_memory(tmp_path):
    _, sim = with_package(tmp_path, "ghb", [[(0, 1, 1), 4.5, 1.0]])
    assert "new: bhead in period 1 = 4.5 at layer 1, row 2, column 2" in problems(sim)[0]


@pytest.mark.parametrize(("fractions", "text"), [
    ((0.6, 0.3), "pxdp2 in period 1 = 0.3 at layer 1, row 2, column 2; allowed: at least 0.6, its pxdp1"),
    ((0.0, 0.3), "pxdp in period 1 = 0 is outside (0, 1)"),
    ((0.5, 1.0), "pxdp in period 1 = 1 is outside (0, 1)"),
])
def test_depths_of_evapotranspiration_grow(tmp_path, fractions, text):
    records = [[(0, 1, 1), 9.0, 1e-3, 2.0, *fractions, 0.5, 0.2]]
    folder, _ = with_package(tmp_path, "evt", records, nseg=3)
    assert text in problems(folder)[0]


@pytest.mark.parametrize(("kind", "what"), [("chd", "head"), ("cnc", "concentration")])
def test_a_cell_is_held_once(tmp_path, kind, what):
    folder, _ = with_package(tmp_path, kind, {1: [[(0, 2, 1), 7.0], [(0, 2, 2), 7.0], [(0, 2, 1), 8.0]]})
    (text,) = problems(folder)
    assert f"period 2 gives the {what} of a cell that new holds already at layer 1, row 3, column 2" in text


def test_a_cell_is_held_by_one_package(tmp_path):
    folder, _ = with_package(tmp_path, "chd", {2: [[(0, 0, 3), 8.0]]})
    (text,) = problems(folder)
    assert "new.chd" in text
    assert "period 3 gives the head of a cell that sea holds already at layer 1, row 1, column 4" in text


def test_a_concentration_below_zero_by_its_multiplier(tmp_path):
    folder, _ = with_package(tmp_path, "cnc", [[(0, 2, 1), 8.0, -1.0]], auxiliary=["part"], auxmultname="part")
    assert "part in period 1 = -1 at layer 1, row 3, column 2 is outside [0, inf)" in problems(folder)[0]


def test_an_entry_without_a_cell_holds_none(tmp_path):
    """It is told by itself; the last cell of the grid, held once, is not taken for held twice."""
    folder, _ = with_package(tmp_path, "chd", [[(1, 0, 0), 8.0], [(1, 2, 3), 8.0]])
    change(folder / "new.chd", "2 1 1 ", "2 9 9 ")
    found = problems(folder)
    assert len(found) == 1 and "cell (2, 9, 9) is outside the grid" in found[0]
