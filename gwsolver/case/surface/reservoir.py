"""``[[surface.reservoir]]``."""

from typing import Annotated

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.surface.node import NodeTable
from gwsolver.case.surface.series import Reader, Series, series
from gwsolver.case.surface.stage import StageTable
from gwsolver.surface.forcing import Forcing
from gwsolver.surface.nodes.reservoir import Reservoir

Volume = Annotated[Quantity, quantity("m3", minimum=0.0)]
Flow = Annotated[Series | None, series("m3/d")]


class ReservoirTable(NodeTable):
    """A lake behind a dam."""

    to: str
    table: StageTable
    initial: Volume
    initial_salinity: Annotated[Quantity | None, quantity("kg/m3", minimum=0.0)] = None
    dead: Volume | None = None
    full: Volume | None = None
    release: Flow = None
    least: Flow = None
    guide: Annotated[Series | None, series("m3")] = None
    capacity: Flow = None
    rain: Annotated[Series | None, series("m/d")] = None
    evaporation: Annotated[Series | None, series("m/d")] = None

    def setting(self, i: int, reader: Reader) -> Reservoir:
        """Return the reservoir."""
        def given(key: str, like: str) -> Forcing | None:
            value = getattr(self, key)
            return None if value is None else reader.forcing(("reservoir", i, key), value, like)

        def forcing(key: str, like: str) -> Forcing:
            return reader.forcing(("reservoir", i, key), getattr(self, key), like)

        return Reservoir(
            self.name, self.to, self.table.table(("reservoir", i, "table"), reader, self.name),
            reader.number(self.initial, "m3"), reader.number(self.initial_salinity, "kg/m3"),
            reader.number(self.dead, "m3"), None if self.full is None else reader.number(self.full, "m3"),
            given("release", "m3/d"), forcing("least", "m3/d"), given("guide", "m3"), given("capacity", "m3/d"),
            forcing("rain", "m/d"), forcing("evaporation", "m/d"),
        )
