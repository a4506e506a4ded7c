# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Kinetic reactions of each cell by extents: Rosenbrock steps with error control, limited to what there is."""

from cython.parallel cimport prange
from libc.math cimport fabs, sqrt

from reactions_cell cimport Accounts, settle
from transport_simd cimport gw_max, gw_min

KINDS = {"linear": 0, "saturation": 1, "inhibition": 2}

cdef enum:
    LINEAR = 0
    SATURATION = 1
    L = 8  # cells that go side by side, one per lane of vectors
    N_ACTIVE = 24
    N_STEPS = 128
    N_FACTORS = 128
    N_TERMS = 1500
    N_PRODUCT = 24
    CHUNK = 256
    STAGES = 6
    MOST_ATTEMPTS = 100000  # then steps are taken as they are, kept to what there is

MOST_ACTIVE, MOST_STEPS, MOST_FACTORS, MOST_TERMS, MOST_PRODUCT = N_ACTIVE, N_STEPS, N_FACTORS, N_TERMS, N_PRODUCT

# Errors of steps add up: each is held to a part of the tolerance.
cdef double SAFETY = 0.25

# RODAS, order 4(3), L-stable and stiffly accurate: Hairer and Wanner (1996), Solving Ordinary Differential Equations
# II, section IV.7. With u_j of stage j, y_i = y + sum A u_j and rho_i = r(y_i) + sum C kappa_j / h; what the last stage
# adds is the error. gamma = 1/4.
cdef double[STAGES * STAGES] A
cdef double[STAGES * STAGES] C
for _i, _row in enumerate((
    (),
    (1.544,),
    (0.9466785280815826, 0.2557011698983284),
    (3.314825187068521, 2.896124015972201, 0.9986419139977817),
    (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950),
    (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1.0),
)):
    for _j, _value in enumerate(_row):
        A[_i * STAGES + _j] = _value
for _i, _row in enumerate((
    (),
    (-5.6688,),
    (-2.430093356833875, -0.2063599157091915),
    (-0.1073529058151375, -9.594562251023355, -20.47028614809616),
    (7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160),
    (8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054),
)):
    for _j, _value in enumerate(_row):
        C[_i * STAGES + _j] = _value


cdef struct Law:
    # r[k] = rate[k] * product of factors; a factor is g(z), z = max(0, offset + sum of weight * c).
    Py_ssize_t n_active, n_steps, n_factors
    const int* kind
    const double* constant
    const double* offset
    const int* z_first
    const int* z_entry
    const double* z_weight
    const double* rate
    const int* f_first
    const int* f_index
    const int* s_first  # active entries that a step moves
    const int* s_entry
    const double* s_mass
    const unsigned char* pattern  # (active, active), where LU of the matrix is not zero


cdef struct Block:
    # L cells, the lane last: y[i * L + l].
    double[N_ACTIVE * L] y  # mass per volume of water
    double[N_ACTIVE * L] part  # dissolved part, c = part * y
    double[N_ACTIVE * L] alive  # 0 where the concentration is given
    double[L] activity, t, h
    double[N_FACTORS * L] g, slope
    double[N_TERMS * L] gradient  # of rates, in the order of steps, their factors, and the factors' entries
    double[N_ACTIVE * N_ACTIVE * L] lu
    double[STAGES * N_STEPS * L] kappa
    double[STAGES * N_ACTIVE * L] u
    double[N_STEPS * L] r, xi, total
    double[N_ACTIVE * L] stage, change
    double[L] error
    double[L] sums  # in memory: compilers leave sums kept in registers over loops scalar
    Py_ssize_t[L] cell  # -1: free


cdef struct Work:
    # What all cells share.
    const int* active
    const unsigned char* whole
    const int* lead
    Py_ssize_t n_lead
    const double* content
    const double* water
    const double* activity
    double length, relative, absolute
    double* extents
    int* counts


cdef inline void factors(Law* law, Block* x, const double* y, bint slopes) noexcept nogil:
    """g and dg/dz of all factors."""
    cdef Py_ssize_t m, k, e, l
    cdef double[L] z
    cdef double w, constant, inverse
    for m in range(law.n_factors):
        for l in range(L):
            z[l] = law.offset[m]
        for k in range(law.z_first[m], law.z_first[m + 1]):
            e, w = law.z_entry[k] * L, law.z_weight[k]
            for l in range(L):
                z[l] += w * x.part[e + l] * gw_max(y[e + l], 0.0)
        constant = law.constant[m]
        if law.kind[m] == LINEAR:
            for l in range(L):
                x.g[m * L + l] = gw_max(z[l], 0.0)
                x.slope[m * L + l] = 1.0 if z[l] >= 0.0 else 0.0
        elif law.kind[m] == SATURATION:
            for l in range(L):
                inverse = 1.0 / (constant + gw_max(z[l], 0.0))
                x.g[m * L + l] = gw_max(z[l], 0.0) * inverse
                if slopes:
                    x.slope[m * L + l] = constant * inverse * inverse if z[l] >= 0.0 else 0.0
        else:
            for l in range(L):
                inverse = 1.0 / (constant + gw_max(z[l], 0.0))
                x.g[m * L + l] = constant * inverse
                if slopes:
                    x.slope[m * L + l] = -constant * inverse * inverse if z[l] >= 0.0 else 0.0


cdef inline void rates(Law* law, Block* x, const double* y, double* r) noexcept nogil:
    """Rates of all steps at y [M/L**3/T]."""
    cdef Py_ssize_t s, k, m, l
    cdef double[L] v
    factors(law, x, y, False)
    for s in range(law.n_steps):
        for l in range(L):
            v[l] = law.rate[s] * x.activity[l]
        for k in range(law.f_first[s], law.f_first[s + 1]):
            m = law.f_index[k] * L
            for l in range(L):
                v[l] *= x.g[m + l]
        for l in range(L):
            r[s * L + l] = v[l]


cdef inline void linearise(Law* law, Block* x) noexcept nogil:
    """Rates at the cells' states, their gradients, and 4 / h I - J with the Jacobian J of dy/dt."""
    cdef Py_ssize_t s, k, m, j, i, p, q, l, n = law.n_active, term = 0, first, last
    cdef double[(N_PRODUCT + 1) * L] after
    cdef double[L] before, d, v
    cdef double w
    factors(law, x, x.y, True)
    for k in range(n * n * L):
        x.lu[k] = 0.0
    for k in range(n):
        for l in range(L):
            x.lu[(k * n + k) * L + l] = 4.0 / x.h[l]
    for s in range(law.n_steps):
        first, last = law.f_first[s], law.f_first[s + 1]
        for l in range(L):
            after[(last - first) * L + l] = 1.0
            before[l] = law.rate[s] * x.activity[l]
        for k in range(last - 1, first - 1, -1):
            m, p = law.f_index[k] * L, (k - first) * L
            for l in range(L):
                after[p + l] = after[p + L + l] * x.g[m + l]
        for l in range(L):
            x.r[s * L + l] = before[l] * after[l]
        for k in range(first, last):
            m, p = law.f_index[k], (k - first + 1) * L
            for j in range(law.z_first[m], law.z_first[m + 1]):
                i, w = law.z_entry[j] * L, law.z_weight[j]
                for l in range(L):
                    d[l] = before[l] * after[p + l] * x.slope[m * L + l] * w * x.part[i + l]
                for l in range(L):
                    x.gradient[term * L + l] = d[l]
                term += 1
                for q in range(law.s_first[s], law.s_first[s + 1]):
                    i, w = law.s_entry[q], law.s_mass[q]
                    p = (i * n + law.z_entry[j]) * L
                    for l in range(L):
                        v[l] = x.lu[p + l] - w * x.alive[i * L + l] * d[l]
                    for l in range(L):
                        x.lu[p + l] = v[l]
                p = (k - first + 1) * L
            for l in range(L):
                before[l] *= x.g[m * L + l]


cdef inline void moved(Law* law, Block* x, const double* xi, double* u) noexcept nogil:
    """u = S xi of the active entries."""
    cdef Py_ssize_t s, k, i, l
    cdef double w
    cdef double[L] v
    for k in range(law.n_active * L):
        u[k] = 0.0
    for s in range(law.n_steps):
        for k in range(law.s_first[s], law.s_first[s + 1]):
            i, w = law.s_entry[k] * L, law.s_mass[k]
            for l in range(L):
                v[l] = u[i + l] + w * xi[s * L + l]
            for l in range(L):
                u[i + l] = v[l]
    for k in range(law.n_active * L):
        u[k] *= x.alive[k]


cdef inline void factorise(Law* law, Block* x) noexcept nogil:
    """LU of 4 / h I - J in place, the diagonal inverted; a lane whose pivot all but vanishes gets a large error.

    No rows change places: without growth pivots stay about 4 / h or above, and growth shorter than the step is
    followed in shorter ones.
    """
    cdef Py_ssize_t n = law.n_active, i, j, k, l, p, q
    cdef double least
    cdef double[L] w, v
    for l in range(L):
        x.error[l] = 1e-12
    for k in range(n):
        p = (k * n + k) * L
        for l in range(L):
            least = 0.04 / x.h[l]
            x.error[l] = 1e12 if x.lu[p + l] < least else x.error[l]
            x.lu[p + l] = 1.0 / gw_max(x.lu[p + l], least)
        for i in range(k + 1, n):
            if not law.pattern[i * n + k]:
                continue
            q = (i * n + k) * L
            for l in range(L):
                w[l] = x.lu[q + l] * x.lu[p + l]
            for l in range(L):
                x.lu[q + l] = w[l]
            for j in range(k + 1, n):
                if law.pattern[k * n + j]:
                    for l in range(L):
                        v[l] = x.lu[(i * n + j) * L + l] - w[l] * x.lu[(k * n + j) * L + l]
                    for l in range(L):
                        x.lu[(i * n + j) * L + l] = v[l]


cdef inline void solve(Law* law, Block* x, double* u) noexcept nogil:
    """Solve with the factors in place."""
    cdef Py_ssize_t n = law.n_active, i, j, l
    cdef double[L] v
    for i in range(n):
        for l in range(L):
            v[l] = u[i * L + l]
        for j in range(i):
            if law.pattern[i * n + j]:
                for l in range(L):
                    v[l] -= x.lu[(i * n + j) * L + l] * u[j * L + l]
        for l in range(L):
            u[i * L + l] = v[l]
    for i in range(n - 1, -1, -1):
        for l in range(L):
            v[l] = u[i * L + l]
        for j in range(i + 1, n):
            if law.pattern[i * n + j]:
                for l in range(L):
                    v[l] -= x.lu[(i * n + j) * L + l] * u[j * L + l]
        for l in range(L):
            v[l] *= x.lu[(i * n + i) * L + l]
        for l in range(L):
            u[i * L + l] = v[l]


cdef inline void stage(Law* law, Block* x, double* rho, double* u) noexcept nogil:
    """u of (4 / h - J) u = S rho, and in rho's place the extents kappa of u = S kappa: h / 4 (rho + dr/dy u)."""
    cdef Py_ssize_t s, k, m, j, i, l, term = 0
    cdef double[L] v
    moved(law, x, rho, u)
    solve(law, x, u)
    for s in range(law.n_steps):
        for l in range(L):
            x.sums[l] = rho[s * L + l]
        for k in range(law.f_first[s], law.f_first[s + 1]):
            m = law.f_index[k]
            for j in range(law.z_first[m], law.z_first[m + 1]):
                i = law.z_entry[j] * L
                for l in range(L):
                    v[l] = x.gradient[term * L + l] * u[i + l]
                for l in range(L):
                    x.sums[l] += v[l]
                term += 1
        for l in range(L):
            rho[s * L + l] = 0.25 * x.h[l] * x.sums[l]


cdef void limit(Law* law, Block* x, Py_ssize_t l) noexcept nogil:
    """Lower the extents of lane l to what there is; `change` is then S xi.

    Each entry that would fall below zero scales all steps that take it, gains not counted; its losses can only get
    less afterwards, so that one scaling per entry is enough. The last 1e-200 of anything is left.
    """
    cdef Py_ssize_t s, k, i
    cdef bint again = True
    cdef double w
    cdef double[N_ACTIVE] loss, scale
    while again:
        again = False
        for i in range(law.n_active):
            loss[i] = 0.0
            scale[i] = 1.0
            if x.y[i * L + l] + x.change[i * L + l] < 0.0:
                again = True
                scale[i] = 0.0
        if not again:
            return
        for s in range(law.n_steps):
            for k in range(law.s_first[s], law.s_first[s + 1]):
                i = law.s_entry[k]
                loss[i] += gw_max(-law.s_mass[k], 0.0) * x.alive[i * L + l] * x.xi[s * L + l]
        for i in range(law.n_active):
            if scale[i] == 0.0:
                if x.y[i * L + l] > 1e-200:
                    scale[i] = gw_min(1.0, x.y[i * L + l] / loss[i]) * (1.0 - 4e-16)
            x.change[i * L + l] = 0.0
        for s in range(law.n_steps):
            w = x.xi[s * L + l]
            for k in range(law.s_first[s], law.s_first[s + 1]):
                if law.s_mass[k] < 0.0:
                    w = w * scale[law.s_entry[k]]
            x.xi[s * L + l] = w
            for k in range(law.s_first[s], law.s_first[s + 1]):
                i = law.s_entry[k]
                x.change[i * L + l] += law.s_mass[k] * x.alive[i * L + l] * w


cdef void attempt(Law* law, Block* x, double relative, double absolute) noexcept nogil:
    """A step of all lanes: extents into `xi`, what they change into `change`, errors over tolerance into `error`."""
    cdef Py_ssize_t i, j, k, l, n = law.n_active * L, m = law.n_steps * L
    cdef double e, w
    cdef double* rho
    cdef double[L] inverse
    cdef bint short
    linearise(law, x)
    factorise(law, x)
    for l in range(L):
        inverse[l] = 1.0 / x.h[l]
    for i in range(STAGES):
        rho = x.kappa + i * m
        if i == 0:
            for k in range(m):
                rho[k] = x.r[k]
        else:
            add(x.stage, x.u, A + i * STAGES, i, n)
            for k in range(n):
                x.stage[k] += x.y[k]
            rates(law, x, x.stage, x.r)
            add(rho, x.kappa, C + i * STAGES, i, m)
            for j in range(law.n_steps):
                for l in range(L):
                    rho[j * L + l] = x.r[j * L + l] + inverse[l] * rho[j * L + l]
        stage(law, x, rho, x.u + i * n)
    add(x.xi, x.kappa, A + (STAGES - 1) * STAGES, STAGES - 1, m)
    for k in range(m):
        x.xi[k] = gw_max(x.xi[k] + x.kappa[(STAGES - 1) * m + k], 0.0)
    moved(law, x, x.xi, x.change)
    for l in range(L):
        short = False
        for i in range(law.n_active):
            short = short or x.y[i * L + l] + x.change[i * L + l] < 0.0
        if short:
            limit(law, x, l)
    for i in range(law.n_active):
        for l in range(L):
            k = i * L + l
            w = x.u[(STAGES - 1) * n + k]
            e = fabs(w) + fabs(x.y[k] + x.change[k] - (x.stage[k] + w))
            x.stage[k] = gw_max(x.y[k] + x.change[k], 0.0)
            e = e / (SAFETY * (absolute / x.part[k] + relative * gw_max(x.y[k], x.stage[k])))
            x.error[l] = gw_max(x.error[l], e)


cdef inline void add(double* out, const double* stages, const double* weight, Py_ssize_t n, Py_ssize_t size) noexcept nogil:
    """out = sum of weight[j] * stages[j] over n stages."""
    cdef Py_ssize_t j, k
    for k in range(size):
        out[k] = weight[0] * stages[k]
    for j in range(1, n):
        for k in range(size):
            out[k] += weight[j] * stages[j * size + k]


cdef void empty(Law* law, Block* x, Py_ssize_t l) noexcept nogil:
    """Nothing happens in a lane without a cell."""
    cdef Py_ssize_t k
    x.cell[l] = -1
    x.activity[l] = 0.0
    x.h[l] = 1.0
    for k in range(law.n_active):
        x.y[k * L + l] = 0.0
        x.part[k * L + l] = 1.0
        x.alive[k * L + l] = 1.0


cdef bint load(Law* law, Accounts* a, Work* w, Block* x, Py_ssize_t l, Py_ssize_t i) noexcept nogil:
    """Take cell i into lane l; False if nothing reacts there."""
    cdef Py_ssize_t k, row
    cdef double water = w.water[i]
    cdef bint any_lead = False
    for k in range(law.n_steps):
        w.extents[k * a.n_cells + i] = 0.0
    w.counts[i] = 0
    if water <= 0.0 or w.activity[i] <= 0.0:
        return False
    for k in range(w.n_lead):
        row = a.row[w.lead[k]]
        if (a.mass[row * a.n_cells + i] if row >= 0 else a.held[(-1 - row) * a.n_cells + i]) > 1e-3 * w.absolute * water:
            any_lead = True
            break
    if not any_lead:
        return False
    x.cell[l] = i
    x.activity[l] = w.activity[i]
    x.t[l] = 0.0
    x.h[l] = w.length
    for k in range(law.n_steps):
        x.total[k * L + l] = 0.0
    for k in range(law.n_active):
        row = a.row[w.active[k]]
        x.alive[k * L + l] = 1.0
        x.part[k * L + l] = 1.0
        if row >= 0:
            x.y[k * L + l] = gw_max(a.mass[row * a.n_cells + i], 0.0) / water
            x.alive[k * L + l] = 1.0 if a.free[row * a.n_cells + i] else 0.0
            if not w.whole[k] and w.content[row * a.n_cells + i] > water:
                x.part[k * L + l] = water / w.content[row * a.n_cells + i]
        else:
            x.y[k * L + l] = a.held[(-1 - row) * a.n_cells + i] / water
    return True


cdef void finish(Law* law, Accounts* a, Work* w, Block* x, Py_ssize_t l) noexcept nogil:
    """Write and settle the cell of lane l."""
    cdef double[N_STEPS] xi
    cdef Py_ssize_t k, i = x.cell[l]
    for k in range(law.n_steps):
        xi[k] = x.total[k * L + l] * w.water[i]
        w.extents[k * a.n_cells + i] = xi[k]
    settle(a, i, xi, 0.0)
    empty(law, x, l)


cdef void accept(Law* law, Work* w, Block* x, Py_ssize_t l) noexcept nogil:
    """Take the step of lane l if it is exact enough, and choose the next one's length."""
    cdef Py_ssize_t k
    cdef double error = x.error[l], h = x.h[l]
    w.counts[x.cell[l]] += 1
    if error <= 1.0 or h <= 1e-12 * w.length or w.counts[x.cell[l]] >= MOST_ATTEMPTS:
        x.t[l] = x.t[l] + h if h < w.length - x.t[l] else w.length
        for k in range(law.n_active):
            x.y[k * L + l] = x.stage[k * L + l]
        for k in range(law.n_steps):
            x.total[k * L + l] += x.xi[k * L + l]
    h = h * gw_min(6.0, gw_max(0.1, 0.9 / sqrt(sqrt(error))))
    if x.t[l] < w.length:
        x.h[l] = gw_min(h, w.length - x.t[l])


cdef void chunk(Law* law, Accounts* a, Work* w, Py_ssize_t first) noexcept nogil:
    """React a row of cells: every lane takes the next cell as soon as it is done with one."""
    cdef Block x
    cdef Py_ssize_t l, ahead = first, end = min(first + CHUNK, a.n_cells), busy
    for l in range(L):
        empty(law, &x, l)
    while True:
        busy = 0
        for l in range(L):
            while x.cell[l] < 0 and ahead < end:
                load(law, a, w, &x, l, ahead)
                ahead += 1
            busy += x.cell[l] >= 0
        if busy == 0:
            return
        attempt(law, &x, w.relative, w.absolute)
        for l in range(L):
            if x.cell[l] >= 0:
                accept(law, w, &x, l)
                if x.t[l] >= w.length:
                    finish(law, a, w, &x, l)


cpdef void kinetic(
    double[:, ::1] mass,
    const double[:, ::1] content,
    const double[::1] water,
    const unsigned char[:, ::1] free,
    double[:, ::1] held,
    double length,
    double relative,
    double absolute,
    const double[::1] activity,
    const int[::1] active,
    const unsigned char[::1] whole,
    const int[::1] lead,
    const int[::1] kind,
    const double[::1] constant,
    const double[::1] offset,
    const int[::1] z_first,
    const int[::1] z_entry,
    const double[::1] z_weight,
    const double[::1] rate,
    const int[::1] f_first,
    const int[::1] f_index,
    const int[::1] s_first,
    const int[::1] s_entry,
    const double[::1] s_mass,
    const unsigned char[:, ::1] pattern,
    const int[::1] row,
    const int[::1] first,
    const int[::1] step_of,
    const double[::1] factor,
    const double[:, ::1] weight,
    double[:, ::1] extents,
    double[:, ::1] gap,
    int[::1] counts,
    int threads,
) noexcept nogil:
    """Extents of rate laws that are products of factors, and what they move.

        d xi[k]/dt = activity * rate[k] * prod of g(z),   z = max(0, offset + sum of weight * c),   c = part * y
        g = z (linear), z / (K + z) (saturation), K / (K + z) (inhibition);   y = y0 + S xi

    Each cell takes steps of its own length by RODAS (Hairer and Wanner 1996), L-stable and of order 4. Its stages are
    written for the extents, u = S kappa, so that what S conserves is conserved to round-off; extents are kept between
    zero and what there is, and by how much they had to be is part of the error.

    Parameters
    ----------
    mass, held : shapes (species, cell) and (held, cell), updated [M].
    content : shape (species, cell), mass per concentration [L**3].
    water : shape (cell,) [L**3]; nothing reacts where it is zero.
    free : shape (species, cell), 0 where the mass is given and stays.
    length : time to act [T].
    relative, absolute : tolerances of y, of its own size and [M/L**3].
    activity : shape (cell,), factor of all rates [-].
    active : shape (active,), entries that rates see or that steps take.
    whole : shape (active,), 1 where rates see all of it, c = y; else c = y * water / content.
    lead : entries; a cell without a thousandth of `absolute` of any of them is left.
    kind, constant, offset, z_first, z_entry, z_weight : factors; KINDS, K, and z, compressed by factor.
    rate, f_first, f_index : steps, and their factors, compressed by step.
    s_first, s_entry, s_mass : S of active entries, compressed by step.
    pattern : shape (active, active), where L and U of the Jacobian are not zero.
    row, first, step_of, factor, weight : `reactions_cell.Accounts`.
    extents : shape (step, cell), written [M].
    gap : shape (balance, cell), updated.
    counts : shape (cell,), written: attempted steps.
    threads : number of threads.
    """
    cdef Py_ssize_t i
    cdef Law law
    cdef Accounts a
    cdef Work w
    law.n_active, law.n_steps, law.n_factors = active.shape[0], rate.shape[0], kind.shape[0]
    law.kind, law.constant, law.offset = &kind[0], &constant[0], &offset[0]
    law.z_first, law.z_entry, law.z_weight = &z_first[0], &z_entry[0], &z_weight[0]
    law.rate, law.f_first, law.f_index = &rate[0], &f_first[0], &f_index[0]
    law.s_first, law.s_entry, law.s_mass, law.pattern = &s_first[0], &s_entry[0], &s_mass[0], &pattern[0, 0]
    a.n_entries, a.n_balances, a.n_cells = row.shape[0], weight.shape[0], mass.shape[1]
    a.row, a.first, a.step, a.factor, a.weight = &row[0], &first[0], &step_of[0], &factor[0], &weight[0, 0]
    a.mass, a.held, a.free, a.gap = &mass[0, 0], &held[0, 0], &free[0, 0], &gap[0, 0]
    w.active, w.whole, w.lead, w.n_lead = &active[0], &whole[0], &lead[0], lead.shape[0]
    w.content, w.water, w.activity = &content[0, 0], &water[0], &activity[0]
    w.length, w.relative, w.absolute = length, relative, absolute
    w.extents, w.counts = &extents[0, 0], &counts[0]
    for i in prange((a.n_cells + CHUNK - 1) // CHUNK, num_threads=threads, schedule="dynamic", chunksize=1):
        chunk(&law, &a, &w, i * CHUNK)
