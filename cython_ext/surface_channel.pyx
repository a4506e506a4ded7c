# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Sections and normal depths of many channels at once."""

from surface_section cimport depth_of, gw_channel, gw_section, section_at


cdef void _channel(
    const double[::1] station, const double[::1] height, const double[::1] roughness, const long long[::1] first,
    const double[::1] factor, Py_ssize_t i, gw_channel* c,
) noexcept nogil:
    c.station, c.height, c.roughness = &station[first[i]], &height[first[i]], &roughness[first[i]]
    c.n, c.factor = <int>(first[i + 1] - first[i]), factor[i]


cpdef void sections(
    const double[::1] station,
    const double[::1] height,
    const double[::1] roughness,
    const long long[::1] first,
    const double[::1] factor,
    const double[::1] depth,
    double[:, ::1] found,
) noexcept nogil:
    """Section of each channel at its depth.

    Parameters
    ----------
    station, height, roughness : shape (point,), the points of all channels [L, L, -]; one point: the width.
    first : shape (channel + 1,), where the points of each channel begin.
    factor : shape (channel,), conversion * sqrt(slope) / n [L**(1/3)/T].
    depth : shape (channel,), [L].
    found : shape (channel, 7), written: area, width and its slope, perimeter and its slope, flow and its slope.
    """
    cdef Py_ssize_t i
    cdef gw_channel c
    cdef gw_section s
    for i in range(depth.shape[0]):
        _channel(station, height, roughness, first, factor, i, &c)
        section_at(&c, depth[i], &s)
        found[i, 0], found[i, 1], found[i, 2] = s.area, s.width, s.width_by
        found[i, 3], found[i, 4], found[i, 5], found[i, 6] = s.perimeter, s.perimeter_by, s.flow, s.flow_by


cpdef void normal_depths(
    const double[::1] station,
    const double[::1] height,
    const double[::1] roughness,
    const long long[::1] first,
    const double[::1] factor,
    const double[::1] flow,
    double[::1] found,
) noexcept nogil:
    """Depth at which each channel carries its flow by Manning's formula.

    Parameters
    ----------
    station, height, roughness, first, factor : as in `sections`.
    flow : shape (channel,), [L**3/T].
    found : shape (channel,), written: depth [L], zero where nothing flows.
    """
    cdef Py_ssize_t i
    cdef gw_channel c
    cdef gw_section s
    for i in range(flow.shape[0]):
        _channel(station, height, roughness, first, factor, i, &c)
        found[i] = depth_of(&c, flow[i], &s)
