"""Stress packages as records: what acts on which cells during a time step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.time import TimeStep

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class StressValues:
    """Entries of one stress package during one time step, time series already resolved.

    Attributes
    ----------
    cells : ndarray of int64, shape (entry,)
        Zero-based active cell of each entry, -1 where the entry acts on none. An entry of a package
        that looks for the uppermost active cell (RCH, EVT) names the cell it was given for.
    columns : mapping of str to ndarray of float64, shape (entry,) or (entry, k)
        The package's own quantities, in the field's words (``rate``, ``stage``, ``conductance``);
        each file in ``gwsolver/packages`` lists its own.
    auxiliary : mapping of str to ndarray of float64, shape (entry,)
        Auxiliary variables by lower-case name.
    boundnames : tuple of str
        Lower-case name of each entry; empty if the package has none.
    """

    cells: Ints
    columns: Mapping[str, Floats]
    auxiliary: Mapping[str, Floats] = field(default_factory=dict)
    boundnames: tuple[str, ...] = ()


class StressSource(Protocol):
    """Gives the entries of a package for any time step; picklable."""

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the entries in force during `step`."""
        ...


@dataclass(frozen=True, eq=False)
class StressPackage:
    """One boundary package of one model.

    Attributes
    ----------
    name : str
        Lower-case package name, unique in its model: ``"wel-1"``.
    kind : str
        Key into the registry of ``gwsolver.packages``: ``"wel"``.
    source : StressSource
        Resolves periods, time series and multipliers.
    options : mapping
        Options of the package that change its equations, by lower-case MODFLOW keyword.
    auxiliary_names : tuple of str
        Lower-case names of the auxiliary variables.
    file : str
        File it was read from, for messages; "" if from memory.
    """

    name: str
    kind: str
    source: StressSource
    options: Mapping[str, Any] = field(default_factory=dict)
    auxiliary_names: tuple[str, ...] = ()
    file: str = ""

    def at(self, step: TimeStep) -> StressValues:
        """Return the entries in force during `step`."""
        return self.source(step)


@dataclass(frozen=True, eq=False)
class ConstantStress:
    """A stress source that never changes (tests, simple models)."""

    values: StressValues

    def __call__(self, step: TimeStep) -> StressValues:
        """Return the same entries for every step."""
        return self.values
