"""What every figure of an ensemble says about it: how many runs, what varied, what failed."""

from dataclasses import dataclass
from typing import Any

from gwsolver.core.case import in_language
from gwsolver.core.errors import InputError, Problem
from gwsolver.maps.words import Language


@dataclass(frozen=True)
class Facts:
    """Counts of an ensemble's members.

    Attributes
    ----------
    members, finished, failed : int
        All that were asked for, and what became of them.
    names : tuple of str
        What varied, in the language of the figure.
    """

    members: int
    finished: int
    failed: int
    names: tuple[str, ...]

    @classmethod
    def of(cls, found: Any, lang: str) -> "Facts":
        """Return those of an ensemble."""
        return cls(found.design.n_members, found.n, len(found.failures),
                   tuple(parameter_title(p, lang) for p in found.design.parameters))

    def sentences(self, words: Language) -> list[str]:
        """Return how many runs there are, what varied, what is missing."""
        found = [words("ensemble.runs", finished=self.finished, names=", ".join(self.names))]
        if self.failed:
            found.append(words("ensemble.failed", failed=self.failed, members=self.members))
        missing = self.members - self.finished - self.failed
        if missing:
            found.append(words("ensemble.missing", missing=missing, members=self.members))
        return found


def parameter_title(parameter: Any, lang: str) -> str:
    """Return what a parameter is called in a language."""
    return in_language(parameter.title, lang, parameter.name)


def pick(found: Any, species: str) -> str:
    """Return the ensemble's own spelling of a species, or the first with a limit if none is named."""
    known = list(found.species)
    if not species:
        return next((s for s in known if s in found.wanted.limits), known[0])
    name = next((n for n in known if n.lower() == species.lower()), None)
    if name is None:
        raise InputError([Problem("species", package="ensemble", value=species, allowed="one of " + ", ".join(known),
                                  hint="Members keep what species of [ensemble] names.")])
    return str(name)


def needed(limit: float | None, species: str) -> float:
    """Return a limit, which must be there."""
    if limit is None:
        raise InputError([Problem(f"{species} has no limit", package="ensemble",
                                  hint="Give [[limit]] in case.toml, or limit here.")])
    return limit


def telling(counts: dict[int, int], monitoring: set[int]) -> int:
    """Return which place a title names: the one most often above the limit, monitoring wells only if there is no other.

    Parameters
    ----------
    counts : dict of int to int
        Runs above the limit by place.
    monitoring : set of int
        Places that only watch.
    """
    others = [i for i in counts if i not in monitoring] or list(counts)
    return max(others, key=lambda i: counts[i])
