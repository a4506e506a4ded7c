"""Steps of joined models, taken apart by model and put together again.

A model of its own sees an exchange as a package that brings and takes water, or mass, in the cells it
touches; joined models see faces. Between the two nothing is computed: numbers only change places.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.exchange import Exchange
from gwsolver.core.features import FeatureStep
from gwsolver.core.ledger import Ledger
from gwsolver.core.merged_grid import Joint, MergedGrid, Part
from gwsolver.core.merging import shifted
from gwsolver.core.movers import Moved
from gwsolver.core.steps import ExchangeFlow, FlowStep, PackageFlow, TransportStep

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CELLS = ("head_start", "head_end", "saturation_start", "saturation_end", "specific_discharge", "storage_specific",
         "storage_yield", "residual")


class FlowSplitter:
    """Takes the steps of joined flow models apart; where a step repeats the one before, so do its parts."""

    def __init__(self, grid: MergedGrid) -> None:
        self.grid = grid
        self._before: FlowStep | None = None
        self._parts: dict[str, FlowStep] = {}

    def __call__(self, flow: FlowStep) -> dict[str, FlowStep]:
        """Return the step of each model by name."""
        if self._before is not None and _repeats(flow, self._before):
            self._parts = {name: _at_time_of(flow, part) for name, part in self._parts.items()}
        else:
            self._parts = split_flow(self.grid, flow)
        self._before = flow
        return self._parts


class FlowJoiner:
    """Puts the steps of several flow models together; where all repeat the ones before, so does the whole."""

    def __init__(self, grid: MergedGrid) -> None:
        self.grid = grid
        self._before: tuple[FlowStep, ...] = ()
        self._whole: FlowStep | None = None

    def __call__(self, steps: Sequence[FlowStep]) -> FlowStep:
        """Return one step for the grid of all parts."""
        again = self._whole is not None and all(map(_repeats, steps, self._before))
        self._whole = _at_time_of(steps[0], self._whole) if again and self._whole else join_flow(self.grid, steps)
        self._before = tuple(steps)
        return self._whole


def _repeats(flow: FlowStep, before: FlowStep) -> bool:
    """Return whether a step shows the very field of the one before, as steady flow does that is solved once."""
    return flow.steady and flow.face_flow is before.face_flow and flow.packages is before.packages


def _at_time_of(flow: FlowStep, field: FlowStep) -> FlowStep:
    return replace(field, start=flow.start, end=flow.end, period=flow.period, step=flow.step,
                   iterations=flow.iterations)


def split_flow(grid: MergedGrid, flow: FlowStep) -> dict[str, FlowStep]:
    """Return the step of each model by name; what crosses an exchange is an `ExchangeFlow` of both."""
    found = {}
    for part in grid.members:
        label = f"{part.name}/"
        packages: list[PackageFlow] = [
            replace(p, name=p.name.removeprefix(label), cells=shifted(p.cells, -part.start))
            for p in flow.packages if p.name.startswith(label)
        ]
        for joint in grid.joints:
            into_first = -joint.sign * flow.face_flow[joint.faces]
            packages += [_exchange_flow(grid, joint.exchange, side, into_first) for side in (0, 1)
                         if joint.exchange.models[side] == part.name]
        found[part.name] = replace(
            flow, face_flow=flow.face_flow[part.faces], packages=tuple(packages), features=tuple(
                replace(f, name=f.name.removeprefix(label), connection_cell=shifted(f.connection_cell, -part.start))
                for f in flow.features if f.name.startswith(label)),
            moved=_own(flow.moved, label),
            **_fields(lambda name: getattr(flow, name)[part.cells]),  # noqa: B023
        )
    return found


def _own(moved: Moved | None, label: str) -> Moved | None:
    """Return what movers of one model moved; each moves water within its own."""
    if moved is None:
        return None
    mine = [i for i, m in enumerate(moved.moves) if m.provider.startswith(label)]
    rules = [replace(moved.moves[i], provider=moved.moves[i].provider.removeprefix(label),
                     receiver=moved.moves[i].receiver.removeprefix(label)) for i in mine]
    return Moved(rules, moved.rates[mine], moved.origins[mine]) if mine else None


def _together(shares: Sequence[tuple[str, Moved | None]]) -> Moved | None:
    """Return what movers of all models moved, under the models' labels."""
    given = [(label, moved) for label, moved in shares if moved is not None]
    if not given:
        return None
    rules = [replace(m, provider=label + m.provider, receiver=label + m.receiver)
             for label, moved in given for m in moved.moves]
    return Moved(rules, np.concatenate([m.rates for _, m in given]), np.concatenate([m.origins for _, m in given]))


def join_flow(grid: MergedGrid, steps: Sequence[FlowStep]) -> FlowStep:
    """Return one step from those of all parts, in their order; flows across exchanges stand on faces again.

    Notes
    -----
    A connection that the flow models have and the transport models do not stays a package: what leaves
    through it takes solute along, what comes brings none.

    Raises
    ------
    InputError
        A connection of the transport models that the flow models do not have.
    """
    of = {part.name: step for part, step in zip(grid.members, steps, strict=True)}
    used: dict[str, list[tuple[str, Ints]]] = {part.name: [] for part in grid.members}
    across = []
    for joint in grid.joints:
        first, second = joint.exchange.models
        rate, key = _into_first(grid, joint, of[first])
        across.append(-joint.sign * rate)
        used[first].append((joint.exchange.flow_models[1], key))
        used[second].append((joint.exchange.flow_models[0], _key(grid, joint.exchange, 1)))
    packages = [
        replace(p, name=f"{part.name}/{p.name}", cells=shifted(p.cells, part.start))
        for part in grid.members for p in _left(of[part.name].packages, used[part.name])
    ]
    return replace(
        steps[0], face_flow=grid.on_faces([s.face_flow for s in steps], across),
        steady=all(s.steady for s in steps), packages=tuple(packages), iterations=max(s.iterations for s in steps),
        features=tuple(
            replace(f, name=f"{part.name}/{f.name}", connection_cell=shifted(f.connection_cell, part.start))
            for part in grid.members for f in of[part.name].features),
        moved=_together([(f"{part.name}/", of[part.name].moved) for part in grid.members]),
        **_fields(lambda name: np.concatenate([getattr(s, name) for s in steps])),
    )


def split_transport(grid: MergedGrid, step: TransportStep) -> list[TransportStep]:
    """Return the step of each model, in the order of the parts; what crosses an exchange is a package of both."""
    return [_part_of_transport(grid, part, step, index) for index, part in enumerate(grid.members)]


def _fields(value: Callable[[str], Floats]) -> dict[str, Any]:
    return {name: value(name) for name in CELLS}


def _part_of_transport(grid: MergedGrid, part: Part, step: TransportStep, index: int) -> TransportStep:
    label = f"{part.name}/"
    ledger = Ledger()
    for package, term, amount_in, amount_out in step.ledger.rows():
        if package.startswith(label):
            ledger.add(package.removeprefix(label), term, amount_in, amount_out)
    rates = {
        name.removeprefix(label): (shifted(cells, -part.start), values)
        for name, (cells, values) in step.package_rates.items() if name.startswith(label)
    }
    span = step.end - step.start
    at = 0
    for joint in grid.joints:
        into_first = -joint.sign * step.passed[at:at + joint.faces.size]
        at += joint.faces.size
        exchange = joint.exchange
        for side, sign in ((0, 1.0), (1, -1.0)):
            if exchange.models[side] == part.name:
                ledger.add_each(exchange.name, exchange.kind, sign * into_first)
                rates[exchange.name] = exchange.cells[:, side], sign * into_first / (span if span > 0.0 else 1.0)
    c = step.concentration[part.cells]
    mass, sorbed = step.part_masses[index]
    own = [x for x in step.limits if part.start <= x.cell < part.cells.stop]
    coarse = step.coarse
    if coarse is not None:  # counted over all joined models; told where the worst cell lies
        here = part.start <= coarse.worst < part.cells.stop
        coarse = replace(coarse, worst=coarse.worst - part.start) if here else None
    return replace(
        step, species=part.name, concentration=c, dry=step.dry[part.cells], mass=mass, mass_sorbed=sorbed,
        ledger=ledger, package_rates=rates, limits=tuple(replace(x, cell=x.cell - part.start) for x in own),
        minimum=float(c.min()), maximum=float(c.max()), passed=np.zeros(0), part_masses=(), coarse=coarse,
        watched=_own_faces(grid, part, *step.watched),
        cell_rates={key: values[part.cells] for key, values in step.cell_rates.items()},
        features=tuple(
            replace(f, name=f.name.removeprefix(label), water=_own_water(f.water, part, label))
            for f in step.features if f.name.startswith(label)),
    )


def _own_water(water: FeatureStep, part: Part, label: str) -> FeatureStep:
    """Return the water of features with the cells of their own model."""
    cells = shifted(water.connection_cell, -part.start)
    return replace(water, name=water.name.removeprefix(label), connection_cell=cells)


def _own_faces(grid: MergedGrid, part: Part, faces: Ints, rates: Floats) -> tuple[Ints, Floats]:
    """Return those of some faces that are a part's own, in its numbering, with their rates."""
    if not faces.size:
        return faces, rates
    own = np.full(grid.n_faces, -1, np.int64)
    own[part.faces] = np.arange(part.faces.size)
    here = own[faces] >= 0
    return own[faces[here]], rates[here]


def _exchange_flow(grid: MergedGrid, exchange: Exchange, side: int, into_first: Floats) -> ExchangeFlow:
    other = next(p for p in grid.members if p.name == exchange.models[1 - side])
    return ExchangeFlow(
        exchange.name, exchange.kind, exchange.cells[:, side], into_first if side == 0 else -into_first,
        exchange.auxiliary, exchange.boundnames, neighbour_model=other.name,
        neighbour_node=other.grid.node[exchange.cells[:, 1 - side]],
    )


def _key(grid: MergedGrid, exchange: Exchange, side: int) -> Ints:
    """Return one number per line that tells the cell of one side and the node of the other."""
    other = next(p.grid for p in grid.members if p.name == exchange.models[1 - side])
    return exchange.cells[:, side] * _BASE + other.node[exchange.cells[:, 1 - side]]


_BASE = 1 << 31


def _keys_of(package: ExchangeFlow) -> Ints:
    return package.cells * _BASE + package.neighbour_node


def _into_first(grid: MergedGrid, joint: Joint, step: FlowStep) -> tuple[Floats, Ints]:
    """Return the flow into the first model's cell of each line, and the keys of the lines."""
    exchange = joint.exchange
    wanted = _key(grid, exchange, 0)
    crossing = [p for p in step.packages
                if isinstance(p, ExchangeFlow) and p.neighbour_model == exchange.flow_models[1]]
    keys = np.concatenate([np.zeros(0, np.int64), *(_keys_of(p) for p in crossing)])
    rates = np.concatenate([np.zeros(0), *(p.rates for p in crossing)])
    order = np.argsort(keys, kind="stable")
    place = np.minimum(np.searchsorted(keys[order], wanted), max(keys.size - 1, 0))
    found = keys[order][place] == wanted if keys.size else np.zeros(wanted.size, bool)
    if not found.all():
        line = int(np.flatnonzero(~found)[0])
        cells = [next(p.grid for p in grid.members if p.name == m).describe(int(c))
                 for m, c in zip(exchange.models, exchange.cells[line], strict=True)]
        raise InputError([Problem(
            f"the flow models {' and '.join(exchange.flow_models)} have no flow between {cells[0]} and {cells[1]}, "
            f"which connection {line + 1} joins", file=exchange.file, package=exchange.name,
            hint="Give the flow models' exchange the same connections, and SAVE_FLOWS if its flows come from files.",
        )])
    return rates[order][place], wanted


def _left(packages: Sequence[PackageFlow], used: Sequence[tuple[str, Ints]]) -> list[PackageFlow]:
    """Return the packages without the entries of exchanges that have become faces."""
    kept: list[PackageFlow] = []
    for p in packages:
        if not isinstance(p, ExchangeFlow):
            kept.append(p)
            continue
        keys = np.concatenate([np.zeros(0, np.int64), *(k for model, k in used if model == p.neighbour_model)])
        rest = ~np.isin(_keys_of(p), keys)
        if rest.any():
            kept.append(PackageFlow(
                p.name, p.kind, p.cells[rest], p.rates[rest], {a: v[rest] for a, v in p.auxiliary.items()}))
    return kept
