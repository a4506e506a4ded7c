"""The budget files (.cbc) of flow and transport models, each with its grid file (.grb) beside it."""

import numpy as np

from gwsolver.core.simulation import FlowModel, Simulation, TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.results.mf6_binary import BudgetWriter
from gwsolver.results.mf6_grid import write_grid
from gwsolver.results.mf6_transport_budget import Neighbours, TransportBudgetWriter
from gwsolver.results.record_files import RecordFiles


class BudgetFiles:
    """Budgets cell by cell, in MODFLOW 6's form.

    Parameters
    ----------
    simulation : Simulation
    files : RecordFiles
    """

    def __init__(self, simulation: Simulation, files: RecordFiles) -> None:
        self._simulation, self._files = simulation, files
        self._flow: dict[str, BudgetWriter] = {}
        self._transport: dict[str, TransportBudgetWriter] = {}

    def go_on(self) -> None:
        """Take over the files that an interrupted run left open."""
        for model in self._simulation.flow_models:
            if f"{model.name}.cbc" in self._files:
                self._flow[model.name] = self._flow_writer(model)
        for species in self._simulation.transport_models:
            if f"{species.name}.cbc" in self._files:
                self._transport[species.name] = self._transport_writer(species)

    def flow(self, model: FlowModel, step: FlowStep) -> None:
        """Write what a flow step moved through faces and packages."""
        if model.name not in self._flow:
            self._flow[model.name] = self._flow_writer(model)
            self._grid(model, model.conductivity.cell_type)
        self._flow[model.name].write(step)
        self._files.settle(f"{model.name}.cbc")

    def transport(self, model: TransportModel, time_step: TimeStep, step: TransportStep) -> None:
        """Write what a transport step moved through faces and packages."""
        if model.name not in self._transport:
            self._transport[model.name] = self._transport_writer(model)
            self._grid(model, np.zeros(model.grid.n_cells, np.int64))
        self._transport[model.name].write(time_step, step)
        self._files.settle(f"{model.name}.cbc")

    def _grid(self, model: FlowModel | TransportModel, cell_type: np.ndarray) -> None:
        name = f"{model.name}.grb"
        write_grid(self._files.binary(name), model.grid, cell_type)
        self._files.settle(name)

    def _flow_writer(self, model: FlowModel) -> BudgetWriter:
        return BudgetWriter(self._files.binary(f"{model.name}.cbc"), model)

    def _transport_writer(self, model: TransportModel) -> TransportBudgetWriter:
        grids = {m.name: m.grid for m in self._simulation.transport_models}
        beyond = [
            Neighbours(e.name, other, grids[other].node[e.cells[:, 1 - side]], e.auxiliary)
            for e in self._simulation.exchanges for side, other in enumerate(e.models[::-1])
            if e.models[side] == model.name
        ]
        return TransportBudgetWriter(self._files.binary(f"{model.name}.cbc"), model, beyond)
