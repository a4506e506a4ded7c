"""Who runs together: flow models joined by exchanges, and the species that each of them carries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gwsolver.core.exchange import Exchange, joined
from gwsolver.core.merged_grid import MergedGrid
from gwsolver.core.merging import merge_flow_models, merge_transport_models
from gwsolver.core.simulation import FlowModel, Simulation, TransportModel
from gwsolver.core.splitting import FlowJoiner, FlowSplitter, split_transport
from gwsolver.core.steps import FlowStep, TransportStep


@dataclass(frozen=True, eq=False)
class Species:
    """One transport model, or several of one species joined by exchanges.

    Attributes
    ----------
    model : TransportModel
        What is solved.
    members : tuple of TransportModel
        The user's models.
    carriers : tuple of str
        Key of the flow under each member: a flow model, or the member whose saved flows they are.
    exchanges : tuple of Exchange
    join : callable
        Flow steps of the carriers to the one that carries `model`.
    split : callable
        Step of `model` to the steps of the members.
    """

    model: TransportModel
    members: tuple[TransportModel, ...]
    carriers: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    join: Callable[[list[FlowStep]], FlowStep]
    split: Callable[[TransportStep], list[TransportStep]]

    def flow(self, flows: Mapping[str, FlowStep]) -> FlowStep:
        """Return the flow that carries the species from those of the team."""
        return self.join([flows[c] for c in self.carriers])

    def goes_with(self, other: "Species") -> bool:
        """Return whether another species shares time axis, flow and connections."""
        mine = [(e.flow_models, e.cells.tobytes()) for e in self.exchanges]
        theirs = [(e.flow_models, e.cells.tobytes()) for e in other.exchanges]
        return self.model.time == other.model.time and self.carriers == other.carriers and mine == theirs


@dataclass(frozen=True, eq=False)
class Team:
    """Flow that is advanced together, and all species on it.

    Attributes
    ----------
    name : str
    end : float
        When the last of them ends [T].
    species : tuple of Species
    model : FlowModel or None
        What is solved; None where flows are read.
    split : callable
        Step of `model` to the steps of the user's flow models by name.
    saved : tuple of TransportModel
        One per budget file that is read; empty where flow is solved.
    """

    name: str
    end: float
    species: tuple[Species, ...]
    model: FlowModel | None
    split: Callable[[FlowStep], dict[str, FlowStep]]
    saved: tuple[TransportModel, ...] = ()


def flow_teams(simulation: Simulation) -> list[Team]:
    """Return a team for all flow models that exchanges join, one for each of the others."""
    flow_models = {m.name: m for m in simulation.flow_models}
    found = []
    for names in joined(list(flow_models), [e.models for e in simulation.exchanges]):
        models = [flow_models[n] for n in names]
        species = _species(simulation, {m.name: m.flow_model for m in simulation.transport_models
                                        if m.flow_model in names})
        model, split = models[0], _alone(names[0])
        if len(models) > 1:
            model = merge_flow_models(models, [e for e in simulation.exchanges if e.models[0] in names])
            assert isinstance(model.grid, MergedGrid)
            split = FlowSplitter(model.grid)
        end = max([model.time.end, *(s.model.time.end for s in species)])
        found.append(Team(model.name, end, species, model, split))
    return found


def saved_teams(simulation: Simulation) -> list[Team]:
    """Return a team for all species that run on one budget file, or on those of models joined by exchanges."""
    readers: dict[str, TransportModel] = {}
    carrier: dict[str, str] = {}
    for species in simulation.transport_models:
        if not species.flow_model and species.saved_flows is not None:
            reader = readers.setdefault(species.saved_flows.budget_file, species)
            carrier[species.name] = reader.name
    pairs = [(carrier[a], carrier[b]) for a, b in (e.models for e in simulation.exchanges)
             if a in carrier and b in carrier]
    found = []
    for names in joined([m.name for m in readers.values()], pairs):
        members = _species(simulation, {s: c for s, c in carrier.items() if c in names})
        found.append(Team(
            names[0], max(s.model.time.end for s in members), members, None, _alone(names[0]),
            tuple(simulation.transport_model(n) for n in names),
        ))
    return found


def together(species: tuple[Species, ...]) -> list[list[Species]]:
    """Return the species in groups that one transport solver carries."""
    groups: list[list[Species]] = []
    for one in species:
        mates = next((g for g in groups if g[0].goes_with(one)), None)
        if mates is None:
            groups.append([one])
        else:
            mates.append(one)
    return groups


def _alone(name: str) -> Callable[[FlowStep], dict[str, FlowStep]]:
    return lambda flow: {name: flow}


def _species(simulation: Simulation, carrier: Mapping[str, str]) -> tuple[Species, ...]:
    """Return the species among the transport models in `carrier` (model to key of its flow)."""
    found = []
    for names in joined(list(carrier), [e.models for e in simulation.exchanges]):
        members = tuple(simulation.transport_model(n) for n in names)
        carriers = tuple(carrier[n] for n in names)
        if len(members) == 1:
            found.append(Species(members[0], members, carriers, (), lambda steps: steps[0], lambda step: [step]))
            continue
        exchanges = tuple(e for e in simulation.exchanges if e.models[0] in names)
        model = merge_transport_models(members, exchanges)
        grid = model.grid
        assert isinstance(grid, MergedGrid)
        found.append(Species(model, members, carriers, exchanges, FlowJoiner(grid), _splitter(grid)))
    return tuple(found)


def _splitter(grid: MergedGrid) -> Callable[[TransportStep], list[TransportStep]]:
    return lambda step: split_transport(grid, step)
