# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""What `transport_slab` needs, made in its own layout: coefficients of a flow field, and how long a stage may be."""

from cython.parallel cimport parallel, prange
from libc.math cimport fabs, fabsf
from libc.string cimport memcpy, memset

from transport_simd cimport gw_flush_on, gw_flush_restore, gw_max, gw_min
from transport_single cimport gw_fin, gw_fout, gw_maxf
from transport_tensor cimport cell_tensor

cdef enum:
    EDGE = 8

# A face without dispersion still has to say by the sign of K that its cross flux takes the plain mean.
cdef float NEXT_TO_NOTHING = <float>1e-30


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
    float[:, :, :, :, ::1] coefficients,
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
    coefficients : shape (slab, direction, 5, layer, lane), written.
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
    bint advection, double order, double stage, float[:, :, :, :, ::1] coefficients,
) noexcept nogil:
    cdef Py_ssize_t n_slabs = coefficients.shape[0], n_directions = coefficients.shape[1]
    cdef Py_ssize_t n_layers = coefficients.shape[3], n_lanes = coefficients.shape[4]
    cdef Py_ssize_t k, i, d, p, t, n, m, donor, face, c, t1, t2
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
            p = EDGE + j * step[1] + k * n_lanes + i
            n = cell[p]
            for d in range(n_directions):
                for c in range(5):
                    coefficients[j, d, c, k, i] = 0
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
                coefficients[j, d, 0, k, i] = <float>q
                coefficients[j, d, 1, k, i] = <float>(-high if end else high)
                coefficients[j, d, 2, k, i] = <float>conductance
                if not fourth:
                    coefficients[j, d, 2, k, i] = -<float>gw_max(conductance, NEXT_TO_NOTHING)
                coefficients[j, d, 3, k, i] = <float>g[0]
                coefficients[j, d, 4, k, i] = <float>g[1]


cdef inline double volume_of(double lane, double slab, double layer) noexcept nogil:
    return lane * slab * layer


cpdef void emptying(
    const float[:, :, :, :, ::1] coefficients,
    float clip,
    float[::1] rate,
    int threads,
) noexcept nogil:
    """What advection and dispersion can take out of each cell per unit concentration.

        sum over faces out of (|q| + 2 |H|)  +  sum over faces of (|K| + clip (|G1| + |G2|))

    With 2 |H| no stage makes a new maximum; |H| would do for positivity alone.

    Parameters
    ----------
    coefficients : shape (slab, direction, 5, layer, lane).
    clip : most that the cross flux takes, in multiples of its own scale.
    rate : shape (place,), written [L**3/T].
    threads : number of threads.
    """
    cdef Py_ssize_t j, k, n_slabs = coefficients.shape[0]
    cdef Py_ssize_t n_layers = coefficients.shape[3], n_lanes = coefficients.shape[4]
    cdef unsigned int saved = 0
    with nogil, parallel(num_threads=threads):
        saved = gw_flush_on()
        for j in prange(n_slabs, schedule="static"):
            for k in range(n_layers):
                emptying_row(coefficients, j, k, clip, &rate[EDGE + (j * n_layers + k) * n_lanes])
        gw_flush_restore(saved)


cdef void emptying_row(
    const float[:, :, :, :, ::1] coefficients, Py_ssize_t j, Py_ssize_t k, float clip, float* rate
) noexcept nogil:
    cdef Py_ssize_t d, n_lanes = coefficients.shape[4], step = coefficients.shape[3] * n_lanes
    memset(rate, 0, n_lanes * sizeof(float))
    for d in range(coefficients.shape[1]):
        leave(n_lanes, &coefficients[j, d, 0, k, 0], step, 1, clip, rate)
        if d == 0:
            leave(n_lanes - 1, &coefficients[j, d, 0, k, 0], step, -1, clip, rate + 1)
        elif d == 1 and j > 0:
            leave(n_lanes, &coefficients[j - 1, d, 0, k, 0], step, -1, clip, rate)
        elif d == 2 and k > 0:
            leave(n_lanes, &coefficients[j, d, 0, k - 1, 0], step, -1, clip, rate)


cdef inline void leave(
    Py_ssize_t n, const float* f, Py_ssize_t step, float sign, float clip, float* rate
) noexcept nogil:
    """Add what one row of faces takes out of the cells on one side: +1 the lower, -1 the upper."""
    leaving(n, f, f + step, f + 2 * step, f + 3 * step, f + 4 * step, sign, clip, rate)


cdef void leaving(
    Py_ssize_t n, gw_fin q, gw_fin high, gw_fin k, gw_fin cross1, gw_fin cross2, float sign, float clip, gw_fout rate
) noexcept nogil:
    cdef Py_ssize_t i
    cdef float zero = <float>0.0, two = <float>2.0
    for i in range(n):
        rate[i] += (
            (fabsf(q[i]) + two * fabsf(high[i]) if sign * q[i] > zero else zero)
            + (gw_maxf(fabsf(k[i]) - NEXT_TO_NOTHING, zero) + clip * (fabsf(cross1[i]) + fabsf(cross2[i])))
        )


cpdef void longest_stage(
    const float[:, ::1] content,
    const float[::1] rate,
    const float[::1] loss,
    const int[:, ::1] window,
    Py_ssize_t n_layers,
    Py_ssize_t n_lanes,
    double part,
    double span,
    double stages,
    double least,
    double limit,
    double[::1] longest,
    int[::1] place,
    int threads,
) noexcept nogil:
    """Longest stage that keeps every cell of each slab positive, and the cell that sets it.

        h rate <= limit * M  at the stage's start and, if M falls, at the end of the step h * stages

    Parameters
    ----------
    content : shape (1, place), 1/M [1/L**3]; or (2, place), M at the flow step's start and its change [L**3].
    rate : shape (place,), what faces can take out [L**3/T].
    loss : shape (place,), first-order losses [L**3/T]; -1 leaves a cell out.
    window : shape (slab, 2), lanes from, to.
    part : place in the flow step, 0 to 1; span : its length [T].
    stages : stages per step less one.
    least : smallest M as a part of its largest.
    limit : allowed part of the content.
    longest : shape (slab,), written: h [T]; 1e300 if nothing limits it.
    place : shape (slab,), written; -1 if nothing limits it.
    threads : number of threads.
    """
    cdef Py_ssize_t j
    for j in prange(window.shape[0], num_threads=threads, schedule="static"):
        slab_stage(
            j, content, rate, loss, window, n_layers, n_lanes, part, span, stages, least, limit, &longest[j], &place[j]
        )


cdef void slab_stage(
    Py_ssize_t j, const float[:, ::1] content, const float[::1] rate, const float[::1] loss,
    const int[:, ::1] window, Py_ssize_t n_layers, Py_ssize_t n_lanes, double part, double span, double stages,
    double least, double limit, double* longest, int* place,
) noexcept nogil:
    cdef Py_ssize_t k, i, p
    cdef bint steady = content.shape[0] == 1
    cdef double h, m, slope, low, shortest = 1e300, out
    cdef float most = 0, load
    place[0] = -1
    for k in range(n_layers):
        for i in range(window[j, 0], window[j, 1]):
            p = EDGE + (j * n_layers + k) * n_lanes + i
            if loss[p] < 0:
                continue
            if steady:
                # The largest load without a division per cell.
                load = (rate[p] + loss[p]) * content[0, p]
                if load > most:
                    most = load
                    place[0] = <int>p
                continue
            out = <double>rate[p] + loss[p]
            if out <= 0.0:
                continue
            slope = content[1, p] / span
            low = least * gw_max(content[0, p], content[0, p] + content[1, p])
            m = gw_max(content[0, p] + part * content[1, p], low)
            if slope < 0.0:
                h = gw_max(m / (out / limit - slope * stages), limit * low / out)
            else:
                h = limit * m / out
            if h < shortest:
                shortest = h
                place[0] = <int>p
    longest[0] = limit / most if steady and most > 0 else shortest


cpdef void to_places(
    const double[::1] values, const int[::1] cell, double[::1] out, int threads
) noexcept nogil:
    """Values by cell to an array over places; zero where there is no cell."""
    cdef Py_ssize_t p
    for p in prange(cell.shape[0], num_threads=threads, schedule="static"):
        out[p] = values[cell[p]] if cell[p] >= 0 else 0.0


cpdef void to_cells(
    const double[::1] values, const int[::1] cell, double[::1] out, int threads
) noexcept nogil:
    """Values by place to an array over cells."""
    cdef Py_ssize_t p
    for p in prange(cell.shape[0], num_threads=threads, schedule="static"):
        if cell[p] >= 0:
            out[cell[p]] = values[p]


cpdef void contents(
    const double[::1] start, const double[::1] end, const int[::1] cell, float[:, ::1] out, int threads
) noexcept nogil:
    """Contents for the sweep: 1/M where they do not change (one row), else M at the start and its change."""
    cdef Py_ssize_t p
    cdef double m
    for p in prange(cell.shape[0], num_threads=threads, schedule="static"):
        m = start[cell[p]] if cell[p] >= 0 else 0.0
        if out.shape[0] == 1:
            out[0, p] = <float>(1.0 / m) if m > 0.0 else <float>0.0
        else:
            out[0, p] = <float>m
            out[1, p] = <float>((end[cell[p]] if cell[p] >= 0 else 0.0) - m)


cpdef void mirrors(
    const double[::1] mass, const float[:, ::1] content, double part, double least, float[::1] mirror, int threads
) noexcept nogil:
    """Concentration from mass, as the sweep sees it."""
    cdef Py_ssize_t p
    cdef double m
    for p in prange(mass.shape[0], num_threads=threads, schedule="static"):
        if content.shape[0] == 1:
            mirror[p] = <float>mass[p] * content[0, p]
        else:
            m = gw_max(content[0, p] + part * content[1, p], least * gw_max(content[0, p], content[0, p] + content[1, p]))
            mirror[p] = <float>(mass[p] / m) if m > 0.0 else <float>0.0


cpdef void end_list(
    const float[:, :, :, :, ::1] coefficients,
    const int[::1] cell,
    const double[::1] inflow,
    const double[::1] concentration,
    const unsigned char[::1] fixed,
    int[::1] first,
    int[::1] where,
    float[::1] value,
    bint fill,
    int threads,
) noexcept nogil:
    """Faces at whose donor the grid ends and something else than the profile's line stands behind it.

    Where packages bring at least a tenth of the donor's inflow, their concentration; where the donor passes on more
    than twice what it gets (its storage feeds it), upstream weighting. Cells of given concentration keep the line.

    Parameters
    ----------
    coefficients : shape (slab, direction, 5, layer, lane).
    cell : shape (place,).
    inflow, concentration : shape (cell,), water that packages bring [L**3/T] and its concentration [M/L**3].
    fixed : shape (cell,), 1 where the concentration is given.
    first : shape (slab + 1,); without `fill` the number of faces of slab j is written at j + 1.
    where : shape (face,), written if `fill`: direction * slab size + place in the slab.
    value : shape (face,), written if `fill`: the concentration, -1 for upstream weighting.
    fill : whether to write the list, by `first`.
    threads : number of threads.
    """
    cdef Py_ssize_t j
    for j in prange(coefficients.shape[0], num_threads=threads, schedule="static"):
        slab_ends(j, coefficients, cell, inflow, concentration, fixed, first, where, value, fill)


cdef void slab_ends(
    Py_ssize_t j, const float[:, :, :, :, ::1] coefficients, const int[::1] cell, const double[::1] inflow,
    const double[::1] concentration, const unsigned char[::1] fixed, int[::1] first, int[::1] where,
    float[::1] value, bint fill,
) noexcept nogil:
    cdef Py_ssize_t n_layers = coefficients.shape[3], n_lanes = coefficients.shape[4], slab = n_layers * n_lanes
    cdef Py_ssize_t d, k, i, p, up, e = first[j] if fill else 0, donor
    cdef Py_ssize_t[3] step
    cdef double got, gone
    cdef float zero = <float>0.0
    step[0] = 1
    step[1] = slab
    step[2] = n_lanes
    for d in range(coefficients.shape[1]):
        for k in range(n_layers):
            for i in range(n_lanes):
                if not coefficients[j, d, 1, k, i] < zero:
                    continue
                p = k * n_lanes + i
                up = EDGE + j * slab + p + (0 if coefficients[j, d, 0, k, i] > zero else step[d])
                donor = cell[up]
                if fixed[donor]:
                    continue
                got = 0.0
                gone = 0.0
                passed(coefficients, up - EDGE, &got, &gone)
                if inflow[donor] > 0.1 * (got + inflow[donor]):
                    if fill:
                        value[e] = <float>gw_max(concentration[donor], 0.0)
                elif got < 0.5 * gone:
                    if fill:
                        value[e] = -1
                else:
                    continue
                if fill:
                    where[e] = <int>(d * slab + p)
                e += 1
    if not fill:
        first[j + 1] = <int>e


cdef void passed(const float[:, :, :, :, ::1] coefficients, Py_ssize_t p, double* got, double* gone) noexcept nogil:
    """Add up what faces bring to and take from one cell."""
    cdef Py_ssize_t n_layers = coefficients.shape[3], n_lanes = coefficients.shape[4]
    cdef Py_ssize_t i = p % n_lanes, k = p / n_lanes % n_layers, j = p / (n_lanes * n_layers), d
    cdef double q
    for d in range(coefficients.shape[1]):
        q = coefficients[j, d, 0, k, i]
        got[0] += gw_max(-q, 0.0)
        gone[0] += gw_max(q, 0.0)
        q = 0.0
        if d == 0 and i > 0:
            q = coefficients[j, d, 0, k, i - 1]
        elif d == 1 and j > 0:
            q = coefficients[j - 1, d, 0, k, i]
        elif d == 2 and k > 0:
            q = coefficients[j, d, 0, k - 1, i]
        got[0] += gw_max(q, 0.0)
        gone[0] += gw_max(-q, 0.0)


cpdef void peclet_sums(
    const float[:, :, :, :, ::1] coefficients, const double[:, ::1] mass, double[:, ::1] sums, int threads
) noexcept nogil:
    """Sums for the mean grid Peclet number of every slab, weighted by mass: sum m Pe, sum m.

        Pe = sum q**2 / sum |q| K  over a cell's upper faces, at most 1e6

    Parameters
    ----------
    coefficients : shape (slab, direction, 5, layer, lane).
    mass : shape (species, place).
    sums : shape (slab, 2), written.
    threads : number of threads.
    """
    cdef Py_ssize_t j
    for j in prange(coefficients.shape[0], num_threads=threads, schedule="static"):
        slab_peclet(j, coefficients, mass, &sums[j, 0])


cdef void slab_peclet(
    Py_ssize_t j, const float[:, :, :, :, ::1] coefficients, const double[:, ::1] mass, double* sums
) noexcept nogil:
    cdef Py_ssize_t k, i, d, s, p, n_layers = coefficients.shape[3], n_lanes = coefficients.shape[4]
    cdef double q, m, squares, spread
    sums[0] = 0.0
    sums[1] = 0.0
    for k in range(n_layers):
        for i in range(n_lanes):
            p = EDGE + (j * n_layers + k) * n_lanes + i
            m = 0.0
            for s in range(mass.shape[0]):
                m = m + mass[s, p]
            if m <= 0.0:
                continue
            squares = 0.0
            spread = 0.0
            for d in range(coefficients.shape[1]):
                q = fabs(coefficients[j, d, 0, k, i])
                squares = squares + q * q
                spread = spread + q * fabs(coefficients[j, d, 2, k, i])
            if squares > 0.0:
                sums[0] += m * gw_min(squares / gw_max(spread, 1e-300), 1e6)
            sums[1] += m


cpdef void filled_lanes(
    const float[:, ::1] mirror,
    const float[::1] threshold,
    const int[:, ::1] window,
    Py_ssize_t n_layers,
    Py_ssize_t n_lanes,
    int[:, ::1] filled,
    int threads,
) noexcept nogil:
    """Lanes of each slab, within its window, between which concentration is above a threshold.

    Parameters
    ----------
    mirror : shape (species, place) [M/L**3].
    threshold : shape (species,) [M/L**3].
    window : shape (slab, 2), lanes from, to.
    filled : shape (slab, 2), written: from, to; n_lanes, 0 where there is none.
    threads : number of threads.
    """
    cdef Py_ssize_t j
    for j in prange(window.shape[0], num_threads=threads, schedule="static"):
        slab_filled(j, mirror, threshold, window, n_layers, n_lanes, &filled[j, 0])


cdef void slab_filled(
    Py_ssize_t j, const float[:, ::1] mirror, const float[::1] threshold, const int[:, ::1] window,
    Py_ssize_t n_layers, Py_ssize_t n_lanes, int* filled,
) noexcept nogil:
    cdef Py_ssize_t s, k, i
    cdef const float* c
    filled[0] = <int>n_lanes
    filled[1] = 0
    for s in range(mirror.shape[0]):
        for k in range(n_layers):
            c = &mirror[s, EDGE + (j * n_layers + k) * n_lanes]
            for i in range(window[j, 0], filled[0] if filled[0] < window[j, 1] else window[j, 1]):
                if c[i] > threshold[s]:
                    filled[0] = <int>i
                    break
            i = window[j, 1]
            while i > filled[1] and i > window[j, 0]:
                i = i - 1
                if c[i] > threshold[s]:
                    filled[1] = <int>i + 1
                    break


cpdef void copy_outside(
    const float[:, ::1] mirror, const int[:, ::1] before, const int[:, ::1] window, Py_ssize_t n_layers,
    Py_ssize_t n_lanes, float[:, ::1] other, int threads,
) noexcept nogil:
    """Where a window has shrunk, give the other mirror what this one holds: nothing changes there any more."""
    cdef Py_ssize_t j
    for j in prange(window.shape[0], num_threads=threads, schedule="static"):
        slab_copy(j, mirror, before, window, n_layers, n_lanes, other)


cdef void slab_copy(
    Py_ssize_t j, const float[:, ::1] mirror, const int[:, ::1] before, const int[:, ::1] window, Py_ssize_t n_layers,
    Py_ssize_t n_lanes, float[:, ::1] other,
) noexcept nogil:
    cdef Py_ssize_t s, k, p
    if before[j, 0] >= window[j, 0] and before[j, 1] <= window[j, 1]:
        return
    for s in range(mirror.shape[0]):
        for k in range(n_layers):
            p = EDGE + (j * n_layers + k) * n_lanes + before[j, 0]
            memcpy(&other[s, p], &mirror[s, p], (before[j, 1] - before[j, 0]) * sizeof(float))
