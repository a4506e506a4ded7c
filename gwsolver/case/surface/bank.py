"""``[[surface.bank]]``."""

from typing import Annotated

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.surface.node import NodeTable
from gwsolver.case.surface.series import Reader, Series, series
from gwsolver.surface.nodes.bank import Bank


class BankTable(NodeTable):
    """Ground water along a shore."""

    lake: str
    conductance: Annotated[Quantity, quantity("m2/d")]
    specific_yield: Annotated[Quantity, quantity("-", minimum=0.0, maximum=1.0)]
    area: Annotated[Quantity, quantity("m2", minimum=0.0)]
    base: Annotated[Quantity, quantity("m")]
    initial: Annotated[Quantity, quantity("m")]
    recharge: Annotated[Series | None, series("m3/d")] = None
    salinity: Annotated[Series | None, series("kg/m3")] = None
    initial_salinity: Annotated[Quantity | None, quantity("kg/m3", minimum=0.0)] = None

    def setting(self, i: int, reader: Reader) -> Bank:
        """Return the bank."""
        return Bank(
            self.name, self.lake, reader.number(self.conductance, "m2/d"),
            reader.number(self.specific_yield, "-") * reader.number(self.area, "m2"), reader.number(self.base, "m"),
            reader.number(self.initial, "m"), reader.forcing(("bank", i, "recharge"), self.recharge, "m3/d"),
            reader.forcing(("bank", i, "salinity"), self.salinity, "kg/m3"),
            reader.number(self.initial_salinity, "kg/m3"),
        )
