"""Restricted pointers to float32 and arithmetic on it, for kernels in single precision."""

cdef extern from *:
    """
    #ifndef GW_TRANSPORT_SINGLE
    #define GW_TRANSPORT_SINGLE
    #if defined(_MSC_VER)
    typedef const float *__restrict gw_fin;
    typedef float *__restrict gw_fout;
    #else
    typedef const float *__restrict__ gw_fin;
    typedef float *__restrict__ gw_fout;
    #endif
    /* Asks for memory that will be read soon. */
    #if defined(__GNUC__)
    #define gw_ahead(address) __builtin_prefetch(address)
    #else
    #define gw_ahead(address) ((void)(address))
    #endif
    static inline float gw_minf(float a, float b) { return a < b ? a : b; }
    static inline float gw_maxf(float a, float b) { return a > b ? a : b; }
    #endif
    """
    ctypedef const float* gw_fin
    void gw_ahead(const float* address) noexcept nogil
    ctypedef float* gw_fout
    float gw_minf(float a, float b) noexcept nogil
    float gw_maxf(float a, float b) noexcept nogil
