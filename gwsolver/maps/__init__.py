"""Pictures of results: plume maps with what a map needs to be read, printed and trusted."""

from gwsolver.maps.plume import plume_map, save_map
from gwsolver.maps.work_precision import work_precision

__all__ = ["plume_map", "save_map", "work_precision"]
