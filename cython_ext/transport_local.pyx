# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Local time steps on structured grids: every stretch of a row moves at its own pace.

Cells stand in a padded box [row][layer][column]. Faces and cells are grouped in runs along rows; what a
run needs is packed in the order in which it is used. Mass is float64, concentrations and coefficients
float32; each face's flux is one float32 number that both of its cells see.
"""

from cython.parallel cimport prange

from transport_bodies cimport Bodies, advance_bodies, bodies_of
from transport_simd cimport gw_flush_on, gw_flush_restore, gw_max, gw_min

cdef extern from *:
    """
    #ifndef GW_TRANSPORT_LOCAL
    #define GW_TRANSPORT_LOCAL
    typedef const float *GW_RESTRICT gw_in32;
    typedef float *GW_RESTRICT gw_out32;
    static inline float gw_min32(float a, float b) { return a < b ? a : b; }
    static inline float gw_max32(float a, float b) { return a > b ? a : b; }
    static inline float gw_minmod32(float a, float b) {
        return gw_max32(0.0f, gw_min32(a, b)) + gw_min32(0.0f, gw_max32(a, b));
    }
    #endif
    """
    ctypedef const float* gw_in32
    ctypedef float* gw_out32
    float gw_min32(float a, float b) noexcept nogil
    float gw_max32(float a, float b) noexcept nogil
    float gw_minmod32(float a, float b) noexcept nogil

from transport_simd cimport gw_in, gw_out

cdef enum:
    LONGEST = 512
    PARALLEL_RUNS = 400

cdef struct Field:
    float* c
    double* mass
    double* integral
    double* passed
    const float* weights
    Py_ssize_t places
    Py_ssize_t[3] offset


cdef inline float advected(float c_n, float c_m, float a, float q, float high) noexcept nogil:
    cdef float b = c_m - c_n
    cdef float t = (a + <float>2.0 * b) * <float>(1.0 / 3.0)
    cdef float a2 = <float>2.0 * a
    cdef float b2 = <float>2.0 * b
    cdef float phi = (
        gw_max32(<float>0.0, gw_min32(a2, gw_min32(t, b2))) + gw_min32(<float>0.0, gw_max32(a2, gw_max32(t, b2)))
    )
    cdef float donor = c_n if q > <float>0.0 else c_m
    phi = gw_min32(phi, donor) if q > <float>0.0 else gw_max32(phi, -donor)
    cdef float from_n = q * c_n
    cdef float from_m = q * c_m
    return gw_max32(
        gw_min32(q * donor + high * phi, gw_max32(from_n, from_m)), gw_min32(from_n, from_m)
    )


cdef inline void even_group(
    gw_in32 c, Py_ssize_t o, Py_ssize_t s1, Py_ssize_t s2, gw_in32 p, gw_in32 w, gw_out32 flux
) noexcept nogil:
    """Faces inside the grid whose cells all take their gradients with the same weights."""
    cdef Py_ssize_t i
    cdef float cn, cm, a, mid, b1, a1, b2, a2, bb1, aa1, bb2, aa2, x
    cdef float wb1 = w[0], wa1 = w[1], wf1 = w[2], wb2 = w[3], wa2 = w[4], wf2 = w[5], near = w[6], far = w[7]
    for i in range(8):
        cn = c[i]
        cm = c[i + o]
        a = cn - c[i - o] if p[i] > <float>0.0 else c[i + 2 * o] - cm
        mid = near * (cn + cm) + far * (c[i - o] + c[i + 2 * o])
        b1 = near * (c[i - s1] + c[i + o - s1]) + far * (c[i - o - s1] + c[i + 2 * o - s1])
        a1 = near * (c[i + s1] + c[i + o + s1]) + far * (c[i - o + s1] + c[i + 2 * o + s1])
        bb1 = near * (c[i - 2 * s1] + c[i + o - 2 * s1]) + far * (c[i - o - 2 * s1] + c[i + 2 * o - 2 * s1])
        aa1 = near * (c[i + 2 * s1] + c[i + o + 2 * s1]) + far * (c[i - o + 2 * s1] + c[i + 2 * o + 2 * s1])
        b2 = near * (c[i - s2] + c[i + o - s2]) + far * (c[i - o - s2] + c[i + 2 * o - s2])
        a2 = near * (c[i + s2] + c[i + o + s2]) + far * (c[i - o + s2] + c[i + 2 * o + s2])
        bb2 = near * (c[i - 2 * s2] + c[i + o - 2 * s2]) + far * (c[i - o - 2 * s2] + c[i + 2 * o - 2 * s2])
        aa2 = near * (c[i + 2 * s2] + c[i + o + 2 * s2]) + far * (c[i - o + 2 * s2] + c[i + 2 * o + 2 * s2])
        x = -(
            p[24 + i] * (wa1 * (a1 - mid) + wb1 * (mid - b1) + wf1 * (aa1 - bb1))
            + p[32 + i] * (wa2 * (a2 - mid) + wb2 * (mid - b2) + wf2 * (aa2 - bb2))
        )
        x = gw_max32(gw_min32(x, p[40 + i] * cn), -p[40 + i] * cm)
        flux[i] = advected(cn, cm, a, p[i], p[8 + i]) - p[16 + i] * (cm - cn) + x


cdef inline float slope(
    gw_in32 c, gw_in32 before, gw_in32 after, gw_in32 far, Py_ssize_t i, Py_ssize_t s
) noexcept nogil:
    return after[i] * (c[i + s] - c[i]) + before[i] * (c[i] - c[i - s]) + far[i] * (c[i + 2 * s] - c[i - 2 * s])


cdef inline void general_group(
    gw_in32 c, Py_ssize_t o, Py_ssize_t s1, Py_ssize_t s2, gw_in32 p,
    gw_in32 wb1, gw_in32 wa1, gw_in32 wf1, gw_in32 wb2, gw_in32 wa2, gw_in32 wf2, gw_out32 flux,
) noexcept nogil:
    """Any faces: ends of the grid, varying spacing, inactive neighbours."""
    cdef Py_ssize_t i
    cdef float cn, cm, a, x, b, d, near, far, mean1, mean2
    for i in range(8):
        cn = c[i]
        cm = c[i + o]
        b = cm - cn
        a = p[48 + i] * (cn - c[i - o] if p[i] > <float>0.0 else c[i + 2 * o] - cm)
        d = gw_minmod32(cn - p[64 + i] if p[i] > <float>0.0 else p[64 + i] - cm, b)
        a = a + (b if p[56 + i] == <float>1.0 else (d if p[56 + i] == <float>2.0 else <float>0.0))
        far = p[72 + i]
        near = <float>0.5 - far
        mean1 = near * (slope(c, wb1, wa1, wf1, i, s1) + slope(c, wb1, wa1, wf1, i + o, s1)) + far * (
            slope(c, wb1, wa1, wf1, i - o, s1) + slope(c, wb1, wa1, wf1, i + 2 * o, s1)
        )
        mean2 = near * (slope(c, wb2, wa2, wf2, i, s2) + slope(c, wb2, wa2, wf2, i + o, s2)) + far * (
            slope(c, wb2, wa2, wf2, i - o, s2) + slope(c, wb2, wa2, wf2, i + 2 * o, s2)
        )
        x = -(p[24 + i] * mean1 + p[32 + i] * mean2)
        x = gw_max32(gw_min32(x, p[40 + i] * cn), -p[40 + i] * cm)
        flux[i] = advected(cn, cm, a, p[i], p[8 + i]) - p[16 + i] * b + x


cdef void along_row(Py_ssize_t n, double h, gw_in32 flux, gw_out mass) noexcept nogil:
    """m[i] -= h f[i], m[i+1] += h f[i]."""
    cdef Py_ssize_t i
    mass[0] -= h * flux[0]
    for i in range(1, n):
        mass[i] += h * (<double>flux[i - 1] - <double>flux[i])
    mass[n] += h * flux[n - 1]


cdef void across_rows(Py_ssize_t n, double h, gw_in32 flux, gw_out donor, gw_out receiver) noexcept nogil:
    """m_n -= h f, m_m += h f."""
    cdef Py_ssize_t i
    cdef double d
    for i in range(n):
        d = h * flux[i]
        donor[i] -= d
        receiver[i] += d


cdef void pass_on(Py_ssize_t n, double h, gw_in32 flux, gw_out passed) noexcept nogil:
    """Sum what passes faces: p += h f."""
    cdef Py_ssize_t i
    for i in range(n):
        passed[i] += h * flux[i]


cdef void face_runs(
    const int* runs, const long long* data, const float* weights, const float* packed,
    Py_ssize_t first, Py_ssize_t last, double h, Field* field,
) noexcept nogil:
    """Let mass pass the faces of some runs for a time h."""
    cdef float[LONGEST] flux
    cdef Py_ssize_t r, i, axis, place, n, o, s1, s2, t1, t2, size
    cdef const float* p
    cdef const float* w
    cdef const float* w1
    cdef const float* w2
    cdef const float* c
    for r in range(first, last):
        axis = runs[7 * r]
        place = runs[7 * r + 2]
        n = runs[7 * r + 3]
        size = runs[7 * r + 4]
        p = packed + data[r]
        c = field.c + place
        t1 = 1 if axis == 0 else 0
        t2 = 1 if axis == 2 else 2
        o = field.offset[axis]
        s1 = field.offset[t1]
        s2 = field.offset[t2]
        if runs[7 * r + 1] == 0:
            w = weights + 8 * runs[7 * r + 6]
            for i in range(0, n, 8):
                even_group(c + i, o, s1, s2, p, w, flux + i)
                p += size
        else:
            w1 = field.weights + 3 * t1 * field.places + place
            w2 = field.weights + 3 * t2 * field.places + place
            for i in range(0, n, 8):
                general_group(
                    c + i, o, s1, s2, p, w1 + i, w1 + field.places + i, w1 + 2 * field.places + i,
                    w2 + i, w2 + field.places + i, w2 + 2 * field.places + i, flux + i,
                )
                p += size
        if runs[7 * r + 5]:
            flux[n - 1] = 0.0
        if field.passed != NULL:
            pass_on(n, h, flux, field.passed + axis * field.places + place)
        if axis == 0:
            along_row(n, h, flux, field.mass + place)
        else:
            across_rows(n, h, flux, field.mass + place, field.mass + place + o)


cdef inline void balance(gw_in32 c, gw_in p, gw_out mass, gw_out integral) noexcept nogil:
    """First-order losses and sources of a cell's own step: m += s h - l w c, integral += w c; p: w, l, s h."""
    cdef Py_ssize_t i
    cdef double old
    for i in range(8):
        old = c[i]
        integral[i] += p[i] * old
        mass[i] += p[16 + i] - p[8 + i] * (p[i] * old)


cdef inline void refresh_steady(gw_in inverse, gw_in mass, gw_out32 c) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(8):
        c[i] = <float>(mass[i] * inverse[i])


cdef inline void refresh(double part, gw_in p, gw_in mass, gw_out32 c) noexcept nogil:
    """c = m / M, M = max(M0 + part dM, least); p: M0, dM, least."""
    cdef Py_ssize_t i
    cdef double m
    for i in range(8):
        m = p[i] + part * p[8 + i]
        m = m if m > p[16 + i] else p[16 + i]
        c[i] = <float>(mass[i] / (m if m > 0.0 else 1e300))


cdef void cell_runs(
    const int* runs, const long long* data, const double* packed, Py_ssize_t first, Py_ssize_t last,
    bint steady, double part, Field* field,
) noexcept nogil:
    """End a step of the cells of some runs: losses, sources, new concentrations."""
    cdef Py_ssize_t r, i, n, size, busy
    cdef const double* p
    cdef float* c
    cdef double* mass
    cdef double* integral
    for r in range(first, last):
        c = field.c + runs[7 * r + 2]
        mass = field.mass + runs[7 * r + 2]
        integral = field.integral + runs[7 * r + 2]
        n = runs[7 * r + 3]
        size = runs[7 * r + 4]
        busy = 24 if runs[7 * r + 1] != 0 else 0
        p = packed + data[r]
        for i in range(0, n, 8):
            if busy:
                balance(c + i, p, mass + i, integral + i)
            if steady:
                refresh_steady(p + busy, mass + i, c + i)
            else:
                refresh(part, p + busy, mass + i, c + i)
            p += size


cdef void flushed_faces(
    const int* runs, const long long* data, const float* weights, const float* packed,
    Py_ssize_t first, Py_ssize_t last, double h, Field* field,
) noexcept nogil:
    cdef unsigned int saved = gw_flush_on()
    face_runs(runs, data, weights, packed, first, last, h, field)
    gw_flush_restore(saved)


cdef void shared_faces(
    const int* runs, const long long* data, const float* weights, const float* packed, const int* chunks,
    Py_ssize_t first, Py_ssize_t last, double h, Field* field, int threads,
) noexcept nogil:
    """As `face_runs`, chunks of whole slabs on threads."""
    cdef Py_ssize_t k
    for k in prange(first, last, num_threads=threads, schedule="dynamic"):
        flushed_faces(runs, data, weights, packed, chunks[2 * k], chunks[2 * k + 1], h, field)


cdef void flushed_cells(
    const int* runs, const long long* data, const double* packed, Py_ssize_t first, Py_ssize_t last,
    bint steady, double part, Field* field,
) noexcept nogil:
    cdef unsigned int saved = gw_flush_on()
    cell_runs(runs, data, packed, first, last, steady, part, field)
    gw_flush_restore(saved)


cdef void shared_cells(
    const int* runs, const long long* data, const double* packed, const int* chunks, Py_ssize_t first,
    Py_ssize_t last, bint steady, double part, Field* field, int threads,
) noexcept nogil:
    """As `cell_runs`, chunks on threads."""
    cdef Py_ssize_t k
    for k in prange(first, last, num_threads=threads, schedule="dynamic"):
        flushed_cells(runs, data, packed, chunks[2 * k], chunks[2 * k + 1], steady, part, field)


cdef void pass_bodies(
    const Bodies* bodies, const int[:, ::1] at, double[:, ::1] exchange, Py_ssize_t fine, Py_ssize_t levels, double h,
    double begin, double end, Field* field,
) noexcept nogil:
    """Let features go on for a time h, and pass mass between them and cells.

    What cells give has their concentration in the middle of their own step, in a line through this and the last one.
    """
    cdef Py_ssize_t k
    cdef double c, ahead
    for k in range(at.shape[1]):
        exchange[1, k] = 0.0
        if fine % (1 << (levels - 1 - at[1, k])) == 0:
            c = field.c[at[0, k]]
            ahead = c if exchange[2, k] < 0.0 else c + 0.5 * (c - exchange[2, k])
            exchange[0, k] = gw_max(gw_min(ahead, exchange[3, k] * c), 0.5 * c)
            exchange[2, k] = c
    advance_bodies(bodies, &exchange[0, 0], h, begin, end, &exchange[1, 0])
    for k in range(at.shape[1]):
        field.mass[at[0, k]] += exchange[1, k]


cpdef void march(
    float[::1] concentration,
    double[::1] mass,
    double[::1] integral,
    double[::1] taken,
    double[::1] passed,
    const float[:, :, ::1] weights,
    const int[::1] offset,
    const int[:, ::1] faces,
    const long long[::1] face_data,
    const float[:, ::1] face_weights,
    const float[::1] face_packed,
    const int[:, ::1] face_chunks,
    const int[:, ::1] cells,
    const long long[::1] cell_data,
    const double[::1] cell_packed,
    const int[:, ::1] cell_chunks,
    const int[::1] special,
    const double[:, ::1] special_values,
    const int[::1] special_start,
    const int[:, ::1] body_first,
    const int[::1] come_cell,
    const double[::1] come_rate,
    const int[::1] above,
    const double[::1] above_rate,
    const int[::1] go_cell,
    const double[::1] go_rate,
    const double[:, ::1] held,
    double[:, ::1] state,
    double[::1] through,
    const unsigned char[::1] shut,
    double[:, ::1] exchange,
    const int[:, ::1] exchange_at,
    int body_level,
    bint steady,
    double part,
    double change,
    double length,
    int threads,
) noexcept nogil:
    """Carry all cells over one step of the slowest, each level of cells in steps of half the one before.

    In fine step i of 2**L, level l starts a step where i is a multiple of 2**(L-l): its faces pass mass
    for that step, from the concentrations as they stand. Where a step of level l ends, losses and sources
    act and concentrations follow from mass. Between, a slow cell keeps its concentration while fast
    neighbours take from it: what leaves it in its own step is bounded by its own level.

    Parameters
    ----------
    concentration, mass, integral : shape (place,), c, m, time integral of c (cells with losses), updated.
    taken : shape (special,), what SRC took [M], added to.
    passed : shape (3 places,), what passed the face behind each place along each axis [M], added to; or (0,).
    weights : shape (3, 3, place), gradient weights by axis [1/L].
    offset : shape (3,), places to the next cell along each axis.
    faces : shape (run, 7): axis, kind (0 even, 1 general), first place, length, packed numbers of eight faces,
        whether its last face is shut, its row of weights; by level and phase.
    face_data, face_weights, face_packed
        Where a run's coefficients begin; weights of even runs; all coefficients, eight faces after eight.
    face_chunks : shape (3 (levels) + 1, 2), first run and first chunk of each level and phase.
        Phases: x and z; y of even slabs; y of odd slabs. Followed by the first runs of chunks.
    cells, cell_data, cell_packed, cell_chunks
        The same for cells (kind 0 bare, 1 with losses or sources); by level.
    special : shape (special,), places of cells of given concentration and of cells SRC takes from, by level.
    special_values : shape (2, special), concentration given there, rate taken [M/T] (0: it is given).
    special_start : shape (levels + 1,).
    body_first, come_cell, come_rate, above, above_rate, go_cell, go_rate, held, state, through, shut
        Lakes and reaches beside the cells, as in ``transport_bodies.advance``.
    exchange : shape (4, cell), of the cells that exchange mass with them: concentrations half a step of theirs ahead;
        gains; concentrations at the start of this step, -1 before the first; most that the first may be of the third.
    exchange_at : shape (2, cell), their places and levels.
    body_level : level at whose pace features go, that of the fastest of these cells; -1 for none.
    steady : whether 1/M is packed, else M at the flow step's start, its change and its least.
    part, change : place in the flow step at the start, and what the step adds to it.
    length : the step of the slowest cells [T].
    threads : number of threads.
    """
    cdef Field field
    cdef Py_ssize_t levels = special_start.shape[0] - 1
    cdef Py_ssize_t n_fine = 1 << (levels - 1)
    cdef Py_ssize_t fine, l, phase, e, k, at, first, last, span
    cdef double h, now, took
    cdef Bodies bodies
    cdef unsigned int saved = gw_flush_on()
    field.c = &concentration[0]
    field.mass = &mass[0]
    field.integral = &integral[0]
    field.passed = &passed[0] if passed.shape[0] > 0 else NULL
    field.weights = &weights[0, 0, 0]
    field.places = concentration.shape[0]
    for k in range(3):
        field.offset[k] = offset[k]
    if body_level >= 0:
        bodies = bodies_of(body_first, come_cell, come_rate, above, above_rate, go_cell, go_rate, held, state, through,
                           shut)
    for fine in range(n_fine):
        if body_level >= 0 and fine % (1 << (levels - 1 - body_level)) == 0:
            now = part + change * (<double>fine / n_fine)
            pass_bodies(&bodies, exchange_at, exchange, fine, levels, length / (1 << body_level), now,
                        now + change / (1 << body_level), &field)
        for l in range(levels):
            span = 1 << (levels - 1 - l)
            if fine % span != 0:
                continue
            h = length / (1 << l)
            for phase in range(3):
                at = 3 * l + phase
                first = face_chunks[at, 0]
                last = face_chunks[at + 1, 0]
                if first == last:
                    continue
                if threads > 1 and last - first >= PARALLEL_RUNS:
                    shared_faces(
                        &faces[0, 0], &face_data[0], &face_weights[0, 0], &face_packed[0],
                        &face_chunks[3 * levels + 1, 0], face_chunks[at, 1], face_chunks[at + 1, 1], h, &field, threads,
                    )
                else:
                    face_runs(
                        &faces[0, 0], &face_data[0], &face_weights[0, 0], &face_packed[0], first, last, h, &field
                    )
        now = part + change * ((fine + 1.0) / n_fine)
        for l in range(levels):
            span = 1 << (levels - 1 - l)
            if (fine + 1) % span != 0:
                continue
            first = cell_chunks[l, 0]
            last = cell_chunks[l + 1, 0]
            if threads > 1 and last - first >= PARALLEL_RUNS:
                shared_cells(
                    &cells[0, 0], &cell_data[0], &cell_packed[0], &cell_chunks[levels + 1, 0], cell_chunks[l, 1],
                    cell_chunks[l + 1, 1], steady, now, &field, threads,
                )
            elif first < last:
                cell_runs(&cells[0, 0], &cell_data[0], &cell_packed[0], first, last, steady, now, &field)
            h = length / (1 << l)
            for e in range(special_start[l], special_start[l + 1]):
                k = special[e]
                if special_values[1, e] <= 0.0:
                    field.c[k] = <float>special_values[0, e]
                    continue
                took = h * special_values[1, e]
                if took > 0.05 * field.mass[k]:
                    took = 0.05 * field.mass[k]
                if took > 0.0:
                    taken[e] += took
                    field.c[k] = <float>(field.c[k] * (1.0 - took / field.mass[k]))
                    field.mass[k] -= took
    gw_flush_restore(saved)
