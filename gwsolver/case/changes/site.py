"""What a change acts on: the resolved simulation with what the case says of it, and the moments of a change."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from pydantic import Field

from gwsolver.case.model_units import ModelUnits
from gwsolver.case.moments import When
from gwsolver.case.quantity import Quantity
from gwsolver.case.tables import Sourced
from gwsolver.core.case import CaseInfo
from gwsolver.core.errors import nearest
from gwsolver.core.simulation import FlowModel, Simulation, TransportModel
from gwsolver.core.stress import StressPackage
from gwsolver.core.time import TimeAxis, TimeStep

SAME = 1e-9


@dataclass(frozen=True)
class Fault:
    """What keeps a change from being made: the key, what is wrong, what to do about it."""

    key: str
    what: str
    hint: str = ""


@dataclass(frozen=True)
class Window:
    """The time [T] during which a change acts."""

    begin: float
    end: float

    def share(self, step: TimeStep) -> float:
        """Return the part of a time step that lies inside, 0 to 1 (1 or 0 within round-off of whole steps)."""
        inside = (min(self.end, step.end) - max(self.begin, step.start)) / step.length
        return 0.0 if inside < SAME else 1.0 if inside > 1.0 - SAME else inside


@dataclass(frozen=True, eq=False)
class Site:
    """The simulation as changed so far.

    Attributes
    ----------
    simulation : Simulation
    info : CaseInfo
        Receptors, sources; mass unit.
    """

    simulation: Simulation
    info: CaseInfo

    def units(self, model: FlowModel | TransportModel) -> ModelUnits:
        """Return the units of a model."""
        return ModelUnits.of(model, self.info.mass_unit)

    def with_flow(self, models: Iterable[FlowModel]) -> "Site":
        """Return the site with flow models in place of those of the same name."""
        new = {m.name: m for m in models}
        return replace(self, simulation=replace(self.simulation, flow_models=tuple(
            new.get(m.name, m) for m in self.simulation.flow_models)))

    def with_species(self, models: Iterable[TransportModel]) -> "Site":
        """Return the site with species in place of those of the same name."""
        new = {m.name: m for m in models}
        return replace(self, simulation=replace(self.simulation, transport_models=tuple(
            new.get(m.name, m) for m in self.simulation.transport_models)))

    def warned(self, *words: str) -> "Site":
        """Return the site with warnings for the run's log."""
        return replace(self, simulation=replace(self.simulation, warnings=(*self.simulation.warnings, *words)))

    @cached_property
    def wells(self) -> dict[str, tuple[FlowModel, StressPackage, str]]:
        """Flow model, package and boundname of every well by name; a package's name is all of its wells."""
        found: dict[str, tuple[FlowModel, StressPackage, str]] = {}
        for model in self.simulation.flow_models:
            for package in (p for p in model.packages if p.kind == "wel"):
                found.setdefault(package.name, (model, package, ""))
                for name in boundnames(package, model.time):
                    found.setdefault(name, (model, package, name))
        return found


class Timed(Sourced):
    """A change that acts during a time: from the start if there is no `from`, to the end if there is no `until`."""

    begin: When = Field(None, alias="from")
    until: When = None

    def window(self, axis: TimeAxis) -> Window:
        """Return when it acts on a time axis."""
        return Window(0.0 if self.begin is None else self.begin.on(axis),
                      axis.end if self.until is None else self.until.on(axis))


def time_faults(table: Timed, axis: TimeAxis) -> Iterator[Fault]:
    """Yield what is wrong with the moments of a change."""
    wrong = False
    for key, moment in (("from", table.begin), ("until", table.until)):
        words = moment.problem(axis) if moment is not None else ""
        if words:
            wrong = True
            yield Fault(key, f"{key}: {words}")
    if not wrong and table.window(axis).end <= table.window(axis).begin:
        yield Fault("until" if table.until is not None else "from", "the change ends before it begins")


def split_steps(table: Timed, axis: TimeAxis, what: str) -> list[str]:
    """Return a warning if a change begins or ends inside a time step, over which it is averaged then."""
    window = table.window(axis)
    steps = [s for s in axis.steps() if 0.0 < window.share(s) < 1.0]
    return [f"{what} changes inside the time step from {s.start:g} to {s.end:g}: the mean over the step is taken; "
            "end a step there for a sharp change." for s in steps[:1]]


def boundnames(package: StressPackage, axis: TimeAxis) -> list[str]:
    """Return the names of a package's entries, in the order in which they appear."""
    names = (n for step in axis.first_steps for n in package.at(step).boundnames)
    return [n for n in dict.fromkeys(names) if n]


def unknown(key: str, what: str, name: str, known: Iterable[str], hint: str = "") -> Fault:
    """Return the fault of a name that is not there, with the nearest that is."""
    known = list(known)
    near = nearest(name, known)
    there = f"There are: {', '.join(known)}." if known else "There is none."
    return Fault(key, f"there is no {what} {name!r}", " ".join(x for x in (
        f"Did you mean {near!r}?" if near else "", there, hint) if x))


def chosen_species(name: str, site: Site) -> list[TransportModel]:
    """Return the species of a name, all of them for ""."""
    return [m for m in site.simulation.transport_models if name.lower() in ("", m.name)]


def species_faults(name: str, site: Site) -> Iterator[Fault]:
    """Yield a fault if a species is named that is not there, or if there is none at all."""
    names = [m.name for m in site.simulation.transport_models]
    if not chosen_species(name, site):
        yield unknown("species", "species", name, names) if name else Fault("", "the simulation has no GWT model")


def one_number_faults(table: Sourced) -> Iterator[Fault]:
    """Yield the lists where one number is wanted."""
    for key in type(table).model_fields:
        value = getattr(table, key)
        if isinstance(value, Quantity) and value.is_list:
            yield Fault(key, f"{key} takes one number")


def unit_faults(site: Site, model: FlowModel | TransportModel, table: Sourced) -> Iterator[Fault]:
    """Yield the values whose unit cannot be turned into the model's, and lists where one number is wanted."""
    units = site.units(model)
    for key in type(table).model_fields:
        value = getattr(table, key)
        if isinstance(value, Quantity) and (misfit := units.misfit(key, value)):
            yield Fault(key, *misfit)
    yield from one_number_faults(table)


def one_of(table: Sourced, keys: tuple[str, ...]) -> Iterator[Fault]:
    """Yield a fault unless exactly one of the keys is given."""
    given = [k for k in keys if getattr(table, k) not in (None, False)]
    if len(given) != 1:
        what = f"{', '.join(given)} exclude each other" if given else "nothing is changed"
        yield Fault(given[-1] if given else "", f"{what}: give one of {', '.join(keys)}")


def replaced(model: FlowModel | TransportModel, package: StressPackage) -> tuple[StressPackage, ...]:
    """Return the packages of a model with one in place of that of the same name."""
    return tuple(package if p.name == package.name else p for p in model.packages)
