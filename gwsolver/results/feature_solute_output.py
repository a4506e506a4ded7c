"""What a run writes of the solute of lakes and reaches: concentrations, balances, observations, MODFLOW's own files.

features.csv (`feature_output.py`) has them under the species' name: ``concentration`` (empty where a feature takes no
part or has no water), ``mass`` of the water in it, and mass rates into it by MODFLOW's words.
"""

import csv
import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

import numpy as np

from gwsolver.core.features import FeatureSoluteStep, Floats
from gwsolver.core.output import Observation
from gwsolver.core.simulation import TransportModel
from gwsolver.core.solute_quantities import CONCENTRATION, concentrations, observed, solute_flows
from gwsolver.core.steps import TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.results.feature_output import COLUMNS, TABLE, Row
from gwsolver.results.mf6_feature_solute import SoluteBudgetWriter, solute_sums, write_feature_concentrations
from gwsolver.results.mf6_features import sums_head, sums_line
from gwsolver.results.units import Units

FEW = frozenset({"lkt"})


class FeatureSoluteOutput:
    """Writes what is asked of the solute of features of all transport models.

    Parameters
    ----------
    units : Units
    file : callable
        Returns the binary file of a name, opened at its end.
    settle : callable
        Tells that what was written to the file of a name is whole.
    """

    def __init__(self, units: Units, file: Callable[[str], BinaryIO], settle: Callable[[str], None]) -> None:
        self._units, self._file, self._settle = units, file, settle

    def write(self, model: TransportModel, step: TransportStep, at: TimeStep, saves: bool, budget: bool) -> None:
        """Write MODFLOW's files of one time step, and the table where concentrations are saved."""
        packages = {s.name: s for s in model.features}
        for found in step.features:
            solute, label = packages[found.name], f"{model.name}.{found.name}"
            if saves and "concentration" in solute.saves:
                write_feature_concentrations(self._file(f"{label}.ucn"), found, at, model.time)
                self._settle(f"{label}.ucn")
            if budget and "budget" in solute.saves:
                writer = SoluteBudgetWriter(self._file(f"{label}.cbc"), model.name, solute, model.grid, model.time)
                writer.write(at, found)
                self._settle(f"{label}.cbc")
            if "budgetcsv" in solute.saves:
                sums = solute_sums(found, bool(solute.source(at).auxiliary))
                self._line(f"{label}.csv", sums_head(sums), sums_line(sums, step.end))
            if saves and _tells(model, found):
                self._states(model, step, found)

    def observed(self, model: TransportModel, step: TransportStep, observations: tuple[Observation, ...], *, saves: bool
                 ) -> Iterator[Row]:
        """Yield rows of observations.csv: what OBS packages see, and at saved times all concentrations."""
        steps = {s.name: s for s in step.features}
        for o in observations:
            if o.package in steps:
                unit = self._units.concentration if o.quantity == CONCENTRATION else self._units.mass_rate
                yield o.package, o.name, o.quantity, observed(o, steps[o.package]), unit
        names = {s.name: s.boundnames for s in model.features}
        for found in step.features if saves else ():
            if not _tells(model, found):
                continue
            bound = names[found.name]
            for i, value in enumerate(concentrations(found)):
                alone = bool(bound) and bool(bound[i]) and bound.count(bound[i]) == 1
                name = bound[i] if alone else str(i + 1)
                yield found.name, name, CONCENTRATION, float(value), self._units.concentration

    def _states(self, model: TransportModel, step: TransportStep, found: FeatureSoluteStep) -> None:
        rows = io.StringIO()
        table = csv.writer(rows, lineterminator="\n")
        bound = next(s.boundnames for s in model.features if s.name == found.name)
        columns: list[tuple[str, Floats, str]] = [
            (CONCENTRATION, concentrations(found), self._units.concentration),
            ("mass", found.concentration * found.water.volume_end, self._units.mass)]
        columns += [(name, rates, self._units.mass_rate) for name, rates in solute_flows(found).items()]
        for i in range(found.concentration.size):
            for name, values, unit in columns:
                value = repr(float(values[i])) if np.isfinite(values[i]) else ""
                table.writerow([repr(float(step.end)), model.name, found.name, i + 1, bound[i] if bound else "", name,
                                value, unit])
        self._line(TABLE, ",".join(COLUMNS), rows.getvalue().rstrip("\n"))

    def _line(self, name: str, head: str, text: str) -> None:
        file = self._file(name)
        if not file.tell():
            file.write(f"{head}\n".encode())
        file.write(f"{text}\n".encode())
        self._settle(name)


def _tells(model: TransportModel, step: FeatureSoluteStep) -> bool:
    """Return whether states are told: reaches are many, they are told where they are asked for."""
    saves = next(s.saves for s in model.features if s.name == step.name)
    return step.kind in FEW or CONCENTRATION in saves or bool(model.output.rules.get(CONCENTRATION))
