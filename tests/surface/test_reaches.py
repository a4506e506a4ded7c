"""Water through networks of reaches: balances, exact depths, diversions, waves, derivatives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.core.errors import InputError
from gwsolver.core.features import INACTIVE, SIMPLE
from gwsolver.core.time import TimeStep
from gwsolver.packages.sfr import Reaches
from gwsolver.surface.reaches.channel import Channels
from gwsolver.surface.reaches.order import downstream_order, one_loop
from tests.surface.streams import chain, changed, reaches, trapezium

STEP = TimeStep(0, 0, 0.0, 50.0)


def respond(package, head=0.0, step=STEP, transient=False, features=None):
    """What reaches do at the heads of their cells, and the step it ends as."""
    features = features or Reaches(package, None)
    features.begin(step, transient)
    n = max(int(package.connection_cell.max()) + 1, 1)
    heads = np.broadcast_to(np.asarray(head, float), (n,)).copy()
    response = features.respond(heads, np.ones(n, bool), np.zeros(n, bool), np.full(n, -1))
    return response, features.finish(response)


@st.composite
def networks(draw):
    """Networks with confluences, splits and diversions, over an aquifer that takes and gives."""
    n = draw(st.integers(2, 12))
    links, diversions, fraction = [], [], np.ones(n)
    for i in range(n - 1):
        below = sorted(draw(st.sets(st.integers(i + 1, n - 1), min_size=1, max_size=2)))
        links.append((i, below[0]))
        if len(below) > 1 and all(b != below[1] for _, b in links):
            word = draw(st.sampled_from(["upto", "threshold", "fraction", "excess"]))
            amount = draw(st.floats(0.0, 1.0 if word == "fraction" else 8.0))
            diversions.append((i, below[1], word, amount))
    fed = {d[1] for d in diversions}
    links = [k for k in links if k[1] not in fed]
    diversions = [d for d in diversions if any(a == d[0] for a, _ in links)]
    fraction[[d[1] for d in diversions]] = 0.0

    def some(low, high):
        return np.array(draw(st.lists(st.floats(low, high), min_size=n, max_size=n)))

    package = reaches(
        n, links, cells=np.arange(n), diversions=diversions, top=some(-1.0, 1.0), width=some(1.0, 20.0),
        inflow=some(0.0, 5.0) * (some(0.0, 1.0) > 0.5), runoff=some(-1.0, 1.0), rainfall=some(0.0, 1e-4),
        evaporation=some(0.0, 1e-3), bed_conductivity=some(0.0, 1e-2), upstream_fraction=fraction,
        sections=(trapezium(2.0, 1.0, 3.0, 8.0),), cross_section=np.where(some(0.0, 1.0) > 0.5, 0.0, -1.0))
    return package, some(-4.0, 3.0)


@settings(max_examples=200)
@given(networks(), st.booleans())
def test_every_reach_of_a_network_balances(network, stores):
    package, head = network
    package = changed(package)
    object.__setattr__(package, "stores", stores)
    features = Reaches(package, None)
    for number in range(3):
        now = TimeStep(0, number, 50.0 * number, 50.0 * number + 50.0)
        _, step = respond(package, head, now, True, features)
        size = max(np.abs(v).max() for v in (*step.terms.values(), step.rate, step.link_rate))
        assert np.abs(step.imbalance()).max() <= 1e-14 * max(size, 1e-10) * package.n_features
        assert np.all(step.link_rate >= 0.0)
        assert np.all(step.terms["ext-outflow"] <= 1e-14 * size)
        assert np.all(step.stage >= package.top)


@settings(max_examples=200)
@given(networks(), st.booleans())
def test_derivatives_are_differences(network, stores):
    """Of all leakage by one head: the slopes' own linear system against differences."""
    package, head = network
    object.__setattr__(package, "stores", stores)
    step, tiny, n = TimeStep(0, 0, 0.0, 50.0), 1e-6, package.n_features

    def leakage(at):
        features = Reaches(package, None)
        features.begin(step, True)
        return features.respond(at, np.ones(n, bool), np.zeros(n, bool), np.full(n, -1))

    here = leakage(head)
    s = here.slopes(True)
    inflow = np.diag(s.balance_by_stage)
    np.add.at(inflow, (package.link_to, package.link_from), s.balance_by_link)
    by_head = np.diag(s.balance_by_head)
    np.add.at(by_head, (package.link_to, package.link_from), s.balance_by_link_head)
    total = np.diag(s.rate_by_head) + s.rate_by_stage[:, None] * np.linalg.solve(inflow, -by_head)
    for cell in range(n):
        move = np.zeros(n)
        move[cell] = tiny
        up, down = leakage(head + move), leakage(head - move)
        ahead, behind = (up.rate - here.rate) / tiny, (here.rate - down.rate) / tiny
        size = 1e-4 * (1.0 + np.abs(total).max())
        smooth = np.abs(ahead - behind) < size  # elsewhere something switches between the two
        assert np.allclose(total[smooth, cell], (0.5 * (ahead + behind))[smooth], atol=size)


def test_depth_of_a_chain_is_the_normal_depth_in_the_middle():
    # 10 m3/s and 0.01 m3/s of runoff in each reach: the middle carries what came and half of its own
    package = chain(4, inflow=[10.0, 0.0, 0.0, 0.0], runoff=0.01)
    _, step = respond(package)
    flow = 10.0 + 0.01 * (np.arange(4) + 0.5)
    depth = (flow * 0.03 / (5.0 * np.sqrt(1e-3))) ** 0.6
    assert step.stage == pytest.approx(depth, rel=1e-12)
    assert step.terms["ext-outflow"][-1] == pytest.approx(-10.04, rel=1e-14)


def test_a_dry_bed_above_the_water_table_stays_dry_and_below_it_gains():
    package = chain(2, cells=[0, 1], bed_conductivity=1e-5)
    _, step = respond(package, [-1.0, -1.0])
    assert np.all(step.rate == 0.0)
    assert np.all(step.stage == 0.0)
    _, step = respond(package, [0.3, 0.3])
    # gains K L w / b (h - stage) with its own depth: Q(d) = (what came) + half of the gain
    gain = 1e-5 * 100.0 * 5.0 / 0.5 * (0.3 - step.stage)
    assert step.rate == pytest.approx(-gain, rel=1e-12)
    middle = np.array([0.5 * gain[0], gain[0] + 0.5 * gain[1]])
    assert step.stage == pytest.approx((middle * 0.03 / (5.0 * np.sqrt(1e-3))) ** 0.6, rel=1e-10)


def test_a_reach_loses_no_more_than_it_has():
    package = chain(3, cells=[0, 1, 2], inflow=[0.5, 0.0, 0.0], bed_conductivity=1.0)
    _, step = respond(package, -10.0)
    assert step.rate == pytest.approx([0.5, 0.0, 0.0])
    assert step.terms["ext-outflow"][-1] == 0.0


# The depth, of that without leakage, at which the bed would just take all.
@pytest.mark.parametrize("part", [0.01, 0.1, 0.22, 0.35, 0.44, 0.46, 0.6, 0.655])
def test_a_reach_that_loses_all_has_the_depth_of_half_its_inflow_whatever_its_leakance(part):
    """Q(d) = U - G / 2 with G = U; MODFLOW 6 stops at 0.225 to 0.655 of the full depth, with the same leakage."""
    full = (1.0 * 0.03 / (5.0 * np.sqrt(1e-3))) ** 0.6
    package = chain(2, cells=[0, -1], inflow=[1.0, 0.0], bed_thickness=1.0,
                    bed_conductivity=[1.0 / (500.0 * (1.0 + part * full)), 0.0])
    _, step = respond(package, -50.0)
    assert step.stage[0] == pytest.approx(0.5**0.6 * full, rel=1e-14)
    assert step.rate[0] == 1.0
    assert step.link_rate[0] == 0.0


def test_depth_runs_on_where_a_reach_begins_to_lose_all():
    full = (1.0 * 0.03 / (5.0 * np.sqrt(1e-3))) ** 0.6
    last = 1.0 / (500.0 * (1.0 + 0.5**0.6 * full))  # conductivity that just takes all
    depth = []
    for conductivity in last * (1.0 + np.array([-1e-3, -1e-6, 1e-6, 1e-3])):
        package = chain(1, cells=[0], inflow=1.0, bed_thickness=1.0, bed_conductivity=conductivity)
        depth.append(respond(package, -50.0)[1].stage[0])
    assert np.all(np.diff(depth[:3]) < 0.0)
    assert depth[1] == pytest.approx(depth[2], rel=1e-6)
    assert depth[2] == pytest.approx(depth[3], rel=1e-14)


def test_a_section_by_points_that_loses_all_carries_in_its_middle_half_of_what_comes():
    """With runoff, rain and evaporation: Q(d) = U + (R + O - E) / 2 - (U + R + O - E) / 2 = U / 2."""
    package = chain(1, cells=[0], inflow=2.0, runoff=0.3, rainfall=1e-4, evaporation=2e-4, bed_conductivity=0.1,
                    width=8.0, sections=(trapezium(2.0, 1.0, 3.0, 8.0),), cross_section=0.0)
    _, step = respond(package, -50.0)
    came = 2.0 + step.terms["runoff"][0] + step.terms["rainfall"][0] + step.terms["evaporation"][0]
    assert step.terms["evaporation"][0] < -1e-4 * 100.0 * 2.0
    assert step.rate[0] == pytest.approx(came, rel=1e-15)
    channels = Channels(package.width, package.slope, np.array([0.03]), 1.0, np.array([0]), package.sections)
    assert channels.at(step.stage).flow[0] == pytest.approx(1.0, rel=1e-13)


def test_evaporation_then_negative_runoff_take_no_more_than_comes():
    dry = chain(1, inflow=1e-4, evaporation=1.0)
    _, step = respond(dry)
    assert step.terms["evaporation"][0] == pytest.approx(-1e-4)
    _, step = respond(chain(1, inflow=1e-4, evaporation=1e-9, runoff=-1.0))
    assert step.terms["runoff"][0] == pytest.approx(-1e-4)
    assert step.terms["evaporation"][0] == 0.0
    assert step.terms["ext-outflow"][0] == 0.0


@pytest.mark.parametrize(("word", "amount", "taken"), [
    ("upto", 3.0, 3.0), ("upto", 30.0, 10.0), ("threshold", 3.0, 3.0), ("threshold", 12.0, 0.0),
    ("fraction", 0.25, 2.5), ("excess", 3.0, 7.0), ("excess", 12.0, 0.0)])
def test_diversions_by_priority(word, amount, taken):
    package = reaches(3, [(0, 1)], diversions=[(0, 2, word, amount)], inflow=[10.0, 0.0, 0.0],
                      upstream_fraction=[1.0, 1.0, 0.0])
    _, step = respond(package)
    assert step.terms["ext-outflow"] == pytest.approx([0.0, -(10.0 - taken), -taken])


def test_two_diversions_take_in_the_order_of_the_reaches_they_feed():
    package = reaches(4, [(0, 1)], diversions=[(0, 3, "fraction", 0.5), (0, 2, "upto", 4.0)],
                      inflow=[10.0, 0.0, 0.0, 0.0], upstream_fraction=[1.0, 1.0, 0.0, 0.0])
    _, step = respond(package)
    assert step.terms["ext-outflow"][1:] == pytest.approx([-3.0, -4.0, -3.0])


def test_a_split_follows_the_upstream_fractions_of_active_reaches():
    package = reaches(3, [(0, 1), (0, 2)], inflow=[10.0, 0.0, 0.0], upstream_fraction=[1.0, 0.3, 0.7])
    _, step = respond(package)
    assert step.terms["ext-outflow"][1:] == pytest.approx([-3.0, -7.0])
    _, step = respond(changed(package, status=[1, INACTIVE, 1], upstream_fraction=[1.0, 0.3, 1.0]))
    assert step.terms["ext-outflow"] == pytest.approx([0.0, 0.0, -10.0])
    with pytest.raises(InputError, match=r"below reach 1 sum to 0\.7, not to 1"):
        respond(changed(package, status=[1, INACTIVE, 1]))


def test_a_simple_reach_keeps_its_stage_and_passes_on_what_is_left():
    package = chain(2, cells=[0, 1], inflow=[10.0, 0.0], bed_conductivity=1e-3, stage=[0.8, 0.0])
    _, step = respond(changed(package, status=[SIMPLE, 1]), [0.0, 5.0])
    assert step.stage[0] == 0.8
    assert step.rate[0] == pytest.approx(1e-3 * 100.0 * 5.0 / 0.5 * 0.8)
    assert step.link_rate[0] == pytest.approx(10.0 - step.rate[0])


def test_a_fixed_cell_exchanges_nothing():
    package = chain(1, cells=[0], inflow=1.0, bed_conductivity=1e-3)
    features = Reaches(package, None)
    features.begin(STEP, False)
    response = features.respond(np.array([-5.0]), np.ones(1, bool), np.ones(1, bool), np.full(1, -1))
    assert response.rate[0] == 0.0


def test_a_reach_above_a_dry_cell_acts_in_the_wet_one_below():
    package = chain(1, cells=[0], inflow=1.0, bed_conductivity=1e-3)
    features = Reaches(package, None)
    features.begin(STEP, False)
    response = features.respond(np.array([-50.0, -20.0, -20.0]), np.array([False, False, True]), np.zeros(3, bool),
                                np.array([1, 2, -1]))
    assert response.cells.tolist() == [2]
    assert response.rate[0] > 0.0


def test_a_wave_takes_its_time_and_stores_the_volume_that_the_channel_then_holds():
    """The inflow rises from 5 to 5.2 m3/s within 5 minutes; waves run at 5/3 of the water's velocity."""
    def depth_of(flow):
        return (flow * 0.03 / (5.0 * np.sqrt(1e-3))) ** 0.6

    package = chain(20, stores=True, length=200.0, start=np.full(20, depth_of(5.0)))
    features = Reaches(package, None)
    out, stored = [], 0.0
    for number in range(400):
        now = changed(package, inflow=[5.0 + 0.2 * min(number / 10.0, 1.0), *[0.0] * 19])
        features.package = now
        _, step = respond(now, step=TimeStep(0, number, 30.0 * number, 30.0 * number + 30.0), transient=True,
                          features=features)
        out.append(-step.terms["ext-outflow"][-1])
        stored -= 30.0 * step.terms["storage"].sum()
        assert np.abs(step.volume_end - step.volume_start + 30.0 * step.terms["storage"]).max() < 1e-9
    assert out[-1] == pytest.approx(5.2, rel=1e-9)
    assert stored == pytest.approx(20 * 200.0 * 5.0 * (depth_of(5.2) - depth_of(5.0)), rel=1e-9)
    arrives = 30.0 * np.interp(5.1, out, np.arange(1, 401)) - 150.0
    celerity = 5.0 / 3.0 * 5.1 / (5.0 * depth_of(5.1))
    assert arrives == pytest.approx(4000.0 / celerity, rel=0.02)  # measured: 0.2 %


def test_a_steady_wave_is_the_steady_stream():
    start = (3.0 * 0.03 / (5.0 * np.sqrt(1e-3))) ** 0.6
    package = chain(3, inflow=[3.0, 0.0, 0.0], stores=True, start=np.full(3, start))
    _, step = respond(package, transient=True)
    assert step.stage == pytest.approx(np.full(3, start), rel=1e-10)
    assert step.terms["storage"] == pytest.approx(np.zeros(3), abs=1e-10)


def test_a_stream_starts_again_from_its_state():
    package = chain(5, inflow=[5.0, 0.0, 0.0, 0.0, 0.0], stores=True)
    features = Reaches(package, None)
    respond(package, transient=True, features=features)
    kept = features.state()
    _, first = respond(package, transient=True, features=features)
    again = Reaches(package, None)
    again.restore(kept)
    _, second = respond(package, transient=True, features=again)
    assert np.array_equal(first.stage, second.stage)
    assert np.array_equal(first.terms["storage"], second.terms["storage"])


def test_order_of_a_network_and_its_loops():
    order = downstream_order(4, np.array([3, 2, 0]), np.array([2, 0, 1]))
    assert order.tolist() == [3, 2, 0, 1]
    assert sorted(one_loop(4, np.array([0, 1, 2, 3]), np.array([1, 2, 1, 0]))) == [1, 2]
    assert one_loop(3, np.array([0, 1]), np.array([1, 2])) == []


def test_values_that_are_not_allowed_are_told_at_once():
    package = chain(2, inflow=[-1.0, 0.0], manning=[0.03, 0.0])
    with pytest.raises(InputError) as caught:
        Reaches(package, None).begin(STEP, False)
    assert "inflow = -1 at reach 1" in str(caught.value)
    assert "manning = 0 at reach 2" in str(caught.value)
