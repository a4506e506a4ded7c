"""How faces find the differences and gradients they need, told apart in even and general groups of eight."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_local_setup
from gwsolver.transport.explicit.local.layout import Layout
from gwsolver.transport.explicit.work import Work

Floats32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Rule:
    """What does not depend on levels: the rule of each face and the kinds of groups.

    Attributes
    ----------
    faces : ndarray of float32, shape (4, face)
        Ratio (0 at ends), end (0 none, 1 a line, 2 a given concentration), that concentration, outer weight.
    kind : ndarray of int8, shape (3, segment)
        -1 no faces, 0 even, 1 general.
    shared : ndarray of float32, shape (3, segment, 8)
        Weights of even groups.
    """

    faces: Floats32
    kind: NDArray[np.int8]
    shared: Floats32


def rule_of(work: Work, layout: Layout) -> Rule:
    """Return rules and kinds of faces as the boundaries have them."""
    faces, k = work.sweep.faces, work.coefficients.faces
    side = k[0] > 0.0
    ends = np.where(side, faces.ends[:, 0], faces.ends[:, 1])
    rule = np.zeros((4, faces.order.size), np.float32)
    rule[0] = np.where(ends, 0.0, work.rule.ratio)
    rule[1] = np.where(ends & (work.rule.ratio > 0.0), np.where(work.rule.given, 2.0, 1.0), 0.0)
    rule[2] = work.rule.concentration
    rule[3] = layout.fourth
    kind = np.zeros((3, layout.n_segments), np.int8)
    shared = np.zeros((3, layout.n_segments, 8), np.float32)
    transport_local_setup.kinds(layout.face_at, layout.offset, layout.weights, rule, kind, shared)
    return Rule(rule, kind, shared)
