"""``[[surface.uncertain]]``: what differs from member to member; drawn once, it may act on several nodes."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.surface.series import Reader
from gwsolver.case.tables import Sourced, Words
from gwsolver.core.case import Provenance
from gwsolver.core.distributions import Spread, distributions
from gwsolver.core.errors import Problem, nearest
from gwsolver.core.sampling import Design, Parameter, UncertainValue, design
from gwsolver.surface.forcing import Scaled
from gwsolver.surface.node import Setting

Floats = NDArray[np.float64]
# Keys of case.toml that bear another name in the setting.
FIELDS = {"release": "forced", "specific_yield": "yields", "priority": "rank"}


class UncertainTable(Sourced):
    """One uncertain value: a factor of keys, or what is added to them."""

    name: str = Field(min_length=1)
    title: Words = {}
    on: Annotated[list[str], Field(min_length=1)]
    acts: Literal["factor", "plus"] = "factor"
    range: Annotated[Quantity, quantity()]
    distribution: str = "normal"
    note: str = ""

    def problems(self, i: int, reader: Reader, settings: Sequence[Setting]) -> None:
        """Note what is wrong with it."""
        def wrong(key: str, what: str, hint: str = "", **more: Any) -> None:
            reader.problem(("uncertain", i, key), what, hint, **more)

        known = distributions()
        low, high = self.range.numbers if len(self.range.numbers) == 2 else (np.nan, np.nan)
        if len(self.range.numbers) != 2 or not low < high:
            wrong("range", "range", value=list(self.range.numbers), allowed="two values, the lower one first")
        if self.distribution not in known:
            wrong("distribution", "distribution", value=repr(self.distribution), allowed="one of " + ", ".join(known))
        elif known[self.distribution].positive and not low > 0.0:
            wrong("range", f"a {self.distribution} value needs a range above zero", value=list(self.range.numbers))
        if self.acts == "factor" and (self.range.unit or not low > 0.0):
            wrong("range", "factors are above zero and have no unit", value=list(self.range.numbers))
        if self.acts == "plus" and not self.range.unit:
            wrong("range", "what is added needs a unit",
                  "Write for example range = { value = [-1, 1], unit = \"km3/y\" }.")
        target_problems(self.on, settings, lambda what, hint: wrong("on", what, hint))

    def parameter(self) -> Parameter:
        """Return it as what is drawn."""
        low, high = self.range.numbers
        middle = 1.0 if self.acts == "factor" else 0.0
        value = UncertainValue(self.on[0], self.range.unit, self.distribution, Spread(low, high, middle),
                               Provenance(self.source, self.status))
        return Parameter(self.name, dict(self.title), (value,))

    def acted(self, setting: Setting, values: Floats, reader: Reader) -> Setting:
        """Return a node as members have it; values of shape (member,), in the unit of the range."""
        changed: dict[str, Any] = {}
        for name in self.on:
            node, _, key = name.partition(".")
            if node != setting.name:
                continue
            own = FIELDS.get(key, key)
            before = changed.get(own, getattr(setting, own))
            add = 0.0 if self.acts == "factor" else reader.factor(self.range.unit) * values
            scale = values if self.acts == "factor" else 1.0
            changed[own] = Scaled(before, scale, add) if hasattr(before, "over") else before * scale + add
        return replace(setting, **changed) if changed else setting  # type: ignore[type-var]


def drawn(tables: Sequence[UncertainTable], members: int, seed: int) -> Design:
    """Return the members: a Latin hypercube over all uncertain values."""
    return design(tuple(t.parameter() for t in tables), members, seed)


def as_members(
    settings: Sequence[Setting], tables: Sequence[UncertainTable], made: Design, reader: Reader
) -> tuple[Setting, ...]:
    """Return nodes with one value per member; the first member is the case as it stands, the others are drawn."""
    found = list(settings)
    for table, (_, _, values) in zip(tables, made.columns(), strict=True):
        neutral = 1.0 if table.acts == "factor" else 0.0
        found = [table.acted(s, np.append(neutral, values), reader) for s in found]
    return tuple(found)


def _able(setting: Any) -> list[str]:
    """Return the keys of a node that can differ: forcings, and numbers that are given."""
    back = {own: key for key, own in FIELDS.items()}
    found = []
    for f in fields(setting):
        value = getattr(setting, f.name)
        if hasattr(value, "over") or (isinstance(value, float) and f.name not in ("sill", "base", "saturation")):
            found.append(back.get(f.name, f.name))
    return found


def target_problems(names: Sequence[str], settings: Sequence[Setting], wrong: Callable[[str, str], None]) -> None:
    """Tell names ("node.key") that name nothing that can differ."""
    by_name = {s.name: s for s in settings}
    for name in names:
        node, _, key = name.partition(".")
        if node not in by_name:
            near = nearest(node, by_name)
            wrong(f"on names {name!r}: there is no node {node!r}", f"Did you mean {near!r}?" if near else "")
            continue
        able = _able(by_name[node])
        if key not in able:
            near = nearest(key, able)
            wrong(f"on names {name!r}: {node!r} has no such value that can differ",
                  (f"Did you mean {near!r}? " if near else "") + f"There are: {', '.join(able)}.")


def table_problems(tables: Sequence[UncertainTable], members: int, reader: Reader) -> None:
    """Note what is wrong with all of them together."""
    names = [t.name for t in tables]
    for i, name in enumerate(names):
        if name in names[:i]:
            reader.problem(("uncertain", i, "name"), f"{name!r} is given twice")
    if members and not tables:
        line = reader.lines.line(("surface", "members"))
        reader.problems.append(Problem(
            "members are asked for, but nothing is uncertain", str(reader.file), line, "[surface]", value=members,
            hint="Give [[surface.uncertain]] tables, or leave members out."))
    if members == 1:
        line = reader.lines.line(("surface", "members"))
        reader.problems.append(Problem("members", str(reader.file), line, "[surface]", value=1,
                                       allowed="0, or 2 and more"))
