"""``[[surface.strait]]``."""

from typing import Annotated

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.surface.node import NodeTable
from gwsolver.case.surface.series import Reader
from gwsolver.surface.nodes.strait import Strait


class StraitTable(NodeTable):
    """A strait between two lake basins."""

    first: str
    second: str
    sill: Annotated[Quantity, quantity("m")]
    mixing: Annotated[Quantity | None, quantity("m3/d", minimum=0.0)] = None

    def setting(self, i: int, reader: Reader) -> Strait:
        """Return the strait."""
        return Strait(self.name, self.first, self.second, reader.number(self.sill, "m"),
                      reader.number(self.mixing, "m3/d"))
