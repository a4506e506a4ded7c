# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""How arrays over the cells of a structured grid are laid out: [slab][layer][lane], with spare places at both ends.

Lanes run along the grid's fast direction and are padded to a multiple of 8 (`gwsolver.transport.explicit.slab.layout`).
Coefficients of faces stand [slab][direction][layer][group of 8 lanes][q, H, K, G1, G2][lane of the group]: one stream of
memory, of which eight faces take 40 numbers in a row.
"""

cdef enum:
    EDGE = 8  # spare places at each end of an array
    N_FACE = 5  # coefficients of a face
    GROUP = 8  # lanes whose coefficients stand together
    # What stands behind a donor at the grid's end, if no concentration: the profile goes on as it is; weighting is upstream.
    UPSTREAM = -1
    LINE = -2

cdef inline Py_ssize_t face_at(Py_ssize_t p) noexcept nogil:
    """Return where the first coefficient of the face at place p of a slab stands; the others follow 8 apart."""
    return p // GROUP * (N_FACE * GROUP) + p % GROUP


# A face without dispersion still has to say by the sign of K that its cross flux takes the plain mean.
cdef inline float next_to_nothing() noexcept nogil:
    return <float>1e-30
