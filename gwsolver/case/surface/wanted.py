"""``[[surface.wanted]]``: a level that somebody wants to be kept."""

from typing import Annotated

from pydantic import Field

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Sourced, Words


class WantedTable(Sourced):
    """A level of a node for figures; a run knows nothing of it."""

    node: str = Field(min_length=1)
    level: Annotated[Quantity, quantity("m")]
    title: Words = {}
    note: str = ""
