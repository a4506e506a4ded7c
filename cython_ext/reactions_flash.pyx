# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The flash: how much oil a cell holds, found from what it holds of each component in all."""

from cython.parallel cimport prange
from libc.math cimport fma

from transport_simd cimport gw_max

cdef enum:
    MOST = 200  # Newton needs four in the mean, ten at most over five decades of amounts

cdef double PLENTY = 4.0  # a sum this far above one needs no exact decision


cpdef void oil_amount(
    const double[:, ::1] moles,
    const double[:, ::1] keeps,
    const double[::1] bulk,
    double[::1] amount,
    int threads,
) noexcept nogil:
    """Amount of oil N of each cell, the root of

        F(N) = B / N + sum_j T_j / (N + a_j) = 1,   a_j = w_j s_j,

    or zero where F(0+) <= 1: there all is dissolved and sorbed.

    Parameters
    ----------
    moles : shape (component, cell), T_j in water, on solids and in oil [mol], >= 0.
    keeps : shape (component, cell), a_j: what water and solids hold beside the pure component [mol], >= 0.
    bulk : shape (cell,), B, what stays in the oil [mol], >= 0.
    amount : shape (cell,), written: N [mol].
    threads : number of threads.

    Notes
    -----
    Rachford and Rice (1952), Journal of Petroleum Technology 4(10), 19-20, for a phase that holds all components.
    1/F is concave in N, so that Newton's iterates for 1/F = 1 rise from any start below the root to it and never pass
    it (for one component in a single step). They start at max(B, B + sum T_j - max a_j), where F >= 1, or where a first
    step from zero leads, taken in twice the working precision; they end when rounding lets them rise no more.
    """
    cdef Py_ssize_t i
    for i in prange(bulk.shape[0], num_threads=threads, schedule="static"):
        amount[i] = _root(moles, keeps, bulk[i], i)


cdef double _root(const double[:, ::1] moles, const double[:, ::1] keeps, double bulk, Py_ssize_t i) noexcept nogil:
    cdef Py_ssize_t j
    cdef int _step
    cdef double total, most = 0.0, n, high, f, slope, part, new, first = 0.0
    for j in range(moles.shape[0]):
        if keeps[j, i] <= 0.0:
            bulk += moles[j, i]
    total = bulk
    for j in range(moles.shape[0]):
        if keeps[j, i] > 0.0 and moles[j, i] > 0.0:
            total += moles[j, i]
            if keeps[j, i] > most:
                most = keeps[j, i]
    if bulk <= 0.0:
        first = _first_step(moles, keeps, i)
        if first <= 0.0:
            return 0.0
    high = total
    n = gw_max(total - most, gw_max(bulk, first))
    for _step in range(MOST):
        f = 0.0
        slope = 0.0
        if bulk > 0.0:
            f = bulk / n
            slope = f / n
        for j in range(moles.shape[0]):
            if keeps[j, i] > 0.0 and moles[j, i] > 0.0:
                part = moles[j, i] / (n + keeps[j, i])
                f = f + part
                slope = slope + part / (n + keeps[j, i])
        new = n + f * (f - 1.0) / slope
        if new > high:
            new = 0.5 * (n + high)
        if f <= 1.0 or new <= n:
            break
        n = new
    return n


cdef double _first_step(const double[:, ::1] moles, const double[:, ::1] keeps, Py_ssize_t i) noexcept nogil:
    """Newton's step for 1/F = 1 from N = 0, zero or less if F(0) = sum_j T_j / a_j does not exceed one.

    F(0) - 1 is summed in twice the working precision (Ogita, Rump and Oishi 2005, SIAM Journal on Scientific Computing
    26(6), 1955-1988): neither order nor rounding decides whether there is oil.
    """
    cdef Py_ssize_t j
    cdef double total = -1.0, error = 0.0, slope = 0.0, part, new, back
    for j in range(moles.shape[0]):
        if moles[j, i] <= 0.0 or keeps[j, i] <= 0.0:
            continue
        part = moles[j, i] / keeps[j, i]
        if part > PLENTY:  # no exact decision needed, and nothing may overflow
            return moles[j, i] - keeps[j, i]
        slope += part / keeps[j, i]
        new = total + part
        back = new - total
        error += (total - (new - back)) + (part - back) + fma(-part, keeps[j, i], moles[j, i]) / keeps[j, i]
        total = new
    total += error
    return (1.0 + total) * total / slope if total > 0.0 else 0.0
