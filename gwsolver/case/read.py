"""Reading case.toml: all problems at once, each with its line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from gwsolver.case.limits import limit_problems
from gwsolver.case.quantity import Quantity
from gwsolver.case.scenario import Scenarios
from gwsolver.case.schema import CaseFile, PlaceTable, SpeciesTable
from gwsolver.case.settings import Case
from gwsolver.case.species_values import sorption_contradictions
from gwsolver.case.surface.observed import level_problems
from gwsolver.case.uncertain import Uncertain
from gwsolver.core.errors import InputError, Problem, nearest
from gwsolver.core.figures import FIGURES, NETWORK, SHARED
from gwsolver.core.lines import LineIndex, Location

FILE = "case.toml"


def read_case(path: str | Path) -> Case:
    """Return the case of a folder (or of the case.toml itself).

    Raises
    ------
    InputError
        With everything that is wrong in it: file, line, key, value, what is allowed.
    """
    file = Path(path)
    file = file / FILE if file.is_dir() else file
    text = _text(file)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([_broken(file, text, error)]) from None
    lines = LineIndex(text)
    try:
        content = CaseFile.model_validate(raw)
    except ValidationError as error:
        raise InputError(_sorted([*_problems(error, raw, str(file), lines)])) from None
    problems = [*_contradictions(content, file, lines)]
    if problems:
        raise InputError(_sorted(problems))
    return Case(file=file, content=content, lines=lines)


def simulation_named(folder: Path) -> Path | None:
    """Return the folder of the simulation that a case.toml names, whatever else is wrong in it; None if it does not."""
    try:
        raw = tomllib.loads(_text(folder / FILE))
    except (InputError, tomllib.TOMLDecodeError):
        return None
    table = raw.get("modflow", {})
    name = table.get("simulation", ".") if isinstance(table, dict) else None
    found = folder / name if isinstance(name, str) and "surface" not in raw else None
    return found if found is not None and found.is_dir() else None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError([Problem("there is no such file", str(file))]) from None
    except OSError as error:
        raise InputError([Problem(f"cannot be read: {error.strerror}", str(file))]) from None
    except UnicodeDecodeError:
        raise InputError([Problem("is not UTF-8 text", str(file), hint="Save the file as UTF-8.")]) from None


def _broken(file: Path, text: str, error: tomllib.TOMLDecodeError) -> Problem:
    words = str(error)
    match = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)", words)
    line = int(match.group(1)) if match and match.group(1) else max(len(text.splitlines()), 1)
    return Problem(
        f"is not valid TOML: {words[: match.start()] if match else words}", str(file), line,
        hint="Texts and values with units stand in quotes: k = \"35 m/d\".",
    )


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda p: p.line or 0)


def _problems(error: ValidationError, raw: Mapping[str, Any], file: str, lines: LineIndex) -> Iterator[Problem]:
    """Turn pydantic's findings into ours; alternatives of one key are told once."""
    seen = set()
    # A value that may be a table too is a wrong value, not a table that is missing.
    for found in sorted(error.errors(include_url=False), key=lambda e: e["type"] == "dict_type"):
        location = _in_file(found["loc"], raw, missing=found["type"] == "missing")
        if location in seen:
            continue
        seen.add(location)
        place, line, key = _place(location[:-1], raw), lines.line(location), str(location[-1])
        kind, shown = found["type"], found["input"]
        if kind == "extra_forbidden":
            known = _known_keys(location, raw)
            near = nearest(key, known)
            hint = f"Did you mean {near!r}?" if near else f"Known here: {', '.join(known)}."
            yield Problem(f"unknown key {key!r}", file, line, place, hint=hint)
        elif location == ("case",) and kind == "missing":
            yield Problem("the table [case] is missing", file, 1, hint="It needs at least a title.")
        elif kind in ("union_tag_invalid", "union_tag_not_found"):
            given = shown.get("model") if isinstance(shown, dict) else None
            allowed = found["ctx"].get("expected_tags") or "', '".join(_models_of(location))
            yield Problem("model" if given else "the key 'model' is missing", file, lines.line((*location, "model")),
                          _place(location, raw), value=repr(given) if given else None,
                          allowed="one of " + allowed.replace("'", ""))
        elif kind == "missing":
            yield Problem(f"the key {key!r} is missing", file, lines.line(location[:-1]), place)
        elif kind in ("quantity", "value_error"):
            words = found["ctx"].get("words") or str(found["ctx"].get("error"))
            inner = found["ctx"].get("key")
            yield Problem(f"{key}: {words}", file, lines.line((*location, inner)) if inner else line, place)
        elif kind == "literal_error":
            yield Problem(key, file, line, place, value=repr(shown), allowed=_allowed(location, found, raw))
        else:
            yield Problem(f"{key}: {_lower(found['msg'])}", file, line, place, value=repr(shown))


def _in_file(loc: Location, raw: Any, *, missing: bool) -> Location:
    """Drop the parts of a pydantic location that name alternatives of a type, not keys of the file."""
    kept: list[str | int] = []
    for part in loc:
        inside = (isinstance(raw, dict) and part in raw) or (isinstance(raw, list) and isinstance(part, int))
        if not inside and isinstance(raw, dict) and raw.get("model") == part:
            continue
        if not inside:
            return (*kept, part) if missing else tuple(kept) or (part,)
        kept.append(part)
        raw = raw[part]
    return tuple(kept)


def _table_at(location: Location, raw: Any) -> type[BaseModel] | None:
    """Return the class that reads the table at a location; of several the one that its `model` names."""
    model: type[BaseModel] = CaseFile
    inner: list[type[BaseModel]] = [CaseFile]
    by_name = False  # tables under names of the user's choice, or of a list: [degradation.acceptors.oxygen]
    for part in location:
        raw = raw[part] if isinstance(raw, list | dict) else None
        if isinstance(part, int) or by_name:
            by_name = False
            model = next((t for t in inner if _is_named(t, raw)), model)
            continue
        if part not in model.model_fields:
            return None
        annotation = model.model_fields[part].annotation
        inner, by_name = list(_tables(annotation)), get_origin(annotation) is dict
        if not inner:
            return None
        model = inner[0]
    return next((t for t in inner if _is_named(t, raw)), model)


def _tables(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the classes of tables in an annotation."""
    for a in (annotation, *get_args(annotation)):
        if isinstance(a, type) and issubclass(a, BaseModel):
            yield a
        elif a is not annotation:
            yield from _tables(a)


def _models_of(location: Location) -> list[str]:
    """Return the words that `model` accepts in the tables at a location."""
    field = CaseFile.model_fields[str(location[0])]
    return [str(w) for t in _tables(field.annotation) for w in get_args(t.model_fields["model"].annotation)]


def _is_named(table: type[BaseModel], raw: Any) -> bool:
    """Return whether the key `model` of a raw table names this class of several."""
    field = table.model_fields.get("model")
    return field is not None and isinstance(raw, dict) and raw.get("model") in get_args(field.annotation)


def _known_keys(location: Location, raw: Any) -> list[str]:
    table = _table_at(location[:-1], raw)
    if table is None:
        return ["en", "ru", "kk", "fr"]
    return [field.alias or key for key, field in table.model_fields.items()]


def _allowed(location: Location, found: Any, raw: Any) -> str:
    """Words that a key accepts; pydantic gives them per alternative."""
    table = _table_at(location[:-1], raw)
    if table is not None and str(location[-1]) in table.model_fields:
        words = [w for w in _literals(table.model_fields[str(location[-1])].annotation) if w]
        if words:
            return "one of " + ", ".join(str(w) for w in words)
    return str(found["ctx"]["expected"])


def _literals(annotation: Any) -> Iterator[Any]:
    for argument in get_args(annotation):
        if isinstance(argument, str | int):
            yield argument
        else:
            yield from _literals(argument)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _place(location: Location, raw: Mapping[str, Any]) -> str:
    """Name a table as it stands in the file: "[case]", "[[receptor]] number 2"."""
    names = [str(p) for p in location if isinstance(p, str)]
    if not names:
        return ""
    # A list in a list: "[[scenario.well]] number 1 of 2".
    ends = [i for i, p in enumerate(location) if isinstance(p, int)]
    if ends and _in_tables(location[:ends[0]], raw):
        inner = [str(p) for p in location[:ends[-1]] if isinstance(p, str)]
        numbers = " of ".join(str(int(location[i]) + 1) for i in reversed(ends))
        return f"[[{'.'.join(inner)}]] number {numbers}"
    if isinstance(raw.get(names[0]), list):
        return f"[[{names[0]}]]"
    return f"[{'.'.join(names)}]"


def _in_tables(location: Location, raw: Any) -> bool:
    """Return whether a list of tables stands at a location."""
    for part in location:
        raw = raw.get(part) if isinstance(raw, Mapping) else None
    return isinstance(raw, list)


def _contradictions(content: CaseFile, file: Path, lines: LineIndex) -> Iterator[Problem]:
    """Yield what no single key shows: doubles, missing partners, a folder that is not there."""
    def problem(location: Location, what: str, hint: str = "") -> Problem:
        table = _place(location, {"species": [], "source": [], "receptor": [], "limit": [], "figure": []})
        return Problem(what, str(file), lines.line(location), table, hint=hint)

    folder = file.parent / content.modflow.simulation
    if not folder.is_dir():
        yield problem(("modflow", "simulation"), f"there is no folder {content.modflow.simulation!r}",
                      "Name the folder with mfsim.nam, seen from case.toml.")
    for table in ("species", "source", "receptor"):
        names: dict[str, int] = {}
        for i, entry in enumerate(getattr(content, table)):
            if entry.name.lower() in names:
                yield problem((table, i, "name"), f"name {entry.name!r} stands twice")
            names[entry.name.lower()] = i
    for i, species in enumerate(content.species):
        yield from _species_contradictions(i, species, problem)
    for table in ("source", "receptor"):
        for i, place in enumerate(getattr(content, table)):
            yield from _place_contradictions(table, i, place, problem)
    yield from limit_problems(content, file.parent, problem)
    yield from Scenarios(content.scenario, str(file), lines).contradictions()
    yield from Uncertain(content.ensemble, str(file), lines).contradictions()
    yield from level_problems(content.surface, file, lines)
    files: set[str] = set()
    for i, figure in enumerate(content.figure):
        if Path(figure.file).suffix.lower() not in (".png", ".svg", ".pdf"):
            yield problem(("figure", i, "file"), f"file = {figure.file!r} is neither .png, .svg nor .pdf")
        if Path(figure.file).is_absolute() or ".." in Path(figure.file).parts:
            yield problem(("figure", i, "file"), f"file = {figure.file!r} leaves the results folder")
        suits = [k for k in FIGURES if (k in NETWORK) == (content.surface is not None)]
        if figure.kind not in suits:
            shown = "a network of rivers and lakes" if content.surface is not None else "a MODFLOW simulation"
            yield problem(("figure", i, "kind"), f"kind {figure.kind!r} does not show {shown}",
                          f"These do: {', '.join(suits)}.")
        for key in sorted(figure.model_fields_set - {"kind", "file", *SHARED, *FIGURES[figure.kind]}):
            yield problem(("figure", i, key), f"{key} is no setting of kind {figure.kind!r}",
                          f"It takes {', '.join((*FIGURES[figure.kind], *SHARED))}.")
        if figure.file in files:
            yield problem(("figure", i, "file"), f"file {figure.file!r} stands twice")
        files.add(figure.file)


def _species_contradictions(i: int, species: SpeciesTable, problem: Any) -> Iterator[Problem]:
    own = ("initial", "decay", "decay_sorbed", "distribution_coefficient", "koc", "foc", "bulk_density",
           "boundary_factor", "inflow", "own_boundaries")
    given = [k for k in own if k in species.model_fields_set]
    if species.model and species.like:
        yield problem(("species", i, "like"), "'model' and 'like' exclude each other",
                      "'model' renames a GWT model, 'like' adds a species beside it.")
    if given and not species.like:
        yield problem(("species", i, given[0]), f"{given[0]} needs 'like'",
                      "A GWT model has its values in its MODFLOW files; only a species added by 'like' has its own.")
    for key, what, hint in sorption_contradictions(species):
        yield problem(("species", i, key), what, hint)
    for key in given:
        value = getattr(species, key)
        for one in value.values() if isinstance(value, dict) else (value,):
            if isinstance(one, Quantity) and one.is_list:
                yield problem(("species", i, key), f"{key} takes one number")


def _place_contradictions(table: str, i: int, place: PlaceTable, problem: Any) -> Iterator[Problem]:
    if place.polygon and len(place.polygon) < 3:
        yield problem((table, i, "polygon"), "a polygon needs three corners or more")
    if (place.x is None) != (place.y is None):
        yield problem((table, i, "x" if place.y is None else "y"), "x and y belong together")
    elif place.x is None and not place.polygon:
        yield problem((table, i), f"{place.name!r} needs x and y, or a polygon")
