"""Tables and coefficients of the general kernels, which serve any grid; made only when a march asks for them."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.transport.explicit.coefficients import Coefficients
from gwsolver.transport.explicit.ends import EndRule, Ends
from gwsolver.transport.explicit.fields import Fields, same_field
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.sweeps import Sweep
from gwsolver.transport.sources import Boundaries
from gwsolver.transport.water import Capacity

T = TypeVar("T")


class General:
    """What the general kernels need of one species' flow step and boundaries.

    Parameters
    ----------
    model : TransportModel
    scheme : ExplicitScheme
    fields : Fields, optional
        Those that it shares with others; its own if not given.
    """

    def __init__(self, model: TransportModel, scheme: ExplicitScheme, fields: Fields | None = None) -> None:
        self._fields = fields or Fields(model, scheme)
        self._flow: FlowStep
        self._boundaries: Boundaries
        self._wet: NDArray[np.bool_] | None = None
        self._asked: NDArray[np.bool_]
        self._made_for: tuple[FlowStep | None, Boundaries | None] = (None, None)
        self._place: NDArray[np.int64] | None = None
        self._sweep: Sweep
        self._coefficients: Coefficients
        self._ends: Ends
        self._rule: EndRule
        self._lasting: dict[Hashable, Any] = {}
        self._lasting_for: tuple[object, ...] = ()

    def enter(self, flow: FlowStep, capacity: Capacity, b: Boundaries) -> None:
        """Stand in this flow step, with these boundaries."""
        self._flow, self._boundaries = flow, b
        self._asked = capacity.wet

    @property
    def sweep(self) -> Sweep:
        """Tables, and the kernels that run over them."""
        self._make()
        return self._sweep

    @property
    def coefficients(self) -> Coefficients:
        """Coefficients of faces."""
        self._make()
        return self._coefficients

    @property
    def rule(self) -> EndRule:
        """What stands behind donors at the ends of the grid."""
        self._make()
        return self._rule

    @property
    def last_field(self) -> bool:
        """Whether no other flow field follows: what only these are made from can then be let go."""
        return self._fields.last(self._flow)

    def places(self, faces: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where faces of the grid stand in the kernels' order."""
        order = self.sweep.faces.order
        if self._place is None:
            self._place = np.empty(order.size, np.int64)
            self._place[order] = np.arange(order.size)
        found: NDArray[np.int64] = self._place[faces]
        return found

    def lasting(self, key: Hashable, make: Callable[[], T], *inputs: object) -> T:
        """Return what `make` returns, called once for as long as the inputs stay the same objects."""
        if len(inputs) != len(self._lasting_for) or any(
            a is not b for a, b in zip(inputs, self._lasting_for, strict=True)
        ):
            self._lasting, self._lasting_for = {}, inputs
        if key not in self._lasting:
            self._lasting[key] = make()
        found: T = self._lasting[key]
        return found

    def shared(self, key: Hashable, serves: Callable[[T], bool], make: Callable[[], T]) -> T:
        """Return what any species of these fields made last under this key if it serves, else what `make` returns."""
        return self._fields.shared(key, serves, make)

    def _make(self) -> None:
        """Make what is not made yet."""
        flow, b = self._made_for
        if flow is self._flow and b is self._boundaries:
            return
        rewets = self._wet is None or not np.array_equal(self._asked, self._wet)
        new = rewets or flow is None or not same_field(self._flow, flow)
        if new:
            self._fields.enter(self._flow, self._asked)
            self._ends = self._fields.ends.another()
        if rewets:
            self._wet = self._asked
            self._sweep, self._place = self._fields.sweep, None
        if new or b is not self._boundaries:
            before, self._rule = None if new else self._rule, self._ends.rule(self._boundaries)
            if self._rule is not before:
                self._coefficients = self._fields.coefficients(self._rule.ratio)
                self._sweep.end_with(self._coefficients, self._rule)
        self._made_for = self._flow, self._boundaries


def same_sources(flow: FlowStep, before: FlowStep) -> bool:
    """Return whether packages bring and take the same water as in the step before, by identity of their arrays."""
    return flow is before or (flow.packages is before.packages and flow.residual is before.residual)
