"""The order in which water runs through a network of reaches."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def downstream_order(n: int, link_from: Ints, link_to: Ints) -> Ints:
    """Return the reaches, each after all that are upstream of it; those of a loop, and below it, are left out.

    Parameters
    ----------
    n : int
        Number of reaches.
    link_from, link_to : ndarray of int64, shape (link,)
    """
    waits = np.bincount(link_to, minlength=n)
    begin = np.searchsorted(link_from[(by_from := np.argsort(link_from, kind="stable"))], np.arange(n + 1))
    to = link_to[by_from].tolist()
    ready = np.flatnonzero(waits == 0).tolist()
    left, first = waits.tolist(), begin.tolist()
    for reach in ready:  # it grows on the way
        for k in range(first[reach], first[reach + 1]):
            left[to[k]] -= 1
            if left[to[k]] == 0:
                ready.append(to[k])
    return np.array(ready, np.int64)


def one_loop(n: int, link_from: Ints, link_to: Ints) -> list[int]:
    """Return the reaches of a loop in the order of flow, an empty list if there is none."""
    outside = np.zeros(n, np.bool_)
    outside[downstream_order(n, link_from, link_to)] = True
    if outside.all():
        return []
    # Every reach left out has one above it that is left out too: going up ends in a loop.
    above = {int(b): int(a) for a, b in zip(link_from, link_to, strict=True) if not outside[a] and not outside[b]}
    seen: dict[int, int] = {}
    here = next(iter(above))
    while here not in seen:
        seen[here] = len(seen)
        here = above[here]
    return list(seen)[seen[here]:][::-1]
