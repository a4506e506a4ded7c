"""DISU: of two cells joined vertically the one with the larger number lies below the other."""

import contextlib
import io

import flopy
import numpy as np
import pytest
from flopy.utils.gridutil import get_disu_kwargs

from gwsolver.core.errors import InputError
from gwsolver.modflow import read
from tests.modflow.models import line_of, write


def two_layers(folder, rise, **options):
    """Two layers of 2 x 2 cells, 1 m thick; the first cell below reaches `rise` into the one above."""
    given = get_disu_kwargs(2, 2, 2, np.ones(2), np.ones(2), np.zeros((2, 2)), [-1.0, -2.0])
    given["top"][4] += rise
    with contextlib.redirect_stdout(io.StringIO()):
        sim = flopy.mf6.MFSimulation("two", sim_ws=str(folder))
        flopy.mf6.ModflowTdis(sim)
        flopy.mf6.ModflowIms(sim)
        gwf = flopy.mf6.ModflowGwf(sim, modelname="flow")
        flopy.mf6.ModflowGwfdisu(gwf, **given, **options)
        flopy.mf6.ModflowGwfnpf(gwf, k=1.0)
        flopy.mf6.ModflowGwfic(gwf, strt=0.0)
        flopy.mf6.ModflowGwfchd(gwf, stress_period_data=[[(0,), 1.0]])
    return write(sim)


def test_a_cell_that_reaches_into_the_one_above_is_refused(tmp_path):
    folder = two_layers(tmp_path, 3.0)
    with pytest.raises(InputError) as caught:
        read(folder)
    file = folder / "flow.disu"
    assert [str(p) for p in caught.value.problems] == [
        f"{file}, line {line_of(file, 'top')}: top of cell 5, which is joined to cell 1 from below, = 2; "
        "allowed: at most -1.\nOf two cells joined vertically the one with the larger number lies below; "
        "VERTICAL_OFFSET_TOLERANCE allows for small overlaps."]


def test_overlaps_within_the_tolerance_are_taken(tmp_path):
    assert read(two_layers(tmp_path / "a", 0.001, vertical_offset_tolerance=0.01)).flow_models[0].grid.n_cells == 8
    with pytest.raises(InputError, match=r"at most -0\.99"):
        read(two_layers(tmp_path / "b", 0.02, vertical_offset_tolerance=0.01))
