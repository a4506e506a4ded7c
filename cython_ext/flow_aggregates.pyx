# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Coarser systems for multigrid: cells that are strongly joined share one unknown.

A symmetric matrix is kept as its diagonal and the strict upper triangle by rows, columns growing. Groups grow
by pairing: in pairs, pairs of pairs, and so on, each time on the matrix summed over the groups so far.

A pair (I, J) is judged by the part of an error, different in I and J, that a sweep of Gauss-Seidel leaves and the
common unknown cannot take out. With B the sum of the diagonals of the *fine* matrix over a group, w what joins
the two and c what holds each (the row sum of the summed matrix),

    mu = B_I B_J / (B_I + B_J) / (w + c_I c_J / (c_I + c_J)).

That is the quality of Napov and Notay (2012), SIAM Journal on Scientific Computing 34(2), A1079-A1109, eq. 4.1
ff., for vectors constant in I and in J. B keeps groups apart whose insides are bound so much tighter than they are
to each other (thin layers) that point-wise sweeps cannot move them as a whole.
"""

from libc.math cimport fabs, sqrt


cpdef void off_diagonal(
    const int[::1] start, const int[::1] column, const double[::1] value, double[::1] total
) noexcept nogil:
    """Sum the sizes of the entries beside the diagonal, row by row.

    Parameters
    ----------
    start : shape (row + 1,), first entry of each row of the strict upper triangle.
    column, value : its entries.
    total : shape (row,), written.
    """
    cdef Py_ssize_t i, e
    cdef double size
    for i in range(total.shape[0]):
        total[i] = 0.0
    for i in range(total.shape[0]):
        for e in range(start[i], start[i + 1]):
            size = fabs(value[e])
            total[i] += size
            total[column[e]] += size


cpdef int pair(
    const int[::1] start, const int[::1] column, const double[::1] value, const double[::1] diagonal,
    const double[::1] total, const double[::1] bulk, double most, double dominance, int[::1] group,
) noexcept nogil:
    """Join each row to the free later row of the least mu, if that is below `most`; return the number of groups.

    Groups are numbered by their first row, so that what is near stays near.

    Parameters
    ----------
    start, column, value, diagonal : the matrix.
    total : shape (row,), as `off_diagonal` leaves it.
    bulk : shape (row,), B: sum of the fine matrix's diagonal over each row's cells.
    most : largest mu.
    dominance : a diagonal of so many times `total` makes sweeps enough: the row is left out. 0: none is.
    group : shape (row,), written; -1 where a row is left out.
    """
    cdef Py_ssize_t i, e, n = diagonal.shape[0]
    cdef int count = 0, best, j
    cdef double joined, held, other, least, quality
    for i in range(n):
        group[i] = -1 if dominance > 0.0 and diagonal[i] >= dominance * total[i] else -2
    for i in range(n):
        if group[i] != -2:
            continue
        best, least = -1, most
        held = max(diagonal[i] - total[i], 0.0)
        for e in range(start[i], start[i + 1]):
            j = column[e]
            if group[j] != -2 or value[e] >= 0.0:
                continue
            joined, other = -value[e], max(diagonal[j] - total[j], 0.0)
            if held + other > 0.0:
                joined += held * other / (held + other)
            quality = bulk[i] * bulk[j] / ((bulk[i] + bulk[j]) * joined)
            if quality < least:
                best, least = j, quality
        group[i] = count
        if best >= 0:
            group[best] = count
        count += 1
    return count


cpdef void follow(int[::1] group, const int[::1] further) noexcept nogil:
    """Replace each row's group by the group which that was put into; -1 stays.

    Parameters
    ----------
    group : shape (row,), changed.
    further : shape (group,).
    """
    cdef Py_ssize_t i
    for i in range(group.shape[0]):
        if group[i] >= 0:
            group[i] = further[group[i]]


cpdef int gather(
    const int[::1] start, const int[::1] column, const double[::1] value, const double[::1] diagonal,
    const double[::1] bulk, const int[::1] group,
    int[::1] group_start, int[::1] group_column, double[::1] group_value, double[::1] group_diagonal,
    double[::1] group_bulk,
) noexcept nogil:
    """Sum a matrix over groups; return the entries of the result's upper triangle.

    A group that nothing holds has a diagonal of round-off: it gets its bulk instead, and is left to sweeps.

    Parameters
    ----------
    start, column, value, diagonal, bulk : the matrix, as for `pair`.
    group : shape (row,), -1 where left out.
    group_start : shape (group + 1,), written.
    group_column, group_value : room for as many entries as the matrix has; written.
    group_diagonal, group_bulk : shape (group,), written.
    """
    cdef Py_ssize_t i, e, at, k, last, first = 0, out = 0, n_groups = group_diagonal.shape[0]
    cdef int here, there
    cdef double v
    for i in range(n_groups):
        group_diagonal[i] = group_bulk[i] = 0.0
        group_start[i] = 0
    for i in range(diagonal.shape[0]):
        here = group[i]
        if here < 0:
            continue
        group_diagonal[here] += diagonal[i]
        group_bulk[here] += bulk[i]
        for e in range(start[i], start[i + 1]):
            there = group[column[e]]
            if there == here:
                group_diagonal[here] += 2.0 * value[e]
            elif there >= 0:
                group_start[min(here, there)] += 1
    at = 0
    for i in range(n_groups):
        at += group_start[i]
        group_start[i] = <int> at - group_start[i]
    for i in range(diagonal.shape[0]):
        here = group[i]
        if here < 0:
            continue
        for e in range(start[i], start[i + 1]):
            there = group[column[e]]
            if there >= 0 and there != here:
                at = group_start[min(here, there)]
                group_start[min(here, there)] += 1
                group_column[at], group_value[at] = max(here, there), value[e]
    # group_start[i] is now where row i ends: rows are sorted, equal columns put together, and moved up.
    for i in range(n_groups):
        last = group_start[i]
        group_start[i] = <int> out
        k = out
        for e in range(first, last):
            there, v = group_column[e], group_value[e]
            at = k
            while at > group_start[i] and group_column[at - 1] > there:
                at -= 1
            if at > group_start[i] and group_column[at - 1] == there:
                group_value[at - 1] += v
                continue
            _shift(group_column, group_value, at, k)
            group_column[at], group_value[at] = there, v
            k += 1
        first, out = last, k
        if not group_diagonal[i] > 1e-13 * group_bulk[i]:
            group_diagonal[i] = group_bulk[i]
    group_start[n_groups] = <int> out
    return <int> out


cdef inline void _shift(int[::1] column, double[::1] value, Py_ssize_t first, Py_ssize_t last) noexcept nogil:
    """Move the entries from `first` up to before `last` one place on."""
    cdef Py_ssize_t at
    for at in range(last, first, -1):
        column[at], value[at] = column[at - 1], value[at - 1]


cpdef void scale(
    const int[::1] start, const int[::1] column, double[::1] value, const double[::1] diagonal, double[::1] root
) noexcept nogil:
    """Scale a matrix on both sides so that its diagonal becomes 1.

    Parameters
    ----------
    start, column, value : the upper triangle; values are changed.
    diagonal : shape (row,), > 0.
    root : shape (row,), written: its -1/2 power.
    """
    cdef Py_ssize_t i, e
    for i in range(diagonal.shape[0]):
        root[i] = 1.0 / sqrt(diagonal[i])
    for i in range(diagonal.shape[0]):
        for e in range(start[i], start[i + 1]):
            value[e] *= root[i] * root[column[e]]


cpdef void weigh(
    const int[::1] group, const double[::1] root, const double[::1] coarse_root, double[::1] weight
) noexcept nogil:
    """Find what a group's unknown adds to each row, both scaled: coarse_root / root; 0 where left out.

    Parameters
    ----------
    group, root, weight : shape (row,); weight is written.
    coarse_root : shape (group,).
    """
    cdef Py_ssize_t i
    for i in range(group.shape[0]):
        weight[i] = coarse_root[group[i]] / root[i] if group[i] >= 0 else 0.0
