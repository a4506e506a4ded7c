"""Synthetic scenes of ensembles; no expected results."""

from dataclasses import fields, replace

import numpy as np

from gwsolver.maps.charts.timescale import TimeScale
from gwsolver.maps.scene import PlumeScene, Subject
from gwsolver.maps.uncertainty.band import BandScene, Seen
from gwsolver.maps.uncertainty.exceedance import HALF, ExceedanceScene
from gwsolver.maps.uncertainty.facts import Facts
from gwsolver.maps.uncertainty.tornado import Influence, TornadoScene
from tests.maps.charts import SUBJECT, YEARS
from tests.maps.scenes import scene, sites

FACTS = Facts(200, 197, 3, ("Hydraulic conductivity", "Decay of benzene", "Organic carbon", "Mass of oil"))
PROBABILITY = {"PW1": 100.0 * 124 / 197, "PW2": 100.0 * 31 / 197, "PW3": 0.0, "M1": 50.3, "M2": 1.0, "M3": 95.0,
               "M4": 0.0, "Village": float("nan")}


def exceedance(**changes):
    """A plume whose probability falls from 100 % at the axis, with wells more and less often above the limit."""
    plume = scene()
    part = 100.0 / (1.0 + (0.01 / np.maximum(plume.concentration, 1e-12)) ** 0.8)
    own = {f.name: getattr(plume, f.name) for f in fields(PlumeScene)}
    law = Subject(**{f.name: getattr(plume, f.name) for f in fields(Subject)})
    shown = tuple(replace(s, value=PROBABILITY[s.name]) for s in sites())
    return ExceedanceScene(**{**own, "concentration": part, "head": None, "flow": None, "limit": HALF, "unit": "%",
                              "sites": shown, "facts": FACTS, "law": law, **changes})


def seen(name, count, peak, arrivals, monitoring=False):
    """A receptor that a pulse passes, ten times higher or lower in a tenth of the runs."""
    middle = peak * np.exp(-0.5 * ((YEARS - 2015.0) / 14.0) ** 2)
    return Seen(name, np.stack([0.1 * middle, middle, 10.0 * middle]), 1.5 * middle, count, arrivals, monitoring)


def band(n=4, **changes):
    """Receptors that see ever less, the last below the axis."""
    never = (np.inf,) * 3
    receptors = [
        seen("M3", 197, 0.6, (1985.2, 1990.1, 2001.7), monitoring=True),
        seen("PW1", 124, 0.03, (1990.4, 2002.2, np.inf)), seen("PW2 with a long name of its own", 31, 0.004,
                                                               (2011.9, np.inf, np.inf)),
        seen("River", 0, 1e-9, never), seen("PW5", 0, 0.0005, never), seen("PW6", 3, 0.001, never),
        seen("PW7", 3, 0.001, never),
    ]
    return BandScene(**{**SUBJECT, "seen": tuple(receptors[:n]), "at": YEARS,
                        "scale": TimeScale(True, "", 1975.0, 2055.0), "facts": FACTS, **changes})


def tornado(correlations=(-0.71, 0.52, 0.2, -0.05), indicator="peak", **changes):
    """Parameters with their ranges."""
    names = ("Decay of benzene in the aquifer, as dissolved", "Mass of oil", "Hydraulic conductivity", "Organic carbon")
    ranges = ("0.0001–0.003 1/d", "× 0.5–2", "× 0.3–2.5", "0.0002–0.002")
    influences = tuple(Influence(n, r, c) for n, r, c in zip(names, ranges, correlations, strict=False))
    return TornadoScene(**{**SUBJECT, "receptor": "PW1", "indicator": indicator, "influences": influences,
                           "chance": 0.14, "facts": FACTS, **changes})
