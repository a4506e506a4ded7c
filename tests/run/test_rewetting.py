"""Solute in ground that falls dry and is flooded again: every gram is somewhere, or booked."""

from dataclasses import replace

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.stress import StressPackage, StressValues
from gwsolver.core.wetting import Wetting
from gwsolver.flow import FlowSolver
from gwsolver.transport import TransportSolver
from tests.flow.models import model, package, rock, storage
from tests.transport.builders import transport_model

LEVELS = (12.0, 3.0, 12.5, 4.0)
POROSITY = 0.2


def bank(elastic):
    """Three layers beside a river that falls, floods and falls again; all cells can become wet."""
    grid = structured_grid(np.full(8, 10.0), [10.0] * 3, 15.0, [10.0, 5.0, 0.0])
    side = np.flatnonzero((grid.x < 10.0) & (grid.layer == 2))

    def river(step):
        level = np.full(side.size, LEVELS[step.period])
        return StressValues(side, {"head": level, "conductance": np.full(side.size, 60.0)},
                            {"c": np.full(side.size, 2.0)})

    wetting = Wetting.uniform(np.full(grid.n_cells, 0.1), 0.5, 1, False)
    packages = [StressPackage("river", "ghb", river, {}), package("rch", np.arange(24), recharge=0.001)]
    return model(grid, rock(grid, 5.0, k33=0.5, cell_type=1, wetting=wetting), packages, start=12.0,
                 time=((40.0, 4, 1.3),) * 4,
                 storage=storage(grid, elastic, POROSITY, True, transient=(True,) * 4))


def carried(scheme, elastic=1e-5, **options):
    """Flow step, transport step, cells that fell dry and that became wet, one after another."""
    flow_model = bank(elastic)
    species = transport_model(flow_model.grid, porosity=POROSITY, sources=[("river", "c")],
                              initial=np.linspace(1.0, 3.0, flow_model.grid.n_cells), **options)
    flow, transport = FlowSolver(flow_model), TransportSolver([replace(species, time=flow_model.time)], scheme=scheme)
    for time in flow_model.time.steps():
        field = flow.advance(time)
        step = transport.advance(field, time.end, time)[0]
        wet_before, wet_after = field.saturation_start > 0.0, field.saturation_end > 0.0
        yield field, step, int((wet_before & ~wet_after).sum()), int((~wet_before & wet_after).sum())


def net(step, *stored):
    """What the books say came in less what left, without what is stored."""
    return sum(into - out for package, term, into, out in step.ledger.rows()
               if package != "storage" or term in stored)


@pytest.mark.parametrize("scheme", ["limited", "upstream", "tvd", "implicit"])
def test_no_gram_is_lost_where_ground_falls_dry_and_is_flooded(scheme):
    """All mass, that in drained ground too, changes by what came in, left, and was met in ground never wet before."""
    dried = wetted = 0
    before = None
    for _, step, fell, rose in carried(scheme, dispersivity=(5.0, 0.5, 0.1), kd=0.1, bulk_density=1.0):
        dried, wetted = dried + fell, wetted + rose
        mass = step.mass + step.mass_sorbed
        assert step.ledger.closure() < 1e-10
        assert step.minimum >= 0.0
        if before is not None:
            assert mass - before == pytest.approx(net(step, "rewetted"), abs=1e-10 * mass)
        before = mass
    assert dried > 40
    assert wetted > 40


def test_modflows_scheme_books_what_is_lost_with_cells_that_fall_dry():
    """Its cells lose what they held, and start empty: without elastic storage the books tell mass to the last gram."""
    before, lost, dried, wetted = None, 0.0, 0, 0
    for field, step, fell, rose in carried("mf6", elastic=0.0, dispersivity=(5.0, 0.5, 0.1)):
        dried, wetted = dried + fell, wetted + rose
        gone = -sum(into - out for package, _, into, out in step.ledger.rows() if package == "dry cells")
        assert (gone > 0.0) == (fell > 0)
        assert step.ledger.closure() < 1e-10
        if before is not None:
            assert step.mass - before == pytest.approx(net(step), abs=1e-10 * before)
        before, lost = step.mass, lost + gone
        np.testing.assert_array_equal(step.dry, field.head_end == -1e30)
    assert dried > 40
    assert wetted > 40
    assert lost > 0.01 * before


def test_what_is_lost_is_what_the_cells_held_in_water_and_on_solids():
    kd, density = 0.1, 1.0
    grid = bank(0.0).grid
    before, told = None, 0
    for field, step, fell, _ in carried("mf6", kd=kd, bulk_density=density):
        assert step.ledger.closure() < 1e-10
        if fell:
            dry = (field.saturation_start > 0.0) & (field.saturation_end == 0.0)
            held = (grid.volume * field.saturation_start * (POROSITY + density * kd) * before)[dry].sum()
            gone = [out for package, _, _, out in step.ledger.rows() if package == "dry cells"]
            assert gone == pytest.approx([held], rel=1e-12)
            told += 1
        before = step.concentration
    assert told > 3
