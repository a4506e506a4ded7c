"""Central weighting, second order: a straight line from cell to cell, for grid Peclet numbers up to two.

It is not positive by nature. Here the face value never exceeds 1.5 times the donor's, so that no cell
gives more than it holds and nothing becomes negative; where the grid Peclet number is above two it
still oscillates above the truth, as central weighting does.
"""

from gwsolver.transport.explicit.scheme import ExplicitScheme

SCHEME = ExplicitScheme("central", "central weighting, face values clipped", order=1.0, limiter="central")
