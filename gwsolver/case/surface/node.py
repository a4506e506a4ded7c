"""What the tables of all nodes share."""

from abc import abstractmethod

from pydantic import Field

from gwsolver.case.surface.series import Reader
from gwsolver.case.tables import Sourced, Words
from gwsolver.surface.node import Setting


class NodeTable(Sourced):
    """A node; each kind has a table of its own."""

    name: str = Field(min_length=1)
    title: Words = {}
    note: str = ""

    @abstractmethod
    def setting(self, i: int, reader: Reader) -> Setting:
        """Return the node in m, d and kg; problems go to the reader."""
