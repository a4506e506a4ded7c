"""The registry of changes: every module of this folder with a ``KIND`` is a table ``[[scenario.KEY]]``."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from gwsolver.case.changes.site import Fault, Site
from gwsolver.case.tables import Table


@dataclass(frozen=True)
class ChangeKind:
    """One kind of change.

    Attributes
    ----------
    key : str
        Its table is ``[[scenario.KEY]]``.
    title : str
        One line for messages and documents.
    table : type of Table
        Keys and their types.
    check : callable
        (table, site) -> everything that keeps the change from being made.
    apply : callable
        (table, site) -> the site with the change made; called only where `check` found nothing.
    last : bool
        Made after all others: what is built into the aquifer has properties of its own, whatever those of the aquifer.
    """

    key: str
    title: str
    table: type[Table]
    check: Callable[[Any, Site], Iterable[Fault]]
    apply: Callable[[Any, Site], Site]
    last: bool = False


@cache
def kinds() -> dict[str, ChangeKind]:
    """Return all kinds by key in the order in which changes are made: the alphabet's, those that come last behind."""
    import gwsolver.case.changes as room

    modules = [importlib.import_module(f"{room.__name__}.{m.name}") for m in pkgutil.iter_modules(room.__path__)]
    found = [m.KIND for m in modules if hasattr(m, "KIND")]
    return {kind.key: kind for kind in sorted(found, key=lambda k: (k.last, k.key))}
