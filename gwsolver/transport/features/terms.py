"""The terms of a feature's water, and what each of them does to the solute (MODFLOW 6, tsp-apt.f90, gwt-lkt.f90).

What comes in brings the concentration that the package is given for it, zero without. What leaves takes the
feature's own, but evaporation takes a given one, or the feature's where that is lower. Storage shows in the
volumes, and what holds a lake at a given stage ("constant") moves no solute.
"""

from dataclasses import dataclass

BRINGS, TAKES, EVAPORATES = "brings", "takes", "evaporates"


@dataclass(frozen=True)
class WaterTerm:
    """One term of `FeatureStep.terms` that moves solute.

    Attributes
    ----------
    name : str
    does : str
        `BRINGS`, `TAKES` or `EVAPORATES`.
    column : str
        Column of `FeatureSolute.source` with its concentration; "" if there is none.
    """

    name: str
    does: str
    column: str = ""


TERMS = (
    WaterTerm("rainfall", BRINGS, "rainfall"), WaterTerm("evaporation", EVAPORATES, "evaporation"),
    WaterTerm("runoff", BRINGS, "runoff"), WaterTerm("ext-inflow", BRINGS, "inflow"),
    WaterTerm("from-mvr", BRINGS), WaterTerm("withdrawal", TAKES), WaterTerm("ext-outflow", TAKES),
    WaterTerm("to-mvr", TAKES),
)
