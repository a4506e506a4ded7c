"""MODFLOW 6 in and out; the only room that imports flopy."""

from gwsolver.modflow.reader import read
from gwsolver.modflow.saved_flows import saved_flow_steps

__all__ = ["read", "saved_flow_steps"]
