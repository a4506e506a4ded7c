"""The heterogeneous well model: what it promises, and what its process costs are told as."""

import gwsolver
from gwsolver.bench.processes import gwsolver_process
from gwsolver.bench.rows import table
from gwsolver.bench.wells import DROP, EXTENT, write_wells


def test_squares_repeat_wells_and_keep_cell_size(tmp_path):
    assert write_wells(tmp_path / "one", side=12, layers=4, days=10.0, steps=2) == 12 * 12 * 4
    assert write_wells(tmp_path / "four", side=12, layers=4, squares=2, days=10.0, steps=2) == 4 * 12 * 12 * 4
    one, four = (gwsolver.load(tmp_path / name).simulation.flow_models[0] for name in ("one", "four"))
    assert four.grid.delr[0] == one.grid.delr[0]
    assert abs(four.grid.delr.sum() - 2 * EXTENT) < 1e-5
    assert four.initial_head.max() == 2 * DROP

    def rate(flow):
        wells = next(p for p in flow.packages if p.kind == "wel")
        return wells.at(next(flow.time.steps())).columns["rate"].sum()

    assert abs(rate(one) - -1300.0) < 1e-5
    assert abs(rate(four) - 4 * rate(one)) < 1e-5


def test_a_process_is_told_by_phase(tmp_path):
    cells = write_wells(tmp_path / "model", side=5, layers=4, together=True)
    assert cells == 100
    cost = gwsolver_process("small", cells, tmp_path / "model", tmp_path)
    assert 0.0 < sum(cost.phases.values()) <= cost.seconds
    assert cost.memory > 10.0
    assert "transport set-up" in table([cost]).splitlines()[0]
