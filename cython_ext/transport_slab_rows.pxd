# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Formulas along one row of lanes: gradients, fluxes through faces, and what they leave in cells.

Restricted pointers in the parameters let the compiler work on eight or more lanes at once. Coefficients that vanish
make branches needless: cells outside the model have zero coefficients and zero inverse content. H < 0 says that no cell
stands behind the donor (the profile goes on in a line), K < 0 that the cross flux takes the plain mean of its two cells.
"""

from libc.math cimport fabsf

from transport_simd cimport gw_in, gw_out
from transport_slab_layout cimport GROUP, N_FACE
from transport_single cimport gw_ahead, gw_fin, gw_fout, gw_maxf, gw_minf


cdef inline void gradient_row(
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


cdef enum:
    AHEAD = 128  # lanes that coefficients are asked for ahead: 2.5 kB, what memory takes some 100 ns to bring


# Called by pointer: a row that is inlined loses the promise that its pointers do not overlap.
ctypedef void (*FaceRow)(
    Py_ssize_t n, gw_fin c_n, gw_fin c_m, gw_fin behind, gw_fin beyond, gw_fin faces, gw_fin ratio_n, gw_fin ratio_m,
    gw_fin g_nn, gw_fin g_n, gw_fin g_m, gw_fin g_mm, gw_fin e_nn, gw_fin e_n, gw_fin e_m, gw_fin e_mm, gw_fin scale,
    float clip, gw_fout flux,
) noexcept nogil


cdef inline void normal_row(
    Py_ssize_t n, gw_fin c_n, gw_fin c_m, gw_fin behind, gw_fin beyond, gw_fin faces, gw_fin ratio_n, gw_fin ratio_m,
    gw_fin g_nn, gw_fin g_n, gw_fin g_m, gw_fin g_mm, gw_fin e_nn, gw_fin e_n, gw_fin e_m, gw_fin e_mm, gw_fin scale,
    float clip, gw_fout flux,
) noexcept nogil:
    cdef Py_ssize_t group, first, at, i, t
    cdef float a, ahead, b, q, high, zero = <float>0.0
    for group in range(n // GROUP):
        first = group * GROUP
        at = N_FACE * first
        gw_ahead(faces + at + N_FACE * AHEAD)
        gw_ahead(faces + at + N_FACE * AHEAD + 16)
        gw_ahead(faces + at + N_FACE * AHEAD + 32)
        for t in range(GROUP):
            i = first + t
            q = faces[at + t]
            high = faces[at + GROUP + t]
            b = c_m[i] - c_n[i]
            a = (c_n[i] - behind[i]) * ratio_n[i]
            ahead = (beyond[i] - c_m[i]) * ratio_m[i]
            a = a if q > zero else ahead
            a = b if high < zero else a
            flux[i] = advected(c_n[i], c_m[i], a, q, fabsf(high)) - fabsf(faces[at + 2 * GROUP + t]) * b


cdef inline void tensor_row(
    Py_ssize_t n, gw_fin c_n, gw_fin c_m, gw_fin behind, gw_fin beyond, gw_fin faces, gw_fin ratio_n, gw_fin ratio_m,
    gw_fin g_nn, gw_fin g_n, gw_fin g_m, gw_fin g_mm, gw_fin e_nn, gw_fin e_n, gw_fin e_m, gw_fin e_mm, gw_fin scale,
    float clip, gw_fout flux,
) noexcept nogil:
    cdef Py_ssize_t group, first, at, i, t
    cdef float a, ahead, b, q, high, k, cross1, cross2, x, w, gamma, g, e
    cdef float zero = <float>0.0, half = <float>0.5, far = <float>(1.0 / 12.0)
    for group in range(n // GROUP):
        first = group * GROUP
        at = N_FACE * first
        gw_ahead(faces + at + N_FACE * AHEAD)
        gw_ahead(faces + at + N_FACE * AHEAD + 16)
        gw_ahead(faces + at + N_FACE * AHEAD + 32)
        for t in range(GROUP):
            i = first + t
            q = faces[at + t]
            high = faces[at + GROUP + t]
            k = faces[at + 2 * GROUP + t]
            cross1 = faces[at + 3 * GROUP + t]
            cross2 = faces[at + 4 * GROUP + t]
            b = c_m[i] - c_n[i]
            a = (c_n[i] - behind[i]) * ratio_n[i]
            ahead = (beyond[i] - c_m[i]) * ratio_m[i]
            a = a if q > zero else ahead
            a = b if high < zero else a
            w = zero if k < zero else far
            g = g_n[i] + g_m[i]
            e = e_n[i] + e_m[i]
            g = half * g + w * (g - (g_nn[i] + g_mm[i]))
            e = half * e + w * (e - (e_nn[i] + e_mm[i]))
            x = -(cross1 * g + cross2 * (scale[i] * e))
            gamma = clip * (fabsf(cross1) + fabsf(cross2))
            x = gw_maxf(gw_minf(x, gamma * c_n[i]), -(gamma * c_m[i]))
            flux[i] = advected(c_n[i], c_m[i], a, q, fabsf(high)) - fabsf(k) * b + x


cdef inline void update_row(
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


cdef inline void decay_row(
    Py_ssize_t n, gw_fin c, gw_fin rate, double length, double weight, gw_out mass, gw_out decayed
) noexcept nogil:
    cdef Py_ssize_t i
    cdef double loss
    for i in range(n):
        loss = <double>rate[i] * <double>c[i]
        decayed[i] += weight * loss
        mass[i] -= length * loss


cdef inline void decay_after_row(
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


cdef inline void blend_row(
    Py_ssize_t n, gw_in before, gw_fin inverse, double part, gw_out mass, gw_fout c
) noexcept nogil:
    cdef Py_ssize_t i
    cdef double m
    for i in range(n):
        m = part * before[i] + (1.0 - part) * mass[i]
        mass[i] = m
        c[i] = <float>m * inverse[i]


cdef inline void inverse_row(
    Py_ssize_t n, gw_fin start, gw_fin change, double part, double least, gw_fout inverse
) noexcept nogil:
    cdef Py_ssize_t i
    cdef float m, most, part32 = <float>part, least32 = <float>least, zero = <float>0.0, one = <float>1.0
    for i in range(n):
        most = gw_maxf(start[i], start[i] + change[i])
        m = gw_maxf(start[i] + part32 * change[i], least32 * most)
        inverse[i] = one / m if m > zero else zero


cdef inline float minmod(float a, float b) noexcept nogil:
    cdef float zero = <float>0.0
    return gw_maxf(zero, gw_minf(a, b)) + gw_minf(zero, gw_maxf(a, b))
