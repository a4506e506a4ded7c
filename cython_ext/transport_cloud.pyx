# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Face fluxes and cell updates on any grid: least-squares gradients and the bare face list.

Concentration, gradients, coefficients and fluxes are float32, mass is float64; a face's flux is one float32 number
that both its cells use, so that mass closes like in float64. Cells go in groups of LANES, slot by slot: slot s of a
group holds the s-th connection of each of its cells, so that neighbouring lanes of a vector are neighbouring cells.
Lanes without a connection point at their own cell with weight and sign zero.
"""

from cython.parallel cimport parallel, prange

from transport_simd cimport gw_flush_on, gw_flush_restore
from transport_single cimport gw_fin, gw_fout, gw_maxf, gw_minf

from transport_limiter cimport gw_incrementf

cdef enum:
    LANES = 16
    FACES = 512  # faces that one thread takes at a time

cdef extern from *:
    """
    typedef const int *GW_RESTRICT gw_nin;
    """
    ctypedef const int* gw_nin


cdef void gradient_group(
    Py_ssize_t slots, Py_ssize_t lanes, gw_fin c, gw_fin own, gw_nin neighbour, gw_fin weight,
    gw_fout gx, gw_fout gy, gw_fout gz,
) noexcept nogil:
    cdef Py_ssize_t s, i
    cdef float b
    for i in range(lanes):
        gx[i] = 0
        gy[i] = 0
        gz[i] = 0
    for s in range(slots):
        for i in range(lanes):
            b = c[neighbour[LANES * s + i]] - own[i]
            gx[i] += weight[LANES * 3 * s + i] * b
            gy[i] += weight[LANES * (3 * s + 1) + i] * b
            gz[i] += weight[LANES * (3 * s + 2) + i] * b


cpdef void gradients(
    const float[::1] concentration,
    const int[::1] group,
    const int[:, ::1] neighbour,
    const float[:, :, ::1] weights,
    float[:, ::1] gradient,
    int threads,
) noexcept nogil:
    """Least-squares gradient of each cell, g = sum over neighbours of w (c_j - c_i).

    Parameters
    ----------
    concentration : shape (cell,), C [M/L**3].
    group : shape (group + 1,), where each group's slots begin.
    neighbour : shape (slot, LANES): neighbours of each cell.
    weights : shape (slot, 3, LANES) [1/L].
    gradient : shape (3, cell), written [M/L**4].
    threads : number of threads.
    """
    cdef Py_ssize_t g, first, n_cells = concentration.shape[0]
    cdef unsigned int saved = 0
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for g in prange(group.shape[0] - 1, schedule="static"):
            first = LANES * g
            if group[g + 1] > group[g]:
                gradient_group(
                    group[g + 1] - group[g], min(LANES, n_cells - first), &concentration[0], &concentration[first],
                    &neighbour[group[g], 0], &weights[group[g], 0, 0],
                    &gradient[0, first], &gradient[1, first], &gradient[2, first],
                )
        gw_flush_restore(saved)


cdef inline float advected(float c_n, float c_m, float a, float q, float high, int limiter) noexcept nogil:
    """Limited advection: q c_up + H phi, kept between what either cell would give."""
    cdef float zero = 0, phi = gw_incrementf(a, c_m - c_n, limiter)
    cdef float from_n = q * c_n
    cdef float from_m = q * c_m
    phi = gw_minf(phi, c_n) if q > zero else gw_maxf(phi, -c_m)
    return gw_maxf(
        gw_minf((from_n if q > zero else from_m) + high * phi, gw_maxf(from_n, from_m)), gw_minf(from_n, from_m)
    )


cdef inline float dispersed(
    float c_n, float c_m, float gx, float gy, float gz, float k, float g1, float g2, float g3, float clip
) noexcept nogil:
    """Dispersion along the normal and across it, what crosses kept within what the donor holds."""
    cdef float x = -(g1 * gx + g2 * gy + g3 * gz)
    return gw_maxf(gw_minf(x, clip * c_n), -(clip * c_m)) - k * (c_m - c_n)


cdef void face_run(
    Py_ssize_t n_faces, gw_fin c, gw_fin gx, gw_fin gy, gw_fin gz, gw_nin cell_n, gw_nin cell_m,
    gw_fin dx, gw_fin dy, gw_fin dz, gw_fin q, gw_fin high, gw_fin ratio, gw_fin k, gw_fin g1, gw_fin g2, gw_fin g3,
    gw_fin clip, gw_fout flux, int limiter,
) noexcept nogil:
    cdef Py_ssize_t f
    cdef float c_n, c_m, x_n, x_m, y_n, y_m, z_n, z_m, a, two = 2, half = <float>0.5, zero = 0
    for f in range(n_faces):
        c_n = c[cell_n[f]]
        c_m = c[cell_m[f]]
        x_n = gx[cell_n[f]]
        x_m = gx[cell_m[f]]
        y_n = gy[cell_n[f]]
        y_m = gy[cell_m[f]]
        z_n = gz[cell_n[f]]
        z_m = gz[cell_m[f]]
        a = two * (
            (x_n if q[f] > zero else x_m) * dx[f] + (y_n if q[f] > zero else y_m) * dy[f]
            + (z_n if q[f] > zero else z_m) * dz[f]
        ) - (c_m - c_n)
        flux[f] = advected(c_n, c_m, a * ratio[f], q[f], high[f], limiter) + dispersed(
            c_n, c_m, half * (x_n + x_m), half * (y_n + y_m), half * (z_n + z_m), k[f], g1[f], g2[f], g3[f], clip[f]
        )


cpdef void face_fluxes(
    const float[::1] concentration,
    const float[:, ::1] gradient,
    const int[:, ::1] cells,
    const float[:, ::1] vector,
    const float[:, ::1] coefficients,
    float[::1] flux,
    int limiter,
    int threads,
) noexcept nogil:
    """Solute mass through each face per time: limited advection, dispersion, cross dispersion.

        J = q c_up + H phi - K (c_m - c_n) + X

    The difference upstream of the donor is the virtual one, 2 g.d - (c_m - c_n); X comes from the
    mean of both gradients. Limiter and clips as in ``transport_rows.face_fluxes``.

    Parameters
    ----------
    concentration : shape (cell,), C [M/L**3].
    gradient : shape (3, cell) [M/L**4].
    cells : shape (2, face), n and m.
    vector : shape (3, face), d from the centre of n to that of m [L].
    coefficients : shape (8, face): q, H, factor of the upstream difference, K, G1, G2, G3, gamma.
    flux : shape (face,), written: J from n to m [M/T].
    limiter : 0 Koren, 1 van Leer, 2 central.
    threads : number of threads.
    """
    cdef Py_ssize_t b, f, n_faces = cells.shape[1]
    cdef unsigned int saved = 0
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for b in prange((n_faces + FACES - 1) // FACES, schedule="static"):
            f = b * FACES
            face_run(
                min(FACES, n_faces - f), &concentration[0], &gradient[0, 0], &gradient[1, 0], &gradient[2, 0],
                &cells[0, f], &cells[1, f], &vector[0, f], &vector[1, f], &vector[2, f],
                &coefficients[0, f], &coefficients[1, f], &coefficients[2, f], &coefficients[3, f],
                &coefficients[4, f], &coefficients[5, f], &coefficients[6, f], &coefficients[7, f], &flux[f], limiter,
            )
        gw_flush_restore(saved)


cpdef void end_fluxes(
    const float[::1] concentration,
    const float[:, ::1] gradient,
    const int[:, ::1] cells,
    const int[::1] faces,
    const float[::1] given,
    const float[:, ::1] coefficients,
    float[::1] flux,
    int limiter,
    int threads,
) noexcept nogil:
    """Faces with a given concentration behind their donor, again: the upstream difference is the one towards it.

    It is kept within the difference across the face: a = minmod(c_d - given, c_r - c_d), in the face's direction.

    Parameters
    ----------
    faces : shape (end,), these faces.
    given : shape (end,), concentration behind the donor [M/L**3].
    concentration, gradient, cells, coefficients, flux, limiter, threads
        As in `face_fluxes`.
    """
    cdef Py_ssize_t e, f, n, m
    cdef float a, b, q, c_n, c_m, half = <float>0.5, zero = 0
    for e in prange(faces.shape[0], num_threads=threads, schedule="static"):
        f = faces[e]
        n = cells[0, f]
        m = cells[1, f]
        c_n = concentration[n]
        c_m = concentration[m]
        q = coefficients[0, f]
        b = c_m - c_n
        a = c_n - given[e] if q > zero else given[e] - c_m
        a = gw_maxf(zero, gw_minf(a, b)) + gw_minf(zero, gw_maxf(a, b))
        flux[f] = advected(c_n, c_m, a * coefficients[2, f], q, coefficients[1, f], limiter) + dispersed(
            c_n, c_m, half * (gradient[0, n] + gradient[0, m]), half * (gradient[1, n] + gradient[1, m]),
            half * (gradient[2, n] + gradient[2, m]), coefficients[3, f], coefficients[4, f], coefficients[5, f],
            coefficients[6, f], coefficients[7, f],
        )


cdef void net_group(
    Py_ssize_t slots, Py_ssize_t lanes, gw_fin flux, gw_nin face, gw_fin sign, double* net
) noexcept nogil:
    cdef Py_ssize_t s, i
    for i in range(lanes):
        net[i] = 0.0
    for s in range(slots):
        for i in range(lanes):
            net[i] += <double>(sign[LANES * s + i] * flux[face[LANES * s + i]])


cpdef void update(
    const float[::1] flux,
    const int[::1] group,
    const int[:, ::1] face,
    const float[:, ::1] sign,
    const double[::1] source,
    const double[::1] loss,
    const double[::1] inverse,
    double length,
    double weight,
    double[::1] mass,
    double[::1] integral,
    double[::1] concentration,
    int threads,
) noexcept nogil:
    """One Euler stage as ``transport_rows.update``, faces gathered by cell.

    Parameters
    ----------
    flux : shape (face,), J [M/T].
    group : shape (group + 1,), face, sign : shape (slot, LANES): faces of each cell, +1 where J flows in.
    source, loss, inverse, length, weight, mass, integral, concentration, threads
        As in ``transport_rows.update``.
    """
    cdef Py_ssize_t g, n_cells = mass.shape[0]
    cdef unsigned int saved = 0
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for g in prange(group.shape[0] - 1, schedule="static"):
            update_group(
                group[g], group[g + 1], min(LANES, n_cells - LANES * g), LANES * g, flux, face, sign, source, loss,
                inverse, length, weight, mass, integral, concentration,
            )
        gw_flush_restore(saved)


cdef inline void update_group(
    Py_ssize_t begin, Py_ssize_t end, Py_ssize_t lanes, Py_ssize_t first, const float[::1] flux,
    const int[:, ::1] face, const float[:, ::1] sign, const double[::1] source, const double[::1] loss,
    const double[::1] inverse, double length, double weight, double[::1] mass, double[::1] integral,
    double[::1] concentration,
) noexcept nogil:
    cdef double[LANES] net
    cdef Py_ssize_t i, j
    if end > begin:
        net_group(end - begin, lanes, &flux[0], &face[begin, 0], &sign[begin, 0], net)
    else:
        for i in range(lanes):
            net[i] = 0.0
    for i in range(lanes):
        j = first + i
        integral[j] += weight * concentration[j]
        mass[j] += length * (net[i] + source[j] - loss[j] * concentration[j])
        concentration[j] = mass[j] * inverse[j]
