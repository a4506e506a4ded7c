"""Exchange packages: what is wrong with them is told with file and line, all at once."""

import pytest

from gwsolver.core.errors import InputError
from gwsolver.modflow import read
from tests.modflow.joined_models import joined_folder, second_line
from tests.modflow.models import change, line_of


def problems(folder):
    with pytest.raises(InputError) as raised:
        read(folder)
    return [str(p) for p in raised.value.problems]


@pytest.mark.parametrize(("words", "told"), [
    ("1 2 7", "cell (1, 2, 7) is outside the grid of model left; allowed: layer 1, row 1 to 4, column 1 to 6."),
    ("1 2 6 1 2 1 3", "ihc = 3; allowed: one of 0, 1, 2."),
    ("1 2 6 1 2 1 1 0.0", "cl1 = 0 is outside (0, inf)"),
    ("1 2 6 1 2 1 1 5.0 5.0 -1.0", "hwva = -1 is outside (0, inf)"),
    ("1 1 6 1 1 1", "the two cells are joined twice, first by connection 1."),
    (["1", "2", "6", "1", "2", "1", "1", "5.0"], "the record has 8 words; 6 for the two cells and 6 more are needed."),
    ("1 2 x", '"x" is no cell number or IHC.'),
], ids=lambda v: "" if isinstance(v, list) else v[:12])
def test_a_bad_line_is_named(tmp_path, words, told):
    folder = joined_folder(tmp_path, transport=False)
    line = second_line(folder / "both.gwfgwf", words)
    found, = problems(folder)
    assert told in found and f"line {line}:" in found and "both.gwfgwf" in found


def test_an_inactive_cell_is_named(tmp_path):
    folder = joined_folder(tmp_path, transport=False)
    change(folder / "right.dis", r"(?i)END griddata", "  idomain\n    INTERNAL\n"
           + "    1 1 1 1 1 1\n    0 1 1 1 1 1\n" + "    1 1 1 1 1 1\n" * 2 + "END griddata")
    found = problems(folder)
    line = second_line(folder / "both.gwfgwf")
    assert found == [
        f"{folder}/both.gwfgwf (gwf-gwf_1), line {line}: the connection leads to an inactive cell of model right at "
        "layer 1, row 2, column 1.\nTake the connection out, or give the cell IDOMAIN above 0."]


def test_what_is_not_supported_is_refused_together(tmp_path):
    folder = joined_folder(tmp_path, transport=False)
    change(folder / "both.gwfgwf", r"(?i)BEGIN options",
           "BEGIN options\n  XT3D\n  GNC6 FILEIN both.gnc\n  MVR6 FILEIN both.mvr")
    change(folder / "left.npf", r"(?i)BEGIN options", "BEGIN options\n  XT3D")
    found = problems(folder)
    for word, file in (("XT3D", "both.gwfgwf"), ("GNC6", "both.gwfgwf"), ("MVR6", "both.gwfgwf"), ("XT3D", "left.npf")):
        line = line_of(folder / file, word)
        assert any(f"{file}" in t and f"line {line}: option {word} is not supported." in t for t in found)


def test_an_exchange_needs_models_that_are_there(tmp_path):
    folder = joined_folder(tmp_path, transport=False)
    change(folder / "mfsim.nam", r"(?i)(gwf6-gwf6\s+both.gwfgwf\s+left\s+)right", r"\1wrong")
    assert 'an exchange names model "wrong", which block MODELS does not.' in problems(folder)[0]


def test_species_need_connections_that_the_flow_has(tmp_path):
    folder = joined_folder(tmp_path)
    line = second_line(folder / "both.gwtgwt", "1 2 5")
    found = problems(folder)
    assert "the flow models left and right are not joined between these cells." in found[0]
    assert f"both.gwtgwt (gwt-gwt_2), line {line}:" in found[0]


def test_joined_models_must_agree(tmp_path):
    folder = joined_folder(tmp_path)
    change(folder / "left.nam", r"(?i)BEGIN options", "BEGIN options\n  NEWTON")
    change(folder / "cright.nam", r"(?im)^ *adv6.*$", "")
    found = problems(folder)
    assert any("models left and right are joined, but differ in NEWTON" in t for t in found)
    assert any("models cleft and cright are joined, but differ in whether there is advection" in t for t in found)


def test_xt3d_of_an_exchange_is_the_models_choice(tmp_path):
    """MODFLOW 6 overwrites it by what the models' DSP packages say."""
    folder = joined_folder(tmp_path)
    change(folder / "both.gwtgwt", r"(?i)BEGIN options", "BEGIN options\n  DSP_XT3D_OFF")
    assert any("DSP_XT3D_OFF has no effect, as in MODFLOW 6" in text for text in read(folder).warnings)
    change(folder / "both.gwtgwt", r"(?i)DSP_XT3D_OFF", "DSP_XT3D_OFF\n  DSP_XT3D_RHS")
    found, = problems(folder)
    assert "DSP_XT3D_OFF and DSP_XT3D_RHS exclude each other" in found and "both.gwtgwt" in found
