"""Which species agree in what: what follows from that alone is found once for all of them."""

from collections.abc import Callable, Sequence

import numpy as np

from gwsolver.core.simulation import TransportModel

SPREADING = ("alh", "alv", "ath1", "ath2", "atv", "diffusion_coefficient")
STORING = ("porosity", "bulk_density", "distribution_coefficient")


def same_spreading(a: TransportModel, b: TransportModel) -> bool:
    """Return whether flow carries and spreads both alike: the same grid, pores, advection and dispersion."""
    if a is b:
        return True
    if a.grid is not b.grid or bool(a.advection) != bool(b.advection):
        return False
    if a.dispersion is None or b.dispersion is None:
        return a.dispersion is b.dispersion
    return _equal(a.mobile, b.mobile, ("porosity",)) and _equal(a.dispersion, b.dispersion, SPREADING)


def same_movement(a: TransportModel, b: TransportModel) -> bool:
    """Return whether both are held back alike, too: the same sorption."""
    return same_spreading(a, b) and _equal(a.mobile, b.mobile, STORING)


def grouped(
    models: Sequence[TransportModel], agree: Callable[[TransportModel, TransportModel], bool]
) -> list[list[int]]:
    """Return groups of places in `models`; each agrees with the first of its group."""
    groups: list[list[int]] = []
    for i, model in enumerate(models):
        own = next((group for group in groups if agree(models[group[0]], model)), None)
        if own is None:
            groups.append([i])
        else:
            own.append(i)
    return groups


def _equal(a: object, b: object, names: Sequence[str]) -> bool:
    pairs = [(getattr(a, name), getattr(b, name)) for name in names]
    return all(x is y or np.array_equal(x, y) for x, y in pairs)
