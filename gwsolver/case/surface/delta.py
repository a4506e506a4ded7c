"""``[[surface.delta]]``."""

from typing import Annotated

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.surface.node import NodeTable
from gwsolver.case.surface.series import Reader, Series, series
from gwsolver.surface.nodes.delta import Delta


class DeltaTable(NodeTable):
    """A delta with a loss that follows the flow."""

    to: str
    slope: Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=1.0)] = None
    demand: Annotated[Series | None, series("m3/d")] = None
    lag: Annotated[Quantity | None, quantity("d", minimum=0.0)] = None
    salt_kept: Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=1.0)] = None
    initial: Annotated[Quantity | None, quantity("m3", minimum=0.0)] = None
    initial_salinity: Annotated[Quantity | None, quantity("kg/m3", minimum=0.0)] = None

    def setting(self, i: int, reader: Reader) -> Delta:
        """Return the delta."""
        return Delta(
            self.name, self.to, reader.number(self.slope, "-"),
            reader.forcing(("delta", i, "demand"), self.demand, "m3/d"), reader.number(self.lag, "d"),
            1.0 if self.salt_kept is None else reader.number(self.salt_kept, "-"),
            reader.number(self.initial, "m3"), reader.number(self.initial_salinity, "kg/m3"),
        )
