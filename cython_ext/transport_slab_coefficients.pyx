# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Coefficients of a flow field's faces for `transport_slab`, made in its own layout."""

from cython.parallel cimport parallel, prange
from libc.math cimport fabs

from transport_simd cimport gw_max, gw_min
from transport_slab_layout cimport EDGE, GROUP, N_FACE, next_to_nothing
from transport_tensor cimport cell_tensor


cpdef void tensors(
    const double[:, ::1] discharge,
    const double[::1] alh,
    const double[::1] alv,
    const double[::1] ath1,
    const double[::1] ath2,
    const double[::1] atv,
    const double[::1] diffusion,
    const double[::1] porosity,
    bint along_rows,
    float[:, ::1] tensor,
    int threads,
) noexcept nogil:
    """Dispersion tensor of every cell in the directions of the layout: lane, slab, layer.

    Rows run against y and layers against z; the tensor does not mind mirrored or swapped horizontal axes.

    Parameters
    ----------
    discharge : shape (cell, 3), q in x, y, z [L/T].
    alh, alv, ath1, ath2, atv : shape (cell,), dispersivities [L].
    diffusion, porosity : shape (cell,), Dm [L**2/T], n [-].
    along_rows : whether lanes run along rows.
    tensor : shape (6, cell), written: 00, 11, 22, 01, 02, 12 [L**2/T].
    threads : number of threads.
    """
    cdef Py_ssize_t i
    for i in prange(discharge.shape[0], num_threads=threads, schedule="static"):
        one_tensor(
            discharge[i, 0] if along_rows else -discharge[i, 1], -discharge[i, 1] if along_rows else discharge[i, 0],
            -discharge[i, 2], alh[i], alv[i], ath1[i], ath2[i], atv[i], diffusion[i] * porosity[i], &tensor[0, i],
            tensor.shape[1],
        )


cdef void one_tensor(
    double x, double y, double z, double alh, double alv, double ath1, double ath2, double atv, double diffusion,
    float* out, Py_ssize_t step,
) noexcept nogil:
    cdef double[6] d
    cdef Py_ssize_t k
    cell_tensor(x, y, z, alh, alv, ath1, ath2, atv, diffusion, d)
    for k in range(6):
        out[k * step] = <float>d[k]


cdef struct Side:
    # One of the two cells of a face.
    double area, length, size
    double[3] row


cdef inline double component(const double[:, ::1] discharge, Py_ssize_t cell, Py_ssize_t d, bint along_rows) noexcept nogil:
    if d == 2:
        return -discharge[cell, 2]
    return discharge[cell, 0] if (d == 0) == along_rows else -discharge[cell, 1]


cdef inline bint alike(double a, double b) noexcept nogil:
    return fabs(a - b) <= 1e-9 * gw_max(a, b)


cpdef void face_coefficients(
    const int[::1] cell,
    const int[::1] first_face,
    const unsigned char[::1] wet,
    const double[::1] lane_size,
    const double[::1] slab_size,
    const double[::1] thickness,
    const double[::1] saturation_start,
    const double[::1] saturation_end,
    const double[::1] face_flow,
    const float[:, ::1] tensor,
    const double[:, ::1] discharge,
    const double[::1] volume_part,
    bint along_rows,
    bint advection,
    double order,
    double stage,
    float[:, :, :, :, :, ::1] coefficients,
    int threads,
) noexcept nogil:
    """q, H, K, G1, G2 of every face, in the layout of `transport_slab`.

        q, H = |q| l_up / d (1 - Cu),   K = k_n k_m / (k_n + k_m),   k = A D_aa / l,
        G = A (w_n D_at^n + w_m D_at^m) + h q q_t V / (2 M),   w_n = k_m / (k_n + k_m),   Cu = |q| h / M of the donor

    G1, G2 belong to the other two directions in ascending order and are divided by the cell's extent there (across
    layers: by the smaller thickness of the face's cells).

    Parameters
    ----------
    cell : shape (place,), -1 where there is none.
    first_face : shape (cell,), first of the faces of which the cell is the lower one: right, front, below.
    wet : shape (cell,), 1 where a cell takes part.
    lane_size, slab_size : shape (lane,), (slab,), spacing [L].
    thickness : shape (cell,) [L].
    saturation_start, saturation_end : shape (cell,), their mean counts; none where either is dry.
    face_flow : shape (face,), in the grid's order [L**3/T].
    tensor : shape (6 or 0, cell), n D by lane, slab, layer [L**2/T]; no rows: no dispersion.
    discharge : shape (cell, 3), x, y, z [L/T].
    volume_part : shape (cell,) V / M [-], or shape (0,): no correction for the length of a stage.
    along_rows : whether lanes run along rows.
    advection : whether water carries solute.
    order : 1 for limited advection, 0 for upstream weighting.
    stage : h, length of the one stage of a Lax-Wendroff step; 0 for none [T].
    coefficients : shape (slab, direction, layer, lane // 8, 5, 8), written.
    threads : number of threads.
    """
    cdef Py_ssize_t j
    with nogil, parallel(num_threads=threads):
        for j in prange(coefficients.shape[0], schedule="static"):
            slab_coefficients(
                j, cell, first_face, wet, lane_size, slab_size, thickness, saturation_start, saturation_end, face_flow,
                tensor, discharge, volume_part, along_rows, advection, order, stage, coefficients,
            )


cdef void slab_coefficients(
    Py_ssize_t j, const int[::1] cell, const int[::1] first_face, const unsigned char[::1] wet,
    const double[::1] lane_size, const double[::1] slab_size, const double[::1] thickness,
    const double[::1] saturation_start, const double[::1] saturation_end, const double[::1] face_flow,
    const float[:, ::1] tensor, const double[:, ::1] discharge, const double[::1] volume_part, bint along_rows,
    bint advection, double order, double stage, float[:, :, :, :, :, ::1] coefficients,
) noexcept nogil:
    cdef Py_ssize_t n_slabs = coefficients.shape[0], n_directions = coefficients.shape[1]
    cdef Py_ssize_t n_layers = coefficients.shape[2], n_lanes = coefficients.shape[3] * GROUP
    cdef Py_ssize_t k, i, d, p, t, group, lane, n, m, donor, face, c, t1, t2
    cdef Py_ssize_t[3] step
    cdef Py_ssize_t[3] at
    cdef Py_ssize_t[3] extent
    cdef Py_ssize_t[4] line
    cdef double[4] size
    cdef double[2] g
    cdef Side a, b
    cdef double q, high, part, k_n, k_m, conductance, w_n, w_m, wet_n, wet_m, area, courant, least
    cdef bint behind, beyond, fourth, end
    cdef bint tensorial = tensor.shape[0] > 0
    cdef bint corrected = stage > 0.0 and volume_part.shape[0] > 0
    step[0] = 1
    step[1] = n_layers * n_lanes
    step[2] = n_lanes
    extent[0] = n_lanes
    extent[1] = n_slabs
    extent[2] = n_layers
    at[1] = j
    for k in range(n_layers):
        at[2] = k
        for i in range(n_lanes):
            at[0] = i
            group = i // GROUP
            lane = i % GROUP
            p = EDGE + j * step[1] + k * n_lanes + i
            n = cell[p]
            for d in range(n_directions):
                for c in range(N_FACE):
                    coefficients[j, d, k, group, c, lane] = 0
            if n < 0:
                continue
            face = first_face[n]
            # The grid's order: right, front, below.
            for t in range(3):
                d = t if along_rows or t == 2 else 1 - t
                if at[d] + 1 >= extent[d]:
                    continue
                m = cell[p + step[d]]
                if m < 0:
                    continue
                q = face_flow[face] if advection else 0.0
                face += 1
                line[0] = cell[p - step[d]] if at[d] > 0 else -1
                line[1] = n
                line[2] = m
                line[3] = cell[p + 2 * step[d]] if at[d] + 2 < extent[d] else -1
                for c in range(4):
                    if d == 0:
                        size[c] = lane_size[i - 1 + c] if line[c] >= 0 else 0.0
                    elif d == 1:
                        size[c] = slab_size[j - 1 + c] if line[c] >= 0 else 0.0
                    else:
                        size[c] = thickness[line[c]] if line[c] >= 0 else 0.0
                behind = line[0] >= 0 and wet[n] and wet[line[0]]
                beyond = line[3] >= 0 and wet[m] and wet[line[3]]
                fourth = (
                    behind and beyond and alike(size[1], size[2]) and alike(size[0] + size[1], size[1] + size[2])
                    and alike(size[2] + size[3], size[1] + size[2])
                )
                wet_n = 0.5 * (saturation_start[n] + saturation_end[n])
                wet_m = 0.5 * (saturation_start[m] + saturation_end[m])
                if saturation_start[n] <= 0.0 or saturation_end[n] <= 0.0:
                    wet_n = 0.0
                if saturation_start[m] <= 0.0 or saturation_end[m] <= 0.0:
                    wet_m = 0.0
                a.length = 0.5 * size[1] * (gw_max(wet_n, 1e-9) if d == 2 else 1.0)
                b.length = 0.5 * size[2] * (gw_max(wet_m, 1e-9) if d == 2 else 1.0)
                if d == 2:
                    a.area = b.area = lane_size[i] * slab_size[j]
                else:
                    area = slab_size[j] if d == 0 else lane_size[i]
                    a.area = area * wet_n * thickness[n]
                    b.area = area * wet_m * thickness[m]
                if wet_n <= 0.0 or wet_m <= 0.0 or (d == 2 and wet_m < 1.0 - 1e-9):
                    a.area = b.area = 0.0
                donor = n if q > 0.0 else m
                part = (a.length if q > 0.0 else b.length) / (a.length + b.length)
                end = not (behind if q > 0.0 else beyond)
                high = order * fabs(q) * part
                t1 = 1 if d == 0 else 0
                t2 = 1 if d == 2 else 2
                conductance = 0.0
                g[0] = g[1] = 0.0
                if tensorial:
                    k_n = a.area * tensor[d, n] / a.length
                    k_m = b.area * tensor[d, m] / b.length
                    if k_n > 0.0 and k_m > 0.0:
                        conductance = k_n * k_m / (k_n + k_m)
                        w_n = a.area * k_m / (k_n + k_m)
                        w_m = b.area * k_n / (k_n + k_m)
                        # Entry of the pair (d, t): 01 is row 3, 02 row 4, 12 row 5.
                        g[0] = w_n * tensor[2 + d + t1, n] + w_m * tensor[2 + d + t1, m]
                        g[1] = w_n * tensor[2 + d + t2, n] + w_m * tensor[2 + d + t2, m]
                if corrected:
                    courant = fabs(q) * stage * volume_part[donor] / volume_of(
                        lane_size[i + (1 if d == 0 and donor == m else 0)],
                        slab_size[j + (1 if d == 1 and donor == m else 0)], thickness[donor],
                    )
                    high = high * gw_max(1.0 - courant, 0.0)
                    g[0] += 0.25 * stage * q * (
                        component(discharge, n, t1, along_rows) * volume_part[n]
                        + component(discharge, m, t1, along_rows) * volume_part[m]
                    )
                    g[1] += 0.25 * stage * q * (
                        component(discharge, n, t2, along_rows) * volume_part[n]
                        + component(discharge, m, t2, along_rows) * volume_part[m]
                    )
                least = gw_min(thickness[n], thickness[m])
                g[0] = g[0] / (slab_size[j] if t1 == 1 else lane_size[i])
                g[1] = g[1] / (slab_size[j] if t2 == 1 else least)
                coefficients[j, d, k, group, 0, lane] = <float>q
                coefficients[j, d, k, group, 1, lane] = <float>(-high if end else high)
                coefficients[j, d, k, group, 2, lane] = <float>conductance
                if not fourth:
                    coefficients[j, d, k, group, 2, lane] = -<float>gw_max(conductance, next_to_nothing())
                coefficients[j, d, k, group, 3, lane] = <float>g[0]
                coefficients[j, d, k, group, 4, lane] = <float>g[1]


cdef inline double volume_of(double lane, double slab, double layer) noexcept nogil:
    return lane * slab * layer
