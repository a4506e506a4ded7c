# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Conjugate gradients for the flow equations, preconditioned by an incomplete factorisation.

A symmetric matrix A = D0 + L + U with positive diagonal D0 is kept as its diagonal and the strict upper
triangle U by rows: for flow, the faces of the grid in their order. The preconditioner is

    M = (D + L) D^-1 (D + U)

with a diagonal D that also takes up, times `relaxation`, what the factorisation drops: row sums are then
kept, and the number of iterations grows with the square root of the number of cells along a side instead of
with that number. Gustafsson (1978), BIT 18, 142-156.

Sums are taken in one order, whatever the number of threads.
"""

from libc.math cimport sqrt

ctypedef const int* Ints
ctypedef const double* Reals


cpdef void cut_upper(
    const int[::1] row_start, const int[::1] row_column, const double[::1] row_value,
    int[::1] start, int[::1] column, double[::1] value, double[::1] diagonal,
) noexcept nogil:
    """Take the diagonal and the strict upper triangle out of a matrix in rows.

    Parameters
    ----------
    row_start, row_column, row_value : the matrix in compressed rows, columns of the upper triangle growing.
    start : shape (row + 1,), written: first entry of each row of U.
    column, value : long enough for U, written: column and value of each of its entries.
    diagonal : shape (row,), written.
    """
    cdef Py_ssize_t i, e
    cdef int at = 0
    start[0] = 0
    for i in range(diagonal.shape[0]):
        for e in range(row_start[i], row_start[i + 1]):
            if row_column[e] == i:
                diagonal[i] = row_value[e]
            elif row_column[e] > i:
                column[at] = row_column[e]
                value[at] = row_value[e]
                at += 1
        start[i + 1] = at


cpdef void cut_mean(
    const int[::1] row_start, const int[::1] row_column, const double[::1] row_value,
    int[::1] start, int[::1] column, double[::1] value, double[::1] diagonal,
) noexcept nogil:
    """The same of (A + A^T) / 2, for a matrix that is symmetric in pattern only; parameters as for `cut_upper`."""
    cdef Py_ssize_t i, e, at
    cut_upper(row_start, row_column, row_value, start, column, value, diagonal)
    for e in range(start[diagonal.shape[0]]):
        value[e] *= 0.5
    for i in range(diagonal.shape[0]):
        for e in range(row_start[i], row_start[i + 1]):
            if row_column[e] < i:
                for at in range(start[row_column[e]], start[row_column[e] + 1]):
                    if column[at] == i:
                        value[at] += 0.5 * row_value[e]
                        break


cpdef int factorise(
    const int[::1] start, const int[::1] column, double[::1] value, double[::1] diagonal,
    double relaxation, double[::1] scale,
) noexcept nogil:
    """Find D and scale the matrix by it on both sides; return 0, or 1 if D would not be positive.

        d[i] = a[i, i] - sum over j < i of a[j, i] / d[j] * (a[j, i] + relaxation * sum over k > j, k != i of a[j, k])

    Parameters
    ----------
    start : shape (row + 1,), first entry of each row of U.
    column, value : shape (entry,), column and value of each entry of U; values are scaled unless 1 is returned.
    diagonal : shape (row,), D0 > 0; written: D0 / D.
    relaxation : part of what is dropped that goes to the diagonal, 0 to 1.
    scale : shape (row,), written: D^-1/2.
    """
    cdef Py_ssize_t i, e, n = diagonal.shape[0]
    cdef double rest, over
    for i in range(n):
        scale[i] = diagonal[i]
    for i in range(n):
        if not scale[i] > 1e-6 * diagonal[i]:
            return 1
        over = 1.0 / scale[i]
        rest = 0.0
        for e in range(start[i], start[i + 1]):
            rest += value[e]
        for e in range(start[i], start[i + 1]):
            scale[column[e]] -= value[e] * over * (value[e] + relaxation * (rest - value[e]))
    for i in range(n):
        diagonal[i] /= scale[i]
        scale[i] = 1.0 / sqrt(scale[i])
    for i in range(n):
        for e in range(start[i], start[i + 1]):
            value[e] *= scale[i] * scale[column[e]]
    return 0


cdef void _forward(Py_ssize_t n, Ints start, Ints column, Reals value, double* x) noexcept nogil:
    """x = (I + L)^-1 x, in place."""
    cdef Py_ssize_t i, e
    for i in range(n):
        for e in range(start[i], start[i + 1]):
            x[column[e]] -= value[e] * x[i]


cdef void _backward(Py_ssize_t n, Ints start, Ints column, Reals value, double* x) noexcept nogil:
    """x = (I + U)^-1 x, in place."""
    cdef Py_ssize_t i, e
    for i in range(n - 1, -1, -1):
        for e in range(start[i], start[i + 1]):
            x[i] -= value[e] * x[column[e]]


cdef double _residual(
    Py_ssize_t n, Ints start, Ints column, Reals value, Reals scale, Reals rest, double* work
) noexcept nogil:
    """Norm of (I + L) rest, scaled back: the residual of A itself."""
    cdef Py_ssize_t i, e
    cdef double total = 0.0, s
    for i in range(n):
        work[i] = rest[i]
    for i in range(n):
        s = work[i] / scale[i]
        total += s * s
        for e in range(start[i], start[i + 1]):
            work[column[e]] += value[e] * rest[i]
    return sqrt(total)


cdef void _search_and_back(
    Py_ssize_t n, Ints start, Ints column, Reals value, Reals diagonal, Reals rest, double beta,
    double* p, double* t, double* q,
) noexcept nogil:
    """p = rest + beta p, t = (I + U)^-1 p, q = p + (D0 / D - 2) t, in one pass from the end."""
    cdef Py_ssize_t i, e
    cdef double s, latest = 0.0
    cdef int first
    for i in range(n - 1, -1, -1):
        p[i] = rest[i] + beta * p[i]
        s = p[i]
        first = start[i]
        # The next cell of a row is nearly always the first neighbour: its value is still at hand.
        if first < start[i + 1] and column[first] == i + 1:
            s -= value[first] * latest
            first += 1
        for e in range(first, start[i + 1]):
            s -= value[e] * t[column[e]]
        t[i] = latest = s
        q[i] = p[i] + (diagonal[i] - 2.0) * s


cdef double _on_and_curvature(
    Py_ssize_t n, Ints start, Ints column, Reals value, Reals p, Reals t, double* q
) noexcept nogil:
    """q = t + (I + L)^-1 q; return p . q."""
    cdef Py_ssize_t i, e
    cdef double s, carried = 0.0, total = 0.0
    cdef int first
    for i in range(n):
        s = q[i] + carried
        carried = 0.0
        first = start[i]
        if first < start[i + 1] and column[first] == i + 1:
            carried = -value[first] * s
            first += 1
        for e in range(first, start[i + 1]):
            q[column[e]] -= value[e] * s
        q[i] = s + t[i]
        total += p[i] * q[i]
    return total


cpdef int solve(
    const int[::1] start, const int[::1] column, const double[::1] value, const double[::1] diagonal,
    const double[::1] scale, const double[::1] right, double limit, int most,
    double[::1] x, double[:, ::1] work,
) noexcept nogil:
    """Solve A x = right; return the number of iterations, or -1 if they broke down.

    Works on (I + L)^-1 A (I + U)^-1, whose product with a vector costs two triangular solves and no
    product with A: Eisenstat (1981), SIAM Journal on Scientific and Statistical Computing 2(1), 1-4.

    Parameters
    ----------
    start, column, value, diagonal, scale : as `factorise` leaves them.
    right : shape (row,).
    limit : norm of the residual to reach; looked at every eighth iteration.
    most : largest number of iterations.
    x : shape (row,), written.
    work : shape (4, row), scratch.
    """
    cdef Py_ssize_t i, n = right.shape[0]
    cdef int count = 0
    cdef double rho = 0.0, before = 1.0, alpha, curvature
    cdef Ints s = &start[0]
    cdef Ints c = &column[0] if column.shape[0] else &start[0]
    cdef Reals v = &value[0] if value.shape[0] else &right[0]
    cdef double* y = &x[0]
    cdef double* r = &work[0, 0]
    cdef double* p = &work[1, 0]
    cdef double* t = &work[2, 0]
    cdef double* q = &work[3, 0]
    for i in range(n):
        r[i] = right[i] * scale[i]
        y[i] = 0.0
        p[i] = 0.0
    _forward(n, s, c, v, r)
    for i in range(n):
        rho += r[i] * r[i]
    while count < most:
        if count % 8 == 0 and _residual(n, s, c, v, &scale[0], r, q) <= limit:
            break
        _search_and_back(n, s, c, v, &diagonal[0], r, rho / before if count else 0.0, p, t, q)
        curvature = _on_and_curvature(n, s, c, v, p, t, q)
        if not curvature > 0.0:
            count = -1
            break
        alpha = rho / curvature
        before = rho
        rho = 0.0
        for i in range(n):
            y[i] += alpha * p[i]
            r[i] -= alpha * q[i]
            rho += r[i] * r[i]
        count += 1
    _backward(n, s, c, v, y)
    for i in range(n):
        y[i] *= scale[i]
    return count
