# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Face fluxes and cell updates on any grid: least-squares gradients and the bare face list."""

from cython.parallel cimport parallel, prange

from transport_simd cimport gw_flush_on, gw_flush_restore, gw_max, gw_min, gw_minmod

from transport_limiter cimport gw_increment


cpdef void gradients(
    const double[::1] concentration,
    const int[::1] start,
    const int[::1] neighbour,
    const double[:, ::1] weights,
    double[:, ::1] gradient,
    int threads,
) noexcept nogil:
    """Least-squares gradient of each cell, g = sum over neighbours of w (c_j - c_i).

    Parameters
    ----------
    concentration : shape (cell,), C [M/L**3].
    start : shape (cell + 1,), neighbour : shape (connection,): neighbours of each cell.
    weights : shape (connection, 3) [1/L].
    gradient : shape (cell, 3), written [M/L**4].
    threads : number of threads.
    """
    cdef Py_ssize_t i, j
    cdef double b, gx, gy, gz
    cdef unsigned int saved = 0
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for i in prange(start.shape[0] - 1, schedule="static"):
            gx = 0.0
            gy = 0.0
            gz = 0.0
            for j in range(start[i], start[i + 1]):
                b = concentration[neighbour[j]] - concentration[i]
                gx = gx + weights[j, 0] * b
                gy = gy + weights[j, 1] * b
                gz = gz + weights[j, 2] * b
            gradient[i, 0] = gx
            gradient[i, 1] = gy
            gradient[i, 2] = gz
        gw_flush_restore(saved)


cpdef void face_fluxes(
    const double[::1] concentration,
    const double[:, ::1] gradient,
    const int[:, ::1] cells,
    const double[:, ::1] vector,
    const double[:, ::1] coefficients,
    const double[:, ::1] rule,
    double[::1] flux,
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
    gradient : shape (cell, 3) [M/L**4].
    cells : shape (face, 2), n and m.
    vector : shape (face, 3), d from the centre of n to that of m [L].
    coefficients : shape (8, face): q, H, factor of the upstream difference, K, G1, G2, G3, gamma.
    rule : shape (2, face), concentration given behind the donor and 1 where it counts, at ends of the grid.
    flux : shape (face,), written: J from n to m [M/T].
    limiter : 0 Koren, 1 van Leer, 2 central.
    threads : number of threads.
    """
    cdef Py_ssize_t f, n, m, u
    cdef double a, b, phi, donor, carried, q, x, clip, c_n, c_m
    cdef unsigned int saved = 0
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for f in prange(cells.shape[0], schedule="static"):
            n = cells[f, 0]
            m = cells[f, 1]
            c_n = concentration[n]
            c_m = concentration[m]
            q = coefficients[0, f]
            u = n if q > 0.0 else m
            b = c_m - c_n
            a = 2.0 * (
                gradient[u, 0] * vector[f, 0] + gradient[u, 1] * vector[f, 1] + gradient[u, 2] * vector[f, 2]
            ) - b
            if rule[1, f] != 0.0:
                a = gw_minmod(c_n - rule[0, f] if q > 0.0 else rule[0, f] - c_m, b)
            a = a * coefficients[2, f]
            phi = gw_increment(a, b, limiter)
            donor = c_n if q > 0.0 else c_m
            phi = gw_min(phi, donor) if q > 0.0 else gw_max(phi, -donor)
            x = -0.5 * (
                coefficients[4, f] * (gradient[n, 0] + gradient[m, 0])
                + coefficients[5, f] * (gradient[n, 1] + gradient[m, 1])
                + coefficients[6, f] * (gradient[n, 2] + gradient[m, 2])
            )
            clip = coefficients[7, f]
            x = gw_max(gw_min(x, clip * c_n), -clip * c_m)
            # The face value lies between its cells', as in transport_rows.
            carried = q * donor + coefficients[1, f] * phi
            carried = gw_max(gw_min(carried, gw_max(q * c_n, q * c_m)), gw_min(q * c_n, q * c_m))
            flux[f] = carried - coefficients[3, f] * b + x
        gw_flush_restore(saved)


cpdef void update(
    const double[::1] flux,
    const int[::1] start,
    const int[::1] face,
    const double[::1] sign,
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
    start : shape (cell + 1,), face, sign : shape (connection,): faces of each cell, +1 where J flows in.
    source, loss, inverse, length, weight, mass, integral, concentration, threads
        As in ``transport_rows.update``.
    """
    cdef Py_ssize_t i, j
    cdef double net
    cdef unsigned int saved = 0
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for i in prange(mass.shape[0], schedule="static"):
            net = 0.0
            for j in range(start[i], start[i + 1]):
                net = net + sign[j] * flux[face[j]]
            integral[i] += weight * concentration[i]
            mass[i] += length * (net + source[i] - loss[i] * concentration[i])
            concentration[i] = mass[i] * inverse[i]
        gw_flush_restore(saved)
