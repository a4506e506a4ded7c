"""Nodes and the water between them: what is joined to what, in which order nodes act, and one step of all."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from gwsolver.core.calendar import CalendarStep
from gwsolver.core.errors import InputError, Problem, located, nearest
from gwsolver.core.surface import Held, SurfaceStep
from gwsolver.kernels import surface_balance
from gwsolver.surface.node import Books, Bools, Floats, Setting, State, Unit
from gwsolver.surface.nodes.inflow import Entering
from gwsolver.surface.water import Water


class Network:
    """A network at work, for many members at once.

    Parameters
    ----------
    settings : sequence of Setting
        Nodes in any order.
    members : int
        Members of the ensemble, all carried together; what one member gets does not depend on the others.

    Raises
    ------
    InputError
        With everything that is wrong: names, outlets that lead nowhere, loops, values of nodes.

    Attributes
    ----------
    names : tuple of str
        Nodes, in the order in which they are given.
    left : ndarray of bool, shape (member,)
        Members in which a level has left its stage table.
    """

    def __init__(self, settings: Sequence[Setting], members: int = 1) -> None:
        self.names = tuple(s.name for s in settings)
        self.members = members
        _refuse([*_own_problems(settings), *_name_problems(settings)])
        by_name = {s.name: s for s in settings}
        groups = _groups(settings)
        order = _order(settings, groups)
        priorities = sorted({s.priority for s in settings if s.priority is not None}) or [1]
        self._units: list[Unit] = []
        problems: list[Problem] = []
        for group in order:
            joined = [by_name[name] for name in group]
            try:
                self._units.append(joined[0].start(members, priorities, joined))
            except InputError as error:
                problems += located(error.problems, package=joined[0].name)
        _refuse(problems)
        self._outlets: Mapping[str, Mapping[str, str]] = {s.name: s.outlets for s in settings}
        self._above: dict[str, list[str]] = {name: [] for name in self.names}
        for s in settings:
            if main := s.outlets.get("to"):
                self._above[main].append(s.name)
        self._unit_of = {name: unit for unit in self._units for name in unit.names}
        self._wants = (len(priorities), members)
        self.left: Bools = np.zeros(members, bool)

    def advance(self, step: CalendarStep) -> SurfaceStep:
        """Take one step of all nodes.

        Raises
        ------
        InputError
            If a series ends before the step does.
        """
        before = {name: s.held() for name, s in self._states().items()}
        wanted = self._ask(step)
        nothing = Water.none(self.members)
        arriving = dict.fromkeys(self.names, nothing)
        books = {name: Books() for name in self.names}
        flows: dict[tuple[str, str], tuple[Floats, Floats]] = {}
        came: dict[str, Water] = {}
        between: dict[tuple[str, str], Water] = {}
        for unit in self._units:
            own = [arriving[name] for name in unit.names]
            came |= dict(zip(unit.names, own, strict=True))
            out = unit.act(step, own, [wanted[name] for name in unit.names], [books[name] for name in unit.names])
            for name, leaving in zip(unit.names, out, strict=True):
                for outlet, water in leaving.items():
                    flows[name, outlet] = water.volume, water.salt
                    to = self._outlets[name][outlet]
                    above = between.get((to, name))
                    between[to, name] = water if above is None else above + water
                    arriving[to] = water if arriving[to] is nothing else arriving[to] + water
            self.left |= unit.left
        return self._told(step, before, came, books, flows, between)

    def _ask(self, step: CalendarStep) -> dict[str, Floats]:
        """Return what is wanted at the main outlet of each node, shape (priority, member) [m3]."""
        wanted = {name: np.zeros(self._wants) for name in self.names}
        for unit in reversed(self._units):
            for name, asks in zip(unit.names, unit.ask(step, [wanted[name] for name in unit.names]), strict=True):
                self._pass_on(name, asks, wanted, step)
        return wanted

    def _pass_on(self, name: str, asks: Floats, wanted: dict[str, Floats], step: CalendarStep) -> None:
        """Ask nodes above for what inflows right above do not bring; several of them for equal parts."""
        if not asks.any():
            return
        rest, others = asks.copy(), []
        for above in self._above[name]:
            unit = self._unit_of[above]
            if not isinstance(unit, Entering):
                others.append(above)
                continue
            there = unit.expected(step).copy()
            for want in rest:  # best priority first
                served = np.minimum(want, there)
                want -= served
                there -= served
        for above in others:
            wanted[above] += rest / len(others)

    def _states(self) -> dict[str, State]:
        return {name: state for unit in self._units for name, state in zip(unit.names, unit.states, strict=True)}

    def _told(
        self, step: CalendarStep, before: Mapping[str, Held], came: Mapping[str, Water],
        books: Mapping[str, Books], flows: Mapping[tuple[str, str], tuple[Floats, Floats]],
        between: Mapping[tuple[str, str], Water],
    ) -> SurfaceStep:
        states = self._states()
        water, salt = np.zeros(self.members), np.zeros(self.members)
        for name in self.names:
            now, old, book = states[name], before[name], books[name]
            gone = [flows[key] for key in flows if key[0] == name]
            _judge(old.volume, now.volume, [came[name].volume, *book.water.values()], [v for v, _ in gone], water)
            terms, carried = [came[name].salt, *book.salt.values()], [m for _, m in gone]
            _judge(old.salt + old.solid, now.salt + now.solid, terms, carried, salt)
        return SurfaceStep(
            step, {name: states[name].held() for name in self.names},
            {(n, t): v for n in self.names for t, v in books[n].water.items()},
            {(n, t): v for n in self.names for t, v in books[n].salt.items()},
            flows, {key: (water.volume, water.salt) for key, water in between.items()},
            {(n, t): v for n in self.names for t, v in books[n].unmet.items()},
            {(n, t): v for n in self.names for t, v in books[n].parts.items()},
            np.where(self.left, 0.0, water), np.where(self.left, 0.0, salt), self.left.copy(),
        )


def _judge(
    before: Floats, after: Floats, entering: Sequence[Floats], leaving: Sequence[Floats], worst: Floats
) -> None:
    """Raise the largest imbalance to that of a node: how far its terms fail to make up its change, over what moved.

    What is held counts with 1e-5: the last bit of a lake is larger than ten digits of a drop that falls into it. A
    cubic metre and a kilogram always count.
    """
    net, moved = np.zeros(worst.shape), np.zeros(worst.shape)
    for sign, terms in ((1.0, entering), (-1.0, leaving)):
        for term in terms:
            surface_balance.count(term, sign, net, moved)
    surface_balance.judge(before, after, net, moved, 1e-5, worst)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InputError(list(problems))


def _own_problems(settings: Sequence[Setting]) -> list[Problem]:
    return [p for s in settings for p in located(s.problems(), package=s.name)]


def _name_problems(settings: Sequence[Setting]) -> list[Problem]:
    names = [s.name for s in settings]
    found = [Problem(f"two nodes bear the name '{n}'", package=n) for n in dict.fromkeys(names) if names.count(n) > 1]
    for s in settings:
        refers = [(f"outlet '{outlet}'", to) for outlet, to in s.outlets.items()] + [("a basin", n) for n in s.joins]
        for what, to in refers:
            if to not in names:
                near = nearest(to, names)
                found.append(Problem(
                    f"{what} names '{to}', which is no node", package=s.name,
                    hint=f"Did you mean '{near}'?" if near else f"There are: {', '.join(names)}.",
                ))
    return found


def _groups(settings: Sequence[Setting]) -> dict[str, tuple[str, ...]]:
    """Return for each node the nodes that are solved with it, in the order given."""
    group = {s.name: {s.name} for s in settings}
    for s in settings:
        for other in s.joins:
            both = group[s.name] | group[other]
            for name in both:
                group[name] = both
    order = [s.name for s in settings]
    return {name: tuple(n for n in order if n in members) for name, members in group.items()}


def _order(settings: Sequence[Setting], groups: Mapping[str, tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return groups so that water comes to each after all above it."""
    graph: dict[Any, set[Any]] = {group: set() for group in groups.values()}
    for s in settings:
        for to in s.outlets.values():
            graph[groups[to]].add(groups[s.name])
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        way = [name for group in reversed(error.args[1]) for name in group[:1]]
        raise InputError([Problem(
            "water runs in a circle: " + " -> ".join(way), package=way[0],
            hint="Let returns come back below the intake, or break the circle at a store.",
        )]) from None
