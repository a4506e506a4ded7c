"""What every kernel of reactions does with the extents of one cell."""

cdef enum:
    BOOKED = -1000000  # row of an entry that nothing holds


cdef struct Accounts:
    # S by entry, compressed: entry e gains factor[k] * xi[step[k]], first[e] <= k < first[e + 1].
    Py_ssize_t n_entries, n_balances, n_cells
    const int* row  # of mass; -1 - h: of what is held; BOOKED
    const int* first
    const int* step
    const double* factor
    const double* weight  # (balance, entry)
    double* mass
    double* held
    const unsigned char* free
    double* gap  # (balance, cell)


cdef inline void settle(Accounts* a, Py_ssize_t i, const double* xi, double least) noexcept nogil:
    """Move what the extents [M] of cell i move, and add to `gap` by how much balances then fail to close.

    Extents take no more than there is; what remains of an entry that lost mass is zero if it is less than `least` of
    what was. Entries that are not free stay; they give and take all the same.
    """
    cdef Py_ssize_t e, k, b
    cdef double change, before, after
    cdef double* place
    for e in range(a.n_entries):
        change = 0.0
        for k in range(a.first[e], a.first[e + 1]):
            change += a.factor[k] * xi[a.step[k]]
        if change == 0.0:
            continue
        if a.row[e] != BOOKED and (a.row[e] < 0 or a.free[a.row[e] * a.n_cells + i]):
            place = (a.mass + a.row[e] * a.n_cells if a.row[e] >= 0 else a.held + (-1 - a.row[e]) * a.n_cells) + i
            before = place[0]
            after = before + change
            if after <= least * before:
                after = 0.0
            place[0] = after
            change = after - before
        for b in range(a.n_balances):
            a.gap[b * a.n_cells + i] += a.weight[b * a.n_entries + e] * change
