"""Lakes of joined models: connections counted in the whole, steps of each model with its own."""

from dataclasses import replace

import numpy as np
import pytest

from gwsolver.core.features import FeatureStep
from gwsolver.core.lake import LakePackage
from gwsolver.core.merging import merge_flow_models
from gwsolver.core.splitting import join_flow, split_flow
from tests.run.cut import cut_model, exchanges_between
from tests.run.test_exchanges import BLOCK, flow_model, pieces, solved


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
