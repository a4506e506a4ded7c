"""In which order slabs go through the stages of a step, so that memory is gone through once a step.

A stage of all slabs reads some 90 bytes a cell from memory, and a stage of a block of slabs that stands in the cache
none: while a block is there, it goes through all stages. A stage looks two slabs ahead, so each keeps two slabs behind
the one before it; it also looks two back, which the next one, writing where this one reads, has not reached by then.

Of several threads each goes so through slabs of its own, as far as it needs nobody: every stage begins two slabs after
the one before it and ends two earlier. What is left around the cuts follows when all are there, stage by stage.
What happens in a slab happens in the same order in any case: results are the same bit for bit.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.slab.layout import Ints

BEHIND = 2
# Bytes that a block of slabs of a thread may fill (measured).
BLOCK = 2 * 2**20

Turn = tuple[int, int, int, int, int, int]


def turns(width: Ints, stages: int, slab_bytes: int, threads: int) -> Ints:
    """Return the turns of one step, for each thread in the order in which it takes them.

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
    ndarray of int32, shape (turn, 6)
        Phase (threads wait for each other between phases), thread, stage, first slab, the one after the last, and 1
        where the thread goes on from where it stopped in that stage.
    """
    n = width.size
    block = n if stages == 1 else max(BLOCK // max(slab_bytes, 1), BEHIND + 1)
    cuts = (0, n) if threads == 1 else shares(width, threads)
    return order(cuts, stages, block)


@lru_cache(maxsize=64)  # a window that moves asks anew in every step
def order(cuts: tuple[int, ...], stages: int, block: int) -> Ints:
    """Return the turns of threads that own the slabs between cuts, block by block."""
    threads, found = len(cuts) - 1, []
    if stages > 1 and threads > 1 and min(np.diff(cuts)) < 2 * BEHIND * (stages - 1):
        found = [(s, t, s, cuts[t], cuts[t + 1], 0) for s in range(stages) for t in range(threads)]
    else:
        for t in range(threads):
            begins = [cuts[t] + BEHIND * s * (t > 0) for s in range(stages)]
            ends = [cuts[t + 1] - BEHIND * s * (t + 1 < threads) for s in range(stages)]
            found += [(0, t, *turn) for turn in waves(begins, ends, block)]
        found += [(1, t, s, cuts[t] - BEHIND * s, cuts[t] + BEHIND * s, 0)
                  for t in range(1, threads) for s in range(1, stages)]
    turns = np.array(found, np.int32).reshape(-1, 6)
    turns.flags.writeable = False
    return turns


def waves(begins: list[int], ends: list[int], block: int) -> list[tuple[int, int, int, int]]:
    """Return turns (stage, first slab, the one after the last, goes on) of a thread; `begins`, `ends`: by stage."""
    found, reached = [], list(begins)
    while reached[-1] < ends[-1]:
        until = reached[0] + block
        for stage, end in enumerate(ends):
            until = min(until, end)
            if until > reached[stage]:
                found.append((stage, reached[stage], until, int(reached[stage] > begins[stage])))
                reached[stage] = until
            until = reached[stage] - BEHIND if reached[stage] < end else ends[min(stage + 1, len(ends) - 1)]
    return found


def shares(width: Ints, threads: int) -> tuple[int, ...]:
    """Cut slabs into shares of about equal work; return the first slab of each, and the one after the last."""
    done: NDArray[np.int64] = np.concatenate([[0], np.cumsum(width)])
    cuts = np.searchsorted(done, done[-1] * np.arange(1, threads) / threads)
    return 0, *cuts.tolist(), width.size
