# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Coefficients of one flow step: dispersion tensor per cell, conductances and clips per face."""

from libc.math cimport fabs

from transport_simd cimport gw_min
from transport_tensor cimport cell_tensor


cpdef void dispersion_tensor(
    const double[:, ::1] discharge,
    const double[::1] alh,
    const double[::1] alv,
    const double[::1] ath1,
    const double[::1] ath2,
    const double[::1] atv,
    const double[::1] diffusion,
    double[:, ::1] tensor,
) noexcept nogil:
    """MODFLOW's dispersion tensor per unit area of aquifer, n D, of every cell (`cell_tensor`).

    Parameters
    ----------
    discharge : shape (cell, 3), specific discharge q [L/T].
    alh, alv, ath1, ath2, atv : shape (cell,), dispersivities [L].
    diffusion : shape (cell,), n Dm [L**2/T].
    tensor : shape (6, cell), written: xx, yy, zz, xy, xz, yz [L**2/T].

    Notes
    -----
    MODFLOW 6 supplemental technical information, chapter on dispersion; Burnett and Frind (1987)
    where ALV = ALH and ATH2 = ATV.
    """
    cdef Py_ssize_t i, j
    cdef double[6] own
    for i in range(discharge.shape[0]):
        cell_tensor(
            discharge[i, 0], discharge[i, 1], discharge[i, 2], alh[i], alv[i], ath1[i], ath2[i], atv[i], diffusion[i],
            own,
        )
        for j in range(6):
            tensor[j, i] = own[j]


cpdef void face_coefficients(
    const int[:, ::1] cells,
    const signed char[::1] axis,
    const double[:, ::1] normal,
    const double[:, ::1] side_area,
    const double[:, ::1] side_length,
    const double[:, ::1] tensor,
    const double[:, ::1] size,
    const double[::1] flow,
    double order,
    double clip,
    bint structured,
    double[:, :] coefficients,
    double[:, ::1] rate,
) noexcept nogil:
    """What the flux through each face needs, and how fast each cell can be emptied.

    Parameters
    ----------
    cells : shape (face, 2), n and m.
    axis : shape (face,), 0, 1, 2 for x, y, z (structured grids; their normals are (1,0,0), (0,-1,0), (0,0,-1)).
    normal : shape (face, 3), unit normal from n to m; (axis, 3) for structured grids.
    side_area : shape (face, 2), wet area on the side of n and of m, zero: no dispersion [L**2].
    side_length : shape (face, 2), centre of n to face, face to centre of m [L].
    tensor : shape (6, cell), n D [L**2/T].
    size : shape (3, cell), extent along x, y, z [L].
    flow : shape (face,), q from n to m [L**3/T].
    order : 1 for limited advection, 0 for upstream weighting.
    clip : most that the cross flux may take, in multiples of its own scale.
    structured : cross terms by the two transverse directions, else by three components x, y, z.
    coefficients : shape (7 or 8, face), written: q, H, (not ratio,) K, G1, G2, (G3,) gamma.
    rate : shape (2, cell), advection and dispersion out of each cell are added [L**3/T].
    """
    cdef Py_ssize_t f, n, m, d, last = coefficients.shape[0] - 1
    cdef double q, k_n, k_m, k, w_n, w_m, g1, g2, g3, gamma, part, nx, ny, nz, d_n, d_m
    cdef double[3] row_n
    cdef double[3] row_m
    for f in range(flow.shape[0]):
        n = cells[f, 0]
        m = cells[f, 1]
        q = flow[f]
        part = side_length[f, 0 if q > 0.0 else 1] / (side_length[f, 0] + side_length[f, 1])
        coefficients[0, f] = q
        coefficients[1, f] = order * fabs(q) * part
        # The face value may differ from the donor's by 2 part times its upstream difference: with this factor
        # no stage makes a new maximum; (1 + part) would do for positivity alone.
        rate[0, n if q > 0.0 else m] += fabs(q) * (1.0 + 2.0 * order * part)
        d = axis[f] if structured else f
        nx = normal[d, 0]
        ny = normal[d, 1]
        nz = normal[d, 2]
        row_n[0] = tensor[0, n] * nx + tensor[3, n] * ny + tensor[4, n] * nz
        row_n[1] = tensor[3, n] * nx + tensor[1, n] * ny + tensor[5, n] * nz
        row_n[2] = tensor[4, n] * nx + tensor[5, n] * ny + tensor[2, n] * nz
        row_m[0] = tensor[0, m] * nx + tensor[3, m] * ny + tensor[4, m] * nz
        row_m[1] = tensor[3, m] * nx + tensor[1, m] * ny + tensor[5, m] * nz
        row_m[2] = tensor[4, m] * nx + tensor[5, m] * ny + tensor[2, m] * nz
        d_n = row_n[0] * nx + row_n[1] * ny + row_n[2] * nz
        d_m = row_m[0] * nx + row_m[1] * ny + row_m[2] * nz
        k_n = side_area[f, 0] * d_n / side_length[f, 0]
        k_m = side_area[f, 1] * d_m / side_length[f, 1]
        if not (k_n > 0.0 and k_m > 0.0):
            for d in range(3, last + 1):
                coefficients[d, f] = 0.0
            continue
        k = k_n * k_m / (k_n + k_m)
        w_n = side_area[f, 0] * k_m / (k_n + k_m)
        w_m = side_area[f, 1] * k_n / (k_n + k_m)
        coefficients[3, f] = k
        if structured:
            d = axis[f]
            if d == 0:
                g1 = -(w_n * row_n[1] + w_m * row_m[1])
                g2 = -(w_n * row_n[2] + w_m * row_m[2])
                gamma = fabs(g1) / gw_min(size[1, n], size[1, m]) + fabs(g2) / gw_min(size[2, n], size[2, m])
            elif d == 1:
                g1 = w_n * row_n[0] + w_m * row_m[0]
                g2 = -(w_n * row_n[2] + w_m * row_m[2])
                gamma = fabs(g1) / gw_min(size[0, n], size[0, m]) + fabs(g2) / gw_min(size[2, n], size[2, m])
            else:
                g1 = w_n * row_n[0] + w_m * row_m[0]
                g2 = -(w_n * row_n[1] + w_m * row_m[1])
                gamma = fabs(g1) / gw_min(size[0, n], size[0, m]) + fabs(g2) / gw_min(size[1, n], size[1, m])
            coefficients[4, f] = g1
            coefficients[5, f] = g2
        else:
            g1 = w_n * (row_n[0] - d_n * nx) + w_m * (row_m[0] - d_m * nx)
            g2 = w_n * (row_n[1] - d_n * ny) + w_m * (row_m[1] - d_m * ny)
            g3 = w_n * (row_n[2] - d_n * nz) + w_m * (row_m[2] - d_m * nz)
            gamma = (
                fabs(g1) / gw_min(size[0, n], size[0, m]) + fabs(g2) / gw_min(size[1, n], size[1, m])
                + fabs(g3) / gw_min(size[2, n], size[2, m])
            )
            coefficients[4, f] = g1
            coefficients[5, f] = g2
            coefficients[6, f] = g3
        gamma = 0.25 * clip * gamma
        coefficients[last, f] = gamma
        rate[1, n] += k + gamma
        rate[1, m] += k + gamma
