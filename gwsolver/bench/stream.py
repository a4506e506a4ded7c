"""The machine's memory bandwidth by STREAM triad: a = b + s c."""

import time

import numpy as np

from gwsolver import kernels

N = 1 << 24  # three arrays of 134 MB: far beyond any cache


def triad_bandwidth(threads: int, *, n: int = N, repeats: int = 6) -> float:
    """Return bytes per second of the fastest of `repeats` passes over `n` float64 numbers.

    As McCalpin (1995), STREAM: 24 bytes an element, the write-allocate of `a` is not counted; the
    first pass is left out. One thread is timed by CPU time, so that others on the machine count little; more by the
    clock.
    """
    a, b, c = np.zeros(n), np.full(n, 2.0), np.full(n, 0.5)
    clock = time.process_time if threads == 1 else time.perf_counter
    times = []
    for _ in range(repeats + 1):
        begin = clock()
        kernels.stream.triad(b, c, 3.0, threads, a)
        times.append(clock() - begin)
    return 24.0 * n / min(times[1:])
