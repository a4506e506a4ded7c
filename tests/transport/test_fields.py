"""What follows from the flow alone is made once for species that it carries alike, and changes no bit of any."""

import dataclasses
from collections import Counter

import numpy as np
import pytest

from gwsolver.transport import resolution as resolution_module
from gwsolver.transport.explicit import fields as fields_module
from gwsolver.transport.explicit.engine import ExplicitEngine
from gwsolver.transport.explicit.fields import fields_for
from gwsolver.transport.explicit.local import plan as plan_module
from gwsolver.transport.explicit.local.march import LocalMarch
from gwsolver.transport.progress import Reporter
from gwsolver.transport.schemes import named
from gwsolver.transport.solver import TransportSolver
from tests.transport.builders import constant, whole
from tests.transport.test_local import random_case


def three_species(seed):
    """Sorbed differently; one has a cell of given concentration, by which ends of the grid are ruled differently."""
    model, flow = random_case(seed)
    n = model.grid.n_cells
    rng = np.random.default_rng(seed)
    bare = dataclasses.replace(model, name="bare", packages=())
    mobile = dataclasses.replace(model.mobile, distribution_coefficient=np.zeros(n))
    weak = dataclasses.replace(bare, name="weak", mobile=mobile, initial_concentration=rng.random(n))
    held = dataclasses.replace(bare, name="held", packages=tuple(
        constant(f"cnc-{i}", "cnc", [i], concentration=[2.0]) for i in (0, n - 1)))
    return (bare, weak, held), flow


def flows(flow, seed):
    """Two flow fields, one after the other."""
    rng = np.random.default_rng(seed + 1)
    later = dataclasses.replace(
        flow, start=flow.end, end=1.5 * flow.end, face_flow=flow.face_flow * rng.uniform(0.5, 1.5, flow.face_flow.size),
    )
    return flow, later


@pytest.mark.parametrize("scheme", ["limited", "central", "upstream"])
@pytest.mark.parametrize("seed", range(6))
def test_species_together_end_with_the_bits_of_each_alone(seed, scheme):
    models, flow = three_species(seed)
    together, alone = TransportSolver(models, scheme=scheme), [TransportSolver([m], scheme=scheme) for m in models]
    for step in flows(flow, seed):
        for until in (0.5 * (step.start + step.end), step.end):
            ends = together.advance(step, until, whole(step))
            for end, own in zip(ends, alone, strict=True):
                assert np.array_equal(end.concentration, own.advance(step, until, whole(step))[0].concentration)


def test_coefficients_tables_and_resolution_are_made_once(monkeypatch):
    models, flow = three_species(3)
    made = Counter()

    def count(module, name):
        make = getattr(module, name)

        def counted(*arguments):
            made[name] += 1
            return make(*arguments)

        monkeypatch.setattr(module, name, counted)

    count(fields_module, "coefficients")
    count(fields_module, "sweep_for")
    count(resolution_module, "_found")
    solver = TransportSolver(models, scheme="central")
    for step in flows(flow, 3):
        solver.advance(step, step.end, whole(step))
    assert made == {"coefficients": 2, "sweep_for": 1, "_found": 2}


def test_species_that_flow_spreads_differently_share_nothing():
    (bare, weak, _), _ = three_species(1)
    dispersion = dataclasses.replace(bare.dispersion, alh=2.0 * bare.dispersion.alh)
    other = dataclasses.replace(bare, name="other", dispersion=dispersion)
    a, b, c = fields_for([bare, other, weak], named("limited"))
    assert a is c
    assert a is not b


def test_ratios_of_one_species_leave_those_of_another():
    """Boundaries that change within a flow field give their species coefficients of its own."""
    (model, _, _), flow = three_species(5)
    fields, n_faces = fields_for([model], named("limited"))[0], model.grid.n_faces
    fields.enter(flow, np.ones(model.grid.n_cells, bool))
    ones, others = np.ones(n_faces), np.where(np.arange(n_faces) == 0, 0.5, 1.0)
    first, second = fields.coefficients(ones), fields.coefficients(others)
    assert fields.coefficients(ones.copy()) is first
    assert fields.coefficients(others) is second
    assert np.array_equal(first.faces[2], ones)
    assert np.array_equal(second.faces[2], others)
    assert np.array_equal(np.delete(first.faces, 2, 0), np.delete(second.faces, 2, 0))
    assert np.array_equal(first.rate, second.rate)


def test_species_held_back_alike_go_by_one_schedule(monkeypatch):
    """Levels are found once for both, whatever water brings of each; and no bit differs from each alone."""
    (model, weak, _), flow = three_species(3)
    wells, *others = flow.packages
    wells = dataclasses.replace(wells, auxiliary={**wells.auxiliary, "d": np.full(2, 9.0)})
    flow = dataclasses.replace(flow, packages=(wells, *others))
    rich = dataclasses.replace(model, name="rich", initial_concentration=weak.initial_concentration, sources=tuple(
        dataclasses.replace(s, auxiliary="d") if s.package == "wel-1" else s for s in model.sources))
    made = []

    def counted(*arguments, make=plan_module.Schedule):
        made.append(arguments[0].model.name)
        return make(*arguments)

    monkeypatch.setattr(plan_module, "Schedule", counted)

    def ends(models):
        engine = ExplicitEngine(models, named("limited"), Reporter(None), [LocalMarch() for _ in models])
        return [c.concentration for step in flows(flow, 3) for c in engine.advance(step, step.end, whole(step))]

    together = ends([model, rich, weak])
    assert made == ["bare", "weak"] * 2
    alone = [ends([m]) for m in (model, rich, weak)]
    for i, concentration in enumerate(together):
        assert np.array_equal(concentration, alone[i % 3][i // 3])
    assert not np.array_equal(together[0], together[1])
