"""Flows that MODFLOW 6 saved, as a stream: one flow step in memory at a time.

Any package may have acted on the flow, also those that gwsolver does not solve (SFR, LAK, MAW,
UZF, ...): what matters to transport is in the budget file, and whether that is everything shows in
the water balance of each cell. MODFLOW writes its own residual on the diagonal of FLOW-JA-FACE;
if the records do not add up to it, some package did not save its flows.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import SavedFlows
from gwsolver.core.steps import ExchangeFlow, FlowStep, PackageFlow
from gwsolver.modflow.saved_binary import LIST, Record, budget_records, head_records, mapped
from gwsolver.modflow.saved_grid import FlowOrder, file_order, own_order
from gwsolver.modflow.saved_index import SavedStep, few, pair
from gwsolver.modflow.saved_values import (
    balance,
    balance_problems,
    closure,
    head_problems,
    number_problems,
    place_problems,
)

Floats = NDArray[np.float64]

_ARRAY_FORMS = {"rcha": "rch", "evta": "evt"}


def saved_flow_steps(
    files: SavedFlows, grid: Grid, initial_head: Floats | None = None, *, check: bool = True
) -> "SavedFlowSteps":
    """Return the saved flow steps as an iterator; InputError with all problems if they cannot be used.

    Parameters
    ----------
    files : SavedFlows
        Heads, budget and, if there is one, binary grid file.
    grid : Grid
        Of the transport model: the same active cells as the flow model.
    initial_head : ndarray of float64, shape (cell,), optional
        IC of the flow model, where a first transient step starts; without it such a step starts as it ends.
    check : bool
        Look at every number before the first step is given; False only where that has been done already.
    """
    return SavedFlowSteps(files, grid, initial_head, check=check)


class SavedFlowSteps(Iterator[FlowStep]):
    """Flow steps of a head and a budget file, read when they are asked for.

    On opening, every record is looked at once (a step at a time), so that nothing is found halfway through a run.

    Attributes
    ----------
    times : tuple of float
        End of each step [T].
    closure : float
        Largest |residual| of a cell over the largest throughput of any cell, of all steps; 0 if unchecked.
    """

    def __init__(
        self, files: SavedFlows, grid: Grid, initial_head: Floats | None = None, *, check: bool = True
    ) -> None:
        self._files, self._grid, self._initial_head = files, grid, initial_head
        self._open = ExitStack()
        self._before: FlowStep | None = None
        self._next = 0
        self.closure = 0.0
        try:
            self._steps = self._index()
            if check:
                self._check_values()
        except BaseException:
            self.close()
            raise
        self.times = tuple(step.end for step in self._steps if step.end > step.start)

    def __enter__(self) -> "SavedFlowSteps":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def n_steps(self) -> int:
        """Number of flow steps."""
        return len(self.times)

    def steps_in_period(self, period: int) -> int:
        """Return the number of flow steps in a zero-based period."""
        return sum(step.period == period + 1 and step.end > step.start for step in self._steps)

    def __next__(self) -> FlowStep:
        while self._next < len(self._steps):
            self._before = self._flow(self._steps[self._next], self._before)
            self._next += 1
            # A steady period of no length only says where the next one starts.
            if self._before.length > 0.0:
                return self._before
        self.close()
        raise StopIteration

    def close(self) -> None:
        """Close the files."""
        self._open.close()

    def _index(self) -> list[SavedStep]:
        problems: list[Problem] = []
        order: FlowOrder | None = None
        heads: list[Record] = []
        budget: list[Record] = []
        try:
            order = file_order(self._files.grid_file, self._grid) if self._files.grid_file else own_order(self._grid)
        except InputError as error:
            problems += error.problems
        try:
            self._head_map = self._open.enter_context(mapped(self._files.head_file))
            heads = head_records(self._files.head_file, self._head_map)
        except InputError as error:
            problems += error.problems
        try:
            self._budget_map = self._open.enter_context(mapped(self._files.budget_file))
            budget = budget_records(self._files.budget_file, self._budget_map)
        except InputError as error:
            problems += error.problems
        if problems or order is None:
            raise InputError(problems)
        self._order = order
        steps, problems = pair(
            self._files.head_file, heads, self._files.budget_file, budget, self._grid, order.n_values
        )
        if problems:
            raise InputError(few(problems))
        return steps

    def _check_values(self) -> None:
        """Look at every number once; what is wrong in one step is likely wrong in all, so the first is told."""
        before = None
        for step in self._steps:
            problems = [
                *number_problems(self._files.head_file, self._head_map, step.heads, step.words),
                *number_problems(self._files.budget_file, self._budget_map, step.budget, step.words),
            ]
            if not problems:
                problems = [
                    *place_problems(self._files.budget_file, self._budget_map, step, self._grid),
                    *head_problems(self._files.head_file, self._heads(step), step, self._grid),
                ]
            if not problems:
                before = self._flow(step, before)
                values = self._face_values(step)
                problems = balance_problems(self._files.budget_file, step, before, values, self._order, self._grid)
                self.closure = max(self.closure, closure(before, self._grid))
            if problems:
                raise InputError(few(problems))

    def _heads(self, step: SavedStep) -> Floats:
        return np.concatenate([record.read(self._head_map) for record in step.heads])[self._grid.node]

    def _face_values(self, step: SavedStep) -> Floats:
        record = next(r for r in step.budget if r.text == "FLOW-JA-FACE" and r.method != LIST)
        return record.read(self._budget_map)

    def _flow(self, step: SavedStep, before: FlowStep | None) -> FlowStep:
        grid = self._grid
        specific, yielded = np.zeros(grid.n_cells), np.zeros(grid.n_cells)
        packages: list[PackageFlow] = []
        for record in step.budget:
            if record.text.startswith(("STO-", "CSUB-")):
                target = yielded if record.text == "STO-SY" else specific
                target += self._per_cell(record)
            elif not record.text.startswith("DATA-") and not (record.text == "FLOW-JA-FACE" and record.method != LIST):
                packages.append(self._package(record, {p.name for p in packages}))
        steady = not (specific.any() or yielded.any())
        head = self._heads(step)
        saturation = self._saturation(step, head)
        discharge = np.zeros((grid.n_cells, 3))
        entries = step.one("DATA-SPDIS").read(self._budget_map)  # type: ignore[union-attr]
        cells = grid.cell_of_node[entries["node"] - 1]
        discharge[cells[cells >= 0]] = entries["aux"][cells >= 0, :3]
        if steady or (before is None and self._initial_head is None):
            head_start, saturation_start = head, saturation
        elif before is not None:
            head_start, saturation_start = before.head_end, before.saturation_end
        else:
            head_start = np.asarray(self._initial_head, dtype=float)
            saturation_start = self._from_head(head_start, saturation)
        flow = FlowStep(
            start=step.start, end=step.end, period=step.period - 1, step=step.step - 1, steady=steady,
            face_flow=-self._face_values(step)[self._order.upper], head_start=head_start, head_end=head,
            saturation_start=saturation_start, saturation_end=saturation, specific_discharge=discharge,
            storage_specific=specific, storage_yield=yielded, packages=tuple(packages), residual=np.zeros(0),
        )
        flow = _without_double_mover(replace(flow, residual=balance(flow, grid)[0]), grid)
        return replace(flow, residual=balance(flow, grid)[0])

    def _per_cell(self, record: Record) -> Floats:
        data = record.read(self._budget_map)
        if record.method != LIST:
            return data[self._grid.node]  # type: ignore[no-any-return]
        cells = self._grid.cell_of_node[data["node"] - 1]
        inside = cells >= 0
        return np.bincount(cells[inside], data["rate"][inside], self._grid.n_cells)

    def _package(self, record: Record, taken: set[str]) -> PackageFlow:
        text = record.text.lower()
        if record.text == "FLOW-JA-FACE":
            text = "gwf-gwf"
        kind = _ARRAY_FORMS.get(text, text)
        name = record.package or text
        if name in taken:
            # One package may save several terms: "drn-1" and its flow to the mover, "uzf-1" and its "gwd".
            name = f"{name}-{kind.partition('-')[2] or kind}"
        while name in taken:
            name += "-more"
        if record.method != LIST:
            return PackageFlow(name, kind, np.arange(self._grid.n_cells), self._per_cell(record))
        data = record.read(self._budget_map)
        cells = self._grid.cell_of_node[data["node"] - 1]
        inside = cells >= 0
        columns = {a: data["aux"][inside, i].copy() for i, a in enumerate(record.auxiliary)}
        if kind == "gwf-gwf":
            return ExchangeFlow(
                name, kind, cells[inside], data["rate"][inside].copy(), columns, neighbour_model=record.models[1],
                neighbour_node=data["node2"][inside].astype(np.int64) - 1)
        return PackageFlow(name, kind, cells[inside], data["rate"][inside].copy(), columns)

    def _saturation(self, step: SavedStep, head: Floats) -> Floats:
        """DATA-SAT; without it from the head where the grid file tells that cells are convertible, else 1."""
        record = step.one("DATA-SAT")
        full = np.ones(self._grid.n_cells)
        if record is None:
            return self._from_head(head, full) if self._order.cell_type is not None else full
        data = record.read(self._budget_map)
        cells = self._grid.cell_of_node[data["node"] - 1]
        full[cells[cells >= 0]] = data["aux"][cells >= 0, 0]
        return full

    def _from_head(self, head: Floats, otherwise: Floats) -> Floats:
        """Water-filled part of convertible cells; `otherwise` in the others, where it never changes."""
        grid, types = self._grid, self._order.cell_type
        linear = np.clip((head - grid.bottom) / grid.thickness, 0.0, 1.0)
        convertible = types > 0 if types is not None else np.full(grid.n_cells, bool((otherwise < 1.0).any()))
        return np.where(convertible, linear, otherwise)


def _without_double_mover(flow: FlowStep, grid: Grid) -> FlowStep:
    """Drop what UZF discharges to the mover where MODFLOW saved it as part of UZF-GWD too.

    MODFLOW 6 recomputes the seepage of UZF after the mover has taken its part, and so saves
    all of it in UZF-GWD and the mover's part once more; its listing counts it once.
    """
    rest = tuple(p for p in flow.packages if p.kind != "uzf-gwd to-mvr")
    if len(rest) == len(flow.packages):
        return flow
    once = replace(flow, packages=rest)
    closer = np.abs(balance(once, grid)[0]).sum() < np.abs(flow.residual).sum()
    return once if closer else flow
