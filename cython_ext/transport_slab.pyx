# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""One Euler stage on a structured grid, slab by slab: concentration in float32, mass in float64.

Arrays over cells are laid out [slab][layer][lane] (`gwsolver.transport.explicit.slab.layout`): lanes run along the
grid's fast direction, are padded to a multiple of 8, and EDGE spare places stand at both ends of an array. The
directions are 0 along lanes, 1 across slabs, 2 across layers. Coefficients that vanish make branches needless: cells
outside the model have zero coefficients and zero inverse content.

A face's coefficients are q, H, K, G1, G2; H < 0 says that no cell stands behind the donor (the profile goes on in a
line), K < 0 that the cross flux takes the plain mean of its two cells.
"""

from cython.parallel cimport parallel, prange
from libc.math cimport fabsf
from libc.string cimport memcpy, memset

from transport_simd cimport gw_flush_on, gw_flush_restore, gw_in, gw_out
from transport_single cimport gw_fin, gw_fout, gw_maxf, gw_minf

cdef enum:
    EDGE = 8
    N_FACE = 5


cdef void gradient_row(
    Py_ssize_t n, gw_fin c, gw_fin before2, gw_fin before, gw_fin after, gw_fin after2,
    gw_fin w_before, gw_fin w_after, gw_fin w_far, gw_fout out,
) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        out[i] = w_after[i] * (after[i] - c[i]) + w_before[i] * (c[i] - before[i]) + w_far[i] * (after2[i] - before2[i])


cdef inline float advected(float c_n, float c_m, float a, float q, float high) noexcept nogil:
    """Limited advection: q c_up + H phi, kept between what either cell would give."""
    cdef float third = <float>(1.0 / 3.0)
    cdef float zero = <float>0.0
    cdef float b = c_m - c_n
    cdef float b2 = b + b
    cdef float a2 = a + a
    cdef float t = (a + b2) * third
    cdef float phi = (
        gw_maxf(zero, gw_minf(a2, gw_minf(t, b2))) + gw_minf(zero, gw_maxf(a2, gw_maxf(t, b2)))
    )
    cdef float from_n = q * c_n
    cdef float from_m = q * c_m
    cdef float from_donor = from_n if q > zero else from_m
    phi = gw_minf(phi, c_n) if q > zero else gw_maxf(phi, -c_m)
    return gw_maxf(gw_minf(from_donor + high * phi, gw_maxf(from_n, from_m)), gw_minf(from_n, from_m))


cdef void normal_row(
    Py_ssize_t n, gw_fin c_n, gw_fin c_m, gw_fin behind, gw_fin beyond, gw_fin q, gw_fin high, gw_fin k,
    gw_fin ratio_n, gw_fin ratio_m, gw_fout flux,
) noexcept nogil:
    cdef Py_ssize_t i
    cdef float a, b, zero = <float>0.0
    for i in range(n):
        b = c_m[i] - c_n[i]
        a = (c_n[i] - behind[i]) * ratio_n[i] if q[i] > zero else (beyond[i] - c_m[i]) * ratio_m[i]
        a = b if high[i] < zero else a
        flux[i] = advected(c_n[i], c_m[i], a, q[i], fabsf(high[i])) - fabsf(k[i]) * b


cdef void tensor_row(
    Py_ssize_t n, gw_fin c_n, gw_fin c_m, gw_fin behind, gw_fin beyond, gw_fin q, gw_fin high, gw_fin k,
    gw_fin cross1, gw_fin cross2, gw_fin ratio_n, gw_fin ratio_m, gw_fin g_nn, gw_fin g_n, gw_fin g_m, gw_fin g_mm,
    gw_fin e_nn, gw_fin e_n, gw_fin e_m, gw_fin e_mm, gw_fin scale, float clip, gw_fout flux,
) noexcept nogil:
    cdef Py_ssize_t i
    cdef float a, b, x, w, gamma, g, e, zero = <float>0.0, half = <float>0.5, far = <float>(1.0 / 12.0)
    for i in range(n):
        b = c_m[i] - c_n[i]
        a = (c_n[i] - behind[i]) * ratio_n[i] if q[i] > zero else (beyond[i] - c_m[i]) * ratio_m[i]
        a = b if high[i] < zero else a
        w = zero if k[i] < zero else far
        g = g_n[i] + g_m[i]
        e = e_n[i] + e_m[i]
        g = half * g + w * (g - (g_nn[i] + g_mm[i]))
        e = half * e + w * (e - (e_nn[i] + e_mm[i]))
        x = -(cross1[i] * g + cross2[i] * (scale[i] * e))
        gamma = clip * (fabsf(cross1[i]) + fabsf(cross2[i]))
        x = gw_maxf(gw_minf(x, gamma * c_n[i]), -(gamma * c_m[i]))
        flux[i] = advected(c_n[i], c_m[i], a, q[i], fabsf(high[i])) - fabsf(k[i]) * b + x


cdef void update_row(
    Py_ssize_t n, gw_fin x_in, gw_fin x_out, gw_fin y_in, gw_fin y_out, gw_fin z_in, gw_fin z_out, gw_fin inverse,
    double length, gw_out mass, gw_fout c,
) noexcept nogil:
    cdef Py_ssize_t i
    cdef double m
    for i in range(n):
        m = mass[i] + length * (
            ((<double>x_in[i] - <double>x_out[i]) + (<double>y_in[i] - <double>y_out[i]))
            + (<double>z_in[i] - <double>z_out[i])
        )
        mass[i] = m
        c[i] = <float>m * inverse[i]


cdef void decay_row(
    Py_ssize_t n, gw_fin c, gw_fin rate, double length, double weight, gw_out mass, gw_out decayed
) noexcept nogil:
    cdef Py_ssize_t i
    cdef double loss
    for i in range(n):
        loss = <double>rate[i] * <double>c[i]
        decayed[i] += weight * loss
        mass[i] -= length * loss


cdef void decay_after_row(
    Py_ssize_t n, gw_fin rate, gw_fin rest, gw_fin inverse, double length, gw_out mass, gw_out decayed,
    gw_out decayed_rest, gw_fout c
) noexcept nogil:
    """Decay of two kinds over a length: m (1 - exp(-x)), x = (l1 + l2) h / M <= 0.1, to a part in 1e5 of itself."""
    cdef Py_ssize_t i
    cdef double x, part, m, gone, tau = length
    for i in range(n):
        part = <double>inverse[i] * tau
        x = (<double>rate[i] + <double>rest[i]) * part
        m = mass[i]
        gone = m * part * (1.0 - x * (0.5 - x * (1.0 / 6.0 - x * (1.0 / 24.0))))
        decayed[i] += <double>rate[i] * gone
        decayed_rest[i] += <double>rest[i] * gone
        m = m - (<double>rate[i] + <double>rest[i]) * gone
        mass[i] = m
        c[i] = <float>m * inverse[i]


cdef void blend_row(
    Py_ssize_t n, gw_in before, gw_fin inverse, double part, gw_out mass, gw_fout c
) noexcept nogil:
    cdef Py_ssize_t i
    cdef double m
    for i in range(n):
        m = part * before[i] + (1.0 - part) * mass[i]
        mass[i] = m
        c[i] = <float>m * inverse[i]


cdef void inverse_row(
    Py_ssize_t n, gw_fin start, gw_fin change, double part, double least, gw_fout inverse
) noexcept nogil:
    cdef Py_ssize_t i
    cdef float m, most, part32 = <float>part, least32 = <float>least, zero = <float>0.0, one = <float>1.0
    for i in range(n):
        most = gw_maxf(start[i], start[i] + change[i])
        m = gw_maxf(start[i] + part32 * change[i], least32 * most)
        inverse[i] = one / m if m > zero else zero


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
    float clip


cdef inline const float* row_at(const Sweep* s, const float* c, Py_ssize_t j, Py_ssize_t k) noexcept nogil:
    """The row of a slab and layer; outside the grid the pool's first row, which is zero."""
    if j < 0 or j >= s.n_slabs or k < 0 or k >= s.n_layers:
        return s.pool
    return c + EDGE + (j * s.n_layers + k) * s.n_lanes


cdef inline const float* pool_row(const Sweep* s, const int* table, Py_ssize_t d, Py_ssize_t j, Py_ssize_t k) noexcept nogil:
    return s.pool + table[(d * s.n_slabs + j) * s.n_layers + k] * s.n_lanes


cdef inline const float* face_row(const Sweep* s, Py_ssize_t j, Py_ssize_t d, Py_ssize_t k) noexcept nogil:
    return s.coefficients + (j * s.n_directions + d) * N_FACE * s.slab + k * s.n_lanes


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


cdef void gradients(
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


cdef void one_face_row(
    const Sweep* s, const float* c, Py_ssize_t j, Py_ssize_t d, Py_ssize_t k, Py_ssize_t lo, Py_ssize_t hi,
    const float* c_m, const float* behind, const float* beyond,
    const float* g_nn, const float* g_n, const float* g_m, const float* g_mm,
    const float* e_nn, const float* e_n, const float* e_m, const float* e_mm, float* flux,
) noexcept nogil:
    cdef const float* f = face_row(s, j, d, k) + lo
    cdef const float* r = pool_row(s, s.ratios, d, j, k) + lo
    cdef Py_ssize_t at = k * s.n_lanes + lo
    cdef Py_ssize_t n = s.slab, lanes = s.n_lanes
    if s.cross:
        tensor_row(
            hi - lo, row_at(s, c, j, k) + lo, c_m + lo, behind + lo, beyond + lo, f, f + n, f + 2 * n, f + 3 * n,
            f + 4 * n, r, r + lanes, g_nn + at, g_n + at, g_m + at, g_mm + at, e_nn + at, e_n + at, e_m + at, e_mm + at,
            (pool_row(s, s.scales, d, j, k) if d < 2 else s.pool + lanes) + lo, s.clip, flux + at,
        )
    else:
        normal_row(
            hi - lo, row_at(s, c, j, k) + lo, c_m + lo, behind + lo, beyond + lo, f, f + n, f + 2 * n, r, r + lanes,
            flux + at,
        )


cdef void faces_across(
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


cdef void faces_within(
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
        # Beyond the window nothing moves: the face on its edge is closed for both sides.
        flux_lane[k * n + lo - 1] = 0
        flux_lane[k * n + hi - 1] = 0
    for k in range(s.n_layers - 1):
        before = n if k > 0 else 0
        after = 2 * n if k + 2 < s.n_layers else n
        one_face_row(
            s, c, j, 2, k, lo, hi, row_at(s, c, j, k + 1), row_at(s, c, j, k - 1), row_at(s, c, j, k + 2),
            g_lane - before, g_lane, g_lane + n, g_lane + after,
            g_slab - before, g_slab, g_slab + n, g_slab + after, flux_layer,
        )


cdef inline float minmod(float a, float b) noexcept nogil:
    cdef float zero = <float>0.0
    return gw_maxf(zero, gw_minf(a, b)) + gw_minf(zero, gw_maxf(a, b))


cdef void end_faces(
    const Sweep* s, const float* c, Py_ssize_t j, const int* first, const int* where, const float* value,
    bint only_across, float* flux_lane, float* flux_slab, float* flux_layer,
) noexcept nogil:
    """Replace the line behind donors at the grid's end by a given concentration, or by upstream weighting."""
    cdef Py_ssize_t e, d, p, at, lane
    cdef float c_n, c_m, a, b, change
    cdef const float* f
    for e in range(first[j], first[j + 1]):
        d = where[e] / s.slab
        if only_across and d != 1:
            continue
        p = where[e] % s.slab
        lane = p % s.n_lanes
        if lane < s.window[2 * j] or lane >= s.window[2 * j + 1]:
            continue
        if d == 0 and lane + 1 >= s.window[2 * j + 1]:
            continue
        if d == 1 and (lane < s.window[2 * j + 2] or lane >= s.window[2 * j + 3]):
            continue
        f = face_row(s, j, d, p / s.n_lanes) + lane
        at = EDGE + j * s.slab + p
        c_n = c[at]
        c_m = c[at + (1 if d == 0 else (s.slab if d == 1 else s.n_lanes))]
        b = c_m - c_n
        if value[e] < 0:
            a = 0
        elif f[0] > 0:
            a = minmod(c_n - value[e], b)
        else:
            a = minmod(value[e] - c_m, b)
        change = advected(c_n, c_m, a, f[0], fabsf(f[s.slab])) - advected(c_n, c_m, b, f[0], fabsf(f[s.slab]))
        if d == 0:
            flux_lane[p] += change
        elif d == 1:
            flux_slab[p] += change
        else:
            flux_layer[p] += change


cdef struct Cells:
    # Cells on which something acts, by slab.
    const int* first
    const int* place
    const double* source
    const double* loss
    const double* take
    double* integral
    double* taken


cdef void act(
    const Sweep* s, const Cells* a, const float* c, Py_ssize_t j, const float* inverse, double length, double weight,
    double middle, double* mass, float* after,
) noexcept nogil:
    """Sources, first-order losses and mass taken out as far as there is any, in the cells of one slab.

    A loss acts on the concentration at the stage's start or (`middle` 0.5) in its middle, as the stage foresees it.
    """
    cdef Py_ssize_t e, p, lane
    cdef double here, change, took, old
    for e in range(a.first[j], a.first[j + 1]):
        p = a.place[e]
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


def buffer_size(Py_ssize_t n_species, Py_ssize_t n_layers, Py_ssize_t n_lanes):
    """Return how many floats a thread needs to work in."""
    cdef Py_ssize_t slab = n_layers * n_lanes
    return 4 * EDGE + slab * (4 + 10 * n_species)


cpdef void stage(
    const float[:, ::1] mirror,
    float[:, ::1] after,
    double[:, ::1] mass,
    double[:, ::1] before,
    const float[:, :, :, :, ::1] coefficients,
    const float[:, ::1] content,
    const float[:, ::1] pool,
    const int[:, :, ::1] weight_rows,
    const int[:, :, ::1] ratio_rows,
    const int[:, :, ::1] scale_rows,
    const int[:, ::1] window,
    bint cross,
    float clip,
    const int[:, ::1] end_first,
    const int[::1] end_where,
    const float[::1] end_value,
    const int[:, ::1] cell_first,
    const int[::1] cell_place,
    const double[:, ::1] cell_rates,
    double[:, ::1] cell_sums,
    const int[:, ::1] fixed_first,
    const int[::1] fixed_place,
    const float[::1] fixed_value,
    double[:, ::1] fixed_mass,
    const float[:, :, ::1] decay,
    double[:, :, :, ::1] decayed,
    double length,
    double weight,
    double part,
    double least,
    double blend,
    bint single,
    bint first,
    bint last,
    const int[::1] bounds,
    float[:, ::1] buffers,
) noexcept nogil:
    """Advance every species by one Euler stage: m += h (sum of fluxes + s - l c), c = m / M.

    Parameters
    ----------
    mirror, after : shape (species, place), c before and after the stage [M/L**3].
    mass : shape (species, place), m [M].
    before : shape (species or 0, place), m at the step's start; written in the first stage if there is a blend.
    coefficients : shape (slab, direction, layer, 5, lane).
    content : shape (1, place), 1/M [1/L**3]; or (2, place), M at the flow step's start and its change [L**3].
    pool : shape (row, lane): rows of weights; row 0 is zero, row 1 one.
    weight_rows, ratio_rows, scale_rows : shape (direction, slab, layer), rows of the pool.
    window : shape (slab, 2), lanes from, to; multiples of 8.
    cross : whether there is a cross flux.
    clip : most that it may take, in multiples of its own scale.
    end_first, end_where, end_value : faces behind whose donor something special stands: by species and slab;
        direction * slab size + place in the slab; its concentration, -1 for upstream weighting.
    cell_first, cell_place, cell_rates, cell_sums : cells on which something acts: by species and slab; place in the
        slab; s [M/T], l [L**3/T], SRC out [M/T]; sums of c dt [M T/L**3] and of mass taken [M], added to.
    fixed_first, fixed_place, fixed_value, fixed_mass : cells of given concentration; that; mass at the step's start,
        at its end, and (added to) what entered [M].
    decay : shape (species, kind, place), l of decay [L**3/T]; no kinds: none.
    decayed : shape (species, kind, slab, lane), decayed mass, added to [M].
    length, weight : h [T]; part of h that counts in time integrals.
    part : where in the flow step the stage ends, 0 to 1; least : smallest M as a part of its largest.
    blend : 1/S in the last stage of SSPRK(S,2), else 0.
    single : whether the stage is a whole step: losses act on the concentration in its middle, and decay over h follows
        it (`decay` shifts it to the middle).
    first, last : whether this is the first, the last stage of a step.
    bounds : shape (chunk + 1,), first slab of each thread's chunk.
    buffers : shape (chunk, size).
    """
    cdef Sweep s
    cdef Py_ssize_t chunk, n_chunks = bounds.shape[0] - 1
    cdef unsigned int saved = 0
    s.n_slabs = coefficients.shape[0]
    s.n_directions = coefficients.shape[1]
    s.n_layers = coefficients.shape[3]
    s.n_lanes = coefficients.shape[4]
    s.slab = s.n_layers * s.n_lanes
    s.coefficients = &coefficients[0, 0, 0, 0, 0]
    s.pool = &pool[0, 0]
    s.weights = &weight_rows[0, 0, 0]
    s.ratios = &ratio_rows[0, 0, 0]
    s.scales = &scale_rows[0, 0, 0]
    s.window = &window[0, 0]
    s.cross = cross
    s.clip = clip
    with nogil, parallel(num_threads=n_chunks):
        saved = gw_flush_on()
        for chunk in prange(n_chunks, schedule="static"):
            sweep_chunk(
                &s, bounds[chunk], bounds[chunk + 1], mirror, after, mass, before, content, end_first, end_where,
                end_value, cell_first, cell_place, cell_rates, cell_sums, fixed_first, fixed_place, fixed_value,
                fixed_mass, decay, decayed, length, weight, part, least, blend, single, first, last, &buffers[chunk, 0],
            )
        gw_flush_restore(saved)


cdef void sweep_chunk(
    const Sweep* s, Py_ssize_t begin, Py_ssize_t end,
    const float[:, ::1] mirror, float[:, ::1] after, double[:, ::1] mass, double[:, ::1] before,
    const float[:, ::1] content,
    const int[:, ::1] end_first, const int[::1] end_where, const float[::1] end_value,
    const int[:, ::1] cell_first, const int[::1] cell_place, const double[:, ::1] cell_rates,
    double[:, ::1] cell_sums,
    const int[:, ::1] fixed_first, const int[::1] fixed_place, const float[::1] fixed_value,
    double[:, ::1] fixed_mass,
    const float[:, :, ::1] decay, double[:, :, :, ::1] decayed,
    double length, double weight, double part, double least, double blend,
    bint single, bint first, bint last, float* buffer,
) noexcept nogil:
    cdef Py_ssize_t j, species, k, e, p, lo, hi, kind, at, size = s.slab
    cdef Py_ssize_t n_species = mirror.shape[0], n_layers = s.n_layers, n = s.n_lanes
    cdef const float* c
    cdef const float* inverse
    cdef double* m
    cdef float* c_after
    cdef float* ring
    cdef float* swap
    cdef Cells cells
    cdef float* flux_lane = buffer + EDGE
    cdef float* flux_layer = flux_lane + size + EDGE
    cdef float* g_slab = flux_layer + size + EDGE
    cdef float* scratch = g_slab + size
    cdef float* own = scratch + size
    cdef float* flux_in
    cdef float* flux_out
    if end <= begin:
        return
    cells.place = &cell_place[0]
    cells.source = &cell_rates[0, 0]
    cells.loss = &cell_rates[1, 0]
    cells.take = &cell_rates[2, 0]
    cells.integral = &cell_sums[0, 0]
    cells.taken = &cell_sums[1, 0]
    for species in range(n_species):
        # Per species: fluxes across two slabs (swapped), gradients of four slabs in a ring.
        c = &mirror[species, 0]
        ring = own + species * 10 * size + 2 * size
        flux_out = own + (species * 10 + (begin & 1)) * size
        if s.cross:
            for j in range(begin - 2, begin + 2):
                gradients(s, c, j, 0, ring + (j & 3) * 2 * size)
                gradients(s, c, j, 2, ring + ((j & 3) * 2 + 1) * size)
        faces_across(s, c, begin - 1, ring, flux_out)
        if begin > 0:
            end_faces(s, c, begin - 1, &end_first[species, 0], &end_where[0], &end_value[0], True, flux_lane, flux_out,
                      flux_layer)
    for j in range(begin, end):
        lo = s.window[2 * j]
        hi = s.window[2 * j + 1]
        at = EDGE + j * size
        if hi > lo:
            if content.shape[0] == 1:
                inverse = &content[0, at]
            else:
                inverse = scratch
                for k in range(n_layers):
                    inverse_row(hi - lo, &content[0, at + k * n + lo], &content[1, at + k * n + lo], part, least,
                                scratch + k * n + lo)
        for species in range(n_species):
            c = &mirror[species, 0]
            ring = own + species * 10 * size + 2 * size
            flux_in = own + (species * 10 + (j & 1)) * size
            flux_out = own + (species * 10 + ((j + 1) & 1)) * size
            if s.cross:
                gradients(s, c, j + 2, 0, ring + ((j + 2) & 3) * 2 * size)
                gradients(s, c, j + 2, 2, ring + (((j + 2) & 3) * 2 + 1) * size)
            faces_across(s, c, j, ring, flux_out)
            if hi <= lo:
                continue
            if s.cross:
                gradients(s, c, j, 1, g_slab)
            swap = ring + (j & 3) * 2 * size
            faces_within(s, c, j, swap, swap + size, g_slab, flux_lane, flux_layer)
            end_faces(s, c, j, &end_first[species, 0], &end_where[0], &end_value[0], False, flux_lane, flux_out,
                      flux_layer)
            m = &mass[species, at]
            c_after = &after[species, at]
            for k in range(n_layers):
                p = k * n + lo
                if first and before.shape[0] > 0:
                    memcpy(&before[species, at + p], m + p, (hi - lo) * sizeof(double))
                for kind in range(0 if single else decay.shape[1]):
                    decay_row(hi - lo, c + at + p, &decay[species, kind, at + p], length, weight, m + p,
                              &decayed[species, kind, j, lo])
                update_row(
                    hi - lo, flux_lane + p - 1, flux_lane + p, flux_in + p, flux_out + p,
                    flux_layer + p - n if k > 0 else s.pool, flux_layer + p if k + 1 < n_layers else s.pool,
                    inverse + p, length, m + p, c_after + p,
                )
            cells.first = &cell_first[species, 0]
            act(s, &cells, c + at, j, inverse, length, weight, 0.5 if single else 0.0, m, c_after)
            if single and decay.shape[1] > 0:
                for k in range(n_layers):
                    p = k * n + lo
                    decay_after_row(
                        hi - lo, &decay[species, 0, at + p], &decay[species, 1, at + p], inverse + p, length, m + p,
                        &decayed[species, 0, j, lo], &decayed[species, 1, j, lo], c_after + p,
                    )
            if blend > 0.0:
                for k in range(n_layers):
                    p = k * n + lo
                    blend_row(hi - lo, &before[species, at + p], inverse + p, blend, m + p, c_after + p)
            for e in range(fixed_first[species, j], fixed_first[species, j + 1]):
                p = fixed_place[e]
                if last:
                    fixed_mass[2, e] += m[p] - fixed_mass[0, e]
                    m[p] = fixed_mass[1, e]
                c_after[p] = fixed_value[e]


cpdef void decay(
    double[:, ::1] mass,
    float[:, ::1] mirror,
    const float[:, ::1] content,
    const float[:, :, ::1] rate,
    const int[:, ::1] window,
    Py_ssize_t n_layers,
    Py_ssize_t n_lanes,
    double part,
    double least,
    double length,
    double[:, :, :, ::1] decayed,
    int threads,
) noexcept nogil:
    """Decay by itself over a length, which may be negative: half a step at the start of single-stage steps.

    Parameters as for `stage`.
    """
    cdef Py_ssize_t j
    for j in prange(window.shape[0], num_threads=threads, schedule="static"):
        slab_decay(j, mass, mirror, content, rate, window, n_layers, n_lanes, part, least, length, decayed)


cdef void slab_decay(
    Py_ssize_t j, double[:, ::1] mass, float[:, ::1] mirror, const float[:, ::1] content, const float[:, :, ::1] rate,
    const int[:, ::1] window, Py_ssize_t n_layers, Py_ssize_t n_lanes, double part, double least, double length,
    double[:, :, :, ::1] decayed,
) noexcept nogil:
    cdef Py_ssize_t s, k, i, p
    cdef float inverse
    for s in range(mass.shape[0]):
        for k in range(n_layers):
            for i in range(window[j, 0], window[j, 1]):
                p = EDGE + (j * n_layers + k) * n_lanes + i
                if content.shape[0] == 1:
                    inverse = content[0, p]
                else:
                    inverse_row(1, &content[0, p], &content[1, p], part, least, &inverse)
                decay_after_row(
                    1, &rate[s, 0, p], &rate[s, 1, p], &inverse, length, &mass[s, p], &decayed[s, 0, j, i],
                    &decayed[s, 1, j, i], &mirror[s, p],
                )
