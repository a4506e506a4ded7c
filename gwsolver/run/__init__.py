"""Owns the time loop and puts the rooms together; called itself, it runs: ``gwsolver.run(path)``."""

from gwsolver.core.rooms import callable_room

callable_room(__name__, "gwsolver.run.api")
