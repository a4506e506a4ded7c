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
    ratio : ndarray of float32, shape (face,)
        Of distances, 0 at ends.
    end : ndarray of int8, shape (face,)
        0 none, 1 a line, 2 a given concentration.
    given : ndarray of float32, shape (face,)
        That concentration [M/L**3].
    kind : ndarray of int8, shape (3, segment)
        -1 no faces, 0 even, 1 general.
    shared : ndarray of float32, shape (3, segment, 8)
        Weights of even groups.
    """

    ratio: Floats32
    end: NDArray[np.int8]
    given: Floats32
    kind: NDArray[np.int8]
    shared: Floats32


def rule_of(work: Work, layout: Layout) -> Rule:
    """Return rules and kinds of faces as the boundaries have them."""
    faces, flow, own = work.sweep.faces, work.coefficients.faces[0], work.rule
    ends = np.where(flow > 0.0, faces.ends[:, 0], faces.ends[:, 1])
    ratio = own.ratio.astype(np.float32)
    ratio[ends] = 0.0
    end = (ends & (own.ratio > 0.0)).astype(np.int8)
    end[own.faces[end[own.faces] == 1]] = 2
    given = np.zeros(ends.size, np.float32)
    given[own.faces] = own.concentration
    kind = np.zeros((3, layout.n_segments), np.int8)
    shared = np.zeros((3, layout.n_segments, 8), np.float32)
    transport_local_setup.kinds(layout.face_at, layout.offset, layout.weights, ratio, end, layout.fourth, kind, shared)
    return Rule(ratio, end, given, kind, shared)
