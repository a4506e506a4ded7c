# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Face fluxes and cell updates on structured grids: the face list in runs of consecutive cells.

A run is a stretch of faces (or cells) of one direction whose neighbours all advance by one from one
to the next, so that every operand streams. Tables of runs are made by ``gwsolver.transport.rows``.
"""

from cython.parallel cimport parallel, prange

from transport_simd cimport gw_flush_on, gw_flush_restore, gw_in, gw_max, gw_min, gw_minmod, gw_out

from transport_limiter cimport gw_increment


cdef void gradient_run(
    Py_ssize_t n, gw_in c, gw_in before2, gw_in before, gw_in after, gw_in after2,
    gw_in w_before, gw_in w_after, gw_in w_far, gw_out out,
) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        out[i] = w_after[i] * (after[i] - c[i]) + w_before[i] * (c[i] - before[i]) + w_far[i] * (after2[i] - before2[i])


cpdef void gradients(
    const double[::1] concentration,
    const double[:, :, ::1] weights,
    const int[:, ::1] runs,
    double[:, ::1] gradient,
    int threads,
) noexcept nogil:
    """Concentration gradient of each cell along each direction of the grid.

        g = w+ (c[+1] - c) + w- (c - c[-1]) + w2 (c[+2] - c[-2])

    Fourth order where five cells of equal spacing stand in line, else second order for any
    spacing, one-sided at an end.

    Parameters
    ----------
    concentration : shape (cell,), C [M/L**3].
    weights : shape (direction, 3, cell), w-, w+, w2 [1/L].
    runs : shape (run, 7), direction, first cell, length, and the cells -2, -1, +1, +2 of the first.
    gradient : shape (direction, cell), written [M/L**4].
    threads : number of threads.
    """
    cdef Py_ssize_t r, d, s
    cdef unsigned int saved = 0
    cdef const double* c = &concentration[0]
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for r in prange(runs.shape[0], schedule="static"):
            d = runs[r, 0]
            s = runs[r, 1]
            gradient_run(
                runs[r, 2], c + s, c + runs[r, 3], c + runs[r, 4], c + runs[r, 5], c + runs[r, 6],
                &weights[d, 0, s], &weights[d, 1, s], &weights[d, 2, s], &gradient[d, s],
            )
        gw_flush_restore(saved)


cdef inline double advected(
    double c_n, double c_m, double upstream, double q, double high, double ratio, int limiter
) noexcept nogil:
    cdef double phi = gw_increment(upstream * ratio, c_m - c_n, limiter)
    cdef double donor = c_n if q > 0.0 else c_m
    phi = gw_min(phi, donor) if q > 0.0 else gw_max(phi, -donor)
    # The face value lies between its cells': without this, rounding would empty an empty cell (phi = -2 c_up),
    # and where the donor is the wider cell (H > q/2) phi = 2b would overshoot.
    cdef double from_n = q * c_n
    cdef double from_m = q * c_m
    return gw_max(gw_min(q * donor + high * phi, gw_max(from_n, from_m)), gw_min(from_n, from_m))


cdef void normal_run(
    Py_ssize_t n, gw_in c_n, gw_in c_m, gw_in behind, gw_in beyond,
    gw_in q, gw_in high, gw_in ratio, gw_in k, gw_out flux, int limiter,
) noexcept nogil:
    cdef Py_ssize_t i
    cdef double upstream
    for i in range(n):
        upstream = c_n[i] - behind[i] if q[i] > 0.0 else beyond[i] - c_m[i]
        flux[i] = advected(c_n[i], c_m[i], upstream, q[i], high[i], ratio[i], limiter) - k[i] * (c_m[i] - c_n[i])


cdef void tensor_run(
    Py_ssize_t n, gw_in c_n, gw_in c_m, gw_in behind, gw_in beyond,
    gw_in q, gw_in high, gw_in ratio, gw_in k, gw_in cross1, gw_in cross2, gw_in clip,
    gw_in g1, gw_in g1_m, gw_in g1_nn, gw_in g1_mm, gw_in g2, gw_in g2_m, gw_in g2_nn, gw_in g2_mm,
    double near, double far, gw_out flux, int limiter,
) noexcept nogil:
    cdef Py_ssize_t i
    cdef double upstream, x
    for i in range(n):
        upstream = c_n[i] - behind[i] if q[i] > 0.0 else beyond[i] - c_m[i]
        x = -(
            cross1[i] * (near * (g1[i] + g1_m[i]) + far * (g1_nn[i] + g1_mm[i]))
            + cross2[i] * (near * (g2[i] + g2_m[i]) + far * (g2_nn[i] + g2_mm[i]))
        )
        x = gw_max(gw_min(x, clip[i] * c_n[i]), -clip[i] * c_m[i])
        flux[i] = advected(c_n[i], c_m[i], upstream, q[i], high[i], ratio[i], limiter) - k[i] * (c_m[i] - c_n[i]) + x


cpdef void end_values(
    const double[::1] concentration,
    const int[:, ::1] cells,
    const double[:, ::1] rule,
    double[::1] ends,
    int threads,
) noexcept nogil:
    """Concentration that stands behind the donor where the grid ends: the profile's line, kept from a given one.

        e = c_d - (c_r - c_d), and where one is given, e = c_d - minmod(c_d - given, c_r - c_d)

    Parameters
    ----------
    concentration : shape (cell,), C [M/L**3].
    cells : shape (end, 2), donor and receiver.
    rule : shape (2, end), given [M/L**3] and 1 where it counts, else 0.
    ends : shape (end + chunk,), written [M/L**3].
    threads : number of threads.
    """
    cdef Py_ssize_t e
    cdef double c, b
    for e in prange(cells.shape[0], num_threads=threads, schedule="static"):
        c = concentration[cells[e, 0]]
        b = concentration[cells[e, 1]] - c
        ends[e] = c - (gw_minmod(c - rule[0, e], b) if rule[1, e] != 0.0 else b)


cpdef void face_fluxes(
    const double[::1] concentration,
    const double[::1] ends,
    const double[:, ::1] gradient,
    const int[:, ::1] runs,
    const double[:, ::1] coefficients,
    double[::1] flux,
    bint cross,
    int limiter,
    int threads,
) noexcept nogil:
    """Solute mass through each face per time: limited advection, dispersion, cross dispersion.

        J = q c_up + H phi - K (c_m - c_n) + X

    phi is the limited increment (``transport_limiter.pxd``) with the donor's part clipped to c_up; X the cross flux with
    the fourth-order face mean (7, 7, -1, -1)/12 of the cell gradients where it exists, clipped so
    that it never takes more than the donor holds.

    Parameters
    ----------
    concentration : shape (cell,), C [M/L**3].
    ends : shape (end + chunk,), what stands behind donors at the ends of the grid [M/L**3].
    gradient : shape (direction, cell) [M/L**4]; read only if `cross`.
    runs : shape (run, 12): first face, length, cells n and m of the first face, the cell behind n (0) or
        its place in `ends` (1) and which of the two, the same beyond m, the cells before n and after m for
        the face mean, 1 if that mean is fourth order, the direction.
    coefficients : shape (7, face): q, H, ratio, K, G1, G2, gamma.
    flux : shape (face + chunk,), written: J from n to m [M/T].
    cross : whether G1, G2 are not all zero.
    limiter : 0 Koren, 1 van Leer, 2 central.
    threads : number of threads.

    Notes
    -----
    Koren (1993), in Vreugdenhil and Koren, Numerical methods for advection-diffusion problems.
    """
    cdef Py_ssize_t r, f, n, m, nn, mm, t1, t2
    cdef double near, far
    cdef unsigned int saved = 0
    cdef const double* c = &concentration[0]
    cdef const double* behind
    cdef const double* beyond
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for r in prange(runs.shape[0], schedule="static"):
            f = runs[r, 0]
            n = runs[r, 2]
            m = runs[r, 3]
            behind = &ends[runs[r, 4]] if runs[r, 5] else c + runs[r, 4]
            beyond = &ends[runs[r, 6]] if runs[r, 7] else c + runs[r, 6]
            if cross:
                nn = runs[r, 8]
                mm = runs[r, 9]
                t1 = 1 if runs[r, 11] == 0 else 0
                t2 = 1 if runs[r, 11] == 2 else 2
                near = 7.0 / 12.0 if runs[r, 10] else 0.5
                far = -1.0 / 12.0 if runs[r, 10] else 0.0
                tensor_run(
                    runs[r, 1], c + n, c + m, behind, beyond,
                    &coefficients[0, f], &coefficients[1, f], &coefficients[2, f], &coefficients[3, f],
                    &coefficients[4, f], &coefficients[5, f], &coefficients[6, f],
                    &gradient[t1, n], &gradient[t1, m], &gradient[t1, nn], &gradient[t1, mm],
                    &gradient[t2, n], &gradient[t2, m], &gradient[t2, nn], &gradient[t2, mm],
                    near, far, &flux[f], limiter,
                )
            else:
                normal_run(
                    runs[r, 1], c + n, c + m, behind, beyond,
                    &coefficients[0, f], &coefficients[1, f], &coefficients[2, f], &coefficients[3, f], &flux[f],
                    limiter,
                )
        gw_flush_restore(saved)


cdef void update_run(
    Py_ssize_t n, gw_in x_in, gw_in x_out, gw_in y_in, gw_in y_out, gw_in z_in, gw_in z_out,
    gw_in source, gw_in loss, gw_in inverse, double length, double weight,
    gw_out mass, gw_out integral, gw_out c,
) noexcept nogil:
    cdef Py_ssize_t i
    cdef double net
    for i in range(n):
        net = ((x_in[i] - x_out[i]) + (y_in[i] - y_out[i])) + (z_in[i] - z_out[i])
        integral[i] += weight * c[i]
        mass[i] += length * (net + source[i] - loss[i] * c[i])
        c[i] = mass[i] * inverse[i]


cpdef void update(
    const double[::1] flux,
    const int[:, ::1] runs,
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
    """One Euler stage: what the faces bring, sources and first-order losses change each cell's mass.

        m += h (sum J_in - sum J_out + s - l c),   c = m / M

    Parameters
    ----------
    flux : shape (face + chunk,), J [M/T]; zero from `face` on, where missing faces point.
    runs : shape (run, 8): first cell, length, and the first one's faces in and out along x, y, z.
    source, loss : shape (cell,), s [M/T] and l [L**3/T].
    inverse : shape (cell,), 1/M [1/L**3], zero in cells without water.
    length, weight : h [T]; part of h that counts in the time integral.
    mass, integral, concentration : shape (cell,), updated: m [M], time integral of c, c.
    threads : number of threads.
    """
    cdef Py_ssize_t r, s
    cdef unsigned int saved = 0
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for r in prange(runs.shape[0], schedule="static"):
            s = runs[r, 0]
            update_run(
                runs[r, 1], &flux[runs[r, 2]], &flux[runs[r, 3]], &flux[runs[r, 4]], &flux[runs[r, 5]],
                &flux[runs[r, 6]], &flux[runs[r, 7]], &source[s], &loss[s], &inverse[s], length, weight,
                &mass[s], &integral[s], &concentration[s],
            )
        gw_flush_restore(saved)
