# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""One step of lakes and reaches, which lie beside the cells of an aquifer."""

from transport_bodies cimport Bodies, advance_bodies, bodies_of


cpdef void advance(
    const int[:, ::1] first,
    const int[::1] come_cell,
    const double[::1] come_rate,
    const int[::1] above,
    const double[::1] above_rate,
    const int[::1] go_cell,
    const double[::1] go_rate,
    const double[:, ::1] held,
    double[:, ::1] state,
    double[::1] passed,
    const unsigned char[::1] shut,
    const double[::1] cell,
    double length,
    double first_part,
    double last_part,
    double[::1] gain,
) noexcept nogil:
    """Carry features over a step and exchange mass with cells, feature after feature downstream.

        V1 c1 = m0 + h (sum of q_in c_in + s) - h q_out c,   c = (1 - w) c0 + w c1,   c0 = m0 / V0

    c is the mean over the step, which all that leaves the feature takes: what one loses, the other gets. The weight w
    is that of a vessel that is flushed, w = 1/(1 - exp(-x)) - 1/x with x = h q_out / V0: exact where volume and inflow
    stay, second order else, the balance of what flows where V is nothing; since (1 - w) x <= 1 no mass becomes negative.
    A step is taken in two halves: what a small volume held at its start has left all features below by the end.

    Parameters
    ----------
    first : shape (3, feature + 1), where lists begin: from cells, from features above, to cells.
    come_cell, come_rate : cells (numbers in `cell`) from which water comes, and how much [L**3/T].
    above, above_rate : features from which water comes, each before its receiver.
    go_cell, go_rate : cells to which water goes.
    held : shape (6, feature): V at the flow step's start, its change, its least [L**3]; s [M/T]; what leaves but to cells
        [L**3/T]; given concentration, -1 for none.
    state : shape (5, feature): m, c at the end, sums of c dt and of what entered those of given concentration, mean c.
    passed : mass through all entries of the three lists, added to [M].
    shut : shape (cell,), cells that exchange nothing.
    cell : shape (cell,), concentrations [M/L**3].
    length : h [T].
    first_part, last_part : places in the flow step of start and end.
    gain : shape (cell,), mass that cells get, added to [M].

    Notes
    -----
    No list may be empty: entries beyond `first` are not looked at.
    """
    cdef Bodies b = bodies_of(
        first, come_cell, come_rate, above, above_rate, go_cell, go_rate, held, state, passed, shut
    )
    advance_bodies(&b, &cell[0], length, first_part, last_part, &gain[0])


cpdef void reached(
    const int[:, ::1] first,
    const int[::1] come_cell,
    const int[::1] above,
    const int[::1] go_cell,
    const double[:, ::1] held,
    const double[:, ::1] state,
    const unsigned char[::1] inside,
    double least,
    unsigned char[::1] marks,
    unsigned char[::1] found,
) noexcept nogil:
    """Mark the cells to which features may bring solute.

    Parameters
    ----------
    first, come_cell, above, go_cell, held, state : as for `advance`.
    inside : shape (cell,), nonzero where cells may hold solute.
    least : concentrations up to this count as none [M/L**3].
    marks : shape (feature,), room.
    found : shape (cell,), zeros, written.
    """
    cdef Py_ssize_t f, e
    cdef unsigned char mark
    for f in range(first.shape[1] - 1):
        mark = held[3, f] > 0.0 or held[5, f] > least or (
            state[0, f] > 0.0 and (state[1, f] > least or state[4, f] > least)
        )
        for e in range(first[0, f], first[0, f + 1]):
            mark |= inside[come_cell[e]]
        for e in range(first[1, f], first[1, f + 1]):
            mark |= marks[above[e]]
        marks[f] = mark
        if mark:
            for e in range(first[2, f], first[2, f + 1]):
                found[go_cell[e]] = 1
