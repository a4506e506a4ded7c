"""Writes a run's results folder while the run goes on."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gwsolver.core.case import CaseInfo
from gwsolver.core.errors import InputError, Problem, RunError
from gwsolver.core.grid import Floats
from gwsolver.core.ledger import Ledger
from gwsolver.core.output import OutputControl
from gwsolver.core.simulation import FlowModel, Simulation, TransportModel
from gwsolver.core.steps import ExchangeFlow, FlowStep, ReactionStep, TransportStep
from gwsolver.core.time import TimeAxis, TimeStep
from gwsolver.results.budget import BudgetTable, book_flow, flow_closure
from gwsolver.results.budget_files import BudgetFiles
from gwsolver.results.feature_output import FeatureOutput, book
from gwsolver.results.feature_solute_output import FeatureSoluteOutput
from gwsolver.results.features import FeatureCollector
from gwsolver.results.folder import PREFIX, SUFFIX, SUMMARY, UNFINISHED, Staging, temporary, writing
from gwsolver.results.mf6_binary import DRY, INACTIVE, write_concentrations, write_heads, write_layers
from gwsolver.results.netcdf import NetcdfWriter, Record
from gwsolver.results.observations import ObservationTable
from gwsolver.results.record_files import RecordFiles
from gwsolver.results.units import Units

NO_CELLS = "{}: its mass budget is not known cell by cell under this scheme, so there is no .cbc of it."


def domain_arrays(model: TransportModel, step: TransportStep) -> Iterator[tuple[str, str, Floats]]:
    """Yield file name, record name and values of the arrays that MST and IST ask for beside concentrations.

    CIM is what an immobile domain's water holds, SORBATE the sorbed mass per mass of solid.
    """
    if model.saves_sorbate:
        values = np.where(step.dry, 0.0, model.mobile.sorbed(step.concentration))
        yield f"{model.name}.srb", "SORBATE", values
    for domain, state in zip(model.immobile, step.immobile, strict=True):
        if state.saves:
            yield f"{model.name}.{domain.name}.cim", "CIM", state.concentration
        if domain.saves_sorbate:
            yield f"{model.name}.{domain.name}.srb", "SORBATE", domain.sorbed(state.concentration)


class ResultsWriter:
    """The results folder of one run.

    Everything is written under temporary names; `finish` gives the files their names, ``summary.json``
    last. Budgets are summed at every step, whatever is saved.

    Parameters
    ----------
    folder : path
        See `check_folder` for what it may hold.
    simulation : Simulation
    info : CaseInfo
    input_hash : str
        Hash of the simulation, kept with the results so that a later run of the same input may replace them.
    resume : mapping, optional
        Go on with the files of an interrupted run, from the state its `checkpoint` returned.

    Raises
    ------
    InputError
        If the folder cannot be written, or its files are shorter than at the checkpoint.
    RunError
        From every method, if the disk is full or fails.
    """

    def __init__(
        self, folder: str | Path, simulation: Simulation, info: CaseInfo, input_hash: str = "",
        resume: Mapping[str, Any] | None = None,
    ) -> None:
        self._hash = input_hash
        self.simulation = simulation
        self.info = info
        self._units = Units(info, simulation)
        oil = None if simulation.chemistry is None else simulation.chemistry.oil
        self._oily = frozenset(() if oil is None else (c.species for c in oil.components))
        self._staging = Staging(folder, keep=resume is not None)
        self._files = RecordFiles(self._staging, frozenset(() if resume is None else resume["lengths"]))
        self._budgets = BudgetFiles(simulation, self._files)
        self._ledgers: dict[tuple[str, str], Ledger] = {}
        self._minimum: dict[str, float] = {}
        self._features = FeatureCollector()
        self._waters = FeatureOutput(self._units, self._files.binary, self._files.settle)
        self._solutes = FeatureSoluteOutput(self._units, self._files.binary, self._files.settle)
        if resume is not None:
            self._cut_back(resume)
        with writing("results.nc"):
            self._budget_table = BudgetTable(self._files.text("budget.csv"))
            self._observations = ObservationTable(self._files.text("observations.csv"), info)
            self._netcdf = self._lay_out(append=resume is not None)
        if resume is not None:
            self._go_on(resume)

    @property
    def folder(self) -> Path:
        """Where the results will stand."""
        return self._staging.folder

    @property
    def log_path(self) -> Path:
        """Where the run loop writes its log; it becomes ``run.log``."""
        return self._staging.path("run.log")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be observed."""
        return tuple(self._observations.warnings)

    def closure(self) -> dict[str, float]:
        """Relative imbalance up to now: of each species, and the worst of the flow models as ``flow``."""
        flow = [flow_closure(ledger) for (_, species), ledger in self._ledgers.items() if not species]
        result = {species: ledger.closure() for (_, species), ledger in self._ledgers.items() if species}
        return {"flow": max(flow), **result} if flow else result

    def minimum(self) -> dict[str, float]:
        """Smallest concentration of each species up to now."""
        return dict(self._minimum)

    def ledger(self, model: str, species: str = "") -> Ledger:
        """Amounts of a flow model (species "") or a species, cumulative up to now."""
        return self._ledgers.setdefault((model, species), Ledger())

    # ---- while the run goes on

    def flow(self, model_name: str, flow_step: FlowStep, n_steps: int) -> None:
        """Book a flow step and save what output control asks for.

        Parameters
        ----------
        model_name : str
            A flow model; or a species that runs on saved flows (only results.nc and the budget then).
        flow_step : FlowStep
        n_steps : int
            Steps of its stress period.
        """
        model = self._flow_model(model_name)
        control = model.output
        ledger = self.ledger(model_name)
        book_flow(ledger, flow_step)
        for waters in flow_step.features:
            book(self.ledger(model_name, f"{model_name}/{waters.name}"), waters, flow_step.length)
        self._observations.water(model_name, flow_step)
        step = TimeStep(flow_step.period, flow_step.step, flow_step.start, flow_step.end)
        heads, budget = control.saves("head", step, n_steps), control.saves("budget", step, n_steps)
        with writing("results"):
            if isinstance(model, FlowModel):
                observations = self.simulation.observations_of(model)
                self._observations.flow(model, observations, flow_step, self._units.length, self._units.flow)
                self._observations.rows(flow_step.end, model.name,
                                        self._waters.observed(model, flow_step, observations, stages=heads))
                self._waters.write(model, flow_step, heads, budget)
                if heads:
                    name = f"{model.name}.hds"
                    write_heads(self._files.binary(name), flow_step.head_end, model.grid, model.time, step)
                    self._files.settle(name)
                if budget:
                    self._budgets.flow(model, flow_step)
            if heads:
                self._save_flow_fields(model_name, flow_step)
                for p in (p for p in flow_step.packages if not isinstance(p, ExchangeFlow)):
                    self._features.add(model_name, model.grid, step.end, p.kind, p.name, p.cells, p.rates, p.boundnames)
            if heads or budget:
                self._budget_table.write(step.end, model_name, "", ledger, self._units.volume)
                for own in (f"{model_name}/{waters.name}" for waters in flow_step.features):
                    self._budget_table.write(step.end, model_name, own, self.ledger(model_name, own),
                                             self._units.volume)

    def transport(self, transport_step: TransportStep, time_step: TimeStep, n_steps: int, ends: bool) -> None:
        """Book a transport step and, where it ends the model's own time step, save what is asked for.

        Parameters
        ----------
        transport_step : TransportStep
        time_step : TimeStep
            The transport model's own time step that it is a part of.
        n_steps : int
            Time steps of its stress period.
        ends : bool
            It completes that time step: only then anything is saved.
        """
        t, species = transport_step, transport_step.species
        model = self.simulation.transport_model(species)
        ledger = self.ledger(model.name, species)
        ledger.merge(t.ledger)
        self._minimum[species] = min(self._minimum.get(species, np.inf), float(t.minimum))
        for own in (*t.immobile, *t.features):
            self.ledger(model.name, f"{species}/{own.name}").merge(own.ledger)
        if not ends:
            return
        saves = model.output.saves("concentration", time_step, n_steps)
        budget = model.output.saves("budget", time_step, n_steps)
        with writing("results"):
            observations = self.simulation.observations_of(model)
            self._observations.transport(
                model, observations, t, time_step, self._units.concentration, self._units.mass_rate)
            self._observations.rows(t.end, model.name, self._solutes.observed(model, t, observations, saves=saves))
            self._solutes.write(model, t, time_step, saves, budget)
            if saves:
                name = f"{model.name}.ucn"
                write_concentrations(self._files.binary(name), t.concentration, t.dry, model.grid, model.time,
                                     time_step)
                self._files.settle(name)
                for name, text, values in domain_arrays(model, t):
                    write_layers(self._files.binary(name), text, model.grid.to_nodes(values, INACTIVE), model.grid,
                                 model.time, time_step)
                    self._files.settle(name)
                self._netcdf.write("concentration", species, t.end, np.where(t.dry, np.nan, t.concentration))
                if species in self._oily:
                    self._netcdf.write("mass_in_oil", species, t.end,
                                       t.in_oil if t.in_oil.size else np.zeros(model.grid.n_cells))
                for package in model.packages:
                    if package.name in t.package_rates:
                        cells, rates = t.package_rates[package.name]
                        self._features.add(species, model.grid, t.end, package.kind, package.name, cells, rates)
            if budget and t.cell_rates and t.watched[0].size == model.grid.n_faces:
                self._budgets.transport(model, time_step, t)
            elif budget and (text := NO_CELLS.format(model.name)) not in self._observations.warnings:
                self._observations.warnings.append(text)
            if saves or budget:
                self._budget_table.write(t.end, model.name, species, ledger, self._units.mass)
                for own in (*t.immobile, *t.features):
                    whole = f"{species}/{own.name}"
                    self._budget_table.write(t.end, model.name, whole, self.ledger(model.name, whole), self._units.mass)

    def reactions(
        self, model: TransportModel, done: ReactionStep, time_step: TimeStep, n_steps: int, ends: bool
    ) -> None:
        """Book what reactions hold and did; rows of budget.csv where a species that reacts saves any."""
        for account in done.accounts:
            self.ledger(model.name, account.name).merge(account.ledger)
        if ends and any(model.output.saves(record, time_step, n_steps) for record in ("concentration", "budget")):
            with writing("results"):
                for account in done.accounts:
                    ledger = self.ledger(model.name, account.name)
                    self._budget_table.write(done.end, model.name, account.name, ledger, self._units.mass)

    # ---- checkpoints

    def checkpoint(self, number: int) -> dict[str, Any]:
        """Bring all files to the disk as they stand; return what `resume` needs to go on from here.

        Parameters
        ----------
        number : int
            Another one than that of the last checkpoint: both copies of results.nc exist for a while.
        """
        with writing("results"):
            lengths = self._files.lengths()
            copy = self._netcdf.copy(temporary(self.folder, f"checkpoint-{number}.nc"))
            with copy.open("rb") as written:
                os.fsync(written.fileno())
        return {
            "lengths": lengths, "netcdf": copy.name, "minimum": self._minimum, "features": self._features.state(),
            "warnings": self._observations.warnings, "pumping": self._observations.state(),
            "ledgers": [[*key, ledger.state()] for key, ledger in self._ledgers.items()],
        }

    def _cut_back(self, state: Mapping[str, Any]) -> None:
        """Give all files the length they had at a checkpoint."""
        folder = self.folder
        short = [name for name, length in state["lengths"].items()
                 if not (folder / name).is_file() or (folder / name).stat().st_size < length]
        if not (folder / state["netcdf"]).is_file():
            short.append(state["netcdf"])
        if short:
            raise InputError([Problem(
                "the results written before the checkpoint are not whole", file=str(folder / name),
                hint="Run again without --restart.",
            ) for name in short])
        with writing("results"):
            for name, length in state["lengths"].items():
                os.truncate(folder / name, length)
            shutil.copyfile(folder / state["netcdf"], self._staging.path("results.nc"))

    def _go_on(self, state: Mapping[str, Any]) -> None:
        """Take over what was known at a checkpoint."""
        self._minimum = dict(state["minimum"])
        self._observations.warnings += state["warnings"]
        self._observations.restore(state["pumping"])
        self._ledgers = {(model, species): Ledger.restored(parts) for model, species, parts in state["ledgers"]}
        models = [*self.simulation.flow_models, *self.simulation.transport_models]
        self._features.restore(state["features"], {m.name: m.grid for m in models})
        for path in state["lengths"]:
            name = path.removeprefix(PREFIX).removesuffix(SUFFIX)
            if name not in ("budget.csv", "observations.csv"):
                self._files.binary(name)
                self._files.settle(name)
        self._budgets.go_on()

    # ---- the end

    def finish(self, summary: dict[str, Any]) -> Path:
        """Close all files, give them their names, write ``summary.json`` last; return the folder.

        Parameters
        ----------
        summary : dict
            What the run knows; its keys win over those the writer has itself.

        Raises
        ------
        RunError
            If the disk fills now, at the very end; what could be written is kept as by `finish_partial`.
        """
        try:
            self._close_netcdf()
        except RunError:
            self._drop_netcdf()
            self._publish_partial(summary)
            raise
        self._files.close()
        self._staging.path(SUMMARY)
        try:
            self._staging.publish(SUMMARY, self._content(summary))
        except RunError:
            self._publish_partial(summary)
            raise
        return self.folder

    def finish_partial(self, summary: dict[str, Any] | None = None) -> Path:
        """Keep what was saved by a run that failed: as `finish`, but ``unfinished.json`` instead of a summary.

        If the disk is so full that ``results.nc`` cannot be closed, it alone is given up.
        """
        try:
            self._close_netcdf()
        except RunError:
            self._drop_netcdf()
        self._publish_partial(summary or {})
        return self.folder

    def leave(self) -> None:
        """Close the files under their temporary names, for a later run to go on from the checkpoint."""
        self._netcdf.abort()
        self._files.leave()

    def abandon(self) -> None:
        """Remove everything this run wrote; results that stood here before stay as they were."""
        self._netcdf.abort()
        with contextlib.suppress(OSError):
            self._files.leave()
        self._staging.discard()

    def _drop_netcdf(self) -> None:
        path = self._staging.path("results.nc")
        if path.exists():
            os.truncate(path, 0)  # netCDF still holds the file open: unlinking alone would not free its room
            path.unlink()

    def _publish_partial(self, summary: dict[str, Any]) -> None:
        self._files.close()
        self._staging.path(UNFINISHED)
        self._staging.publish(UNFINISHED, self._content(summary))

    def _content(self, summary: dict[str, Any]) -> dict[str, Any]:
        models = {m.name: {"kind": "flow", "grid": m.grid.kind, "shape": list(m.grid.shape)}
                  for m in self.simulation.flow_models}
        models |= {m.name: {"kind": "species", "grid": m.grid.kind, "shape": list(m.grid.shape),
                            "flow_model": m.flow_model} for m in self.simulation.transport_models}
        return {
            "closure": self.closure(), "minimum": self.minimum(), "input_hash": self._hash, **summary,
            "units": self._units.as_dict(), "models": models, "case": self.info.to_json(),
        }

    def _close_netcdf(self) -> None:
        with writing("results.nc"):
            self._netcdf.close(self._features)

    # ---- files

    def _lay_out(self, append: bool) -> NetcdfWriter:
        """Open results.nc with a variable for everything that will be saved, or find them; species first."""
        sim, info, units = self.simulation, self.info, self._units
        models = [*sim.flow_models, *sim.transport_models]
        crs = next((m.grid.crs for m in models if m.grid.crs), "") or info.crs
        start = next((m.time.start_date for m in models if m.time.start_date), "") or info.start
        netcdf = NetcdfWriter(self._staging.path("results.nc"), info, crs, start, append=append)
        for model in sim.transport_models:
            record = Record("concentration", model.name, units.cf_concentration, units.concentration,
                            f"concentration of {model.name} in the moving groundwater")
            times = _plan(model.time, model.output, "concentration")
            netcdf.add(record, model.grid, model.time, times)
            if model.name in self._oily:
                record = Record("mass_in_oil", model.name, units.cf_mass, units.mass,
                                f"mass of {model.name} in the oil of a cell")
                netcdf.add(record, model.grid, model.time, times)
        carriers: list[FlowModel | TransportModel] = [
            *sim.flow_models, *(m for m in sim.transport_models if not m.flow_model)
        ]
        for carrier in carriers:
            # The steps of saved flows are not known beforehand: a time dimension of its own.
            solved = isinstance(carrier, FlowModel)
            key = _plan(carrier.time, carrier.output, "head") if solved else carrier.name
            for kind, unit, text in (
                ("head", units.cf_length, "hydraulic head"),
                ("saturation", "1", "part of the cell that water fills"),
                ("specific_discharge", units.cf_speed, "specific discharge (Darcy flux) at cell centres"),
            ):
                people = {"head": units.length, "saturation": "-", "specific_discharge": units.speed}[kind]
                netcdf.add(Record(kind, carrier.name, unit, people, text), carrier.grid, carrier.time,
                           key)
        return netcdf

    def _flow_model(self, name: str) -> FlowModel | TransportModel:
        named = [m for m in self.simulation.flow_models if m.name == name]
        return named[0] if named else self.simulation.transport_model(name)

    def _save_flow_fields(self, name: str, flow: FlowStep) -> None:
        wet = flow.head_end != DRY
        self._netcdf.write("head", name, flow.end, np.where(wet, flow.head_end, np.nan))
        self._netcdf.write("saturation", name, flow.end, flow.saturation_end)
        self._netcdf.write("specific_discharge", name, flow.end, flow.specific_discharge)

def _plan(axis: TimeAxis, control: OutputControl, record: str) -> tuple[float, ...]:
    """Return the times at which a record will be saved."""
    return tuple(
        step.end for period in range(axis.n_periods) for step in axis.steps_of(period)
        if control.saves(record, step, axis.periods[period].n_steps)
    )
