# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Coefficients of local time steps, second order in time, and how they are packed for the march."""

from libc.math cimport expm1, fabs

from transport_simd cimport gw_max, gw_min


cdef struct Second:
    # Coefficients of a face with the terms that make one Euler step second order in time.
    double high, g1, g2, gamma


cdef inline double extent(
    const double[:, ::1] width, const double[::1] thickness, Py_ssize_t axis, Py_ssize_t cell
) noexcept nogil:
    return thickness[cell] if axis == 2 else width[cell, axis]


cdef inline Second second_order(
    Py_ssize_t f,
    const int[:, ::1] cells,
    const signed char[::1] axis,
    const double[:, ::1] coefficients,
    const double[::1] step,
    const double[::1] inverse,
    const double[::1] volume,
    const double[:, ::1] discharge,
    const double[:, ::1] width,
    const double[::1] thickness,
    const unsigned char[::1] fixed,
    double clip,
) noexcept nogil:
    """Lax-Wendroff terms of face f; see `lax_wendroff`."""
    cdef Py_ssize_t n = cells[f, 0], m = cells[f, 1], t1, t2
    cdef double q = coefficients[0, f], h, v
    cdef Py_ssize_t d = n if q > 0.0 else m
    cdef Second found
    h = step[d]
    if fixed[d]:
        h = gw_min(h, step[m if q > 0.0 else n])
    t1 = 1 if axis[f] == 0 else 0
    t2 = 1 if axis[f] == 2 else 2
    found.high = coefficients[1, f] * gw_max(1.0 - fabs(q) * h * inverse[d], 0.0)
    v = 0.5 * h * q * volume[d] * inverse[d]
    # Rows and layers grow against y and z.
    found.g1 = coefficients[4, f] + v * (discharge[d, t1] if t1 == 0 else -discharge[d, t1])
    found.g2 = coefficients[5, f] + v * -discharge[d, t2]
    found.gamma = 0.25 * clip * (
        fabs(found.g1) / gw_min(extent(width, thickness, t1, n), extent(width, thickness, t1, m))
        + fabs(found.g2) / gw_min(extent(width, thickness, t2, n), extent(width, thickness, t2, m))
    )
    return found


cpdef void lax_wendroff(
    const int[:, ::1] cells,
    const signed char[::1] axis,
    const double[:, ::1] coefficients,
    const double[::1] step,
    const double[::1] inverse,
    const double[::1] volume,
    const double[:, ::1] discharge,
    const double[:, ::1] width,
    const double[::1] thickness,
    const unsigned char[::1] fixed,
    double clip,
    double[::1] rate,
) noexcept nogil:
    """What can leave cells with coefficients that are second order in time by one Euler step.

    The donor's own step enters the coefficients of each face:

        H' = H (1 - Cu),  Cu = |q| h / M;   G' = G + h q q_t V / (2 M)   (h, M, V, q_t of the donor)

    Lax and Wendroff (1960), Communications on Pure and Applied Mathematics 13, 217-237: c_tt = v.grad(v.grad c)
    turned into fluxes. A donor of given concentration has the step of its receiver.

    Parameters
    ----------
    cells, axis : shape (face, 2), (face,), n and m; 0, 1, 2 along rows, columns, layers.
    coefficients : shape (7, face): q, H, ratio, K, G1, G2, gamma, uncorrected.
    step, inverse, volume : shape (cell,), h [T], 1/M [1/L**3], wet volume V [L**3].
    discharge : shape (cell, 3), specific discharge along x, y, z [L/T].
    width, thickness : shape (cell, 2), (cell,), extent along x and y, and wet along z [L].
    fixed : shape (cell,), nonzero where the concentration is given.
    clip : as in ``transport_coefficients.face_coefficients``.
    rate : shape (cell,), what advection and dispersion can take out of a cell is added [L**3/T].
    """
    cdef Py_ssize_t f, n, m
    cdef double q
    cdef Second own
    for f in range(cells.shape[0]):
        own = second_order(
            f, cells, axis, coefficients, step, inverse, volume, discharge, width, thickness, fixed, clip
        )
        n = cells[f, 0]
        m = cells[f, 1]
        q = coefficients[0, f]
        rate[n if q > 0.0 else m] += fabs(q) + 2.0 * own.high
        rate[n] += coefficients[3, f] + own.gamma
        rate[m] += coefficients[3, f] + own.gamma


cdef inline float outer(signed char fourth) noexcept nogil:
    """Weight of the outer cells in the face mean of gradients."""
    return <float>(-1.0 / 12.0) if fourth else <float>0.0


cpdef void kinds(
    const int[:, ::1] face_at,
    const int[::1] offset,
    const float[:, :, ::1] weights,
    const double[:] ratio,
    const signed char[::1] end,
    const signed char[::1] fourth,
    signed char[:, ::1] kind,
    float[:, :, ::1] shared,
) noexcept nogil:
    """Tell groups of eight faces that take their gradients with the same weights from the others.

    Parameters
    ----------
    face_at : shape (3, place), face between a place and the next along each axis, -1 if none.
    offset : shape (3,), places to the next cell along each axis.
    weights : shape (3, 3, place), gradient weights by axis.
    ratio, end, fourth : shape (face,), ratio of distances, 0 where nothing ends, whether the mean is fourth order.
    kind : shape (3, segment), written: -1 no faces, 0 even, 1 general.
    shared : shape (3, segment, 8), written for even groups: w-, w+, w2 by transverse axis, near, far.
    """
    cdef Py_ssize_t axis, s, j, f, p, t, k, o, i, cell, t1, t2
    cdef bint even, found
    cdef float far, own
    for axis in range(3):
        o = offset[axis]
        t1 = 1 if axis == 0 else 0
        t2 = 1 if axis == 2 else 2
        for s in range(kind.shape[1]):
            kind[axis, s] = -1
            even = True
            found = False
            far = 0.0
            for j in range(8):
                p = 8 * s + j
                f = face_at[axis, p]
                if f < 0:
                    continue
                own = outer(fourth[f])
                if not found:
                    found = True
                    far = own
                    for k in range(3):
                        shared[axis, s, k] = weights[t1, k, p]
                        shared[axis, s, 3 + k] = weights[t2, k, p]
                    shared[axis, s, 6] = <float>0.5 - far
                    shared[axis, s, 7] = far
                if ratio[f] != 1.0 or end[f] != 0 or own != far:
                    even = False
                    break
                for i in range(-1, 3):
                    if far == 0.0 and (i == -1 or i == 2):
                        continue
                    cell = p + i * o
                    for k in range(3):
                        if weights[t1, k, cell] != shared[axis, s, k] or weights[t2, k, cell] != shared[axis, s, 3 + k]:
                            even = False
                if not even:
                    break
            if found:
                kind[axis, s] = 0 if even else 1


cpdef void pack_faces(
    const int[:, ::1] runs,
    const long long[::1] data,
    const int[:, ::1] face_at,
    const int[:, ::1] cells,
    const signed char[::1] axis,
    const double[:, ::1] coefficients,
    const double[::1] step,
    const double[::1] inverse,
    const double[::1] volume,
    const double[:, ::1] discharge,
    const double[:, ::1] width,
    const double[::1] thickness,
    const unsigned char[::1] fixed,
    double clip,
    const double[:] ratio,
    const signed char[::1] end,
    const float[:] given,
    const signed char[::1] fourth,
    float[::1] packed,
) noexcept nogil:
    """Put the coefficients of faces down eight by eight: q, H', K, G1', G2', gamma', and for general runs the rule.

    The rule of a face is its ratio (put down as 0 at ends), end (0 none, 1 a line, 2 a given concentration), that concentration,
    and the weight of the outer cells in the face mean of gradients. Corrected coefficients are found here, face by
    face, and stand nowhere else.

    Parameters
    ----------
    runs : shape (run, 5): axis, kind, first place, length, packed numbers of eight faces.
    data : shape (run,), where each begins in `packed`.
    face_at : shape (3, place).
    cells, axis, coefficients, step, inverse, volume, discharge, width, thickness, fixed, clip
        As in `lax_wendroff`.
    ratio, end, given, fourth : shape (face,).
    packed : zeros, written.
    """
    cdef Py_ssize_t r, i, f, at
    cdef Second own
    for r in range(runs.shape[0]):
        for i in range(runs[r, 3]):
            f = face_at[runs[r, 0], runs[r, 2] + i]
            if f < 0:
                continue
            own = second_order(
                f, cells, axis, coefficients, step, inverse, volume, discharge, width, thickness, fixed, clip
            )
            at = data[r] + (i >> 3) * runs[r, 4] + (i & 7)
            packed[at] = <float>coefficients[0, f]
            packed[at + 8] = <float>own.high
            packed[at + 16] = <float>coefficients[3, f]
            packed[at + 24] = <float>own.g1
            packed[at + 32] = <float>own.g2
            packed[at + 40] = <float>own.gamma
            if runs[r, 1]:
                packed[at + 48] = <float>0.0 if end[f] else <float>ratio[f]
                packed[at + 56] = <float>end[f]
                packed[at + 64] = given[f]
                packed[at + 72] = outer(fourth[f])


cpdef void pack_cells(
    const int[:, ::1] runs,
    const long long[::1] data,
    const signed char[::1] level,
    const int[::1] cell_at,
    const double[::1] content,
    const double[::1] start,
    const double[::1] change,
    const double[::1] least,
    const double[::1] source,
    const double[::1] loss,
    const double[::1] decay,
    double length,
    bint steady,
    double[::1] packed,
) noexcept nogil:
    """Copy what cells need at the end of their step, eight by eight.

        weight w = (1 - exp(-d h / M)) M / d, loss l, source h s (cells with any); 1/M, or M0, dM, least if unsteady

    w times the concentration at the start is its integral over the step under decay d alone. Sinks are no part
    of d: water that enters and leaves at one concentration must not change it.

    Parameters
    ----------
    runs : shape (run, 5): axis, kind, first place, length, packed numbers of eight cells.
    data : shape (run,), where each begins in `packed`.
    level : shape (segment,).
    cell_at : shape (place,), cell of each place, -1 if none.
    content : shape (cell,), M in the middle of the interval [L**3].
    start, change, least : shape (cell,), M at the flow step's start, its change, its lower bound [L**3].
    source, loss, decay : shape (cell,), s [M/T], l and its part d [L**3/T].
    length : the step of level 0 [T].
    steady : whether M stays.
    packed : zeros, written.
    """
    cdef Py_ssize_t r, i, k, place, at
    cdef double h, x, m
    for r in range(runs.shape[0]):
        for i in range(runs[r, 3]):
            place = runs[r, 2] + i
            k = cell_at[place]
            if k < 0:
                continue
            at = data[r] + (i >> 3) * runs[r, 4] + (i & 7)
            if runs[r, 1]:
                h = length / (1 << level[place >> 3])
                x = decay[k] * h / content[k] if content[k] > 0.0 else 0.0
                packed[at] = h * (-expm1(-x) / x if fabs(x) > 1e-14 else 1.0)
                packed[at + 8] = loss[k]
                packed[at + 16] = h * source[k]
                at += 24
            if steady:
                m = gw_max(start[k], least[k])
                packed[at] = 1.0 / m if m > 0.0 else 0.0
            else:
                packed[at] = start[k]
                packed[at + 8] = change[k]
                packed[at + 16] = least[k]
