"""The door: MODFLOW 6 simulations, from disk or from memory, to one core Simulation."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.exchange import joined
from gwsolver.core.simulation import FlowModel, SavedFlows, Simulation, TransportModel
from gwsolver.core.time import StressPeriod, TimeAxis
from gwsolver.modflow.collect import RUN_MODFLOW, Findings
from gwsolver.modflow.joining import ExchangeParts, find_exchanges, join_flow_models, join_transport_models
from gwsolver.modflow.load import by_period, load_simulation, rows, words
from gwsolver.modflow.locate import file_in, forget
from gwsolver.modflow.model import ModelParts, flow_model, guarded, take_apart, transport_model
from gwsolver.modflow.packages import Package, wrap
from gwsolver.modflow.plain_arrays import NotPlain
from gwsolver.modflow.plain_simulation import PlainSimulation
from gwsolver.modflow.survey import Survey, survey_files, survey_memory

FLOW_CHOICES = ("auto", "solve", "saved")


@dataclass(eq=False)
class Source:
    """One MODFLOW simulation: its folder, flopy's object (None if it could not be loaded), its models."""

    folder: Path
    on_disk: bool
    data: Any
    findings: Findings
    flow: dict[str, ModelParts]
    transport: dict[str, ModelParts]
    pairs: dict[str, str]
    exchanges: list[ExchangeParts] = field(default_factory=list)


def read(path_or_simulation: Any, *, flow: str = "auto") -> Simulation:
    """Read MODFLOW 6 simulations into core types.

    Parameters
    ----------
    path_or_simulation : path or flopy MFSimulation
        A folder with mfsim.nam, a folder of such folders that feed each other through FMI, or a
        simulation in memory.
    flow : str
        "auto": solve the flow if its simulation is there and supported, else take saved flows;
        "solve"; "saved": take what FMI, or the flow model's OC, names.

    Raises
    ------
    InputError
        With every problem found.
    """
    if flow not in FLOW_CHOICES:
        raise InputError([Problem("flow", value=flow, allowed=f"one of {', '.join(FLOW_CHOICES)}")])
    try:
        if not isinstance(path_or_simulation, (str, Path)):
            return _assemble([open_memory(path_or_simulation)], flow)
        folders = find_folders(Path(path_or_simulation))
        try:
            return _assemble([open_plain(f) for f in folders], flow)
        except (NotPlain, InputError):
            # What is wrong, flopy has the last word on: the plain reader is for input that is plainly right.
            return _assemble([open_folder(f) for f in folders], flow)
    finally:
        forget()


def find_folders(path: Path) -> list[Path]:
    """Return the folders with an mfsim.nam: the path itself, or all below it that hold no results."""
    if path.is_file() and path.name.lower() == "mfsim.nam":
        path = path.parent
    if not path.is_dir():
        raise InputError([Problem("no such folder", file=str(path))])
    if (path / "mfsim.nam").is_file():
        return [path]
    found = sorted(
        f.parent for f in path.rglob("mfsim.nam")
        if not any(p.name == "results" or (p / "summary.json").exists()
                   for p in (f.parent, *f.parent.parents) if p != path and path in p.parents))
    if not found:
        raise InputError([Problem("no mfsim.nam here or in a folder below", file=str(path),
                                  hint="Name the folder of a MODFLOW 6 simulation.")])
    return found


def open_plain(folder: Path) -> Source:
    """Read the simulation of a folder without flopy; NotPlain if that will not do."""
    survey = survey_files(folder)
    if not survey.whole.clean or not all(f.clean for f in survey.models.values()):
        raise NotPlain(str(folder))
    return _source(folder, True, PlainSimulation(folder), survey)


def open_folder(folder: Path) -> Source:
    """Survey the simulation of a folder and let flopy load it."""
    survey = survey_files(folder)
    data = None
    if survey.loadable:
        data, problems = load_simulation(folder, survey.files)
        if survey.whole.clean and all(f.clean for f in survey.models.values()):
            survey.whole.bad += problems
    try:
        return _source(folder, True, data, survey)
    except Exception as error:
        # flopy reads some blocks only when they are asked for, and raises what it likes then.
        text = " ".join(str(error).split()) or type(error).__name__
        survey.whole.bad.append(Problem(f"cannot be read ({text[:300]})", file=str(folder / "mfsim.nam")))
        return _source(folder, True, None, survey)


def open_memory(simulation: Any) -> Source:
    """Take a flopy simulation as it stands in memory."""
    if not hasattr(simulation, "simulation_data") or not hasattr(simulation, "model_names"):
        raise InputError([Problem(f"cannot read a {type(simulation).__name__}",
                                  allowed="a path or a flopy.mf6.MFSimulation")])
    folder = Path(str(simulation.simulation_data.mfpath.get_sim_path()))
    return _source(folder, False, simulation, survey_memory(simulation))


def _source(folder: Path, on_disk: bool, data: Any, survey: Survey) -> Source:
    findings = survey.whole
    source = Source(folder, on_disk, data, findings, {}, {}, {})
    if data is None:
        for own in survey.models.values():
            findings.add(own)
        return source
    time = read_time(wrap(data.tdis, "tdis", folder, on_disk, findings))
    solvers = _solvers(data, folder, on_disk, findings)
    checked = not wrap(data.name_file, "mfsim", folder, on_disk, findings).give("nocheck", False)
    for name in data.model_names:
        model = data.get_model(name)
        kind = str(model.model_type).lower()[:3]
        if kind not in ("gwf", "gwt"):
            continue
        own = survey.models.setdefault(str(name).lower(), Findings())
        parts = take_apart(model, folder, on_disk, time, own)
        parts.ims, parts.checked = solvers.get(parts.name), checked
        (source.flow if kind == "gwf" else source.transport)[parts.name] = parts
    for row in rows(getattr(data.name_file, "exchanges", None)):
        if str(row[0]).lower().startswith("gwf6-gwt6"):
            source.pairs[str(row[3]).lower()] = str(row[2]).lower()
    if not on_disk or not source.pairs:
        for package in data.exchange_files:
            if str(package.package_type) == "gwfgwt":
                source.pairs[str(package.exgmnameb).lower()] = str(package.exgmnamea).lower()
    source.exchanges = find_exchanges(data, folder, on_disk, findings)
    return source


def _solvers(data: Any, folder: Path, on_disk: bool, findings: Findings) -> dict[str, Package]:
    found: dict[str, Package] = {}
    files = {str(p.filename): p for p in data.sim_package_list if str(p.package_type) == "ims"}
    for group in by_period(getattr(data.name_file, "solutiongroup", None)).values():
        for row in group if group is not None else ():
            package = files.get(str(row[1]))
            if package is not None:
                wrapped = wrap(package, "ims", folder, on_disk, findings)
                for model in list(row)[2:]:
                    found[str(model).lower()] = wrapped
    return found


def read_time(package: Package) -> TimeAxis:
    """Return TDIS's periods, unit and start date."""
    periods = []
    count = int(package.give("nper", 0) or 0)
    records = rows(package.data.perioddata)
    if len(records) != count:
        package.bad(f"block PERIODDATA has {len(records)} records, NPER = {count}", block="DIMENSIONS", word="NPER")
    text = package.text()
    lines = list(text.records("PERIODDATA")) if text else []
    for i, row in enumerate(records):
        line = lines[i].line if i < len(lines) else None
        try:
            length, steps, multiplier = float(row[0]), int(row[1]), float(row[2])
        except (TypeError, ValueError):
            package.bad(f"period {i + 1} needs PERLEN, NSTP and TSMULT", line=line)
            continue
        endless = float("inf")
        for name, value, ok in (("perlen", length, 0.0 <= length < endless), ("nstp", steps, steps > 0),
                                ("tsmult", multiplier, 0.0 < multiplier < endless)):
            if not ok:
                package.bad(f"{name} of period {i + 1}", value=value, line=line,
                            allowed="[0, inf)" if name == "perlen" else "(0, inf)")
        periods.append(StressPeriod(length, max(steps, 1), multiplier))
    if not periods and not package.findings.bad:
        package.bad("there are no stress periods")
    unit = str(package.give("time_units", "unknown")).lower()
    return TimeAxis(tuple(periods), unit, _start(package))


def _start(package: Package) -> str:
    """Return START_DATE_TIME; MODFLOW lets any text pass, but only an ISO date can be used."""
    given = package.give("start_date_time")
    text = "" if given is None else str(given).strip("'\"")
    try:
        datetime.fromisoformat(text or "1970-01-01")
    except ValueError:
        package.findings.warn(f"{package.file}: START_DATE_TIME = {text} is not an ISO date (2010-01-31) and is passed "
                              "over: dates are unknown unless case.toml gives them ([case] start).")
        return ""
    return text


def _assemble(sources: list[Source], choice: str) -> Simulation:
    total = Findings()
    _check_names(sources, total)
    flows: dict[str, FlowModel] = {}
    for source in sources:
        for name, parts in source.flow.items():
            model = guarded(parts, partial(flow_model, parts))
            if model is not None:
                flows[name] = model
    exchanges = join_flow_models([(s.exchanges, s.findings) for s in sources], flows)
    teams = {n: t for t in joined(list(flows), [e.models for e in exchanges]) for n in t}
    clean = {n: n in flows and s.findings.clean and p.findings.clean for s in sources for n, p in s.flow.items()}
    # Models that are joined are solved together or not at all.
    solvable = {n: all(clean[other] for other in teams.get(n, [n])) for n in clean}
    transports: list[TransportModel] = []
    used: set[str] = set()
    dropped: set[str] = set()
    passed_over: list[Problem] = []
    for source in sources:
        for name, parts in source.transport.items():
            carrier, saved = _carrier(source, name, parts, sources, total)
            solve = carrier != "" and choice != "saved" and (
                solvable[carrier] or choice == "solve" or not _saved_there(saved)
                or _wrong(sources, carrier))
            if solve:
                used.update(teams.get(carrier, [carrier]))
                total.note(f"{name}: its flow is that of {carrier}, solved here.")
                build = partial(transport_model, parts, flows.get(carrier), carrier, None, solvable[carrier])
            else:
                if carrier:
                    dropped.update(teams.get(carrier, [carrier]))
                told = saved is None and choice != "solve" and "fmi" in parts.singles  # what FMI lacks
                if not told and (not _saved_there(saved) or choice == "solve"):
                    total.bad.append(_no_flow(name, parts, carrier, saved, choice))
                elif saved is not None:
                    total.note(f"{name}: its flow is read from {saved.head_file} and {saved.budget_file}.")
                build = partial(transport_model, parts, None, "", saved, False)
            model = guarded(parts, build)
            if model is not None:
                transports.append(model)
            total.add(parts.findings)
    exchanges += join_transport_models([s.exchanges for s in sources], transports, exchanges)
    for source in sources:
        idle = all(n in dropped and n not in used for n in source.flow)
        only_saved = bool(source.flow) and not source.transport and idle
        if not only_saved:
            total.add(source.findings)
        else:
            total.files += source.findings.files
        for name, parts in source.flow.items():
            if name in used or name not in dropped:
                total.add(parts.findings)
            elif choice != "saved":
                reasons = [*source.findings.unsupported, *parts.findings.unsupported]
                total.note(f"{name} is not solved: {'; '.join(p.what for p in reasons) or 'its saved flows are used'}.")
                passed_over += reasons
    if not total.clean:
        total.unsupported += [p for p in passed_over if p not in total.unsupported]
    total.stop()
    kept = tuple(m for n, m in flows.items() if n in used or n not in dropped)
    if not kept and not transports:
        raise InputError([Problem("there is no GWF or GWT model to run",
                                  file=str(sources[0].folder / "mfsim.nam") if sources[0].on_disk else "")])
    names = {m.name for m in (*kept, *transports)}
    return Simulation(kept, tuple(transports), tuple(e for e in exchanges if set(e.models) <= names),
                      notes=tuple(total.notes), warnings=tuple(total.warnings),
                      files=tuple(dict.fromkeys(total.files)))


def _check_names(sources: list[Source], total: Findings) -> None:
    seen: dict[str, Path] = {}
    for source in sources:
        for name in (*source.flow, *source.transport):
            if name in seen:
                total.bad.append(Problem(f'model name "{name}" is also that of a model in {seen[name]}',
                                         file=str(source.folder / "mfsim.nam"), hint="Give every model its own name."))
            seen[name] = source.folder


def _wrong(sources: list[Source], carrier: str) -> bool:
    """Whether the flow model is bad input, not only unsupported: then it is not passed over."""
    return any(s.findings.bad or s.flow[carrier].findings.bad for s in sources if carrier in s.flow)


def _saved_there(saved: SavedFlows | None) -> bool:
    return saved is not None and Path(saved.head_file).is_file() and Path(saved.budget_file).is_file()


def _carrier(source: Source, name: str, parts: ModelParts, sources: list[Source], total: Findings
             ) -> tuple[str, SavedFlows | None]:
    """Return the flow model that carries a transport model, and where its flows are or would be saved."""
    if name in source.pairs:
        carrier = source.pairs[name]
        if carrier not in source.flow:
            return "", None
        return carrier, _oc_files(source.flow[carrier], source.folder)
    fmi = parts.singles.get("fmi")
    if fmi is None:
        return "", None
    named = {str(r[0]).lower(): str(r[-1]).strip("'\"") for r in rows(fmi.data.packagedata)}
    if "gwfhead" not in named or "gwfbudget" not in named:
        missing = " and ".join(k.upper() for k in ("gwfhead", "gwfbudget") if k not in named)
        fmi.bad(f"{missing} is missing in block PACKAGEDATA")
        return "", None
    head, budget = (_resolved(source.folder, named[k]) for k in ("gwfhead", "gwfbudget"))
    grid_file = _resolved(source.folder, named["gwfgrid"]) if "gwfgrid" in named else _grid_beside(head)
    saved = SavedFlows(str(head), str(budget), str(grid_file) if grid_file else "")
    for other in sources:
        for flow_name, flow_parts in other.flow.items():
            made = _oc_files(flow_parts, other.folder)
            if made is not None and (Path(made.head_file) == head or Path(made.budget_file) == budget):
                if not saved.grid_file and made.grid_file:
                    saved = SavedFlows(saved.head_file, saved.budget_file, made.grid_file)
                return flow_name, saved
    return "", saved


def _resolved(folder: Path, name: str) -> Path:
    return file_in(folder, name).resolve()


def _grid_beside(head: Path) -> Path | None:
    """Return the only binary grid file beside a head file, None if there are none or several."""
    if not head.parent.is_dir():
        return None
    found = sorted(head.parent.glob("*.grb"))
    return found[0] if len(found) == 1 else None


def _oc_files(parts: ModelParts, folder: Path) -> SavedFlows | None:
    oc = parts.singles.get("oc")
    if oc is None:
        return None
    names = {}
    for key in ("head_filerecord", "budget_filerecord"):
        found = words(getattr(oc.data, key, None))
        if not found:
            return None
        names[key] = _resolved(folder, found[-1].strip("'\""))
    grid = parts.singles.get("grid")
    grid_file = Path(f"{grid.path}.grb").resolve() if grid else None
    return SavedFlows(str(names["head_filerecord"]), str(names["budget_filerecord"]),
                      str(grid_file) if grid_file is not None and grid_file.is_file() else "")


def _no_flow(name: str, parts: ModelParts, carrier: str, saved: SavedFlows | None, choice: str) -> Problem:
    fmi = parts.singles.get("fmi")
    place = {"file": fmi.file if fmi else parts.file, "package": name}
    if choice == "solve" and not carrier:
        return Problem("no simulation here makes the flow that carries this model", **place,
                       hint="Put the flow model's simulation beside it, or take its saved flows.")
    if saved is not None:
        missing = [f for f in (saved.head_file, saved.budget_file) if not Path(f).is_file()]
        return Problem(f"no flow: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not there, and no "
                       "simulation here that can be solved makes them", **place, hint=RUN_MODFLOW)
    return Problem("no flow carries this model: it has neither a GWF-GWT exchange nor an FMI package", **place,
                   hint="Add a GWF6-GWT6 exchange to mfsim.nam, or an FMI package. Where water stands still, a "
                        "flow model without stresses carries the solute.")
