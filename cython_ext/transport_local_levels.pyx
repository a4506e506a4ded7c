# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Levels of local time steps: segments raised until none loses too much, and until neighbours differ little."""


cpdef Py_ssize_t raise_levels(
    const int[::1] place,
    const double[::1] rate,
    const double[::1] content,
    double length,
    double limit,
    signed char[::1] level,
    int most,
) noexcept nogil:
    """Raise segments in which a cell could lose more than its part in one step; return how many cells asked for it.

    Parameters
    ----------
    place : shape (cell,), place of each cell; its segment is place // 8.
    rate, content : shape (cell,), what can leave per unit concentration [L**3/T], M [L**3].
    length : the step of level 0 [T].
    limit : allowed part of the content.
    level : shape (segment,), raised; steps are length / 2**level.
    most : greatest level.
    """
    cdef Py_ssize_t i, s, raised = 0
    cdef double lost, allowed
    for i in range(place.shape[0]):
        if rate[i] <= 0.0:
            continue
        s = place[i] >> 3
        allowed = limit * content[i]
        lost = rate[i] * length / (1 << level[s])
        if lost <= allowed:
            continue
        raised += 1
        while lost > allowed and level[s] < most:
            lost = 0.5 * lost
            level[s] += 1
    return raised


cpdef void grade(const unsigned char[::1] exists, const int[::1] steps, int apart, signed char[::1] level) noexcept nogil:
    """Raise segments until no neighbours differ by more than some levels.

    Parameters
    ----------
    exists : shape (segment,), nonzero where there are cells.
    steps : shape (3,), segments to the next one along each axis.
    apart : levels by which neighbours may differ, at least 1.
    level : shape (segment,), raised.
    """
    cdef Py_ssize_t s, t, k, n = level.shape[0]
    cdef int l, side, top = 0
    for s in range(n):
        if exists[s] and level[s] > top:
            top = level[s]
    for l in range(top, apart, -1):
        for s in range(n):
            if not exists[s] or level[s] != l:
                continue
            for k in range(3):
                for side in range(2):
                    t = s + steps[k] if side else s - steps[k]
                    if exists[t] and level[t] < l - apart:
                        level[t] = l - apart
