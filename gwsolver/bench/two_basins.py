"""A river with a dam, fields and a delta that ends in a lake of two basins: a network of ten nodes, in members."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.calendar import CalendarStep, monthly
from gwsolver.surface.forcing import Constant, Months, Scaled
from gwsolver.surface.hypsometry import Hypsometry
from gwsolver.surface.network import Network
from gwsolver.surface.nodes.delta import Delta
from gwsolver.surface.nodes.demand import Demand
from gwsolver.surface.nodes.inflow import Inflow
from gwsolver.surface.nodes.lake import Lake
from gwsolver.surface.nodes.reach import Reach
from gwsolver.surface.nodes.reservoir import Reservoir
from gwsolver.surface.nodes.strait import Strait

KM2, KM3 = 1e6, 1e9
# Of a mountain river, and of evaporation from a lake at 45 degrees north: textbook shapes.
RIVER = np.array([0.045, 0.045, 0.055, 0.075, 0.115, 0.155, 0.165, 0.135, 0.075, 0.055, 0.045, 0.035])
EVAPORATION = np.array([4.0, 5, 14, 62, 128, 168, 196, 186, 140, 84, 34, 9]) * 1e-3  # m a month


LAGS = {"upper": "lag", "fields": "return_lag", "delta": "lag"}


def network(members: int, seed: int = 1) -> Network:
    """Return the network; members differ by evaporation, rain and inflow."""
    return Network(settings(members, seed), members)


def without_lags_and_salt(members: int, seed: int = 1) -> list[Any]:
    """Return the nodes without linear stores and what salt does to evaporation: as programs for water know them."""
    plain = {name: {key: 0.0} for name, key in LAGS.items()} | {name: {"salt_slows": 0.0} for name in ("west", "east")}
    return [replace(node, **plain.get(node.name, {})) for node in settings(members, seed)]


def settings(members: int, seed: int = 1) -> list[Any]:
    """Return the nodes."""
    draw = np.random.default_rng(seed).standard_normal

    def factor(deviation: float) -> NDArray[np.float64]:
        return 1.0 + deviation * draw(members)

    evaporation = Scaled(Months(EVAPORATION, totals=True), factor(0.03))
    rain = Constant(0.16 / 365.25 * factor(0.1))
    west = Hypsometry([331, 335, 340, 341, 342, 343, 350], np.array([0, 2.8, 7.7, 9.2, 10.6, 11.3, 14.0]) * 1e3 * KM2)
    east = Hypsometry([316, 330, 340, 341, 342, 343, 350], np.array([0, 1.5, 6.4, 7.2, 7.6, 8.1, 10.0]) * 1e3 * KM2)
    dam = Hypsometry([440, 460, 470, 479, 485, 490], np.array([0, 0.37, 0.88, 1.37, 1.85, 2.3]) * 1e3 * KM2)
    return [
        Inflow("border", "upper", Scaled(Months(12.6 * KM3 * RIVER, totals=True), factor(0.03)), Constant(0.35)),
        Reach("upper", "dam", lag=4.0, loss_share=0.02),
        Inflow("tributaries", "dam", Months(3.5 * KM3 * RIVER, totals=True), Constant(0.35)),
        Reservoir("dam", "fields", dam, 14.0 * KM3, 0.35, 6.6 * KM3, 18.5 * KM3, least=Constant(250 * 86400.0),
                  guide=Constant(14.0 * KM3), rain=rain, evaporation=evaporation),
        Demand("fields", "delta", Months(0.3 * KM3 * RIVER, totals=True), 0.42, 0.35, return_lag=60.0,
               salt_returned=1.0),
        Delta("delta", "west", 0.14, Months(1.2 * KM3 * RIVER, totals=True), 15.0),
        Inflow("rivers", "east", Months(2.6 * KM3 * RIVER, totals=True), Constant(0.35)),
        Lake("west", west, 341.6, 1.4, rain, evaporation, Constant(0.55 * KM3 / 365.25), Constant(1.5), salt_slows=5e-4,
             carbonate=0.5),
        Lake("east", east, 341.6, 4.4, rain, evaporation, Constant(0.35 * KM3 / 365.25), Constant(1.0), salt_slows=5e-4,
             carbonate=0.5, sink=0.016 / 365.25),
        Strait("strait", "west", "east", 335.5, 0.4 * KM3 / 365.25),
    ]


def months(years: int) -> list[CalendarStep]:
    """Return the months of so many years."""
    return list(monthly(date(2001, 1, 1), date(2001 + years, 1, 1)))
