"""The flash again in plain Python: exact decision, then halving to the last bit."""

from fractions import Fraction

import numpy as np


def oil_amount(moles, keeps, bulk):
    """Return N, shape (cell,), as `gwsolver.reactions.oil.flash.oil_amount`."""
    found = np.zeros(bulk.size)
    for i in range(bulk.size):
        pairs = [(Fraction(t), Fraction(a)) for t, a in zip(moles[:, i], keeps[:, i], strict=True) if t > 0]
        inert = Fraction(bulk[i]) + sum(t for t, a in pairs if a == 0)
        pairs = [(t, a) for t, a in pairs if a > 0]
        if inert > 0 or sum(t / a for t, a in pairs) > 1:
            found[i] = halve(pairs, inert)
    return found


def halve(pairs, inert):
    """Return the root of F(N) = 1 between zero and all there is, each test exact."""
    low, high = 0.0, float(inert + sum(t for t, _ in pairs)) * (1 + 1e-15)
    while True:
        middle = 0.5 * (low + high)
        if middle in (low, high):
            return middle
        n = Fraction(middle)
        above = inert / n + sum(t / (n + a) for t, a in pairs) > 1
        low, high = (middle, high) if above else (low, middle)
