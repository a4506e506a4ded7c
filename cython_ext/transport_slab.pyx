# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""One step on a structured grid, slab by slab: concentration in float32, mass in float64.

Each thread goes through chunks of slabs: gradients of four slabs stand in a ring, fluxes into a slab are those out of the
one before. Formulas along a row stand in `transport_slab_rows`, fluxes of a slab in `transport_slab_sweep`, what acts on
single cells in `transport_slab_acting`.
"""

from cython.parallel cimport parallel, prange
from libc.string cimport memcpy

from transport_simd cimport gw_flush_on, gw_flush_restore
from transport_slab_acting cimport Cells, act
from transport_slab_layout cimport EDGE, GROUP
from transport_slab_rows cimport (
    blend_row, decay_after_row, decay_row, inverse_row, normal_row, tensor_row, update_row,
)
from transport_slab_sweep cimport Sweep, close_edges, end_faces, faces_across, faces_within, gradients


def buffer_size(Py_ssize_t n_species, Py_ssize_t n_layers, Py_ssize_t n_lanes):
    """Return how many floats a thread needs to work in."""
    cdef Py_ssize_t slab = n_layers * n_lanes
    return 4 * EDGE + slab * (4 + 10 * n_species)


cpdef void step(
    float[:, ::1] mirror,
    float[:, ::1] other,
    double[:, ::1] mass,
    double[:, ::1] before,
    const float[:, :, :, :, :, ::1] coefficients,
    const float[:, ::1] content,
    const float[:, ::1] pool,
    const int[:, :, ::1] weight_rows,
    const int[:, :, ::1] ratio_rows,
    const int[:, :, ::1] scale_rows,
    const int[:, ::1] window,
    bint cross,
    float clip,
    const int[:, ::1] end_first,
    const int[::1] end_where,
    const float[:, ::1] end_value,
    const int[:, ::1] cell_first,
    const int[::1] cell_place,
    const double[:, ::1] cell_rates,
    double[:, ::1] cell_sums,
    const int[:, ::1] fixed_first,
    const int[::1] fixed_place,
    const float[::1] fixed_value,
    double[:, ::1] fixed_mass,
    const float[:, :, ::1] decay,
    double[:, :, :, ::1] decayed,
    double length,
    double weight,
    const double[::1] parts,
    double least,
    double blend,
    bint single,
    const int[:, ::1] turns,
    float[:, ::1] buffers,
) noexcept nogil:
    """Advance every species by Euler stages, each m += h (sum of fluxes + s - l c), c = m / M.

    Parameters
    ----------
    mirror, other : shape (species, place), c [M/L**3]: the first is read by even stages and written by odd ones.
    mass : shape (species, place), m [M].
    before : shape (species or 0, place), m at the step's start; written in the first stage if there is a blend.
    coefficients : shape (slab, direction, layer, lane // 8, 5, 8).
    content : shape (1, place), 1/M [1/L**3]; or (2, place), M at the flow step's start and its change [L**3].
    pool : shape (row, lane): rows of weights; row 0 is zero, row 1 one.
    weight_rows, ratio_rows, scale_rows : shape (direction, slab, layer), rows of the pool.
    window : shape (slab, 2), lanes from, to; multiples of 8.
    cross : whether there is a cross flux.
    clip : most that it may take, in multiples of its own scale.
    end_first, end_where, end_value : groups of eight faces behind whose donors something special stands, by species
        and slab; see `transport_slab_ends`.
    cell_first, cell_place, cell_rates, cell_sums : cells on which something acts: by species and slab; place in the
        slab; s [M/T], l [L**3/T], SRC out [M/T]; sums of c dt [M T/L**3] and of mass taken [M], added to.
    fixed_first, fixed_place, fixed_value, fixed_mass : cells of given concentration; that; mass at the step's start,
        at its end, and (added to) what entered [M].
    decay : shape (species, kind, place), l of decay [L**3/T]; no kinds: none.
    decayed : shape (species, kind, slab, lane), decayed mass, added to [M].
    length, weight : h [T]; part of h that counts in time integrals.
    parts : shape (stage,), where in the flow step each stage ends, 0 to 1.
    least : smallest M as a part of its largest.
    blend : 1/S for SSPRK(S,2), whose last stage it ends, else 0.
    single : whether the one stage is a whole step: losses act on the concentration in its middle, and decay over h
        follows it (`decay` shifts it to the middle).
    turns : shape (turn, 6), who works on which slabs when; see `slab.turns`.
    buffers : shape (threads * stages, size): each thread finds what it left where it stopped in a stage.
    """
    cdef Sweep s
    cdef Py_ssize_t phase, thread, turn, stage, last = parts.shape[0] - 1, n_threads = buffers.shape[0] // (last + 1)
    cdef unsigned int saved = 0
    cdef float* c[2]
    c[0] = &mirror[0, 0]
    c[1] = &other[0, 0]
    s.n_slabs = coefficients.shape[0]
    s.n_directions = coefficients.shape[1]
    s.n_layers = coefficients.shape[2]
    s.n_lanes = coefficients.shape[3] * GROUP
    s.slab = s.n_layers * s.n_lanes
    s.coefficients = &coefficients[0, 0, 0, 0, 0, 0]
    s.pool = &pool[0, 0]
    s.weights = &weight_rows[0, 0, 0]
    s.ratios = &ratio_rows[0, 0, 0]
    s.scales = &scale_rows[0, 0, 0]
    s.window = &window[0, 0]
    s.cross = cross
    s.face_row = tensor_row if cross else normal_row
    s.clip = clip
    for phase in range(turns[turns.shape[0] - 1, 0] + 1):
        with nogil, parallel(num_threads=n_threads):
            saved = gw_flush_on()
            for thread in prange(n_threads, schedule="static"):
                for turn in range(turns.shape[0]):
                    if turns[turn, 0] != phase or turns[turn, 1] != thread:
                        continue
                    stage = turns[turn, 2]
                    sweep_chunk(
                        &s, turns[turn, 3], turns[turn, 4], c[stage & 1], c[1 - (stage & 1)], mass, before, content,
                        end_first, end_where, end_value, cell_first, cell_place, cell_rates, cell_sums, fixed_first,
                        fixed_place, fixed_value, fixed_mass, decay, decayed, length, weight, parts[stage], least,
                        blend if stage == last else 0.0, single, stage == 0, stage == last, turns[turn, 5],
                        &buffers[thread * (last + 1) + stage, 0],
                    )
            gw_flush_restore(saved)


cdef void sweep_chunk(
    const Sweep* s, Py_ssize_t begin, Py_ssize_t end,
    const float* mirror, float* after, double[:, ::1] mass, double[:, ::1] before, const float[:, ::1] content,
    const int[:, ::1] end_first, const int[::1] end_where, const float[:, ::1] end_value,
    const int[:, ::1] cell_first, const int[::1] cell_place, const double[:, ::1] cell_rates,
    double[:, ::1] cell_sums,
    const int[:, ::1] fixed_first, const int[::1] fixed_place, const float[::1] fixed_value,
    double[:, ::1] fixed_mass,
    const float[:, :, ::1] decay, double[:, :, :, ::1] decayed,
    double length, double weight, double part, double least, double blend,
    bint single, bint first, bint last, bint goes_on, float* buffer,
) noexcept nogil:
    cdef Py_ssize_t j, species, k, e, p, lo, hi, kind, at, size = s.slab
    cdef Py_ssize_t n_species = mass.shape[0], n_places = mass.shape[1], n_layers = s.n_layers, n = s.n_lanes
    cdef const float* c
    cdef const float* inverse
    cdef double* m
    cdef float* c_after
    cdef float* ring
    cdef float* swap
    cdef Cells cells
    cdef float* flux_lane = buffer + EDGE
    cdef float* flux_layer = flux_lane + size + EDGE
    cdef float* g_slab = flux_layer + size + EDGE
    cdef float* scratch = g_slab + size
    cdef float* own = scratch + size
    cdef float* flux_in
    cdef float* flux_out
    if end <= begin:
        return
    cells.place = &cell_place[0]
    cells.source = &cell_rates[0, 0]
    cells.loss = &cell_rates[1, 0]
    cells.take = &cell_rates[2, 0]
    cells.integral = &cell_sums[0, 0]
    cells.taken = &cell_sums[1, 0]
    for species in range(0 if goes_on else n_species):
        # Per species: fluxes across two slabs (swapped), gradients of four slabs in a ring.
        c = mirror + species * n_places
        ring = own + species * 10 * size + 2 * size
        flux_out = own + (species * 10 + (begin & 1)) * size
        if s.cross:
            for j in range(begin - 2, begin + 2):
                gradients(s, c, j, 0, ring + (j & 3) * 2 * size)
                gradients(s, c, j, 2, ring + ((j & 3) * 2 + 1) * size)
        faces_across(s, c, begin - 1, ring, flux_out)
        if begin > 0:
            end_faces(s, c, begin - 1, &end_first[species, 0], &end_where[0], &end_value[0, 0], True, flux_lane, flux_out,
                      flux_layer)
    for j in range(begin, end):
        lo = s.window[2 * j]
        hi = s.window[2 * j + 1]
        at = EDGE + j * size
        if hi > lo:
            if content.shape[0] == 1:
                inverse = &content[0, at]
            else:
                inverse = scratch
                for k in range(n_layers):
                    inverse_row(hi - lo, &content[0, at + k * n + lo], &content[1, at + k * n + lo], part, least,
                                scratch + k * n + lo)
        for species in range(n_species):
            c = mirror + species * n_places
            ring = own + species * 10 * size + 2 * size
            flux_in = own + (species * 10 + (j & 1)) * size
            flux_out = own + (species * 10 + ((j + 1) & 1)) * size
            if s.cross:
                gradients(s, c, j + 2, 0, ring + ((j + 2) & 3) * 2 * size)
                gradients(s, c, j + 2, 2, ring + (((j + 2) & 3) * 2 + 1) * size)
            faces_across(s, c, j, ring, flux_out)
            if hi <= lo:
                continue
            if s.cross:
                gradients(s, c, j, 1, g_slab)
            swap = ring + (j & 3) * 2 * size
            faces_within(s, c, j, swap, swap + size, g_slab, flux_lane, flux_layer)
            end_faces(s, c, j, &end_first[species, 0], &end_where[0], &end_value[0, 0], False, flux_lane, flux_out,
                      flux_layer)
            close_edges(s, j, flux_lane)
            m = &mass[species, at]
            c_after = after + species * n_places + at
            for k in range(n_layers):
                p = k * n + lo
                if first and before.shape[0] > 0:
                    memcpy(&before[species, at + p], m + p, (hi - lo) * sizeof(double))
                for kind in range(0 if single else decay.shape[1]):
                    decay_row(hi - lo, c + at + p, &decay[species, kind, at + p], length, weight, m + p,
                              &decayed[species, kind, j, lo])
                update_row(
                    hi - lo, flux_lane + p - 1, flux_lane + p, flux_in + p, flux_out + p,
                    flux_layer + p - n if k > 0 else s.pool, flux_layer + p if k + 1 < n_layers else s.pool,
                    inverse + p, length, m + p, c_after + p,
                )
            cells.first = &cell_first[species, 0]
            act(s, &cells, c + at, j, inverse, length, weight, 0.5 if single else 0.0, m, c_after)
            if single and decay.shape[1] > 0:
                for k in range(n_layers):
                    p = k * n + lo
                    decay_after_row(
                        hi - lo, &decay[species, 0, at + p], &decay[species, 1, at + p], inverse + p, length, m + p,
                        &decayed[species, 0, j, lo], &decayed[species, 1, j, lo], c_after + p,
                    )
            if blend > 0.0:
                for k in range(n_layers):
                    p = k * n + lo
                    blend_row(hi - lo, &before[species, at + p], inverse + p, blend, m + p, c_after + p)
            for e in range(fixed_first[species, j], fixed_first[species, j + 1]):
                p = fixed_place[e]
                if last:
                    fixed_mass[2, e] += m[p] - fixed_mass[0, e]
                    m[p] = fixed_mass[1, e]
                c_after[p] = fixed_value[e]


cpdef void decay(
    double[:, ::1] mass,
    float[:, ::1] mirror,
    const float[:, ::1] content,
    const float[:, :, ::1] rate,
    const int[:, ::1] window,
    Py_ssize_t n_layers,
    Py_ssize_t n_lanes,
    double part,
    double least,
    double length,
    double[:, :, :, ::1] decayed,
    int threads,
) noexcept nogil:
    """Decay by itself over a length, which may be negative: half a step at the start of single-stage steps.

    Parameters as for `step`.
    """
    cdef Py_ssize_t j
    for j in prange(window.shape[0], num_threads=threads, schedule="static"):
        slab_decay(j, mass, mirror, content, rate, window, n_layers, n_lanes, part, least, length, decayed)


cdef void slab_decay(
    Py_ssize_t j, double[:, ::1] mass, float[:, ::1] mirror, const float[:, ::1] content, const float[:, :, ::1] rate,
    const int[:, ::1] window, Py_ssize_t n_layers, Py_ssize_t n_lanes, double part, double least, double length,
    double[:, :, :, ::1] decayed,
) noexcept nogil:
    cdef Py_ssize_t s, k, i, p
    cdef float inverse
    for s in range(mass.shape[0]):
        for k in range(n_layers):
            for i in range(window[j, 0], window[j, 1]):
                p = EDGE + (j * n_layers + k) * n_lanes + i
                if content.shape[0] == 1:
                    inverse = content[0, p]
                else:
                    inverse_row(1, &content[0, p], &content[1, p], part, least, &inverse)
                decay_after_row(
                    1, &rate[s, 0, p], &rate[s, 1, p], &inverse, length, &mass[s, p], &decayed[s, 0, j, i],
                    &decayed[s, 1, j, i], &mirror[s, p],
                )
