"""The units that a model calculates in, and values of a case turned into them."""

from dataclasses import dataclass

from gwsolver.case.quantity import Quantity
from gwsolver.core.simulation import FlowModel, TransportModel
from gwsolver.core.units import LENGTHS, Dimension, parse_unit

TIMES = {"seconds": "s", "minutes": "min", "hours": "h", "days": "d", "years": "a"}
WORDS = ("mass (write units in [case])", "length (DIS)", "time (TDIS)")


@dataclass(frozen=True)
class ModelUnits:
    """Symbols of a model's units; "" for one that is not known.

    Attributes
    ----------
    mass, length, time : str
    """

    mass: str
    length: str
    time: str

    @classmethod
    def of(cls, model: FlowModel | TransportModel, mass: str) -> "ModelUnits":
        """Return the units of a model; of mass only the case knows."""
        return cls(mass, LENGTHS.get(model.grid.length_unit, ""), TIMES.get(model.time.unit, ""))

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is not known, in words, and where it is written."""
        return self._lacking((1, 1, 1))

    def _lacking(self, dimension: Dimension) -> tuple[str, ...]:
        """Return which of the units that a dimension (mass, length, time) is made of are not known."""
        return tuple(word for word, known, power in zip(WORDS, (self.mass, self.length, self.time), dimension,
                                                        strict=True) if power and not known)

    def suits(self, value: Quantity) -> bool:
        """Return whether a value can be turned into these units."""
        return not (value.unit and self._lacking(parse_unit(value.unit).dimension))

    def misfit(self, key: str, value: Quantity) -> tuple[str, str] | None:
        """Return what is wrong with a value that does not suit and what to do about it, None for one that does."""
        if self.suits(value):
            return None
        return (f"{key} cannot be turned into the model's units: unknown are "
                f"{', '.join(self._lacking(parse_unit(value.unit).dimension))}",
                "Or write the bare number in the model's units.")

    def number(self, value: Quantity | None, unit: str) -> float | None:
        """Return a value in a unit of the model, None if there is none.

        Parameters
        ----------
        unit : str
            In words: "mass/length3", "1/time".
        """
        return None if value is None else value.to(self.symbol(unit))

    def numbers(self, value: Quantity, unit: str) -> tuple[float, ...]:
        """Return a list of values in a unit of the model."""
        return value.all_to(self.symbol(unit))

    def symbol(self, unit: str) -> str:
        """Return the symbols of a unit in words."""
        for word, own in (("mass", self.mass), ("length", self.length), ("time", self.time)):
            unit = unit.replace(word, own)
        return unit
