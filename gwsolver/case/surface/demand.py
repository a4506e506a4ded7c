"""``[[surface.demand]]``."""

from typing import Annotated

from pydantic import Field

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.surface.node import NodeTable
from gwsolver.case.surface.series import Reader, Series, series
from gwsolver.surface.nodes.demand import Demand

Share = Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=1.0)]


class DemandTable(NodeTable):
    """A town, a canal, irrigated land."""

    to: str
    need: Annotated[Series, series("m3/d")]
    efficiency: Share = None
    return_share: Share = None
    return_to: str = ""
    return_lag: Annotated[Quantity | None, quantity("d", minimum=0.0)] = None
    salt_returned: Share = None
    capacity: Annotated[Series | None, series("m3/d")] = None
    priority: Annotated[int, Field(ge=1)] = 1

    def setting(self, i: int, reader: Reader) -> Demand:
        """Return the demand."""
        return Demand(
            self.name, self.to, reader.forcing(("demand", i, "need"), self.need, "m3/d"),
            1.0 if self.efficiency is None else reader.number(self.efficiency, "-"),
            reader.number(self.return_share, "-"), self.return_to, reader.number(self.return_lag, "d"),
            reader.number(self.salt_returned, "-"),
            None if self.capacity is None else reader.forcing(("demand", i, "capacity"), self.capacity, "m3/d"),
            self.priority,
        )
