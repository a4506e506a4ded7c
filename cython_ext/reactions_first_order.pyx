# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""First-order decay and chains: exact over any time, by sums and products of what is never negative."""

from cython.parallel cimport prange
from libc.math cimport exp, expm1
from libc.stdint cimport uint64_t
from libc.string cimport memcpy

from reactions_cell cimport Accounts, settle
from transport_simd cimport gw_max

cdef enum:
    N_SPECIES = 32
    CHUNK = 512
    TERMS = 20  # of the exponential series at 1: the rest is 4e-20

MOST_SPECIES = N_SPECIES


cdef struct Chains:
    # Families of species that decay into each other; members are numbered through.
    Py_ssize_t n_families, n_members
    const int* first  # of each family's members
    const int* entry  # member's entry
    const int* step  # of its decay, -1: it is stable
    const double* rate
    const double* yields  # (member, member) mass of the first per mass of the second


cdef struct Cache:
    # What the latest cell had, and the extents of its families per mass.
    double[N_SPECIES] part, alive
    double activity
    double[N_SPECIES * N_SPECIES] extent


cdef inline double rounded(double x) noexcept nogil:
    """x to 44 of its 53 bits: cells of one retardation agree then, whatever their volumes' round-off."""
    cdef uint64_t bits
    memcpy(&bits, &x, sizeof(double))
    bits = (bits + 256) & ~<uint64_t>511
    memcpy(&x, &bits, sizeof(double))
    return x


cdef void family(Chains* c, Py_ssize_t f, Cache* cache, double length) noexcept nogil:
    """Extents per mass of each member, X = integral of K exp(M s) ds, into the cache.

    With q not below any rate, M + q I >= 0, and exp and X over t / 2**k are series of what is not negative; then
    X(2 t) = X + X E and E(2 t) = E E.
    """
    cdef Py_ssize_t a = c.first[f], n = c.first[f + 1] - c.first[f], i, j, k, m, squares = 0
    cdef double[N_SPECIES * N_SPECIES] e, x, te, tx, again
    cdef double[N_SPECIES] rate
    cdef double q = 0.0, t = length, w
    for i in range(n):
        rate[i] = cache.activity * c.rate[a + i] * cache.part[a + i]
        q = gw_max(q, rate[i])
    if n == 1:
        cache.extent[a * N_SPECIES + a] = -expm1(-rate[0] * t) if cache.alive[a] != 0.0 else rate[0] * t
        return
    while q * t > 1.0:
        t *= 0.5
        squares += 1
    for k in range(n * n):
        te[k] = 0.0
        tx[k] = 0.0
        x[k] = 0.0
    for i in range(n):
        te[i * n + i] = 1.0
    for k in range(n * n):
        e[k] = te[k]
    for m in range(1, TERMS):
        # (M + q I) t / m times the term before; M[i, j] = yields[i, j] rate[j], less rate[i] on the diagonal.
        for i in range(n):
            for j in range(n):
                w = 0.0
                if cache.alive[a + i] != 0.0:
                    w = (q - rate[i]) * te[i * n + j]
                    for k in range(n):
                        w += c.yields[(a + i) * c.n_members + a + k] * rate[k] * te[k * n + j]
                else:
                    w = q * te[i * n + j]
                again[i * n + j] = w * t / m
                tx[i * n + j] = (rate[i] * te[i * n + j] + q * tx[i * n + j]) * t / m
        for k in range(n * n):
            te[k] = again[k]
            e[k] += te[k]
            x[k] += tx[k]
    w = exp(-q * t)
    for k in range(n * n):
        e[k] *= w
        x[k] *= w
    for m in range(squares):
        for i in range(n):
            for j in range(n):
                w = x[i * n + j]
                for k in range(n):
                    w += x[i * n + k] * e[k * n + j]
                again[i * n + j] = w
        for k in range(n * n):
            x[k] = again[k]
        for i in range(n):
            for j in range(n):
                w = 0.0
                for k in range(n):
                    w += e[i * n + k] * e[k * n + j]
                again[i * n + j] = w
        for k in range(n * n):
            e[k] = again[k]
    for i in range(n):
        for j in range(n):
            cache.extent[(a + i) * N_SPECIES + a + j] = x[i * n + j]


cdef void one_cell(
    Chains* c, Accounts* a, Cache* cache, const double* content, double water, double activity, Py_ssize_t i,
    double length, bint whole, double* extents,
) noexcept nogil:
    """Decay and settle cell i."""
    cdef double[N_SPECIES] mass, xi
    cdef double part, alive, moved = 0.0
    cdef Py_ssize_t f, k, j, row
    cdef bint known
    for f in range(c.n_families):
        known = cache.activity == activity
        part = 0.0
        for k in range(c.first[f], c.first[f + 1]):
            row = a.row[c.entry[k]] * a.n_cells + i
            mass[k] = gw_max(a.mass[row], 0.0) if water > 0.0 else 0.0
            part += mass[k]
        if part <= 0.0:
            for k in range(c.first[f], c.first[f + 1]):
                if c.step[k] >= 0:
                    xi[c.step[k]] = 0.0
            continue
        for k in range(c.first[f], c.first[f + 1]):
            row = a.row[c.entry[k]] * a.n_cells + i
            part = 1.0
            if not whole and content[row] > water:
                part = rounded(water / content[row])
            alive = 1.0 if a.free[row] else 0.0
            known = known and cache.part[k] == part and cache.alive[k] == alive
            cache.part[k] = part
            cache.alive[k] = alive
        if not known:
            if cache.activity != activity:
                for k in range(c.n_members):
                    if k < c.first[f] or k >= c.first[f + 1]:
                        cache.part[k] = -1.0
                cache.activity = activity
            family(c, f, cache, length)
        for k in range(c.first[f], c.first[f + 1]):
            if c.step[k] >= 0:
                part = 0.0
                for j in range(c.first[f], c.first[f + 1]):
                    part += cache.extent[k * N_SPECIES + j] * mass[j]
                xi[c.step[k]] = part
                moved += part
    for k in range(c.n_members):
        if c.step[k] >= 0:
            extents[c.step[k] * a.n_cells + i] = xi[c.step[k]]
    if moved > 0.0:
        settle(a, i, xi, 0.0)


cdef void chunk(
    Chains* c, Accounts* a, const double* content, const double* water, const double* activity, Py_ssize_t start,
    double length, bint whole, double* extents,
) noexcept nogil:
    """Decay in a row of cells; those alike use the same extents per mass."""
    cdef Cache cache
    cdef Py_ssize_t i, k
    cache.activity = -1.0
    for k in range(c.n_members):
        cache.part[k] = -1.0
    for i in range(start, min(start + CHUNK, a.n_cells)):
        one_cell(c, a, &cache, content, water[i], activity[i], i, length, whole, extents)


cpdef void first_order(
    double[:, ::1] mass,
    const double[:, ::1] content,
    const double[::1] water,
    const unsigned char[:, ::1] free,
    double[:, ::1] held,
    double length,
    const double[::1] activity,
    bint whole,
    const int[::1] family_first,
    const int[::1] entry,
    const int[::1] step,
    const double[::1] rate,
    const double[:, ::1] yields,
    const int[::1] row,
    const int[::1] first,
    const int[::1] step_of,
    const double[::1] factor,
    const double[:, ::1] weight,
    double[:, ::1] extents,
    double[:, ::1] gap,
    int threads,
) noexcept nogil:
    """First-order decay, parents into daughters, exact over the time given.

        du/dt = M u,   M = (Y - I) K,   K = activity * rate * part,   xi = integral of K u

    Scaling and squaring of the exponential and its integral with nothing but sums and products of nonnegative numbers:
    Xue and Ye (2013), Mathematics of Computation 82, 1577-1596. A species alone decays by exp(-K t).

    Parameters
    ----------
    mass : shape (species, cell), updated [M].
    content : shape (species, cell), mass per concentration [L**3]; part = water / content, 1 if `whole`.
    water : shape (cell,) [L**3]; nothing reacts where it is zero.
    free : shape (species, cell), 0 where the mass is given and stays; what it makes of others it makes.
    held : shape (0, cell).
    length : t [T].
    activity : shape (cell,), factor of all rates [-].
    whole : 1 if all of a species decays, 0 if what is dissolved.
    family_first : shape (family + 1,), members of each family.
    entry, step, rate : shape (member,), entry, its decay's row of extents (-1: stable), and rate [1/T].
    yields : shape (member, member), Y, mass of the first per mass of the second [-].
    row, first, step_of, factor, weight : `reactions_cell.Accounts`.
    extents : shape (step, cell), written: mass decayed [M].
    gap : shape (balance, cell), updated.
    threads : number of threads.
    """
    cdef Py_ssize_t i
    cdef Chains c
    cdef Accounts a
    c.n_families, c.n_members = family_first.shape[0] - 1, entry.shape[0]
    c.first, c.entry, c.step, c.rate, c.yields = &family_first[0], &entry[0], &step[0], &rate[0], &yields[0, 0]
    a.n_entries, a.n_balances, a.n_cells = row.shape[0], weight.shape[0], mass.shape[1]
    a.row, a.first, a.step, a.factor, a.weight = &row[0], &first[0], &step_of[0], &factor[0], &weight[0, 0]
    a.mass, a.held, a.free, a.gap = &mass[0, 0], &held[0, 0], &free[0, 0], &gap[0, 0]
    for i in prange((a.n_cells + CHUNK - 1) // CHUNK, num_threads=threads, schedule="static"):
        chunk(&c, &a, &content[0, 0], &water[0], &activity[0], i * CHUNK, length, whole, &extents[0, 0])
