"""Small models that the stored answers of MODFLOW 6 belong to: sloping layers, unequal cells, water tables.

Every number here goes into `build.py`, which asks MODFLOW 6, and into the test, which asks gwsolver; geometry and
rock are stored with the answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

DISPERSIVITY = {"alh": 3.0, "alv": 1.5, "ath1": 0.7, "ath2": 0.2, "atv": 0.1, "diffc": 1e-3}
STEPS = (4.0, 2, 1.2)
"""Length of each of two periods, steps, multiplier."""
N_LAY, N_ROW, N_COL = 2, 4, 5


@dataclass(frozen=True)
class Case:
    """What is asked of the solute on one of the flows.

    Attributes
    ----------
    scheme : str
        Of ADV.
    xt3d : bool
    sorption : str
        "" for none.
    second : float
        SP2.
    decay : float
        First-order rate, or, negative, production of order zero; 0 for none.
    immobile : bool
        With an immobile domain of the same sorption and decay.
    """

    scheme: str = "upstream"
    xt3d: bool = True
    sorption: str = ""
    second: float = 1.0
    decay: float = 0.0
    immobile: bool = False


CASES = {
    **{f"{s}{'_xt3d' if x else ''}": Case(s, x) for s in ("upstream", "central", "tvd") for x in (False, True)},
    "linear": Case(sorption="linear", decay=0.02, immobile=True),
    "freundlich": Case(sorption="freundlich", second=0.7, decay=0.02, immobile=True),
    "langmuir": Case(sorption="langmuir", second=2.0, decay=-0.04, immobile=True),
}


@dataclass(frozen=True)
class Ground:
    """Geometry and rock of a flow model.

    Attributes
    ----------
    newton, disv : bool
        Formulation and kind of grid.
    rock : mapping of str to ndarray
        Arrays of shape (layer, row, column), spacings, and `corners`, shape (corner, 2).
    """

    newton: bool
    disv: bool
    rock: Mapping[str, np.ndarray]

    def rings(self) -> list[list[int]]:
        """Return the corners of each cell in plan, clockwise."""
        at = lambda i, j: i * (N_COL + 1) + j  # noqa: E731
        return [[at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)] for i in range(N_ROW) for j in range(N_COL)]

    def centres(self) -> np.ndarray:
        """Return the means of the corners, shape (plan cell, 2)."""
        return np.round([self.rock["corners"][ring].mean(axis=0) for ring in self.rings()], 6)

    def cellid(self, layer: int, row: int, column: int) -> tuple[int, ...]:
        """Return the cell in the numbering of the grid's kind."""
        return (layer, row * N_COL + column) if self.disv else (layer, row, column)


GROUNDS = {"dis": {"newton": False, "disv": False}, "disv": {"newton": True, "disv": True}}
FIXED, LOADED = ((1, 2, 2), 2.0), ((1, 3, 1), 3.0)
IMMOBILE = {"cim": 0.1, "porosity": 0.25, "volfrac": 0.3, "zetaim": 0.01, "bulk_density": 1.4, "distcoef": 0.2}
KD, DECAY_SORBED_SHARE = 0.3, 0.25
