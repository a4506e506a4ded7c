"""MODFLOW 6's own discretisation, for comparison: its weighting, its XT3D, its time steps, its negative values."""

from gwsolver.transport.mf6.scheme import Mf6Scheme

SCHEME = Mf6Scheme("mf6", "MODFLOW 6's own discretisation")
