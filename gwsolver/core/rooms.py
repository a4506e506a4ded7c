"""Rooms that bear the name of what they do: ``gwsolver.run(path)`` runs, and is the package of its parts as well."""

import importlib
import inspect
import sys
from types import ModuleType
from typing import Any


def callable_room(name: str, part: str) -> None:
    """Let the package `name` be called as the function of its own last name in the module `part`.

    Importing a part of a package sets the package as an attribute of its parent, which would hide a function there.
    `help`, signatures and tooltips of notebooks show the function; it is imported when it is first needed.
    """
    # A class has a docstring of its own, even if it is None: the property must be given again.
    sys.modules[name].__class__ = type("Room", (_Room,), {"_part": part, "__doc__": vars(_Room)["__doc__"]})


class _Room(ModuleType):
    _part: str

    def _function(self) -> Any:
        return getattr(importlib.import_module(self._part), self.__name__.rpartition(".")[2])

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._function()(*args, **options)

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self._function())

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        function = self._function()
        short = self.__name__.rpartition(".")[2]
        return f"{inspect.getdoc(function)}\n\nCalled as {short}{inspect.signature(function)}."
