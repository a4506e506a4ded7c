"""``[[surface.lake]]``, and the ice on it."""

from typing import Annotated

from pydantic import Field

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.surface.node import NodeTable
from gwsolver.case.surface.series import Reader, Series, series
from gwsolver.case.surface.stage import StageTable
from gwsolver.case.tables import Sourced
from gwsolver.surface.forcing import Forcing
from gwsolver.surface.ice import Ice
from gwsolver.surface.nodes.lake import SATURATION, Lake

Salinity = Annotated[Quantity | None, quantity("kg/m3", minimum=0.0)]


class IceTable(Sourced):
    """``ice`` of a lake: months of temperature and cover."""

    temperature: Annotated[list[float], Field(min_length=12, max_length=12)]
    cover: Annotated[list[Annotated[float, Field(ge=0.0, le=1.0)]], Field(min_length=12, max_length=12)]
    growth: Annotated[float, Field(gt=0.0)] = Ice.growth
    melt: Annotated[float, Field(ge=0.0)] = Ice.melt
    rejection: Annotated[float, Field(ge=0.0, le=1.0)] = Ice.rejection
    open_water: bool = False

    def ice(self) -> Ice:
        """Return how it forms."""
        import numpy as np

        from gwsolver.surface.forcing import Months

        return Ice(Months(np.array(self.temperature)), Months(np.array(self.cover)), self.growth, self.melt,
                   self.rejection, self.open_water)


class LakeTable(NodeTable):
    """A lake basin without an outlet."""

    table: StageTable
    initial: Annotated[Quantity, quantity("m")]
    initial_salinity: Salinity = None
    rain: Annotated[Series | None, series("m/d")] = None
    evaporation: Annotated[Series | None, series("m/d")] = None
    ground_water: Annotated[Series | None, series("m3/d")] = None
    ground_salinity: Annotated[Series | None, series("kg/m3")] = None
    withdrawal: Annotated[Series | None, series("m3/d")] = None
    area_factor: Annotated[Quantity | None, quantity("-")] = None
    salt_slows: Annotated[Quantity | None, quantity("m3/kg", minimum=0.0)] = None
    ice: IceTable | None = None
    carbonate: Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=1.0)] = None
    sink: Annotated[Quantity | None, quantity("1/d", minimum=0.0)] = None
    saturation: Salinity = None

    def setting(self, i: int, reader: Reader) -> Lake:
        """Return the basin."""
        def forcing(key: str, like: str) -> Forcing:
            return reader.forcing(("lake", i, key), getattr(self, key), like)

        return Lake(
            self.name, self.table.table(("lake", i, "table"), reader, self.name), reader.number(self.initial, "m"),
            reader.number(self.initial_salinity, "kg/m3"), forcing("rain", "m/d"), forcing("evaporation", "m/d"),
            forcing("ground_water", "m3/d"), forcing("ground_salinity", "kg/m3"), forcing("withdrawal", "m3/d"),
            1.0 if self.area_factor is None else reader.number(self.area_factor, "-"),
            reader.number(self.salt_slows, "m3/kg"), None if self.ice is None else self.ice.ice(),
            reader.number(self.carbonate, "-"), reader.number(self.sink, "1/d"),
            SATURATION if self.saturation is None else reader.number(self.saturation, "kg/m3"),
        )
