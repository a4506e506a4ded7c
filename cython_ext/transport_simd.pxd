"""Restricted pointers and the treatment of denormal numbers, shared by the transport kernels."""

cdef extern from *:
    """
    #ifndef GW_TRANSPORT_SIMD
    #define GW_TRANSPORT_SIMD
    #if defined(_MSC_VER)
    #define GW_RESTRICT __restrict
    #else
    #define GW_RESTRICT __restrict__
    #endif
    typedef const double *GW_RESTRICT gw_in;
    typedef double *GW_RESTRICT gw_out;
    /* Tails of plumes are denormal numbers, which run many times slower: they become zero. */
    #if defined(__SSE2__) || defined(_M_X64)
    #include <xmmintrin.h>
    static inline unsigned int gw_flush_on(void) {
        unsigned int before = _mm_getcsr();
        _mm_setcsr(before | 0x8040u);
        return before;
    }
    static inline void gw_flush_restore(unsigned int before) { _mm_setcsr(before); }
    #else
    static inline unsigned int gw_flush_on(void) { return 0u; }
    static inline void gw_flush_restore(unsigned int before) { (void)before; }
    #endif
    static inline double gw_min(double a, double b) { return a < b ? a : b; }
    static inline double gw_max(double a, double b) { return a > b ? a : b; }
    static inline double gw_minmod(double a, double b) {
        return gw_max(0.0, gw_min(a, b)) + gw_min(0.0, gw_max(a, b));
    }
    #endif
    """
    ctypedef const double* gw_in
    ctypedef double* gw_out
    unsigned int gw_flush_on() noexcept nogil
    void gw_flush_restore(unsigned int before) noexcept nogil
    double gw_min(double a, double b) noexcept nogil
    double gw_max(double a, double b) noexcept nogil
    double gw_minmod(double a, double b) noexcept nogil
