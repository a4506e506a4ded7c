# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Mass and concentration where sorption is not linear, and exchange with water that stands."""

from cython.parallel cimport prange
from libc.math cimport exp, expm1, fabs, log

from transport_isotherms cimport (
    freundlich_slope, freundlich_solve, freundlich_sorbed, gw_isotherm, langmuir_slope, langmuir_solve, langmuir_sorbed,
    linear_slope, linear_solve, linear_sorbed,
)
from transport_simd cimport gw_max, gw_min

CODES = {"linear": 0, "freundlich": 1, "langmuir": 2}

cdef gw_isotherm TABLE[3]
TABLE[0].sorbed = linear_sorbed
TABLE[0].slope = linear_slope
TABLE[0].solve = linear_solve
TABLE[1].sorbed = freundlich_sorbed
TABLE[1].slope = freundlich_slope
TABLE[1].solve = freundlich_solve
TABLE[2].sorbed = langmuir_sorbed
TABLE[2].slope = langmuir_slope
TABLE[2].solve = langmuir_solve


cdef inline double solved(
    gw_isotherm* isotherm, double m, double w, double s, double k, double p, double guess
) noexcept nogil:
    """C of a cell that holds m; 0 if there is no mass or nothing to hold it."""
    if m <= 0.0 or w <= 0.0:
        return 0.0
    return m / w if s <= 0.0 else isotherm.solve(m, w, s, k, p, guess)


cpdef void concentrations(
    int code,
    const double[::1] mass,
    const double[::1] water,
    const double[::1] solid,
    const double[::1] k,
    const double[::1] p,
    double[::1] concentration,
    int threads,
) noexcept nogil:
    """The concentration in equilibrium with each cell's mass, C of m = w C + s S(C).

    Parameters
    ----------
    code : of the isotherm, from CODES.
    mass : shape (cell,), m [M].
    water, solid : shape (cell,), w [L**3] and s [M].
    k, p : shape (cell,), parameters of S.
    concentration : shape (cell,), C [M/L**3]: a guess (0: none) on entry, written.
    threads : number of threads.
    """
    cdef Py_ssize_t i
    cdef gw_isotherm* isotherm = &TABLE[code]
    for i in prange(mass.shape[0], num_threads=threads, schedule="static"):
        concentration[i] = solved(isotherm, mass[i], water[i], solid[i], k[i], p[i], concentration[i])


cdef inline double held(gw_isotherm* isotherm, double c, double w, double s, double k, double p) noexcept nogil:
    """Mass of a domain at concentration c."""
    return w * c + (s * isotherm.sorbed(c, k, p) if s > 0.0 else 0.0)


cdef double common(
    gw_isotherm* isotherm, double total, double low, double high,
    double w, double s, double k, double p, double w2, double s2, double k2, double p2,
) noexcept nogil:
    """The concentration at which two domains together hold `total`, between low and high > 0.

    Newton, kept inside; far away for the logarithms of concentration and mass, straight lines where sorption follows
    a power.
    """
    cdef double c = high, m, d, f, step, sorbed = 0.0
    cdef int i
    for i in range(80):
        m, d = (w + w2) * c, w + w2
        if s > 0.0:
            sorbed = isotherm.sorbed(c, k, p)
            m, d = m + s * sorbed, d + s * isotherm.slope(c, sorbed, k, p)
        if s2 > 0.0:
            if s <= 0.0 or k2 != k or p2 != p:
                sorbed = isotherm.sorbed(c, k2, p2)
            m, d = m + s2 * sorbed, d + s2 * isotherm.slope(c, sorbed, k2, p2)
        f = m - total
        if f > 0.0:
            high = c
        else:
            low = c
        if fabs(f) <= 1e-15 * total or fabs(f) <= 1e-15 * d * c:
            break
        step = f / (d * c)
        # Nearby both are as good, and this needs no logarithm.
        c = c - step * c if fabs(f) < 0.1 * total else c * exp(-log(m / total) * m / (d * c))
        if fabs(step) < 1e-8:
            break  # what is left is about the square of the step
        if c <= low or c >= high:
            c = 0.5 * (low + high)
    return gw_min(gw_max(c, low), high)


cdef double passed(
    gw_isotherm* isotherm, double m, double m2, double rate, double length, bint fixed, double c_fixed,
    double w, double s, double k, double p, double w2, double s2, double k2, double p2,
) noexcept nogil:
    """Mass that passes from the mobile to the immobile domain of one cell, see `exchange`."""
    cdef double c, c2, gap, whole, speed, half, middle = 0.0, part
    c = c_fixed if fixed else solved(isotherm, m, w, s, k, p, 0.0)
    c2 = solved(isotherm, m2, w2, s2, k2, p2, 0.0)
    gap = c - c2
    if rate <= 0.0 or gap == 0.0 or w2 <= 0.0 or (w <= 0.0 and not fixed):
        return 0.0
    if fixed:
        middle = c
        whole = held(isotherm, c, w2, s2, k2, p2) - m2
    elif s <= 0.0 and s2 <= 0.0:
        whole = gap * w * w2 / (w + w2)
    else:
        middle = common(isotherm, m + m2, gw_min(c, c2), gw_max(c, c2), w, s, k, p, w2, s2, k2, p2)
        whole = held(isotherm, middle, w2, s2, k2, p2) - m2
    if whole == 0.0 or (whole > 0.0) != (gap > 0.0):
        return 0.0
    speed = rate * gap / whole
    if s > 0.0 or s2 > 0.0:
        # What is left after half the time tells the speed that holds in the middle of the step.
        half = -whole * expm1(-0.5 * speed * length)
        if fabs(whole - half) > 1e-9 * fabs(whole):
            part = half / whole
            c2 = solved(isotherm, m2 + half, w2, s2, k2, p2, c2 + part * (middle - c2))
            if not fixed:
                c = solved(isotherm, m - half, w, s, k, p, c + part * (middle - c))
            speed = gw_max(rate * (c - c2) / (whole - half), 0.0)
    return -whole * expm1(-speed * length)


cpdef void exchange(
    int code,
    double[::1] mass,
    const double[::1] water,
    const double[::1] solid,
    const double[::1] k,
    const double[::1] p,
    double[::1] mass2,
    const double[::1] water2,
    const double[::1] solid2,
    const double[::1] k2,
    const double[::1] p2,
    const double[::1] transfer,
    const unsigned char[::1] fixed,
    const double[::1] fixed_concentration,
    double length,
    double[::1] net,
    int threads,
) noexcept nogil:
    """Exchange of each cell's mobile and immobile domain over some time.

        dm/dt = -z (C - C2),  dm2/dt = z (C - C2);  m = w C + s S(C),  m2 = w2 C2 + s2 S2(C2)

    Without solids that sorb nonlinearly the exact solution: the gap C - C2 falls as exp(-z (1/w + 1/w2) t). With
    them, X (1 - exp(-r t)) passes, X what passes until both are in equilibrium, r the speed in the middle of the
    time. What one gives the other gets, and never more than leads to equilibrium.

    Parameters
    ----------
    code : isotherm of both domains.
    mass, water, solid, k, p : shape (cell,), of the mobile domain; with linear sorption w includes what the
        solid holds, and s is 0. `mass` is updated.
    mass2, water2, solid2, k2, p2 : shape (cell,), of the immobile domain; `mass2` is updated.
    transfer : shape (cell,), z [L**3/T].
    fixed : shape (cell,), 1 where the mobile concentration is given; its mass then falls all the same.
    fixed_concentration : shape (cell,) [M/L**3].
    length : t [T].
    net : shape (cell,), updated: mass that passed into the immobile domain [M].
    threads : number of threads.
    """
    cdef Py_ssize_t i
    cdef gw_isotherm* isotherm = &TABLE[code]
    cdef double x
    for i in prange(mass.shape[0], num_threads=threads, schedule="static"):
        x = passed(
            isotherm, mass[i], mass2[i], transfer[i], length, fixed[i], fixed_concentration[i], water[i], solid[i],
            k[i], p[i], water2[i], solid2[i], k2[i], p2[i],
        )
        if not fixed[i]:
            x = gw_min(x, mass[i])
        x = gw_max(x, -mass2[i])
        mass[i] -= x
        mass2[i] += x
        net[i] += x
