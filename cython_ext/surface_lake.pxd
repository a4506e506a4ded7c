# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""One lake of LAK: its beds, its shape and its outlets at a stage, and the balance that they make."""

from libc.math cimport pow

cdef extern from *:
    """
    #ifndef GW_SURFACE_LAKE
    #define GW_SURFACE_LAKE
    typedef struct {
        double flow, conductance, by_head, by_stage, held, wetted;
    } gw_seepage;
    typedef struct {
        const double *bed, *head, *table, *outlet;
        const signed char *joined;
        const long long *order;
        long long first, end, rows, first_outlet, end_outlet;
        double bottom, extent, largest, embedded;
        double rainfall, evaporation, given, withdrawal, before, comes;
        double step, smoothing;
        int status, transient, newton;
        double *seepage, *outlets;
    } gw_lake;
    typedef struct {
        double stage, area, volume, rain, evaporation, withdrawal, comes, stored, residual, size, excess;
    } gw_lake_flows;
    #endif
    """
    ctypedef struct gw_seepage:  # as `Seepage` of surface/lakes/bed.py
        double flow
        double conductance
        double by_head
        double by_stage
        double held
        double wetted
    ctypedef struct gw_lake:
        const double* bed        # of all connections, BED numbers each
        const double* head       # of all connections
        const double* table      # of this lake, TABLE numbers a row
        const double* outlet     # of all outlets, OUTLET numbers each
        const signed char* joined
        const long long* order   # of all outlets, lake after lake
        long long first          # connections of this lake
        long long end
        long long rows           # of its table
        long long first_outlet   # its part of `order`
        long long end_outlet
        double bottom
        double extent            # in height
        double largest           # area
        double embedded          # 1 within one cell
        double rainfall
        double evaporation
        double given             # runoff, inflow, from movers
        double withdrawal
        double before            # water at the start of the step
        double comes             # from outlets of other lakes
        double step              # length
        double smoothing         # of saturation
        int status               # ACTIVE, CONSTANT, INACTIVE
        int transient
        int newton
        double* seepage          # of all connections, written
        double* outlets          # of all outlets, written
    ctypedef struct gw_lake_flows:  # as `Flows` of surface/lakes/balance.py
        double stage
        double area
        double volume
        double rain
        double evaporation
        double withdrawal
        double comes
        double stored
        double residual
        double size
        double excess

cdef extern from *:
    """
    #define GW_BED 8
    #define GW_TABLE 4
    #define GW_OUTLET 4
    """
    const int BED "GW_BED"        # bottom, top, full conductance, face, plan, 1 if plain, 1 if convertible, 1 if by table
    const int TABLE "GW_TABLE"    # stage, volume, area, exchange area
    const int OUTLET "GW_OUTLET"  # rate, invert, factor, power


cdef extern from *:
    """
    #define GW_ACTIVE 1
    #define GW_CONSTANT -1
    #define GW_INACTIVE 0
    """
    const int ACTIVE "GW_ACTIVE"
    const int CONSTANT "GW_CONSTANT"
    const int INACTIVE "GW_INACTIVE"


cdef inline double least(double a, double b) noexcept nogil:
    return a if a < b else b


cdef inline double most(double a, double b) noexcept nogil:
    return a if a > b else b


cdef inline double saturation(double level, double top, double bottom, double w, double* slope) noexcept nogil:
    """Saturation and its derivative by the level, as in core/saturation.py."""
    cdef double span = top - bottom, a = 1.0 / (1.0 - w), x
    slope[0] = 0.0
    if span <= 0.0:
        return 1.0 if level >= bottom else 0.0
    x = (level - bottom) / span
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x < w:
        slope[0] = a * x / w / span
        return 0.5 * a * x * x / w
    if x >= 1.0 - w:
        slope[0] = a * (1.0 - x) / w / span
        return 1.0 - 0.5 * a * (1.0 - x) * (1.0 - x) / w
    slope[0] = a / span
    return a * x + 0.5 * (1.0 - a)


cdef inline double between(const double* table, long long rows, int column, double at, double* slope) noexcept nogil:
    """A column of a table at a stage and its slope: linear between rows, flat outside."""
    cdef long long low = 0, high = rows - 1, middle
    cdef const double* a
    cdef const double* b
    slope[0] = 0.0
    if at < table[0]:
        return table[column]
    if at >= table[high * TABLE]:
        return table[high * TABLE + column]
    while high - low > 1:
        middle = (low + high) // 2
        if table[middle * TABLE] <= at:
            low = middle
        else:
            high = middle
    a, b = &table[low * TABLE], &table[high * TABLE]
    slope[0] = (b[column] - a[column]) / (b[0] - a[0])
    return a[column] + slope[0] * (at - a[0])


cdef inline void seepage_at(
    const double* bed, const double* table, long long rows, double stage, double head, int newton, double w,
    gw_seepage* s,
) noexcept nogil:
    """Flow through a connection and its derivatives, as `Beds.seepage` says."""
    cdef double bottom = bed[0], top = bed[1], full = bed[2], share = 1.0, level, part, slope, wetted, difference, grows
    cdef double low_stage = least(stage, top), low_head = least(head, top)
    cdef bint by_stage = stage < top, by_head = head < top
    if newton:
        level = most(low_stage, low_head)
        by_stage = by_stage and low_stage > low_head
        by_head = by_head and low_head >= low_stage
    else:
        level, share = 0.5 * (low_stage + low_head), 0.5
    part = saturation(level, top, bottom, w, &slope)
    wetted = (part if bed[6] > 0.5 else 1.0) * bed[3]
    if bed[5] > 0.5:
        part, slope = 1.0, 0.0
    if bed[7] > 0.5:
        part = wetted = between(table, rows, 3, level if bed[6] > 0.5 else top, &slope)
        if bed[6] < 0.5:
            slope = 0.0
    s.conductance = full * part
    difference = most(head, bottom) - most(stage, bottom)
    grows = full * slope * difference * share
    s.flow = s.conductance * difference
    s.by_head = (s.conductance if head >= bottom else 0.0) + (grows if by_head else 0.0)
    s.by_stage = (-s.conductance if stage >= bottom else 0.0) + (grows if by_stage else 0.0)
    s.held = s.conductance if head >= bottom and stage >= bottom else 0.0
    s.wetted = wetted if stage >= bottom else 0.0


cdef inline void shape_at(const gw_lake* lake, double stage, double* area, double* volume) noexcept nogil:
    """Surface and water of a lake at a stage, as `Shapes` says."""
    cdef long long k
    cdef double slope, wet
    cdef const double* bed
    area[0] = volume[0] = 0.0
    if lake.rows > 0:
        bed = &lake.table[(lake.rows - 1) * TABLE]
        area[0] = between(lake.table, lake.rows, 2, stage, &slope)
        volume[0] = between(lake.table, lake.rows, 1, stage, &slope) + most(stage - bed[0], 0.0) * bed[2]
        return
    for k in range(lake.first, lake.end):
        bed = &lake.bed[k * BED]
        if bed[4] > 0.0:
            wet = bed[4] * saturation(stage, bed[1], bed[0], lake.smoothing, &slope)
            area[0] += wet
            volume[0] += wet * most(stage - bed[0], 0.0)


cdef inline double outlet_at(const double* outlet, double stage, double* slope) noexcept nogil:
    """What an outlet would let out at a stage, rate + factor d**power with the depth d, and its derivative."""
    cdef double depth = most(stage - outlet[1], 0.0), near
    slope[0] = 0.0
    if outlet[2] == 0.0 or depth == 0.0:
        return outlet[0]
    near = outlet[2] * pow(depth, outlet[3] - 1.0)
    slope[0] = outlet[3] * near
    return outlet[0] + near * depth


cdef inline void flows_at(const gw_lake* lake, double stage, gw_lake_flows* f) noexcept nogil:
    """All flows of a lake at a stage.

    What leaves is at most what comes and what was there; it goes to the aquifer, connection by connection, then to
    withdrawal, evaporation and outlets, in their order.
    """
    cdef long long k
    cdef double seeps = 0.0, gains = 0.0, enters, kept, have, take, wants = 0.0, lets = 0.0, dries, slope, want
    cdef bint there = lake.status != INACTIVE, unlimited = lake.status == CONSTANT
    cdef gw_seepage s
    f.stage = stage
    shape_at(lake, stage, &f.area, &f.volume)
    for k in range(lake.first, lake.end):
        lake.seepage[k] = 0.0
        if there and lake.joined[k]:
            seepage_at(&lake.bed[k * BED], lake.table, lake.rows, stage, lake.head[k], lake.newton, lake.smoothing, &s)
            lake.seepage[k] = s.flow
            gains += most(s.flow, 0.0)
            seeps += most(-s.flow, 0.0)
    f.rain = lake.rainfall * (lake.largest if lake.embedded > 0.5 else f.area) if there else 0.0
    f.comes = lake.comes if there else 0.0
    enters = gains + f.rain + (lake.given if there else 0.0) + f.comes
    kept = (lake.before if lake.transient else f.volume) / lake.step
    have = enters + most(kept, 0.0)
    wants += seeps
    if unlimited or seeps <= have:
        have -= seeps
    else:
        seeps = 0.0
        for k in range(lake.first, lake.end):
            if lake.seepage[k] < 0.0:
                take = least(-lake.seepage[k], have)
                lake.seepage[k] = -take
                have -= take
                seeps += take
    f.withdrawal = lake.withdrawal if there else 0.0
    wants += f.withdrawal
    if not unlimited:
        f.withdrawal = least(f.withdrawal, have)
    have -= f.withdrawal
    dries = lake.evaporation * f.area if there else 0.0
    wants += dries
    f.evaporation = dries if unlimited else least(dries, have)
    have -= f.evaporation
    for k in range(lake.first_outlet, lake.end_outlet):
        want = outlet_at(&lake.outlet[lake.order[k] * OUTLET], stage, &slope) if there else 0.0
        wants += want
        take = want if unlimited else least(want, have)
        lake.outlets[lake.order[k]] = take
        have -= take
        lets += take
    lets += seeps + f.withdrawal + f.evaporation
    f.stored = f.size = 0.0
    if lake.transient and lake.status == ACTIVE:
        f.stored = (lake.before - f.volume) / lake.step
        f.size = (lake.before + f.volume) / lake.step
    f.size += enters + lets
    f.residual = enters - lets + f.stored
    f.excess = enters - wants + f.stored
