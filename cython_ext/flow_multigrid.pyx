# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Conjugate gradients for the flow equations, preconditioned by multigrid over groups of cells.

Each level is a symmetric matrix I + L + U, scaled to a diagonal of 1, kept as its strict upper triangle U by rows.
Levels stand one after another in the same arrays, the finest first; columns and groups count from their level's
first row.

On a level a cycle makes one Gauss-Seidel sweep from the first row to the last, corrects by the coarser level, and
sweeps back. From zero, the first sweep leaves t = (I + L)^-1 r and the residual -U t; the way back solves
(I + U) z = t - L P e, so that the product that conjugate gradients need next is A z = (t - L P e) + L z: four passes
over the matrix in all, none of them a full product.

The coarser system is solved by one or two steps of conjugate gradients with a cycle of its own (K-cycle):
Notay and Vassilevski (2008), Numerical Linear Algebra with Applications 15, 473-487. That makes iterations hardly
depend on the number of levels; it also makes the cycle slightly nonlinear, so that the outer iteration is flexible:
Notay (2000), SIAM Journal on Scientific Computing 22(4), 1444-1460.

Sums are taken in one order, whatever the number of threads.
"""

from libc.math cimport sqrt

cdef struct Levels:
    int n_levels
    const int* first  # (level + 1,) first row of each level
    const int* start  # (row + 1,) first entry of each row
    const int* column
    const double* value
    const int* group  # (row,) of the next level; -1 where sweeps are enough
    const double* weight  # (row,)
    const int* twice  # (level,) whether a level is solved by two steps
    const double* factor  # Cholesky factor of the last level by rows, its diagonal inverted; NULL: sweeps only
    double* r  # vectors over the rows of all levels
    double* t
    double* z
    double* p
    double* q


cpdef void cholesky(double[:, ::1] matrix) noexcept nogil:
    """Factorise a dense matrix in place, L L^T, lower triangle, the diagonal of L inverted.

    Rows that depend on those before them (a part that nothing holds) get no say: their inverse is zero.
    """
    cdef Py_ssize_t i, j, k
    cdef double s, whole
    for i in range(matrix.shape[0]):
        whole = matrix[i, i]
        for j in range(i + 1):
            s = matrix[i, j]
            for k in range(j):
                s -= matrix[i, k] * matrix[j, k]
            if j < i:
                matrix[i, j] = s * matrix[j, j]
            else:
                matrix[i, i] = 1.0 / sqrt(s) if s > 1e-13 * whole else 0.0


cdef void _dense(Py_ssize_t n, const double* factor, const double* r, double* z) noexcept nogil:
    """Solve L L^T z = r."""
    cdef Py_ssize_t i, k
    cdef double s
    for i in range(n):
        s = r[i]
        for k in range(i):
            s -= factor[i * n + k] * z[k]
        z[i] = s * factor[i * n + i]
    for i in range(n - 1, -1, -1):
        s = z[i] * factor[i * n + i]
        z[i] = s
        for k in range(i):
            z[k] -= factor[i * n + k] * s


cdef void _forward(Py_ssize_t n, const int* start, const int* column, const double* value, double* t) noexcept nogil:
    """t = (I + L)^-1 t, in place."""
    cdef Py_ssize_t i, e
    cdef int first
    cdef double s, carried = 0.0
    for i in range(n):
        s = t[i] + carried
        t[i] = s
        carried = 0.0
        first = start[i]
        # The next row is nearly always the first neighbour: what it gets stays at hand.
        if first < start[i + 1] and column[first] == i + 1:
            carried = -value[first] * s
            first += 1
        for e in range(first, start[i + 1]):
            t[column[e]] -= value[e] * s


cdef void _backward(
    Py_ssize_t n, const int* start, const int* column, const double* value, double* t, double* z
) noexcept nogil:
    """z = (I + U)^-1 t, then t += L z: the product A z."""
    cdef Py_ssize_t i, e
    cdef int first
    cdef double s, latest = 0.0
    for i in range(n - 1, -1, -1):
        s = t[i]
        first = start[i]
        for e in range(first + 1, start[i + 1]):
            s -= value[e] * z[column[e]]
        if first < start[i + 1]:
            s -= value[first] * (latest if column[first] == i + 1 else z[column[first]])
        for e in range(first, start[i + 1]):
            t[column[e]] += value[e] * s
        z[i] = latest = s


cdef void _restrict(
    Py_ssize_t n, const int* start, const int* column, const double* value, const int* group, const double* weight,
    const double* t, Py_ssize_t n_coarse, double* coarse,
) noexcept nogil:
    """coarse = -P^T U t."""
    cdef Py_ssize_t i, e
    cdef double s
    for i in range(n_coarse):
        coarse[i] = 0.0
    for i in range(n):
        if group[i] >= 0:
            s = 0.0
            for e in range(start[i], start[i + 1]):
                s += value[e] * t[column[e]]
            coarse[group[i]] -= weight[i] * s


cdef void _prolong(
    Py_ssize_t n, const int* start, const int* column, const double* value, const int* group, const double* weight,
    const double* coarse, double* t,
) noexcept nogil:
    """t -= L P coarse."""
    cdef Py_ssize_t i, e
    cdef double s
    for i in range(n):
        if group[i] >= 0:
            s = weight[i] * coarse[group[i]]
            for e in range(start[i], start[i + 1]):
                t[column[e]] -= value[e] * s


cdef void _cycle(const Levels* a, int level) noexcept nogil:
    """From t = (I + L)^-1 r of a level, find z, about A^-1 r, and t = A z."""
    cdef Py_ssize_t at = a.first[level], below = a.first[level + 1], n = below - at
    if level < a.n_levels - 1:
        _restrict(n, a.start + at, a.column, a.value, a.group + at, a.weight + at, a.t + at,
                  a.first[level + 2] - below, a.r + below)
        _coarse(a, level + 1)
        _prolong(n, a.start + at, a.column, a.value, a.group + at, a.weight + at, a.z + below, a.t + at)
    _backward(n, a.start + at, a.column, a.value, a.t + at, a.z + at)


cdef void _swept(const Levels* a, int level) noexcept nogil:
    """The whole cycle: from r to z and t = A z."""
    cdef Py_ssize_t at = a.first[level], n = a.first[level + 1] - at, i
    for i in range(at, at + n):
        a.t[i] = a.r[i]
    _forward(n, a.start + at, a.column, a.value, a.t + at)
    _cycle(a, level)


cdef void _coarse(const Levels* a, int level) noexcept nogil:
    """z = about A^-1 r on a coarser level, by one or two steps of conjugate gradients."""
    cdef Py_ssize_t at = a.first[level], end = a.first[level + 1], i
    cdef double curvature = 0.0, along = 0.0, shared = 0.0, second = 0.0, ahead = 0.0, step
    if level == a.n_levels - 1 and a.factor != NULL:
        _dense(end - at, a.factor, a.r + at, a.z + at)
        return
    _swept(a, level)
    for i in range(at, end):
        curvature += a.z[i] * a.t[i]
        along += a.z[i] * a.r[i]
    if not curvature > 0.0:
        return
    step = along / curvature
    if not a.twice[level]:
        for i in range(at, end):
            a.z[i] *= step
        return
    for i in range(at, end):
        a.p[i], a.q[i] = a.z[i], a.t[i]
        a.r[i] -= step * a.t[i]
    _swept(a, level)
    for i in range(at, end):
        shared += a.z[i] * a.q[i]
        second += a.z[i] * a.t[i]
        ahead += a.z[i] * a.r[i]
    second -= shared * shared / curvature
    ahead = ahead / second if second > 0.0 else 0.0
    step -= ahead * shared / curvature
    for i in range(at, end):
        a.z[i] = step * a.p[i] + ahead * a.z[i]


cdef Levels _levels(
    const int[::1] first, const int[::1] start, const int[::1] column, const double[::1] value,
    const int[::1] group, const double[::1] weight, const int[::1] twice, const double[:, ::1] factor,
    double[:, ::1] work,
) noexcept nogil:
    cdef Levels a
    a.n_levels = <int> first.shape[0] - 1
    a.first, a.start, a.twice = &first[0], &start[0], &twice[0]
    a.column = &column[0] if column.shape[0] else NULL
    a.value = &value[0] if value.shape[0] else NULL
    a.group = &group[0] if group.shape[0] else NULL
    a.weight = &weight[0] if weight.shape[0] else NULL
    a.factor = &factor[0, 0] if factor.shape[0] else NULL
    a.r, a.t, a.z, a.p, a.q = &work[0, 0], &work[1, 0], &work[2, 0], &work[3, 0], &work[4, 0]
    return a


cpdef void cycle(
    const int[::1] first, const int[::1] start, const int[::1] column, const double[::1] value,
    const int[::1] group, const double[::1] weight, const int[::1] twice, const double[:, ::1] factor,
    const double[::1] right, double[::1] x, double[:, ::1] work,
) noexcept nogil:
    """Apply the preconditioner once to the scaled system.

    Parameters
    ----------
    first : shape (level + 1,), first row of each level.
    start, column, value : rows of all levels, U scaled.
    group, weight : shape (row before the last level,), as `flow_aggregates` leaves them.
    twice : shape (level,), whether two steps solve a level.
    factor : the last level as `cholesky` leaves it; no rows: sweeps only.
    right, x : shape (row of the first level,); x is written.
    work : shape (5, row), scratch.
    """
    cdef Levels a = _levels(first, start, column, value, group, weight, twice, factor, work)
    cdef Py_ssize_t i
    for i in range(right.shape[0]):
        a.r[i] = right[i]
    _swept(&a, 0)
    for i in range(right.shape[0]):
        x[i] = a.z[i]


cpdef int solve(
    const int[::1] first, const int[::1] start, const int[::1] column, const double[::1] value,
    const int[::1] group, const double[::1] weight, const int[::1] twice, const double[:, ::1] factor,
    const double[::1] root, const double[::1] right, double limit, int most, double[::1] x, double[:, ::1] work,
) noexcept nogil:
    """Solve A x = right; return the number of iterations, or -1 if they broke down.

    Parameters
    ----------
    first, start, column, value, group, weight, twice, factor, work : as for `cycle`.
    root : shape (row of the first level,), -1/2 power of A's diagonal.
    right, x : shape (row of the first level,), not scaled; x is written.
    limit : norm of the residual to reach.
    most : largest number of iterations.
    """
    cdef Levels a = _levels(first, start, column, value, group, weight, twice, factor, work)
    cdef Py_ssize_t i, n = right.shape[0]
    cdef int count = 0
    cdef double rho, mixed, total, s, beta, curvature, before = 1.0, alpha = 0.0
    for i in range(n):
        a.r[i] = right[i] * root[i]
        x[i] = a.p[i] = a.q[i] = 0.0
    while count <= most:
        total = 0.0
        for i in range(n):
            x[i] += alpha * a.p[i]
            a.r[i] -= alpha * a.q[i]
            a.t[i] = a.r[i]
            s = a.r[i] / root[i]
            total += s * s
        if sqrt(total) <= limit or count == most:
            break
        _forward(n, a.start, a.column, a.value, a.t)
        _cycle(&a, 0)
        rho = mixed = 0.0
        for i in range(n):
            rho += a.r[i] * a.z[i]
            mixed += a.q[i] * a.z[i]
        # z . (r - r before), Polak and Ribiere's form, instead of z . r: the cycle is slightly nonlinear.
        beta = -alpha * mixed / before if count else 0.0
        curvature = 0.0
        for i in range(n):
            a.p[i] = a.z[i] + beta * a.p[i]
            a.q[i] = a.t[i] + beta * a.q[i]
            curvature += a.p[i] * a.q[i]
        if not curvature > 0.0 or not rho > 0.0:
            count = -1
            break
        alpha, before = rho / curvature, rho
        count += 1
    for i in range(n):
        x[i] *= root[i]
    return count
