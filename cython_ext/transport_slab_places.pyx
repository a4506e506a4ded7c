# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Values by cell and by place, and the window: what stands where in the layout of `transport_slab`."""

from cython.parallel cimport prange
from libc.string cimport memcpy

from transport_simd cimport gw_max
from transport_slab_layout cimport EDGE, GROUP


cpdef void to_places(
    const double[::1] values, const int[::1] cell, double[::1] out, int threads
) noexcept nogil:
    """Values by cell to an array over places; zero where there is no cell."""
    cdef Py_ssize_t p
    for p in prange(cell.shape[0], num_threads=threads, schedule="static"):
        out[p] = values[cell[p]] if cell[p] >= 0 else 0.0


cpdef void to_cells(
    const double[::1] values, const int[::1] cell, double[::1] out, int threads
) noexcept nogil:
    """Values by place to an array over cells."""
    cdef Py_ssize_t p
    for p in prange(cell.shape[0], num_threads=threads, schedule="static"):
        if cell[p] >= 0:
            out[cell[p]] = values[p]


cpdef void contents(
    const double[::1] start, const double[::1] end, const int[::1] cell, float[:, ::1] out, int threads
) noexcept nogil:
    """Contents for the sweep: 1/M where they do not change (one row), else M at the start and its change."""
    cdef Py_ssize_t p
    cdef double m
    for p in prange(cell.shape[0], num_threads=threads, schedule="static"):
        m = start[cell[p]] if cell[p] >= 0 else 0.0
        if out.shape[0] == 1:
            out[0, p] = <float>(1.0 / m) if m > 0.0 else <float>0.0
        else:
            out[0, p] = <float>m
            out[1, p] = <float>((end[cell[p]] if cell[p] >= 0 else 0.0) - m)


cpdef void mirrors(
    const double[::1] mass, const float[:, ::1] content, double part, double least, float[::1] mirror, int threads
) noexcept nogil:
    """Concentration from mass, as the sweep sees it."""
    cdef Py_ssize_t p
    cdef double m
    for p in prange(mass.shape[0], num_threads=threads, schedule="static"):
        if content.shape[0] == 1:
            mirror[p] = <float>mass[p] * content[0, p]
        else:
            m = gw_max(content[0, p] + part * content[1, p], least * gw_max(content[0, p], content[0, p] + content[1, p]))
            mirror[p] = <float>(mass[p] / m) if m > 0.0 else <float>0.0


cpdef void filled_lanes(
    const float[:, ::1] mirror,
    const float[::1] threshold,
    const int[:, ::1] window,
    Py_ssize_t n_layers,
    Py_ssize_t n_lanes,
    int[:, ::1] filled,
    int threads,
) noexcept nogil:
    """Lanes of each slab, within its window, between which concentration is above a threshold.

    Parameters
    ----------
    mirror : shape (species, place) [M/L**3].
    threshold : shape (species,) [M/L**3].
    window : shape (slab, 2), lanes from, to.
    filled : shape (slab, 2), written: from, to; n_lanes, 0 where there is none.
    threads : number of threads.
    """
    cdef Py_ssize_t j
    for j in prange(window.shape[0], num_threads=threads, schedule="static"):
        slab_filled(j, mirror, threshold, window, n_layers, n_lanes, &filled[j, 0])


cdef void slab_filled(
    Py_ssize_t j, const float[:, ::1] mirror, const float[::1] threshold, const int[:, ::1] window,
    Py_ssize_t n_layers, Py_ssize_t n_lanes, int* filled,
) noexcept nogil:
    cdef Py_ssize_t s, k, i
    cdef const float* c
    filled[0] = <int>n_lanes
    filled[1] = 0
    for s in range(mirror.shape[0]):
        for k in range(n_layers):
            c = &mirror[s, EDGE + (j * n_layers + k) * n_lanes]
            for i in range(window[j, 0], filled[0] if filled[0] < window[j, 1] else window[j, 1]):
                if c[i] > threshold[s]:
                    filled[0] = <int>i
                    break
            i = window[j, 1]
            while i > filled[1] and i > window[j, 0]:
                i = i - 1
                if c[i] > threshold[s]:
                    filled[1] = <int>i + 1
                    break


cpdef bint widen(
    const int[:, ::1] filled,
    Py_ssize_t first_slab,
    Py_ssize_t first_lane,
    const int[:, ::1] keep,
    Py_ssize_t margin,
    Py_ssize_t n_lanes,
    int[:, ::1] window,
    int[::1] extent,
) noexcept nogil:
    """The window around what is filled or kept, `margin` slabs and lanes more on all sides; returns whether it has moved.

    Parameters
    ----------
    filled : shape (slab of a box, 2), lanes of the box from, to; from >= to where there is none.
    first_slab, first_lane : where the box begins.
    keep : shape (slab, 2), lanes always inside; from >= to where there is none.
    window : shape (slab, 2), read and written: lanes from, to, multiples of 8; 0, 0 where there is none.
    extent : shape (4,), written: first slab and the one after the last, first lane and the one after the last.
    """
    cdef Py_ssize_t j, i, n = window.shape[0], low, high
    cdef bint moved = False
    extent[0], extent[1], extent[2], extent[3] = <int>n, 0, <int>n_lanes, 0
    for j in range(n):
        low = n_lanes
        high = 0
        for i in range(max(j - margin, 0), min(j + margin + 1, n)):
            if keep[i, 0] < keep[i, 1]:
                low = min(low, <Py_ssize_t>keep[i, 0])
                high = max(high, <Py_ssize_t>keep[i, 1])
            if first_slab <= i < first_slab + filled.shape[0] and filled[i - first_slab, 0] < filled[i - first_slab, 1]:
                low = min(low, first_lane + filled[i - first_slab, 0])
                high = max(high, first_lane + filled[i - first_slab, 1])
        if low < high:
            low = max(low - margin, 0) // GROUP * GROUP
            high = min((high + margin + GROUP - 1) // GROUP * GROUP, n_lanes)
            extent[0] = min(extent[0], <int>j)
            extent[1] = <int>j + 1
            extent[2] = min(extent[2], <int>low)
            extent[3] = max(extent[3], <int>high)
        else:
            low = 0
            high = 0
        moved = moved or window[j, 0] != low or window[j, 1] != high
        window[j, 0] = <int>low
        window[j, 1] = <int>high
    return moved


cpdef void copy_outside(
    const float[:, ::1] mirror, const int[:, ::1] before, const int[:, ::1] window, Py_ssize_t n_layers,
    Py_ssize_t n_lanes, float[:, ::1] other, int threads,
) noexcept nogil:
    """Where a window has shrunk, give the other mirror what this one holds: nothing changes there any more."""
    cdef Py_ssize_t j
    for j in prange(window.shape[0], num_threads=threads, schedule="static"):
        slab_copy(j, mirror, before, window, n_layers, n_lanes, other)


cdef void slab_copy(
    Py_ssize_t j, const float[:, ::1] mirror, const int[:, ::1] before, const int[:, ::1] window, Py_ssize_t n_layers,
    Py_ssize_t n_lanes, float[:, ::1] other,
) noexcept nogil:
    cdef Py_ssize_t s, k, p
    if before[j, 0] >= window[j, 0] and before[j, 1] <= window[j, 1]:
        return
    for s in range(mirror.shape[0]):
        for k in range(n_layers):
            p = EDGE + (j * n_layers + k) * n_lanes + before[j, 0]
            memcpy(&other[s, p], &mirror[s, p], (before[j, 1] - before[j, 0]) * sizeof(float))
