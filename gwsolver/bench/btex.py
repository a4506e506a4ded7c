"""A plume of five hydrocarbons among acceptors and products in uniform flow: what reactions cost beside transport."""

import dataclasses

import numpy as np

from gwsolver.bench.uniform import transport_model, uniform_flow
from gwsolver.core.dis import structured_grid
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.reactions.degradation.network import Donor

# Retardation factors as in clean sand; acceptors in mg/L.
DONORS = {"benzene": ("C6H6", 1.2), "toluene": ("C7H8", 1.5), "ethylbenzene": ("C8H10", 2.1), "xylenes": ("C8H10", 2.1),
          "naphthalene": ("C10H8", 6.8)}
BACKGROUND = {"oxygen": 8.0, "nitrate": 10.0, "sulfate": 100.0, "iron2": 0.0, "methane": 0.0}
SPECIES = (*DONORS, *BACKGROUND)
END = 730.0


def donors() -> tuple[Donor, ...]:
    """Return the hydrocarbons."""
    return tuple(Donor(name, formula) for name, (formula, _) in DONORS.items())


def grid(n_cells: int = 100_000) -> Grid:
    """Return five layers of cells of 10 x 10 x 4 m, twice as long as wide."""
    across = round((n_cells / 10) ** 0.5)
    return structured_grid(np.full(2 * across, 10.0), np.full(across, 10.0), 20.0, list(16.0 - 4.0 * np.arange(5)))


def models(grid: Grid) -> list[TransportModel]:
    """Return all species; 5 mg/L of each hydrocarbon in a source zone, acceptors everywhere and in what flows in."""
    middle = 0.5 * float(grid.y.max() + grid.y.min())
    source = (np.abs(grid.x - 300.0) < 60.0) & (np.abs(grid.y - middle) < 60.0) & (grid.z > 15.0)
    found = []
    for name in SPECIES:
        initial = np.where(source, 5.0, 0.0) if name in DONORS else BACKGROUND[name]
        model = transport_model(
            grid, porosity=0.3, longitudinal=6.0, transverse=0.6, vertical_transverse=0.03,
            retardation=DONORS[name][1] if name in DONORS else 1.0, initial=initial,
        )
        sources = tuple(dataclasses.replace(s, constant=BACKGROUND.get(name, 0.0)) for s in model.sources)
        found.append(dataclasses.replace(model, name=name, sources=sources))
    return found


def flow(grid: Grid) -> FlowStep:
    """Return uniform flow oblique to the grid, 0.18 m/d."""
    return uniform_flow(grid, (0.05, 0.02, 0.0), end=END)
