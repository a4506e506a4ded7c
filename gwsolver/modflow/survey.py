"""The first look at a simulation, before flopy reads it: files, blocks, words, what is not supported."""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gwsolver.core.errors import Problem
from gwsolver.modflow.collect import Findings
from gwsolver.modflow.definitions import (
    block_names,
    class_names,
    data_words,
    known_packages,
    list_columns,
    needed_counts,
    option_words,
)
from gwsolver.modflow.load import silence
from gwsolver.modflow.locate import InputText, Record, file_in, scan
from gwsolver.modflow.support import EXCHANGES, TABLES, accepted_options, hint_for, packages_of

MODELS = ("GWF6", "GWT6")
GRIDS = {"dis": 3, "disv": 2, "disu": 1}
DATA_BLOCKS = ("GRIDDATA", "DIMENSIONS", "CONNECTIONDATA")
ARRAY_WORDS = ("CONSTANT", "INTERNAL", "OPEN/CLOSE", "NETCDF", "FACTOR", "NAN", "INF", "INFINITY")
CHILDREN = ("TS6", "TAS6", "OBS6")
TABLE_BLOCKS = dict(zip(("TABLES", "CROSSSECTIONS"), TABLES, strict=True))


class Survey:
    """What the first look found: of the simulation itself, and of each model by lower-case name.

    Attributes
    ----------
    whole : Findings
    models : dict of str to Findings
    loadable : bool
        False if a file is missing or its blocks are not closed: flopy is then not asked.
    refused : set of str
        Models of types that are not supported.
    index_sizes : dict of str to int
        Numbers that name a cell of each model.
    files : list of Path
        All files that were opened.
    """

    def __init__(self) -> None:
        self.whole = Findings()
        self.models: dict[str, Findings] = {}
        self.loadable = True
        self.refused: set[str] = set()
        self.index_sizes: dict[str, int] = {}
        self.files: list[Path] = []


def survey_files(folder: Path) -> Survey:
    """Look at the files of a simulation on disk."""
    survey = Survey()
    found = survey.whole
    text = _open(folder / "mfsim.nam", "mfsim.nam", survey, found)
    if text is None:
        return survey
    found.files.append(str(folder / "mfsim.nam"))
    _check_words(text, "nam", "sim", "mfsim.nam", found)
    for record in text.records("TIMING"):
        if len(record.words) > 1:
            _package(folder, "tdis", "sim", record, survey, found)
    if not any(r.key == "TDIS6" for r in text.records("TIMING")):
        found.bad.append(Problem("block TIMING names no TDIS6 file", file=str(text.path)))
    for record in text.records("MODELS"):
        _model(folder, record, survey)
    for record in text.records("EXCHANGES"):
        if record.key in EXCHANGES:
            _exchange(folder, record, survey)
            continue
        found.unsupported.append(_not_supported(f"exchange {record.key}", record, hint_for(record.key, "gwf")))
    for record in text.records("SOLUTIONGROUP"):
        if record.key == "IMS6" and len(record.words) > 1:
            _package(folder, "ims", "sim", record, survey, found)
        elif record.key not in ("MXITER", "IMS6"):
            found.unsupported.append(_not_supported(f"solution {record.key}", record))
    return survey


def _exchange(folder: Path, record: Record, survey: Survey) -> None:
    """Look at a record of block EXCHANGES and, of models of one kind, at the file it names."""
    found = survey.whole
    place = {"file": str(record.file), "line": record.line}
    if len(record.words) < 4:
        found.bad.append(Problem("an exchange needs type, file and two models", **place))  # type: ignore[arg-type]
        survey.loadable = False
        return
    models = [w.lower() for w in record.words[2:4]]
    missing = [m for m in models if m not in survey.models and m not in survey.refused]
    for name in missing:
        found.bad.append(Problem(f'an exchange names model "{name}", which block MODELS does not',
                                 **place))  # type: ignore[arg-type]
        survey.loadable = False
    if record.key == "GWF6-GWT6" or missing:
        return
    kind = record.key.lower().replace("6", "").replace("-", "")
    if models[0] == models[1]:
        found.unsupported.append(_not_supported(f"an exchange of model {models[0]} with itself", record))
    _package(folder, kind, "sim", record, survey, found, label=record.words[1])
    path = file_in(folder, record.words[1])
    if not path.is_file():
        return
    text = scan(path)
    sizes = [survey.index_sizes.get(m, 0) for m in models]
    auxiliary = next((len(r.words) - 1 for r in text.records("OPTIONS") if r.key in ("AUXILIARY", "AUX")), 0)
    needed = sum(sizes) + 4 + auxiliary
    for line in text.records("EXCHANGEDATA") if all(sizes) else ():
        where = {"file": str(line.file), "line": line.line, "package": record.words[1]}
        if line.key.startswith("(BINARY)"):
            break
        if len(line.words) < needed:
            found.bad.append(Problem(f"the record has {len(line.words)} words; {sum(sizes)} for the two cells and "
                                     f"{4 + auxiliary} more are needed", **where))  # type: ignore[arg-type]
            survey.loadable = False
        elif wrong := next((w for w in line.words[:sum(sizes) + 1] if not _is_whole(w)), None):
            found.bad.append(Problem(f'"{wrong}" is no cell number or IHC', **where))  # type: ignore[arg-type]
            survey.loadable = False


def _model(folder: Path, record: Record, survey: Survey) -> None:
    if len(record.words) < 3:
        survey.whole.bad.append(Problem("a model needs type, name file and name", file=str(record.file),
                                        line=record.line))
        survey.loadable = False
        return
    kind, name = record.key, record.words[2].lower()
    if kind not in MODELS:
        survey.whole.unsupported.append(_not_supported(f"model type {kind} ({name})", record))
        survey.refused.add(name)
        return
    found = survey.models.setdefault(name, Findings())
    text = _open(file_in(folder, record.words[1]), f"{kind} name file", survey, found, record)
    if text is None:
        return
    found.files.append(str(text.path))
    model = kind[:3].lower()
    _check_words(text, f"{model}nam", model, name, found, key="nam")
    n_index = next((n for r in text.records("PACKAGES") if (n := GRIDS.get(r.key.lower().removesuffix("6")))), 0)
    survey.index_sizes[name] = n_index
    for entry in text.records("PACKAGES"):
        package = entry.key.lower().removesuffix("6")
        if package in packages_of(model) and entry.key.endswith("6"):
            if len(entry.words) < 2:
                found.bad.append(Problem(f"{entry.key} names no file", file=str(text.path), line=entry.line))
                survey.loadable = False
            else:
                _package(folder, package, model, entry, survey, found)
                if package not in GRIDS:
                    _check_entries(folder, package, model, entry, n_index, found)
        elif f"{model}{package}" in known_packages() or package in ("mvr", "mvt", "api", "spc"):
            found.unsupported.append(_not_supported(f"package {entry.key}", entry, hint_for(entry.key, model)))
        else:
            known = sorted(f"{p.upper()}6" for p in packages_of(model))
            found.bad.append(Problem(f'package type "{entry.words[0]}" is not known', file=str(text.path),
                                     line=entry.line, hint=_nearest(entry.key, known)))


def _package(folder: Path, package: str, model: str, record: Record, survey: Survey, found: Findings,
             *, label: str = "") -> None:
    label = label or (record.words[2].lower() if len(record.words) > 2 else package)
    text = _open(file_in(folder, record.words[1]), record.key, survey, found, record)
    if text is None:
        return
    names = class_names(package, "" if model == "sim" else model)
    known = frozenset().union(*(block_names(n) for n in names))
    for block in text.blocks:
        if block.name not in known:
            found.bad.append(Problem(f'block "{block.name}" is not known here', file=str(text.path), line=block.line,
                                     package=label, hint=_nearest(block.name, sorted(known))))
    _check_words(text, names, model, label, found, key=package)
    _check_data(text, names, label, found)
    _check_counts(text, names, label, found)
    for source in text.records("FILEINPUT"):
        if len(source.words) > 3 and source.words[1].upper() == "SPC6":
            _package(folder, "spc", model, Record(source.line, (source.words[1], source.words[3]), source.file), survey,
                     found)
    for block, table in TABLE_BLOCKS.items():
        for row in text.records(block):
            if len(row.words) > 3 and row.words[1].upper() == "TAB6":
                _package(folder, table, "", Record(row.line, ("TAB6", row.words[3]), row.file), survey, found)
    for option in text.records("OPTIONS"):
        if option.key in CHILDREN and len(option.words) > 2:
            child = option.key.lower().removesuffix("6")
            inner = _open(file_in(folder, option.words[2]), option.key, survey, found, option)
            if inner is not None:
                _check_words(inner, class_names(child, model), model, label, found, key=child)


def _check_words(text: InputText, names: str | list[str], model: str, label: str, found: Findings, key: str = ""
                 ) -> None:
    """Hold each option word against flopy's definitions and against what is solved here."""
    names = [names] if isinstance(names, str) else names
    known = {w for n in names for w in option_words(n).values()}
    accepted = accepted_options(key or "sim", model)
    for record in text.records("OPTIONS"):
        word = record.key
        if word == "AUX":
            word = "AUXILIARY"
        if known and word not in known:
            found.bad.append(Problem(f'option "{record.words[0]}" is not known', file=str(record.file),
                                     line=record.line, package=label, hint=_nearest(word, sorted(known))))
        elif accepted is not None and word not in accepted:
            found.unsupported.append(_not_supported(f"option {word}", record, hint_for(word, model), label))


def _check_data(text: InputText, names: list[str], label: str, found: Findings) -> None:
    """Find names of arrays and counts that are not known: flopy passes over them."""
    for block in text.blocks:
        if block.name not in DATA_BLOCKS:
            continue
        known = frozenset().union(*(data_words(n, block.name) for n in names))
        for number, line in block.text:
            word = line.split(maxsplit=1)[0].upper() if line[:1].isalpha() or line.strip()[:1].isalpha() else ""
            if word and word not in known and word not in ARRAY_WORDS:
                found.bad.append(Problem(f'"{line.split()[0]}" is not known in block {block.name}',
                                         file=str(text.path), line=number, package=label,
                                         hint=_nearest(word, sorted(known))))


def _check_counts(text: InputText, names: list[str], label: str, found: Findings) -> None:
    """Find counts of the DIMENSIONS block that are missing or no whole numbers."""
    given = {r.key: r for r in text.records("DIMENSIONS")}
    for record in given.values():
        if len(record.words) < 2 or not _is_whole(record.words[1]):
            found.bad.append(Problem(record.key, value=" ".join(record.words[1:]) or "nothing", file=str(record.file),
                                     line=record.line, package=label, allowed="a whole number"))
    # A package that may be a list or arrays needs the counts of neither for sure.
    needed = needed_counts(names[0]) if len(names) == 1 else frozenset()
    for word in sorted(needed - given.keys()):
        line = text.named("DIMENSIONS")[0].line if text.named("DIMENSIONS") else None
        found.bad.append(Problem(f"{word} is missing in block DIMENSIONS", file=str(text.path), line=line,
                                 package=label))


def _check_entries(folder: Path, package: str, model: str, record: Record, n_index: int, found: Findings) -> None:
    """Find records of stress-period lists that are too short or do not begin with a cell."""
    needed = list_columns(f"{model}{package}")
    path = file_in(folder, record.words[1])
    if not needed or not n_index or not path.is_file():
        return
    text = scan(path)
    if any(r.key == "READASARRAYS" for r in text.records("OPTIONS")):
        return
    label = record.words[2].lower() if len(record.words) > 2 else package
    for block in text.named("PERIOD"):
        for entry in block.records():
            place = {"file": str(entry.file), "line": entry.line, "package": label}
            if entry.key.startswith("(BINARY)"):
                break
            if len(entry.words) < n_index + needed:
                found.bad.append(Problem(f"the record has {len(entry.words)} words; {n_index} for the cell and "
                                         f"{needed} more are needed", **place))  # type: ignore[arg-type]
            elif wrong := next((w for w in entry.words[:n_index] if not _is_whole(w)), None):
                found.bad.append(Problem(f'"{wrong}" is no cell number', **place))  # type: ignore[arg-type]


def _is_whole(word: str) -> bool:
    return word.removeprefix("-").isdigit() and len(word) < 12


def survey_memory(simulation: Any) -> Survey:
    """Look at a simulation in memory: the same refusals, without lines."""
    survey = Survey()
    whole = survey.whole
    _refuse_options(simulation.name_file, "nam", "sim", "mfsim.nam", whole)
    _refuse_options(simulation.tdis, "tdis", "sim", "tdis", whole)
    for package in simulation.exchange_files:
        kind = str(package.package_type)
        if kind in ("gwfgwf", "gwtgwt"):
            if str(package.exgmnamea).lower() == str(package.exgmnameb).lower():
                whole.unsupported.append(Problem(f"an exchange of model {package.exgmnamea} with itself is not "
                                                 "supported", package=str(package.package_name)))
            _refuse_options(package, kind, "sim", str(package.package_name), whole)
        elif kind != "gwfgwt":
            label = str(package.package_type).upper()
            whole.unsupported.append(Problem(f"exchange {label} is not supported", package=str(package.package_name),
                                             hint=hint_for(label, "gwf")))
    for name in simulation.model_names:
        model = simulation.get_model(name)
        kind = str(model.model_type).lower()[:3]
        if f"{kind.upper()}6" not in MODELS:
            whole.unsupported.append(Problem(f"model type {kind.upper()}6 ({name}) is not supported"))
            continue
        found = survey.models.setdefault(str(name).lower(), Findings())
        _refuse_options(model.name_file, "nam", kind, str(name), found)
        for package in model.packagelist:
            word = str(package.package_type).lower()
            plain = word[:-1] if word in ("rcha", "evta") else word
            if plain in ("ts", "tas", *TABLES):
                continue
            if plain in ("spc", "spca"):
                _refuse_options(package, "spc", kind, str(package.package_name), found)
                continue
            if plain not in packages_of(kind):
                found.unsupported.append(Problem(f"package {word.upper()}6 is not supported",
                                                 package=str(package.package_name), hint=hint_for(word, kind)))
                continue
            _refuse_options(package, plain, kind, str(package.package_name), found)
    return survey


def _refuse_options(package: Any, key: str, model: str, label: str, found: Findings) -> None:
    accepted = accepted_options("sim" if model == "sim" and key == "nam" else key, model)
    block = package.blocks.get("options")
    if block is None or accepted is None:
        return
    names = class_names(str(package.package_type), "" if model == "sim" else model)
    words = {k: v for n in names for k, v in option_words(n).items()}
    for name, data in block.datasets.items():
        with silence():
            value = data.get_data() if data.has_data() else None
        if value is None or value is False:
            continue
        word = words.get(name.replace("-", "_"), name.upper())
        if word not in accepted:
            found.unsupported.append(Problem(f"option {word} is not supported", package=label,
                                             hint=hint_for(word, model)))


def _open(path: Path, what: str, survey: Survey, found: Findings, record: Record | None = None) -> InputText | None:
    """Scan a file; what keeps it from being read goes to the findings."""
    place = {"file": str(record.file), "line": record.line} if record else {}
    try:
        text = scan(path)
    except (OSError, ValueError) as error:
        reason = "is not there" if isinstance(error, FileNotFoundError) else "cannot be opened"
        found.bad.append(Problem(f'{what} file "{path.name}" {reason}', **place) if record  # type: ignore[arg-type]
                         else Problem(reason.replace("is not there", "there is no such file"), file=str(path)))
        survey.loadable = False
        return None
    survey.files.append(path)
    if text.problems:
        found.bad += text.problems
        survey.loadable = False
    return text


def _not_supported(what: str, record: Record, hint: str = "", package: str = "") -> Problem:
    return Problem(f"{what} is not supported", file=str(record.file), line=record.line, package=package, hint=hint)


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word.upper(), list(known), n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else f"Known are {', '.join(known)}."
