"""What the slab kernels need of one flow field: coefficients of faces, contents of cells, what can leave them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.memory import zeros
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.kernels import transport_slab_coefficients, transport_slab_limits, transport_slab_places
from gwsolver.transport.explicit.fields import same_field
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.slab.layout import EDGE, N_FACE, WIDTH, Floats32, SlabLayout
from gwsolver.transport.explicit.slab.weights import Weights, build_weights
from gwsolver.transport.explicit.sweeps import useful_threads
from gwsolver.transport.water import Capacity

Floats = NDArray[np.float64]
CLIP_UNIT = 0.25


class SlabField:
    """Coefficients of a flow step, remade when the flow, the wet cells or the length of a corrected stage change.

    Parameters
    ----------
    model : TransportModel
        Any species of the group.
    layout : SlabLayout
    scheme : ExplicitScheme

    Attributes
    ----------
    faces : ndarray of float32, shape (slab, direction, layer, group, 5, 8)
        q, H, K, G1, G2 of groups of eight lanes: one stream of memory.
    rate : ndarray of float32, shape (place,)
        What advection and dispersion can take out of cells [L**3/T].
    plain_rate : ndarray of float32, shape (place,)
        The same without correction.
    content : ndarray of float32, shape (1 or 2, place)
        1/M, or M at the flow step's start and its change.
    weights : Weights
    cross : bool
        Whether there is a cross flux.
    stage : float
        Length of the stage that the coefficients are corrected for [T]; 0: none.
    """

    def __init__(self, model: TransportModel, layout: SlabLayout, scheme: ExplicitScheme) -> None:
        self.layout, self.scheme = layout, scheme
        self.clip = CLIP_UNIT * scheme.clip
        self.faces: Floats32 = np.zeros((0, 0, 0, 0, N_FACE, WIDTH), np.float32)
        self.rate: Floats32 = np.zeros(layout.n_places, np.float32)
        self.plain_rate: Floats32 = np.zeros(layout.n_places, np.float32)
        self.content: Floats32 = zeros((1, layout.n_places), np.float32)
        self.weights: Weights
        self.cross = False
        self.stage = 0.0
        self._model = model
        self._wet: NDArray[np.bool_] | None = None
        self._flow: FlowStep | None = None
        self._capacity: Capacity
        self._tensor: Floats32 = np.zeros((0, model.grid.n_cells), np.float32)

    @property
    def threads(self) -> int:
        """Number of threads worth starting."""
        return useful_threads(self._model.grid.n_cells)

    def enter(self, flow: FlowStep, capacity: Capacity) -> None:
        """Make ready for a flow step."""
        grid = self._model.grid
        self._flow = flow
        wet = capacity.wet
        if self._wet is None or not np.array_equal(wet, self._wet):
            self._wet = wet
            self.weights = build_weights(self.layout, wet, grid.thickness)
        self.hold(capacity)
        layout = self.layout
        shape = layout.n_slabs, layout.n_directions, layout.n_layers, layout.n_lanes // WIDTH, N_FACE, WIDTH
        if self.faces.shape != shape:
            self.faces = zeros(shape, np.float32)
        d = self._model.dispersion
        if d is not None:
            self._tensor = np.empty((6, grid.n_cells), np.float32)
            transport_slab_coefficients.tensors(
                np.ascontiguousarray(flow.specific_discharge), d.alh, d.alv, d.ath1, d.ath2, d.atv,
                d.diffusion_coefficient, self._model.mobile.porosity, self.layout.along_rows, self._tensor,
                self.threads,
            )
        self.correct(0.0)
        np.copyto(self.plain_rate, self.rate)

    def let_go(self) -> None:
        """Give back the room of the largest tables; `serves` nothing until it enters a flow step again."""
        self._flow, self._tensor = None, np.zeros((0, self._model.grid.n_cells), np.float32)
        self.faces = np.zeros((0, 0, 0, 0, N_FACE, WIDTH), np.float32)

    def serves(self, flow: FlowStep, capacity: Capacity) -> bool:
        """Return whether the coefficients are those of this flow step: the same flow, and the same wet cells."""
        before = self._flow
        if before is None or self._wet is None or not same_field(flow, before):
            return False
        return bool(np.array_equal(capacity.wet, self._wet))

    def hold(self, capacity: Capacity) -> None:
        """Take over what cells hold."""
        self._capacity = capacity
        rows = 1 if capacity.steady else 2
        if self.content.shape[0] != rows:
            self.content = zeros((rows, self.layout.n_places), np.float32)
        transport_slab_places.contents(capacity.start, capacity.end, self.layout.cell, self.content, self.threads)

    def correct(self, stage: float) -> None:
        """Set the coefficients: for a one-stage Lax-Wendroff step of this length [T], or 0 for none."""
        grid, layout, flow, wet = self._model.grid, self.layout, self._flow, self._wet
        assert wet is not None
        assert flow is not None
        part = np.zeros(0)
        if stage > 0.0:
            content = 0.5 * (self._capacity.start + self._capacity.end)
            part = np.divide(grid.volume, content, out=np.zeros(grid.n_cells), where=content > 0.0)
        transport_slab_coefficients.face_coefficients(
            layout.cell, layout.first_face, wet.view(np.uint8), layout.lane_size, layout.slab_size, grid.thickness,
            flow.saturation_start, flow.saturation_end, flow.face_flow, self._tensor,
            np.ascontiguousarray(flow.specific_discharge), part, layout.along_rows, bool(self._model.advection),
            self.scheme.order, stage, self.faces, self.threads,
        )
        self.stage = stage
        self.cross = bool(self.faces[..., 3:, :].any())
        transport_slab_limits.emptying(self.faces, self.clip, self.rate, self.threads)

    def out_of(self, place: int) -> tuple[float, float]:
        """Return what advection and what dispersion can take out of the cell at a place [L**3/T]."""
        advection = dispersion = 0.0
        for sign, (q, high, conductance, *cross) in self._faces_of(place):
            advection += abs(q) + 2.0 * abs(high) if sign * q > 0.0 else 0.0
            dispersion += abs(conductance) + self.clip * sum(map(abs, cross))
        return advection, dispersion

    def dispersed(self, place: int) -> float:
        """Return the share of what can leave the cell at a place that dispersion along the axes takes [-]."""
        whole = float(self.plain_rate[place])
        return sum(abs(faces[2]) for _, faces in self._faces_of(place)) / whole if whole > 0.0 else 0.0

    def _faces_of(self, place: int) -> Iterator[tuple[float, list[float]]]:
        """Yield 1 or -1 (the cell is n or m) and the coefficients of each face of the cell at a place."""
        layout = self.layout
        for d, step in zip(range(layout.n_directions), (1, layout.slab, layout.n_lanes), strict=False):
            for sign, at in ((1.0, place - EDGE), (-1.0, place - EDGE - step)):
                if at >= 0:
                    j, (k, i) = at // layout.slab, divmod(at % layout.slab, layout.n_lanes)
                    yield sign, self.faces[j, d, k, i // WIDTH, :, i % WIDTH].tolist()

    def mean_peclet(self, mass: Floats) -> float:
        """Return the grid Peclet number, weighted by mass (by volume where there is none); infinite without dispersion.

        Parameters
        ----------
        mass : ndarray of float64, shape (species, place)
        """
        sums = np.zeros((self.layout.n_slabs, 2))
        for weight in (mass, (self.layout.cell >= 0).astype(float)[None]):
            transport_slab_limits.peclet_sums(self.faces, weight, sums, self.threads)
            total, most = sums[:, 1].sum(), sums[:, 0].sum()
            if total > 0.0:
                return float(most / total)
        return 0.0
