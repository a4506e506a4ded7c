"""Cells, books and acceptors for the tests of degradation."""

import numpy as np

from gwsolver.reactions.reaction import Cells


class Books(dict):
    """Amounts by (account, package, term), summed over acts."""

    def __call__(self, account, package, term, amounts):
        key = (account, package, term)
        self[key] = self.get(key, 0.0) + float(np.sum(amounts))

    def account(self, name):
        return sum((v for k, v in self.items() if k[0] == name), 0.0)


def cells_of(species, concentration, *, water=1.0, retardation=1.0, free=None):
    """Cells at these concentrations, shape (species, cell)."""
    c = np.array(concentration, float)
    c = c[:, None] if c.ndim == 1 else c
    water = np.broadcast_to(np.asarray(water, float), c.shape[1:]).copy()
    content = np.broadcast_to(np.asarray(retardation, float), c.shape) * water
    free = np.ones(c.shape, bool) if free is None else np.array(free)
    return Cells(tuple(species), c * content, content, water, np.zeros(c.shape[1]), free, 0.0)


def twin_instantaneous(mass, content, water, held, donors, acceptors, *, dissolved=False, ranked=False):
    """Extents (donor, acceptor, cell) of instantaneous reactions in plain numpy.

    `donors` are rows; `acceptors` tuples: rows taken and made, capacity, row held (None where none), F by donor.
    """
    left = np.maximum(mass[donors], 0.0)
    if dissolved:
        left = left * np.minimum(water / content[donors], 1.0)
    left = np.where(water > 0.0, left, 0.0)
    xi = np.zeros((len(donors), len(acceptors), water.size))
    for e, (taken, made, capacity, solid, f) in enumerate(acceptors):
        a = np.full(water.size, np.inf)
        a = a if taken is None else np.minimum(a, mass[taken])
        a = a if solid is None else np.minimum(a, held[solid])
        a = a if made is None else np.minimum(a, np.maximum(content[made] * capacity - mass[made], 0.0))
        f = np.array(f)[:, None]
        if ranked:
            for j in range(len(donors)):
                xi[j, e] = np.minimum(left[j], a / f[j])
                a = np.maximum(a - f[j] * xi[j, e], 0.0)
        else:
            needed = (f * left).sum(axis=0)
            xi[:, e] = left * np.minimum(1.0, a / np.where(needed > 0.0, needed, 1.0))
        left = left - xi[:, e]
    return xi
