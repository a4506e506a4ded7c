# cython: language_level=3, cdivision=True
"""Isotherms: sorbed mass, its slope, and the concentration that belongs to a mass; one trio of functions each.

All take the concentration c [M/L**3] or the mass m [M], the water w [L**3], the solid s [M], and the isotherm's
parameters k and p as `gwsolver.core.isotherms` has them; slopes the sorbed mass too, where it is at hand.
"""

from libc.math cimport exp, fabs, log, pow, sqrt

from transport_simd cimport gw_max, gw_min

ctypedef double (*gw_sorbed)(double c, double k, double p) noexcept nogil
ctypedef double (*gw_slope)(double c, double sorbed, double k, double p) noexcept nogil
ctypedef double (*gw_solve)(double m, double w, double s, double k, double p, double guess) noexcept nogil

cdef struct gw_isotherm:
    gw_sorbed sorbed
    gw_slope slope
    gw_solve solve


cdef inline double linear_sorbed(double c, double k, double p) noexcept nogil:
    return k * c


cdef inline double linear_slope(double c, double sorbed, double k, double p) noexcept nogil:
    return k


cdef inline double linear_solve(double m, double w, double s, double k, double p, double guess) noexcept nogil:
    """C of m = w C + s k C."""
    return m / (w + s * k)


cdef inline double freundlich_sorbed(double c, double k, double p) noexcept nogil:
    return k * pow(c, p) if c > 0.0 and k > 0.0 else 0.0


cdef inline double freundlich_slope(double c, double sorbed, double k, double p) noexcept nogil:
    return p * sorbed / c if c > 0.0 else 0.0


cdef inline double freundlich_solve(double m, double w, double s, double k, double p, double guess) noexcept nogil:
    """C of m = w C + s k C**p: Newton in ln C, where the slope of ln m lies between 1 and p."""
    cdef double b = s * k, c, x, step, water, solid
    cdef int i
    if b <= 0.0:
        return m / w
    # Each part is at most m: the smaller of two upper bounds, off by what makes the whole at most 2 m.
    c = guess if guess > 0.0 else gw_min(m / w, exp(log(m / b) / p))
    if c < 1e-280:
        return c  # too little for its logarithm to be of use
    x = log(c)
    for i in range(60):
        water = w * c
        solid = b * exp(p * x)
        step = log((water + solid) / m) * (water + solid) / (water + p * solid)
        x -= step
        c = exp(x)
        if fabs(step) < 1e-7 or c < 1e-280:
            break  # what is left is about the square of the step
    return c


cdef inline double langmuir_sorbed(double c, double k, double p) noexcept nogil:
    return p * k * c / (1.0 + k * c) if c > 0.0 else 0.0


cdef inline double langmuir_slope(double c, double sorbed, double k, double p) noexcept nogil:
    cdef double d = 1.0 + k * gw_max(c, 0.0)
    return k * p / (d * d)


cdef inline double langmuir_solve(double m, double w, double s, double k, double p, double guess) noexcept nogil:
    """C of m = w C + s k p C / (1 + k C): the positive root of w k C**2 + (w + s k p - m k) C - m = 0."""
    cdef double b = w + s * k * p - m * k
    cdef double root = sqrt(b * b + 4.0 * w * k * m)
    return 2.0 * m / (b + root) if b > 0.0 else 0.5 * (root - b) / (w * k)
