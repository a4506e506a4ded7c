"""Lakes of joined models: connections counted in the whole, steps of each model with its own."""

from dataclasses import replace

import numpy as np
import pytest

from gwsolver.core.features import FeatureStep
from gwsolver.core.lake import LakePackage
from gwsolver.core.merging import merge_flow_models, merge_transport_models
from gwsolver.core.movers import Move, Moved, MoverPackage
from gwsolver.core.splitting import join_flow, split_flow, split_transport
from gwsolver.transport import TransportSolver
from tests.run.cut import cut_model, exchanges_between, parts_of
from tests.run.test_exchanges import BLOCK, flow_model, pieces, solved
from tests.transport.test_features import COLUMN, step_of, through_flow, two_bodies


def lake(cells):
    return LakePackage("lak-1", "lak", None, np.arange(len(cells)), np.array(cells), start=np.zeros(len(cells)))


def waters(name, cells):
    n = len(cells)
    one = np.ones(n)
    return FeatureStep(name, "lak", np.ones(n, np.int8), one, one, one, one, {}, np.arange(n), np.array(cells), one,
                       one, np.zeros(0, int), np.zeros(0, int), np.zeros(0))


@pytest.fixture(scope="module")
def joined():
    parts, names = pieces("columns")
    whole = flow_model()
    models = [replace(m, features=(lake(c),)) for m, c in
              zip(cut_model(whole, parts, names), [[0, 3], [2, -1, 5]], strict=False)]
    models += cut_model(whole, parts, names)[2:]
    without = [replace(m, features=()) for m in models]
    exchanges = exchanges_between(BLOCK, parts, names)
    return merge_flow_models(models, exchanges), solved(merge_flow_models(without, exchanges))[0], names


def test_connections_are_counted_in_the_whole(joined):
    model, _, names = joined
    first, second = model.features
    start = model.grid.members[1].start
    assert (first.name, second.name) == (f"{names[0]}/lak-1", f"{names[1]}/lak-1")
    assert first.connection_cell.tolist() == [0, 3]
    assert second.connection_cell.tolist() == [start + 2, -1, start + 5]


def test_movers_keep_to_their_model(joined):
    model, flow, names = joined
    rule, later = Move("lak-1", 0, "lak-1", 1, "upto", 2.0), Move("lak-1", 1, "lak-1", 0, "factor", 0.5)
    parts, all_names = pieces("columns")
    movers = [MoverPackage("mvr-1", ((0, (rule,)),)), MoverPackage("mvr-1", ((1, (later,)),))]
    models = [replace(m, mover=movers[i] if i < 2 else None) for i, m in
              enumerate(cut_model(flow_model(), parts, all_names))]
    mover = merge_flow_models(models, exchanges_between(BLOCK, parts, all_names)).mover
    first, second = (f"{n}/lak-1" for n in names[:2])
    mine, theirs = replace(rule, provider=first, receiver=first), replace(later, provider=second, receiver=second)
    assert (mover.in_period(0), mover.in_period(1)) == ((mine,), (mine, theirs))
    shares = split_flow(model.grid, replace(flow, moved=Moved((mine, theirs), np.array([2.0, 0.3]), np.array([0, 1]))))
    assert shares[names[0]].moved.moves == [rule] and shares[names[0]].moved.rates.tolist() == [2.0]
    assert shares[names[1]].moved.moves == [later] and shares[names[1]].moved.rates.tolist() == [0.3]


def test_each_model_gets_the_steps_of_its_own_lakes_and_gives_them_back(joined):
    model, flow, names = joined
    flow = replace(flow, features=tuple(waters(p.name, p.connection_cell) for p in model.features))
    shares = split_flow(model.grid, flow)
    cells = [[f.connection_cell.tolist() for f in shares[n].features] for n in names]
    assert cells[:2] == [[[0, 3]], [[2, -1, 5]]] and not any(cells[2:])
    assert {f.name for n in names for f in shares[n].features} == {"lak-1"}
    again = join_flow(model.grid, [shares[n] for n in names])
    assert [(f.name, f.connection_cell.tolist()) for f in again.features] == [
        (f.name, f.connection_cell.tolist()) for f in flow.features]


@pytest.mark.parametrize("scheme", ["limited", "implicit", "mf6"])
def test_solute_of_a_lake_in_one_of_two_joined_models_is_that_of_the_whole(scheme):
    uncut, flow = two_bodies(), through_flow(0)
    flow = replace(flow, packages=tuple(replace(p, auxiliary={"c": np.ones(p.cells.size)}) for p in flow.packages))
    parts, cut = parts_of(COLUMN, 2, (10,)), 10
    joined = merge_transport_models(
        [replace(m, features=uncut.features if k == 0 else (), sources=()) for k, m in
         enumerate(cut_model(uncut, parts, ("a", "b")))], exchanges_between(COLUMN, parts, ("a", "b"), kind="gwt-gwt"))
    joined = replace(joined, sources=tuple(
        replace(s, package=f"{m}/{s.package}") for s in uncut.sources for m in ("a", "b")))
    shares = [(m, p, p.cells < cut if m == "a" else p.cells >= cut) for m in ("a", "b") for p in flow.packages]
    whole_flow = replace(
        flow, packages=tuple(replace(p, name=f"{m}/{p.name}", cells=p.cells[own], rates=p.rates[own],
                                     auxiliary={"c": p.auxiliary["c"][own]}) for m, p, own in shares if own.any()),
        features=tuple(replace(f, name=f"a/{f.name}") for f in flow.features))
    one, other = (TransportSolver([m], scheme=scheme).advance(f, 10.0, step_of(flow))[0] for m, f in (
        (replace(uncut, grid=replace(COLUMN, kind="disu")), flow), (joined, whole_flow)))
    first, second = split_transport(joined.grid, other)
    assert np.append(first.concentration, second.concentration) == pytest.approx(one.concentration, rel=1e-6, abs=1e-9)
    assert not second.features
    for mine, theirs in zip(first.features, one.features, strict=True):
        assert (mine.name, mine.water.name) == (theirs.name, theirs.water.name)
        assert mine.concentration == pytest.approx(theirs.concentration, rel=1e-6)
        assert mine.rate == pytest.approx(theirs.rate, rel=1e-6)
        assert mine.ledger.closure() < 1e-10
    for step in (first, second):
        assert step.ledger.closure(step.mass) < 1e-10
