"""Liedl (2005, 2011), Cirpka, Ham, Maier and Grathwohl, Bemidji: lengths of steady plumes that mixing controls."""

from collections.abc import Callable, Iterator
from pathlib import Path

from gwsolver.bench.reacting import Length, length_of_rectangle, length_under_acceptor
from gwsolver.bench.rows import Check
from gwsolver.bench.solutions.mixing_controlled import point_ham, thickness_maier_grathwohl

LAYER = dict(thickness=2.0, vertical_dispersivity=0.01)
STRIP = dict(width=10.0, horizontal_dispersivity=0.2)
SIDES = dict(half_width=5.0, across=1.0, horizontal_dispersivity=0.1)
POINT = dict(width=1.0, horizontal_dispersivity=0.05)
BEMIDJI = dict(demand=6.0 * 3.14 / 8.0, width=2.0, depth=1.0, horizontal_dispersivity=0.015,
               vertical_dispersivity=0.0015)

FINE: dict[str, Callable[[], Length]] = {
    "Liedl (2005), 3 layers": lambda: length_under_acceptor(3, along=2.0, demand=2.1875, **LAYER),
    "Liedl (2005), 8 layers": lambda: length_under_acceptor(8, along=2.0, demand=2.1875, **LAYER),
    "Liedl (2011)": lambda: length_under_acceptor(4, along=2.0, demand=2.1875, **LAYER, **SIDES),
    "Cirpka (2006)": lambda: length_of_rectangle(spacing=(4.0, 2.5, 1.0), demand=2.1875, **STRIP),
    "Cirpka (2006), finer": lambda: length_of_rectangle(spacing=(4.0, 1.0, 1.0), demand=2.1875, **STRIP),
    "Bemidji": lambda: length_of_rectangle(spacing=(4.0, 0.5, 0.2), **BEMIDJI),
    "Bemidji, aL 0.15 m": lambda: length_of_rectangle(
        spacing=(4.0, 0.5, 0.2), longitudinal_dispersivity=0.15, **BEMIDJI),
}
COARSE: dict[str, Callable[[], Length]] = {
    "Liedl (2005), 2 layers": lambda: length_under_acceptor(2, along=4.0, demand=2.1875, **LAYER),
    "Cirpka (2006), 2 rows": lambda: length_of_rectangle(spacing=(4.0, 5.0, 1.0), demand=2.1875, **STRIP),
    "Bemidji, 2 layers": lambda: length_of_rectangle(spacing=(4.0, 0.5, 0.5), **BEMIDJI),
}


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    for name, solve in FINE.items():
        found = solve()
        yield Check(name, "relative", found.error, 0.03)
        yield Check(f"{name}: warned", "number", float(bool(found.warning)), 0.0)
        yield Check(f"{name}: below zero", "largest", max(0.0, -found.minimum), 0.0)
        yield Check(f"{name}: balance", "relative", found.closure, 1e-10)
    for bare in (False, True):
        found = length_of_rectangle(spacing=(8.0, 0.5, 1.0), demand=20.0, acceptor_in_source=not bare, **POINT)
        ham = point_ham(20.0, acceptor_in_source=not bare, **POINT)
        name = f"Ham (2004), {'without' if bare else 'with'} acceptor in the source"
        yield Check(name, "relative", abs(found.ours / ham - 1.0), 0.03)
        yield Check(f"{name}: warned", "number", float(bool(found.warning)), 0.0)
    found = length_under_acceptor(4, along=4.0, demand=4.5, **LAYER)
    fit = thickness_maier_grathwohl(4.5, **LAYER)
    yield Check("Maier and Grathwohl (2006), G 4.5", "relative", abs(found.ours / fit - 1.0), 0.03)
    yield Check("Maier and Grathwohl (2006), G 4.5: warned", "number", float(bool(found.warning)), 0.0)
    for name, solve in COARSE.items():
        yield Check(f"{name}: not warned", "number", float(not solve().warning), 0.0)
