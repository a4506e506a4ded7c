"""What a run writes of lakes and reaches: states, balances, observations, and MODFLOW's own files.

features.csv has their states and flows at saved times. Columns: ``time`` [model time], ``model``, ``package``,
``feature`` (number from 1), ``boundname``, ``quantity``, ``value`` (empty where the feature is left out), ``unit``.
Quantities: ``stage``, ``volume``, ``surface-area``, and flows into the feature by MODFLOW's words, ``gwf`` from the
aquifer and ``flow-ja-face`` from the other features of the package among them; together they are zero.

Reaches are many: their states are written only where output control saves heads by name, or the package has STAGE
FILEOUT.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

import numpy as np

from gwsolver.core.feature_quantities import QUANTITIES, entering, leaving
from gwsolver.core.features import INACTIVE, FeaturePackage, FeatureStep, Floats
from gwsolver.core.ledger import Ledger
from gwsolver.core.movers import MoverPackage
from gwsolver.core.output import Observation
from gwsolver.core.simulation import FlowModel
from gwsolver.core.steps import FlowStep
from gwsolver.results.feature_table import FeatureTable, Row, State, name_of
from gwsolver.results.mf6_features import (
    FeatureBudgetWriter,
    budget_head,
    budget_line,
    sums_head,
    sums_line,
    write_stages,
)
from gwsolver.results.mf6_movers import MoverBudgetWriter, moved_sums
from gwsolver.results.units import Units

FEW = frozenset({"lak"})


def book(ledger: Ledger, step: FeatureStep, length: float) -> None:
    """Book the volumes that one flow step moved into and out of the features of a package."""
    ledger.add_each(step.name, "gwf", -step.rate * length)
    for term, rates in step.terms.items():
        ledger.add_each(step.name, term, rates * length)


def feature_flows(step: FeatureStep) -> dict[str, Floats]:
    """Return all flows into each feature by name [L**3/T]; their sum is the imbalance."""
    from_aquifer = -np.bincount(step.connection_feature, step.rate, step.stage.size)
    return {"gwf": from_aquifer, "flow-ja-face": entering(step) - leaving(step), **step.terms}


class FeatureOutput:
    """Writes what is asked of the packages of features of all flow models.

    Parameters
    ----------
    units : Units
    file : callable
        Returns the binary file of a name, opened at its end.
    settle : callable
        Tells that what was written to the file of a name is whole.
    """

    def __init__(self, units: Units, file: Callable[[str], BinaryIO], settle: Callable[[str], None]) -> None:
        self._units, self._table = units, FeatureTable(file, settle)

    def write(self, model: FlowModel, flow: FlowStep, heads: bool, budget: bool) -> None:
        """Write MODFLOW's files of one flow step, and the table where heads are saved."""
        packages = {p.name: p for p in model.features}
        for step in flow.features:
            package, label = packages[step.name], f"{model.name}.{step.name}"
            if heads and "stage" in package.saves:
                write_stages(self._table.file(f"{label}.stg"), step, package, flow, model.grid, model.time)
                self._table.settle(f"{label}.stg")
            if budget and "budget" in package.saves:
                file = self._table.file(f"{label}.cbc")
                FeatureBudgetWriter(file, model.name, package, model.grid, model.time).write(flow, step)
                self._table.settle(f"{label}.cbc")
            if "budgetcsv" in package.saves:
                self._table.line(f"{label}.csv", budget_head(step, package), budget_line(step, flow.end, package))
            if heads and _tells_states(model, package):
                self._states(model, flow, step)
        if model.mover is not None and model.mover.saves:
            self._moved(model, model.mover, flow, budget)

    def _moved(self, model: FlowModel, mover: MoverPackage, flow: FlowStep, budget: bool) -> None:
        """Write MODFLOW's files of what movers moved."""
        label = f"{model.name}.{mover.name}"
        if budget and "budget" in mover.saves:
            MoverBudgetWriter(self._table.file(f"{label}.cbc"), model.name, mover, model.grid, model.time).write(flow)
            self._table.settle(f"{label}.cbc")
        if "budgetcsv" in mover.saves:
            sums = moved_sums(mover, flow.moved)
            self._table.line(f"{label}.csv", sums_head(sums), sums_line(sums, flow.end))

    def observed(self, model: FlowModel, flow: FlowStep, observations: tuple[Observation, ...], *, stages: bool
                 ) -> Iterator[Row]:
        """Yield rows of observations.csv: what OBS packages of features see, and at saved times all stages.

        A stage has the feature's boundname where no other has it, else its number.
        """
        steps = {s.name: s for s in flow.features}
        packages = {p.name: p for p in model.features}
        known: dict[tuple[str, str], Floats] = {}
        for o in observations:
            if o.package in steps:
                quantity = QUANTITIES[packages[o.package].kind][o.quantity]
                if (o.package, o.quantity) not in known:
                    known[o.package, o.quantity] = quantity.values(steps[o.package], packages[o.package])
                values = known[o.package, o.quantity][list(o.places)]
                total = float(np.nansum(values)) if not np.isnan(values).all() else float("nan")
                yield o.package, o.name, o.quantity, total, self._units.of(quantity.dimension)
        for step in flow.features if stages else ():
            if not _tells_states(model, packages[step.name]):
                continue
            for i, stage in enumerate(np.where(step.status == INACTIVE, np.nan, step.stage)):
                yield step.name, name_of(step.boundnames, i), "stage", float(stage), self._units.length

    def _states(self, model: FlowModel, flow: FlowStep, step: FeatureStep) -> None:
        there = step.status != INACTIVE
        columns: list[State] = [
            ("stage", step.stage, self._units.length), ("volume", step.volume_end, self._units.volume),
            ("surface-area", step.area, self._units.of("L**2"))]
        columns += [(name, rates, self._units.flow) for name, rates in feature_flows(step).items()]
        told = ((name, np.where(there, values, np.nan), unit) for name, values, unit in columns)
        self._table.states(flow.end, model.name, step.name, step.boundnames, told)


def _tells_states(model: FlowModel, package: FeaturePackage) -> bool:
    return package.kind in FEW or "stage" in package.saves or bool(model.output.rules.get("head"))
