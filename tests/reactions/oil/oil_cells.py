"""Cells with oil as reactions see them, without transport: what the tests of this folder share."""

import numpy as np

from gwsolver.reactions.oil.body import Oil, OilBody, OilComponent, OilSetting
from gwsolver.reactions.reaction import Cells

BTEXN = ("benzene", "toluene", "ethylbenzene", "xylenes", "naphthalene")
MOLAR_MASS = np.array([78.11, 92.14, 106.17, 106.17, 128.17])  # [g/mol]
SOLUBILITY = np.array([1780.0, 526.0, 169.0, 170.0, 110.0])  # [g/m3]
COMPONENTS = tuple(OilComponent(*row) for row in zip(BTEXN, MOLAR_MASS.tolist(), SOLUBILITY.tolist(), strict=True))
FRACTIONS = dict(zip(BTEXN, (0.001, 0.003, 0.001, 0.005, 0.001), strict=True))
CRUDE = Oil(FRACTIONS, 250.0, 8.6e5)
UNIT = np.ones(1)


class Books:
    """Sums of what was booked, by account, package and term."""

    def __init__(self):
        self.rows = {}

    def __call__(self, account, package, term, amounts):
        key = account, package, term
        self.rows[key] = self.rows.get(key, 0.0) + amounts

    def net(self, account):
        """Net of one account, shape (cell,)."""
        return sum(amounts for (name, _, _), amounts in self.rows.items() if name == account)


def cells_of(water, species=BTEXN, retardation=1.0):
    """Cells of clean water [m3] at time zero."""
    water = np.atleast_1d(np.asarray(water, float))
    content = np.outer(np.broadcast_to(retardation, len(species)), water)
    shape = content.shape
    return Cells(tuple(species), np.zeros(shape), content, water, np.zeros(water.size), np.ones(shape, bool), 0.0)


def body(mass, **more):
    """One body in the first cells."""
    mass = np.atleast_1d(np.asarray(mass, float))
    return OilBody("lake", np.arange(mass.size), mass, more.pop("oil", CRUDE), **more)


def setting(*bodies, components=COMPONENTS):
    return OilSetting(components, bodies)
