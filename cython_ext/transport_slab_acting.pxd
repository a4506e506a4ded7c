# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""What acts on single cells of a slab: sources, first-order losses, mass taken out."""

from transport_slab_sweep cimport Sweep


cdef struct Cells:
    # Cells on which something acts, by slab.
    const int* first
    const int* place
    const double* source
    const double* loss
    const double* take
    double* integral
    double* taken


cdef inline void act(
    const Sweep* s, const Cells* a, const float* c, Py_ssize_t j, const float* inverse, double length, double weight,
    double middle, double* mass, float* after,
) noexcept nogil:
    """Sources, first-order losses and mass taken out as far as there is any, in the cells of one slab.

    A loss acts on the concentration at the stage's start or (`middle` 0.5) in its middle, as the stage foresees it.
    """
    cdef Py_ssize_t e, p, lane
    cdef double here, change, took, old
    cdef bint whole = s.window[2 * j] == 0 and s.window[2 * j + 1] == s.n_lanes
    for e in range(a.first[j], a.first[j + 1]):
        p = a.place[e]
        if not whole:
            lane = p % s.n_lanes
            if lane < s.window[2 * j] or lane >= s.window[2 * j + 1]:
                continue
        old = <double>c[p]
        here = old
        if middle > 0.0:
            here += middle * (
                <double>after[p] - old + length * (a.source[e] - a.loss[e] * old) * <double>inverse[p]
            )
        a.integral[e] += weight * here
        change = length * (a.source[e] - a.loss[e] * here)
        if a.take[e] > 0.0 and inverse[p] > 0:
            took = min(length * a.take[e], 0.049999 * old / <double>inverse[p])
            a.taken[e] += weight * took / length
            change -= took
        mass[p] += change
        after[p] = <float>mass[p] * inverse[p]
