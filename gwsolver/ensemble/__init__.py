"""Many runs of one case whose values are uncertain; called itself, it runs them: ``gwsolver.ensemble(path)``."""

from gwsolver.core.rooms import callable_room

callable_room(__name__, "gwsolver.ensemble.api")
