"""Work and precision: what an answer costs and how far it is off, ours beside those of peers."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from gwsolver.bench.cases import Posed
from gwsolver.bench.norms import relative_l1, relative_l2
from gwsolver.bench.peers import modflow6, mt3dusgs
from gwsolver.bench.peers.answer import PeerAnswer
from gwsolver.bench.rows import Check, Trial

REPEATS = 3
NORMS = {"L1": relative_l1, "L2": relative_l2}


def ours(problem: str, posed: Posed, *, norm: str, scheme: str = "limited") -> Trial:
    """Solve with gwsolver, on one thread or as many as are set; the quickest of three, set-up included."""
    best = None
    for _ in range(REPEATS):
        start = time.process_time()
        solved = posed.solve(scheme)
        seconds = time.process_time() - start
        best = seconds if best is None else min(best, seconds)
    assert best is not None
    return Trial(
        problem, f"gwsolver {scheme}", f"{solved.step.stages} sweeps", posed.model.grid.n_cells,
        NORMS[norm](solved.answer, posed.exact), norm, best, None,
    )


def of_modflow(
    problem: str, posed: Posed, executable: str, *, norm: str, steps: Iterable[int],
    advections: Sequence[str] = ("tvd", "upstream"), close: float = 1e-6, complexity: str = "simple",
) -> Iterator[Trial]:
    """Solve with MODFLOW 6: each weighting with each number of time steps."""
    for advection in advections:
        for n in steps:
            yield _peer(
                problem, posed, f"MODFLOW 6 {_title(advection)}", f"{n} steps", norm,
                lambda folder, advection=advection, n=n: modflow6.solve(
                    posed.model, posed.flow, folder, executable, advection=advection, n_steps=n, close=close,
                    complexity=complexity,
                ),
            )


def of_mt3dusgs(
    problem: str, posed: Posed, *, norm: str, courants: Iterable[float], advections: Sequence[str] = ("tvd",)
) -> Iterator[Trial]:
    """Solve with MT3D-USGS where it is on PATH: each weighting with each Courant number."""
    executable = shutil.which("mt3dusgs")
    if executable is None:
        return
    for advection in advections:
        for courant in courants:
            yield _peer(
                problem, posed, f"MT3D-USGS {_title(advection)}", f"Courant {courant:g}", norm,
                lambda folder, advection=advection, courant=courant: mt3dusgs.solve(
                    posed.model, posed.flow, folder, executable, advection=advection, courant=courant
                ),
            )


def advantage(trials: Iterable[Trial], peer: str, share: float) -> Iterator[Check]:
    """Judge, per problem, our CPU time over that of a peer at its points, where we err no more than it does.

    Parameters
    ----------
    peer : str
        First words of the peer's name.
    share : float
        Of its CPU time that is allowed at the worst point.
    """
    every = list(trials)
    for problem in dict.fromkeys(t.problem for t in every):
        own = [t for t in every if t.problem == problem and t.solver.startswith("gwsolver")]
        theirs = [t for t in every if t.problem == problem and t.solver.startswith(peer)]
        if not theirs:
            continue
        worst = max(_share(own, point) for point in theirs)
        yield Check(f"{problem}: CPU at equal error, over {peer}, worst point", "ratio", worst, share)


def _share(own: Sequence[Trial], point: Trial) -> float:
    """Return the cheapest of ours with no more error than the point, over the point's seconds."""
    better = [t.seconds for t in own if t.error <= point.error]
    return min(better) / point.seconds if better else float("inf")


def _peer(
    problem: str, posed: Posed, solver: str, setting: str, norm: str, solve: Callable[[Path], PeerAnswer]
) -> Trial:
    with tempfile.TemporaryDirectory() as folder:
        answer = solve(Path(folder))
    error = NORMS[norm](answer.concentration[posed.compared], posed.exact)
    return Trial(
        problem, solver, setting, posed.model.grid.n_cells, error, norm, answer.solve_seconds, answer.process_seconds
    )


def _title(advection: str) -> str:
    return "TVD" if advection == "tvd" else advection
