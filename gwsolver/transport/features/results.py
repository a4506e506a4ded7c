"""A step of a joined model, taken apart: the aquifer's own, and one of each package of features."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import CONSTANT, FeatureSolute, FeatureSoluteStep, FeatureStep, FeatureValues
from gwsolver.core.ledger import Ledger
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.features.grid import Body, FeatureGrid
from gwsolver.transport.features.model import HELD, term_package
from gwsolver.transport.features.movers import FROM, TO, mass_of
from gwsolver.transport.features.terms import BRINGS, EVAPORATES, TAKES, TERMS
from gwsolver.transport.features.water import JoinedFlow

Floats = NDArray[np.float64]
EXCHANGE = "exchange"
"""Term of what features and the aquifer's cells exchange, in the ledgers of both."""


def split_step(
    model: TransportModel, grid: FeatureGrid, joined: JoinedFlow, step: TransportStep, stress: TimeStep
) -> TransportStep:
    """Return the aquifer's step, with those of its features.

    Parameters
    ----------
    model : TransportModel
        The user's.
    grid : FeatureGrid
    joined : JoinedFlow
        The flow that carried it.
    step : TransportStep
        Of the joined model.
    stress : TimeStep
        The transport model's own.
    """
    n, n_faces = grid.base.n_cells, grid.base.n_faces
    labels = tuple(f"{b.name}/" for b in grid.bodies)
    ledger = Ledger({key: value for key, value in step.ledger.amounts.items() if not key[0].startswith(labels)})
    rates = {name: (cells[cells < n], values[cells < n]) for name, (cells, values) in step.package_rates.items()
             if not name.startswith(labels)}
    span = step.end - step.start
    passed = np.append(step.passed[grid.base.tracked_faces.size:], 0.0) / (span if span > 0.0 else 1.0)
    carried = mass_of(joined.moves, grid, passed)
    for p in joined.flow.packages:
        if p.name in joined.moves.providers and p.name in rates:
            cells, own_rates = rates[p.name]
            gone = joined.moves.by_entry(p.name, own_rates.size, carried)
            rates[p.name] = cells, own_rates - gone
            ledger.add_each(p.name, p.kind, -gone * span)
    features = []
    for i, (solute, body) in enumerate(zip(model.features, grid.bodies, strict=True)):
        found = _features(solute, body, joined, i, step, passed, carried, grid, stress)
        features.append(found)
        rates[body.name] = found.water.connection_cell, found.rate
        ledger.add_each(body.name, EXCHANGE, found.rate * (step.end - step.start))
    c, own = step.concentration[:n], step.part_masses[:len(grid.base.parts)]
    faces, through = step.watched
    seen = faces < n_faces
    return replace(
        step, concentration=c, dry=step.dry[:n], mass=sum(m for m, _ in own), mass_sorbed=sum(s for _, s in own),
        ledger=ledger, package_rates=rates,
        limits=tuple(x for x in step.limits if x.cell < n), minimum=float(c.min()), maximum=float(c.max()),
        immobile=tuple(replace(d, concentration=d.concentration[:n]) for d in step.immobile),
        passed=step.passed[:grid.base.tracked_faces.size], part_masses=own,
        watched=(faces[seen], through[seen]),
        cell_rates={key: values[:n] for key, values in step.cell_rates.items()}, features=tuple(features),
    )


def _features(
    solute: FeatureSolute, body: Body, joined: JoinedFlow, number: int, step: TransportStep, passed: Floats,
    mass: Floats, grid: FeatureGrid, stress: TimeStep,
) -> FeatureSoluteStep:
    """Return the step of one package."""
    water, off, values = joined.waters[number], joined.inactive[number], solute.source(stress)
    span = step.end - step.start
    dry = step.dry[body.cells] | ((water.volume_end <= 0.0) & ~_passes(water))
    c = np.where(off | dry, 0.0, step.concentration[body.cells])
    faces, links = body.connection_faces(water), body.link_faces(water)
    rate = -passed[np.where(faces >= 0, faces - grid.base.n_faces, -1)]
    along = passed[np.where(links >= 0, links - grid.base.n_faces, -1)]
    held = values.status == CONSTANT
    terms = {
        term.name: _term(solute, body, term.name, step)
        for term in TERMS if term_package(solute, term) in step.package_rates
    }
    if held.any():
        lowered = joined.moves.lowered(water, body)
        terms = {name: np.where(held, _of_held(lowered, values, name, c), rates) for name, rates in terms.items()}
    for name, side, sign in ((FROM, 1, 1.0), (TO, 0, -1.0)):
        if name in terms:
            terms[name] = terms[name] + sign * joined.moves.into(body, side, mass)
    net = _exchanged(water, rate, along) + sum(terms.values(), np.zeros(c.size))
    ledger = Ledger()
    for name, rates in terms.items():
        ledger.add_each(name, solute.kind, rates * span)
    ledger.add_each("aquifer", EXCHANGE, -rate * span)
    if held.any():
        terms["constant"] = np.where(held, -net, 0.0)
        ledger.add_each("constant", solute.kind, terms["constant"] * span)
    terms["storage"] = np.where(held, 0.0, -net)
    own = {f"{body.name}/{name}" for name in (*(t.name for t in TERMS), HELD)}
    for package, term, into, out in step.ledger.rows():
        if package.startswith(f"{body.name}/") and package not in own and (into or out):
            ledger.add(package.removeprefix(f"{body.name}/"), term, into, out)
    held_mass = sum(step.part_masses[len(grid.base.parts) + number])
    return FeatureSoluteStep(
        solute.name, solute.kind, c, held_mass, terms, rate, along, ledger, water, values.status, dry)


def _term(solute: FeatureSolute, body: Body, name: str, step: TransportStep) -> Floats:
    """Return what a term of the water brought to each feature [M/T]."""
    cells, rates = step.package_rates[f"{solute.name}/{name}"]
    found = np.zeros(body.n_features)
    found[cells - body.start] = rates
    return found


def _of_held(water: FeatureStep, values: FeatureValues, name: str, c: Floats) -> Floats:
    """Return what a term brings to features of given concentration, which engines do not look at [M/T]."""
    term = next(t for t in TERMS if t.name == name)
    given = values.columns.get(term.column, np.zeros(c.size))
    concentration = {BRINGS: given, EVAPORATES: np.minimum(given, c)}.get(term.does, c)
    found: Floats = water.terms[name] * concentration
    return found


def _exchanged(water: FeatureStep, rate: Floats, along: Floats) -> Floats:
    """Return what comes to each feature from cells and through links [M/T]."""
    n = water.stage.size
    through = np.bincount(water.link_to, along, n) - np.bincount(water.link_from, along, n)
    return np.asarray(through - np.bincount(water.connection_feature, rate, n), np.float64)


def _passes(water: FeatureStep) -> NDArray[np.bool_]:
    """Return the features that pass water on, shape (feature,): they have a concentration even without any volume."""
    n = water.stage.size
    leaves = np.bincount(water.connection_feature, np.maximum(water.rate, 0.0), n).astype(np.float64)
    leaves += np.bincount(water.link_from, water.link_rate, n)
    for term in TERMS:
        if term.does == TAKES and term.name in water.terms:
            leaves -= np.minimum(water.terms[term.name], 0.0)
    found: NDArray[np.bool_] = leaves > 0.0
    return found
