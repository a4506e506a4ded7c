"""What a model asks to be saved, and what it asks to be observed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gwsolver.core.time import TimeStep


@dataclass(frozen=True)
class SaveRule:
    """Steps of a stress period at which a record is saved (MODFLOW 6's OC ``ocsetting``).

    Attributes
    ----------
    all_steps, first, last : bool
    frequency : int
        Every so many steps; 0 for never.
    steps : tuple of int
        Zero-based step numbers.
    """

    all_steps: bool = False
    first: bool = False
    last: bool = False
    frequency: int = 0
    steps: tuple[int, ...] = ()

    def saves(self, step: int, n_steps: int) -> bool:
        """Tell whether zero-based `step` of a period of `n_steps` is saved."""
        return (
            self.all_steps
            or (self.first and step == 0)
            or (self.last and step == n_steps - 1)
            or (self.frequency > 0 and (step + 1) % self.frequency == 0)
            or step in self.steps
        )


@dataclass(frozen=True)
class OutputControl:
    """When heads, concentrations and budgets are saved.

    Attributes
    ----------
    rules : mapping of str to mapping of int to tuple of SaveRule
        Record (``"head"``, ``"concentration"``, ``"budget"``) to the rules that begin with a
        zero-based period and hold until the next period that has some.
    """

    rules: Mapping[str, Mapping[int, tuple[SaveRule, ...]]] = field(default_factory=dict)

    def saves(self, record: str, step: TimeStep, n_steps: int) -> bool:
        """Tell whether `record` is saved at the end of `step`; n_steps: steps of its period.

        A record nobody asks for anywhere is saved at the end of each period, except the budget.
        """
        by_period = self.rules.get(record, {})
        if not by_period:
            return record != "budget" and step.step == n_steps - 1
        begun = [p for p in by_period if p <= step.period]
        return bool(begun) and any(r.saves(step.step, n_steps) for r in by_period[max(begun)])

    def joined(self, others: Sequence["OutputControl"], record: str) -> "OutputControl":
        """Return what saves a record whenever this or one of the others does; other records as here."""
        controls = [c for c in (self, *others) if c.rules.get(record)]
        begins = sorted({p for c in controls for p in c.rules[record]})
        together: dict[int, tuple[SaveRule, ...]] = {}
        for period in begins:
            in_force = [c.rules[record][max(begun)] for c in controls
                        if (begun := [p for p in c.rules[record] if p <= period])]
            together[period] = tuple(rule for rules in in_force for rule in rules)
        return OutputControl({**self.rules, record: together})


@dataclass(frozen=True)
class Observation:
    """One observation of an OBS package.

    Attributes
    ----------
    name : str
        The user's name.
    quantity : str
        Lower-case MODFLOW type: ``"head"``, ``"drawdown"``, ``"concentration"``,
        ``"flow-ja-face"``, or a package's own type (``"riv"``, ``"wel"``, ``"ghb"``, ...).
    package : str
        Lower-case package name; "" for the model's own OBS.
    cells : tuple of int
        Zero-based active cells: one, or two for ``flow-ja-face`` (flow from the second into the first).
    boundname : str
        If given, the sum over the entries of the package with this name.
    entry : int
        If given, this zero-based entry of the package alone (connections of an exchange).
    places : tuple of int
        Of packages of lakes and reaches: zero-based features, connections or outlets over which the quantity is
        summed (`core/feature_quantities.py` says which).
    """

    name: str
    quantity: str
    package: str = ""
    cells: tuple[int, ...] = ()
    boundname: str = ""
    entry: int = -1
    places: tuple[int, ...] = ()
