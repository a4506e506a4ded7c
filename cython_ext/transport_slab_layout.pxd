"""How arrays over the cells of a structured grid are laid out: [slab][layer][lane], with spare places at both ends.

Lanes run along the grid's fast direction and are padded to a multiple of 8 (`gwsolver.transport.explicit.slab.layout`).
Coefficients of faces stand [slab][direction][q, H, K, G1, G2][layer][lane].
"""

cdef enum:
    EDGE = 8  # spare places at each end of an array
    N_FACE = 5  # coefficients of a face

# A face without dispersion still has to say by the sign of K that its cross flux takes the plain mean.
cdef inline float next_to_nothing() noexcept nogil:
    return <float>1e-30
