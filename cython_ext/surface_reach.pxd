# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The balance of one reach of a stream: what comes, what evaporates, what leaks, what leaves."""

from surface_section cimport (
    SHALLOW, depth_of, first_depth, gw_channel, gw_section, high_of, low_of, next_depth, section_at, smooth,
)

cdef extern from *:
    """
    #ifndef GW_SURFACE_REACH
    #define GW_SURFACE_REACH
    typedef struct {
        gw_channel channel;
        double length, top, leakance, head, follows;
        double comes, rain, runoff, evaporation;
        double entered, left, weight, step, fast;
    } gw_reach;
    typedef struct {
        double evaporation, runoff, lateral, lateral_by_depth, lateral_by_comes;
        double sources, sources_by_depth, sources_by_comes;
        double leakage, leakage_by_depth, leakage_by_comes, leakage_by_head;
    } gw_flows;
    typedef struct {
        double depth, leakage, outflow, evaporation, runoff, storage;
        double leakage_by_comes, leakage_by_head, outflow_by_comes, outflow_by_head;
    } gw_answer;
    #endif
    """
    ctypedef struct gw_reach:
        gw_channel channel
        double length
        double top
        double leakance      # of the bed per perimeter: K L / b; zero where nothing leaks
        double head          # in the cell, not below the bed
        double follows       # 1 where leakage follows the head, 0 where the head is below the bed
        double comes         # from upstream, inflow, mover
        double rain
        double runoff
        double evaporation   # per width
        double entered       # of the step before: at the upstream and the downstream end
        double left
        double weight        # of the end of the step
        double step          # length of the step
        double fast          # 1 where a wave runs through in less than the step
    ctypedef struct gw_flows:
        double evaporation
        double runoff
        double lateral
        double lateral_by_depth
        double lateral_by_comes
        double sources
        double sources_by_depth
        double sources_by_comes
        double leakage
        double leakage_by_depth
        double leakage_by_comes
        double leakage_by_head
    ctypedef struct gw_answer:
        double depth
        double leakage
        double outflow
        double evaporation
        double runoff
        double storage
        double leakage_by_comes
        double leakage_by_head
        double outflow_by_comes
        double outflow_by_head


cdef inline void flows_at(const gw_reach* r, const gw_section* s, double depth, gw_flows* f) noexcept nogil:
    """What enters a reach from its sides and through its bed at a depth.

    Evaporation, then negative runoff, give way where sources do not suffice; leakage takes no more than sources
    give.
    """
    cdef double slope, part, wet, drop, all_in, held
    part = low_of(high_of(depth, 0.0) / SHALLOW, 1.0)
    wet = part * s.width
    f.evaporation, f.runoff = r.evaporation * wet, r.runoff
    slope = 0.0
    if depth >= SHALLOW:
        slope = r.evaporation * s.width_by
    elif depth > 0.0:
        slope = r.evaporation * (s.width_by * part + s.width / SHALLOW)
    all_in = r.comes + r.rain + r.runoff
    f.sources_by_depth, f.sources_by_comes = -slope, 1.0
    if all_in - f.evaporation < 0.0:
        if all_in >= 0.0:
            f.evaporation = low_of(f.evaporation, all_in)
        elif r.runoff < 0.0:
            f.runoff, f.evaporation = -(r.comes + r.rain), 0.0
        f.sources_by_depth = f.sources_by_comes = 0.0
        f.sources = 0.0
    else:
        f.sources = all_in - f.evaporation
    f.lateral = r.rain + f.runoff - f.evaporation
    f.lateral_by_depth, f.lateral_by_comes = f.sources_by_depth, f.sources_by_comes - 1.0
    part = smooth(depth, &slope)
    drop = r.top + depth - r.head
    f.leakage = part * r.leakance * s.perimeter * drop
    f.leakage_by_depth = r.leakance * (
        slope * s.perimeter * drop + part * (s.perimeter_by * drop + s.perimeter))
    f.leakage_by_comes, f.leakage_by_head = 0.0, -r.follows * part * r.leakance * s.perimeter
    if r.leakance > 0.0 and f.leakage >= f.sources:
        f.leakage, f.leakage_by_head = f.sources, 0.0
        f.leakage_by_depth, f.leakage_by_comes = f.sources_by_depth, f.sources_by_comes


cdef inline double steady_excess(
    const gw_reach* r, double depth, gw_section* s, gw_flows* f, double* slope
) noexcept nogil:
    """Manning's flow at a depth less the flow in the middle of the reach."""
    section_at(&r.channel, depth, s)
    flows_at(r, s, depth, f)
    slope[0] = s.flow_by - 0.5 * f.lateral_by_depth + 0.5 * f.leakage_by_depth
    return s.flow - (r.comes + 0.5 * f.lateral - 0.5 * f.leakage)


cdef inline void solve_steady(const gw_reach* r, gw_answer* a) noexcept nogil:
    """Depth, leakage and outflow of a reach without storage.

    The largest depth is taken: a dry bed below the water table answers the equation too.
    """
    cdef gw_section s
    cdef gw_flows f
    cdef double slope, value, low = 0.0, high, depth, there, by_comes, by_head
    cdef int turn
    depth = 0.0
    value = steady_excess(r, 0.0, &s, &f, &slope)
    if value < 0.0 or (r.leakance > 0.0 and r.head > r.top):
        high = high_of(first_depth(&r.channel, high_of(-value, 0.0)), SHALLOW)
        if r.leakance > 0.0:
            high = high_of(high, r.head - r.top)
        for turn in range(200):
            value = steady_excess(r, high, &s, &f, &slope)
            if value >= 0.0:
                break
            low, high = high, 2.0 * high
        depth = high
        for turn in range(200):
            there = next_depth(depth, value, slope, &low, &high)
            if there == depth or high - low <= 4e-16 * high or high < 1e-30:
                break
            depth = there
            value = steady_excess(r, depth, &s, &f, &slope)
    by_comes = by_head = 0.0
    if slope > 0.0:
        by_comes = (1.0 + 0.5 * f.lateral_by_comes - 0.5 * f.leakage_by_comes) / slope
        by_head = -0.5 * f.leakage_by_head / slope
    a.depth, a.leakage, a.evaporation, a.runoff, a.storage = depth, f.leakage, f.evaporation, f.runoff, 0.0
    a.outflow = f.sources - f.leakage
    a.leakage_by_comes = f.leakage_by_comes + f.leakage_by_depth * by_comes
    a.leakage_by_head = f.leakage_by_head + f.leakage_by_depth * by_head
    a.outflow_by_comes = f.sources_by_comes + f.sources_by_depth * by_comes - a.leakage_by_comes
    a.outflow_by_head = f.sources_by_depth * by_head - a.leakage_by_head


cdef inline void solve_held(const gw_reach* r, double stage, gw_answer* a) noexcept nogil:
    """Leakage and outflow of a reach of given stage; dry where leakage takes all that comes."""
    cdef gw_section s
    cdef gw_flows f
    cdef double depth = high_of(stage - r.top, 0.0)
    section_at(&r.channel, depth, &s)
    flows_at(r, &s, depth, &f)
    if r.leakance > 0.0 and depth > 0.0 and f.leakage >= f.sources:
        depth = 0.0
        section_at(&r.channel, 0.0, &s)
        flows_at(r, &s, 0.0, &f)
        f.leakage, f.leakage_by_comes, f.leakage_by_head = f.sources, f.sources_by_comes, 0.0
    a.depth, a.leakage, a.evaporation, a.runoff, a.storage = depth, f.leakage, f.evaporation, f.runoff, 0.0
    a.outflow = f.sources - f.leakage
    a.leakage_by_comes, a.leakage_by_head = f.leakage_by_comes, f.leakage_by_head
    a.outflow_by_comes, a.outflow_by_head = f.sources_by_comes - f.leakage_by_comes, -f.leakage_by_head


cdef inline double wave_excess(
    const gw_reach* r, double depth, double above, double still, gw_section* s, gw_section* middle, gw_flows* f,
    double* slope,
) noexcept nogil:
    """What a kinematic wave lets out at a depth of the downstream end, less what the balance leaves for it.

    `above`: depth of the upstream end; `still`: terms that do not depend on the depth.
    """
    cdef double half = 0.5 * (above + depth), gains
    section_at(&r.channel, depth, s)
    section_at(&r.channel, half, middle)
    flows_at(r, middle, half, f)
    gains = f.lateral - f.leakage
    slope[0] = 0.5 * (f.leakage_by_depth - f.lateral_by_depth)
    if r.fast > 0.5:
        slope[0] += s.flow_by
        return s.flow + still - gains
    slope[0] += r.weight * s.flow_by + 0.5 * r.length / r.step * s.width
    return r.weight * s.flow + 0.5 * r.length / r.step * s.area + still - gains


cdef inline void solve_wave(const gw_reach* r, gw_answer* a) noexcept nogil:
    """Depth, leakage, outflow and storage of a reach that a kinematic wave crosses.

    Depths of inflow and outflow differ; leakage and evaporation are those of their mean.
    """
    cdef gw_section s, middle, upstream, before, after
    cdef gw_flows f
    cdef double above, still, slope, value, low = 0.0, high, depth, there, still_by, above_by = 0.0
    cdef double by_comes, by_head, half_by, mean
    cdef int turn
    depth_of(&r.channel, r.entered, &before)
    depth_of(&r.channel, r.left, &after)
    above = depth_of(&r.channel, r.comes, &upstream)
    if above > 0.0 and upstream.flow_by > 0.0:
        above_by = 1.0 / upstream.flow_by
    if r.fast > 0.5:
        still = -r.comes + r.length / r.step * (upstream.area - before.area)
        still_by = -1.0 + r.length / r.step * upstream.width * above_by
    else:
        still = (-r.weight * r.comes + (1.0 - r.weight) * (r.left - r.entered)
                 + 0.5 * r.length / r.step * (upstream.area - before.area - after.area))
        still_by = -r.weight + 0.5 * r.length / r.step * upstream.width * above_by
    depth = 0.0
    value = wave_excess(r, 0.0, above, still, &s, &middle, &f, &slope)
    if value < 0.0:
        high = high_of(first_depth(&r.channel, -value), SHALLOW)
        for turn in range(200):
            value = wave_excess(r, high, above, still, &s, &middle, &f, &slope)
            if value >= 0.0:
                break
            low, high = high, 2.0 * high
        depth = high
        for turn in range(200):
            there = next_depth(depth, value, slope, &low, &high)
            if there == depth or high - low <= 4e-16 * high or high < 1e-30:
                break
            depth = there
            value = wave_excess(r, depth, above, still, &s, &middle, &f, &slope)
    mean = 0.5 * (f.leakage_by_depth - f.lateral_by_depth)
    by_comes = by_head = 0.0
    if depth > 0.0 and slope > 0.0:
        by_comes = -(still_by - f.lateral_by_comes + f.leakage_by_comes + mean * above_by) / slope
        by_head = -f.leakage_by_head / slope
    half_by = 0.5 * (above_by + by_comes)
    a.depth = 0.5 * (above + depth)
    a.leakage, a.evaporation, a.runoff = f.leakage, f.evaporation, f.runoff
    a.outflow = s.flow if depth > 0.0 else 0.0
    a.storage = a.outflow + f.leakage - r.comes - f.lateral
    a.leakage_by_comes = f.leakage_by_comes + f.leakage_by_depth * half_by
    a.leakage_by_head = f.leakage_by_head + 0.5 * f.leakage_by_depth * by_head
    a.outflow_by_comes, a.outflow_by_head = s.flow_by * by_comes, s.flow_by * by_head


cdef inline signed char crossed(const gw_reach* r, double flow, signed char before) noexcept nogil:
    """1 if a wave of this flow crosses the reach within the step, 0 if not; `before` where nothing flows.

    Its celerity comes from a small change, as in MODFLOW 6.
    """
    cdef double more = 0.999e-5, celerity
    cdef gw_section here, there
    if flow <= 0.0:
        return before
    depth_of(&r.channel, flow, &here)
    depth_of(&r.channel, flow + more, &there)
    celerity = more / (there.area - here.area) if there.area > here.area else 0.0
    return celerity * r.step > r.length
