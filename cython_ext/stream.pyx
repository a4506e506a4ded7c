# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""STREAM triad: the yardstick of memory bandwidth."""
from cython.parallel import prange


cpdef void triad(
    const double[::1] b,
    const double[::1] c,
    double scale,
    int n_threads,
    double[::1] a,
) noexcept nogil:
    """Write a = b + scale * c.

    Parameters
    ----------
    b, c : shape (n,).
    n_threads : how many threads share the loop.
    a : shape (n,), written.

    Notes
    -----
    McCalpin (1995), Memory bandwidth and machine balance in current high performance computers.
    """
    cdef Py_ssize_t i
    for i in prange(a.shape[0], num_threads=n_threads, schedule="static"):
        a[i] = b[i] + scale * c[i]
