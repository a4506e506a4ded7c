"""``[[scenario.recharge]]``: more or less recharge, for some time or all of it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from gwsolver.case.changes.entries import Changed, Choice
from gwsolver.case.changes.registry import ChangeKind
from gwsolver.case.changes.site import Fault, Site, Timed, one_number_faults, split_steps, time_faults, unknown
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.core.simulation import FlowModel


class RechargeTable(Timed):
    """``[[scenario.recharge]]``; without `name` all packages of recharge."""

    name: str = ""
    factor: Annotated[Quantity, quantity("-", minimum=0.0)]


def check(table: RechargeTable, site: Site) -> Iterator[Fault]:
    """Yield what is wrong."""
    yield from one_number_faults(table)
    names = [p.name for m in site.simulation.flow_models for p in m.packages if p.kind == "rch"]
    if not site.simulation.flow_models:
        yield Fault("factor", "the flow is read from files: its recharge cannot be changed")
    elif not names:
        yield Fault("factor", "the flow model has no recharge package (RCH)")
    elif table.name and table.name.lower() not in names:
        yield unknown("name", "recharge package", table.name, names)
    else:
        for model in _models(table, site)[:1]:
            yield from time_faults(table, model.time)


def apply(table: RechargeTable, site: Site) -> Site:
    """Return the site with recharge times the factor."""
    factor = table.factor.to("-")
    flows = []
    for model in _models(table, site):
        window = table.window(model.time)
        packages = tuple(
            replace(p, source=Changed(p.source, Choice(), window, "recharge", factor)) if _meant(table, p.name, p.kind)
            else p for p in model.packages)
        flows.append(replace(model, packages=packages))
        site = site.warned(*split_steps(table, model.time, "recharge"))
    return site.with_flow(flows)


def _meant(table: RechargeTable, name: str, kind: str) -> bool:
    return kind == "rch" and table.name.lower() in ("", name)


def _models(table: RechargeTable, site: Site) -> list[FlowModel]:
    return [m for m in site.simulation.flow_models if any(_meant(table, p.name, p.kind) for p in m.packages)]


KIND = ChangeKind("recharge", "more or less recharge", RechargeTable, check, apply)
