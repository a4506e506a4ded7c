# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Gradients and fluxes of one slab: which rows meet, and where the window ends.

The directions are 0 along lanes, 1 across slabs, 2 across layers.
"""

from libc.math cimport fabsf
from libc.string cimport memset

from transport_slab_layout cimport EDGE, GROUP, LINE, N_FACE, UPSTREAM, face_at
from transport_slab_rows cimport FaceRow, advected, gradient_row, minmod


cdef struct Sweep:
    # What stays the same during a stage.
    Py_ssize_t n_slabs, n_layers, n_lanes, slab, n_directions
    const float* coefficients
    const float* pool
    const int* weights
    const int* ratios
    const int* scales
    const int* window
    bint cross
    FaceRow face_row
    float clip


cdef inline const float* row_at(const Sweep* s, const float* c, Py_ssize_t j, Py_ssize_t k) noexcept nogil:
    """The row of a slab and layer; outside the grid the pool's first row, which is zero."""
    if j < 0 or j >= s.n_slabs or k < 0 or k >= s.n_layers:
        return s.pool
    return c + EDGE + (j * s.n_layers + k) * s.n_lanes


cdef inline const float* pool_row(const Sweep* s, const int* table, Py_ssize_t d, Py_ssize_t j, Py_ssize_t k) noexcept nogil:
    return s.pool + table[(d * s.n_slabs + j) * s.n_layers + k] * s.n_lanes


cdef inline const float* faces_of(const Sweep* s, Py_ssize_t j, Py_ssize_t d) noexcept nogil:
    return s.coefficients + (j * s.n_directions + d) * N_FACE * s.slab


cdef inline void reach(const Sweep* s, Py_ssize_t j, Py_ssize_t* lo, Py_ssize_t* hi) noexcept nogil:
    """Lanes on which faces near slab j need its gradients."""
    cdef Py_ssize_t i
    lo[0] = s.n_lanes
    hi[0] = 0
    for i in range(max(j - 2, 0), min(j + 3, s.n_slabs)):
        if s.window[2 * i] < s.window[2 * i + 1]:
            lo[0] = min(lo[0], s.window[2 * i])
            hi[0] = max(hi[0], s.window[2 * i + 1])
    lo[0] = max(lo[0] - EDGE, 0)
    hi[0] = min(hi[0] + EDGE, s.n_lanes)


cdef inline void gradients(
    const Sweep* s, const float* c, Py_ssize_t j, Py_ssize_t d, float* out
) noexcept nogil:
    """Gradients of one slab in one direction; nothing outside the grid."""
    cdef Py_ssize_t k, lo, hi
    cdef const float* w
    cdef const float* here
    cdef const float* rows[4]
    if j < 0 or j >= s.n_slabs:
        memset(out, 0, s.slab * sizeof(float))
        return
    reach(s, j, &lo, &hi)
    if hi <= lo:
        return
    for k in range(s.n_layers):
        here = row_at(s, c, j, k)
        w = pool_row(s, s.weights, d, j, k)
        if d == 0:
            rows[0] = here - 2
            rows[1] = here - 1
            rows[2] = here + 1
            rows[3] = here + 2
        elif d == 1:
            rows[0] = row_at(s, c, j - 2, k)
            rows[1] = row_at(s, c, j - 1, k)
            rows[2] = row_at(s, c, j + 1, k)
            rows[3] = row_at(s, c, j + 2, k)
        else:
            rows[0] = row_at(s, c, j, k - 2)
            rows[1] = row_at(s, c, j, k - 1)
            rows[2] = row_at(s, c, j, k + 1)
            rows[3] = row_at(s, c, j, k + 2)
        gradient_row(
            hi - lo, here + lo, rows[0] + lo, rows[1] + lo, rows[2] + lo, rows[3] + lo,
            w + lo, w + s.n_lanes + lo, w + 2 * s.n_lanes + lo, out + k * s.n_lanes + lo,
        )


cdef inline void one_face_row(
    const Sweep* s, const float* c, Py_ssize_t j, Py_ssize_t d, Py_ssize_t k, Py_ssize_t lo, Py_ssize_t hi,
    const float* c_m, const float* behind, const float* beyond,
    const float* g_nn, const float* g_n, const float* g_m, const float* g_mm,
    const float* e_nn, const float* e_n, const float* e_m, const float* e_mm, float* flux,
) noexcept nogil:
    cdef const float* f = faces_of(s, j, d) + N_FACE * (k * s.n_lanes + lo)
    cdef const float* r = pool_row(s, s.ratios, d, j, k) + lo
    cdef Py_ssize_t at = k * s.n_lanes + lo
    cdef Py_ssize_t lanes = s.n_lanes
    s.face_row(
        hi - lo, row_at(s, c, j, k) + lo, c_m + lo, behind + lo, beyond + lo, f, r, r + lanes, g_nn + at, g_n + at,
        g_m + at, g_mm + at, e_nn + at, e_n + at, e_m + at, e_mm + at,
        (pool_row(s, s.scales, d, j, k) if d < 2 else s.pool + lanes) + lo, s.clip, flux + at,
    )


cdef inline void faces_across(
    const Sweep* s, const float* c, Py_ssize_t j, const float* ring, float* flux
) noexcept nogil:
    """Fluxes between slab j and the next; gradients of the slabs j-1 to j+2 stand in the ring."""
    cdef Py_ssize_t k, lo, hi, a, b
    cdef const float* g[4]
    cdef Py_ssize_t t
    if j < 0 or j + 1 >= s.n_slabs:
        memset(flux, 0, s.slab * sizeof(float))
        return
    a = max(s.window[2 * j], s.window[2 * j + 2])
    b = min(s.window[2 * j + 1], s.window[2 * j + 3])
    if b - a < s.n_lanes:
        lo = min(s.window[2 * j], s.window[2 * j + 2])
        hi = max(s.window[2 * j + 1], s.window[2 * j + 3])
        for k in range(s.n_layers):
            memset(flux + k * s.n_lanes + lo, 0, (hi - lo) * sizeof(float))
    if b <= a:
        return
    for t in range(4):
        g[t] = ring + ((j + 3 + t) & 3) * 2 * s.slab
    for k in range(s.n_layers):
        one_face_row(
            s, c, j, 1, k, a, b, row_at(s, c, j + 1, k), row_at(s, c, j - 1, k), row_at(s, c, j + 2, k),
            g[0], g[1], g[2], g[3], g[0] + s.slab, g[1] + s.slab, g[2] + s.slab, g[3] + s.slab, flux,
        )


cdef inline void faces_within(
    const Sweep* s, const float* c, Py_ssize_t j, const float* g_lane, const float* g_layer, const float* g_slab,
    float* flux_lane, float* flux_layer,
) noexcept nogil:
    """Fluxes along lanes and across layers of slab j."""
    cdef Py_ssize_t k, lo = s.window[2 * j], hi = s.window[2 * j + 1], n = s.n_lanes
    cdef const float* here
    cdef Py_ssize_t before, after
    for k in range(s.n_layers):
        here = row_at(s, c, j, k)
        one_face_row(
            s, c, j, 0, k, lo, hi, here + 1, here - 1, here + 2, g_slab - 1, g_slab, g_slab + 1, g_slab + 2,
            g_layer - 1, g_layer, g_layer + 1, g_layer + 2, flux_lane,
        )
    for k in range(s.n_layers - 1):
        before = n if k > 0 else 0
        after = 2 * n if k + 2 < s.n_layers else n
        one_face_row(
            s, c, j, 2, k, lo, hi, row_at(s, c, j, k + 1), row_at(s, c, j, k - 1), row_at(s, c, j, k + 2),
            g_lane - before, g_lane, g_lane + n, g_lane + after,
            g_slab - before, g_slab, g_slab + n, g_slab + after, flux_layer,
        )


cdef inline void end_faces(
    const Sweep* s, const float* c, Py_ssize_t j, const int* first, const int* where, const float* value,
    bint only_across, float* flux_lane, float* flux_slab, float* flux_layer,
) noexcept nogil:
    """Replace the line behind donors at the grid's end by a given concentration, or by upstream weighting.

    The window begins and ends between groups of lanes: a group is inside or outside as a whole.
    """
    cdef Py_ssize_t e, d, p, at, lane, k
    cdef float* flux
    cdef bint whole = s.window[2 * j] == 0 and s.window[2 * j + 1] == s.n_lanes
    if whole and j + 1 < s.n_slabs:
        whole = s.window[2 * j + 2] == 0 and s.window[2 * j + 3] == s.n_lanes
    for e in range(first[j], first[j + 1]):
        p = where[e]
        d = (1 if p >= s.slab else 0) + (1 if p >= 2 * s.slab else 0)
        if only_across and d != 1:
            continue
        p -= d * s.slab
        if not whole:
            lane = p % s.n_lanes
            if lane < s.window[2 * j] or lane >= s.window[2 * j + 1]:
                continue
            if d == 1 and (lane < s.window[2 * j + 2] or lane >= s.window[2 * j + 3]):
                continue
        at = EDGE + j * s.slab + p
        flux = flux_lane if d == 0 else (flux_slab if d == 1 else flux_layer)
        end_group(
            c + at, c + at + (1 if d == 0 else (s.slab if d == 1 else s.n_lanes)), faces_of(s, j, d) + face_at(p),
            value + e * GROUP, flux + p,
        )


cdef inline void end_group(
    const float* c_n, const float* c_m, const float* faces, const float* value, float* flux
) noexcept nogil:
    """Change the fluxes of eight lanes from what the profile's line gives to what stands behind their donors."""
    cdef Py_ssize_t t
    cdef float a, b, q, high, zero = <float>0.0, line = <float>LINE, upstream = <float>UPSTREAM
    cdef float[GROUP] change  # no pointer leads here: the compiler knows that nothing else is changed
    for t in range(GROUP):
        q = faces[t]
        high = fabsf(faces[GROUP + t])
        b = c_m[t] - c_n[t]
        a = c_n[t] - value[t] if q > zero else value[t] - c_m[t]
        a = minmod(a, b) if value[t] > upstream else zero
        a = advected(c_n[t], c_m[t], a, q, high) - advected(c_n[t], c_m[t], b, q, high)
        change[t] = a if value[t] > line else zero
    for t in range(GROUP):
        flux[t] += change[t]


cdef inline void close_edges(const Sweep* s, Py_ssize_t j, float* flux_lane) noexcept nogil:
    """Close the faces on the window's edges: beyond them nothing moves."""
    cdef Py_ssize_t k, n = s.n_lanes
    for k in range(s.n_layers):
        flux_lane[k * n + s.window[2 * j] - 1] = 0
        flux_lane[k * n + s.window[2 * j + 1] - 1] = 0
