"""Which models exchanges join, and whether they can be solved as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gwsolver.core.exchange import Exchange, joined
from gwsolver.core.merging import merge_problems
from gwsolver.core.simulation import FlowModel, TransportModel
from gwsolver.modflow.collect import Findings
from gwsolver.modflow.exchanges import check_transport_exchange, read_exchange
from gwsolver.modflow.load import rows
from gwsolver.modflow.packages import Package, wrap


@dataclass(eq=False)
class ExchangeParts:
    """A GWF-GWF or GWT-GWT exchange package, its two models, its OBS packages."""

    package: Package
    models: tuple[str, str]
    observations: list[Package]


def find_exchanges(data: Any, folder: Path, on_disk: bool, findings: Findings) -> list[ExchangeParts]:
    """Return the exchanges between models of one kind, named as MODFLOW does: by their place among all."""
    found = []
    listed = [str(row[1]).strip("'\"").lower() for row in rows(getattr(data.name_file, "exchanges", None))]
    for number, package in enumerate(data.exchange_files, 1):
        if str(package.package_type) not in ("gwfgwf", "gwtgwt"):
            continue
        file = str(package.filename).lower()
        place = listed.index(file) + 1 if file in listed else number
        name = {"gwfgwf": "gwf-gwf", "gwtgwt": "gwt-gwt"}[str(package.package_type)] + f"_{place}"
        children = [
            wrap(c, name, folder, on_disk, findings) for c in data.sim_package_list
            if str(c.package_type) == "obs" and getattr(c, "parent_file", None) is package
        ]
        wrapped = wrap(package, name, folder, on_disk, findings)
        if on_disk:
            findings.files += [str(p.path) for p in (wrapped, *children)]
        models = str(package.exgmnamea).lower(), str(package.exgmnameb).lower()
        found.append(ExchangeParts(wrapped, models, children))
    return found


def join_flow_models(sources: Sequence[tuple[list[ExchangeParts], Findings]], flows: dict[str, FlowModel]
                     ) -> list[Exchange]:
    """Return the exchanges between flow models; problems go to the findings of their simulation."""
    found: list[Exchange] = []
    for parts, findings in sources:
        here = [e for p in parts if (e := _read(p, flows)) is not None]
        for team in joined(list(flows), [e.models for e in here]):
            if len(team) > 1:
                between = [e for e in here if e.models[0] in team]
                findings.bad += merge_problems([flows[n] for n in team], between)
        found += here
    return found


def join_transport_models(
    sources: Sequence[list[ExchangeParts]], transports: Sequence[TransportModel], flow_exchanges: Sequence[Exchange]
) -> list[Exchange]:
    """Return the exchanges between transport models; problems go to the findings of their simulation."""
    models = {m.name: m for m in transports}
    found: list[Exchange] = []
    for parts in sources:
        here = []
        for part in parts:
            exchange = _read(part, models)
            if exchange is None:
                continue
            here.append(exchange)
            two = [models[n] for n in exchange.models]
            solved = [bool(m.flow_model) for m in two]
            if solved[0] != solved[1]:
                part.package.bad(f"of models {' and '.join(exchange.models)} one is carried by a flow solved here, "
                                 "the other by saved flows", hint="Give both the one or both the other.")
            check_transport_exchange(part.package, exchange, any(m.dispersion for m in two),
                                     list(flow_exchanges) if all(solved) else None)
        for team in joined(list(models), [e.models for e in here]):
            if len(team) > 1:
                between = [e for e in here if e.models[0] in team]
                findings = next(p.package.findings for p in parts if set(p.models) <= set(team))
                findings.bad += merge_problems([models[n] for n in team], between)
        found += here
    return found


def _read(parts: ExchangeParts, models: dict[str, Any]) -> Exchange | None:
    """Read the exchange if both its models are there; what flopy raises on the way becomes a problem."""
    if any(name not in models for name in parts.models):
        return None
    one, other = (models[name].grid for name in parts.models)
    try:
        return read_exchange(parts.package, parts.models, (one, other), parts.observations)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        text = " ".join(str(error).split()) or type(error).__name__
        parts.package.bad(f"cannot be read ({text[:300]})")
        return None
