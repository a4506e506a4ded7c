"""``[[surface.inflow]]``."""

from typing import Annotated

from gwsolver.case.surface.node import NodeTable
from gwsolver.case.surface.series import Reader, Series, series
from gwsolver.surface.nodes.inflow import Inflow


class InflowTable(NodeTable):
    """Water that enters the network."""

    to: str
    flow: Annotated[Series, series("m3/d")]
    salinity: Annotated[Series | None, series("kg/m3")] = None

    def setting(self, i: int, reader: Reader) -> Inflow:
        """Return the inflow."""
        return Inflow(self.name, self.to, reader.forcing(("inflow", i, "flow"), self.flow, "m3/d"),
                      reader.forcing(("inflow", i, "salinity"), self.salinity, "kg/m3"))
