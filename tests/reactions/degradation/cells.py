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


def cells_of(species, concentration, *, water=1.0, retardation=1.0, free=None, saturation=None):
    """Cells at these concentrations, shape (species, cell)."""
    c = np.array(concentration, float)
    c = c[:, None] if c.ndim == 1 else c
    water = np.broadcast_to(np.asarray(water, float), c.shape[1:]).copy()
    content = np.broadcast_to(np.asarray(retardation, float), c.shape) * water
    free = np.ones(c.shape, bool) if free is None else np.array(free)
    return Cells(tuple(species), c * content, content, water, np.zeros(c.shape[1]), free, 0.0, None,
                 None if saturation is None else np.array(saturation, float))


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


def twin_rates(c, laws, index):
    """Rates of laws at concentrations c, and their gradients (law, species)."""
    r, gradient = np.zeros(len(laws)), np.zeros((len(laws), c.size))
    for s, law in enumerate(laws):
        g, slope = [], []
        for f in law.factors:
            z = f.offset + sum(w * max(c[index[name]], 0.0) for name, w in f.weights)
            p = max(z, 0.0)
            full = f.constant + p
            g.append({"linear": p, "saturation": p / full, "inhibition": f.constant / full}[f.kind])
            d = f.constant / full**2
            slope.append({"linear": 1.0, "saturation": d, "inhibition": -d}[f.kind] if z >= 0.0 else 0.0)
        r[s] = law.rate * np.prod(g)
        for k, f in enumerate(law.factors):
            for name, w in f.weights:
                gradient[s, index[name]] += law.rate * np.prod(np.delete(g, k)) * slope[k] * w
    return r, gradient


A = (
    (),
    (1.544,),
    (0.9466785280815826, 0.2557011698983284),
    (3.314825187068521, 2.896124015972201, 0.9986419139977817),
    (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950),
    (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1.0),
)
C = (
    (),
    (-5.6688,),
    (-2.430093356833875, -0.2063599157091915),
    (-0.1073529058151375, -9.594562251023355, -20.47028614809616),
    (7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160),
    (8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054),
)


def twin_kinetic(y, part, alive, s, laws, index, length, relative=1e-4, absolute=1e-6):
    """Extents of one cell by RODAS in plain numpy; y, part, alive of all entries, s (entry, law)."""
    y, xi, t, h = y.copy(), np.zeros(len(laws)), 0.0, length
    s = s * alive[:, None]
    while t < length:
        gradient = twin_rates(part * y, laws, index)[1] * part
        inverse = np.linalg.inv(4.0 / h * np.eye(y.size) - s @ gradient)
        u, kappa = [], []
        for a, c in zip(A, C, strict=True):
            at = y + sum((w * v for w, v in zip(a, u, strict=True)), np.zeros(y.size))
            rho = twin_rates(part * at, laws, index)[0]
            rho = rho + sum((w * v for w, v in zip(c, kappa, strict=True)), np.zeros(xi.size)) / h
            u.append(inverse @ (s @ rho))
            kappa.append(0.25 * h * (rho + gradient @ u[-1]))
        free = at + u[-1]
        x = np.maximum(sum(w * v for w, v in zip((*A[-1], 1.0), kappa, strict=True)), 0.0)
        while (y + s @ x).min() < 0.0:
            low = y + s @ x < 0.0
            loss = np.maximum(-s, 0.0) @ x
            scale = np.where(low, np.minimum(1.0, y / np.where(low, loss, 1.0)) * (1.0 - 4e-16), 1.0)
            scale = np.where(low & (y <= 1e-200), 0.0, scale)
            x = x * np.prod(np.where(s < 0.0, scale[:, None], 1.0), axis=0)
        after = np.maximum(y + s @ x, 0.0)
        size = absolute / part + relative * np.maximum(y, after)
        error = max(1e-12, np.max((np.abs(u[-1]) + np.abs(y + s @ x - free)) / (0.25 * size)))
        step = h
        if error <= 1.0 or h <= 1e-12 * length:
            t, y, xi = (t + h if h < length - t else length), after, xi + x
        h = min(step * min(6.0, max(0.1, 0.9 / error**0.25)), length - t)
    return xi
