"""Models joined by exchanges: cutting a model in pieces must not change its answer."""

from dataclasses import replace

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.disv import layered_grid
from gwsolver.core.ledger import Ledger
from gwsolver.core.merged_grid import merge_grids
from gwsolver.core.merging import merge_flow_models, merge_problems, merge_transport_models
from gwsolver.core.simulation import SourceConcentration
from gwsolver.core.splitting import FlowJoiner, FlowSplitter, join_flow, split_flow, split_transport
from gwsolver.flow import FlowSolver
from gwsolver.transport import TransportSolver
from gwsolver.transport.mf6.tvd import tvd_stencil
from tests.flow.models import model, package, rock, storage
from tests.run.cut import cut_model, exchanges_between, parts_of, turned
from tests.transport.builders import constant, transport_model, whole

RANDOM = np.random.default_rng(7)
BLOCK = structured_grid(
    RANDOM.uniform(5.0, 15.0, 9), RANDOM.uniform(5.0, 15.0, 6), 10.0, [7.0, 3.0, 0.0],
    np.where(RANDOM.random((3, 6, 9)) < 0.06, 0, 1), x_origin=50.0, y_origin=-20.0,
)
CUTS = {"columns": (2, (4,)), "three": (2, (3, 6)), "layers": (0, (1,)), "slices": (0, (1, 2))}


def flow_model(cell_type=0, transient=False, **options):
    """Fixed heads on two sides, a well, recharge, anisotropy in the plane."""
    k = np.exp(np.random.default_rng(3).normal(size=BLOCK.n_cells))
    west = np.flatnonzero((BLOCK.x < 12.0) & (BLOCK.layer == 2))
    east = np.flatnonzero((BLOCK.x > BLOCK.x.max() - 1.0) & (BLOCK.layer == 2))
    packages = [
        package("chd", west, head=8.6), package("ghb", east, head=7.2, conductance=4.0),
        package("wel", 70, rate=-3.0), package("rch", np.flatnonzero(BLOCK.layer == 0), recharge=1e-3),
    ]
    time = ((2.0, 3, 1.2), (1.0, 1, 1.0)) if transient else ((1.0, 1, 1.0),)
    store = storage(BLOCK, 1e-4, 0.2, cell_type > 0, transient=(True, False)) if transient else None
    return model(BLOCK, rock(BLOCK, k, 0.5 * k, 0.1 * k, cell_type), packages, start=9.0, time=time,
                 storage=store, **options)


def pieces(cut, names=None):
    axis, cuts = CUTS[cut]
    parts = parts_of(BLOCK, axis, cuts)
    return parts, names or tuple("abc"[: len(parts)])


def solved(flow):
    solver = FlowSolver(flow)
    return [solver.advance(step) for step in flow.time.steps()]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("options", [
    {}, {"cell_type": 1}, {"cell_type": 1, "newton": True}, {"cell_type": 1, "newton": True, "transient": True},
], ids=["confined", "water table", "newton", "transient"])
def test_a_model_cut_in_pieces_gives_the_flow_of_the_whole(cut, options):
    """Heads, specific discharge and storage in every cell, and the flow across every cut."""
    uncut = flow_model(**options)
    parts, names = pieces(cut)
    exchanges = exchanges_between(BLOCK, parts, names, newton=uncut.newton)
    exchanges = [e if k % 2 else turned(e) for k, e in enumerate(exchanges)]
    cut_models = cut_model(uncut, parts, names)
    assert merge_problems(cut_models, exchanges) == []
    joined = merge_flow_models(cut_models, exchanges)
    n, m = BLOCK.face_cells.T
    for step, expected in zip(solved(joined), solved(uncut), strict=True):
        shares = split_flow(joined.grid, step)
        size = np.abs(expected.specific_discharge).max()
        for name, (_, cells) in zip(names, parts, strict=True):
            mine = shares[name]
            assert mine.head_end == pytest.approx(expected.head_end[cells], rel=1e-9)
            assert mine.specific_discharge == pytest.approx(expected.specific_discharge[cells], abs=1e-9 * size)
            assert mine.storage_flow == pytest.approx(expected.storage_flow[cells], abs=1e-9)
            outside = ~np.isin(n, cells) & np.isin(m, cells), np.isin(n, cells) & ~np.isin(m, cells)
            into = expected.face_flow[outside[0]].sum() - expected.face_flow[outside[1]].sum()
            crossing = sum(p.rates.sum() for p in mine.packages if p.kind == "gwf-gwf")
            assert crossing == pytest.approx(into, abs=1e-9 * np.abs(expected.face_flow).max())


def test_the_first_model_may_lie_below_the_second():
    """Cells keep the order of the models, so that a vertical exchange may lead upward: n is the upper cell."""
    uncut = flow_model(cell_type=1)
    parts, names = pieces("layers")
    exchanges = exchanges_between(BLOCK, parts, names)
    upside_down = merge_flow_models(cut_model(uncut, parts[::-1], names[::-1]), exchanges)
    step, = solved(upside_down)
    expected, = solved(uncut)
    found = split_flow(upside_down.grid, step)["a"]
    assert found.head_end == pytest.approx(expected.head_end[parts[0][1]], rel=1e-9)
    assert upside_down.grid.describe(0) == f"{parts[1][0].describe(0)} of model b"


def test_each_exchange_averages_in_its_own_way():
    """Two confined cells with K = 1 and 4, 10 m apart: harmonic and logarithmic mean."""
    grid = structured_grid([10.0, 10.0], [1.0], 1.0, [0.0])
    uncut = model(grid, rock(grid, np.array([1.0, 4.0])), [package("chd", [0, 1], head=[1.0, 0.0])])
    parts = parts_of(grid, 2, (1,))
    for averaging, mean in (("harmonic", 1.6), ("logarithmic", 3.0 / np.log(4.0)), ("amt-lmk", 3.0 / np.log(4.0))):
        exchanges = exchanges_between(grid, parts, ("a", "b"), averaging=averaging)
        step, = solved(merge_flow_models(cut_model(uncut, parts, ("a", "b")), exchanges))
        assert step.face_flow[0] == pytest.approx(mean / 10.0, rel=1e-12)


def species(grid, **options):
    rng = np.random.default_rng(11)
    settings = {"dispersivity": (5.0, 0.5, 0.1), "porosity": rng.uniform(0.1, 0.3, grid.n_cells), "kd": 0.2,
                "bulk_density": 1.6, "decay": 0.01, "initial": rng.random(grid.n_cells)} | options
    return transport_model(grid, **settings)


def carried(uncut_flow, uncut_species, cut, uncut_grid=None):
    """Transport over the whole on the face list, and over the pieces joined; the steps and ledgers of both."""
    grid = uncut_species.grid
    parts, names = pieces(cut)
    tails = tuple(f"c-{n}" for n in names)
    joined_flow = merge_flow_models(cut_model(uncut_flow, parts, names), exchanges_between(
        grid, parts, names, newton=uncut_flow.newton))
    exchanges = exchanges_between(grid, parts, tails, "gwt-gwt", carriers=names)
    joined = merge_transport_models(cut_model(uncut_species, parts, tails), exchanges)
    split, join = FlowSplitter(joined_flow.grid), FlowJoiner(joined.grid)
    one = TransportSolver([replace(uncut_species, grid=replace(grid, kind="disu"))])
    other = TransportSolver([joined])
    found = []
    for whole_flow, joined_step in zip(solved(uncut_flow), solved(joined_flow), strict=True):
        shares = split(joined_step)
        flow = join([shares[n] for n in names])
        a, = one.advance(whole_flow, whole_flow.end, whole(whole_flow))
        b, = other.advance(flow, flow.end, whole(flow))
        found.append((a, split_transport(joined.grid, b), flow, joined_step))
    return parts, found


@pytest.mark.parametrize("cut", CUTS)
def test_a_species_cut_in_pieces_is_carried_as_the_whole(cut):
    """The same face list in another order: round-off; each piece's books close with what crosses the cuts."""
    flow = flow_model(transient=True, cell_type=1, newton=True)
    flow = replace(flow, packages=tuple(p for p in flow.packages if p.kind != "ghb"))
    cnc = constant("cnc-1", "cnc", [40, 100], concentration=[3.0, 0.0])
    parts, steps = carried(flow, species(BLOCK, packages=[cnc], sources=[]), cut)
    books = [Ledger() for _ in parts]
    for expected, shares, joined, before in steps:
        for k, (share, (_, cells)) in enumerate(zip(shares, parts, strict=True)):
            assert share.concentration == pytest.approx(expected.concentration[cells], rel=1e-12, abs=1e-13)
            assert share.minimum >= 0.0
            assert share.ledger.closure() < 1e-12
            books[k].merge(share.ledger)
        assert sum(s.mass + s.mass_sorbed for s in shares) == pytest.approx(
            expected.mass + expected.mass_sorbed, rel=1e-12)
        assert np.array_equal(joined.face_flow, before.face_flow)
    assert all(b.closure() < 1e-12 for b in books)
    crossing = [(i, o) for b in books for p, t, i, o in b.rows() if t == "gwt-gwt"]
    assert sum(i for i, _ in crossing) == pytest.approx(sum(o for _, o in crossing), rel=1e-12)
    assert sum(i for i, _ in crossing) > 0.0


def test_a_uniform_concentration_stays_uniform_across_exchanges():
    flow = flow_model(transient=True, cell_type=1, newton=True)
    flow = replace(flow, packages=tuple(
        replace(p, source=replace(p.source, values=replace(
            p.source.values, auxiliary={"c": np.full(p.source.values.cells.size, 2.0)})))
        for p in flow.packages))
    same = species(BLOCK, initial=2.0, decay=0.0, porosity=0.2, sources=[(p.name, "c") for p in flow.packages])
    parts = pieces("three")[0]
    grid_names = pieces("three")[1]
    # Each piece names the sources it has.
    joined_names = tuple(f"c-{n}" for n in grid_names)
    cut_flow = cut_model(flow, parts, grid_names)
    cut_species = [
        replace(m, sources=tuple(SourceConcentration(p.name, "c") for p in f.packages))
        for m, f in zip(cut_model(same, parts, joined_names), cut_flow, strict=True)
    ]
    joined_flow = merge_flow_models(cut_flow, exchanges_between(BLOCK, parts, grid_names, newton=True))
    joined = merge_transport_models(cut_species, exchanges_between(
        BLOCK, parts, joined_names, "gwt-gwt", carriers=grid_names))
    solver = TransportSolver([joined])
    for step in solved(joined_flow):
        shares = split_flow(joined_flow.grid, step)
        found, = solver.advance(join_flow(joined.grid, [shares[n] for n in grid_names]), step.end, whole(step))
        assert found.concentration == pytest.approx(np.full(BLOCK.n_cells, 2.0), rel=1e-9)


def test_a_structured_model_joined_to_one_of_polygons():
    """The right half as polygons that happen to be the same rectangles: the flow of the whole."""
    uncut = flow_model(cell_type=1)
    parts, names = pieces("columns")
    right, cells = parts[1]
    n_plan = right.shape[1] * right.shape[2]
    rings = right.polygon_vertex.reshape(n_plan, 4)
    bottoms = np.array([np.full(n_plan, b) for b in (7.0, 3.0, 0.0)])
    polygons = layered_grid(
        right.vertices, right.vertices[rings].mean(axis=1), rings.tolist(), np.full(n_plan, 10.0), bottoms,
        right.idomain.reshape(3, n_plan), x_origin=right.x_origin, y_origin=right.y_origin,
    )
    joined = merge_flow_models(cut_model(uncut, [parts[0], (polygons, cells)], names),
                               exchanges_between(BLOCK, parts, names))
    expected, = solved(uncut)
    step, = solved(joined)
    for name, (_, own) in zip(names, parts, strict=True):
        assert split_flow(joined.grid, step)[name].head_end == pytest.approx(expected.head_end[own], rel=1e-9)
    assert joined.grid.members[1].grid.kind == "disv"


def test_centres_count_only_where_the_models_are_placed_on_one_map():
    """Without origins the second model lies on the first: vectors across the exchange then follow the normal."""
    parts, names = pieces("columns")
    exchanges = exchanges_between(BLOCK, parts, names)
    placed = merge_grids(names, [p for p, _ in parts], exchanges)
    astray = merge_grids(names, [replace(p, x_origin=0.0, y_origin=0.0) for p, _ in parts], exchanges)
    assert astray.centre_vector == pytest.approx(placed.centre_vector, abs=1e-9)
    assert not np.allclose(astray.x, placed.x)


def test_a_repeated_steady_field_is_split_and_joined_once():
    """So that transport, which looks at the arrays, keeps its coefficients."""
    uncut = replace(flow_model(), time=flow_model(transient=True).time)
    parts, names = pieces("columns")
    tails = ("x", "y")
    joined = merge_flow_models(cut_model(uncut, parts, names), exchanges_between(BLOCK, parts, names))
    grid = merge_grids(tails, [p for p, _ in parts], exchanges_between(BLOCK, parts, tails, "gwt-gwt", carriers=names))
    split, join = FlowSplitter(joined.grid), FlowJoiner(grid)
    steps = []
    for step in solved(joined):
        shares = split(step)
        steps.append(join([shares[n] for n in names]))
    assert all(s.face_flow is steps[0].face_flow for s in steps)
    assert [s.end for s in steps] == [s.end for s in joined.time.steps()]


def test_what_joined_models_must_share_is_told_all_at_once():
    uncut = flow_model(transient=True, cell_type=1)
    parts, names = pieces("columns")
    one, other = cut_model(uncut, parts, names)
    other = replace(other, newton=True, grid=replace(other.grid, angle=30.0),
                    storage=replace(other.storage, confined_only=True, transient=(True, True)))
    found = [str(p) for p in merge_problems([one, other], exchanges_between(BLOCK, parts, names))]
    assert len(found) == 4
    for words in ("differ in ANGROT", "differ in NEWTON", "differ in confined only",
                  "differ in which stress periods are transient"):
        assert any(words in text for text in found)


@pytest.mark.parametrize("asked", ["upstream", "tvd"])
def test_an_exchange_that_does_not_ask_for_tvd_hides_the_other_model_from_it(asked):
    """A row from west to east in two halves: the second cell upstream may lie beyond the cut only with TVD there."""
    grid = structured_grid(np.full(6, 10.0), [10.0], 1.0, [0.0])
    parts = parts_of(grid, 2, (3,))
    exchanges = exchanges_between(grid, parts, ("a", "b"), "gwt-gwt", advection=asked)
    joined = merge_transport_models(cut_model(transport_model(grid, advection="tvd"), parts, ("a", "b")), exchanges)
    cut, = joined.grid.tracked_faces
    stencil = tvd_stencil(joined.grid, np.ones(5), np.ones(6, bool), joined.weighted("tvd"))
    assert joined.weighted("tvd").sum() == (5 if asked == "tvd" else 4)
    assert sorted(stencil.faces) == ([1, 2, 3, 4] if asked == "tvd" else [1, 4])
    assert cut == 2
