"""How much standing water covers at a level: area piecewise linear in level, volume its exact integral and inverse.

A third column for the volume would be one too many: with two of the three given, the other follows. `from_columns`
takes a volume column only to hold it against the integral.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem, located
from gwsolver.kernels import surface_hypsometry

Floats = NDArray[np.float64]


class Hypsometry:
    """A table of level and area.

    Parameters
    ----------
    level : array_like, shape (node,)
        Rising [m].
    area : array_like, shape (node,)
        Never falling, positive from the second node on [m2].
    name : str
        Whose table it is, for messages.

    Raises
    ------
    InputError
        With everything that is wrong with the table.

    Attributes
    ----------
    level, area, volume : ndarray of float64, shape (node,)
        [m, m2, m3]; the volume is the trapezoids' sum, exact for this area.
    slope : ndarray of float64, shape (node - 1,)
        dA/dh of each segment [m].
    floor, top : float
        First and last level [m].
    capacity : float
        Volume at the top [m3].
    """

    def __init__(self, level: Sequence[float] | Floats, area: Sequence[float] | Floats, *, name: str = "") -> None:
        h, a = np.array(level, float), np.array(area, float)
        problems = _table_problems(h, a)
        if problems:
            raise InputError(located(problems, package=name or "stage table"))
        self.level, self.area = h, a
        steps = np.diff(h)
        self.slope: Floats = np.diff(a) / steps
        self.volume: Floats = np.append(0.0, np.cumsum(0.5 * (a[1:] + a[:-1]) * steps))
        self.floor, self.top, self.capacity = float(h[0]), float(h[-1]), float(self.volume[-1])

    def __repr__(self) -> str:
        """Return what makes this table: hashes of inputs are made from it."""
        return f"Hypsometry({self.level.tolist()}, {self.area.tolist()})"

    @classmethod
    def from_columns(
        cls, level: Sequence[float] | Floats, area: Sequence[float] | Floats, volume: Sequence[float] | Floats, *,
        tolerance: float, name: str = "",
    ) -> "Hypsometry":
        """Return the table of level and area, after holding a volume column against its integral.

        Parameters
        ----------
        tolerance : float
            Largest difference that is rounding of the column [m3].
        """
        table = cls(level, area, name=name)
        given = np.array(volume, float)
        off = np.abs(given - table.volume) if given.shape == table.volume.shape else np.full(1, np.inf)
        if off.max() > tolerance:
            worst = int(off.argmax())
            raise InputError(located([Problem(
                f"the volume at node {worst + 1} is not the integral of the area, which is {table.volume[worst]:g} m3",
                value=f"{given[worst]:g} m3" if given.size > worst else "missing",
                hint="Level and area say it all: leave the volumes out, or mend the area.",
            )], package=name or "stage table"))
        return table

    def level_at(self, volume: Floats) -> Floats:
        """Return the level of each volume [m], not above the top."""
        found = np.empty(volume.shape)
        surface_hypsometry.levels(self.level, self.area, self.volume, self.slope, np.ascontiguousarray(volume), found)
        return found

    def area_at(self, level: Floats) -> Floats:
        """Return the area at each level [m2]; zero at the floor and below."""
        found = np.empty(level.shape)
        surface_hypsometry.areas(self.level, self.area, self.slope, np.ascontiguousarray(level), found)
        return found

    def volume_at(self, level: Floats) -> Floats:
        """Return the volume at each level [m3]; zero at the floor and below."""
        found = np.empty(level.shape)
        surface_hypsometry.volumes(self.level, self.area, self.volume, self.slope, np.ascontiguousarray(level), found)
        return found


def joined(tables: Sequence[Hypsometry]) -> Hypsometry:
    """Return the table of several basins at one level: exact, as sums of piecewise linear areas are.

    It begins at the highest floor, with the volume that all hold there.
    """
    floor, top = max(t.floor for t in tables), min(t.top for t in tables)
    level = reduce(np.union1d, (t.level for t in tables))
    level = level[(level >= floor) & (level <= top)]
    both = Hypsometry(level, np.sum([np.interp(level, t.level, t.area) for t in tables], axis=0))
    both.volume += sum(float(t.volume_at(np.array([floor]))[0]) for t in tables)
    both.capacity = float(both.volume[-1])
    return both


def _table_problems(level: Floats, area: Floats) -> list[Problem]:
    if level.ndim != 1 or level.shape != area.shape or level.size < 2:
        return [Problem("level and area need as many values, two at least",
                        value=f"{level.size} levels and {area.size} areas")]
    found = [
        Problem(f"levels must rise: after {level[i]:g} m comes {level[i + 1]:g} m")
        for i in np.flatnonzero(~(np.diff(level) > 0.0))
    ]
    found += [
        Problem(f"the area falls from {area[i]:g} m2 at {level[i]:g} m to {area[i + 1]:g} m2 at {level[i + 1]:g} m",
                hint="Water that rises cannot cover less: mend the table.")
        for i in np.flatnonzero(~(np.diff(area) >= 0.0))
    ]
    if not area[0] >= 0.0:
        found.append(Problem("area at the floor", value=f"{area[0]:g} m2", allowed="[0, inf)"))
    if not found and not area[1] > 0.0:
        found.append(Problem(f"nothing is covered at {level[1]:g} m, the second level",
                             hint="Begin the table at the floor: the last level without water."))
    return found
