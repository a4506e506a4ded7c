# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Where a value lies in a stage table."""


cdef inline Py_ssize_t segment(const double[::1] nodes, double value) noexcept nogil:
    """Index of the segment that holds a value: nodes[i] <= value < nodes[i + 1], the first or last one beyond the ends."""
    cdef Py_ssize_t low = 0, high = nodes.shape[0] - 1, middle
    while high - low > 1:
        middle = (low + high) // 2
        if nodes[middle] <= value:
            low = middle
        else:
            high = middle
    return low


cdef inline double area_at(
    const double[::1] level, const double[::1] area, const double[::1] slope, double at
) noexcept nogil:
    """Area at a level; zero at the floor and below, no larger than that of the last node."""
    cdef Py_ssize_t k, last = level.shape[0] - 1
    if at >= level[last]:
        return area[last]
    if at <= level[0]:
        return 0.0
    k = segment(level, at)
    return area[k] + slope[k] * (at - level[k])
