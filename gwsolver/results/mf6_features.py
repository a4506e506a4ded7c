"""MODFLOW 6's files of lakes and reaches: STAGE, BUDGET and BUDGETCSV of a package.

The budget has one list per term with one entry per feature, as MODFLOW's FMI reads it for the solute of lakes and
streams (LKT, SFT).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from gwsolver.core.features import INACTIVE, FeaturePackage, FeatureStep, Floats, Ints
from gwsolver.core.grid import Grid
from gwsolver.core.lake import HORIZONTAL, VERTICAL, LakePackage
from gwsolver.core.steps import FlowStep
from gwsolver.core.time import TimeAxis
from gwsolver.results import mf6_binary
from gwsolver.results.mf6_binary import RecordWriter, layer_header

MOVERS = ("from-mvr", "to-mvr")
Drying = Callable[[FeatureStep, FeaturePackage, Grid], np.ndarray]


def lake_bottoms(package: LakePackage, grid: Grid) -> Floats:
    """Return where lakes are dry [L], shape (lake,): the lowest of their connections, or what a table says.

    A lake within a cell is dry at the last row of its table before the one with volume, area and bed.
    """
    cell, kind = package.connection_cell, package.connection_type
    given = (kind == HORIZONTAL) & (package.bed_bottom != package.bed_top)
    low = np.where(kind == VERTICAL, grid.top[cell], np.where(given, package.bed_bottom, grid.bottom[cell]))
    bottom = np.full(package.n_features, np.inf)
    np.minimum.at(bottom, package.connection_feature, low)
    for lake, table in enumerate(package.tables):
        if table is not None and table.exchange_area.size:
            wet = np.flatnonzero(table.volume * table.area * table.exchange_area > 0.0)
            first = int(wet[0]) if wet.size else table.stage.size
            if first > 0:
                bottom[lake] = table.stage[first - 1]
    return bottom


def _dry_lakes(step: FeatureStep, package: FeaturePackage, grid: Grid) -> np.ndarray:
    assert isinstance(package, LakePackage)
    return step.stage <= lake_bottoms(package, grid)


@dataclass(frozen=True)
class Layout:
    """What MODFLOW's budget of a kind of packages looks like.

    Attributes
    ----------
    terms : tuple of str
        Names of lists with one entry per feature, in their order; those of `FeatureStep.terms`.
    flow_area : tuple of str
        Figures that FLOW-JA-FACE carries as FLOW-AREA: of the feature that gives, of the one that gets; or none.
    by_feature : bool
        FLOW-JA-FACE is sorted by feature; otherwise link after link, there and back.
    dry : callable
        (step, package, grid) -> features without water, shape (feature,).
    """

    terms: tuple[str, ...]
    flow_area: tuple[str, ...]
    by_feature: bool
    dry: Drying


LAYOUTS: Mapping[str, Layout] = {
    "lak": Layout(("rainfall", "evaporation", "runoff", "ext-inflow", "withdrawal", "ext-outflow", "storage",
                   "constant"), (), False, _dry_lakes),
    "sfr": Layout(("rainfall", "evaporation", "runoff", "ext-inflow", "ext-outflow", "storage"),
                  ("downstream-area", "upstream-area"), True,
                  lambda step, package, grid: step.figures["depth"] <= 0.0),
}


def write_stages(file: BinaryIO, step: FeatureStep, package: FeaturePackage, flow: FlowStep, grid: Grid,
                 time: TimeAxis) -> None:
    """Write the stages of all features: 1e30 where one is left out, -1e30 where it is dry."""
    dry = LAYOUTS[step.kind].dry(step, package, grid)
    values = np.where(step.status == INACTIVE, mf6_binary.INACTIVE, np.where(dry, mf6_binary.DRY, step.stage))
    file.write(layer_header(flow, "STAGE", (values.size, 1, 1), time).tobytes())
    file.write(np.asarray(values, "<f8").tobytes())


class FeatureBudgetWriter(RecordWriter):
    """Writes the budget of one package of features.

    Parameters
    ----------
    file : binary file
    model : str
    package : FeaturePackage
    grid : Grid
    time : TimeAxis
    """

    def __init__(self, file: BinaryIO, model: str, package: FeaturePackage, grid: Grid, time: TimeAxis) -> None:
        super().__init__(file, model, grid, time)
        self.package, self.layout = package, LAYOUTS[package.kind]

    def write(self, flow: FlowStep, step: FeatureStep) -> None:
        """Write all lists of one step; flows are positive into the feature."""
        self._links(flow, step)
        there = step.connection_cell >= 0
        names = (self.name, self.package.name.upper(), self.name, self.name)
        self.table(flow, "GWF", names, step.connection_feature[there], self.grid.node[step.connection_cell[there]],
                   -step.rate[there], ["FLOW-AREA".rjust(16)], step.wetted_area[there][:, None])
        for term in terms_of(self.package):
            auxiliary = ["VOLUME".rjust(16)] if term == "storage" else []
            self._own(flow, term.upper(), step.terms[term], auxiliary, step.volume_end[:, None][:, :len(auxiliary)])
        if self.package.auxiliary_names:
            columns = np.stack([step.auxiliary[a] for a in self.package.auxiliary_names], axis=1)
            self._own(flow, "AUXILIARY", np.zeros(len(columns)), [a.upper() for a in self.package.auxiliary_names],
                      columns)

    def _links(self, flow: FlowStep, step: FeatureStep) -> None:
        if not step.link_from.size and not self.layout.by_feature:
            return
        one = np.stack([step.link_from, step.link_to], axis=1).ravel()
        other = np.stack([step.link_to, step.link_from], axis=1).ravel()
        rates = np.stack([-step.link_rate, step.link_rate], axis=1).ravel()
        auxiliary, columns = [], np.zeros((one.size, 0))
        if self.layout.flow_area:
            gives, gets = (step.figures[name] for name in self.layout.flow_area)
            auxiliary = ["FLOW-AREA".rjust(16)]
            columns = np.stack([gives[step.link_from], gets[step.link_to]], axis=1).reshape(-1, 1)
        order = np.lexsort((other, one)) if self.layout.by_feature else np.arange(one.size)
        self._among(flow, "FLOW-JA-FACE", one[order], other[order], rates[order], auxiliary, columns[order])

    def _own(self, flow: FlowStep, text: str, rates: Floats, auxiliary: Sequence[str], columns: Floats) -> None:
        own = np.arange(rates.size)
        self._among(flow, text, own, own, rates, auxiliary, columns)

    def _among(self, flow: FlowStep, text: str, one: Ints, other: Ints, rates: Floats, auxiliary: Sequence[str],
               columns: Floats) -> None:
        names = (self.name, self.package.name.upper()) * 2
        self.table(flow, text, names, one, other, rates, auxiliary, columns)


def terms_of(package: FeaturePackage) -> tuple[str, ...]:
    """Return the lists of a package's budget with one entry per feature; movers are told of where there may be any."""
    return LAYOUTS[package.kind].terms + (MOVERS if package.options.get("mover") else ())


def budget_head(step: FeatureStep, package: FeaturePackage) -> str:
    """Return the first line of a BUDGETCSV file."""
    return sums_head(_sums(step, package))


def budget_line(step: FeatureStep, time: float, package: FeaturePackage) -> str:
    """Return the line of a BUDGETCSV file: rates in and out of all features by term, and what they do not close by."""
    return sums_line(_sums(step, package), time)


def sums_head(sums: list[tuple[str, Floats]]) -> str:
    """Return the first line of a BUDGETCSV file with these columns, in and out."""
    words = [name for name, _ in sums]
    columns = [f"{w}_{side}" for side in ("IN", "OUT") for w in words]
    return ",".join(["time", *columns, "TOTAL_IN", "TOTAL_OUT", "PERCENT_DIFFERENCE"])


def sums_line(sums: list[tuple[str, Floats]], time: float) -> str:
    """Return a line of it: the rates in and out of all features, summed, and what they do not close by."""
    parts = [values for _, values in sums]
    into = [float(p[p > 0.0].sum()) for p in parts]
    out = [float((-p[p < 0.0]).sum()) for p in parts]
    total = sum(into), sum(out)
    mean = 0.5 * sum(total)
    percent = 100.0 * (total[0] - total[1]) / mean if mean > 0.0 else 0.0
    return ",".join(repr(float(v)) for v in (time, *into, *out, *total, percent))


def _sums(step: FeatureStep, package: FeaturePackage) -> list[tuple[str, Floats]]:
    found = [("GWF", -step.rate), *((t.upper(), step.terms[t]) for t in terms_of(package))]
    return [*found, ("AUXILIARY", np.zeros(0))] if package.auxiliary_names else found
