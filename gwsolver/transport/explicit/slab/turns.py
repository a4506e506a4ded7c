"""In which order slabs go through the stages of a step, so that memory is gone through once a step.

A stage of all slabs reads some 90 bytes a cell from memory, and a stage of a block of slabs that stands in the cache
none: while a block is there, it goes through all stages. A stage looks two slabs ahead, so each keeps two slabs behind
the one before it; it also looks two back, which the next one, writing where this one reads, has not reached by then.
What happens in a slab happens in the same order as without blocks: results are the same bit for bit.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.slab.layout import Ints

BEHIND = 2
# Bytes that a block of slabs may fill for one thread, and for more (measured; the last cache is shared with others).
BLOCK, SHARED_BLOCK = 2 * 2**20, 10 * 2**20
# Fewest slabs in a block for each thread: where one of several begins, what two slabs share is found twice.
FEWEST = 6


def turns(width: Ints, stages: int, slab_bytes: int, threads: int) -> Ints:
    """Return the turns of one step: a stage, counted from 0, and the first slab of each thread's share of it.

    Parameters
    ----------
    width : ndarray of int, shape (slab,)
        Lanes to work on in each slab.
    stages : int
    slab_bytes : int
        What a stage moves for one slab.
    threads : int

    Returns
    -------
    ndarray of int32, shape (turn, threads + 2)
        The last number of a row is the slab after the last share.
    """
    n = width.size
    room, fewest = (BLOCK, BEHIND + 1) if threads == 1 else (SHARED_BLOCK, FEWEST * threads)
    order = spans(n, stages, n if stages == 1 else max(room // max(slab_bytes, 1), fewest))
    if threads == 1:
        return order
    done = np.concatenate([[0], np.cumsum(width)])
    return np.array([[stage, *shares(done, begin, end, threads)] for stage, begin, end in order.tolist()], np.int32)


@lru_cache(maxsize=64)  # a window that moves asks anew in every step
def spans(n: int, stages: int, block: int) -> Ints:
    """Return the turns of a step over n slabs: a stage, its first slab, the one after its last, shape (turn, 3)."""
    found, reached = [], [0] * stages
    while reached[-1] < n:
        end = min(reached[0] + block, n)
        for stage in range(stages):
            if end > reached[stage]:
                found.append([stage, reached[stage], end])
                reached[stage] = end
            end = n if reached[stage] == n else max(reached[stage] - BEHIND, 0)
    order = np.array(found, np.int32).reshape(-1, 3)
    order.flags.writeable = False
    return order


def shares(done: NDArray[np.int64], begin: int, end: int, threads: int) -> list[int]:
    """Cut slabs from `begin` to before `end` into shares of about equal work, for more than one thread.

    Parameters
    ----------
    done : ndarray of int, shape (slab + 1,)
        Lanes in all slabs before.
    """
    work = done[begin:end + 1] - done[begin]
    cuts = begin + np.searchsorted(work[1:], work[-1] * np.arange(1, threads) / threads)
    return [begin, *cuts.tolist(), end]
