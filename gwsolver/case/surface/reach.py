"""``[[surface.reach]]``."""

from typing import Annotated

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.surface.node import NodeTable
from gwsolver.case.surface.series import Reader, Series, series
from gwsolver.surface.nodes.reach import Reach


class ReachTable(NodeTable):
    """A river reach."""

    to: str
    lag: Annotated[Quantity | None, quantity("d", minimum=0.0)] = None
    loss_share: Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=1.0)] = None
    loss: Annotated[Series | None, series("m3/d")] = None
    initial: Annotated[Quantity | None, quantity("m3", minimum=0.0)] = None
    initial_salinity: Annotated[Quantity | None, quantity("kg/m3", minimum=0.0)] = None

    def setting(self, i: int, reader: Reader) -> Reach:
        """Return the reach."""
        return Reach(
            self.name, self.to, reader.number(self.lag, "d"), reader.number(self.loss_share, "-"),
            reader.forcing(("reach", i, "loss"), self.loss, "m3/d"), reader.number(self.initial, "m3"),
            reader.number(self.initial_salinity, "kg/m3"),
        )
