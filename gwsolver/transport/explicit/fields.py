"""What follows from the flow alone, made once for all species that it carries and spreads alike."""

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any, TypeVar
from weakref import ReferenceType, ref

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.memory import give_back
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.transport.alike import grouped, same_spreading
from gwsolver.transport.explicit.bodies import BodySweep, body_coefficients, fed_cells
from gwsolver.transport.explicit.coefficients import Coefficients, coefficients
from gwsolver.transport.explicit.ends import Ends
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.sweeps import Sweep, sweep_for
from gwsolver.transport.features.grid import FeatureGrid

Floats = NDArray[np.float64]
T = TypeVar("T")
SAME_TIME = 1e-9


class Fields:
    """Tables, coefficients and ends of one flow field after another.

    Coefficients are kept by those who asked for them: one set serves all species whose rules of ends have the same
    ratios, as those of most have.

    Parameters
    ----------
    model : TransportModel
        Any of the species that agree (`same_spreading`).
    scheme : ExplicitScheme

    Attributes
    ----------
    ends : Ends
        Of the latest flow field.
    """

    def __init__(self, model: TransportModel, scheme: ExplicitScheme) -> None:
        self._model, self._scheme = model, scheme
        self._flow: FlowStep | None = None
        self._wet: NDArray[np.bool_] | None = None
        self._sweep: Sweep
        self.ends: Ends
        self._fresh: Coefficients | None = None
        self._shared: dict[Hashable, Any] = {}
        self._known: list[tuple[Floats, ReferenceType[Coefficients]]] = []

    def last(self, flow: FlowStep) -> bool:
        """Return whether no other flow field follows: what only these are made from can then be let go."""
        return flow.end >= self._model.time.end * (1.0 - SAME_TIME)

    def enter(self, flow: FlowStep, wet: NDArray[np.bool_]) -> None:
        """Stand in this flow field; cells that are not wet count as absent neighbours."""
        rewets = self._wet is None or not np.array_equal(wet, self._wet)
        if not rewets and self._flow is not None and same_field(flow, self._flow):
            return
        last = self.last(flow)
        if last:
            self._model.grid.let_go()
        if rewets:
            self._wet, self._sweep, self._shared = wet, self._sweep_for(wet), {}
            if last:
                give_back()  # what made the tables, which coefficients then need elsewhere
        self._flow, self._known = flow, []
        self._fresh = self._find()
        grid = self._model.grid
        fed = fed_cells(grid, flow.face_flow) if isinstance(grid, FeatureGrid) else None
        self.ends = Ends(self._sweep.faces, self._fresh.faces[0], grid.n_cells, fed)

    @property
    def sweep(self) -> Sweep:
        """A sweep of its own for each that asks, over the same tables."""
        return self._sweep.another()

    def coefficients(self, ratio: Floats) -> Coefficients:
        """Return the coefficients with these factors of upstream differences (`EndRule.ratio`), shape (face,)."""
        alive = [(known, k) for known, own in self._known if (k := own()) is not None]
        for known, k in alive:
            if known is ratio or np.array_equal(known, ratio):
                return k
        if self._fresh is not None:
            found, self._fresh = self._fresh, None
        elif alive:
            found = alive[0][1].with_faces(alive[0][1].faces.copy())
        else:
            found = self._find()
        found.faces[2] = ratio
        assert self._flow is not None
        if self.last(self._flow):
            found.again = partial(self._again, ratio)
        self._known = [(known, ref(k)) for known, k in alive] + [(ratio, ref(found))]
        return found

    def shared(self, key: Hashable, serves: Callable[[T], bool], make: Callable[[], T]) -> T:
        """Return what was made last under this key if it serves, else what `make` returns."""
        known: T | None = self._shared.get(key)
        if known is None or not serves(known):
            known = self._shared[key] = make()
        return known

    def _sweep_for(self, wet: NDArray[np.bool_]) -> Sweep:
        grid = self._model.grid
        if isinstance(grid, FeatureGrid):
            return BodySweep(sweep_for(grid.base, wet[:grid.base.n_cells]), grid)
        return sweep_for(grid, wet)

    def _find(self) -> Coefficients:
        assert self._flow is not None
        if isinstance(self._model.grid, FeatureGrid):
            return body_coefficients(self._model, self._flow, self._sweep, self._scheme)
        return coefficients(self._model, self._flow, self._sweep.faces, self._sweep.structured, self._scheme)

    def _again(self, ratio: Floats) -> Floats:
        faces = self._find().faces
        faces[2] = ratio
        return faces


def fields_for(models: Sequence[TransportModel], scheme: ExplicitScheme) -> list[Fields]:
    """Return the fields of each species, the same ones for those that agree."""
    found: dict[int, Fields] = {}
    for group in grouped(models, same_spreading):
        fields = Fields(models[group[0]], scheme)
        found |= dict.fromkeys(group, fields)
    return [found[i] for i in range(len(models))]


def same_field(flow: FlowStep, before: FlowStep) -> bool:
    """Return whether a step shows the very arrays of the one before (flow solved once, or stretched over steps)."""
    return (
        flow.face_flow is before.face_flow
        and flow.specific_discharge is before.specific_discharge
        and flow.saturation_start is before.saturation_start
        and flow.saturation_end is before.saturation_end
    )
