"""A small three-dimensional model with sources and sinks in every cell, and its transformations."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from gwsolver.bench.uniform import carry, steady_flow, transport_model
from gwsolver.core.dis import structured_grid


@dataclass(frozen=True, eq=False)
class Box:
    """A model as arrays (layer, row, column), so that it can be turned.

    `flow_x`, `flow_y`, `flow_z` are flows through inner faces, positive towards +x, +y and up; each cell's
    balance is closed by a source of concentration `inflow` or a sink.
    """

    delr: np.ndarray
    delc: np.ndarray
    thickness: np.ndarray
    flow_x: np.ndarray
    flow_y: np.ndarray
    flow_z: np.ndarray
    inflow: np.ndarray
    initial: np.ndarray
    porosity: float = 0.25
    longitudinal: float = 2.0
    transverse: float = 0.4
    vertical: float = 0.1
    diffusion: float = 1e-3
    retardation: float = 1.5
    decay_rate: float = 0.01
    time: float = 20.0

    def grid(self):
        return structured_grid(self.delr, self.delc, 0.0, -np.cumsum(self.thickness))

    def flow(self):
        grid = self.grid()
        area_x = self.thickness[:, None, None] * self.delc[None, :, None]
        area_y = self.thickness[:, None, None] * self.delr[None, None, :]
        area_z = self.delc[None, :, None] * self.delr[None, None, :]
        k, i, j = np.unravel_index(grid.face_cells[:, 0], grid.shape)
        face_flow = np.zeros(grid.n_faces)
        along = np.argmax(np.abs(grid.face_normal), axis=1)
        for axis, values, sign in ((0, self.flow_x, 1.0), (1, self.flow_y, -1.0), (2, self.flow_z, -1.0)):
            own = along == axis
            face_flow[own] = sign * values[k[own], i[own], j[own]]
        q = np.stack([
            mean_of_faces(self.flow_x / area_x, 2), mean_of_faces(self.flow_y / area_y, 1),
            mean_of_faces(self.flow_z / area_z, 0),
        ], axis=-1).reshape(-1, 3)
        return steady_flow(grid, face_flow, q, self.time, self.inflow.ravel())

    def model(self):
        return transport_model(
            self.grid(), porosity=self.porosity, longitudinal=self.longitudinal, transverse=self.transverse,
            vertical_transverse=self.vertical, diffusion_coefficient=self.diffusion, retardation=self.retardation,
            decay_rate=self.decay_rate, initial=self.initial.ravel(),
        )

    def solve(self, scheme="limited"):
        step = carry(self.model(), self.flow(), scheme=scheme)
        return step, step.concentration.reshape(self.initial.shape)

    def mirrored(self, axis):
        """Turn around layers (0), rows (1) or columns (2)."""
        def flip(a, sign=1.0):
            return sign * np.flip(a, axis)

        spacing = {0: "thickness", 1: "delc", 2: "delr"}[axis]
        return replace(
            self, **{spacing: getattr(self, spacing)[::-1]},
            flow_x=flip(self.flow_x, -1.0 if axis == 2 else 1.0), flow_y=flip(self.flow_y, -1.0 if axis == 1 else 1.0),
            flow_z=flip(self.flow_z, -1.0 if axis == 0 else 1.0), inflow=flip(self.inflow), initial=flip(self.initial),
        )

    def turned(self):
        """Turn by a quarter, counter-clockwise on the map."""
        def turn(a):
            return np.rot90(a, 1, (1, 2))

        return replace(
            self, delr=self.delc, delc=self.delr[::-1], flow_x=-turn(self.flow_y), flow_y=turn(self.flow_x),
            flow_z=turn(self.flow_z), inflow=turn(self.inflow), initial=turn(self.initial),
        )

    def tipped(self):
        """Exchange x and z (a mirror image: x becomes up, up becomes x)."""
        def tip(a):
            return np.swapaxes(a, 0, 2)[::-1, :, ::-1]

        return replace(
            self, delr=self.thickness[::-1], thickness=self.delr[::-1], flow_x=tip(self.flow_z),
            flow_z=tip(self.flow_x), flow_y=tip(self.flow_y), inflow=tip(self.inflow), initial=tip(self.initial),
        )

    def in_units(self, length, time, mass):
        """Say the same in units in which a length is `length` times its number, and so on."""
        flow, concentration = length**3 / time, mass / length**3
        return replace(
            self, delr=self.delr * length, delc=self.delc * length, thickness=self.thickness * length,
            flow_x=self.flow_x * flow, flow_y=self.flow_y * flow, flow_z=self.flow_z * flow,
            inflow=self.inflow * concentration, initial=self.initial * concentration,
            longitudinal=self.longitudinal * length, transverse=self.transverse * length,
            vertical=self.vertical * length, diffusion=self.diffusion * length**2 / time,
            decay_rate=self.decay_rate / time, time=self.time * time,
        )


def mean_of_faces(values, axis):
    """Mean over the one or two faces that each cell has along `axis`."""
    pad = [(0, 0)] * values.ndim
    before, after = list(pad), list(pad)
    before[axis], after[axis] = (1, 0), (0, 1)
    count = np.pad(np.ones(values.shape), before) + np.pad(np.ones(values.shape), after)
    return (np.pad(values, before) + np.pad(values, after)) / np.maximum(count, 1.0)


def make_box(seed=1, shape=(4, 9, 12)):
    """Return a box of uneven spacings with random flow around a mean that runs obliquely."""
    rng = np.random.default_rng(seed)
    n_lay, n_row, n_col = shape
    spacing = [rng.uniform(0.8, 1.3, n) for n in (n_col, n_row, n_lay)]
    return Box(
        delr=2.0 * spacing[0], delc=2.0 * spacing[1], thickness=spacing[2],
        flow_x=rng.normal(1.0, 0.4, (n_lay, n_row, n_col - 1)), flow_y=rng.normal(-0.6, 0.4, (n_lay, n_row - 1, n_col)),
        flow_z=rng.normal(0.1, 0.3, (n_lay - 1, n_row, n_col)), inflow=(rng.random(shape) < 0.1).astype(float),
        initial=(rng.random(shape) < 0.1).astype(float),
    )


@pytest.fixture
def box():
    return make_box()


@pytest.fixture
def box_of():
    return make_box
