"""observations.csv: what OBS packages and receptors see at the end of every time step.

Columns: ``time``, ``model``, ``package`` (empty for the model's own OBS, ``receptor`` for receptors of the
case), ``name``, ``type``, ``value``, ``unit``. A value is empty where there is none: a dry cell, a package
without an entry there. Flows are positive into the aquifer.

Stages of lakes and reaches stand there at saved times too, without any OBS: under the boundname, or the number.

Where a well pumps at a receptor there are two rows more: ``well-mass-rate``, what it takes out (positive), and
``well-concentration``, that over the flow: the water of all its screens blended.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO

import numpy as np

from gwsolver.core.case import CaseInfo, Place
from gwsolver.core.grid import Floats, Grid, Ints
from gwsolver.core.output import Observation
from gwsolver.core.regions import misplaced
from gwsolver.core.simulation import FlowModel, TransportModel
from gwsolver.core.steps import FlowStep, PackageFlow, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.results.locate import cells_at
from gwsolver.results.mf6_binary import DRY

COLUMNS = ("time", "model", "package", "name", "type", "value", "unit")
ACROSS = "flow-ja-face"
POINTS = frozenset({"wel", "maw"})
NO_WELLS = (np.zeros(0, np.int64), np.zeros(0))
Entries = tuple[Ints, Floats, tuple[str, ...]]  # cells, rates, boundnames


class ObservationTable:
    """Writes the rows of observations.csv; its head too, unless the file already has some.

    Attributes
    ----------
    warnings : list of str
        Observations that could not be made, each told once.
    """

    def __init__(self, file: TextIO, info: CaseInfo) -> None:
        self._csv = csv.writer(file, lineterminator="\n")
        if not file.tell():
            self._csv.writerow(COLUMNS)
        self._info = info
        self._receptors: dict[int, list[tuple[Place, Ints]]] = {}
        self._pumping: dict[str, tuple[Ints, Floats]] = {}
        self.warnings: list[str] = []

    def water(self, model_name: str, flow: FlowStep) -> None:
        """Note what wells pump, for the receptors of the species that this flow carries."""
        wells = [(p.cells, p.rates) for p in flow.packages if p.kind in POINTS]
        cells = np.concatenate([np.zeros(0, np.int64), *(c for c, _ in wells)])
        rates = np.concatenate([np.zeros(0), *(r for _, r in wells)])
        pumps = (cells >= 0) & (rates < 0.0)
        self._pumping[model_name] = cells[pumps], -rates[pumps]

    def state(self) -> dict[str, list[Any]]:
        """Return what wells pump now: a run that goes on does not see this flow step again."""
        return {name: list(own) for name, own in self._pumping.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self._pumping = {name: (cells, rates) for name, (cells, rates) in state.items()}

    def flow(
        self, model: FlowModel, observations: tuple[Observation, ...], flow: FlowStep, length: str, rate: str
    ) -> None:
        """Write what a flow model's observations see; `length`, `rate`: units."""
        entries: dict[tuple[str, str], Entries] = {}
        for p in flow.packages:
            quantities = {word: p.rates for word in (p.kind, ACROSS)} | dict(p.observed)
            given = _given(flow, p)
            quantities |= {"to-mvr": given} if given is not None else {}
            entries |= {(p.name, word): (p.cells, values, p.boundnames) for word, values in quantities.items()}
        head = np.where(flow.head_end == DRY, np.nan, flow.head_end)
        seen: dict[str, tuple[Callable[[Observation], float], str]] = {
            "head": (lambda o: head[o.cells[0]], length),
            "drawdown": (lambda o: model.initial_head[o.cells[0]] - head[o.cells[0]], length),
            ACROSS: (lambda o: _face_flow(model.grid, flow.face_flow, o.cells), rate),
        }
        self._write(flow.end, model.name, observations, seen, entries, rate)

    def rows(self, time: float, model: str, found: Iterable[tuple[str, str, str, float, str]]) -> None:
        """Write rows of package, name, type, value and unit."""
        for package, name, kind, value, unit in found:
            self._row(time, model, package, name, kind, value, unit)

    def transport(
        self, model: TransportModel, observations: tuple[Observation, ...], transport: TransportStep,
        step: TimeStep, concentration: str, rate: str,
    ) -> None:
        """Write what a species' observations and the receptors see; `concentration`, `rate`: units."""
        values = np.where(transport.dry, np.nan, transport.concentration)
        passed = np.full(model.grid.n_faces, np.nan)
        passed[transport.watched[0]] = transport.watched[1]
        names = {p.name: p.at(step).boundnames for p in model.packages}
        kinds = {p.name: p.kind for p in model.packages}
        entries = {(n, word): (cells, rates, names.get(n, ()))
                   for n, (cells, rates) in transport.package_rates.items() for word in (kinds.get(n, ""), ACROSS)}
        seen: dict[str, tuple[Callable[[Observation], float], str]] = {
            "concentration": (lambda o: values[o.cells[0]], concentration),
            ACROSS: (lambda o: _face_flow(model.grid, passed, o.cells), rate),
        }
        self._write(transport.end, model.name, observations, seen, entries, rate)
        for place, cells in self._places(model.grid):
            self._row(transport.end, model.name, "receptor", place.name, "concentration",
                      receptor_value(model.grid, cells, values), concentration)
            flow, taken = self._well(model, cells, transport.concentration)
            if flow > 0.0:
                for kind, value, unit in (("well-concentration", taken / flow, concentration),
                                          ("well-mass-rate", taken, rate)):
                    self._row(transport.end, model.name, "receptor", place.name, kind, value, unit)

    def _well(self, model: TransportModel, cells: Ints, concentration: Floats) -> tuple[float, float]:
        """Return flow and mass rate that wells in the plan cells of a receptor take out."""
        where, rates = self._pumping.get(model.flow_model or model.name, NO_WELLS)
        here = np.isin(model.grid.column[where], model.grid.column[cells])
        return float(rates[here].sum()), float((rates * concentration[where])[here].sum())

    def _places(self, grid: Grid) -> list[tuple[Place, Ints]]:
        if id(grid) not in self._receptors:
            found = [(p, cells_at(grid, p.x, p.y, p.layers)) for p in self._info.receptors]
            self._receptors[id(grid)] = [(p, cells) for p, cells in found if cells.size]
            self.warnings += [f"receptor {p.name} is not observed: {misplaced(grid, p)}."
                              for p, cells in found if not cells.size]
        return self._receptors[id(grid)]

    def _write(
        self, time: float, model: str, observations: tuple[Observation, ...],
        seen: Mapping[str, tuple[Callable[[Observation], float], str]], entries: Mapping[tuple[str, str], Entries],
        rate: str,
    ) -> None:
        for o in (o for o in observations if not o.places):
            if not o.package and o.quantity in seen:
                value, unit = seen[o.quantity]
                self._row(time, model, "", o.name, o.quantity, value(o), unit)
            elif (o.package, o.quantity) in entries:
                value = _sum(o, *entries[o.package, o.quantity])
                self._row(time, model, o.package, o.name, o.quantity, value, rate)
            else:
                text = f"observation {o.name} ({o.quantity}) of {model} is not among those gwsolver makes."
                if text not in self.warnings:
                    self.warnings.append(text)

    def _row(self, time: float, model: str, package: str, name: str, kind: str, value: float, unit: str) -> None:
        text = repr(float(value)) if np.isfinite(value) else ""
        self._csv.writerow([repr(float(time)), model, package, name, kind, text, unit])


def _given(flow: FlowStep, package: PackageFlow) -> Floats | None:
    """Return what movers took from each entry of a package, below zero as MODFLOW's TO-MVR; None where none does."""
    moved = flow.moved
    mine = [] if moved is None else [i for i, m in enumerate(moved.moves) if m.provider == package.name]
    if moved is None or not mine:
        return None
    origins, rates = moved.origins[mine], moved.rates[mine]
    return -np.bincount(origins[origins >= 0], rates[origins >= 0], package.rates.size)


def receptor_value(grid: Grid, cells: Ints, values: Floats) -> float:
    """Mean over a receptor's cells weighted by their thickness; NaN if all are dry.

    The part of the water that each layer yields is not known here; thickness stands for it.
    """
    weight = np.where(np.isfinite(values[cells]), grid.thickness[cells], 0.0)
    if weight.sum() <= 0.0:
        return float("nan")
    return float((weight * np.nan_to_num(values[cells])).sum() / weight.sum())


def _face_flow(grid: Grid, face_flow: Floats, cells: tuple[int, ...]) -> float:
    """Flow from the second cell into the first, as MODFLOW's FLOW-JA-FACE; NaN if they share no face."""
    first, second = cells
    here = (grid.face_cells[:, 0] == min(cells)) & (grid.face_cells[:, 1] == max(cells))
    if not here.any():
        return float("nan")
    return float(face_flow[here].sum() * (1.0 if first > second else -1.0))


def _sum(o: Observation, cells: Ints, rates: Floats, boundnames: tuple[str, ...]) -> float:
    """Sum of a package's rates in the observed cell or under the observed name."""
    if o.entry >= 0:
        return float(rates[o.entry]) if o.entry < len(rates) else float("nan")
    if o.boundname:
        if len(boundnames) != len(rates):
            return float("nan")
        meant = np.array([b == o.boundname for b in boundnames], bool)
    else:
        meant = np.isin(cells, o.cells)
    return float(np.asarray(rates)[meant].sum()) if meant.any() else float("nan")
