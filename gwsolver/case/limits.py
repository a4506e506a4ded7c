"""Limits of a case: given by the user, or named by jurisdiction and taken from the dated table of limits."""

from collections.abc import Callable, Iterator
from pathlib import Path

from gwsolver.case.limit_words import in_words
from gwsolver.case.schema import CaseFile, LimitTable
from gwsolver.core.case import Limit, Provenance, in_language
from gwsolver.core.errors import InputError, Problem
from gwsolver.reactions.components import Database, database

Tell = Callable[..., Problem]


def limits_of(content: CaseFile, folder: Path) -> tuple[Limit, ...]:
    """Return all limits of a case; those without a value as their jurisdiction has them."""
    return tuple(limit_of(table, content, folder) for table in content.limit)


def limit_of(table: LimitTable, content: CaseFile, folder: Path) -> Limit:
    """Return one limit in its own unit."""
    if table.value is None:
        law = _database(content, folder).limit(_component(table, content), table.jurisdiction, table.use)
        told = in_words(law.use, law.jurisdiction)
        return Limit(
            table.species.lower(), law.value, law.unit, in_language(table.text, "en") or told["en"],
            Provenance(table.source or law.reference, table.status or law.status), table.date or law.date,
            dict(table.text) or told, dict(table.cite),
        )
    own = table.value.provenance
    return Limit(
        table.species.lower(), table.value.numbers[0], table.unit or table.value.unit,
        in_language(table.text, "en"), Provenance(table.source or own.source, table.status or own.status), table.date,
        dict(table.text), dict(table.cite),
    )


def limit_problems(content: CaseFile, folder: Path, problem: Tell) -> Iterator[Problem]:
    """Yield what is wrong with the limits of a case; `problem(location, what, hint)` words it."""
    for i, table in enumerate(content.limit):
        if table.value is None:
            yield from _named_problems(i, table, content, folder, problem)
            continue
        if table.value.is_list:
            yield problem(("limit", i, "value"), "value takes one number")
        elif table.value.numbers[0] <= 0.0:
            yield problem(("limit", i, "value"), f"value = {table.value.numbers[0]:g} is outside (0, inf)")
        if not (table.unit or table.value.unit):
            yield problem(("limit", i, "value"), "a limit needs a unit", "Write for example value = \"0.01 mg/L\".")
        elif table.unit and table.value.unit and table.unit != table.value.unit:
            yield problem(("limit", i, "unit"), f"two units, {table.value.unit!r} and {table.unit!r}; write one")


def _named_problems(
    i: int, table: LimitTable, content: CaseFile, folder: Path, problem: Tell
) -> Iterator[Problem]:
    try:
        known = _database(content, folder)
    except InputError:
        return  # told where [reactions] is read
    name = _component(table, content)
    if not table.jurisdiction:
        there = "; ".join(f"{k.jurisdiction} ({k.use}): {k.value:g} {k.unit}" for k in known.limits_of(name))
        yield problem(
            ("limit", i), f"the limit of {table.species!r} has neither a value nor a jurisdiction",
            f"Known for {name}: {there}." if there else "Write for example value = \"0.01 mg/L\", and its source.")
        return
    try:
        known.limit(name, table.jurisdiction, table.use)
    except InputError as error:
        for found in error.problems:
            yield problem(("limit", i, "jurisdiction"), found.what, found.hint)


def _component(table: LimitTable, content: CaseFile) -> str:
    said = {s.name.lower(): s.component for s in content.species if s.component}
    return said.get(table.species.lower(), table.species)


def _database(content: CaseFile, folder: Path) -> Database:
    own = content.reactions.components
    return database(folder / own) if own and (folder / own).is_file() else database()
