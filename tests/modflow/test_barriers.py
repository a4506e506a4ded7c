"""HFB: barriers as MODFLOW 6 reads them, and what is wrong with them, all at once."""

import flopy
import numpy as np
import pytest

from gwsolver.core.errors import InputError
from gwsolver.modflow import read
from tests.modflow.models import change, flow_simulation, line_of, write
from tests.modflow.test_plain import assert_same


def barred(folder, records):
    """The model of 2 x 3 x 4 cells with barriers."""
    sim = flow_simulation(folder)
    flopy.mf6.ModflowGwfhfb(sim.get_model("flow"), maxhfb=9, stress_period_data=records, pname="wall",
                            filename="flow.hfb")
    return write(sim)


def test_barriers_hold_until_a_period_has_its_own(tmp_path):
    folder = barred(tmp_path, {0: [((0, 0, 1), (0, 0, 2), 1e-3), ((1, 2, 0), (1, 1, 0), -0.5)],
                               2: [((0, 0, 1), (0, 0, 2), 2e-3)]})
    barriers = read(folder).flow_models[0].barriers
    assert barriers.name == "wall"
    for period in (0, 1):
        held = barriers.in_period(period)
        np.testing.assert_array_equal(held.cells, [[1, 2], [16, 20]])
        np.testing.assert_array_equal(held.characteristic, [1e-3, -0.5])
    np.testing.assert_array_equal(barriers.in_period(2).characteristic, [2e-3])
    assert_same(folder)


def test_all_that_is_wrong_is_told_with_its_line(tmp_path):
    folder = barred(tmp_path, {0: [((0, 0, 0), (0, 0, 1), 1e-3)]})
    file = folder / "flow.hfb"
    lines = ("  1 1 1  2 1 1  0.001", "  1 1 1  1 1 3  0.002", "  1 1 1  1 4 1  0.003")
    text = file.read_text().splitlines()
    begin = next(i for i, line in enumerate(text) if line.lower().startswith("begin period"))
    file.write_text("\n".join([*text[:begin + 1], *lines, *text[begin + 1:]]) + "\n")
    with pytest.raises(InputError) as caught:
        read(folder)
    found = [str(p) for p in caught.value.problems]
    assert len(found) == 3
    for problem, start, what in zip(found, ("1 1 1  2", "1 1 1  1 1 3", "1 1 1  1 4"), (
        "a barrier between cells that stand one above the other",
        "a barrier between cells that do not touch each other",
        "cell (1, 4, 1) is outside the grid; allowed: layer 1 to 2, row 1 to 3, column 1 to 4",
    ), strict=True):
        assert problem.startswith(f"{file} (wall), line {line_of(file, start)}: {what}")


def test_a_barrier_beside_an_inactive_cell_is_told(tmp_path):
    folder = barred(tmp_path, {0: [((1, 0, 1), (1, 0, 2), 1e-3)]})
    rows = "\n".join(["1 1 0 1"] * 6)
    change(folder / "flow.dis", "END griddata", f"  idomain\n    INTERNAL\n{rows}\nEND griddata")
    change(folder / "flow.wel", r"  2 3 3 .*\n", "")
    with pytest.raises(InputError, match="a barrier stands beside an inactive cell"):
        read(folder)
