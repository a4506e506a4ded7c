"""Chains of first-order decay carried through a column, beside their exact solution."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gwsolver.bench.cases import POROSITY, THIN, line_grid
from gwsolver.bench.reacting import Carried, carry_reacting
from gwsolver.bench.solutions import Chain
from gwsolver.bench.solutions import chain_column as exact_chain_column
from gwsolver.bench.source_zones import from_source
from gwsolver.bench.uniform import transport_model, uniform_flow
from gwsolver.core.chemistry import Chemistry

Floats = NDArray[np.float64]
FOUR = Chain.in_line([0.05, 0.02, 0.01, 0.005])
"""Four species, per day, yields of one."""


@dataclass(frozen=True, eq=False)
class Column:
    """A chain in a column.

    Attributes
    ----------
    x : ndarray of float64, shape (cell,)
        Distance from the inlet [L].
    ours, exact : ndarray of float64, shape (species, cell)
        In parts of the first species' concentration at the inlet.
    carried : Carried
    """

    x: Floats
    ours: Floats
    exact: Floats
    carried: Carried

    def largest(self, beyond: float = 0.0) -> float:
        """Return the largest difference of any species farther than this from the inlet."""
        return float(np.abs(self.ours - self.exact)[:, self.x > beyond].max())

    def mean(self, within: float) -> float:
        """Return the mean difference of the worst species nearer than this to the inlet."""
        return float(np.abs(self.ours - self.exact)[:, self.x < within].mean(axis=1).max())


def chain_column(
    spacing: float, *, chain: Chain = FOUR, retardation: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0),
    length: float = 240.0, seepage_velocity: float = 0.2, dispersivity: float = 10.0, time: float = 400.0,
    step: float = 0.0, tolerance: float = 1e-2,
) -> Column:
    """Carry a chain whose first member is held at the inlet; all mass decays, dissolved and sorbed."""
    from gwsolver.reactions.degradation.first_order import Decay, Setting

    names = tuple(f"member {i + 1}" for i in range(len(chain.rates)))
    grid = line_grid(np.array([THIN * spacing, *([spacing] * round(length / spacing))]), "x")
    x = from_source(grid)
    inlet = np.flatnonzero(x < 0.0)
    models = [
        replace(
            transport_model(
                grid, porosity=POROSITY, longitudinal=dispersivity, retardation=r,
                fixed=(inlet, 1.0 if name == names[0] else 0.0),
            ),
            name=name,
        )
        for name, r in zip(names, retardation, strict=True)
    ]
    daughters: list[dict[str, float]] = [{} for _ in names]
    for name, parent, made in zip(names, chain.parents, chain.yields, strict=True):
        if parent is not None:
            daughters[parent][name] = made
    decays = tuple(Decay(*each) for each in zip(names, chain.rates, daughters, strict=True))
    chemistry = Chemistry((Setting(decays, acts_on="total"),), names, step=step, tolerance=tolerance)
    flow = uniform_flow(grid, (POROSITY * seepage_velocity, 0.0, 0.0), end=time)
    done = carry_reacting(models, flow, chemistry)
    behind = x > 0.0
    exact = exact_chain_column(
        x[behind], time, chain=chain, inlet_concentration=np.eye(len(names))[0], retardation=np.array(retardation),
        seepage_velocity=seepage_velocity, dispersion=dispersivity * seepage_velocity,
    )
    return Column(x[behind], np.array([done.concentration[name][behind] for name in names]), exact, done)
