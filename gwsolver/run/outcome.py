"""What a run finds out about itself step by step, for ``summary.json`` and its checks."""

import math
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from gwsolver.core.ledger import LEAST_PART, Ledger, total
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, ReactionStep, TransportStep
from gwsolver.core.units import length_word
from gwsolver.run.checkpoint import State
from gwsolver.run.checks import CLOSURE


@dataclass
class Outcome:
    """What the run found out about itself, for summary.json and the checks.

    Attributes
    ----------
    closure : dict of str to float
        Largest relative imbalance by name: flow models as "flow" (or "flow NAME" if several), species by name.
    minimum, maximum : dict of str to float
        Smallest concentration at any time, largest at the end, per species.
    steps : dict of str to dict
        Counts by model: flow steps and iterations, transport sub-steps and sweeps.
    limits : dict of str to dict of (place, reason) to int
        What limited the sub-steps, per species.
    figures : dict of str to dict of str to float
        The largest of each figure that the engine told of its steps, per species.
    coarse : dict of str to dict
        Where the grid is too coarse for the dispersivity, at the time when most cells are, per species.
    schemes : dict of str to str
        Name of the scheme that carried each species.
    edges : dict of str to dict
        How coarse the plume's edge is at the end, per donor of an instantaneous reaction, where it is worst.
    solved_flow : dict of str to bool
        Whether the flow of that closure name was solved here.
    positive : bool
        Whether the scheme promises concentrations that are never negative.
    """

    closure: dict[str, float] = field(default_factory=dict)
    minimum: dict[str, float] = field(default_factory=dict)
    maximum: dict[str, float] = field(default_factory=dict)
    steps: dict[str, dict[str, float]] = field(default_factory=dict)
    limits: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    coarse: dict[str, dict[str, Any]] = field(default_factory=dict)
    schemes: dict[str, str] = field(default_factory=dict)
    edges: dict[str, dict[str, Any]] = field(default_factory=dict)
    solved_flow: dict[str, bool] = field(default_factory=dict)
    positive: bool = True

    def state(self) -> State:
        """Return it for a checkpoint."""
        limits = {name: [[*key, n] for key, n in held.items()] for name, held in self.limits.items()}
        return {**{f.name: getattr(self, f.name) for f in fields(self)}, "limits": limits}

    @classmethod
    def restored(cls, state: State) -> "Outcome":
        """Return the outcome that left this state."""
        limits = {name: {(cell, reason): n for cell, reason, n in held} for name, held in state["limits"].items()}
        return cls(**{**state, "limits": limits})

    # ---- booked as the run goes on

    def count_flow(self, label: str, flow: FlowStep) -> None:
        """Book a flow step's closure: what enters all cells less what leaves them, over the throughput.

        The flow solver judges every cell by itself and stops at round-off; where huge conductances meet small
        flows (a well as a column of K 1e6 times the aquifer's) round-off alone leaves 1e-8 of throughput in
        single cells, which cancels between neighbours. That figure stands in ``steps`` as ``cell_imbalance``.
        Where water comes to rest nothing is left to compare with: the scale is no less than that of which round-off
        is all that is allowed.
        """
        inflow = sum(float(p.rates[p.rates > 0.0].sum()) for p in flow.packages)
        outflow = -sum(float(p.rates[p.rates < 0.0].sum()) for p in flow.packages)
        storage = flow.storage_flow
        throughput = max(inflow + float(storage[storage > 0.0].sum()), outflow - float(storage[storage < 0.0].sum()))
        scale = 1.0 / throughput if throughput > 0.0 else 0.0
        whole = max(throughput, flow.round_off / CLOSURE)
        closure = abs(total(flow.residual)) / whole if whole > 0.0 else 0.0
        self.closure[label] = max(self.closure.get(label, 0.0), closure)
        counts = self.steps.setdefault(label, {"steps": 0, "iterations": 0, "cell_imbalance": 0.0})
        counts["steps"] += 1
        counts["iterations"] += flow.iterations
        counts["cell_imbalance"] = max(counts["cell_imbalance"], float(np.abs(flow.residual).max(initial=0.0)) * scale)

    def count_features(self, model: str, flow: FlowStep) -> None:
        """Book how well the balances of lakes and reaches close: their imbalances over their throughput."""
        for waters in flow.features:
            rates = np.concatenate([-waters.rate, *waters.terms.values()])
            held = LEAST_PART * float(waters.volume_end.sum()) / flow.length if flow.length > 0.0 else 0.0
            throughput = max(float(rates[rates > 0.0].sum()), held)
            closure = float(np.abs(waters.imbalance()).sum()) / throughput if throughput > 0.0 else 0.0
            name = f"{model}/{waters.name}"
            self.closure[name] = max(self.closure.get(name, 0.0), closure)

    def count_transport(self, model: TransportModel, step: TransportStep, ledgers: dict[str, Ledger]) -> None:
        """Book a transport step, and its amounts in the ledgers by species, domain and feature."""
        name = model.name
        ledgers[name].merge(step.ledger)
        closure = ledgers[name].closure(step.mass + step.mass_sorbed + float(step.in_oil.sum()))
        self.closure[name] = max(self.closure.get(name, 0.0), closure)
        for domain in step.immobile:
            whole = f"{name}/{domain.name}"
            booked = ledgers.setdefault(whole, Ledger())
            booked.merge(domain.ledger)
            self.closure[whole] = max(self.closure.get(whole, 0.0), booked.closure())
        for solute in step.features:
            whole = f"{name}/{solute.name}"
            booked = ledgers.setdefault(whole, Ledger())
            booked.merge(solute.ledger)
            self.closure[whole] = max(self.closure.get(whole, 0.0), booked.closure(solute.mass))
            least = float(solute.concentration.min(initial=0.0))
            self.minimum[name] = min(self.minimum.get(name, math.inf), least)
        self.minimum[name] = min(self.minimum.get(name, math.inf), step.minimum)
        self.maximum[name] = step.maximum
        counts = self.steps.setdefault(name, {"sub_steps": 0, "sweeps": 0})
        counts["sub_steps"] += step.sub_steps
        counts["sweeps"] += step.stages
        figures = self.figures.setdefault(name, {})
        for figure, value in step.figures.items():
            figures[figure] = max(figures.get(figure, value), value)
        found = step.coarse
        if found is not None and found.cells >= self.coarse.get(name, {"cells": 0})["cells"]:
            self.coarse[name] = {**vars(found), "cell": model.grid.describe(found.worst),
                                 "unit": length_word(model.grid.length_unit)}
        held = self.limits.setdefault(name, {})
        for limit in step.limits:
            key = (model.grid.describe(limit.cell), limit.reason)
            held[key] = held.get(key, 0) + limit.count

    def count_reactions(self, done: ReactionStep, ledgers: dict[str, Ledger]) -> None:
        """Book what reactions did and hold, and its amounts in the ledgers."""
        for account in done.accounts:
            ledger = ledgers.setdefault(account.name, Ledger())
            ledger.merge(account.ledger)
            closure = ledger.closure(float(account.mass.sum()))
            self.closure[account.name] = max(self.closure.get(account.name, 0.0), closure)
        for name, imbalance in done.balances.items():
            self.closure[name] = max(self.closure.get(name, 0.0), imbalance)
        figures = self.figures.setdefault("reactions", {})
        for figure, value in done.figures.items():
            figures[figure] = max(figures.get(figure, value), value)
        counts = self.steps.setdefault("reactions", {"steps": 0})
        counts["steps"] += done.splits
