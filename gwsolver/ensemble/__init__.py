"""Many runs of one case whose values are uncertain; called itself, it runs them: ``gwsolver.ensemble(path)``."""

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A room with the name of what it does: importing a part of it must not hide the function."""

    def __call__(self, path: Any, *args: Any, **options: Any) -> Any:
        """Run; see `gwsolver.ensemble.api.ensemble`."""
        from gwsolver.ensemble.api import ensemble

        return ensemble(path, *args, **options)


sys.modules[__name__].__class__ = _Callable
