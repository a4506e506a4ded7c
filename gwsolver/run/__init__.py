"""Owns the time loop and puts the rooms together; called itself, it runs: ``gwsolver.run(path)``."""

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A room with the name of what it does: importing a part of it must not hide the function."""

    def __call__(self, source: Any, *args: Any, **options: Any) -> Any:
        """Run; see `gwsolver.run.api.run`."""
        from gwsolver.run.api import run

        return run(source, *args, **options)


sys.modules[__name__].__class__ = _Callable
