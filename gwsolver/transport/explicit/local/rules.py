"""How faces find the differences and gradients they need, told apart in even and general groups of eight."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_local_packing
from gwsolver.transport.explicit.local.layout import Layout
from gwsolver.transport.explicit.work import Work

Floats32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Rule:
    """How each face finds its upstream difference.

    Attributes
    ----------
    ratio : ndarray of float64, shape (face,)
        Of distances, that of `EndRule`.
    end : ndarray of int8, shape (face,)
        0 none, 1 a line, 2 a given concentration.
    given : ndarray of float32, shape (face,)
        That concentration [M/L**3].
    """

    ratio: NDArray[np.float64]
    end: NDArray[np.int8]
    given: Floats32


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of eight faces, one for each axis and segment.

    Attributes
    ----------
    kind : ndarray of int8, shape (3, segment)
        -1 no faces, 0 even, 1 general.
    shared : ndarray of float32, shape (3, segment, 8)
        Weights of even groups.
    """

    kind: NDArray[np.int8]
    shared: Floats32


def rule_of(work: Work) -> Rule:
    """Return the rules of faces as the boundaries have them."""
    faces, flow, own = work.sweep.faces, work.coefficients.faces[0], work.rule
    ends = np.where(flow > 0.0, faces.ends[:, 0], faces.ends[:, 1])
    end = (ends & (own.ratio > 0.0)).astype(np.int8)
    end[own.faces[end[own.faces] == 1]] = 2
    given = np.zeros(ends.size, np.float32)
    given[own.faces] = own.concentration
    return Rule(own.ratio, end, given)


def groups_of(rule: Rule, layout: Layout) -> Groups:
    """Return which groups take their gradients with the same weights."""
    kind = np.zeros((3, layout.n_segments), np.int8)
    shared = np.zeros((3, layout.n_segments, 8), np.float32)
    transport_local_packing.kinds(
        layout.face_at, layout.offset, layout.weights, rule.ratio, rule.end, layout.fourth, kind, shared
    )
    return Groups(kind, shared)
