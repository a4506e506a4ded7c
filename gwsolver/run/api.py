"""`gwsolver.run`: read, solve, write, check, in one call."""

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwsolver import __version__, kernels
from gwsolver.core.errors import InputError, RunError
from gwsolver.run.checks import Check, checks, failures, table, warnings
from gwsolver.run.identity import file_hashes, saved_flow_hashes, simulation_hash
from gwsolver.run.load import load, surface_of
from gwsolver.run.summary import Timings, commit, machine, peak_memory_mb, versions

if TYPE_CHECKING:
    from gwsolver.core.sampling import Design
    from gwsolver.results import Results, ResultsWriter
    from gwsolver.results.surface import SurfaceResults
    from gwsolver.run.checkpoint import Keeper
    from gwsolver.run.load import LoadedCase
    from gwsolver.run.outcome import Outcome

__all__ = ["load", "run"]


def run(
    source: Any, out: str | Path | None = None, *, scheme: str = "", threads: int = 0, flow: str = "auto",
    progress: bool = False, echo: bool = False, checkpoint: float = 600.0, restart: bool = False, scenario: str = "",
    member: int = 0, members: "int | Design" = 0,
) -> "Results | SurfaceResults":
    """Solve a case folder, a MODFLOW 6 folder or a flopy ``MFSimulation``; return its results.

    Parameters
    ----------
    source : str, Path or flopy.mf6.MFSimulation
    out : str or Path, optional
        Results folder; default ``results`` below the case's or simulation's folder, ``scenarios/NAME`` for a scenario,
        ``results_member_NUMBER`` for a member of an ensemble.
    scheme : str
        Transport scheme; if none is named 'limited', or 'implicit' where that is far less work (the log says why).
    threads : int
        0: as many as the machine has.
    flow : str
        "auto", "solve" or "saved": where the flow comes from.
    progress : bool
        Draw a progress bar on stderr.
    echo : bool
        Tell warnings on stderr; they stand in run.log and summary.json anyway.
    checkpoint : float
        Seconds of wall-clock time between checkpoints; 0: only when interrupted by Ctrl-C.
    restart : bool
        Go on from the checkpoint in the results folder, bit for bit as if the run had never stopped.
    scenario : str
        Name of a scenario of the case ("base": the case as it stands); "" for the case alone.
    member : int
        Number of a member of the case's ensemble, from one.
    members : int or Design
        Of how many (0: as the case says), or the members that were drawn.

    Raises
    ------
    InputError
        If the input is bad or unsupported, or there is no checkpoint of it to go on from; nothing was run.
    KeyboardInterrupt
        If the run was interrupted; it says how to go on where there is a checkpoint.
    RunError
        If the run began but could not be finished; results up to there are kept, without summary.json.
    """
    network = surface_of(source)
    if network is not None:
        from gwsolver.run.surface import refuse_options, run_surface

        refuse_options(network, member=member, restart=restart)
        return run_surface(network, out, scenario=scenario, echo=echo)
    timings = Timings()
    with timings.phase("imports"):
        # All at once, so that no phase below pays for them.
        import gwsolver.modflow
        import gwsolver.results
        import gwsolver.run.simulate  # noqa: F401
    with timings.phase("reading"):
        loaded = load(source, flow=flow, scenario=scenario, member=member, members=members)
        problems = loaded.check()
    if problems:
        raise InputError(problems)
    from gwsolver.results import ResultsWriter, check_folder, open_results
    from gwsolver.run.checkpoint import Keeper, has_checkpoint
    from gwsolver.run.checkpoint import load as load_checkpoint

    simulation = loaded.simulation
    below = Path("scenarios", scenario) if scenario else Path("results")
    if member:
        below = below.with_name(f"{below.name}_member_{member}")
    folder = Path(out) if out is not None else loaded.folder / below
    with timings.phase("reading"):
        identity = simulation_hash(simulation)
    check_folder(folder, identity)
    kernels.set_threads(threads)
    head = cache(lambda: {
        "input_hash": identity, "scheme": scheme, "version": __version__, "saved_flows": saved_flow_hashes(simulation),
    })
    given_up = not restart and has_checkpoint(folder)
    state = load_checkpoint(folder, head()) if restart else None
    keeper = Keeper(folder, head, checkpoint, state)
    with keeper.listening(echo):
        with timings.phase("writing"):
            files = None if state is None else state["results"]
            writer = ResultsWriter(folder, simulation, loaded.info, identity, files)
        outcome, report = _solve(
            loaded, writer, keeper, scheme, timings, progress=progress, echo=echo, given_up=given_up
        )
    with timings.phase("writing"):
        writer.finish({
            "versions": versions(), "commit": commit(), "input_hash": identity,
            "input_files": file_hashes(simulation.files), "machine": machine(),
            "scheme": ", ".join(dict.fromkeys(outcome.schemes.values())) or scheme or "limited",
            "command": sys.argv[1:] if echo else [], "timings": timings.wall(),
            "cpu_seconds": timings.cpu(), "memory_mb": peak_memory_mb(),
            "steps": outcome.steps, "closure": outcome.closure, "minimum": outcome.minimum,
            "maximum": outcome.maximum, "figures": outcome.figures,
            "checks": [row.to_json() for row in report],
            "limits": {
                name: [{"cell": cell, "reason": reason, "sub_steps": count} for (cell, reason), count in
                       sorted(held.items(), key=lambda item: -item[1])[:10]]
                for name, held in outcome.limits.items()
            },
            "notes": list(simulation.notes), "warnings": [*simulation.warnings, *writer.warnings, *warnings(report)],
            "exit_status": 0,
        })
    return open_results(folder)


def _solve(
    loaded: "LoadedCase", writer: "ResultsWriter", keeper: "Keeper", scheme: str, timings: Timings, *, progress: bool,
    echo: bool, given_up: bool,
) -> tuple["Outcome", list[Check]]:
    """Run, tell the log, check; on any failure leave the results folder as it should be left."""
    from gwsolver.run.checkpoint import GIVEN_UP, has_checkpoint
    from gwsolver.run.log import RunLog
    from gwsolver.run.log_tables import balances, figures_of_run, models
    from gwsolver.run.progress import Bar, Silent
    from gwsolver.run.simulate import simulate

    simulation = loaded.simulation
    try:
        with (
            RunLog(writer.log_path, echo=echo, append=keeper.resume is not None) as log,
            (Bar(loaded.info.time_unit) if progress else Silent()) as bar,
        ):
            log.note(f"gwsolver {__version__}: {loaded.folder}" + (", from its checkpoint on" if keeper.resume else ""))
            if given_up:
                log.warn(GIVEN_UP)
            for text in simulation.notes:
                log.note(text)
            for text in simulation.warnings:
                log.warn(text)
            for species in simulation.transport_models:
                if species.advection:
                    log.note(f"{species.name}: the model asks for {species.advection} weighting; "
                             f"solved with the scheme '{scheme or 'limited'}'" + ("" if scheme else " (the default)"))
            log.block(models(simulation, loaded.info))
            outcome = simulate(simulation, writer, scheme, bar, log, timings, keeper)
            report = checks(outcome)
            for text in writer.warnings:
                log.warn(text)
            log.block(balances(simulation, writer.ledger, loaded.info))
            log.block(figures_of_run(outcome, timings))
            log.block(table(report))
            for text in (*warnings(report), *failures(report)):
                log.warn(text)
        if failures(report):
            raise RunError("\n".join(failures(report)))
    except InputError:
        writer.abandon()
        raise
    except OSError as error:
        writer.finish_partial()
        place = error.filename or writer.folder
        raise RunError(f"the results could not be written: {error.strerror or error} ({place}). "
                       "What was written so far is kept; free some space and run again.") from error
    except RunError:
        writer.finish_partial()
        raise
    except BaseException:  # Ctrl-C, or a fault of our own
        if has_checkpoint(writer.folder):
            writer.leave()
        else:
            writer.abandon()
        raise
    return outcome, report
