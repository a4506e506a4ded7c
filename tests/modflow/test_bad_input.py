"""Bad input is refused with file, line, package, cell, value and what is allowed; all problems at once."""

import contextlib
import io

import flopy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gwsolver.core.errors import InputError
from gwsolver.modflow import read
from tests.modflow.models import change, flow_simulation, line_of, transport_simulation, write


def words(folder, **how):
    with pytest.raises(InputError) as caught:
        read(folder, **how)
    return [str(p) for p in caught.value.problems]


def test_a_missing_file_names_the_line_that_asks_for_it(tmp_path):
    folder = write(flow_simulation(tmp_path))
    (folder / "flow.npf").unlink()
    line = line_of(folder / "flow.nam", "NPF6")
    assert words(folder) == [f'{folder / "flow.nam"}, line {line}: NPF6 file "flow.npf" is not there.']


def test_porosity_in_percent(tmp_path):
    folder = write(flow_simulation(tmp_path, transport="solute"))
    change(folder / "solute.mst", r"(porosity\s+CONSTANT\s+)\S+", r"\g<1>30.0")
    text = words(folder)[0]
    line = line_of(folder / "solute.mst", "porosity")
    assert f"solute.mst, line {line}: porosity = 30 at layer 1, row 1, column 1 is outside (0, 1]" in text
    assert "write 30% as 0.30" in text


def test_all_problems_at_once(tmp_path):
    folder = write(flow_simulation(tmp_path, transport="solute"))
    change(folder / "solute.mst", r"(porosity\s+CONSTANT\s+)\S+", r"\g<1>nan")
    change(folder / "flow.npf", r"(k\s+CONSTANT\s+)\S+", r"\g<1>-5.0")
    change(folder / "flow.npf", "K33OVERK", "K33OVERKK")
    text = "\n".join(words(folder))
    assert "porosity = nan" in text and "k = -5" in text
    assert 'option "K33OVERKK" is not known' in text and "Did you mean K33OVERK?" in text


def test_an_unknown_array_name(tmp_path):
    folder = write(flow_simulation(tmp_path, transport="solute"))
    change(folder / "solute.mst", "porosity", "porosty")
    assert any('"porosty" is not known in block GRIDDATA.\nDid you mean POROSITY?' in w for w in words(folder))


def test_a_well_in_an_inactive_cell(tmp_path):
    sim = flow_simulation(tmp_path, idomain=[[[1] * 4] * 3, [[1, 0, 1, 1], [1] * 4, [1] * 4]])
    folder = write(sim)
    line = line_of(folder / "flow.wel", "2 1 2")
    assert f"line {line}: an entry stands in an inactive cell at layer 2, row 1, column 2." in words(folder)[0]


def test_a_well_outside_the_grid(tmp_path):
    folder = write(flow_simulation(tmp_path))
    change(folder / "flow.wel", "2 1 2 ", "2 1 9 ")
    assert "cell (2, 1, 9) is outside the grid; allowed: layer 1 to 2, row 1 to 3, column 1 to 4." \
        in words(folder)[0]


def test_a_conductance_below_zero_names_period_and_line(tmp_path):
    sim = flow_simulation(tmp_path)
    flopy.mf6.ModflowGwfghb(sim.get_model("flow"), pname="lake", stress_period_data={1: [[(0, 1, 1), 7.0, -3.0]]})
    folder = write(sim)
    line = line_of(folder / "flow.ghb", "1 2 2")
    assert words(folder) == [f"{folder / 'flow.ghb'} (lake), line {line}: cond in period 2 = -3 is outside [0, inf)."]


def test_a_series_that_ends_early(tmp_path):
    sim = flow_simulation(tmp_path)
    well = flopy.mf6.ModflowGwfwel(sim.get_model("flow"), pname="pump", filename="pump.wel",
                                   stress_period_data=[[(0, 1, 1), "q"]])
    well.ts.initialize(filename="pump.ts", timeseries=[(0.0, 0.0), (12.0, 10.0)], time_series_namerecord=["q"],
                       interpolation_methodrecord=["linear"])
    text = words(write(sim))[0]
    assert 'pump.ts' in text
    assert 'series "q" ends at time 12, but is needed from 10 to 15 (period 2, step 1)' in text


def test_a_word_that_is_neither_number_nor_series(tmp_path):
    folder = write(flow_simulation(tmp_path))
    change(folder / "flow.wel", r"2.50000000E\+00", "abc")
    assert 'flow.wel (wells), line 12: stress_period_data "abc" is not a number.' in words(folder)[0]


def test_a_record_that_is_too_short(tmp_path):
    folder = write(flow_simulation(tmp_path))
    change(folder / "flow.chd", r"1 1 4 +\S+", "1 1 4")
    line = line_of(folder / "flow.chd", "1 1 4")
    assert words(folder)[0].endswith(f"flow.chd (sea), line {line}: the record has 3 words; 3 for the cell and 1 more "
                                     "are needed.")


def test_a_cell_that_is_no_number(tmp_path):
    folder = write(flow_simulation(tmp_path))
    change(folder / "flow.chd", "1 1 4", "1 x 4")
    assert 'flow.chd (sea), line' in words(folder)[0] and '"x" is no cell number' in words(folder)[0]


def test_an_array_that_is_too_short_names_its_line(tmp_path):
    folder = write(flow_simulation(tmp_path))
    change(folder / "flow.ic", r"CONSTANT +\S+", "INTERNAL\n 1.0 2.0")
    text = words(folder)[0]
    assert text.startswith(f"{folder / 'flow.ic'}") and f"line {line_of(folder / 'flow.ic', 'strt')}" in text


def test_a_count_that_is_no_number(tmp_path):
    folder = write(flow_simulation(tmp_path))
    change(folder / "flow.dis", r"NCOL +4", "NCOL four")
    change(folder / "flow.dis", r"NLAY +2", "")
    line = line_of(folder / "flow.dis", "NCOL")
    text = "\n".join(words(folder))
    assert f"flow.dis, line {line}: NCOL = four; allowed: a whole number." in text
    assert "NLAY is missing in block DIMENSIONS" in text


def test_more_entries_than_maxbound(tmp_path):
    folder = write(flow_simulation(tmp_path))
    change(folder / "flow.wel", r"MAXBOUND\s+2", "MAXBOUND 1")
    line = line_of(folder / "flow.wel", "MAXBOUND")
    assert f"line {line}: period 1 has 2 entries, MAXBOUND = 1." in words(folder)[0]


def test_a_block_that_is_not_closed(tmp_path):
    folder = write(flow_simulation(tmp_path))
    change(folder / "flow.ic", "END griddata", "")
    assert "block GRIDDATA is not closed" in words(folder)[0]


def test_grids_that_differ_between_flow_and_transport(tmp_path):
    folder = write(flow_simulation(tmp_path, transport="solute"))
    change(folder / "solute.dis", r"(botm +LAYERED\s+CONSTANT +)\S+", r"\g<1>4.0")
    assert "the grid differs from that of flow model flow: top is 4 here and 5 there at layer 2" in words(folder)[0]


def test_equal_model_names_in_two_simulations(tmp_path):
    write(flow_simulation(tmp_path / "a"))
    write(flow_simulation(tmp_path / "b"))
    assert 'model name "flow" is also that of a model in' in words(tmp_path)[0]


def test_a_source_that_names_no_package(tmp_path):
    folder = write(flow_simulation(tmp_path, transport="solute"))
    change(folder / "solute.ssm", "wells", "welles")
    assert '"welles" is no package of the flow model; allowed: one of rain, sea, wells.' in words(folder)[0]


@pytest.mark.parametrize(("file", "old", "new", "problem"), [
    ("solute.mst", "(?i)SORPTION +LINEAR", "SORPTION HENRY",
     "SORPTION = henry; allowed: one of FREUNDLICH, LANGMUIR, LINEAR."),
    ("solute.mst", "(?i)SORPTION +LINEAR", "SORPTION FREUNDLICH",
     "sp2 is missing; SORPTION FREUNDLICH and LANGMUIR needs it."),
    ("solute.mst", "(?i)FIRST_ORDER_DECAY", "FIRST_ORDER_DECAY\n ZERO_ORDER_DECAY", "exclude each other"),
    ("solute.ssm", "AUX +conc", "AUXILIARY conc", "source of wells = AUXILIARY; allowed: one of AUX, AUXMIXED."),
    ("solute.ssm", "wells +AUX +conc", "wells AUX conc\n wells AUXMIXED conc", '"wells" has a source already.'),
    ("solute.ssm", "(?i)END sources", "END sources\nBEGIN fileinput\n rain SPC6 FILEIN rain.spc\nEND fileinput",
     'SPC6 file "rain.spc" is not there.'),
])
def test_transport_options_that_are_wrong(tmp_path, file, old, new, problem):
    folder = write(flow_simulation(tmp_path, transport="solute"))
    change(folder / file, old, new)
    assert any(problem in w and file in w for w in words(folder))


def test_immobile_domains_must_leave_room_and_fit_mst(tmp_path):
    sim = flow_simulation(tmp_path, transport="solute")
    for number, share in enumerate((0.7, 0.6)):
        flopy.mf6.ModflowGwtist(sim.get_model("solute"), pname=f"pores{number}", filename=f"pores{number}.ist",
                                porosity=-0.1, volfrac=share, zetaim=0.01, zero_order_decay=True, decay=0.1)
    text = "\n".join(words(write(sim)))
    assert "leave nothing for the mobile one: their sum = 1.3 at layer 1, row 1, column 1; allowed: below 1." in text
    assert "porosity = -0.1 at layer 1, row 1, column 1 is outside [0, inf)" in text
    assert "SORPTION is not given here and LINEAR in MST" in text
    assert "decay is ZERO_ORDER_DECAY here and FIRST_ORDER_DECAY in MST" in text


def test_concentration_files_are_checked(tmp_path):
    sim = flow_simulation(tmp_path, transport="solute")
    gwt = sim.get_model("solute")
    gwt.remove_package("ssm")
    flopy.mf6.ModflowUtlspc(gwt, filename="wells.spc", maxbound=2, perioddata={
        0: [(0, "concentration", -7.0), (1, "concentration", "tide"), (5, "concentration", 1.0)]})
    flopy.mf6.ModflowGwtssm(gwt, fileinput=[("wells", "wells.spc", None)], sources=[("sea", "AUX", "salt")])
    text = "\n".join(words(write(sim)))
    assert '"salt" is no auxiliary variable of sea' in text
    assert "concentration of entry 1 in period 1 = -7" in text
    assert 'concentration "tide" is neither a number nor a time series of this file' in text
    assert "entry in period 1 = 6; allowed: 1 to 2 (MAXBOUND)" in text


def test_missing_saved_flows(tmp_path):
    write(transport_simulation(tmp_path / "mf6gwt"))
    assert "flow.hds" in words(tmp_path)[0] and "are not there" in words(tmp_path, flow="saved")[0]


def test_what_fmi_lacks_is_told_once(tmp_path):
    write(transport_simulation(tmp_path))
    change(tmp_path / "solute.fmi", r"(?i)\n *gwfhead[^\n]*", "")
    assert words(tmp_path) == [f"{tmp_path / 'solute.fmi'}: GWFHEAD is missing in block PACKAGEDATA."]


def test_a_refusal_tells_too_why_the_flow_is_not_solved(tmp_path):
    folder = write(flow_simulation(tmp_path, transport="solute"))
    for name in ("flow.hds", "flow.cbc"):
        (folder / name).touch()
    change(folder / "flow.npf", "K33OVERK", "K33OVERK\n  XT3D")
    change(folder / "solute.nam", "(?i)BEGIN packages", "BEGIN packages\n  MWT6 solute.mwt mwt")
    told = "\n".join(words(folder))
    assert "package MWT6 is not supported" in told and "option XT3D is not supported" in told


@pytest.mark.parametrize(("file", "old", "new", "refusal"), [
    ("flow.npf", "K33OVERK", "K33OVERK\n  XT3D", "option XT3D is not supported"),
    ("flow.nam", "(?i)BEGIN packages", "BEGIN packages\n  MAW6 flow.maw wells", "package MAW6 is not supported"),
    ("mfsim.nam", "(?i)BEGIN models", "BEGIN models\n  GWE6 heat.nam heat", "model type GWE6"),
    ("mfsim.nam", "(?i)BEGIN exchanges", "BEGIN exchanges\n  GWF6-GWE6 a.gwfgwe a b", "exchange GWF6-GWE6"),
    ("solute.nam", "(?i)BEGIN packages", "BEGIN packages\n  MWT6 solute.mwt mwt", "package MWT6 is not supported"),
    ("flow.tdis", "(?i)BEGIN options", "BEGIN options\n  ATS6 FILEIN flow.ats", "option ATS6 is not supported"),
])
def test_what_is_not_supported_is_refused_by_name(tmp_path, file, old, new, refusal):
    folder = write(flow_simulation(tmp_path, transport="solute"))
    change(folder / file, old, new)
    assert any(refusal in w and f"{file}" in w for w in words(folder))


def test_refusals_hold_for_a_simulation_in_memory(tmp_path):
    sim = flow_simulation(tmp_path)
    sim.get_model("flow").npf.xt3doptions.set_data([True])
    assert "option XT3D is not supported" in words(sim)[0]


def test_no_simulation_in_the_folder(tmp_path):
    assert "no mfsim.nam here or in a folder below" in words(tmp_path)[0]


JUNK = ["", "x", "-1", "nan", "1e999", "END", '"', "BEGIN options", "0", "\x00", "9" * 30]


@pytest.fixture(scope="module")
def model_files(tmp_path_factory):
    folder = write(flow_simulation(tmp_path_factory.mktemp("fuzz"), transport="solute"))
    return folder, {p: p.read_text() for p in sorted(folder.iterdir()) if p.is_file()}


@settings(max_examples=25, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_files_never_raise_anything_but_input_error(model_files, capsys, data):
    folder, files = model_files
    path = data.draw(st.sampled_from(sorted(files)))
    lines = files[path].splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    parts = lines[at].split() or [""]
    which = data.draw(st.integers(0, len(parts) - 1))
    parts[which] = data.draw(st.sampled_from(JUNK))
    lines[at] = " ".join(parts)
    path.write_text("\n".join(lines))
    try:
        with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.suppress(InputError):
            read(folder)
        assert printed.getvalue() == ""
    finally:
        path.write_text(files[path])
