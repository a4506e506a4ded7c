"""Scenarios: alternatives to a case as lists of changes to its simulation."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import create_model

from gwsolver.case.changes.registry import ChangeKind, kinds
from gwsolver.case.changes.site import Fault, Site
from gwsolver.case.quantity import Quantity
from gwsolver.case.tables import Table, Words
from gwsolver.core.case import CaseInfo, Provenance, in_language
from gwsolver.core.errors import InputError, Problem, nearest
from gwsolver.core.lines import LineIndex
from gwsolver.core.simulation import Simulation

BASE = "base"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class ScenarioHead(Table):
    """What every scenario has; its changes are the tables of `gwsolver.case.changes`, each with source and status."""

    name: str
    title: Words = {}
    note: str = ""


ScenarioTable = create_model(
    "ScenarioTable", __base__=ScenarioHead, __doc__="``[[scenario]]``: an alternative to the case as it stands.",
    **{key: (list[kind.table], []) for key, kind in kinds().items()},  # type: ignore[name-defined,call-overload]
)


def changes(scenario: ScenarioHead) -> Iterator[tuple[ChangeKind, int, Table]]:
    """Yield kind, number and table of each change of a scenario, in the order in which they are made."""
    for key, kind in kinds().items():
        for number, table in enumerate(getattr(scenario, key)):
            yield kind, number, table


class Scenarios:
    """The scenarios of a case.

    Parameters
    ----------
    tables : list of ScenarioTable
    file : str
        For messages.
    lines : LineIndex
    """

    def __init__(self, tables: list[Any], file: str, lines: LineIndex) -> None:
        self._tables, self._file, self._lines = tables, file, lines

    @property
    def names(self) -> list[str]:
        """All names: the case as it stands ("base") first."""
        return [BASE, *(t.name for t in self._tables if t.name != BASE)]

    def title(self, name: str) -> dict[str, str]:
        """Return what a scenario is called, by language; its name if nothing is said."""
        found = next((t for t in self._tables if t.name == name), None)
        return dict(found.title) if found is not None and found.title else {"en": name.replace("_", " ")}

    def apply(self, name: str, simulation: Simulation, info: CaseInfo) -> tuple[Simulation, CaseInfo]:
        """Return simulation and case as a scenario changes them; the case as it stands gets its title only.

        Raises
        ------
        InputError
            If there is no such scenario, or with everything that keeps it from being made.
        """
        if name not in self.names:
            near = nearest(name, self.names)
            raise InputError([Problem(f"there is no scenario {name!r}", self._file, hint=(
                f"Did you mean {near!r}? " if near else "") + f"There are: {', '.join(self.names)}.")])
        site = Site(simulation, info)
        for i, table in enumerate(self._tables):
            if table.name == name:
                problems = self._problems(i, site)
                if problems:
                    raise InputError(problems)
                for kind, _, change in changes(table):
                    site = kind.apply(change, site)
        title = self.title(name)
        titles = {
            lang: f"{in_language(info.titles, lang, info.title)}: {in_language(title, lang)}"
            for lang in {**info.titles, **title}
        }
        return site.simulation, replace(
            site.info, scenario=name, title=f"{info.title}: {in_language(title, 'en')}", titles=titles,
            values={**site.info.values, **self._provenance(name)})

    def problems(self, simulation: Simulation, info: CaseInfo) -> list[Problem]:
        """Return what is wrong in any scenario of the case."""
        site = Site(simulation, info)
        return sorted((p for i in range(len(self._tables)) for p in self._problems(i, site)), key=lambda p: p.line or 0)

    def contradictions(self) -> Iterator[Problem]:
        """Yield what the tables show without a simulation: doubles, names that are no folder."""
        seen: set[str] = set()
        for i, table in enumerate(self._tables):
            def problem(key: str, what: str, hint: str = "", i: int = i) -> Problem:
                return Problem(what, self._file, self._lines.line(("scenario", i, key)),
                               f"[[scenario]] number {i + 1}", hint=hint)

            if not _NAME.fullmatch(table.name):
                yield problem("name", f"name = {table.name!r} cannot be the name of a folder",
                              "Use letters, digits, '_' and '-'; words for readers go into title.")
            if table.name.lower() in seen:
                yield problem("name", f"name {table.name!r} stands twice")
            seen.add(table.name.lower())
            given = list(changes(table))
            if table.name == BASE and given:
                yield problem("name", "'base' is the case as it stands: it cannot change anything",
                              "Give the scenario another name.")
            if table.name != BASE and not given:
                yield problem("name", f"scenario {table.name!r} changes nothing",
                              f"Write [[scenario.KIND]] below it; KIND: {', '.join(kinds())}.")

    def _problems(self, i: int, site: Site) -> list[Problem]:
        """Return what is wrong in one scenario; each change is judged on what those before it have made."""
        found: list[Problem] = []
        for kind, number, table in changes(self._tables[i]):
            faults = list(kind.check(table, site))
            found += [self._problem(i, kind.key, number, fault) for fault in faults]
            if not faults:
                site = kind.apply(table, site)
        return found

    def _problem(self, i: int, key: str, number: int, fault: Fault) -> Problem:
        place = ("scenario", i, key, number) + ((fault.key,) if fault.key else ())
        count = len(getattr(self._tables[i], key))
        return Problem(
            fault.what, self._file, self._lines.line(place),
            f"scenario {self._tables[i].name!r}, [[scenario.{key}]]" + (f" number {number + 1}" if count > 1 else ""),
            hint=fault.hint)

    def _provenance(self, name: str) -> dict[str, Provenance]:
        """Return source and status of the values of a scenario, by dotted key."""
        found: dict[str, Provenance] = {}
        for table in (t for t in self._tables if t.name == name):
            for kind, number, change in changes(table):
                own = f"scenario.{name}.{kind.key}.{getattr(change, 'name', '') or number + 1}"
                found[own] = Provenance(getattr(change, "source", ""), getattr(change, "status", ""))
                values = {k: getattr(change, k) for k in type(change).model_fields}
                found |= {f"{own}.{k}": v.provenance for k, v in values.items() if isinstance(v, Quantity)}
        return {k: p for k, p in found.items() if p != Provenance()}
