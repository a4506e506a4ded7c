"""``[ensemble]``: which values of a case are uncertain, and the case as each member of the ensemble has it.

A parameter is a list of changes, as those of a scenario; its values with a range differ from member to member.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, ValidationError, create_model

from gwsolver.case.changes.registry import ChangeKind, kinds
from gwsolver.case.changes.site import Fault, Site
from gwsolver.case.moments import When
from gwsolver.case.quantity import Quantity
from gwsolver.case.tables import Table, Words
from gwsolver.core.case import CaseInfo, Provenance
from gwsolver.core.distributions import Spread, distributions
from gwsolver.core.errors import InputError, Problem, nearest
from gwsolver.core.lines import LineIndex
from gwsolver.core.sampling import Design, Parameter, UncertainValue, design
from gwsolver.core.simulation import Simulation

FEWEST = 200
AGAIN = "A trial with fewer: gwsolver ensemble PATH --members N."


class ParameterHead(Table):
    """What every parameter has; its changes are the tables of `gwsolver.case.changes`, each with source and status."""

    name: str = Field(min_length=1)
    title: Words = {}
    note: str = ""


ParameterTable = create_model(
    "ParameterTable", __base__=ParameterHead, __doc__="``[[ensemble.parameter]]``: what is drawn once for a member.",
    **{key: (list[kind.table], []) for key, kind in kinds().items()},  # type: ignore[name-defined,call-overload]
)


class EnsembleTable(Table):
    """``[ensemble]``."""

    members: Annotated[int, Field(ge=1)] = FEWEST
    seed: Annotated[int, Field(ge=0)] = 1
    species: list[str] = []
    times: list[When] = []
    parameter: list[ParameterTable] = []  # type: ignore[valid-type]


class Uncertain:
    """The uncertain values of a case.

    Parameters
    ----------
    table : EnsembleTable or None
    file : str
        For messages.
    lines : LineIndex
    """

    def __init__(self, table: EnsembleTable | None, file: str, lines: LineIndex) -> None:
        self._table, self._file, self._lines = table, file, lines

    @property
    def given(self) -> bool:
        """Whether the case has an ensemble."""
        return self._table is not None

    @property
    def species(self) -> tuple[str, ...]:
        """Species whose results members keep; none named: those with a limit."""
        return tuple(s.lower() for s in self._table.species) if self._table is not None else ()

    def times(self, simulation: Simulation) -> tuple[float, ...]:
        """Return the model times [T] whose concentrations members keep, none if the case names none."""
        if self._table is None:
            return ()
        axis = simulation.transport_models[0].time
        return tuple(moment.on(axis) for moment in self._table.times if moment is not None)

    def design(self, members: int = 0) -> Design:
        """Return the members; `members`: so many instead of those of the case.

        Raises
        ------
        InputError
            If the case has no ensemble, or if it would not be one.
        """
        if self._table is None:
            raise InputError([Problem("the case has no [ensemble]", self._file, hint=(
                "Write [ensemble] and one [[ensemble.parameter]] for each uncertain value."))])
        if members < 0 or members == 1:
            raise InputError([Problem("members", package="ensemble", value=members, allowed="2 or more")])
        parameters = tuple(self._parameter(table) for table in self._table.parameter)
        return design(parameters, members or self._table.members, self._table.seed)

    def apply(
        self, made: Design, member: int, simulation: Simulation, info: CaseInfo
    ) -> tuple[Simulation, CaseInfo]:
        """Return simulation and case as a member has them.

        Parameters
        ----------
        member : int
            From one.

        Raises
        ------
        InputError
            If there is no such member, or if its values cannot be.
        """
        if not 1 <= member <= made.n_members:
            raise InputError([Problem("member", package="ensemble", value=member, allowed=f"1 to {made.n_members}")])
        values = made.of(member)
        site, problems = self._changed(Site(simulation, info), [_Drawn(t.name, values) for t in self._parameters])
        if problems:
            raise InputError([replace(p, what=f"member {member}: {p.what}") for p in problems])
        titles = {lang: f"{words} (№ {member})" for lang, words in info.titles.items()}
        return site.simulation, replace(site.info, title=f"{info.title} (№ {member})", titles=titles, member=member)

    def problems(self, simulation: Simulation, info: CaseInfo) -> list[Problem]:
        """Return what keeps members from being made: at the value of the case and at both ends of its range."""
        if self._table is None:
            return []
        found: dict[str, Problem] = {}
        names = [m.name for m in simulation.transport_models]
        for name in self.species:
            if name not in names:
                near = nearest(name, names)
                problem = self._at(("species",), f"there is no species {name!r}", (
                    f"Did you mean {near!r}? " if near else "") + f"There are: {', '.join(names) or 'none'}.")
                found[str(problem)] = problem
        for moment in self._table.times if names else ():
            assert moment is not None
            if words := moment.problem(simulation.transport_models[0].time):
                problem = self._at(("times",), f"times: {words}")
                found[str(problem)] = problem
        for end in ("value", "low", "high"):
            for p in self._changed(Site(simulation, info), [_End(end)] * len(self._parameters))[1]:
                found.setdefault(f"{p.line} {p.what.split('=')[0]}", p)
        return sorted(found.values(), key=lambda p: p.line or 0)

    def outside(self, made: Design) -> list[Problem]:
        """Return the first member of each parameter whose drawn value is none that the key accepts."""
        found = []
        for i, table in enumerate(self._parameters):
            for member in range(1, made.n_members + 1):
                drawn = _Drawn(table.name, made.of(member))
                wrong = [(kind, n, fault) for kind, n, change in _changes(table)
                         for fault in _with(kind.key, n, change, drawn)[1]]
                if wrong:
                    kind, n, fault = wrong[0]
                    found.append(self._of(i, kind, n, Fault(
                        fault.key, f"member {member}: {fault.what}",
                        "Take a narrower range, or lognormal or triangular.")))
                    break
        return found

    def contradictions(self) -> Iterator[Problem]:
        """Yield what the tables show without a simulation: doubles, ranges that cannot be."""
        if self._table is None:
            return
        if self._table.members < FEWEST:
            yield self._at(("members",), f"members = {self._table.members} is too few: {FEWEST} or more are needed for "
                           "probabilities to a few per cent", AGAIN)
        if not self._parameters:
            yield self._at((), "there is no [[ensemble.parameter]]: nothing is uncertain",
                           "Write one for each uncertain value.")
        seen: set[str] = set()
        for i, table in enumerate(self._parameters):
            if table.name.lower() in seen:
                yield self._at(("parameter", i, "name"), f"name {table.name!r} stands twice")
            seen.add(table.name.lower())
            given = [(kind, n, key, value) for kind, n, change in _changes(table)
                     for key, value in _uncertain(change)]
            if not list(_changes(table)):
                yield self._at(("parameter", i, "name"), f"parameter {table.name!r} changes nothing",
                               f"Write [[ensemble.parameter.KIND]] below it; KIND: {', '.join(kinds())}.")
            elif not given:
                yield self._at(("parameter", i, "name"), f"no value of parameter {table.name!r} has a range",
                               'Write for example decay = { value = "0.001 1/d", range = ["0.0003 1/d", "0.003 1/d"], '
                               'distribution = "lognormal" }.')
            for kind, n, key, value in given:
                for words, hint in _spread_problems(key, value):
                    yield self._of(i, kind, n, Fault(key, words, hint))

    @property
    def _parameters(self) -> list[Any]:
        return [] if self._table is None else list(self._table.parameter)

    def _changed(self, site: Site, draws: Sequence["_Drawn | _End"]) -> tuple[Site, list[Problem]]:
        """Return the site as all parameters change it, by kind of change, and what keeps some from doing so."""
        order = list(kinds())
        given = [(order.index(kind.key), i, n, kind, change) for i, table in enumerate(self._parameters)
                 for kind, n, change in _changes(table)]
        problems = []
        for _, i, n, kind, change in sorted(given, key=lambda entry: entry[:3]):
            drawn, wrong = _with(kind.key, n, change, draws[i])
            faults = wrong or list(kind.check(drawn, site))
            problems += [self._of(i, kind, n, fault) for fault in faults]
            if not faults:
                site = kind.apply(drawn, site)
        return site, problems

    def _parameter(self, table: Any) -> Parameter:
        values = []
        for kind, n, change in _changes(table):
            shared = Provenance(getattr(change, "source", ""), getattr(change, "status", ""))
            for key, q in _uncertain(change):
                origin = shared if q.provenance == Provenance() else q.provenance
                values.append(UncertainValue(
                    f"{kind.key}.{n + 1}.{key}", q.unit, q.distribution, Spread(*q.range, q.value), origin))
        return Parameter(table.name, dict(table.title), tuple(values))

    def _of(self, i: int, kind: ChangeKind, n: int, fault: Fault) -> Problem:
        place = ("ensemble", "parameter", i, kind.key, n) + ((fault.key,) if fault.key else ())
        return Problem(fault.what, self._file, self._lines.line(place),
                       f"parameter {self._parameters[i].name!r}, [[ensemble.parameter.{kind.key}]]", hint=fault.hint)

    def _at(self, place: tuple[str | int, ...], what: str, hint: str = "") -> Problem:
        table = "[[ensemble.parameter]]" + (f" number {place[1] + 1}" if len(place) > 1 else "")  # type: ignore[operator]
        return Problem(what, self._file, self._lines.line(("ensemble", *place)),
                       table if "parameter" in place else "[ensemble]", hint=hint)


class _Drawn:
    """The values of one member for a parameter."""

    def __init__(self, parameter: str, values: dict[str, float]) -> None:
        self._parameter, self._values = parameter, values

    def __call__(self, key: str, quantity: Quantity) -> float:
        return self._values[f"{self._parameter}: {key}"]


class _End:
    """The value of the case, or an end of its range."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, key: str, quantity: Quantity) -> float:
        return getattr(Spread(*quantity.range, quantity.value), self._name)  # type: ignore[no-any-return]


def _changes(parameter: Any) -> Iterator[tuple[ChangeKind, int, Table]]:
    """Yield kind, number and table of each change of a parameter, in the order in which they are made."""
    for key, kind in kinds().items():
        for number, table in enumerate(getattr(parameter, key)):
            yield kind, number, table


def _uncertain(change: Table) -> Iterator[tuple[str, Quantity]]:
    """Yield key and quantity of every value of a change that has a range."""
    for key in type(change).model_fields:
        value = getattr(change, key)
        if isinstance(value, Quantity) and value.range:
            yield key, value


def _with(kind: str, number: int, change: Table, draw: "_Drawn | _End") -> tuple[Table, list[Fault]]:
    """Return a change with drawn values, and what its keys do not accept."""
    given = {field.alias or key: getattr(change, key) for key, field in type(change).model_fields.items()
             if key in change.model_fields_set}
    for key, value in _uncertain(change):
        given[key] = replace(value, numbers=(draw(f"{kind}.{number + 1}.{key}", value),), range=())
    try:
        return type(change).model_validate(given), []
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        words = found.get("ctx", {}).get("words") or found["msg"]
        key = str(found["loc"][0]) if found["loc"] else ""
        return change, [Fault(key, f"{key}: {words}")]


def _spread_problems(key: str, value: Quantity) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a range and its distribution, and what to do about it."""
    known = distributions()
    if value.is_list:
        yield f"{key} has a range and a list of numbers", "A value that is uncertain is one number."
        return
    low, high = value.range
    if not value.distribution:
        yield f"{key} has a range but no distribution", f"Write distribution: one of {', '.join(known)}."
    elif value.distribution not in known:
        near = nearest(value.distribution, known)
        yield f"distribution = {value.distribution!r} of {key}; allowed: one of {', '.join(known)}", (
            f"Did you mean {near!r}?" if near else "")
    elif known[value.distribution].positive and low <= 0.0:
        yield f"range of {key} begins at {low:g}: {value.distribution} needs a range above zero", (
            "Begin at the smallest value that matters, or take uniform or triangular.")
    if not low < high:
        yield f"range of {key}: both ends are {low:g}", "Write [low, high], or leave the range out."
    elif not low <= value.value <= high:
        yield f"{key} = {value.value:g} {value.unit}".rstrip() + f" is outside its range [{low:g}, {high:g}]", (
            "The value is that of the case as it stands.")
