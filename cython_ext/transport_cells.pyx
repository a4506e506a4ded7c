# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Cell by cell arithmetic of transport: capacities in time, blending of stages, exact sums."""

from cython.parallel cimport parallel, prange

from transport_simd cimport gw_flush_on, gw_flush_restore, gw_max


cpdef void inverse_capacity(
    const double[::1] start,
    const double[::1] change,
    const double[::1] least,
    double part,
    double[::1] inverse,
    int threads,
) noexcept nogil:
    """1/M at a part of the flow step, M linear in time and not below its least; zero where that is zero.

    Parameters
    ----------
    start, change, least : shape (cell,), M at the step's start, its change, its lower bound [L**3].
    part : (t - start) / (end - start) [-].
    inverse : shape (cell,), written [1/L**3].
    threads : number of threads.
    """
    cdef Py_ssize_t i
    cdef double m
    for i in prange(start.shape[0], num_threads=threads, schedule="static"):
        m = gw_max(start[i] + part * change[i], least[i])
        inverse[i] = 1.0 / m if m > 0.0 else 0.0


cpdef void blend(
    const double[::1] before,
    double[::1] mass,
    const double[::1] inverse,
    double part,
    double[::1] concentration,
    int threads,
) noexcept nogil:
    """Last stage of SSPRK(S,2): m = m0 / S + (1 - 1/S) m, c = m / M.

    Ketcheson (2008), SIAM Journal on Scientific Computing 30(4), 2113-2136.

    Parameters
    ----------
    before : shape (cell,), m0 [M].
    mass : shape (cell,), m [M], updated.
    inverse : shape (cell,), 1/M [1/L**3].
    part : 1/S [-].
    concentration : shape (cell,), written [M/L**3].
    threads : number of threads.
    """
    cdef Py_ssize_t i
    cdef unsigned int saved = 0
    cdef double rest = 1.0 - part
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for i in prange(before.shape[0], schedule="static"):
            mass[i] = part * before[i] + rest * mass[i]
            concentration[i] = mass[i] * inverse[i]
        gw_flush_restore(saved)


cpdef void signed_sums(
    const double[::1] before, const double[::1] after, const double[::1] factor, double[::1] sums
) noexcept nogil:
    """Sums of (before - after) * factor over cells, what falls and what rises apart, compensated.

    Parameters
    ----------
    before, after : shape (cell,).
    factor : shape (cell,).
    sums : shape (4,), written: sum of the positive differences and its error, of the negative and its error.
    """
    cdef Py_ssize_t i, k
    cdef double x, total, back
    sums[0] = 0.0
    sums[1] = 0.0
    sums[2] = 0.0
    sums[3] = 0.0
    for i in range(before.shape[0]):
        x = (before[i] - after[i]) * factor[i]
        if x == 0.0:
            continue
        k = 0 if x > 0.0 else 2
        total = sums[k] + x
        back = total - sums[k]
        sums[k + 1] += (sums[k] - (total - back)) + (x - back)
        sums[k] = total


cpdef Py_ssize_t limiting_cell(
    const double[::1] start,
    const double[::1] end,
    const double[::1] least,
    const double[::1] rate,
    double part,
    double span,
    double stages,
    double limit,
    double[::1] longest,
) noexcept nogil:
    """Longest stage that keeps every cell's mass positive; returns the cell that sets it.

        h rate <= limit * M  at the stage's start and, if M falls, at the end of the step h * stages

    Parameters
    ----------
    start, end, least : shape (cell,), M at both ends of the flow step, its lower bound [L**3].
    rate : shape (cell,), what can leave per unit concentration [L**3/T].
    part : place in the flow step, 0 to 1; span : its length [T].
    stages : stages per step less one.
    limit : allowed part of the content.
    longest : shape (1,), written: h [T].
    """
    cdef Py_ssize_t i, cell = -1
    cdef double h, shortest = 1e300, m, slope
    for i in range(start.shape[0]):
        if rate[i] <= 0.0:
            continue
        slope = (end[i] - start[i]) / span
        m = gw_max(start[i] + part * (end[i] - start[i]), least[i])
        if slope < 0.0:
            h = gw_max(m / (rate[i] / limit - slope * stages), limit * least[i] / rate[i])
        else:
            h = limit * m / rate[i]
        if h < shortest:
            shortest = h
            cell = i
    longest[0] = shortest
    return cell
