"""Exact and screening solutions, written from the papers: one file per geometry or reaction.

Unless it says otherwise, a function takes the seepage velocity v [L/T] and dispersion coefficients D [L**2/T] of the
dissolved solute; ``retardation`` R divides both, ``decay_rate`` lambda [1/T] acts alike on dissolved
and sorbed solute. Water flows towards +x. They judge the solver, so they share no code with it.
"""

from gwsolver.bench.solutions.batch import KineticAcceptors, monod
from gwsolver.bench.solutions.bioscreen import SourceZone
from gwsolver.bench.solutions.chains import Chain, chain_column, chain_of_one_retardation
from gwsolver.bench.solutions.column import (
    finite_column_first_type,
    finite_column_third_type,
    ogata_banks,
    semi_infinite_third_type,
    sharp_front,
)
from gwsolver.bench.solutions.conserved_scalar import instantaneous_column
from gwsolver.bench.solutions.dissolution import FlushedOil, cleared_front_velocity
from gwsolver.bench.solutions.gaussian import gaussian_pulse
from gwsolver.bench.solutions.mixing_controlled import first_order_length, first_order_plume
from gwsolver.bench.solutions.point import point_source_2d, point_source_3d
from gwsolver.bench.solutions.production import produced
from gwsolver.bench.solutions.radial import radial_from_well
from gwsolver.bench.solutions.sorbing import front_retardation, langmuir_tail, travelling_wave
from gwsolver.bench.solutions.strip import (
    patch_source,
    patch_source_between_walls,
    strip_source,
    strip_source_between_walls,
)
from gwsolver.bench.solutions.two_region import mobile_immobile_column, two_vessels

__all__ = [
    "Chain",
    "FlushedOil",
    "KineticAcceptors",
    "SourceZone",
    "chain_column",
    "chain_of_one_retardation",
    "cleared_front_velocity",
    "finite_column_first_type",
    "finite_column_third_type",
    "first_order_length",
    "first_order_plume",
    "front_retardation",
    "gaussian_pulse",
    "instantaneous_column",
    "langmuir_tail",
    "mobile_immobile_column",
    "monod",
    "ogata_banks",
    "patch_source",
    "patch_source_between_walls",
    "point_source_2d",
    "point_source_3d",
    "produced",
    "radial_from_well",
    "semi_infinite_third_type",
    "sharp_front",
    "strip_source",
    "strip_source_between_walls",
    "travelling_wave",
    "two_vessels",
]
