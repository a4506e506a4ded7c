"""What benchmarks give back, and how it is printed: one row per case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Check:
    """One figure of a verification problem.

    Attributes
    ----------
    case : str
    norm : str
        "L1", "L2", "largest difference", "budget".
    error : float
        What gwsolver reached.
    allowed : float
        It passes if the error is not larger.
    order : float or None
        Observed order of convergence, where the problem refines its grid.
    least_order : float or None
        Smallest order that passes.
    modflow : float or None
        MODFLOW 6's error in the same norm.
    modflow_version : str
        Which MODFLOW 6 that was; "this run" if it was run just now.
    """

    case: str
    norm: str
    error: float
    allowed: float
    order: float | None = None
    least_order: float | None = None
    modflow: float | None = None
    modflow_version: str = ""

    @property
    def passed(self) -> bool:
        """Whether the error is small enough, the order high enough, and MODFLOW 6 further off."""
        good = self.error <= self.allowed
        if self.least_order is not None:
            good &= self.order is not None and self.order >= self.least_order
        return good and (self.modflow is None or self.error < self.modflow)


@dataclass(frozen=True)
class Measurement:
    """One timing of a performance problem.

    Attributes
    ----------
    case : str
    cells, steps, threads : int
        `steps` counts sweeps over all cells.
    seconds : float
        Wall time of the sweeps.
    rate : float
        Million cell updates per second.
    stream_share : float
        Bytes that the updates must move per second, as a share of STREAM triad.
    memory : float or None
        Largest memory of the process so far [MB]; None where the system does not tell.
    error : float or None
        Error reached, where there is something to compare with (here: relative mass balance).
    """

    case: str
    cells: int
    steps: int
    threads: int
    seconds: float
    rate: float
    stream_share: float
    memory: float | None
    error: float | None


@dataclass(frozen=True)
class Trial:
    """One answer of one program: what it cost and how far it is off.

    Attributes
    ----------
    problem : str
    solver : str
        Program and scheme.
    setting : str
        What was varied: time steps, Courant number.
    cells : int
    error : float
    norm : str
        "L1" or "L2", relative.
    seconds : float
        CPU time of setting up and solving [s]; for a peer as it reports it, so that its reading does not count.
    process_seconds : float or None
        CPU time of a peer's whole process [s].
    """

    problem: str
    solver: str
    setting: str
    cells: int
    error: float
    norm: str
    seconds: float
    process_seconds: float | None


@dataclass(frozen=True)
class Process:
    """What one program's whole process cost: reading, solving, writing.

    Attributes
    ----------
    case : str
    program : str
    cells : int
    seconds : float
        CPU time of the process, all threads [s].
    wall : float
        Time by the clock [s].
    memory : float
        Peak memory [MB].
    phases : mapping of str to float
        CPU seconds by phase, as the program tells them; empty for a peer.
    """

    case: str
    program: str
    cells: int
    seconds: float
    wall: float
    memory: float
    phases: Mapping[str, float]


Row = Check | Measurement | Trial | Process


def as_json(row: Row) -> dict[str, Any]:
    """Return plain data, with the verdict of a check."""
    return asdict(row) | ({"passed": row.passed} if isinstance(row, Check) else {})


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text in columns, for people."""
    parts = []
    checks = [r for r in rows if isinstance(r, Check)]
    if checks:
        head = ("case", "norm", "error", "allowed", "order", "MODFLOW 6", "verdict")
        parts.append(_columns(head, (_check_cells(c) for c in checks)))
    trials = [r for r in rows if isinstance(r, Trial)]
    if trials:
        head = ("problem", "solver", "setting", "cells", "error", "norm", "CPU s", "process s")
        parts.append(_columns(head, (_trial_cells(t) for t in trials)))
    timings = [r for r in rows if isinstance(r, Measurement)]
    if timings:
        head = ("case", "cells", "sweeps", "threads", "M updates/s", "of STREAM", "memory MB", "balance")
        parts.append(_columns(head, (_measurement_cells(m) for m in timings)))
    processes = [r for r in rows if isinstance(r, Process)]
    if processes:
        phases = list(dict.fromkeys(name for p in processes for name in p.phases))
        head = ("case", "program", "cells", "CPU s", "clock s", "memory MB", *phases)
        parts.append(_columns(head, (_process_cells(p, phases) for p in processes)))
    return "\n\n".join(parts)


def _check_cells(c: Check) -> tuple[str, ...]:
    modflow = "" if c.modflow is None else f"{c.modflow:.3g} ({c.modflow_version})"
    order = "" if c.order is None else f"{c.order:.2f}"
    return (c.case, c.norm, f"{c.error:.3g}", f"{c.allowed:.3g}", order, modflow, "ok" if c.passed else "MISSED")


def _measurement_cells(m: Measurement) -> tuple[str, ...]:
    memory = "" if m.memory is None else f"{m.memory:.0f}"
    error = "" if m.error is None else f"{m.error:.1e}"
    share = f"{100 * m.stream_share:.0f} %"
    return (m.case, f"{m.cells:,}", str(m.steps), str(m.threads), f"{m.rate:.1f}", share, memory, error)


def _trial_cells(t: Trial) -> tuple[str, ...]:
    process = "" if t.process_seconds is None else f"{t.process_seconds:.3g}"
    return (t.problem, t.solver, t.setting, f"{t.cells:,}", f"{t.error:.3g}", t.norm, f"{t.seconds:.3g}", process)


def _process_cells(p: Process, phases: Sequence[str]) -> tuple[str, ...]:
    told = (f"{p.phases[name]:.2f}" if name in p.phases else "" for name in phases)
    return (p.case, p.program, f"{p.cells:,}", f"{p.seconds:.2f}", f"{p.wall:.2f}", f"{p.memory:.0f}", *told)


def _columns(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return lines of equal columns; the first is set to the left, the others to the right."""
    every = [tuple(head), *map(tuple, lines)]
    widths = [max(len(line[i]) for line in every) for i in range(len(head))]

    def line(texts: Sequence[str]) -> str:
        rest = (text.rjust(w) for text, w in zip(texts[1:], widths[1:], strict=True))
        return "  ".join([texts[0].ljust(widths[0]), *rest]).rstrip()

    return "\n".join(map(line, every))
