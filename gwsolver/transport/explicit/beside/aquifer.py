"""What of a species with lakes and reaches lies in the aquifer: work for the marches of its own grid.

The aquifer goes as it would without features; what it loses to them stands among its losses (`Boundaries.exchanged`),
so that no cell is emptied. Marches hand over what cells and features exchange (`Exchange`).
"""

from dataclasses import replace

import numpy as np

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.transport.explicit.beside.exchange import Exchange
from gwsolver.transport.explicit.beside.network import Network, network
from gwsolver.transport.explicit.bodies import fed_cells
from gwsolver.transport.explicit.fields import Fields, same_field
from gwsolver.transport.explicit.general import General
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.features.grid import FeatureGrid
from gwsolver.transport.features.model import own_model
from gwsolver.transport.features.water import own_flow
from gwsolver.transport.retention import Retention
from gwsolver.transport.sources import Boundaries, Exchanged
from gwsolver.transport.water import Capacity


class Aquifer:
    """The aquifer of one species; what follows from flow and boundaries is kept as long as they last.

    Parameters
    ----------
    model : TransportModel
        On a `FeatureGrid`.
    scheme : ExplicitScheme

    Attributes
    ----------
    model : TransportModel
        On the aquifer's own grid.
    grid : FeatureGrid
    """

    def __init__(self, model: TransportModel, scheme: ExplicitScheme) -> None:
        grid = model.grid
        assert isinstance(grid, FeatureGrid)
        self.model, self.grid = own_model(model), grid
        self._retention = Retention(self.model.mobile)
        self._general = General(self.model, scheme, Fields(self.model, scheme))
        self._whole: FlowStep | None = None
        self._flow: FlowStep
        self._capacities: tuple[Capacity, Capacity] | None = None
        self._boundaries: tuple[Boundaries, Boundaries] | None = None
        self._network: Network | None = None

    def share(self, work: Work) -> Work | None:
        """Return the aquifer's share of an interval's work, its arrays views; None if it has to be carried as one.

        What is not plain, sinks that take at a given concentration, joined models, and water that runs in circles ask
        for that.
        """
        base = self.grid.base
        if base.kind != "dis" or base.tracked_faces.size or not work.plain or work.boundaries.mixed.cells.size:
            return None
        self._enter(work)
        if self._network is None:
            return None
        assert self._capacities is not None
        assert self._boundaries is not None
        n, capacity, b = self.grid.base.n_cells, self._capacities[1], self._boundaries[1]
        self._general.enter(self._flow, capacity, b)
        own = Work(
            self.model, work.scheme, self._flow, self._general, b, capacity, work.mass[:n], work.concentration[:n],
            self._retention, (), work.watched[work.watched < self.grid.base.n_faces], most=work.most,
        )
        own.integral, own.taken, own.limits, own.figures = work.integral[:n], work.taken[:n], work.limits, work.figures
        own.beside = Exchange(self._network, work)
        return own

    def give_back(self, own: Work, work: Work, until: float) -> None:
        """Give the joined work what its share found, which went until this time."""
        assert own.beside is not None
        own.beside.settle(work, until)
        work.fixed_net[work.boundaries.fixed_cells < self.grid.base.n_cells] += own.fixed_net
        work.watched_mass[work.watched < self.grid.base.n_faces] += own.watched_mass
        work.sub_steps += own.sub_steps
        work.stages += own.stages
        work.decayed = own.decayed

    def _enter(self, work: Work) -> None:
        """Cut flow, contents and boundaries where they are new."""
        flow, grid = work.flow, self.grid
        before, same = self._whole, self._whole is not None and same_field(flow, self._whole)
        if flow is not before:
            own = own_flow(flow, grid)
            if same:
                kept = ("face_flow", "specific_discharge", "saturation_start", "saturation_end")
                own = replace(own, **{name: getattr(self._flow, name) for name in kept})
            self._whole, self._flow = flow, own
        new_water = self._capacities is None or self._capacities[0] is not work.capacity
        if new_water:
            self._capacities = work.capacity, _cut_capacity(work.capacity, grid.base.n_cells)
        if not same or new_water or self._boundaries is None or self._boundaries[0] is not work.boundaries:
            self._network = network(grid, flow.face_flow, work.boundaries, work.capacity)
            own_b = None if self._network is None else self._cut_boundaries(work.boundaries, self._network)
            self._boundaries = None if own_b is None else (work.boundaries, own_b)

    def _cut_boundaries(self, b: Boundaries, found: Network) -> Boundaries:
        n = self.grid.base.n_cells
        own = b.fixed_cells < n
        leaves = np.where(b.fixed[:n], 0.0, found.leaves)
        assert self._whole is not None
        exchanged = Exchanged(leaves, fed_cells(self.grid, self._whole.face_flow)[:n])
        return replace(
            b, fixed_name=tuple(name for name, on in zip(b.fixed_name, own, strict=True) if on),
            fixed_cells=b.fixed_cells[own], fixed_concentration=b.fixed_concentration[own], loss=b.loss[:n] + leaves,
            exchanged=exchanged, **{name: getattr(b, name)[:n] for name in (
                "fixed", "source", "taken", "inflow", "inflow_concentration", "sinks", "imbalance", "decay_dissolved",
                "decay_sorbed")},
        )


def _cut_capacity(k: Capacity, n: int) -> Capacity:
    start = k.start[:n]
    water = k.water_start[:n]
    return Capacity(
        start, start if k.end is k.start else k.end[:n], k.least[:n], water,
        water if k.water_end is k.water_start else k.water_end[:n], k.sorbed[:n], k.solid[:n], k.saturation[:n],
    )
