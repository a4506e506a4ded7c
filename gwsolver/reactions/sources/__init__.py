"""Source functions: a concentration or a mass rate in time, one file each, with its exact integral."""

from gwsolver.reactions.sources.source import Depleting, Source, mean

__all__ = ["Depleting", "Source", "mean"]
