"""The tables of run.log: what is solved, the balance by package, what limited the sub-steps, where time went."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gwsolver.core.case import CaseInfo
from gwsolver.core.ledger import Ledger
from gwsolver.core.simulation import FlowModel, Simulation, TransportModel

if TYPE_CHECKING:
    from gwsolver.run.outcome import Outcome
    from gwsolver.run.summary import Timings

SHOWN = 10


def models(simulation: Simulation, info: CaseInfo) -> Iterator[str]:
    """Yield a line per model: its grid, periods, packages and what carries it."""
    yield "models"
    for flow in simulation.flow_models:
        yield f"{flow.name}: flow, {_size(flow, info)}"
        yield (f"  {'Newton' if flow.newton else 'standard'} formulation; "
               f"packages {', '.join(p.name for p in (*flow.packages, *flow.features)) or 'none'}")
        yield from (f"  joined to {text}" for text in simulation.neighbours(flow.name))
    for species in simulation.transport_models:
        saved = f"saved flows {species.saved_flows.budget_file}" if species.saved_flows else "nothing"
        yield f"{species.name}: transport, {_size(species, info)}"
        yield (f"  carried by {species.flow_model or saved}; "
               f"packages {', '.join(p.name for p in (*species.packages, *species.features)) or 'none'}")
        yield from (f"  joined to {text}" for text in simulation.neighbours(species.name))


def balances(simulation: Simulation, ledger: Callable[[str, str], Ledger], info: CaseInfo) -> Iterator[str]:
    """Yield the balance of every model over the whole run, a line per package and term, largest first.

    Parameters
    ----------
    simulation : Simulation
    ledger : callable
        Gives the amounts of (model, species); `ResultsWriter.ledger`.
    info : CaseInfo
    """
    volume = f"{info.length_unit}3" if info.length_unit else "model units"
    wanted = [(f.name, "", volume) for f in simulation.flow_models]
    wanted += [(f.name, f"{f.name}/{p.name}", volume) for f in simulation.flow_models for p in f.features]
    mass = info.mass_unit or "model units"
    wanted += [(s.name, s.name, mass) for s in simulation.transport_models]
    wanted += [(s.name, f"{s.name}/{p.name}", mass) for s in simulation.transport_models for p in s.features]
    yield "balances of the whole run"
    for name, species, unit in wanted:
        booked = ledger(name, species)
        rows = sorted(booked.rows(), key=lambda row: -max(row[2], row[3]))
        if not rows:
            continue
        yield f"{(species if '/' in species else name) + ', ' + unit:<32}{'in':>15}{'out':>15}"
        for package, term, into, out in rows:
            if into or out:
                yield f"  {_label(package, term):<30}{_amount(into):>15}{_amount(out):>15}"
        yield f"  {'all':<30}{_amount(booked.total_in()):>15}{_amount(booked.total_out()):>15}"


STEPPING = {
    "runge_kutta": "Runge-Kutta steps, SSPRK(4,2), where dispersion ruled",
    "lax_wendroff": "one-stage Lax-Wendroff steps where advection ruled",
}


def figures_of_run(outcome: "Outcome", timings: "Timings") -> Iterator[str]:
    """Yield steps, which cells limited the sub-steps and why, and the timings."""
    yield "the run in figures"
    for name, counts in outcome.steps.items():
        yield f"{name}: " + ", ".join(
            f"{value:,} {key.replace('_', '-')}" for key, value in counts.items() if isinstance(value, int)
        )
        figures = outcome.figures.get(name, {})
        for figure, words in STEPPING.items():
            if figure in figures:
                yield f"  {words}"
        if "window_part" in figures:
            yield (
                f"  at most {figures['window_part']:.0%} of the grid was swept; "
                f"{figures['window_leak']:.1e} of all mass stood outside"
            )
    for name, held in outcome.limits.items():
        yield from _limits(name, held)
    yield f"{'seconds':<24}{'processor':>10}{'clock':>10}"
    wall = timings.wall()
    for name, cpu in timings.cpu().items():
        yield f"  {name:<22}{cpu:>10.2f}" + (f"{wall[name]:>10.2f}" if name in wall else "")


def _limits(name: str, held: dict[tuple[str, str], int]) -> Iterator[str]:
    """Yield the cells that limited the sub-steps, most often first."""
    if not held:
        return
    ordered, total = sorted(held.items(), key=lambda item: -item[1]), sum(held.values())
    width = max(len(cell) for (cell, _), _ in ordered[:SHOWN])
    yield f"{name}: what limited the sub-steps"
    yield f"  {'sub-steps':>10}{'share':>8}  {'cell':<{width}}  reason"
    for (cell, reason), count in ordered[:SHOWN]:
        yield f"  {count:>10,}{count / total:>8.1%}  {cell:<{width}}  {reason}"
    if len(ordered) > SHOWN:
        rest = sum(n for _, n in ordered[SHOWN:])
        yield f"  {rest:>10,}{rest / total:>8.1%}  {len(ordered) - SHOWN} others"


def _size(model: FlowModel | TransportModel, info: CaseInfo) -> str:
    shape = " x ".join(f"{n:,}" for n in model.grid.shape)
    n_steps = sum(p.n_steps for p in model.time.periods)
    return (f"{model.grid.kind.upper()} grid of {shape}, {model.grid.node.size:,} active cells; "
            f"{_count(model.time.n_periods, 'stress period')}, {_count(n_steps, 'time step')}, "
            f"{model.time.end:,.6g} {info.time_unit or 'model units'}")


def _label(package: str, term: str) -> str:
    if term.startswith(package):
        return term
    return package if not term or package.startswith(term) else f"{package} {term}"


def _amount(value: float) -> str:
    return f"{value:,.2f}" if 0.01 <= value < 1e11 else f"{value:.4g}"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
