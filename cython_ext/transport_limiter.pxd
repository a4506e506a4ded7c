"""Limited increments of advection: how the value at a face follows the differences beside it."""

cdef extern from *:
    """
    #ifndef GW_TRANSPORT_LIMITER
    #define GW_TRANSPORT_LIMITER
    /* a: difference upstream of the donor, b: difference across the face.
       0, Koren (1993): (a + 2b)/3 within 2a and 2b of one sign, else 0.
       1, van Leer (1974), J. Comput. Phys. 14, 361-370: harmonic mean 2ab/(a + b) of one sign, else 0.
       2, central: b, the straight line between the two cells. */
    static inline double gw_increment(double a, double b, int limiter) {
        double t, p;
        if (limiter == 2) return b;
        if (limiter == 1) {
            p = a * b;
            return p > 0.0 ? 2.0 * p / (a + b) : 0.0;
        }
        t = (a + 2.0 * b) * (1.0 / 3.0);
        return gw_max(0.0, gw_min(2.0 * a, gw_min(t, 2.0 * b))) + gw_min(0.0, gw_max(2.0 * a, gw_max(t, 2.0 * b)));
    }
    #endif
    """
    double gw_increment(double a, double b, int limiter) noexcept nogil
