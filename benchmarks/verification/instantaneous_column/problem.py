"""Borden and Bedient (1986): donor and oxygen that react at once in a column, against their conserved scalar."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench.norms import observed_orders
from gwsolver.bench.reacting import ACCEPTOR, DONOR, column
from gwsolver.bench.rows import Check

FACTOR, SOURCE = 3.08, 10.0


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    errors = []
    for spacing in (0.5, 0.25):
        done, ours, exact = column(spacing)
        gap = FACTOR * (ours[DONOR] - exact[DONOR]) - (ours[ACCEPTOR] - exact[ACCEPTOR])
        errors.append(float(np.abs(gap).mean()))
        order = observed_orders([0.5, 0.25], errors)[-1] if len(errors) == 2 else None
        largest = float(np.abs(ours[DONOR] - exact[DONOR]).max()) / SOURCE
        yield Check(
            f"instantaneous column, dx {spacing:g}", "largest / H0", largest, 1e-3, order=order,
            least_order=1.8 if order is not None else None,
        )
        yield Check(f"instantaneous column, dx {spacing:g}, below zero", "largest", max(0.0, -done.minimum), 0.0)
        yield Check(f"instantaneous column, dx {spacing:g}, balance", "relative", done.closure, 1e-10)
    for step in (0.5, 50.0):
        _, ours, exact = column(0.5, step=step)
        largest = float(np.abs(ours[DONOR] - exact[DONOR]).max()) / SOURCE
        yield Check(f"instantaneous column, reacting each {step:g} d", "largest / H0", largest, 1e-3)
