"""``[[surface.scenario]]``: an alternative of a network, as changes of its values."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.surface.series import Reader
from gwsolver.case.surface.uncertain import FIELDS, target_problems
from gwsolver.case.tables import Date, Sourced, Words
from gwsolver.surface.forcing import Changed, Constant, Forcing, Ramp
from gwsolver.surface.node import Setting

BASE = "base"


class ChangeTable(Sourced):
    """``[[surface.scenario.change]]``: a factor of values, or what is added to them, at once or from year to year."""

    on: Annotated[list[str], Field(min_length=1)]
    acts: Literal["factor", "plus"] = "factor"
    value: Annotated[Quantity, quantity()]
    dates: list[Date] = []
    note: str = ""

    def forcing(self, reader: Reader) -> Forcing:
        """Return the factor, or what is added in m, d and kg."""
        scale = reader.factor(self.value.unit) if self.value.unit else 1.0
        values = np.array(self.value.numbers) * scale
        if not self.dates:
            return Constant(float(values[0]))
        return Ramp([datetime.date.fromisoformat(d[:10]) for d in self.dates], values)


class SurfaceScenarioTable(Sourced):
    """One alternative."""

    name: Annotated[str, Field(min_length=1, pattern=r"^[A-Za-z0-9_-]+$")]
    title: Words = {}
    note: str = ""
    change: Annotated[list[ChangeTable], Field(min_length=1)]

    def problems(self, i: int, reader: Reader, settings: Sequence[Setting]) -> None:
        """Note what is wrong with it."""
        for change in self.change:
            def wrong(key: str, what: str, hint: str = "", **more: Any) -> None:
                reader.problem(("scenario", i, key), f"{self.name}: {what}", hint, **more)

            n, m = len(change.value.numbers), len(change.dates)
            if n != max(m, 1):
                wrong("change", f"{n} values for {m} dates", "Give one value, or dates and as many values.")
            if list(change.dates) != sorted(set(change.dates)):
                wrong("change", "dates must rise", value=change.dates)
            if change.acts == "plus" and not change.value.unit:
                wrong("change", "what is added needs a unit", "Write for example value = \"-2 km3/y\".")
            if change.acts == "factor" and (change.value.unit or min(change.value.numbers) < 0.0):
                wrong("change", "factors are not below zero and have no unit", value=list(change.value.numbers))
            target_problems(change.on, settings, lambda what, hint: wrong("change", what, hint))

    def applied(self, settings: Sequence[Setting], reader: Reader) -> tuple[Setting, ...]:
        """Return the nodes as the alternative has them."""
        found = {s.name: s for s in settings}
        for change in self.change:
            forcing = change.forcing(reader)
            factor, plus = (forcing, Constant(0.0)) if change.acts == "factor" else (Constant(1.0), forcing)
            for name in change.on:
                node, _, key = name.partition(".")
                own = FIELDS.get(key, key)
                before = getattr(found[node], own)
                if hasattr(before, "over"):
                    after: Any = Changed(before, factor, plus)
                else:
                    after = before * factor.over(_FIRST) + plus.over(_FIRST)
                found[node] = replace(found[node], **{own: after})  # type: ignore[type-var]
        return tuple(found.values())


class _At:
    """Any time: values that are no forcing change once."""

    start = end = datetime.date(1, 1, 1)


_FIRST: Any = _At()
