# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""How long a stage of `transport_slab` may be: what can leave cells, and how grid Peclet numbers stand."""

from cython.parallel cimport parallel, prange
from libc.math cimport fabs, fabsf
from libc.string cimport memset

from transport_simd cimport gw_flush_on, gw_flush_restore, gw_max, gw_min
from transport_single cimport gw_fin, gw_fout, gw_maxf
from transport_slab_layout cimport EDGE, GROUP, N_FACE, next_to_nothing


cpdef void emptying(
    const float[:, :, :, :, :, ::1] coefficients,
    float clip,
    float[::1] rate,
    int threads,
) noexcept nogil:
    """What advection and dispersion can take out of each cell per unit concentration.

        sum over faces out of (|q| + 2 |H|)  +  sum over faces of (|K| + clip (|G1| + |G2|))

    With 2 |H| no stage makes a new maximum; |H| would do for positivity alone.

    Parameters
    ----------
    coefficients : shape (slab, direction, layer, lane // 8, 5, 8).
    clip : most that the cross flux takes, in multiples of its own scale.
    rate : shape (place,), written [L**3/T].
    threads : number of threads.
    """
    cdef Py_ssize_t j, k, n_slabs = coefficients.shape[0]
    cdef Py_ssize_t n_layers = coefficients.shape[2], n_lanes = coefficients.shape[3] * GROUP
    cdef unsigned int saved = 0
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for j in prange(n_slabs, schedule="static"):
            for k in range(n_layers):
                emptying_row(coefficients, j, k, clip, &rate[EDGE + (j * n_layers + k) * n_lanes])
        gw_flush_restore(saved)


cdef void emptying_row(
    const float[:, :, :, :, :, ::1] coefficients, Py_ssize_t j, Py_ssize_t k, float clip, float* rate
) noexcept nogil:
    cdef Py_ssize_t d, n_lanes = coefficients.shape[3] * GROUP
    memset(rate, 0, n_lanes * sizeof(float))
    for d in range(coefficients.shape[1]):
        leaving(n_lanes, &coefficients[j, d, k, 0, 0, 0], 1, clip, rate)
        if d == 0:
            leaving(n_lanes - 1, &coefficients[j, d, k, 0, 0, 0], -1, clip, rate + 1)
        elif d == 1 and j > 0:
            leaving(n_lanes, &coefficients[j - 1, d, k, 0, 0, 0], -1, clip, rate)
        elif d == 2 and k > 0:
            leaving(n_lanes, &coefficients[j, d, k - 1, 0, 0, 0], -1, clip, rate)


cdef void leaving(Py_ssize_t n, gw_fin faces, float sign, float clip, gw_fout rate) noexcept nogil:
    """Add what one row of faces takes out of the cells on one side: +1 the lower, -1 the upper."""
    cdef Py_ssize_t group, first, at, t
    cdef float zero = <float>0.0, two = <float>2.0
    for group in range((n + GROUP - 1) // GROUP):
        first = group * GROUP
        at = N_FACE * first
        for t in range(min(GROUP, n - first)):
            rate[first + t] += (
                (fabsf(faces[at + t]) + two * fabsf(faces[at + GROUP + t]) if sign * faces[at + t] > zero else zero)
                + (
                    gw_maxf(fabsf(faces[at + 2 * GROUP + t]) - next_to_nothing(), zero)
                    + clip * (fabsf(faces[at + 3 * GROUP + t]) + fabsf(faces[at + 4 * GROUP + t]))
                )
            )


cpdef void longest_stage(
    const float[:, ::1] content,
    const float[::1] rate,
    const float[::1] loss,
    const int[:, ::1] window,
    Py_ssize_t n_layers,
    Py_ssize_t n_lanes,
    double part,
    double span,
    double stages,
    double least,
    double limit,
    double[::1] longest,
    int[::1] place,
    int threads,
) noexcept nogil:
    """Longest stage that keeps every cell of each slab positive, and the cell that sets it.

        h rate <= limit * M  at the stage's start and, if M falls, at the end of the step h * stages

    Parameters
    ----------
    content : shape (2, place), M at the flow step's start and its change [L**3].
    rate : shape (place,), what faces can take out [L**3/T].
    loss : shape (place,), first-order losses [L**3/T]; -1 leaves a cell out.
    window : shape (slab, 2), lanes from, to.
    part : place in the flow step, 0 to 1; span : its length [T].
    stages : stages per step less one.
    least : smallest M as a part of its largest.
    limit : allowed part of the content.
    longest : shape (slab,), written: h [T]; 1e300 if nothing limits it.
    place : shape (slab,), written; -1 if nothing limits it.
    threads : number of threads.
    """
    cdef Py_ssize_t j
    for j in prange(window.shape[0], num_threads=threads, schedule="static"):
        slab_stage(
            j, content, rate, loss, window, n_layers, n_lanes, part, span, stages, least, limit, &longest[j], &place[j]
        )


cdef void slab_stage(
    Py_ssize_t j, const float[:, ::1] content, const float[::1] rate, const float[::1] loss,
    const int[:, ::1] window, Py_ssize_t n_layers, Py_ssize_t n_lanes, double part, double span, double stages,
    double least, double limit, double* longest, int* place,
) noexcept nogil:
    cdef Py_ssize_t k, i, p
    cdef double h, m, slope, low, shortest = 1e300, out
    place[0] = -1
    for k in range(n_layers):
        for i in range(window[j, 0], window[j, 1]):
            p = EDGE + (j * n_layers + k) * n_lanes + i
            out = <double>rate[p] + loss[p]
            if loss[p] < 0 or out <= 0.0:
                continue
            slope = content[1, p] / span
            low = least * gw_max(content[0, p], content[0, p] + content[1, p])
            m = gw_max(content[0, p] + part * content[1, p], low)
            if slope < 0.0:
                h = gw_max(m / (out / limit - slope * stages), limit * low / out)
            else:
                h = limit * m / out
            if h < shortest:
                shortest = h
                place[0] = <int>p
    longest[0] = shortest


cpdef void loads(
    const float[:, ::1] content, const float[::1] rate, const float[::1] loss, Py_ssize_t n_layers, float[:, ::1] heaviest,
    int threads,
) noexcept nogil:
    """What part of its mass can leave the fastest cell of every slab and group of eight lanes, where contents are steady.

    Parameters
    ----------
    content : shape (1, place), 1/M [1/L**3].
    rate, loss : as for `longest_stage`.
    heaviest : shape (slab, lane // 8), written [1/T].
    threads : number of threads.
    """
    cdef Py_ssize_t j, k, n_lanes = heaviest.shape[1] * GROUP, p
    for j in prange(heaviest.shape[0], num_threads=threads, schedule="static"):
        memset(&heaviest[j, 0], 0, heaviest.shape[1] * sizeof(float))
        for k in range(n_layers):
            p = EDGE + (j * n_layers + k) * n_lanes
            row_loads(n_lanes, &rate[p], &loss[p], &content[0, p], &heaviest[j, 0])


cpdef Py_ssize_t heaviest_place(
    const float[:, ::1] loads, const float[:, ::1] content, const float[::1] rate, const float[::1] loss,
    const int[:, ::1] window, Py_ssize_t n_layers,
) noexcept nogil:
    """The place whose load is the largest of a window, the first of equal ones; -1 where nothing leaves any cell.

    Parameters
    ----------
    loads : shape (slab, lane // 8), from `loads`, for the same content, rate and loss.
    window : shape (slab, 2), lanes from, to; multiples of 8.
    """
    cdef Py_ssize_t j, group, k, p, slab = -1, lane = 0, n_lanes = loads.shape[1] * GROUP
    cdef float most = 0
    for j in range(window.shape[0]):
        for group in range(window[j, 0] // GROUP, window[j, 1] // GROUP):
            if loads[j, group] > most:
                most = loads[j, group]
                slab = j
                lane = group * GROUP
    for k in range(n_layers if slab >= 0 else 0):
        p = EDGE + (slab * n_layers + k) * n_lanes + lane
        for p in range(p, p + GROUP):
            if loss[p] >= 0 and (rate[p] + loss[p]) * content[0, p] == most:
                return p
    return -1


cdef void row_loads(Py_ssize_t n, gw_fin rate, gw_fin loss, gw_fin inverse, gw_fout heaviest) noexcept nogil:
    cdef Py_ssize_t group, i
    cdef float load, zero = <float>0.0
    for group in range(n // GROUP):
        for i in range(group * GROUP, (group + 1) * GROUP):
            load = zero if loss[i] < zero else (rate[i] + loss[i]) * inverse[i]
            heaviest[group] = gw_maxf(heaviest[group], load)


cpdef void peclet_sums(
    const float[:, :, :, :, :, ::1] coefficients, const double[:, ::1] mass, double[:, ::1] sums, int threads
) noexcept nogil:
    """Sums for the mean grid Peclet number of every slab, weighted by mass: sum m Pe, sum m.

        Pe = sum q**2 / sum |q| K  over a cell's upper faces, at most 1e6

    Parameters
    ----------
    coefficients : shape (slab, direction, layer, lane // 8, 5, 8).
    mass : shape (species, place).
    sums : shape (slab, 2), written.
    threads : number of threads.
    """
    cdef Py_ssize_t j
    for j in prange(coefficients.shape[0], num_threads=threads, schedule="static"):
        slab_peclet(j, coefficients, mass, &sums[j, 0])


cdef void slab_peclet(
    Py_ssize_t j, const float[:, :, :, :, :, ::1] coefficients, const double[:, ::1] mass, double* sums
) noexcept nogil:
    cdef Py_ssize_t k, i, d, s, p, n_layers = coefficients.shape[2], n_lanes = coefficients.shape[3] * GROUP
    cdef double q, m, squares, spread
    sums[0] = 0.0
    sums[1] = 0.0
    for k in range(n_layers):
        for i in range(n_lanes):
            p = EDGE + (j * n_layers + k) * n_lanes + i
            m = 0.0
            for s in range(mass.shape[0]):
                m = m + mass[s, p]
            if m <= 0.0:
                continue
            squares = 0.0
            spread = 0.0
            for d in range(coefficients.shape[1]):
                q = fabs(coefficients[j, d, k, i // GROUP, 0, i % GROUP])
                squares = squares + q * q
                spread = spread + q * fabs(coefficients[j, d, k, i // GROUP, 2, i % GROUP])
            if squares > 0.0:
                sums[0] += m * gw_min(squares / gw_max(spread, 1e-300), 1e6)
            sums[1] += m
