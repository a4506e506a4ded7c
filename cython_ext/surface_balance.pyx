# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""What a lake gains and loses in a step at a level, and how far the terms of a node make up its change; by member."""

from libc.math cimport fabs

from surface_segments cimport area_at


cpdef void change(
    const double[::1] level,
    const double[::1] area,
    const double[::1] slope,
    const double[::1] at,
    const double[::1] factor,
    const double[::1] volume,
    const double[::1] gains,
    const double[::1] rain,
    const double[::1] evaporation,
    const double[::1] asked,
    const double[::1] seeps,
    double[::1] rained,
    double[::1] evaporates,
    double[::1] part,
    double[::1] found,
) noexcept nogil:
    """Volume of a basin after a step, with its area at a level.

        found = volume + gains + A rain - part (A evaporation + asked + seeps),   A = factor area(at)

    `part` is one, or what is there over what would go out.

    Parameters
    ----------
    level, area, slope : the stage table, shape (node,) and (node - 1,) [L, L**2, L].
    at : shape (member,), level [L].
    factor : shape (member,), of areas [-].
    volume, gains : shape (member,), what is there, and what comes whatever the level [L**3].
    rain, evaporation : shape (member,), depths [L].
    asked, seeps : shape (member,), withdrawals and what banks take [L**3].
    rained, evaporates, part, found : shape (member,), written; evaporates before it is cut [L**3, L**3, -, L**3].
    """
    cdef Py_ssize_t i
    cdef double a, there, out, left
    for i in range(at.shape[0]):
        a = factor[i] * area_at(level, area, slope, at[i])
        rained[i] = rain[i] * a
        evaporates[i] = evaporation[i] * a
        there = volume[i] + (gains[i] + rained[i])
        out = evaporates[i] + asked[i] + seeps[i]
        part[i] = there / out if out > there else 1.0
        left = there - (part[i] * evaporates[i] + part[i] * asked[i] + part[i] * seeps[i])
        found[i] = left if left > 0.0 else 0.0


cpdef void count(const double[::1] term, double sign, double[::1] net, double[::1] moved) noexcept nogil:
    """Add a term of a node to what its terms make up, and its size to what moved.

    Parameters
    ----------
    term : shape (member,), positive into the node times `sign`.
    sign : 1 or -1.
    net, moved : shape (member,), changed.
    """
    cdef Py_ssize_t i
    for i in range(term.shape[0]):
        net[i] += sign * term[i]
        moved[i] += fabs(term[i])


cpdef void judge(
    const double[::1] before, const double[::1] after, const double[::1] net, const double[::1] moved, double held,
    double[::1] worst,
) noexcept nogil:
    """Raise the largest imbalance to that of a node: |net - (after - before)| over 1 + moved + held before.

    Parameters
    ----------
    before, after : shape (member,), what the node held.
    net, moved : shape (member,), see `count`.
    held : how much what was held counts as moved.
    worst : shape (member,), changed.
    """
    cdef Py_ssize_t i
    cdef double found
    for i in range(net.shape[0]):
        found = fabs(net[i] - (after[i] - before[i])) / (1.0 + moved[i] + held * before[i])
        if found > worst[i]:
            worst[i] = found
