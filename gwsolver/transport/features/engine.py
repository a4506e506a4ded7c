"""The engine of species with lakes and streams: any other engine, on a grid that has these as cells."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.clock import Spent
from gwsolver.core.features import FeatureStep
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.packages.registry import solute_kinds
from gwsolver.transport.engine import Engine, Pausing, Scheme, State
from gwsolver.transport.features.grid import NO_MOVES, Body, FeatureGrid, Ints, joined_grid, placed_bodies, unjoined
from gwsolver.transport.features.model import joined_model, takes_by_evaporation
from gwsolver.transport.features.movers import carried
from gwsolver.transport.features.results import split_step
from gwsolver.transport.features.water import JoinedFlow, floors_of, inactive_of, join_flow, waters_of
from gwsolver.transport.progress import Reporter

Floats = NDArray[np.float64]
Start = Callable[[Sequence[TransportModel]], Engine]


class FeatureSpecies:
    """One species with features, carried by an engine on the joined grid.

    Connections may move from cell to cell (a lake's above a dry cell): faces are added when they are first
    asked for, and the engine starts anew from the state it was in.

    Parameters
    ----------
    model : TransportModel
    start : callable
        Makes an engine for joined models.
    """

    def __init__(self, model: TransportModel, start: Start) -> None:
        self.model = model
        self._start = start
        self._bodies: list[Body] = []
        self._evaporates: tuple[bool, ...] = (False,) * len(model.features)
        self._moves = NO_MOVES
        self._floors: tuple[Floats, ...] = tuple(np.zeros(s.initial_concentration.size) for s in model.features)
        self._grid: FeatureGrid
        self._engine: Engine | None = None
        self._joined: JoinedFlow | None = None
        self._stress: TimeStep | None = None
        self._spent = Spent()

    @property
    def set_up(self) -> Spent:
        """Time that went into making ready for flow fields so far."""
        now = Spent() if self._engine is None else self._engine.set_up
        return Spent(self._spent.cpu + now.cpu, self._spent.wall + now.wall)

    def advance(self, flow: FlowStep, until: float, stress: TimeStep, *, part: bool = False) -> TransportStep:
        """Carry it to `until`, or towards it if a part will do."""
        joined = self._enter(flow, stress)
        engine = self._engine
        assert engine is not None
        carry = engine.advance_part if part and isinstance(engine, Pausing) else engine.advance
        (step,) = carry(joined.whole, until, stress)
        return split_step(self.model, self._grid, joined, step, stress)

    def state(self) -> State:
        """Return what a later `restore` needs to go on bit for bit."""
        if self._engine is None:
            return {}
        faces = {f"faces/{i}/{kind}": getattr(body, kind)
                 for i, body in enumerate(self._bodies) for kind in ("connections", "links")}
        assert self._stress is not None
        faces |= {"moves": self._moves}
        faces |= {f"floors/{i}": floor for i, floor in enumerate(self._floors)}
        stress = np.array([self._stress.period, self._stress.step, self._stress.start, self._stress.end])
        return {**faces, "evaporates": np.array(self._evaporates), "stress": stress, **{
            f"engine/{key}": value for key, value in self._engine.state().items()}}

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state of the same model, taken at or in this flow step."""
        if not state:
            return
        waters = waters_of(self.model, flow)
        self._bodies = [
            Body(s.name, solute_kinds()[s.kind].word, 0, w.stage.size, state[f"faces/{i}/connections"],
                 state[f"faces/{i}/links"]) for i, (s, w) in enumerate(zip(self.model.features, waters, strict=True))
        ]
        self._moves = state.get("moves", NO_MOVES)
        self._evaporates = tuple(bool(e) for e in state["evaporates"])
        self._floors = tuple(state[f"floors/{i}"] for i in range(len(waters)))
        self._begin()
        period, step, start, end = state["stress"].tolist()
        self._stress = TimeStep(int(period), int(step), start, end)
        joined = self._join(flow, self._stress)
        assert self._engine is not None
        self._engine.restore({k.removeprefix("engine/"): v for k, v in state.items() if k.startswith("engine/")},
                             joined.whole)

    def _enter(self, flow: FlowStep, stress: TimeStep) -> JoinedFlow:
        """Return the flow on the joined grid, which has faces for all of it."""
        waters = waters_of(self.model, flow)
        evaporates = takes_by_evaporation(self.model, stress, self._evaporates)
        before, moves = self._joined, self._moves
        if self._bodies and (before is None or flow is not before.flow or self._stress != stress):
            moves = self._moves_of(flow, waters, stress)
        if not self._bodies:
            self._bodies = [unjoined(s.name, solute_kinds()[s.kind].word, w)
                            for s, w in zip(self.model.features, waters, strict=True)]
            self._evaporates = evaporates
            self._moves = self._moves_of(flow, waters, stress)
            self._begin()
        elif evaporates != self._evaporates or len(moves) > len(self._moves) or (
                (before is None or flow.features is not before.flow.features)
                and not all(b.serves(w) for b, w in zip(self._grid.bodies, waters, strict=True))):
            self._grow(waters, evaporates, moves)
        self._stress = stress
        if before is None or flow.features is not before.flow.features:
            self._floors = floors_of(waters, self._floors)
        return self._join(flow, stress)

    def _join(self, flow: FlowStep, stress: TimeStep) -> JoinedFlow:
        self._joined = join_flow(
            self.model, self._grid, flow, stress, self._evaporates, self._floors, self._joined)
        return self._joined

    def _moves_of(self, flow: FlowStep, waters: Sequence[FeatureStep], stress: TimeStep) -> Ints:
        """Return the pairs of cells known to movers, with those of a flow step after them."""
        if not self.model.moves_solute or flow.moved is None:
            return self._moves
        found = carried(flow.moved, placed_bodies(self.model.grid, self._bodies), waters,
                        inactive_of(self.model.features, stress), flow.packages).pairs()
        known = set(map(tuple, self._moves.tolist()))
        more = [p for p in found.tolist() if tuple(p) not in known]
        return np.concatenate([self._moves, np.array(more, np.int64).reshape(-1, 2)])

    def _begin(self) -> None:
        """Start an engine on the grid with the faces known so far."""
        self._grid, self._joined = joined_grid(self.model.grid, self._bodies, self._moves), None
        self._engine = self._start([joined_model(self.model, self._grid, self._evaporates)])

    def _grow(self, waters: Sequence[FeatureStep], evaporates: tuple[bool, ...], moves: Ints) -> None:
        """Let an engine with more faces, or one that knows of evaporation, go on where this one stands."""
        engine, before = self._engine, self._joined
        assert engine is not None
        state = engine.state()
        self._spent = self.set_up
        self._bodies = [b.with_faces_of(w) for b, w in zip(self._bodies, waters, strict=True)]
        self._evaporates, self._moves = evaporates, moves
        self._begin()
        if before is not None and self._stress is not None:
            last = self._join(before.flow, self._stress)
            assert self._engine is not None
            self._engine.restore(state, last.whole)


class FeatureEngine:
    """Carries species that share flow and time steps, some of them with features: those each on a grid of its own.

    Parameters
    ----------
    models : sequence of TransportModel
    scheme : Scheme
    report : Reporter
    """

    def __init__(self, models: Sequence[TransportModel], scheme: Scheme, report: Reporter) -> None:
        def start(joined: Sequence[TransportModel]) -> Engine:
            return scheme.start(joined, report)

        plain = [m for m in models if not m.features]
        self._names = [m.name for m in models]
        self._plain_names = [m.name for m in plain]
        self._plain = start(plain) if plain else None
        self._species = [FeatureSpecies(m, start) for m in models if m.features]

    @property
    def set_up(self) -> Spent:
        """Time that went into making ready for flow fields so far."""
        parts = [s.set_up for s in (*self._species, *((self._plain,) if self._plain else ()))]
        return Spent(sum(p.cpu for p in parts), sum(p.wall for p in parts))

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to `until`; see `TransportSolver.advance`."""
        return self._in_order([s.advance(flow, until, stress) for s in self._species], flow, until, stress)

    def advance_part(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to where the first one with features pauses."""
        first = self._species[0].advance(flow, until, stress, part=True)
        rest = [s.advance(flow, first.end, stress) for s in self._species[1:]]
        return self._in_order([first, *rest], flow, first.end, stress)

    def _in_order(
        self, own: list[TransportStep], flow: FlowStep, until: float, stress: TimeStep
    ) -> tuple[TransportStep, ...]:
        found = {s.species: s for s in own}
        if self._plain is not None:
            found |= zip(self._plain_names, self._plain.advance(flow, until, stress), strict=True)
        return tuple(found[name] for name in self._names)

    def state(self) -> State:
        """Return everything a later `restore` needs to go on bit for bit."""
        found = {} if self._plain is None else {f"plain/{k}": v for k, v in self._plain.state().items()}
        for s in self._species:
            found |= {f"features/{s.model.name}/{k}": v for k, v in s.state().items()}
        return found

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state that the same models left behind at or in this flow step."""
        if self._plain is not None:
            self._plain.restore(_under("plain/", state), flow)
        for s in self._species:
            s.restore(_under(f"features/{s.model.name}/", state), flow)


def _under(label: str, state: State) -> State:
    return {key.removeprefix(label): value for key, value in state.items() if key.startswith(label)}
