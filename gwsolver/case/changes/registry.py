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
    """

    key: str
    title: str
    table: type[Table]
    check: Callable[[Any, Site], Iterable[Fault]]
    apply: Callable[[Any, Site], Site]


@cache
def kinds() -> dict[str, ChangeKind]:
    """Return all kinds by key, in alphabetical order: the order in which a scenario's changes are made."""
    import gwsolver.case.changes as room

    modules = [importlib.import_module(f"{room.__name__}.{m.name}") for m in pkgutil.iter_modules(room.__path__)]
    found = [m.KIND for m in modules if hasattr(m, "KIND")]
    return {kind.key: kind for kind in sorted(found, key=lambda k: k.key)}
