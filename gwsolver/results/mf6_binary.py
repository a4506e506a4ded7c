"""MODFLOW 6's binary output files: heads, concentrations and the flow budget.

All are streams without record marks, little-endian, 4-byte integers and 8-byte reals (MODFLOW 6,
description of input and output, appendix A).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, Protocol

import numpy as np

from gwsolver.core.grid import Floats, Grid, Ints
from gwsolver.core.simulation import FlowModel
from gwsolver.core.steps import ExchangeFlow, FlowStep, PackageFlow
from gwsolver.core.time import TimeAxis, TimeStep

INACTIVE, DRY = 1e30, -1e30


def plane(grid: Grid) -> tuple[int, int, int]:
    """Return MODFLOW's (ncol, nrow, nlay) of a grid: (ncpl, 1, nlay) for DISV, (nodes, 1, 1) for DISU."""
    if grid.kind == "dis":
        return grid.shape[2], grid.shape[1], grid.shape[0]
    if grid.kind == "disv":
        return grid.shape[1], 1, grid.shape[0]
    return grid.shape[0], 1, 1


def write_layers(file: BinaryIO, text: str, values: Floats, grid: Grid, time: TimeAxis, step: TimeStep) -> None:
    """Write one array over all user nodes, layer after layer, each with its header.

    Parameters
    ----------
    file : binary file
    text : str
        "HEAD" or "CONCENTRATION", right-justified to 16 characters as MODFLOW does.
    values : ndarray of float64, shape (node,)
        With 1e30 where a node is inactive and -1e30 where it is dry.
    grid : Grid
    time : TimeAxis
    step : TimeStep
        The step at whose end the values hold.
    """
    n_col, n_row, n_lay = plane(grid)
    header = layer_header(step, text, (n_col, n_row, 0), time)
    for layer, row in enumerate(np.asarray(values, "<f8").reshape(n_lay, n_row * n_col)):
        header["layer"] = layer + 1
        file.write(header.tobytes())
        file.write(row.tobytes())


def layer_header(step: "Moment", text: str, shape: tuple[int, int, int], time: TimeAxis) -> np.ndarray:
    """Return what stands before an array of dependent variables; `shape`: MODFLOW's (ncol, nrow, layer)."""
    header = np.zeros(1, np.dtype([
        ("step", "<i4"), ("period", "<i4"), ("period_time", "<f8"), ("time", "<f8"), ("text", "S16"),
        ("n_col", "<i4"), ("n_row", "<i4"), ("layer", "<i4"),
    ]))
    header[0] = (step.step + 1, step.period + 1, step.end - time.period_start(step.period), step.end,
                 text.rjust(16).encode(), *shape)
    return header


def write_heads(file: BinaryIO, head: Floats, grid: Grid, time: TimeAxis, step: TimeStep) -> None:
    """Write heads, shape (cell,), of active cells; those that are dry already hold -1e30."""
    write_layers(file, "HEAD", grid.to_nodes(head, INACTIVE), grid, time, step)


def write_concentrations(
    file: BinaryIO, concentration: Floats, dry: np.ndarray, grid: Grid, time: TimeAxis, step: TimeStep
) -> None:
    """Write concentrations, shape (cell,), of active cells; `dry`, shape (cell,), marks those without water."""
    values = np.where(dry, DRY, concentration)
    write_layers(file, "CONCENTRATION", grid.to_nodes(values, INACTIVE), grid, time, step)


class Moment(Protocol):
    """A time step, of flow or of transport."""

    @property
    def period(self) -> int:
        """Zero-based stress period."""
        ...

    @property
    def step(self) -> int:
        """Zero-based step of the period."""
        ...

    @property
    def end(self) -> float:
        """End of the step [T]."""
        ...

    @property
    def length(self) -> float:
        """Length of the step [T]."""
        ...


class RecordWriter:
    """Writes records of a budget file.

    Parameters
    ----------
    file : binary file
    name : str
        Of the model.
    grid : Grid
    time : TimeAxis
    """

    def __init__(self, file: BinaryIO, name: str, grid: Grid, time: TimeAxis) -> None:
        self.file, self.name, self.grid, self.time = file, name.upper(), grid, time

    def _header(self, step: Moment, text: str, method: int, shape: tuple[int, int, int]) -> None:
        period_time = step.end - self.time.period_start(step.period)
        self.file.write(np.array([step.step + 1, step.period + 1], "<i4").tobytes())
        self.file.write(text.rjust(16).encode())
        self.file.write(np.array([shape[0], shape[1], -shape[2], method], "<i4").tobytes())
        self.file.write(np.array([step.length, period_time, step.end], "<f8").tobytes())

    def array(self, step: Moment, text: str, values: Floats, shape: tuple[int, int, int]) -> None:
        """Write an array; `shape`: MODFLOW's (ncol, nrow, nlay)."""
        self._header(step, text, 1, shape)
        self.file.write(np.asarray(values, "<f8").tobytes())

    def records(
        self, step: Moment, text: str, names: tuple[str, str, str, str], cells: Ints, second: Ints, rates: Floats,
        auxiliary: Sequence[str], columns: Floats,
    ) -> None:
        """Write a list: model and package on the side of the cell, then on the other side; `second`: numbers there."""
        self._list(step, text, plane(self.grid), names, self.grid.node[cells], second, rates, auxiliary, columns)

    def table(
        self, step: Moment, text: str, names: tuple[str, str, str, str], first: Ints, second: Ints, rates: Floats,
        auxiliary: Sequence[str], columns: Floats,
    ) -> None:
        """Write a list of what is no cell; `first` and `second` are zero-based numbers."""
        self._list(step, text, (first.size, 1, 1), names, first, second, rates, auxiliary, columns)

    def _list(
        self, step: Moment, text: str, shape: tuple[int, int, int], names: tuple[str, str, str, str], first: Ints,
        second: Ints, rates: Floats, auxiliary: Sequence[str], columns: Floats,
    ) -> None:
        self._header(step, text, 6, shape)
        for name in names:
            self.file.write(_name(name))
        self.file.write(np.array([len(auxiliary) + 1], "<i4").tobytes())
        for name in auxiliary:
            self.file.write(_name(name))
        self.file.write(np.array([first.size], "<i4").tobytes())
        entries = np.zeros(first.size, np.dtype(
            [("node", "<i4"), ("second", "<i4"), ("rate", "<f8"), ("auxiliary", "<f8", (len(auxiliary),))]
        ))
        entries["node"] = first + 1
        entries["second"] = second + 1
        entries["rate"] = rates
        entries["auxiliary"] = columns
        self.file.write(entries.tobytes())


FLOW_KINDS = ("wel", "drn", "riv", "ghb", "rch", "evt", "chd", "maw", "sfr", "lak", "uzf")
"""MODFLOW's order of packages in a budget, whatever that in the name file."""
ARRAY_FORMS = {"rch": "RCHA", "evt": "EVTA "}
"""What packages that are given as arrays are called, to the blank."""


class BudgetWriter(RecordWriter):
    """Writes a model's flow budget as MODFLOW does, so that its FMI and flopy read it.

    Parameters
    ----------
    file : binary file
    model : FlowModel
        Its packages fix the order and number of the records, which must not change between steps.
    """

    def __init__(self, file: BinaryIO, model: FlowModel) -> None:
        super().__init__(file, model.name, model.grid, model.time)
        self.model = model
        packages = (*model.packages, *model.features)
        self._packages = sorted(packages, key=lambda p: FLOW_KINDS.index(p.kind))

    def write(self, flow: FlowStep) -> None:
        """Write all records of one step: storage, flows between cells, discharge, saturation, packages.

        FLOW-JA-FACE is positive into the row's cell, so a face flow (n to m) is minus in row n and plus
        in row m; the diagonal holds the residual of the cell, as MODFLOW's does.
        """
        model, grid = self.model, self.grid
        if model.storage is not None:
            self.array(flow, "STO-SS", grid.to_nodes(flow.storage_specific, 0.0), plane(grid))
            if model.storage.convertible.any():
                self.array(flow, "STO-SY", grid.to_nodes(flow.storage_yield, 0.0), plane(grid))
        faces = flow_ja_face(grid, flow.face_flow, flow.residual)
        self.array(flow, "FLOW-JA-FACE", faces, (faces.size, 1, 1))
        own = np.arange(grid.n_cells)
        # MODFLOW names the model twice on the side of the cell; DATA-* name the package on both.
        names = (self.name, "NPF", self.name, "NPF")
        nothing = np.zeros(grid.n_cells)
        axes = ["qx".rjust(16), "qy".rjust(16), "qz".rjust(16)]
        self.records(flow, "DATA-SPDIS", names, own, grid.node, nothing, axes, flow.specific_discharge)
        self.records(flow, "DATA-SAT", names, own, grid.node, nothing, ["sat".rjust(16)], flow.saturation_end[:, None])
        given = {p.name: p for p in flow.packages}
        features = {f.name: f.connection_feature[f.connection_cell >= 0] for f in flow.features}
        for own in self._packages:
            package = given.pop(own.name, None) or PackageFlow(own.name, own.kind, np.zeros(0, np.int64), np.zeros(0))
            text, entry = own.kind.upper(), features.get(own.name, np.arange(package.cells.size))
            if own.options.get("readasarrays"):
                # An array has an entry for each cell in plan, whether one is active there or not.
                text, entry = ARRAY_FORMS[own.kind], grid.node[package.cells] % int(np.prod(grid.shape[1:]))
            if own.options.get("mover") and own.name not in features:
                taken = flow.moved.given_by(own.name, entry.size) if flow.moved else np.zeros(entry.size)
                self._package(flow, replace(package, rates=package.rates + taken), text, entry, own.auxiliary_names)
                self._package(flow, replace(package, rates=-taken), f"{text}-TO-MVR", entry, own.auxiliary_names)
            else:
                self._package(flow, package, text, entry, own.auxiliary_names)
        for package in given.values():
            entry = package.neighbour_node if isinstance(package, ExchangeFlow) else np.arange(package.cells.size)
            self._package(flow, package, package.kind.upper(), entry, tuple(package.auxiliary))

    def _package(self, flow: FlowStep, package: PackageFlow, text: str, entry: Ints, auxiliary: Sequence[str]) -> None:
        """Write a list; `entry`: what each of its lines is called on the side of the package."""
        columns = [np.asarray(package.auxiliary.get(a, np.zeros(package.rates.size)), float) for a in auxiliary]
        table = np.column_stack(columns) if columns else np.zeros((package.rates.size, 0))
        acts = package.cells >= 0
        model, name = self.name, package.name.upper()
        names = (model, model, model, name)
        if isinstance(package, ExchangeFlow):
            text, names = "FLOW-JA-FACE", (model, name, package.neighbour_model.upper(), name)
        self.records(
            flow, text, names, package.cells[acts], entry[acts], package.rates[acts], [a.upper() for a in auxiliary],
            table[acts],
        )


def flow_ja_face(grid: Grid, face_flow: Floats, residual: Floats) -> Floats:
    """Turn flows through faces (positive n to m) into MODFLOW's FLOW-JA-FACE, shape (connection,)."""
    ia, ja, face = grid.connections
    row = np.repeat(np.arange(grid.n_cells), np.diff(ia))
    between = face >= 0
    values = np.empty(ja.size)
    values[~between] = residual[row[~between]]
    values[between] = np.where(ja[between] > row[between], -1.0, 1.0) * face_flow[face[between]]
    return values


def _name(text: str) -> bytes:
    return text.encode("ascii", "replace").ljust(16)[:16]
