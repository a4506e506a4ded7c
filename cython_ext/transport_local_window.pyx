# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The moving window of local time steps: what mass can reach, which runs lie within, what may leak."""

from libc.stdlib cimport free, malloc


cpdef void reach(
    const unsigned char[::1] exists,
    const int[::1] steps,
    const signed char[::1] level,
    const unsigned char[::1] fed,
    const float[::1] concentration,
    float least,
    double ahead,
    double ring,
    unsigned char[::1] found,
) noexcept nogil:
    """Mark the segments with mass and those it can reach, at one cell per step of the cells on its way.

    Along a row a segment counts as four cells: mass in it may stand near its end.

    Parameters
    ----------
    exists : shape (segment,), nonzero where there are cells.
    steps : shape (3,), segments to the next one along each axis.
    level : shape (segment,), steps are 1 / 2**level of the slowest.
    fed : shape (segment,), nonzero where mass enters.
    concentration : shape (place,).
    least : concentrations up to this count as none [M/L**3].
    ahead : steps of the slowest cells to look ahead.
    ring : segments to reach at least.
    found : shape (segment,), zero before, written.
    """
    cdef Py_ssize_t n = exists.shape[0], s, t, k, j, head = 0, waiting = 0
    cdef int side
    cdef double way
    cdef float* far = <float*>malloc(n * sizeof(float))
    cdef Py_ssize_t* queue = <Py_ssize_t*>malloc((n + 1) * sizeof(Py_ssize_t))
    cdef unsigned char* queued = <unsigned char*>malloc(n)
    if far == NULL or queue == NULL or queued == NULL:
        for s in range(n):
            found[s] = exists[s]
        free(far)
        free(queue)
        free(queued)
        return
    for s in range(n):
        far[s] = 3e38
        queued[s] = 0
        if not exists[s]:
            continue
        if not fed[s]:
            for j in range(8):
                if concentration[8 * s + j] > least:
                    break
            else:
                continue
        far[s] = 0.0
        queue[waiting] = s
        waiting += 1
        queued[s] = 1
    while waiting > 0:
        s = queue[head]
        head = head + 1 if head < n else 0
        waiting -= 1
        queued[s] = 0
        found[s] = 1
        for k in range(3):
            for side in range(2):
                t = s + steps[k] if side else s - steps[k]
                if not exists[t]:
                    continue
                # `ring` segments cost no more than the whole look ahead.
                way = (4.0 if k == 0 else 1.0) / (1 << (level[s] if level[s] > level[t] else level[t]))
                way = far[s] + (way if way < ahead / ring else ahead / ring)
                if way <= ahead * 1.0001 and way < far[t]:
                    far[t] = <float>way
                    if not queued[t]:
                        queue[(head + waiting) % (n + 1)] = t
                        waiting += 1
                        queued[t] = 1
    free(far)
    free(queue)
    free(queued)


cpdef Py_ssize_t pick(
    const int[:, ::1] stretches,
    const long long[::1] start,
    const int[::1] first,
    const int[::1] own,
    const int[::1] other,
    const int[::1] part,
    const int[::1] slab,
    const unsigned char[::1] active,
    int most_chunks,
    int[:, ::1] runs,
    long long[::1] data,
    int[::1] beside,
    int[:, ::1] chunks,
    double[::1] items,
) noexcept nogil:
    """Pick the runs between active segments out of packed stretches; return their number.

    Faces along a row stay with their segment: the last is shut where the next segment is not active. Other faces
    need both.

    Parameters
    ----------
    stretches : shape (stretch, 5): axis, kind, first place, length, packed numbers of eight places.
    start : shape (stretch,), where each begins among packed numbers.
    first : shape (stretch + 1,), first item of each.
    own, other : shape (item,), segment of each item, and the one on the far side of its faces.
    part, slab : shape (stretch,), parts in growing order; slabs grow within a part.
    active : shape (segment,).
    most_chunks : chunks into which a part is cut at most.
    runs : shape (item, 7), written: axis, kind, first place, length, packed numbers of eight places,
        whether shut, stretch.
    data : shape (item,), written: where each run begins among packed numbers.
    beside : shape (item,), slabs of runs.
    chunks : shape (parts + 1 + parts * most_chunks, 2), written: first run and first chunk of each part, then
        first and last run of each chunk.
    items : shape (parts,), written: items picked, by part.
    """
    cdef Py_ssize_t n_parts = items.shape[0], n = 0, n_chunks = 0, head, s = 0, i, k, r, count, begin, upto
    cdef int p
    cdef bint open_, along
    for p in range(n_parts):
        head = n
        items[p] = 0.0
        while s < stretches.shape[0] and part[s] == p:
            along = stretches[s, 0] == 0
            open_ = False
            for i in range(first[s], first[s + 1]):
                if not active[own[i]] or not (along or active[other[i]]):
                    open_ = False
                    continue
                if not open_:
                    open_ = True
                    for k in range(5):
                        runs[n, k] = stretches[s, k]
                    runs[n, 2] = 8 * own[i]
                    runs[n, 3] = 0
                    runs[n, 5] = 0
                    runs[n, 6] = s
                    data[n] = start[s] + stretches[s, 4] * (i - first[s])
                    beside[n] = slab[s]
                    n += 1
                runs[n - 1, 3] += 8
                items[p] += 1.0
                if not active[other[i]]:
                    runs[n - 1, 5] = 1
                    open_ = False
            s += 1
        chunks[p, 0] = head
        chunks[p, 1] = n_chunks
        count = n - head
        k = 0
        begin = head
        for r in range(head + 1, n + 1):
            if r < n and beside[r] == beside[r - 1]:
                continue
            # Runs from `begin` to r are whole slabs: a chunk starts there if one of the wanted cuts falls among them.
            while k < most_chunks and k * count // most_chunks < begin - head:
                k += 1
            if k < most_chunks and k * count // most_chunks < r - head:
                chunks[n_parts + 1 + n_chunks, 0] = begin
                n_chunks += 1
            chunks[n_parts + n_chunks, 1] = r
            begin = r
    chunks[n_parts, 0] = n
    chunks[n_parts, 1] = n_chunks
    return n


cpdef double leak(
    const unsigned char[::1] active,
    const unsigned char[::1] exists,
    const int[::1] steps,
    const float[::1] concentration,
    const float[::1] rate,
) noexcept nogil:
    """Most that could leave the active segments per time through the faces of their edge [M/T].

    Parameters
    ----------
    active, exists : shape (segment,).
    steps : shape (3,), segments to the next one along each axis.
    concentration, rate : shape (place,), c and what can leave per unit of it [L**3/T].
    """
    cdef Py_ssize_t s, t, k, j
    cdef int side
    cdef double found = 0.0
    for s in range(active.shape[0]):
        if not active[s]:
            continue
        for k in range(3):
            for side in range(2):
                t = s + steps[k] if side else s - steps[k]
                if active[t] or not exists[t]:
                    continue
                if k == 0:
                    j = 8 * s + (7 if side else 0)
                    found += concentration[j] * rate[j]
                else:
                    for j in range(8 * s, 8 * s + 8):
                        found += concentration[j] * rate[j]
    return found
