"""What a pair of head and budget files holds, step by step, and whether it is whole and fits the grid."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from gwsolver.core.errors import Problem
from gwsolver.core.grid import Grid
from gwsolver.modflow.saved_binary import ARRAY, Record

_HINT_ALL = "Save the budget at every step: SAVE BUDGET ALL in the output control of the flow model."
_HINT_HEAD = "Save the head at every step: SAVE HEAD ALL in the output control of the flow model."
_HINT_OTHER = "Take heads and budget from one run of the flow model on this grid."
_HINT_FACE = "Put SAVE_FLOWS into the options of the flow model's name file."


@dataclass(frozen=True)
class SavedStep:
    """The records of one flow step: heads layer by layer, and the budget in the file's order."""

    period: int
    step: int
    start: float
    end: float
    heads: tuple[Record, ...]
    budget: tuple[Record, ...]

    @property
    def words(self) -> str:
        """Name the step as MODFLOW numbers it."""
        return _step(self.period, self.step)

    def one(self, text: str) -> Record | None:
        """Return the array or list of this text, None if the step has none."""
        return next((r for r in self.budget if r.text == text and r.models[0] == r.models[1]), None)


def pair(
    head_file: str, heads: list[Record], budget_file: str, budget: list[Record], grid: Grid, n_values: int
) -> tuple[list[SavedStep], list[Problem]]:
    """Join heads and budget into steps; also return everything that is wrong with them.

    Parameters
    ----------
    head_file, budget_file : str
        For messages.
    heads, budget : list of Record
    grid : Grid
        Of the transport model.
    n_values : int
        Values that FLOW-JA-FACE must have on this grid.
    """
    head_at: dict[tuple[int, int], list[Record]] = defaultdict(list)
    for record in heads:
        head_at[record.period, record.step].append(record)
    problems = _head_problems(head_file, head_at, grid)
    steps: list[SavedStep] = []
    seen: set[tuple[int, int]] = set()
    for (period, step), group in groupby(budget, key=lambda r: (r.period, r.step)):
        records = tuple(group)
        name, last = _step(period, step), records[-1]
        if (period, step) in seen:
            problems.append(Problem(f"{name} stands twice, the second time at byte {records[0].start:,}",
                                    file=budget_file, hint=_HINT_OTHER))
            continue
        seen.add((period, step))
        begin, before = last.time - last.length, steps[-1] if steps else None
        slack = 1e-6 * last.length + 1e-10 * last.time
        expected = before.end if before else 0.0
        if abs(begin - expected) > slack:
            problems.append(_gap(budget_file, before, name, begin))
        if any(abs(r.time - last.time) > slack or abs(r.length - last.length) > slack for r in records):
            problems.append(Problem(f"the records of {name} name different times", file=budget_file, hint=_HINT_OTHER))
        problems += _budget_problems(budget_file, name, records, grid, n_values)
        layers = head_at.get((period, step), [])
        if not layers:
            problems.append(Problem(f"no head of {name}, whose budget is saved", file=head_file, hint=_HINT_HEAD))
        elif abs(layers[0].time - last.time) > slack:
            words = f"head and budget of {name} belong to different times: {layers[0].time:g} and {last.time:g}"
            problems.append(Problem(words, file=head_file, hint=_HINT_OTHER))
        steps.append(SavedStep(period, step, expected, last.time, tuple(layers), records))
    if steps and heads and heads[-1].time > steps[-1].end * (1.0 + 1e-9):
        problems.append(Problem(f"the budget ends at time {steps[-1].end:g} ({steps[-1].words}), the heads go on to "
                                f"{heads[-1].time:g}", file=budget_file, hint=_HINT_ALL))
    return steps, problems


def _head_problems(file: str, head_at: dict[tuple[int, int], list[Record]], grid: Grid) -> list[Problem]:
    wanted = {"dis": (*grid.shape[:0:-1],), "disv": (grid.shape[-1], 1), "disu": (grid.shape[0], 1)}[grid.kind]
    n_layers = 1 if grid.kind == "disu" else grid.shape[0]
    for (period, step), layers in head_at.items():
        sizes = {record.shape[:2] for record in layers}
        if sizes != {wanted} or [record.shape[2] for record in layers] != list(range(1, n_layers + 1)):
            record = layers[0]
            found = f"{len(layers)} x {record.shape[1]} x {record.shape[0]}"
            return [Problem(
                f"the heads of {_step(period, step)} (byte {record.start:,}) have layers x rows x columns", file=file,
                value=found, allowed=f"{n_layers} x {wanted[1]} x {wanted[0]}, as the transport model's grid",
                hint=_HINT_OTHER)]
    return []


def _budget_problems(
    file: str, name: str, records: tuple[Record, ...], grid: Grid, n_values: int
) -> list[Problem]:
    problems: list[Problem] = []
    faces = [r for r in records if r.text == "FLOW-JA-FACE" and r.method == ARRAY]
    if len(faces) != 1:
        problems.append(Problem(f"{name} has FLOW-JA-FACE records", file=file, value=len(faces), allowed="1",
                                hint=_HINT_FACE))
    for record in records:
        if record.method != ARRAY:
            continue
        wanted = n_values if record.text == "FLOW-JA-FACE" else grid.n_nodes
        if record.count != wanted:
            problems.append(Problem(
                f"{record.text} of {name} (byte {record.start:,}) has values", file=file, value=record.count,
                allowed=f"{wanted}, as the transport model's grid needs", hint=_HINT_OTHER))
    if not any(r.text == "DATA-SPDIS" for r in records):
        problems.append(Problem(f"{name} has no specific discharge (DATA-SPDIS)", file=file,
                                hint="Put SAVE_SPECIFIC_DISCHARGE into the options of the flow model's NPF package."))
    return problems


def _gap(file: str, before: SavedStep | None, name: str, begin: float) -> Problem:
    if before is None:
        words = f"the first saved budget, {name}, begins at time {begin:g}, not at 0: steps before it are missing"
    else:
        words = f"steps are missing: after {before.words} (ends at {before.end:g}) comes {name} (begins at {begin:g})"
    return Problem(words, file=file, hint=_HINT_ALL)


def _step(period: int, step: int) -> str:
    return f"period {period}, step {step}"


def few(problems: list[Problem], most: int = 12) -> list[Problem]:
    """Drop repetitions: problems that differ in their step only are told once, with their number."""
    groups: dict[tuple[str, str, str], list[Problem]] = defaultdict(list)
    for p in problems:
        groups[p.file, p.hint, "".join(c for c in p.what if not c.isdigit())].append(p)
    told = []
    for alike in groups.values():
        told.append(alike[0])
        if len(alike) > 1:
            told.append(Problem(f"the same holds for {len(alike) - 1:,} more steps", file=alike[0].file))
    return told[:most]


