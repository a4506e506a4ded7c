"""MODFLOW 6's files of the solute of lakes and reaches: CONCENTRATION, BUDGET and BUDGETCSV of LKT and SFT."""

from collections.abc import Mapping
from typing import BinaryIO

import numpy as np

from gwsolver.core.features import INACTIVE, FeatureSolute, FeatureSoluteStep, Floats, Ints
from gwsolver.core.grid import Grid
from gwsolver.core.time import TimeAxis, TimeStep
from gwsolver.results import mf6_binary
from gwsolver.results.mf6_binary import RecordWriter, layer_header
from gwsolver.results.mf6_features import MOVERS

TERMS: Mapping[str, tuple[str, ...]] = {
    "lkt": ("rainfall", "evaporation", "runoff", "ext-inflow", "withdrawal", "ext-outflow", "storage", *MOVERS[::-1],
            "constant"),
    "sft": ("rainfall", "evaporation", "runoff", "ext-inflow", "ext-outflow", "storage", *MOVERS[::-1], "constant"),
}
"""Lists of MODFLOW's budget with one entry per feature, in their order; movers where the flow package has them."""
BY_FEATURE = frozenset({"sft"})
"""Kinds whose FLOW-JA-FACE is sorted by feature; that of others has link after link, there and back."""


def write_feature_concentrations(file: BinaryIO, step: FeatureSoluteStep, at: TimeStep, time: TimeAxis) -> None:
    """Write the concentrations of all features: 1e30 where one takes no part, -1e30 where it has no water."""
    values = np.where(step.dry, mf6_binary.DRY, step.concentration)
    values = np.where(step.status == INACTIVE, mf6_binary.INACTIVE, values)
    file.write(layer_header(at, "CONCENTRATION", (values.size, 1, 1), time).tobytes())
    file.write(np.asarray(values, "<f8").tobytes())


class SoluteBudgetWriter(RecordWriter):
    """Writes the mass budget of one package.

    Parameters
    ----------
    file : binary file
    model : str
    solute : FeatureSolute
    grid : Grid
    time : TimeAxis
    """

    def __init__(self, file: BinaryIO, model: str, solute: FeatureSolute, grid: Grid, time: TimeAxis) -> None:
        super().__init__(file, model, grid, time)
        self.solute = solute

    def write(self, at: TimeStep, step: FeatureSoluteStep) -> None:
        """Write all lists of one time step; rates are positive into the feature."""
        water, label = step.water, self.solute.name.upper()
        if water.link_from.size:
            one, other = (np.stack(pair, axis=1).ravel() for pair in
                          ((water.link_from, water.link_to), (water.link_to, water.link_from)))
            rates = np.stack([-step.link_rate, step.link_rate], axis=1).ravel()
            order = np.lexsort((other, one)) if step.kind in BY_FEATURE else np.arange(one.size)
            self._among(at, "FLOW-JA-FACE", one[order], other[order], rates[order])
        there = water.connection_cell >= 0
        self.table(at, "GWF", (self.name, label, self.name, self.name), water.connection_feature[there],
                   self.grid.node[water.connection_cell[there]], -step.rate[there], [], np.zeros((int(there.sum()), 0)))
        own = np.arange(step.concentration.size)
        for term in terms_of(self.solute):
            rates = step.terms.get(term, np.zeros(own.size))
            if term == "storage":
                mass = (step.concentration * water.volume_end)[:, None]
                self.table(at, "STORAGE", (self.name, label) * 2, own, own, rates, ["MASS".rjust(16)], mass)
            else:
                self._among(at, term.upper(), own, own, rates)
        given = self.solute.source(at).auxiliary
        if given:
            self.table(at, "AUXILIARY", (self.name, label) * 2, own, own, np.zeros(own.size),
                       [name.upper() for name in given], np.stack(list(given.values()), axis=1))

    def _among(self, at: TimeStep, text: str, one: Ints, other: Ints, rates: Floats) -> None:
        names = (self.name, self.solute.name.upper()) * 2
        self.table(at, text, names, one, other, rates, [], np.zeros((one.size, 0)))


def terms_of(solute: FeatureSolute) -> tuple[str, ...]:
    """Return the lists with one entry per feature of a package's budget."""
    return tuple(t for t in TERMS[solute.kind] if solute.mover or t not in MOVERS)


def solute_sums(step: FeatureSoluteStep, solute: FeatureSolute, auxiliary: bool) -> list[tuple[str, Floats]]:
    """Return the rates of the columns of a BUDGETCSV file, by name."""
    zero = np.zeros(step.concentration.size)
    found = [("GWF", -step.rate), *((t.upper(), step.terms.get(t, zero)) for t in terms_of(solute))]
    return [*found, ("AUXILIARY", zero)] if auxiliary else found
