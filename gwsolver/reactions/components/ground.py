"""Components in the ground: cold and perhaps salty, where the database speaks of pure water at 25 C."""

from dataclasses import dataclass, replace

from gwsolver.reactions.components.component import Component
from gwsolver.reactions.components.salinity import SETSCHENOW, salt_of, salting_out
from gwsolver.reactions.components.temperature import REFERENCE, diffusion_factor, henry_factor


@dataclass(frozen=True)
class Ground:
    """The water in which components dissolve.

    Attributes
    ----------
    temperature : float
        [C].
    dissolved_solids : float
        Taken to be NaCl [g/L].
    setschenow : float
        K_s [L/mol].
    """

    temperature: float = REFERENCE
    dissolved_solids: float = 0.0
    setschenow: float = SETSCHENOW

    def component(self, known: Component) -> Component:
        """Return a component as this water knows it: solubility, Henry's constant and diffusion in water."""
        salt = salting_out(salt_of(self.dissolved_solids), self.setschenow)  # what salt drives out goes to the air
        warm = diffusion_factor(self.temperature)
        return replace(
            known,
            solubility=_times(known.solubility, salt), liquid_solubility=_times(known.liquid_solubility, salt),
            henry=_times(known.henry, henry_factor(self.temperature) / salt),
            diffusion_water=_times(known.diffusion_water, warm),
        )


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
