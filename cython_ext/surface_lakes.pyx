# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The balances of lakes on the aquifer: their flows at a stage, and the stages that close them."""

from libc.math cimport fabs

from surface_lake cimport (
    flows_at, gw_lake, gw_lake_flows, gw_seepage, least, most, outlet_at, seepage_at, shape_at,
)

cdef int FLOWS = 11


cpdef void seepage(
    const long long[::1] of,
    const double[::1] stage,
    const double[::1] head,
    const double[:, ::1] bed,
    const long long[::1] row_first,
    const double[:, ::1] rows,
    bint newton,
    double smoothing,
    double[:, ::1] found,
) noexcept nogil:
    """Flow through each connection.

    Parameters
    ----------
    of : shape (connection,), lake of each.
    stage, head : shape (connection,), [L].
    bed : shape (connection, 8): bottom, top, full conductance, face, plan, 1 where plain, convertible, by table.
    row_first : shape (lake + 1,), where the rows of each lake's table begin.
    rows : shape (row, 4): stage, volume, area, exchange area.
    newton : whether conductance goes by the higher of head and stage.
    smoothing : of saturation.
    found : shape (connection, 6), written: flow, conductance, derivatives by head and stage, held, wetted area.
    """
    cdef Py_ssize_t k
    cdef long long i
    cdef gw_seepage s
    for k in range(of.shape[0]):
        i = of[k]
        seepage_at(&bed[k, 0], &rows[row_first[i], 0], row_first[i + 1] - row_first[i], stage[k], head[k], newton,
                   smoothing, &s)
        found[k, 0], found[k, 1], found[k, 2] = s.flow, s.conductance, s.by_head
        found[k, 3], found[k, 4], found[k, 5] = s.by_stage, s.held, s.wetted


cpdef void shapes(
    const double[::1] stage,
    const long long[::1] first,
    const double[:, ::1] bed,
    const long long[::1] row_first,
    const double[:, ::1] rows,
    double smoothing,
    double[:, ::1] found,
) noexcept nogil:
    """Surface and water of each lake.

    Parameters
    ----------
    stage : shape (lake,), [L].
    first : shape (lake + 1,), where the connections of each lake begin.
    bed, row_first, rows, smoothing : as in `seepage`.
    found : shape (lake, 2), written: area and volume [L**2, L**3].
    """
    cdef Py_ssize_t i
    cdef gw_lake lake
    lake.bed, lake.smoothing = &bed[0, 0], smoothing
    for i in range(stage.shape[0]):
        lake.first, lake.end = first[i], first[i + 1]
        lake.table, lake.rows = &rows[row_first[i], 0], row_first[i + 1] - row_first[i]
        shape_at(&lake, stage[i], &found[i, 0], &found[i, 1])


cpdef void demands(const double[:, ::1] outlet, const double[::1] stage, double[:, ::1] found) noexcept nogil:
    """What outlets would let out.

    Parameters
    ----------
    outlet : shape (outlet, 4): rate, invert, factor, power: rate + factor d**power at depth d.
    stage : shape (outlet,), of the lake of each [L].
    found : shape (outlet, 2), written: rate and its derivative [L**3/T, L**2/T].
    """
    cdef Py_ssize_t k
    for k in range(stage.shape[0]):
        found[k, 0] = outlet_at(&outlet[k, 0], stage[k], &found[k, 1])


cdef int _close(
    gw_lake* lake, gw_lake_flows* f, double at, double steep, double closed, double narrow, int limit,
    double* spare, double* spare_outlets,
) noexcept nogil:
    """Flows at the stage that closes a lake's balance; 1 if no stage is high enough, 2 if none is found."""
    cdef double low = lake.bottom, high = 0.0, too_much = 0.0, too_little = 0.0, step, secant, stage
    cdef int last = 0, count
    cdef bint bracketed
    flows_at(lake, at, f)
    stage = f.area if f.area > 1e-3 * lake.largest else 1e-3 * lake.largest
    steep = most(steep + (stage / lake.step if lake.transient else 0.0), 1e-300)
    step = most(1.5 * fabs(f.excess) / steep, 1e3 * narrow * lake.extent)
    step = least(step, lake.extent)
    for count in range(limit):
        if fabs(f.excess) <= closed * f.size or (f.excess <= 0.0 and f.stage <= lake.bottom):
            return 0
        if f.excess > 0.0:
            if last == 1:
                too_little *= 0.5
            low, too_much, last = f.stage, f.excess, 1
        else:
            if last == -1:
                too_much *= 0.5
            high, too_little, last = f.stage, f.excess, -1
        bracketed = too_much > 0.0 and too_little < 0.0
        if bracketed and high - low <= narrow * (fabs(low) + lake.extent):
            _part(lake, f, low, high, spare, spare_outlets)
            return 0
        if step > 1e12 * lake.extent:
            return 1
        if bracketed:
            secant = low + (high - low) * too_much / (too_much - too_little)
            stage = secant if secant > low and secant < high and count < 40 else 0.5 * (low + high)
        else:
            stage = f.stage + step if last == 1 else most(f.stage - step, lake.bottom)
            step *= 4.0
        flows_at(lake, stage, f)
    return 2


cdef void _part(
    gw_lake* lake, gw_lake_flows* f, double low, double high, double* spare, double* spare_outlets
) noexcept nogil:
    """Flows between two stages that are as good as one, in the ratio that closes the balance."""
    cdef gw_lake_flows above
    cdef double gap, weight = 1.0
    cdef double* seepage = lake.seepage
    cdef double* outlets = lake.outlets
    cdef double* mine = <double*> f
    cdef double* theirs = <double*> &above
    cdef long long k, o
    flows_at(lake, low, f)
    lake.seepage, lake.outlets = spare, spare_outlets
    flows_at(lake, high, &above)
    lake.seepage, lake.outlets = seepage, outlets
    gap = f.residual - above.residual
    if gap > 0.0:
        weight = f.residual / gap
    for k in range(FLOWS):
        mine[k] += weight * (theirs[k] - mine[k])
    for k in range(lake.first, lake.end):
        seepage[k] += weight * (spare[k] - seepage[k])
    for k in range(lake.first_outlet, lake.end_outlet):
        o = lake.order[k]
        outlets[o] += weight * (spare_outlets[o] - outlets[o])


cpdef long long balance(
    const signed char[::1] asked,
    const double[:, ::1] constants,
    const long long[::1] first,
    const double[:, ::1] bed,
    const double[::1] head,
    const signed char[::1] joined,
    const long long[::1] row_first,
    const double[:, ::1] rows,
    const long long[::1] outlet_first,
    const long long[::1] order,
    const double[:, ::1] outlet,
    const signed char[::1] status,
    const double[:, ::1] drive,
    double step,
    bint transient,
    bint newton,
    double smoothing,
    double closed,
    double narrow,
    int limit,
    double[:, ::1] found,
    double[::1] seeps,
    double[::1] outlets,
    double[::1] spare,
    double[::1] spare_outlets,
) noexcept nogil:
    """Flows of lakes at given stages, or at those that close their balances.

    False position with the Illinois rule between a stage of too much and one of too little water, on what the balance
    would be if all demands were met. Where it jumps through zero, flows lie between those of both sides.

    Parameters
    ----------
    asked : shape (lake,): 0 leave as it is, 1 at the given stage, 2 close its balance from there.
    constants : shape (lake, 5): bottom, extent in height, largest area, 1 if embedded, full conductance of all beds.
    first, bed, row_first, rows, newton, smoothing : as in `shapes` and `seepage`.
    head, joined : shape (connection,), in the cell [L], and whether it exchanges water.
    outlet_first : shape (lake + 1,), where the outlets of each lake begin in `order`, shape (outlet,).
    outlet : as in `demands`.
    status : shape (lake,): 1 active, 0 inactive, -1 constant.
    drive : shape (lake, 7): rainfall, evaporation [L/T], runoff with inflow and what movers bring, withdrawal
        [L**3/T], water at the start of the step [L**3], what comes from other lakes [L**3/T], stage [L].
    step, transient : length of the step [T], and whether lakes store.
    closed, narrow, limit : balance and bracket, relative, at which a stage is found; how often flows are tried.
    found : shape (lake, 11), written: stage, area, volume, rain, evaporation, withdrawal, what comes from others,
        what storage gives, balance, sum of amounts, balance if all demands were met.
    seeps, outlets : shape (connection,) and (outlet,), written: flow into the lake, what is let out [L**3/T].
    spare, spare_outlets : room of the same shapes.

    Returns
    -------
    failed : -1, or 2 * lake where no stage is high enough, 2 * lake + 1 where none is found.
    """
    cdef Py_ssize_t i
    cdef int failed
    cdef gw_lake lake
    cdef gw_lake_flows f
    cdef const double* mine
    lake.bed, lake.head, lake.joined, lake.order = &bed[0, 0], &head[0], &joined[0], &order[0]
    lake.outlet, lake.seepage, lake.outlets = &outlet[0, 0], &seeps[0], &outlets[0]
    lake.step, lake.transient, lake.newton, lake.smoothing = step, transient, newton, smoothing
    for i in range(asked.shape[0]):
        if asked[i] == 0:
            continue
        lake.first, lake.end = first[i], first[i + 1]
        lake.table, lake.rows = &rows[row_first[i], 0], row_first[i + 1] - row_first[i]
        lake.first_outlet, lake.end_outlet = outlet_first[i], outlet_first[i + 1]
        lake.bottom, lake.extent, lake.largest, lake.embedded = (
            constants[i, 0], constants[i, 1], constants[i, 2], constants[i, 3])
        lake.rainfall, lake.evaporation, lake.given, lake.withdrawal = (
            drive[i, 0], drive[i, 1], drive[i, 2], drive[i, 3])
        lake.before, lake.comes, lake.status = drive[i, 4], drive[i, 5], status[i]
        failed = 0
        if asked[i] == 1:
            flows_at(&lake, drive[i, 6], &f)
        else:
            failed = _close(&lake, &f, drive[i, 6], constants[i, 4], closed, narrow, limit, &spare[0],
                            &spare_outlets[0])
        mine = <const double*> &f
        for k in range(FLOWS):
            found[i, k] = mine[k]
        if failed:
            return 2 * i + failed - 1
    return -1
