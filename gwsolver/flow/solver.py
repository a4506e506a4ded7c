"""The flow solver: one flow field after another."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem, located
from gwsolver.core.simulation import FlowModel
from gwsolver.core.steps import FlowStep
from gwsolver.core.time import TimeStep
from gwsolver.flow.boundaries import Boundaries
from gwsolver.flow.coupling import Coupling, package_flows
from gwsolver.flow.discharge import DischargeWeights
from gwsolver.flow.faces import FaceEquations
from gwsolver.flow.iterate import Iteration, lowest_bottoms
from gwsolver.flow.krylov import norm
from gwsolver.flow.linear import LinearSolver, direct_limit
from gwsolver.flow.storage import StorageEquations, close_to_round_off
from gwsolver.flow.system import Balance, Pattern, StepSystem

Floats = NDArray[np.float64]

State = Mapping[str, NDArray[Any]]

DRY = -1e30
LINEAR, FEATURES = "linear/", "features/"


class FlowSolver:
    """Solves a flow model one time step after another.

    Parameters
    ----------
    model : FlowModel

    Attributes
    ----------
    model : FlowModel
    head : ndarray of float64, shape (cell,)
        The latest head [L], -1e30 where the cell is dry; at first the initial head.

    Raises
    ------
    InputError
        If the model's values cannot be solved.
    """

    def __init__(self, model: FlowModel) -> None:
        _check(model)
        self.model = model
        self._faces = FaceEquations(model)
        self._storage = StorageEquations(model)
        self._below = model.grid.cell_below
        self._coupling = Coupling(model, self._below)
        self._pattern = Pattern(self._faces, self._coupling)
        self._linear = LinearSolver(direct_limit(model.grid))
        self._iteration = Iteration(model, self._faces, lowest_bottoms(model.grid, self._below), self._linear)
        self._head = self._iteration.rewetting.start(model.initial_head.astype(np.float64))
        self._active = np.ones(model.grid.n_cells, np.bool_)
        self._before = self._snapshot(TimeStep(0, 0, 0.0, 0.0))
        self._last: FlowStep | None = None
        self._last_boundaries: Boundaries | None = None
        model.grid.let_go()

    @cached_property
    def _weights(self) -> DischargeWeights:
        """Made after the first solution, which needs all the room there is."""
        weights = DischargeWeights(self.model.grid)
        self.model.grid.let_go()
        return weights

    @property
    def head(self) -> Floats:
        """The latest head [L], -1e30 where the cell is dry, shape (cell,)."""
        return np.where(self._active, self._head, DRY)

    def advance(self, step: TimeStep) -> FlowStep:
        """Solve one time step and return its flow field.

        A steady step that repeats the stresses of the steady step before it is not solved again.

        Parameters
        ----------
        step : TimeStep
            The next one of the model's time axis.

        Raises
        ------
        RunError
            If the step does not converge; the message names the cell that is furthest off.
        InputError
            If the entries of the packages contradict each other.
        """
        boundaries = self._last_boundaries
        if boundaries is None or not boundaries.hold(step):
            boundaries = Boundaries(self.model, step, self._below)
        steady = not self._storage.transient(step)
        snapshot = self._snapshot(step)
        unchanged = self._faces.begin(step) & self._coupling.begin(step, not steady)
        if unchanged and self._repeats(boundaries, steady) and self._last is not None:
            self._last = replace(
                self._last, start=step.start, end=step.end, period=step.period, step=step.step, iterations=0
            )
            return self._last
        self._before = snapshot
        start = self.head
        saturation_start = self._saturation()
        old = np.where(boundaries.fixed, boundaries.fixed_head, self._head)
        system = StepSystem(self._faces, self._storage, boundaries, self._pattern, old, step, self._coupling)
        self._active |= boundaries.fixed
        self._head, self._active, iterations = self._iteration.run(system, old, self._active)
        balance = system.balance(self._head, self._active)
        if steady:
            self._linear.let_go()
        before = None if steady else (start, saturation_start)
        self._last = self._flow_step(step, boundaries, balance, before, iterations)
        self._last_boundaries = boundaries
        return self._last

    def state(self) -> State:
        """Return what the latest step was solved from: heads, active cells, that step, the linear solver's work."""
        return self._before

    def restore(self, state: State, step: TimeStep) -> FlowStep:
        """Solve the latest step again, bit for bit, and return its flow field.

        Parameters
        ----------
        state : mapping of str to ndarray
            From `state`, after `step` was solved by a solver of the same model.
        step : TimeStep
            The step that was advanced to last; it may repeat the one that was really solved.
        """
        self._head, self._active = state["head"].copy(), state["active"].copy()
        self._linear.restore({k.removeprefix(LINEAR): v for k, v in state.items() if k.startswith(LINEAR)})
        self._coupling.restore({k.removeprefix(FEATURES): v for k, v in state.items() if k.startswith(FEATURES)})
        period, number = (int(i) for i in state["step"])
        solved = self.model.time.steps_of(period)[number]
        flow = self.advance(solved)
        return flow if solved == step else self.advance(step)

    def _snapshot(self, step: TimeStep) -> State:
        kept = {LINEAR + name: values for name, values in self._linear.state().items()}
        kept |= {FEATURES + name: values for name, values in self._coupling.state().items()}
        return {"head": self._head, "active": self._active.copy(), "step": np.array([step.period, step.step]), **kept}

    def _saturation(self) -> Floats:
        return np.where(self._active, self._faces.saturation(self._head)[0], 0.0)

    def _repeats(self, boundaries: Boundaries, steady: bool) -> bool:
        last, before = self._last, self._last_boundaries
        return steady and last is not None and last.steady and before is not None and (
            boundaries is before or boundaries.same_as(before)
        )

    def _flow_step(
        self, step: TimeStep, boundaries: Boundaries, balance: Balance, before: tuple[Floats, Floats] | None,
        iterations: int,
    ) -> FlowStep:
        """Return the flow field; `before` are head and saturation at the start, None in a steady step."""
        head, active = self._head, self._active
        head_end, saturation = self.head, self._saturation()
        start, saturation_start = before or (head_end, saturation)
        free = active & ~boundaries.fixed
        nothing = np.zeros(head.size)
        stored, residual = balance.storage, balance.residual
        if stored is not None:
            stored, residual = close_to_round_off(stored, np.where(free, residual, 0.0), balance.round_off)
        flow = balance.faces.flow
        depth = self._faces.wet_depth(head, saturation, active)
        response = balance.response
        features = self._coupling.finish(response) if response is not None else ()
        covered = response.covered if response is not None else None
        return FlowStep(
            start=step.start, end=step.end, period=step.period, step=step.step, steady=before is None,
            face_flow=flow,
            head_start=start, head_end=head_end,
            saturation_start=saturation_start, saturation_end=saturation,
            specific_discharge=self._weights.specific_discharge(flow, depth),
            storage_specific=nothing if stored is None else np.where(free, stored.specific, 0.0),
            storage_yield=nothing if stored is None else np.where(free, stored.yielded, 0.0),
            packages=boundaries.package_flows(head, active, balance.into, covered) + package_flows(features),
            residual=residual, iterations=iterations, features=features,
            round_off=norm(balance.round_off),  # those of the cells are independent of each other
            moved=self._coupling.movers.moved(boundaries.places) if self._coupling.movers is not None else None,
        )


def _check(model: FlowModel) -> None:
    """Refuse what cannot be solved, all at once."""
    problems = located(model.conductivity.problems(), package="npf", file=model.file)
    if model.storage is not None:
        problems += located(model.storage.problems(), package="sto", file=model.file)
    grid = model.grid
    flat = np.flatnonzero(grid.top < grid.bottom)
    if flat.size:
        cell = int(flat[0])
        problems.append(
            Problem(
                "thickness", file=model.file, package=grid.kind, cell=grid.describe(cell),
                value=f"{grid.thickness[cell]:g}", allowed="[0, inf)",
            )
        )
    rules = model.conductivity.rules(grid.n_faces)
    refused = {"PERCHED": rules.perched.any(), "VARIABLECV": rules.variable_cv.any(),
               "REWET": model.conductivity.wetting is not None}
    if model.newton and any(refused.values()):
        word = next(w for w, given in refused.items() if given)
        problems.append(
            Problem(f"NEWTON cannot be used with {word}", file=model.file, package="npf",
                    hint="MODFLOW refuses it too.")
        )
    if problems:
        raise InputError(problems)
