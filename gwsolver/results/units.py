"""Words for the units of a run's quantities."""

from gwsolver.core.case import CaseInfo
from gwsolver.core.simulation import Simulation
from gwsolver.results import cf


class Units:
    """Words for the units of a run's quantities; "model units" where one is not known."""

    def __init__(self, info: CaseInfo, simulation: Simulation) -> None:
        models = [*simulation.flow_models, *simulation.transport_models]
        length = info.length_unit or next((cf.LENGTH[m.grid.length_unit] for m in models
                                           if m.grid.length_unit in cf.LENGTH), "")
        time = info.time_unit or next((cf.SHORT[m.time.unit] for m in models if m.time.unit in cf.SHORT), "")
        mass = info.mass_unit
        self.unknown = unknown = "model units"
        self.length, self.time, self.mass = length or unknown, time or unknown, mass or unknown
        self.volume = f"{length}³" if length else unknown
        self.flow = f"{length}³/{time}" if length and time else unknown
        self.speed = f"{length}/{time}" if length and time else unknown
        self.mass_rate = f"{mass}/{time}" if mass and time else unknown
        self.concentration = info.concentration_unit
        self.cf_length = length or "1"
        self.cf_mass = mass or "1"
        self.cf_speed = cf.ratio(length or "1", time or "1")
        self.cf_concentration = "1" if self.concentration == unknown else self.concentration.replace("³", "3")

    def as_dict(self) -> dict[str, str]:
        """For summary.json."""
        names = ("length", "time", "mass", "volume", "flow", "speed", "mass_rate", "concentration")
        return {n: getattr(self, n) for n in names}

    def of(self, dimension: str) -> str:
        """Return the unit of a dimension of lengths and times: "L**3/T"; "model units" if one is not known."""
        if self.length == self.unknown or ("T" in dimension and self.time == self.unknown):
            return self.unknown
        text = dimension.replace("L**3", f"{self.length}³").replace("L**2", f"{self.length}²")
        return text.replace("L", self.length).replace("T", self.time)
