"""The registry of boundary packages: one file of this folder each, found by itself.

A kind says what its columns are called, what they may hold, and its equation: the flow into the
aquifer as a function of head, with its derivative. Flow knows no kind by name; neither does transport.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.stress import StressValues

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Column:
    """One quantity of a package's entries.

    Attributes
    ----------
    name : str
        The field's word, key in `StressValues.columns`: "conductance".
    keyword : str
        MODFLOW's field in the PERIOD block (flopy's name): "cond".
    dimension : str
        "L", "L**3/T", "L**2/T", "M/T", "-": for docs and unit conversion.
    allowed : str
        Interval as in `gwsolver.core.errors.INTERVALS`.
    array_keyword : str
        Name of the array in the array-based form of the package (RCHA, EVTA), "" if none.
    """

    name: str
    keyword: str
    dimension: str
    allowed: str = "(-inf, inf)"
    array_keyword: str = ""


@dataclass(frozen=True, eq=False)
class FlowContext:
    """What a package may look at when it computes its flows.

    Attributes
    ----------
    head : ndarray of float64, shape (entry,)
        Head in the cell of each entry [L].
    top, bottom, area : ndarray of float64, shape (entry,)
        Of the cell of each entry.
    newton : bool
        Whether the model uses the Newton formulation (smoothed forms then apply).
    convertible : ndarray of bool, shape (entry,)
        ICELLTYPE != 0 in the cell of each entry.
    """

    head: Floats
    top: Floats
    bottom: Floats
    area: Floats
    newton: bool
    convertible: NDArray[np.bool_]


FlowEquation = Callable[[StressValues, FlowContext, Mapping[str, Any]], tuple[Floats, Floats]]


@dataclass(frozen=True)
class BoundaryKind:
    """A kind of boundary package.

    Attributes
    ----------
    kind : str
        "riv".
    mf6_type : str
        "RIV6".
    model : str
        "gwf" or "gwt".
    title : str
        One line for the table of supported packages.
    columns : tuple of Column
    options : tuple of str
        Lower-case MODFLOW option keywords that are understood, beside those every package has.
    flow : callable or None
        (values, context, options) -> (rate, derivative): flow into the aquifer [L**3/T] and its
        derivative with respect to head [L**2/T], each of shape (entry,).
    fixes : str
        "head" or "concentration" if the column of that name fixes the unknown of its cell, else "".
    seeks_active : bool
        An entry in a dry or inactive cell acts on the uppermost active cell below it, unless
        the option ``fixed_cell`` is set.
    multiplied : str
        The column that AUXMULTNAME multiplies; "" for a kind with one column: that one.
    mass : callable or None
        gwt only: (values) -> mass rate into the cell [M/T], shape (entry,).
    """

    kind: str
    mf6_type: str
    model: str
    title: str
    columns: tuple[Column, ...]
    options: tuple[str, ...] = ()
    flow: FlowEquation | None = None
    fixes: str = ""
    seeks_active: bool = False
    mass: Callable[[StressValues], Floats] | None = None
    multiplied: str = ""


@cache
def kinds() -> dict[str, BoundaryKind]:
    """Return all kinds by name: each module of this folder that has a ``KIND``."""
    import gwsolver.packages as room

    found: dict[str, BoundaryKind] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(room.__path__)):
        kind = getattr(importlib.import_module(f"gwsolver.packages.{module}"), "KIND", None)
        if kind is not None:
            found[kind.kind] = kind
    return found
