"""Giving memory back changes nothing that is held."""

import os
import subprocess
import sys

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.memory import give_back, zeros


def test_what_a_grid_lets_go_is_made_again_the_same():
    grid = structured_grid([10.0, 20.0, 30.0], [5.0, 8.0], 0.0, [-1.0, -3.0])
    before = [*grid.connections, grid.centre_vector, grid.centre_distance]
    grid.let_go()
    give_back()
    assert "connections" not in grid.__dict__
    after = [*grid.connections, grid.centre_vector, grid.centre_distance]
    for old, new in zip(before, after, strict=True):
        assert old is not new
        np.testing.assert_array_equal(old, new)


COUNT = """
import resource, sys
import numpy as np
from gwsolver.core.memory import keep_room
if sys.argv[1] == "keep" and not keep_room():
    sys.exit("not this C library")
kept = np.zeros(8)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(40):
    large = np.empty(5_000_000)  # 40 MB: above the largest threshold of glibc
    large[::512] = 1.0  # touches every page
    del large
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocation")
def test_room_that_is_kept_is_not_asked_for_again():
    faults = {}
    for how in ("ask", "keep"):
        done = subprocess.run([sys.executable, "-c", COUNT, how], capture_output=True, text=True, check=False,
                              env=os.environ | {"NUMPY_MADVISE_HUGEPAGE": "0"})  # huge pages would hide the others
        if "not this C library" in done.stderr:
            pytest.skip("not glibc")
        faults[how] = int(done.stdout)
    assert faults["keep"] < 0.1 * faults["ask"]  # measured: 1 of 40


@pytest.mark.parametrize("shape", [0, 3, (2, 5), (100, 3, 8), (2**20,)])
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int32])
def test_arrays_of_kernels_begin_at_a_line_of_the_cache(shape, kind):
    found = [zeros(shape, kind) for _ in range(5)]
    for one in found:
        assert not one.size or one.__array_interface__["data"][0] % 64 == 0
        assert (one.dtype, one.shape) == (np.dtype(kind), np.zeros(shape).shape)
        assert one.flags.c_contiguous and one.flags.writeable and not one.any()
