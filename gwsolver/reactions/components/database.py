"""The database of components, crudes and limits: gwsolver's own tables, and the user's on top of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TypeVar

from gwsolver.core.errors import InputError, Problem, nearest
from gwsolver.core.units import convert, parse_unit
from gwsolver.reactions.components.columns import CRUDE, LIMITS, PROPERTIES
from gwsolver.reactions.components.component import Component
from gwsolver.reactions.components.crude import Crude, CrudePart
from gwsolver.reactions.components.formula import atoms, molar_mass
from gwsolver.reactions.components.tables import Row, read_rows

FILES = ("properties.csv", "crude.csv", "limits.csv")
WHOLE = 100.0  # what the parts of a crude sum to [%]
AGREES = 1e-3  # relative difference between a molar mass and that of its formula
T = TypeVar("T")


@dataclass(frozen=True)
class DrinkingLimit:
    """A limit that a law or guideline sets.

    Attributes
    ----------
    component : str
        Name in the database.
    jurisdiction : str
        "WHO", "EU", "Kazakhstan", ...
    use : str
        "drinking water", "fishery", ...
    value : float
        In `unit`.
    unit : str
    date : str
        Of the act, ISO; "" where it was not checked.
    reference : str
        The act.
    status, note : str
    """

    component: str
    jurisdiction: str
    use: str
    value: float
    unit: str
    date: str
    reference: str
    status: str
    note: str = ""

    def to(self, unit: str) -> float:
        """Return the value in another unit."""
        return convert(self.value, self.unit, unit)


class Database:
    """Components, crudes and limits by name; names are compared without case, blanks, "-" and "_".

    Parameters
    ----------
    files : iterable of path
        Read in this order; later rows replace earlier ones of the same name, crudes as a whole.

    Raises
    ------
    InputError
        With everything that is wrong in all files.

    Attributes
    ----------
    components : dict of str to Component
    crudes : dict of str to Crude
    limits : tuple of DrinkingLimit
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self.components: dict[str, Component] = {}
        self.crudes: dict[str, Crude] = {}
        limits: dict[tuple[str, str, str], DrinkingLimit] = {}
        problems: list[Problem] = []
        self._names: dict[str, str] = {}
        for path in files:
            rows, wrong = read_rows(path)
            problems += wrong
            own = {t.word: [r for r in rows if r.table is t] for t in (PROPERTIES, CRUDE, LIMITS)}
            problems += self._add_components(own["component"]) + self._add_crudes(own["crude"])
            problems += self._add_limits(own["limit"], limits)
        self.limits = tuple(limits.values())
        if problems:
            raise InputError(problems)

    def component(self, name: str) -> Component:
        """Return a component by its name or an alias; `InputError` with the nearest name if there is none."""
        return _named(name, self._names, self.components, "component")

    def crude(self, name: str) -> Crude:
        """Return a crude by its name; `InputError` with the nearest name if there is none."""
        return _named(name, {_plain(n): n for n in self.crudes}, self.crudes, "crude")

    def limits_of(self, component: str) -> tuple[DrinkingLimit, ...]:
        """Return all limits of a component."""
        name = self._names.get(_plain(component), component)
        return tuple(found for found in self.limits if _plain(found.component) == _plain(name))

    def limit(self, component: str, jurisdiction: str, use: str = "drinking water") -> DrinkingLimit:
        """Return one limit; `InputError` naming those that there are if it is not among them."""
        known = self.limits_of(component)
        for found in known:
            if _plain(found.jurisdiction) == _plain(jurisdiction) and _plain(found.use) == _plain(use):
                return found
        have = "; ".join(f"{k.jurisdiction} ({k.use}): {k.value:g} {k.unit}" for k in known)
        raise InputError([Problem(f"no limit of {component!r} for {use} in {jurisdiction!r} is known",
                                  hint=f"Known: {have}." if have else "Give it as a limit of your own.")])

    def _add_components(self, rows: list[Row]) -> list[Problem]:
        problems, own = [], set()
        for row in rows:
            v = dict(row.values)
            v["aliases"] = tuple(a.strip() for a in v["aliases"].split(";") if a.strip())
            v["molar_mass"], wrong = _molar_mass(row)
            problems += wrong
            if v["liquid_solubility"] is None and v["kind"] != "PAH":  # those are solids: a factor of three and more
                v["liquid_solubility"] = v["solubility"]
            if _plain(v["name"]) in own:
                problems.append(row.problem(f"component {v['name']!r} stands in this file twice"))
            own.add(_plain(v["name"]))
            known = self._names.get(_plain(v["name"]), v["name"])
            self.components.pop(known, None)
            component = Component(**v, file=row.file, line=row.line)
            self.components[component.name] = component
            for name in (known, component.name, *component.aliases):
                self._names[_plain(name)] = component.name
        return problems

    def _add_crudes(self, rows: list[Row]) -> list[Problem]:
        by_oil: dict[str, list[Row]] = {}
        for row in rows:
            by_oil.setdefault(row.values["oil"], []).append(row)
        problems: list[Problem] = []
        for oil, parts in by_oil.items():
            found = [self._part(row) for row in parts]
            wrong = [p for _, own in found for p in own] + _crude_problems(oil, parts)
            problems += wrong
            if not wrong:
                v = parts[0].values
                self.crudes[oil] = Crude(oil, tuple(p for p, _ in found if p), v["density"], v["api_gravity"],
                                         v["status"], v["source"], v["note"])
        return problems

    def _part(self, row: Row) -> tuple[CrudePart | None, list[Problem]]:
        """Return a part of a crude; what its row does not tell is its component's."""
        v, problems = row.values, []
        named = self._names.get(_plain(v["component"]))
        known = self.components[named] if named else None
        mass: float | None = v["molar_mass"]
        solubility: float | None = v["solubility"]
        if known is not None:
            mass = known.molar_mass if mass is None else mass
            solubility = known.liquid_solubility if solubility is None else solubility
        if mass is None:
            problems.append(row.problem(f"molar mass of {v['component']!r} is missing",
                                        hint=_hint(v["component"], self.components) if known is None else ""))
        if solubility is None:
            problems.append(row.problem(f"solubility of {v['component']!r} is missing"))
        elif known and _is_solid_value(solubility, known):
            problems.append(row.problem(
                f"solubility of {v['component']}", value=f"{solubility:g} mg/L", allowed="that of the liquid",
                hint=f"This is the solid's; Raoult's law takes the liquid's, {known.liquid_solubility:g} mg/L."))
        if problems or mass is None or solubility is None:
            return None, problems
        return CrudePart(known.name if known else v["component"], v["percent"] / WHOLE, mass, solubility), []

    def _add_limits(self, rows: list[Row], limits: dict[tuple[str, str, str], DrinkingLimit]) -> list[Problem]:
        problems, own = [], set()
        for row in rows:
            v = row.values
            try:
                if parse_unit(v["unit"]).dimension != (1, -3, 0):
                    raise ValueError(f"unit {v['unit']!r} is not one of concentration, as mg/L is")
            except ValueError as error:
                problems.append(row.problem(str(error)))
                continue
            name = self._names.get(_plain(v["component"]), v["component"])
            key = _plain(name), _plain(v["jurisdiction"]), _plain(v["use"])
            if key in own:
                problems.append(row.problem(f"limit of {v['component']!r} for {v['use']} in {v['jurisdiction']} "
                                            "stands in this file twice"))
            own.add(key)
            limits[key] = DrinkingLimit(**{**v, "component": name})
        return problems


def _crude_problems(oil: str, rows: list[Row]) -> list[Problem]:
    problems = []
    total = sum(row.values["percent"] for row in rows)
    if not abs(total - WHOLE) <= 1e-6 * WHOLE:
        problems.append(rows[0].problem(f"mass fractions of {oil!r} sum to {total:.6g} %, not 100 %",
                                        hint="What is not known by name belongs in a bulk fraction as 'residue'."))
    seen: set[str] = set()
    for row in rows:
        name = _plain(row.values["component"])
        if name in seen:
            problems.append(row.problem(f"{row.values['component']!r} stands in {oil!r} twice"))
        seen.add(name)
        if row.values["density"] != rows[0].values["density"]:
            problems.append(row.problem(f"density of {oil!r} = {row.values['density']:g} kg/m3, but "
                                        f"{rows[0].values['density']:g} in line {rows[0].line}"))
    return problems


def _molar_mass(row: Row) -> tuple[float | None, list[Problem]]:
    """Return the molar mass of a component: given, else of its formula; both must agree."""
    given, formula = row.values["molar_mass"], row.values["formula"]
    if not formula:
        return given, []
    try:
        computed = molar_mass(atoms(formula))
    except ValueError as error:
        return given, [row.problem(str(error))]
    if given is not None and abs(given - computed) > AGREES * computed:
        return given, [row.problem(f"molar mass of {row.values['name']} = {given:g} g/mol, but {formula} has "
                                   f"{computed:.2f}")]
    return (computed if given is None else given), []


def _is_solid_value(solubility: float, known: Component) -> bool:
    solid, liquid = known.solubility, known.liquid_solubility
    return solid is not None and liquid is not None and solid < 0.9 * liquid and abs(solubility - solid) < 0.02 * solid


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c not in " _-")


def _hint(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"Did you mean {near!r}?" if near else f"Known: {', '.join(known)}."


def _named(name: str, names: Mapping[str, str], table: Mapping[str, T], what: str) -> T:
    if _plain(name) in names:
        return table[names[_plain(name)]]
    raise InputError([Problem(f"unknown {what} {name!r}", hint=_hint(name, table))])


def own_files() -> list[Path]:
    """Return the files of gwsolver's own database."""
    folder = resources.files("gwsolver.reactions.components") / "data"
    return [Path(str(folder / name)) for name in FILES]


@cache
def database(*files: Path) -> Database:
    """Return gwsolver's database with the user's files on top; `InputError` with all that is wrong in them."""
    return Database([*own_files(), *files])


def component(name: str) -> Component:
    """Return a component of gwsolver's own database."""
    return database().component(name)


def crude(name: str) -> Crude:
    """Return a crude of gwsolver's own database."""
    return database().crude(name)


def limit(name: str, jurisdiction: str, use: str = "drinking water") -> DrinkingLimit:
    """Return a limit of gwsolver's own database."""
    return database().limit(name, jurisdiction, use)
