"""Budgets of a model with movers are MODFLOW's, record by record: names, order, numbers, rates, auxiliary columns.

``tests/data/movers`` has what MODFLOW 6.7.0 wrote of `mover_models.mover_simulation`.
"""

import csv
from pathlib import Path

import flopy
import numpy as np
import pytest

import gwsolver as gw
from gwsolver.core.simulation import SavedFlows
from gwsolver.modflow import saved_flow_steps
from tests.run.mover_models import mover_simulation

EXPECTED = Path(__file__).parents[1] / "data" / "movers"
CLOSES_ONLY_HERE = "CONSTANT"
"""MODFLOW writes it of held lakes before it has added rain, inflow and what leaves."""
OURS_ALONE = ("DATA-SPDIS", "DATA-SAT")
"""Written always; by MODFLOW where NPF asks for them."""
FILES = [("flow.cbc", "flow.cbc"), ("flow.lak-1.cbc", "lak.bud"), ("flow.sfr-1.cbc", "sfr.bud"),
         ("flow.moves.cbc", "mvr.bud"), ("salt.cbc", "salt.cbc"), ("salt.lkt-1.cbc", "salt.lkt.bud"),
         ("salt.sft-1.cbc", "salt.sft.bud")]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return gw.run(mover_simulation(tmp_path_factory.mktemp("movers")), scheme="mf6")


def records(path):
    """Return (step, names and shape, data) of each record."""
    with flopy.utils.CellBudgetFile(path, precision="double") as file:
        heads = [tuple(h[n] for n in ("kper", "kstp", "text", "modelnam", "paknam", "modelnam2", "paknam2", "imeth",
                                      "ncol", "nrow", "nlay")) for h in file.recordarray]
        found = [(head, file.get_data(idx=i)[0]) for i, head in enumerate(heads)]
    return [(head, data) for head, data in found if head[2].decode().strip() not in OURS_ALONE]


@pytest.mark.parametrize(("mine", "theirs"), FILES)
def test_a_budget_file_is_modflows(results, mine, theirs):
    ours, expected = records(results.path / mine), records(EXPECTED / theirs)
    assert [head for head, _ in ours] == [head for head, _ in expected]
    for (head, own), (_, other) in zip(ours, expected, strict=True):
        text = head[2].decode().strip()
        if text == CLOSES_ONLY_HERE and "lkt" in theirs:
            continue
        if text == "SOURCE-SINK MIX":
            # What movers take is one entry with the rest here, one of its own there.
            own, other = ({"q": np.bincount(d["node"], d["q"], 71)} for d in (own, other))
        elif own.dtype.names:
            assert own.dtype.names == other.dtype.names
            np.testing.assert_array_equal(own[["node", "node2"]], other[["node", "node2"]])
        else:
            own, other = {"": own}, {"": other}
        for name in set(own if isinstance(own, dict) else own.dtype.names) - {"node", "node2"}:
            scale = max(np.abs(other[name]).max(initial=0.0), 1.0)
            np.testing.assert_allclose(own[name], other[name], rtol=1e-7, atol=1e-8 * scale, err_msg=str(head))


@pytest.mark.parametrize(("mine", "theirs"), [("flow.moves.csv", "mvr.csv"), ("flow.lak-1.csv", "lak.csv"),
                                              ("flow.sfr-1.csv", "sfr.csv")])
def test_a_table_of_rates_is_modflows(results, mine, theirs):
    ours, expected = (list(csv.reader(path.read_text().splitlines()))
                      for path in (results.path / mine, EXPECTED / theirs))
    assert ours[0] == expected[0]
    percent = ours[0].index("PERCENT_DIFFERENCE")
    for own, other in zip(ours[1:], expected[1:], strict=True):
        np.testing.assert_allclose(np.delete(np.array(own, float), percent),
                                   np.delete(np.array(other, float), percent), rtol=1e-7, atol=1e-6)


def test_what_was_written_is_read_again_and_balances(results):
    """Our flows, taken as saved ones: each cell closes, and packages of arrays are known by their kind."""
    files = SavedFlows(*(str(results.path / f"flow.{end}") for end in ("hds", "cbc", "grb")))
    for step in saved_flow_steps(files, results.grid_of("flow")):
        kinds = {p.name: p.kind for p in step.packages}
        assert (kinds["rain"], kinds["plants"], kinds["pond"], kinds["trees"]) == ("rch", "evt", "rch", "evt")
        assert kinds["wells-to-mvr"] == "wel-to-mvr"
        through = max(np.abs(p.rates).max(initial=0.0) for p in step.packages)
        assert np.abs(step.residual).max() <= 1e-9 * through
