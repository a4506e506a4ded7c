# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Level, area and volume of standing water for many members at once: area piecewise linear in level, volume its integral."""

from libc.math cimport sqrt

from surface_segments cimport area_at, segment


cpdef void levels(
    const double[::1] level,
    const double[::1] area,
    const double[::1] volume,
    const double[::1] slope,
    const double[::1] held,
    double[::1] found,
) noexcept nogil:
    """Level of each member from its volume, the exact inverse of `volumes`; not above the last node.

    Parameters
    ----------
    level, area, volume : shape (node,), the table [L, L**2, L**3].
    slope : shape (node - 1,), dA/dh of each segment [L], >= 0.
    held : shape (member,), volume [L**3], >= 0.
    found : shape (member,), written: level [L].

    Notes
    -----
    Within a segment D = V - V_k is A_k x + s x**2 / 2; the root is written so that nothing cancels,
    x = 2 D / (A_k + sqrt(A_k**2 + 2 s D)), and serves s = 0 too.
    """
    cdef Py_ssize_t i, k, last = volume.shape[0] - 1
    cdef double more, width
    for i in range(held.shape[0]):
        if held[i] >= volume[last]:
            found[i] = level[last]
            continue
        k = segment(volume, held[i])
        more = held[i] - volume[k]
        if more <= 0.0:
            found[i] = level[k]
            continue
        width = area[k] + sqrt(area[k] * area[k] + 2.0 * slope[k] * more)
        found[i] = level[k] + 2.0 * more / width


cpdef void areas(
    const double[::1] level,
    const double[::1] area,
    const double[::1] slope,
    const double[::1] at,
    double[::1] found,
) noexcept nogil:
    """Area of each member at its level; zero at the floor and below, no larger than that of the last node.

    Parameters
    ----------
    level, area, slope : as in `levels`.
    at : shape (member,), level [L].
    found : shape (member,), written: area [L**2].
    """
    cdef Py_ssize_t i
    for i in range(at.shape[0]):
        found[i] = area_at(level, area, slope, at[i])


cpdef void volumes(
    const double[::1] level,
    const double[::1] area,
    const double[::1] volume,
    const double[::1] slope,
    const double[::1] at,
    double[::1] found,
) noexcept nogil:
    """Volume of each member at its level; zero at the floor and below, no larger than that of the last node.

    Parameters
    ----------
    level, area, volume, slope : as in `levels`.
    at : shape (member,), level [L].
    found : shape (member,), written: volume [L**3].
    """
    cdef Py_ssize_t i, k, last = level.shape[0] - 1
    cdef double x
    for i in range(at.shape[0]):
        if at[i] >= level[last]:
            found[i] = volume[last]
        elif at[i] <= level[0]:
            found[i] = 0.0
        else:
            k = segment(level, at[i])
            x = at[i] - level[k]
            found[i] = volume[k] + x * (area[k] + 0.5 * slope[k] * x)
