"""``[[surface.period]]``: years that figures mark, with what happened in them."""

from pydantic import model_validator

from gwsolver.case.tables import Sourced, Words


class PeriodTable(Sourced):
    """Years to be marked; a run knows nothing of them."""

    first: int
    last: int
    title: Words
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> "PeriodTable":
        if self.last < self.first:
            raise ValueError(f"last = {self.last} lies before first = {self.first}")
        return self
