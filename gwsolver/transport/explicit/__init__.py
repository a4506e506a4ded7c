"""The explicit engine: sub-steps as long as positivity allows, free of the flow's own steps."""

from gwsolver.transport.explicit.engine import ExplicitEngine
from gwsolver.transport.explicit.scheme import ExplicitScheme

__all__ = ["ExplicitEngine", "ExplicitScheme"]
