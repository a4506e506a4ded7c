"""What a run writes of the solute of lakes and reaches: concentrations, balances, observations, MODFLOW's own files.

features.csv (`feature_output.py`) has them under the species' name: ``concentration`` (empty where a feature takes no
part or has no water), ``mass`` of the water in it, and mass rates into it by MODFLOW's words.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from gwsolver.core.features import FeatureSoluteStep
from gwsolver.core.output import Observation
from gwsolver.core.simulation import TransportModel
from gwsolver.core.solute_quantities import CONCENTRATION, concentrations, observed, solute_flows
from gwsolver.core.steps import TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.results.feature_table import FeatureTable, Row, State, name_of
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
        self._units, self._table = units, FeatureTable(file, settle)

    def write(self, model: TransportModel, step: TransportStep, at: TimeStep, saves: bool, budget: bool) -> None:
        """Write MODFLOW's files of one time step, and the table where concentrations are saved."""
        packages = {s.name: s for s in model.features}
        for found in step.features:
            solute, label = packages[found.name], f"{model.name}.{found.name}"
            if saves and "concentration" in solute.saves:
                write_feature_concentrations(self._table.file(f"{label}.ucn"), found, at, model.time)
                self._table.settle(f"{label}.ucn")
            if budget and "budget" in solute.saves:
                file = self._table.file(f"{label}.cbc")
                SoluteBudgetWriter(file, model.name, solute, model.grid, model.time).write(at, found)
                self._table.settle(f"{label}.cbc")
            if "budgetcsv" in solute.saves:
                sums = solute_sums(found, solute, bool(solute.source(at).auxiliary))
                self._table.line(f"{label}.csv", sums_head(sums), sums_line(sums, step.end))
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
                yield found.name, name_of(bound, i), CONCENTRATION, float(value), self._units.concentration

    def _states(self, model: TransportModel, step: TransportStep, found: FeatureSoluteStep) -> None:
        bound = next(s.boundnames for s in model.features if s.name == found.name)
        columns: list[State] = [
            (CONCENTRATION, concentrations(found), self._units.concentration),
            ("mass", found.concentration * found.water.volume_end, self._units.mass)]
        columns += [(name, rates, self._units.mass_rate) for name, rates in solute_flows(found).items()]
        self._table.states(step.end, model.name, found.name, bound, columns)


def _tells(model: TransportModel, step: FeatureSoluteStep) -> bool:
    """Return whether states are told: reaches are many, they are told where they are asked for."""
    saves = next(s.saves for s in model.features if s.name == step.name)
    return step.kind in FEW or CONCENTRATION in saves or bool(model.output.rules.get(CONCENTRATION))
