# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Water through a network of reaches, from the headwaters down."""

from surface_reach cimport (
    crossed, gw_answer, gw_reach, solve_held, solve_steady, solve_wave,
)
from surface_section cimport high_of, low_of

cdef int INACTIVE = 0, SIMPLE = 2
cdef int UPTO = 0, THRESHOLD = 1, FRACTION = 2


cdef double _diverted(int priority, double amount, double there, double* slope) noexcept nogil:
    """What a diversion takes of the water that is there; `slope` becomes its derivative."""
    slope[0] = 0.0
    if priority == FRACTION:
        slope[0] = amount
        return amount * there
    if priority == UPTO:
        if there < amount:
            slope[0] = 1.0
        return low_of(amount, there)
    if priority == THRESHOLD:
        return amount if there >= amount else 0.0
    if there >= amount:
        slope[0] = 1.0
    return high_of(there - amount, 0.0)


cpdef void route(
    const long long[::1] order,
    const double[::1] station,
    const double[::1] height,
    const double[::1] roughness,
    const long long[::1] first,
    const double[:, ::1] given,
    const signed char[::1] status,
    const double[::1] head,
    const long long[::1] link_first,
    const long long[::1] link_to,
    const long long[::1] link_diversion,
    const double[::1] link_part,
    const signed char[::1] priority,
    const double[::1] amount,
    const double[:, ::1] before,
    double step,
    double weight,
    bint choose,
    signed char[::1] fast,
    double[:, ::1] found,
    double[:, ::1] link_found,
) noexcept nogil:
    """Close the balance of every reach at given heads, in one pass.

    Parameters
    ----------
    order : shape (reach,), every reach after those upstream of it.
    station, height, roughness, first : the channels' points, as in `surface_channel`.
    given : shape (reach, 13): factor of Manning's formula, length, top, bottom of the bed, leakance K L / b per
        perimeter, inflow, rain, runoff [L**3/T], evaporation per width [L**2/T], stage (of SIMPLE reaches), water
        from the mover, 1 where a cell takes part, water that the mover takes.
    status : shape (reach,): 1 active, 0 inactive, 2 simple.
    head : shape (reach,), in the cell [L].
    link_first : shape (reach + 1,), where the links of each reach begin.
    link_to, link_diversion, link_part : shape (link,): where to, number of the diversion or -1, part of what
        diversions leave.
    priority, amount : shape (diversion,).
    before : shape (reach, 2), flow at the upstream and the downstream end before the step [L**3/T].
    step : length of the step if reaches store [T], else 0.
    weight : of the end of the step.
    choose : whether to say anew which reaches a wave crosses within the step (`fast`).
    fast : shape (reach,), read, and written if `choose`.
    found : shape (reach, 12), written: depth, flow from upstream, leakage, outflow, evaporation, runoff, storage,
        the derivatives of leakage and outflow by flow from upstream and head, and what diversions leave of the outflow.
    link_found : shape (link, 2), written: rate, and its derivative by the reach's outflow.

    Notes
    -----
    The Courant number that says which of the two schemes of the kinematic wave holds depends on leakage: it is
    found with the first guess of the scheme of short steps, and then kept.
    """
    cdef Py_ssize_t j, n, k
    cdef double there, by_outflow, slope, rate
    cdef gw_reach r
    cdef gw_answer a
    for n in range(order.shape[0]):
        found[n, 1] = 0.0
    for j in range(order.shape[0]):
        n = order[j]
        a.depth = a.leakage = a.outflow = a.evaporation = a.runoff = a.storage = 0.0
        a.leakage_by_comes = a.leakage_by_head = a.outflow_by_comes = a.outflow_by_head = 0.0
        if status[n] != INACTIVE:
            r.channel.station, r.channel.height = &station[first[n]], &height[first[n]]
            r.channel.roughness, r.channel.n = &roughness[first[n]], <int>(first[n + 1] - first[n])
            r.channel.factor, r.length, r.top = given[n, 0], given[n, 1], given[n, 2]
            r.leakance = given[n, 4] * given[n, 11]
            r.head, r.follows = high_of(head[n], given[n, 3]), 1.0 if head[n] > given[n, 3] else 0.0
            r.comes = found[n, 1] + given[n, 5] + given[n, 10]
            r.rain, r.runoff, r.evaporation = given[n, 6], given[n, 7], given[n, 8]
            if status[n] == SIMPLE:
                solve_held(&r, given[n, 9], &a)
            elif step > 0.0:
                r.entered, r.left, r.weight, r.step = before[n, 0], before[n, 1], weight, step
                if choose:
                    r.fast = 0.0
                    solve_wave(&r, &a)
                    fast[n] = crossed(&r, r.comes + r.rain + a.runoff - a.evaporation - a.leakage, fast[n])
                r.fast = fast[n]
                if r.fast > 0.5 or not choose:
                    solve_wave(&r, &a)
            else:
                solve_steady(&r, &a)
        found[n, 0], found[n, 2], found[n, 3] = a.depth, a.leakage, a.outflow
        found[n, 4], found[n, 5], found[n, 6] = a.evaporation, a.runoff, a.storage
        found[n, 7], found[n, 8] = a.leakage_by_comes, a.leakage_by_head
        found[n, 9], found[n, 10] = a.outflow_by_comes, a.outflow_by_head
        there, by_outflow = a.outflow, 1.0
        for k in range(link_first[n], link_first[n + 1]):
            if link_diversion[k] >= 0:
                rate = _diverted(priority[link_diversion[k]], amount[link_diversion[k]], there, &slope)
                slope *= by_outflow
                there -= rate
                by_outflow -= slope
                link_found[k, 0], link_found[k, 1] = rate, slope
                found[link_to[k], 1] += rate
        found[n, 11] = there
        there -= low_of(given[n, 12], there)
        for k in range(link_first[n], link_first[n + 1]):
            if link_diversion[k] < 0:
                rate, slope = there * link_part[k], by_outflow * link_part[k]
                link_found[k, 0], link_found[k, 1] = rate, slope
                found[link_to[k], 1] += rate
