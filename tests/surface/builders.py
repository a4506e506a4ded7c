"""Small lakes and rivers for the tests."""

from datetime import date

import numpy as np

from gwsolver.core.calendar import CalendarStep, daily, monthly
from gwsolver.surface.forcing import Constant
from gwsolver.surface.hypsometry import Hypsometry
from gwsolver.surface.nodes.lake import Lake

START = date(2001, 1, 1)
PRISM = Hypsometry([0.0, 1e-6, 100.0], [1e6, 1e6, 1e6])  # the same area at every level
CONE = Hypsometry([0.0, 50.0], [0.0, 5e6])


def months(n):
    return list(monthly(START, date(START.year + n // 12, 1 + n % 12, 1)))


def days(n):
    return list(daily(START, date.fromordinal(START.toordinal() + n)))


def one_step(length):
    return CalendarStep(0, START, date.fromordinal(START.toordinal() + length))


def lake(name="lake", table=CONE, initial=20.0, **more):
    return Lake(name, table, initial, **{k: Constant(v) if k in FORCINGS else v for k, v in more.items()})


FORCINGS = ("rain", "evaporation", "ground_water", "ground_salinity", "withdrawal")


def run(network, steps):
    return [network.advance(step) for step in steps]


def worst(steps):
    return max(max(s.water_closure.max(), s.salt_closure.max()) for s in steps)


def least(steps):
    return min(min(s.volume.min(), s.salt.min(), min(h.solid.min() for h in s.held.values())) for s in steps)


def levels(steps, name, member=0):
    return np.array([s.held[name].level[member] for s in steps])
