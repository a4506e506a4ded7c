"""What figures show, as plain arrays, points and words: the only thing that drawing sees."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid

Floats = NDArray[np.float64]

WELL, MONITORING, VILLAGE, RECEPTOR, SOURCE = "well", "monitoring", "village", "receptor", "source"


@dataclass(frozen=True, eq=False)
class Site:
    """A point or an area with a name.

    Attributes
    ----------
    name : str
        Printed as it is.
    kind : str
        One of WELL, MONITORING, VILLAGE, RECEPTOR, SOURCE.
    x, y : float
        Map coordinates [L].
    value : float
        Concentration there; NaN if it has none.
    polygon : ndarray of float64, shape (corner, 2)
        Outline; empty for a point.
    """

    name: str
    kind: str
    x: float
    y: float
    value: float = float("nan")
    polygon: Floats = field(default_factory=lambda: np.zeros((0, 2)))


@dataclass(frozen=True, eq=False)
class River:
    """A river as the model has it: polylines in map coordinates, each of shape (point, 2)."""

    name: str
    parts: tuple[Floats, ...]


class Origin(Protocol):
    """Title of the case and version of the program that a figure comes from."""

    @property
    def title(self) -> str: ...  # noqa: D102

    @property
    def version(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, eq=False, kw_only=True)
class Subject:
    """What every figure of a species must say about itself.

    Attributes
    ----------
    species : str
    species_title : dict of str to str
        By language.
    unit, length_unit, time_unit : str
        "mg/L", "m", "d"; "model units" or "" if unknown.
    limit : float or None
        In `unit`.
    limit_source, limit_date : str
        Where the limit stands, and the ISO date of that rule; "" if unknown.
    limit_checked : bool
        False adds "to be checked" in the map's language.
    limit_given : bool
        The limit was set for this map by whoever asked for it.
    crs : str
    status : str
        "illustrative", "calibrated" or "".
    title : str
        Title of the case.
    version : str
    """

    species: str
    species_title: dict[str, str] = field(default_factory=dict)
    unit: str = "model units"
    length_unit: str = ""
    time_unit: str = ""
    limit: float | None = None
    limit_source: str = ""
    limit_date: str = ""
    limit_checked: bool = True
    limit_given: bool = False
    crs: str = ""
    status: str = ""
    title: str = ""
    version: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class PlumeScene(Subject):
    """One species at one time in one layer (or the largest of all layers), and what lies around.

    "Plan cell" is an index of ``Grid.column``: cells above each other share it.

    Attributes
    ----------
    grid : Grid
        Geometry only.
    concentration : ndarray of float64, shape (plan cell,)
        NaN where there is no active cell.
    head : ndarray of float64, shape (plan cell,), or None
    flow : ndarray of float64, shape (plan cell, 2), or None
        Horizontal specific discharge in map directions [L/T].
    time : float
    date : str
        ISO date, "" if unknown.
    layer : int or None
        One-based layer; None: the largest value of all layers.
    n_layers : int
        Zero for DISU, which has none.
    sites, sources : tuple of Site
    rivers : tuple of River
    mixed : bool
        Some wells mix the water of several cells.
    """

    grid: Grid
    concentration: Floats
    head: Floats | None = None
    flow: Floats | None = None
    time: float = 0.0
    date: str = ""
    layer: int | None = None
    n_layers: int = 1
    sites: tuple[Site, ...] = ()
    sources: tuple[Site, ...] = ()
    rivers: tuple[River, ...] = ()
    mixed: bool = False

    @property
    def maximum(self) -> float:
        """Largest concentration of the map, 0 if there is none."""
        good = self.concentration[np.isfinite(self.concentration)]
        return float(good.max()) if good.size else 0.0

    @property
    def metres(self) -> float | None:
        """Metres in the model's unit of length, None if unknown."""
        return {"m": 1.0, "ft": 0.3048, "cm": 0.01, "km": 1000.0, "mm": 0.001}.get(self.length_unit)

    @property
    def wells(self) -> tuple[Site, ...]:
        """Wells that supply water (or pump it for another reason)."""
        return tuple(s for s in self.sites if s.kind == WELL)

    def above(self, site: Site) -> bool:
        """Tell whether a site's water is above the limit (NaN is not)."""
        return self.limit is not None and site.value > self.limit
