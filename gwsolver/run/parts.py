"""Parts of one time step of a transport model, put together: flow steps and pauses may divide it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.steps import TransportStep

Rates = tuple[NDArray[np.int64], NDArray[np.float64]]


@dataclass
class Parts:
    """Amounts that packages moved in the parts of a time step up to now.

    Attributes
    ----------
    span : float
        Length of the parts together [T].
    amounts : dict of str to list of (cells, amounts)
        Per package; one pair for each set of cells it acted on [M].
    """

    span: float = 0.0
    amounts: dict[str, list[Rates]] = field(default_factory=dict)

    def add(self, part: TransportStep, ends: bool) -> TransportStep:
        """Return the part; the last one with the mean rates of the packages over the whole time step."""
        if ends and not self.amounts:
            return part
        length = part.end - part.start
        self.span += length
        for name, (cells, rates) in part.package_rates.items():
            found = self.amounts.setdefault(name, [])
            for i, (same, amounts) in enumerate(found):
                if np.array_equal(cells, same):
                    found[i] = same, amounts + rates * length
                    break
            else:
                found.append((cells, rates * length))
        if not ends:
            return part
        means = {
            name: (np.concatenate([cells for cells, _ in found]), np.concatenate([a for _, a in found]) / self.span)
            for name, found in self.amounts.items()
        }
        self.span, self.amounts = 0.0, {}
        return replace(part, package_rates=means)

    def state(self) -> Mapping[str, Any]:
        """Return it for a checkpoint."""
        return {"span": self.span, "amounts": self.amounts}

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "Parts":
        """Return the parts that left this state."""
        return cls(state["span"], {name: [(c, a) for c, a in found] for name, found in state["amounts"].items()})
