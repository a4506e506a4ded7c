# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""BiCGSTAB for transport matrices, which are not symmetric, behind an incomplete factorisation without fill.

A matrix A in compressed rows, columns growing, is divided row by row by its diagonal: D^-1 A. The factors L U have
its pattern (ILU(0)): Meijerink and van der Vorst (1977), Mathematics of Computation 31, 148-162; Saad (2003),
Iterative Methods for Sparse Linear Systems, section 10.3.2. MODFLOW 6's linear solver does the same.

Sums are taken in one order, whatever the number of threads.
"""

from libc.math cimport fabs

ctypedef const int* Ints
ctypedef const double* Reals


cpdef int factorise(
    const int[::1] start, const int[::1] column, const int[::1] place, const double[::1] value,
    const double[::1] scale, double[::1] factors, int[::1] where,
) noexcept nogil:
    """Find L (its diagonal is 1, not kept) and U (the inverse of its diagonal is kept); return the rows mended.

    Rows whose pivot all but vanishes take 1 instead: the factors only precondition.

    Parameters
    ----------
    start, column, value : the matrix in compressed rows, columns growing.
    place : shape (row,), where the diagonal stands.
    scale : shape (row,), what each row is multiplied by.
    factors : shape (entry,), written.
    where : shape (row,), scratch: -1 everywhere, and so again at the end.
    """
    cdef Py_ssize_t i, e, f, k
    cdef int at, mended = 0
    cdef double part
    for i in range(place.shape[0]):
        for e in range(start[i], start[i + 1]):
            where[column[e]] = <int> e
            factors[e] = value[e] * scale[i]
        for e in range(start[i], place[i]):
            k = column[e]
            factors[e] *= factors[place[k]]
            part = factors[e]
            if part != 0.0:
                for f in range(place[k] + 1, start[k + 1]):
                    at = where[column[f]]
                    if at >= 0:
                        factors[at] -= part * factors[f]
        for e in range(start[i], start[i + 1]):
            where[column[e]] = -1
        if fabs(factors[place[i]]) < 1e-6:
            factors[place[i]] = 1.0
            mended += 1
        factors[place[i]] = 1.0 / factors[place[i]]
    return mended


cdef void _precondition(
    Py_ssize_t n, Ints start, Ints column, Ints place, Reals factors, Reals right, double* x
) noexcept nogil:
    """x = (L U)^-1 right."""
    cdef Py_ssize_t i, e
    cdef double s
    for i in range(n):
        s = right[i]
        for e in range(start[i], place[i]):
            s -= factors[e] * x[column[e]]
        x[i] = s
    for i in range(n - 1, -1, -1):
        s = x[i]
        for e in range(place[i] + 1, start[i + 1]):
            s -= factors[e] * x[column[e]]
        x[i] = s * factors[place[i]]


cdef void _product(
    Py_ssize_t n, Ints start, Ints column, Reals value, Reals scale, Reals x, Reals other, double* image,
    double* sums
) noexcept nogil:
    """image = D^-1 A x; sums = (image . other, image . image)."""
    cdef Py_ssize_t i, e
    cdef double s, first = 0.0, second = 0.0
    for i in range(n):
        s = 0.0
        for e in range(start[i], start[i + 1]):
            s += value[e] * x[column[e]]
        s *= scale[i]
        image[i] = s
        first += s * other[i]
        second += s * s
    sums[0] = first
    sums[1] = second


cpdef int solve(
    const int[::1] start, const int[::1] column, const int[::1] place, const double[::1] value,
    const double[::1] scale, const double[::1] factors, const double[::1] right, double limit, int most,
    double[::1] x, double[:, ::1] work,
) noexcept nogil:
    """Solve D^-1 A x = right; return the number of iterations, -1 if they broke down or were not enough.

    Van der Vorst (1992), SIAM Journal on Scientific and Statistical Computing 13(2), 631-644, preconditioned
    from the right, so that the residual is that of the equations themselves.

    Parameters
    ----------
    start, column, place, value, scale : as for `factorise`; values may have changed a little since.
    factors : as `factorise` leaves them.
    right : shape (row,), scaled as the rows are.
    limit : largest |residual| of any row to reach.
    most : largest number of iterations.
    x : shape (row,), written.
    work : shape (6, row), scratch.
    """
    cdef Py_ssize_t i, n = right.shape[0]
    cdef int count
    cdef double rho = 0.0, before, alpha, omega, beta, largest = 0.0
    cdef double sums[2]
    cdef Ints s = &start[0]
    cdef Ints c = &column[0]
    cdef Ints d = &place[0]
    cdef Reals v = &value[0]
    cdef Reals h = &scale[0]
    cdef Reals f = &factors[0]
    cdef Reals b = &right[0]
    cdef double* y = &x[0]
    cdef double* r = &work[0, 0]
    cdef double* p = &work[1, 0]
    cdef double* q = &work[2, 0]
    cdef double* t = &work[3, 0]
    cdef double* ahead = &work[4, 0]
    cdef double* also = &work[5, 0]
    for i in range(n):
        r[i] = b[i]
        p[i] = b[i]
        y[i] = 0.0
        rho += b[i] * b[i]
        largest = max(largest, fabs(b[i]))
    for count in range(most):
        if largest <= limit:
            return count
        _precondition(n, s, c, d, f, p, ahead)
        _product(n, s, c, v, h, ahead, b, q, sums)
        if sums[0] == 0.0:
            return -1
        alpha = rho / sums[0]
        for i in range(n):
            r[i] -= alpha * q[i]
        _precondition(n, s, c, d, f, r, also)
        _product(n, s, c, v, h, also, r, t, sums)
        omega = sums[0] / sums[1] if sums[1] > 0.0 else 0.0
        before = rho
        rho = 0.0
        largest = 0.0
        for i in range(n):
            y[i] += alpha * ahead[i] + omega * also[i]
            r[i] -= omega * t[i]
            rho += r[i] * b[i]
            largest = max(largest, fabs(r[i]))
        if not largest < 1e300:
            return -1
        if largest > limit and (omega == 0.0 or rho == 0.0):
            return -1
        beta = rho / before * alpha / omega if omega != 0.0 else 0.0
        for i in range(n):
            p[i] = r[i] + beta * (p[i] - omega * q[i])
    return count + 1 if largest <= limit else -1
