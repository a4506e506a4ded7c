"""gwsolver: groundwater contamination with MODFLOW 6 models.

``run`` solves a folder or a flopy ``MFSimulation``; ``load`` reads and checks it; ``open_results``
opens what a run wrote; ``plume_map`` draws it.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_WHERE = {
    "load": "gwsolver.run.api",
    "scenarios": "gwsolver.run.scenarios",
    "open_ensemble": "gwsolver.ensemble.result",
    "open_results": "gwsolver.results",
    "open_surface": "gwsolver.results.surface",
    "plume_map": "gwsolver.maps",
    "receptor_series": "gwsolver.maps",
    "plume_dates": "gwsolver.maps",
    "section": "gwsolver.maps",
    "acceptors": "gwsolver.maps",
    "heads": "gwsolver.maps",
    "setting": "gwsolver.maps",
    "mass_budget": "gwsolver.maps",
    "exceedance_map": "gwsolver.maps",
    "receptor_band": "gwsolver.maps",
    "tornado": "gwsolver.maps",
    "lake_chart": "gwsolver.maps",
    "InputError": "gwsolver.core.errors",
    "RunError": "gwsolver.core.errors",
    "Problem": "gwsolver.core.errors",
}

__all__ = [
    "InputError", "Problem", "RunError", "acceptors", "ensemble", "exceedance_map", "heads", "lake_chart", "load",
    "mass_budget", "open_ensemble", "open_results", "open_surface", "plume_dates", "plume_map", "receptor_band",
    "receptor_series", "run", "scenarios", "section", "setting", "tornado",
]


def __getattr__(name: str) -> Any:
    # Imported where used: `gwsolver --help` must not load numpy, flopy or matplotlib.
    if name in ("run", "ensemble"):  # the rooms are callable
        return importlib.import_module(f"gwsolver.{name}")
    if name in _WHERE:
        return getattr(importlib.import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'gwsolver' has no attribute '{name}'")
