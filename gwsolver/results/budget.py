"""budget.csv: what came in and went out until each saved time, by model, package and term.

Columns: ``time`` [model time], ``model``, ``species`` (empty for water; ``solute/ist-1`` for the immobile domain
ist-1 of solute; ``flow/lak-1`` for the water of the lakes lak-1 of flow), ``package``, ``term``, ``in``, ``out``
(cumulative amounts, both >= 0), ``unit``, ``closure``.
After the rows of a model and time stands one with package ``total``: the sums, and under ``closure`` their
relative imbalance.
"""

import csv
from typing import TextIO

import numpy as np

from gwsolver.core.ledger import Ledger, total
from gwsolver.core.steps import FlowStep

COLUMNS = ("time", "model", "species", "package", "term", "in", "out", "unit", "closure")
IMBALANCE = ("all cells", "flow imbalance")


def book_flow(ledger: Ledger, flow: FlowStep) -> None:
    """Book the volumes of one flow step: packages by entry, storage net over the model.

    What the cells' balances lack is booked as the term `flow imbalance`, so that the water of
    loosely closed saved flows is accounted for too.
    """
    for package in flow.packages:
        ledger.add_each(package.name, package.kind, np.asarray(package.rates) * flow.length)
    if not flow.steady:
        for term, rates in (("sto-ss", flow.storage_specific), ("sto-sy", flow.storage_yield)):
            ledger.add("storage", term, total(np.asarray(rates)) * flow.length)
    ledger.add_each(*IMBALANCE, -np.asarray(flow.residual) * flow.length)


def flow_closure(ledger: Ledger) -> float:
    """Relative imbalance of the water without the term that makes it up."""
    honest = Ledger({k: v for k, v in ledger.amounts.items() if k != IMBALANCE})
    return honest.closure()


class BudgetTable:
    """Writes the rows of budget.csv; its head too, unless the file already has some."""

    def __init__(self, file: TextIO) -> None:
        self._csv = csv.writer(file, lineterminator="\n")
        if not file.tell():
            self._csv.writerow(COLUMNS)

    def write(self, time: float, model: str, species: str, ledger: Ledger, unit: str) -> None:
        """Write the state of a ledger at a time."""
        for package, term, amount_in, amount_out in ledger.rows():
            amounts = repr(amount_in), repr(amount_out)
            self._csv.writerow([repr(float(time)), model, species, package, term, *amounts, unit, ""])
        self._csv.writerow([repr(float(time)), model, species, "total", "closure", repr(ledger.total_in()),
                            repr(ledger.total_out()), unit, repr(ledger.closure())])
