"""Transport schemes, one file each, found by themselves."""

import importlib
import pkgutil
from functools import cache

from gwsolver.core.errors import InputError, Problem
from gwsolver.transport.engine import Scheme

__all__ = ["Scheme", "named", "schemes"]


@cache
def schemes() -> dict[str, Scheme]:
    """Return all schemes by name: each module of this folder that has a ``SCHEME``."""
    found: dict[str, Scheme] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        scheme = getattr(importlib.import_module(f"{__name__}.{module}"), "SCHEME", None)
        if scheme is not None:
            found[scheme.name] = scheme
    return found


def named(name: str) -> Scheme:
    """Return the scheme of this name.

    Raises
    ------
    InputError
        If there is none; the message names those that exist.
    """
    found = schemes()
    if name not in found:
        raise InputError([Problem("scheme", value=name, allowed=f"one of {', '.join(found)}")])
    return found[name]
