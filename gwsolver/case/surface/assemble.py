"""From ``[surface]`` to a network."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from gwsolver.case.surface.bank import BankTable
from gwsolver.case.surface.delta import DeltaTable
from gwsolver.case.surface.demand import DemandTable
from gwsolver.case.surface.inflow import InflowTable
from gwsolver.case.surface.lake import LakeTable
from gwsolver.case.surface.node import NodeTable
from gwsolver.case.surface.observed import ObservedTable
from gwsolver.case.surface.outlet import OutletTable
from gwsolver.case.surface.period import PeriodTable
from gwsolver.case.surface.reach import ReachTable
from gwsolver.case.surface.reservoir import ReservoirTable
from gwsolver.case.surface.scenario import BASE, SurfaceScenarioTable
from gwsolver.case.surface.series import Reader, refuse
from gwsolver.case.surface.strait import StraitTable
from gwsolver.case.surface.uncertain import UncertainTable, as_members, drawn, table_problems
from gwsolver.case.surface.wanted import WantedTable
from gwsolver.case.tables import Date, Table, Words
from gwsolver.core.calendar import STEPS, CalendarStep
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.lines import LineIndex
from gwsolver.core.sampling import Design
from gwsolver.surface.network import Network
from gwsolver.surface.node import Setting


class SurfaceTable(Table):
    """``[surface]``: from when until when, and the nodes by kind."""

    start: Date
    end: Date
    step: Literal["month", "day"] = "month"
    heights: Words = {}
    members: Annotated[int, Field(ge=0)] = 0
    seed: Annotated[int, Field(ge=0)] = 1
    uncertain: list[UncertainTable] = []
    scenario: list[SurfaceScenarioTable] = []
    inflow: list[InflowTable] = []
    outlet: list[OutletTable] = []
    reach: list[ReachTable] = []
    delta: list[DeltaTable] = []
    demand: list[DemandTable] = []
    reservoir: list[ReservoirTable] = []
    lake: list[LakeTable] = []
    strait: list[StraitTable] = []
    bank: list[BankTable] = []
    observed: list[ObservedTable] = []
    wanted: list[WantedTable] = []
    period: list[PeriodTable] = []

    def nodes(self) -> list[tuple[str, int, NodeTable]]:
        """Return all nodes with the kind and the number of each."""
        return [(kind, i, table) for kind in type(self).model_fields if isinstance(getattr(self, kind), list)
                for i, table in enumerate(getattr(self, kind)) if isinstance(table, NodeTable)]


@dataclass(frozen=True, eq=False)
class SurfaceCase:
    """A network that a case describes.

    Attributes
    ----------
    settings : tuple of Setting
    steps : tuple of CalendarStep
    kinds : dict of str to str
        Kind of each node by name.
    uncertain : tuple of UncertainTable
        What differs from member to member.
    members, seed : int
        Of the ensemble; no members: the case alone.
    scenarios : tuple of SurfaceScenarioTable
        Its alternatives.
    """

    settings: tuple[Setting, ...]
    steps: tuple[CalendarStep, ...]
    kinds: dict[str, str]
    uncertain: tuple[UncertainTable, ...] = ()
    members: int = 0
    seed: int = 1
    scenarios: tuple[SurfaceScenarioTable, ...] = ()

    def scenario(self, name: str) -> "SurfaceCase":
        """Return the case as one of its scenarios changes it; "" and "base" are the case as it stands.

        Raises
        ------
        InputError
            If there is no such scenario.
        """
        if name in ("", BASE):
            return self
        known = {s.name: s for s in self.scenarios}
        if name not in known:
            raise InputError([Problem("there is no such scenario", package="[[surface.scenario]]", value=name,
                                      allowed="one of " + ", ".join((BASE, *known)))])
        return replace(self, settings=known[name].applied(self.settings, Reader(Path(), LineIndex(""))), scenarios=())

    def network(self, members: int = 1) -> Network:
        """Return the network of the case as it stands at work, for so many members alike."""
        return Network(self.settings, members)

    def ensemble(self, members: int | None = None) -> tuple[Network, Design]:
        """Return the network of all members at work, and what was drawn for them.

        The first of its members is the case as it stands; those that were drawn follow.

        Parameters
        ----------
        members : int, optional
            So many instead of those of the case: other members.
        """
        made = drawn(self.uncertain, self.members if members is None else members, self.seed)
        settings = as_members(self.settings, self.uncertain, made, Reader(Path(), LineIndex("")))
        return Network(settings, 1 + made.n_members), made

    def drawn_settings(self) -> tuple[tuple[Setting, ...], int]:
        """Return the nodes with one value per member, the case as it stands first, and how many members that are."""
        if not self.members:
            return self.settings, 1
        made = drawn(self.uncertain, self.members, self.seed)
        return as_members(self.settings, self.uncertain, made, Reader(Path(), LineIndex(""))), 1 + made.n_members


def surface_case(table: SurfaceTable, file: Path, lines: LineIndex) -> SurfaceCase:
    """Return the network of a case.

    Raises
    ------
    InputError
        With everything that is wrong in [surface].
    """
    reader = Reader(file, lines)
    nodes = table.nodes()
    settings = tuple(node.setting(i, reader) for _, i, node in nodes)
    start, end = (datetime.date.fromisoformat(d[:10]) for d in (table.start, table.end))
    if end <= start:
        reader.problems.append(Problem("the end of the run is not after its start", str(file),
                                       lines.line(("surface", "end")), "[surface]", value=table.end))
    if not nodes:
        reader.problems.append(Problem("a network needs nodes", str(file), lines.line(("surface",)), "[surface]",
                                       hint="Give at least one [[surface.inflow]] and where it goes."))
    refuse(reader)
    steps = tuple(STEPS[table.step](start, end))
    _try_series(settings, nodes, reader, (steps[0], steps[-1]))
    table_problems(table.uncertain, table.members, reader)
    for i, uncertain in enumerate(table.uncertain):
        uncertain.problems(i, reader, settings)
    names = [s.name for s in table.scenario]
    for i, scenario in enumerate(table.scenario):
        if scenario.name in (BASE, *names[:i]):
            reader.problem(("scenario", i, "name"), f"{scenario.name!r} is taken")
        scenario.problems(i, reader, settings)
    refuse(reader)
    found = SurfaceCase(settings, steps, {n.name: kind for kind, _, n in nodes}, tuple(table.uncertain), table.members,
                        table.seed, tuple(table.scenario))
    try:
        found.network()
    except InputError as error:
        raise InputError(_placed(error.problems, nodes, str(file), lines)) from None
    return found


def _try_series(
    settings: Sequence[Setting], nodes: Sequence[tuple[str, int, NodeTable]], reader: Reader,
    steps: Sequence[CalendarStep],
) -> None:
    """Note series that do not cover the first or the last step."""
    for setting, (kind, i, node) in zip(settings, nodes, strict=True):
        for key in node.model_fields_set:
            forcing = getattr(setting, {"release": "forced"}.get(key, key), None)
            if not hasattr(forcing, "over"):
                continue
            try:
                for step in steps:
                    forcing.over(step)
            except InputError as error:
                for p in error.problems:
                    reader.problem((kind, i, key), f"{key}: {p.what}", p.hint)


def _placed(
    problems: Sequence[Problem], nodes: Sequence[tuple[str, int, NodeTable]], file: str, lines: LineIndex
) -> list[Problem]:
    """Return a network's problems with the file and the line of the node they belong to."""
    at = {node.name: (kind, i) for kind, i, node in nodes}
    found = []
    for p in problems:
        kind, i = at.get(p.package, ("", 0))
        line = lines.line(("surface", kind, i, "name")) if kind else lines.line(("surface",))
        place = f"[[surface.{kind}]] number {i + 1}" if kind else "[surface]"
        found.append(Problem(f"{p.package}: {p.what}", file, line, place, p.cell, p.value, p.allowed, p.hint))
    return found
