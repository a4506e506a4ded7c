"""Limited increments of advection: how the value at a face follows the differences beside it."""

cdef extern from *:
    """
    #ifndef GW_TRANSPORT_LIMITER
    #define GW_TRANSPORT_LIMITER
    /* a: difference upstream of the donor, b: difference across the face.
       0, Koren (1993): (a + 2b)/3 within 2a and 2b of one sign, else 0.
       1, van Leer (1974), J. Comput. Phys. 14, 361-370: harmonic mean 2ab/(a + b) of one sign, else 0.
       2, central: b, the straight line between the two cells. */
    #define GW_LESSER(a, b) ((a) < (b) ? (a) : (b))
    #define GW_GREATER(a, b) ((a) > (b) ? (a) : (b))
    #define GW_INCREMENT(real, name) static inline real name(real a, real b, int limiter) { \
        real t, low, high, zero = 0; \
        if (limiter == 2) return b; \
        if (limiter == 1) { \
            t = a * b; \
            return t > zero ? (t + t) / (a + b) : zero; \
        } \
        t = (a + 2 * b) * (real)(1.0 / 3.0); \
        low = GW_LESSER(t, 2 * b); \
        low = GW_LESSER(2 * a, low); \
        high = GW_GREATER(t, 2 * b); \
        high = GW_GREATER(2 * a, high); \
        return GW_GREATER(zero, low) + GW_LESSER(zero, high); \
    }
    GW_INCREMENT(double, gw_increment)
    GW_INCREMENT(float, gw_incrementf)
    #endif
    """
    double gw_increment(double a, double b, int limiter) noexcept nogil
    float gw_incrementf(float a, float b, int limiter) noexcept nogil
