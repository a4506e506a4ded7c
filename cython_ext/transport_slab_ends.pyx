# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Faces at whose donors the grid ends and something special stands behind, listed for `transport_slab`.

They come in groups of eight lanes, which the sweep works on side by side.
"""

from cython.parallel cimport prange

from transport_simd cimport gw_max
from transport_slab_layout cimport EDGE, GROUP, LINE, UPSTREAM


cpdef void end_list(
    const float[:, :, :, :, :, ::1] coefficients,
    const int[::1] cell,
    const double[::1] inflow,
    const double[::1] concentration,
    const unsigned char[::1] fixed,
    const unsigned char[::1] fed,
    int[::1] first,
    int[::1] where,
    float[:, ::1] value,
    bint fill,
    int threads,
) noexcept nogil:
    """Faces at whose donor the grid ends and something else than the profile's line stands behind it.

    Where packages bring at least a tenth of the donor's inflow, their concentration; where the donor passes on more
    than twice what it gets (its storage feeds it), or is fed by a lake or a stream, upstream weighting. Cells of given concentration keep the line.

    Parameters
    ----------
    coefficients : shape (slab, direction, layer, lane // 8, 5, 8).
    cell : shape (place,).
    inflow, concentration : shape (cell,), water that packages bring [L**3/T] and its concentration [M/L**3].
    fixed : shape (cell,), 1 where the concentration is given.
    fed : shape (cell,), 1 where a lake or a stream brings water.
    first : shape (slab + 1,); without `fill` the number of groups of slab j is written at j + 1.
    where : shape (group,), written if `fill`: direction * slab size + place of the first lane in the slab.
    value : shape (group, 8), written if `fill`: the concentration, `UPSTREAM` for upstream weighting, `LINE` where
        nothing special stands behind the lane's donor.
    fill : whether to write the list, by `first`.
    threads : number of threads.
    """
    cdef Py_ssize_t j
    for j in prange(coefficients.shape[0], num_threads=threads, schedule="static"):
        slab_ends(j, coefficients, cell, inflow, concentration, fixed, fed, first, where, value, fill)


cdef void slab_ends(
    Py_ssize_t j, const float[:, :, :, :, :, ::1] coefficients, const int[::1] cell, const double[::1] inflow,
    const double[::1] concentration, const unsigned char[::1] fixed, const unsigned char[::1] fed, int[::1] first,
    int[::1] where, float[:, ::1] value, bint fill,
) noexcept nogil:
    cdef Py_ssize_t n_layers = coefficients.shape[2], n_lanes = coefficients.shape[3] * GROUP, slab = n_layers * n_lanes
    cdef Py_ssize_t d, k, i, p, e = first[j] if fill else 0, group, t
    cdef float[GROUP] behind
    cdef bint some
    for d in range(coefficients.shape[1]):
        for k in range(n_layers):
            for group in range(n_lanes // GROUP):
                some = False
                p = k * n_lanes + group * GROUP
                for t in range(GROUP):
                    behind[t] = stands_behind(j, d, p + t, coefficients, cell, inflow, concentration, fixed, fed)
                    some = some or behind[t] != LINE
                if not some:
                    continue
                if fill:
                    where[e] = <int>(d * slab + p)
                    for t in range(GROUP):
                        value[e, t] = behind[t]
                e += 1
    if not fill:
        first[j + 1] = <int>e


cdef float stands_behind(
    Py_ssize_t j, Py_ssize_t d, Py_ssize_t p, const float[:, :, :, :, :, ::1] coefficients, const int[::1] cell,
    const double[::1] inflow, const double[::1] concentration, const unsigned char[::1] fixed,
    const unsigned char[::1] fed,
) noexcept nogil:
    """Return what stands behind the donor of the face at place p of a slab."""
    cdef Py_ssize_t n_layers = coefficients.shape[2], n_lanes = coefficients.shape[3] * GROUP, slab = n_layers * n_lanes
    cdef Py_ssize_t k = p // n_lanes, i = p % n_lanes, up = EDGE + j * slab + p, donor
    cdef double got = 0.0, gone = 0.0
    cdef float zero = <float>0.0
    if not coefficients[j, d, k, i // GROUP, 1, i % GROUP] < zero:
        return LINE
    if not coefficients[j, d, k, i // GROUP, 0, i % GROUP] > zero:
        up += 1 if d == 0 else (slab if d == 1 else n_lanes)
    donor = cell[up]
    if fixed[donor]:
        return LINE
    passed(coefficients, up - EDGE, &got, &gone)
    if inflow[donor] > 0.1 * (got + inflow[donor]):
        return <float>gw_max(concentration[donor], 0.0)
    return UPSTREAM if got < 0.5 * gone or fed[donor] else LINE


cdef void passed(const float[:, :, :, :, :, ::1] coefficients, Py_ssize_t p, double* got, double* gone) noexcept nogil:
    """Add up what faces bring to and take from one cell."""
    cdef Py_ssize_t n_layers = coefficients.shape[2], n_lanes = coefficients.shape[3] * GROUP
    cdef Py_ssize_t i = p % n_lanes, k = p / n_lanes % n_layers, j = p / (n_lanes * n_layers), d
    cdef double q
    for d in range(coefficients.shape[1]):
        q = coefficients[j, d, k, i // GROUP, 0, i % GROUP]
        got[0] += gw_max(-q, 0.0)
        gone[0] += gw_max(q, 0.0)
        q = 0.0
        if d == 0 and i > 0:
            q = coefficients[j, d, k, (i - 1) // GROUP, 0, (i - 1) % GROUP]
        elif d == 1 and j > 0:
            q = coefficients[j - 1, d, k, i // GROUP, 0, i % GROUP]
        elif d == 2 and k > 0:
            q = coefficients[j, d, k - 1, i // GROUP, 0, i % GROUP]
        got[0] += gw_max(q, 0.0)
        gone[0] += gw_max(-q, 0.0)
