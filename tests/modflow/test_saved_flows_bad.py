"""Saved flows that cannot be used: one message with file, place and what is allowed, and nothing is run."""

import re
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gwsolver.core.errors import InputError
from gwsolver.core.simulation import SavedFlows
from gwsolver.modflow.saved_flows import saved_flow_steps
from tests.modflow.saved_valley import FILES, budget_of, copied, heads_of, patch, valley_grid, without

GRID = valley_grid()


def refusal(files: SavedFlows, grid=GRID) -> str:
    """Return the words with which the files are refused."""
    with pytest.raises(InputError) as caught:
        saved_flow_steps(files, grid)
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.fixture
def files(tmp_path):
    return copied(tmp_path)


def test_missing_files_are_told_together(tmp_path):
    files = SavedFlows(*(str(tmp_path / name) for name in ("a.hds", "a.cbc", "a.grb")))
    words = refusal(files)
    for name in ("a.hds", "a.cbc", "a.grb"):
        assert f"{name}: the file does not exist." in words


def test_an_empty_file_and_a_folder_are_refused(files, tmp_path):
    Path(files.head_file).write_bytes(b"")
    words = refusal(replace(files, budget_file=str(tmp_path)))
    assert "valley.hds: the file is empty." in words
    assert f"{tmp_path}: the file cannot be read: " in words


@pytest.mark.parametrize("lost", [1, 1000, 30_000])
def test_a_truncated_budget_names_record_and_byte(files, lost):
    data = Path(files.budget_file).read_bytes()
    Path(files.budget_file).write_bytes(data[:-lost])
    words = refusal(files)
    assert re.search(
        rf"valley\.cbc: the file is cut off in record \d+: [\d,]+ bytes should follow byte [\d,]+, "
        rf"but it ends at byte {len(data) - lost:,}\.", words)
    assert "stopped, the disk was full" in words


def test_a_truncated_head_file_names_record_and_byte(files):
    record = heads_of(files)[-1]
    data = Path(files.head_file).read_bytes()
    Path(files.head_file).write_bytes(data[:-8])
    assert (f"the file is cut off in record 15: 720 bytes should follow byte {record.offset:,}, but it ends at byte "
            f"{len(data) - 8:,}.") in refusal(files)


def test_a_file_cut_between_records_lacks_flows(files):
    records = budget_of(files)
    without(files.budget_file, [r for r in records if (r.period, r.step) == (2, 4)])
    assert ("valley.cbc: the budget ends at time 117.923 (period 2, step 3), the heads go on to 201."
            "\nSave the budget at every step") in refusal(files)


def test_a_missing_step_is_told(files):
    without(files.budget_file, [r for r in budget_of(files) if (r.period, r.step) == (2, 2)])
    words = refusal(files)
    assert ("steps are missing: after period 2, step 1 (ends at 25.6154) comes period 2, step 3 (begins at 62.5385)"
            in words)
    assert "SAVE BUDGET ALL" in words


def test_a_missing_first_step_is_told(files):
    without(files.budget_file, [r for r in budget_of(files) if r.period == 1])
    assert ("the first saved budget, period 2, step 1, begins at time 1, not at 0: steps before it are missing."
            in refusal(files))


def test_a_missing_head_is_told(files):
    without(files.head_file, [r for r in heads_of(files) if (r.period, r.step) == (2, 3)])
    words = refusal(files)
    assert "valley.hds: no head of period 2, step 3, whose budget is saved." in words
    assert "SAVE HEAD ALL" in words


def test_flows_that_were_not_saved_show_in_the_balance(files):
    """MODFLOW keeps its own residual on the diagonal; without the lake its cells do not add up to it."""
    without(files.budget_file, [r for r in budget_of(files) if r.text == "LAK"])
    words = refusal(files)
    assert re.search(r"the flows of period 1, step 1 do not add up in 12 cells \(packages saved: .*stream.*\); "
                     r"missing = -?[\d.]+ at layer \d, row \d, column \d\.", words)
    assert "SAVE_FLOWS" in words


def test_face_flows_must_be_there_once(files):
    without(files.budget_file, [r for r in budget_of(files) if r.text == "FLOW-JA-FACE" and r.period == 1])
    assert "period 1, step 1 has FLOW-JA-FACE records = 0; allowed: 1." in refusal(files)


def test_specific_discharge_must_be_there(files):
    without(files.budget_file, [r for r in budget_of(files) if r.text == "DATA-SPDIS"])
    words = refusal(files)
    assert "period 1, step 1 has no specific discharge (DATA-SPDIS)." in words
    assert "SAVE_SPECIFIC_DISCHARGE" in words
    assert "the same holds for 4 more steps." in words


@pytest.mark.parametrize(("text", "value"), [("FLOW-JA-FACE", np.nan), ("MAW", np.inf), ("STO-SY", -np.inf)])
def test_what_is_not_a_number_is_told_with_its_byte(files, text, value):
    record = next(r for r in budget_of(files) if r.text == text and (r.period, r.step) == (2, 2))
    at = record.offset + (8 if text == "MAW" else 5 * 8)
    patch(files.budget_file, at, struct.pack("<d", value))
    entry, byte = (1, record.offset) if text == "MAW" else (6, at)
    assert (f"{text} of period 2, step 2 holds 1 values that are not numbers, first entry {entry} at byte {byte:,}"
            f" = {value:g}; allowed: finite numbers.") in refusal(files)


def test_a_head_that_is_not_a_number_is_told(files):
    record = heads_of(files)[4]
    patch(files.head_file, record.offset + 8 * 7, struct.pack("<d", np.nan))
    assert "valley.hds: HEAD of period 2, step 1 holds 1 values that are not numbers, first entry 8" in refusal(files)


def test_another_number_of_cells_is_told():
    other = valley_grid(botm=[20.0, 10.0, 0.0, -10.0], idomain=None)
    words = refusal(FILES, other)
    assert "valley.dis.grb: the grid has cells = 270; allowed: 360, as the transport model's grid." in words
    words = refusal(replace(FILES, grid_file=""), other)
    assert "have layers x rows x columns = 3 x 9 x 10; allowed: 4 x 9 x 10, as the transport model's grid." in words
    assert re.search(r"FLOW-JA-FACE of period 1, step 1 \(byte [\d,]+\) has values = 1522; allowed: \d+", words)


def test_other_active_cells_are_told_with_the_first():
    domain = np.ones((3, 9, 10), int)
    domain[0, 6:8, 6:8] = 0
    words = refusal(FILES, valley_grid(idomain=domain))
    assert ("IDOMAIN differs from that of the transport model in 6 cells, first = 0 at layer 1, row 1, column 1."
            in words)


def test_without_a_grid_file_other_active_cells_show_in_heads_and_packages():
    """As many cells and connections, but the lake elsewhere."""
    domain = np.ones((3, 9, 10), int)
    domain[0, 1:3, 6:8] = 0
    domain[:, 0, :2] = 0
    words = refusal(replace(FILES, grid_file=""), valley_grid(idomain=domain))
    assert "the head of period 1, step 1 = 1e+30 at layer 1, row 7, column 7." in words
    assert "RCHA (rain) of period 1, step 1 acts on a cell that is not active" in words


def test_connections_in_another_order_are_told(files):
    """Two neighbours swapped in FLOW-JA-FACE: the halves of a face are no longer opposite."""
    record = next(r for r in budget_of(files) if r.text == "FLOW-JA-FACE")
    data = Path(files.budget_file).read_bytes()
    first, second = (data[record.offset + 8 * i: record.offset + 8 * i + 8] for i in (1, 2))
    patch(files.budget_file, record.offset + 8, second + first)
    words = refusal(replace(files, grid_file=""))
    assert re.search(r"FLOW-JA-FACE of period 1, step 1 gives \S+ and \S+ between layer 1, row 1, column 3 and "
                     r"layer \d, row \d, column \d, which should be opposite", words)
    assert "GWFGRID" in words


@pytest.mark.parametrize("node", [0, 271, -5])
def test_a_node_outside_the_grid_is_told(files, node):
    record = next(r for r in budget_of(files) if r.text == "SFR")
    patch(files.budget_file, record.offset, struct.pack("<i", node))
    assert re.search(rf"SFR \(stream\) of period 1, step 1, entry 1 \(byte [\d,]+\), names node = {node}; "
                     r"allowed: 1 to 270", refusal(files))


def test_an_entry_in_an_inactive_cell_is_told(files):
    record = next(r for r in budget_of(files) if r.text == "MAW")
    patch(files.budget_file, record.offset, struct.pack("<i", 6 * 10 + 7))
    assert ("MAW (well) of period 1, step 1 acts on a cell that is not active in the transport model at layer 1, "
            "row 7, column 7.") in refusal(files)


def test_heads_in_single_precision_are_told(files):
    single = struct.pack("<2i2f16s3i", 1, 1, 1.0, 1.0, b"            HEAD", 10, 9, 1) + np.zeros(90, "<f4").tobytes()
    Path(files.head_file).write_bytes(single * 3)
    words = refusal(files)
    assert "valley.hds: record 1 at byte 0 is in single precision." in words
    assert "double precision" in words


def test_a_budget_in_single_precision_is_told(files):
    single = struct.pack("<2i16s3ii3f", 1, 1, b"   CONSTANT HEAD", 10, 9, -3, 1, 1.0, 1.0, 1.0)
    Path(files.budget_file).write_bytes(single + np.zeros(270, "<f4").tobytes())
    assert "valley.cbc: record 1 at byte 0 (CONSTANT HEAD) is in single precision." in refusal(files)


def test_files_of_another_kind_are_told(files):
    words = refusal(SavedFlows(files.budget_file, files.head_file, files.head_file))
    assert "valley.cbc: record 1 at byte 0 is not a head record." in words
    assert "valley.hds: record 1 at byte 0 is not a budget record." in words
    assert re.search(r"valley.hds: the file \([\d,]+ bytes\) is not a whole binary grid file of MODFLOW 6", words)


def test_concentrations_are_not_heads(files):
    for record in heads_of(files):
        patch(files.head_file, record.start + 24, b"   CONCENTRATION")
    assert 'valley.hds: record 1 at byte 0 holds = "CONCENTRATION"; allowed: "HEAD".' in refusal(files)


def test_an_unknown_method_code_is_told(files):
    record = budget_of(files)[0]
    patch(files.budget_file, record.start + 36, struct.pack("<i", 3))
    assert "record 1 (STO-SS) at byte 0 has method code = 3; allowed: 1 (array) or 6 (list)" in refusal(files)


def test_heads_of_another_run_are_told(files):
    for record in heads_of(files):
        if (record.period, record.step) == (2, 4):
            patch(files.head_file, record.start + 8, struct.pack("<2d", 300.0, 301.0))
    assert "head and budget of period 2, step 4 belong to different times: 301 and 201." in refusal(files)
