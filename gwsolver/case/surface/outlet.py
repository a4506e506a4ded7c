"""``[[surface.outlet]]``."""

from gwsolver.case.surface.node import NodeTable
from gwsolver.case.surface.series import Reader
from gwsolver.surface.nodes.outlet import Outlet


class OutletTable(NodeTable):
    """Where water leaves the network."""

    def setting(self, i: int, reader: Reader) -> Outlet:
        """Return the outlet."""
        return Outlet(self.name)
