# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Lakes and reaches beside the kernels of an aquifer: one step of all of them, in the order in which water runs."""

from libc.math cimport expm1

from transport_simd cimport gw_max


cdef struct Bodies:
    # Features in downstream order; what comes from cells, from features above, and what goes to cells, in lists.
    Py_ssize_t n
    const int* come_first
    const int* above_first
    const int* go_first
    const int* come_cell
    const double* come_rate
    const int* above
    const double* above_rate
    const int* go_cell
    const double* go_rate
    const double* start
    const double* change
    const double* least
    const double* source
    const double* out
    const double* given
    double* mass
    double* c
    double* integral
    double* entered
    double* mean
    double* came
    double* passed
    double* went
    const unsigned char* shut


cdef inline double volume(const Bodies* b, Py_ssize_t f, double part) noexcept nogil:
    return gw_max(b.start[f] + part * b.change[f], b.least[f])


cdef inline double end_weight(double x) noexcept nogil:
    """Weight of the end of a step in its mean of exp(-t x): 1/(1 - exp(-x)) - 1/x; x/12 + 1/2 for small x."""
    if x < 1e-4:
        return 0.5 + x / 12.0
    return -1.0 / expm1(-x) - 1.0 / x if x < 1e8 else 1.0


cdef inline void advance_half(
    const Bodies* b, const double* cell, double h, double first, double last, double* gain
) noexcept nogil:
    cdef Py_ssize_t f, e
    cdef double got, out, amount, v0, v1, c0, leaves, w
    for f in range(b.n):
        got = h * b.source[f]
        for e in range(b.come_first[f], b.come_first[f + 1]):
            if b.shut[b.come_cell[e]]:
                continue
            amount = h * b.come_rate[e] * cell[b.come_cell[e]]
            gain[b.come_cell[e]] -= amount
            b.came[e] += amount
            got += amount
        for e in range(b.above_first[f], b.above_first[f + 1]):
            amount = h * b.above_rate[e] * b.mean[b.above[e]]
            b.passed[e] += amount
            got += amount
        out = b.out[f]
        for e in range(b.go_first[f], b.go_first[f + 1]):
            if not b.shut[b.go_cell[e]]:
                out += b.go_rate[e]
        v1 = volume(b, f, last)
        if b.given[f] >= 0.0:
            b.mean[f] = b.given[f]
            b.entered[f] += got - h * out * b.given[f]
            b.mass[f] = v1 * b.given[f]
        else:
            v0 = volume(b, f, first)
            c0 = b.mass[f] / v0 if v0 > 0.0 else 0.0
            leaves = h * out
            w = end_weight(leaves / v0) if leaves < 1e8 * v0 else 1.0
            got += b.mass[f]
            if v1 + w * leaves > 0.0:
                b.c[f] = gw_max((got - (1.0 - w) * leaves * c0) / (v1 + w * leaves), 0.0)
            b.mean[f] = (1.0 - w) * c0 + w * b.c[f]
            b.mass[f] = gw_max(got - leaves * b.mean[f], 0.0)
        b.integral[f] += h * b.mean[f]
        for e in range(b.go_first[f], b.go_first[f + 1]):
            if not b.shut[b.go_cell[e]]:
                amount = h * b.go_rate[e] * b.mean[f]
                b.went[e] += amount
                gain[b.go_cell[e]] += amount


cdef inline void advance_bodies(
    const Bodies* b, const double* cell, double h, double first, double last, double* gain
) noexcept nogil:
    """Carry features over a step h, and exchange mass with cells of given concentrations; see `advance`."""
    cdef double middle = 0.5 * (first + last)
    advance_half(b, cell, 0.5 * h, first, middle, gain)
    advance_half(b, cell, 0.5 * h, middle, last, gain)


cdef inline Bodies bodies_of(
    const int[:, ::1] first, const int[::1] come_cell, const double[::1] come_rate, const int[::1] above,
    const double[::1] above_rate, const int[::1] go_cell, const double[::1] go_rate, const double[:, ::1] held,
    double[:, ::1] state, double[::1] passed, const unsigned char[::1] shut,
) noexcept nogil:
    """Point at the tables of features; see `transport_bodies.advance`."""
    cdef Bodies b
    b.n = first.shape[1] - 1
    b.come_first = &first[0, 0]
    b.above_first = &first[1, 0]
    b.go_first = &first[2, 0]
    b.come_cell = &come_cell[0]
    b.come_rate = &come_rate[0]
    b.above = &above[0]
    b.above_rate = &above_rate[0]
    b.go_cell = &go_cell[0]
    b.go_rate = &go_rate[0]
    b.start = &held[0, 0]
    b.change = &held[1, 0]
    b.least = &held[2, 0]
    b.source = &held[3, 0]
    b.out = &held[4, 0]
    b.given = &held[5, 0]
    b.mass = &state[0, 0]
    b.c = &state[1, 0]
    b.integral = &state[2, 0]
    b.entered = &state[3, 0]
    b.mean = &state[4, 0]
    b.came = &passed[0]
    b.passed = b.came + first[0, b.n]
    b.went = b.passed + first[1, b.n]
    b.shut = &shut[0]
    return b
