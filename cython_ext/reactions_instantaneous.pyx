# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Reactions faster than everything else: donors meet acceptors one after the other until one of them is gone."""

from cython.parallel cimport prange

from reactions_cell cimport Accounts, settle
from transport_simd cimport gw_max, gw_min

cdef enum:
    N_DONORS = 64
    N_STEPS = 512

MOST_DONORS, MOST_STEPS = N_DONORS, N_STEPS

cdef double NOTHING = 1e-14  # of what was: round-off of a donor or an acceptor that is used up


cdef struct Network:
    Py_ssize_t n_donors, n_acceptors, n_steps, n_cells
    const int* donor  # row of mass
    const int* taken  # row of mass, -1 where nothing that moves is taken
    const int* made  # row of mass whose capacity limits, -1 where none
    const double* capacity
    const int* solid  # row of what is held, -1 where none
    const double* need  # (acceptor, donor), acceptor per donor
    const int* step  # (acceptor, donor), -1 where they do not react


cdef inline double on_hand(
    Network* n, Accounts* a, const double* content, Py_ssize_t e, Py_ssize_t i
) noexcept nogil:
    """Acceptor that cell i has: the least of what is dissolved, on solids, and missing from the product's capacity."""
    cdef double found = 1e300
    if n.taken[e] >= 0:
        found = gw_max(a.mass[n.taken[e] * n.n_cells + i], 0.0)
    if n.solid[e] >= 0:
        found = gw_min(found, a.held[n.solid[e] * n.n_cells + i])
    if n.made[e] >= 0:
        found = gw_min(found, gw_max(
            content[n.made[e] * n.n_cells + i] * n.capacity[e] - a.mass[n.made[e] * n.n_cells + i], 0.0
        ))
    return found


cdef inline double react(
    Network* n, Accounts* a, const double* content, double water, Py_ssize_t i, bint dissolved, bint ranked, double* xi
) noexcept nogil:
    """Extents of one cell [M]; returns their sum."""
    cdef double[N_DONORS] left
    cdef double acceptor, needed, part, x, moved = 0.0, any_left = 0.0
    cdef Py_ssize_t j, e, k
    for k in range(n.n_steps):
        xi[k] = 0.0
    for j in range(n.n_donors):
        k = n.donor[j] * n.n_cells + i
        left[j] = gw_max(a.mass[k], 0.0)
        if dissolved and content[k] > 0.0:
            left[j] = left[j] * gw_min(water / content[k], 1.0)
        any_left += left[j]
    if any_left <= 0.0:
        return 0.0
    for e in range(n.n_acceptors):
        acceptor = on_hand(n, a, content, e, i)
        if acceptor <= 0.0:
            continue
        needed = 0.0
        for j in range(n.n_donors):
            needed += n.need[e * n.n_donors + j] * left[j]
        if needed <= 0.0:
            continue
        part = acceptor / needed
        for j in range(n.n_donors):
            k = n.step[e * n.n_donors + j]
            if k < 0 or left[j] <= 0.0:
                continue
            x = left[j]
            if part < 1.0:
                x = gw_min(x, acceptor / n.need[e * n.n_donors + j]) if ranked else x * part
            if ranked:
                acceptor -= n.need[e * n.n_donors + j] * x
                if acceptor <= 0.0:
                    acceptor = 0.0
            left[j] -= x
            xi[k] = x
            moved += x
    return moved


cdef void cell(
    Network* n, Accounts* a, const double* content, double water, Py_ssize_t i, bint dissolved, bint ranked,
    double* extents,
) noexcept nogil:
    """React and settle cell i."""
    cdef double[N_STEPS] xi
    cdef Py_ssize_t k
    cdef double moved = 0.0
    if water > 0.0:
        moved = react(n, a, content, water, i, dissolved, ranked, xi)
    if moved <= 0.0:
        for k in range(n.n_steps):
            extents[k * n.n_cells + i] = 0.0
        return
    for k in range(n.n_steps):
        extents[k * n.n_cells + i] = xi[k]
    settle(a, i, xi, NOTHING)


cpdef void instantaneous(
    double[:, ::1] mass,
    const double[:, ::1] content,
    const double[::1] water,
    const unsigned char[:, ::1] free,
    double[:, ::1] held,
    const int[::1] donor,
    const int[::1] taken,
    const int[::1] made,
    const double[::1] capacity,
    const int[::1] solid,
    const double[:, ::1] need,
    const int[:, ::1] step,
    bint dissolved,
    bint ranked,
    const int[::1] row,
    const int[::1] first,
    const int[::1] step_of,
    const double[::1] factor,
    const double[:, ::1] weight,
    double[:, ::1] extents,
    double[:, ::1] gap,
    int threads,
) noexcept nogil:
    """React donors with acceptors in their order until donors or acceptor are gone.

        xi[j] = H[j] min(1, A / sum_j F[j] H[j])   for each acceptor in turn,
        A = least of: mass taken, mass on solids, content * capacity - mass made

    Ranked, donors take one after the other: xi[j] = min(H[j], A / F[j]). Borden and Bedient (1986), Water Resources
    Research 22(13), 1973-1982; several acceptors as in Rifai et al. (1998), BIOPLUME III, EPA/600/R-98/010.

    Parameters
    ----------
    mass : shape (species, cell), updated [M].
    content : shape (species, cell), mass per concentration [L**3].
    water : shape (cell,) [L**3]; nothing reacts where it is zero.
    free : shape (species, cell), 0 where the mass is given and stays.
    held : shape (held, cell), updated [M].
    donor : shape (donor,), rows of mass.
    taken, made, capacity, solid : shape (acceptor,), rows of mass or held that limit, -1 where none; capacity [M/L**3].
    need, step : shape (acceptor, donor), F, mass of acceptor per mass of donor, and the extent's row, -1 where none.
    dissolved : 1 to react the dissolved part of donors only.
    ranked : 1 for donors in their order.
    row, first, step_of, factor, weight : `reactions_cell.Accounts`.
    extents : shape (step, cell), written: mass of donor gone [M].
    gap : shape (balance, cell), updated.
    threads : number of threads.
    """
    cdef Py_ssize_t i
    cdef Network n
    cdef Accounts a
    n.n_donors, n.n_acceptors, n.n_steps, n.n_cells = donor.shape[0], taken.shape[0], extents.shape[0], mass.shape[1]
    n.donor, n.taken, n.made, n.solid = &donor[0], &taken[0], &made[0], &solid[0]
    n.capacity, n.need, n.step = &capacity[0], &need[0, 0], &step[0, 0]
    a.n_entries, a.n_balances, a.n_cells = row.shape[0], weight.shape[0], mass.shape[1]
    a.row, a.first, a.step, a.factor, a.weight = &row[0], &first[0], &step_of[0], &factor[0], &weight[0, 0]
    a.mass, a.held, a.free, a.gap = &mass[0, 0], &held[0, 0], &free[0, 0], &gap[0, 0]
    for i in prange(n.n_cells, num_threads=threads, schedule="static"):
        cell(&n, &a, &content[0, 0], water[i], i, dissolved, ranked, &extents[0, 0])
