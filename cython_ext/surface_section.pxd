# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Cross-sections of channels: area, width, perimeter and Manning's flow at a depth, with their slopes."""

from libc.math cimport cbrt, sqrt

cdef extern from *:
    """
    #ifndef GW_SURFACE_SECTION
    #define GW_SURFACE_SECTION
    typedef struct {
        const double *station;
        const double *height;
        const double *roughness;
        int n;
        double factor;
    } gw_channel;
    typedef struct {
        double area, width, width_by, perimeter, perimeter_by, flow, flow_by;
    } gw_section;
    #endif
    """
    ctypedef struct gw_channel:  # stations of its points (one point: the width), heights, roughness fractions
        const double* station
        const double* height
        const double* roughness
        int n
        double factor  # of Manning's formula: conversion * sqrt(slope) / n
    ctypedef struct gw_section:  # at a depth; _by: with respect to it; the area's slope is the width
        double area
        double width
        double width_by
        double perimeter
        double perimeter_by
        double flow
        double flow_by


cdef extern from *:
    """
    #define GW_SHALLOW 1e-5
    """
    const double SHALLOW "GW_SHALLOW"  # depth over which what a reach does fades in


cdef inline double low_of(double a, double b) noexcept nogil:
    return a if a < b else b


cdef inline double high_of(double a, double b) noexcept nogil:
    return a if a > b else b


cdef inline double smooth(double depth, double* slope) noexcept nogil:
    """Part of leakage and flow that a depth allows: 2 x - x**2 with x = depth / SHALLOW, 0 to 1."""
    cdef double x = depth / SHALLOW
    if x <= 0.0:
        slope[0] = 0.0
        return 0.0
    if x >= 1.0:
        slope[0] = 0.0
        return 1.0
    slope[0] = (2.0 - 2.0 * x) / SHALLOW
    return x * (2.0 - x)


cdef inline void rectangle(const gw_channel* c, double depth, gw_section* s) noexcept nogil:
    """A wide rectangle: the banks are not counted to the perimeter, which is the width at any depth."""
    cdef double width = c.station[0], rise = high_of(depth, 0.0)
    cdef double conveyance = c.factor * width * cbrt(rise * rise)
    s.area, s.width, s.width_by = width * rise, width, 0.0
    s.perimeter, s.perimeter_by = width, 0.0
    s.flow, s.flow_by = conveyance * rise, 5.0 / 3.0 * conveyance


cdef inline double wall(double top, double foot, double depth, double* slope) noexcept nogil:
    """Wet height of a vertical wall; adds its slope."""
    if depth <= foot or top <= foot:
        return 0.0
    if depth >= top:
        return top - foot
    slope[0] += 1.0
    return depth - foot


cdef inline void points(const gw_channel* c, double depth, gw_section* s) noexcept nogil:
    """A bed by points; each segment carries its own flow, with its own roughness.

    Vertical walls belong to the segment beside them, as Manning's formula needs it, and count once more as
    segments of their own in the perimeter that leaks: so does MODFLOW 6.
    """
    cdef int i, n = c.n
    cdef double low, high, run, wet, rise, bed, bed_by, area, ratio, third, part
    s.area = s.width = s.width_by = s.perimeter = s.perimeter_by = s.flow = s.flow_by = 0.0
    for i in range(n - 1):
        low, high = low_of(c.height[i], c.height[i + 1]), high_of(c.height[i], c.height[i + 1])
        run = c.station[i + 1] - c.station[i]
        wet = bed = bed_by = area = 0.0
        if depth > low:
            rise = low_of(depth, high) - low
            wet = run
            area = run * (high_of(depth - high, 0.0) + 0.5 * rise)
            if depth < high:
                ratio = run / (high - low)
                wet = ratio * rise
                area = 0.5 * wet * rise
                bed_by = sqrt(1.0 + ratio * ratio)
                s.width_by += ratio
            bed = sqrt(wet * wet + rise * rise)
        if i > 0 and c.station[i - 1] == c.station[i]:
            bed += wall(c.height[i - 1], c.height[i], depth, &bed_by)
        if i < n - 2 and c.station[i + 2] == c.station[i + 1]:
            bed += wall(c.height[i + 2], c.height[i + 1], depth, &bed_by)
        s.area += area
        s.width += wet
        s.perimeter += bed
        s.perimeter_by += bed_by
        if bed > 0.0 and area > 0.0:
            third = area / bed
            part = c.factor / c.roughness[i] * cbrt(third * third)
            s.flow += part * area
            s.flow_by += part * (5.0 / 3.0 * wet - 2.0 / 3.0 * third * bed_by)


cdef inline void section_at(const gw_channel* c, double depth, gw_section* s) noexcept nogil:
    """The section at a depth; its flow fades in over the shallowest depth."""
    cdef double slope, part
    if c.n == 1:
        rectangle(c, depth, s)
    else:
        points(c, depth, s)
    part = smooth(depth, &slope)
    s.flow_by = part * s.flow_by + slope * s.flow
    s.flow = part * s.flow


cdef inline double next_depth(double depth, double value, double slope, double* low, double* high) noexcept nogil:
    """Newton's next guess of a root of what rises with depth, or the middle of what brackets it; itself at the end."""
    cdef double there
    if value >= 0.0:
        high[0] = depth
    else:
        low[0] = depth
    if slope > 0.0:
        there = depth - value / slope
        if there == depth or (there > low[0] and there < high[0]):
            return there
    return 0.5 * (low[0] + high[0])


cdef inline double first_depth(const gw_channel* c, double flow) noexcept nogil:
    """Depth of a wide rectangle as wide as the section at this flow: where to begin."""
    cdef double width = c.station[0] if c.n == 1 else c.station[c.n - 1] - c.station[0]
    cdef double x = flow / (c.factor * width)
    return sqrt(x) * sqrt(sqrt(cbrt(x)))  # about x**0.6


cdef inline double depth_of(const gw_channel* c, double flow, gw_section* s) noexcept nogil:
    """Normal depth of a flow, and the section there."""
    cdef double low = 0.0, high, depth, there
    cdef int turn
    if flow <= 0.0:
        section_at(c, 0.0, s)
        return 0.0
    high = high_of(first_depth(c, flow), SHALLOW)
    for turn in range(200):
        section_at(c, high, s)
        if s.flow >= flow:
            break
        low, high = high, 2.0 * high
    depth = high
    for turn in range(200):
        there = next_depth(depth, s.flow - flow, s.flow_by, &low, &high)
        if there == depth or high - low <= 4e-16 * high:
            break
        depth = there
        section_at(c, depth, s)
        if low == 0.0 and high < 1e-30:
            break
    return depth
