"""MST and IST to core types: storage, sorption and decay of the mobile and the immobile domains.

MODFLOW 6 gives porosity and bulk density per volume of their domain. With volume fractions f of the
immobile domains (gwt-mst.f90: get_volfracm, gwt-ist.f90: get_thetaim), per volume of aquifer,

    n = (1 - sum f) POROSITY of MST,  rho_b = (1 - sum f) BULK_DENSITY of MST,
    n_im = f POROSITY of IST,  rho_b,im = f BULK_DENSITY of IST.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gwsolver.core.aquifer import ImmobileDomain, MobileDomain
from gwsolver.core.grid import Grid
from gwsolver.core.isotherms import isotherms
from gwsolver.modflow.packages import Floats, Package, constant

NEEDS = {"bulk_density": "SORPTION", "distcoef": "SORPTION", "sp2": "SORPTION FREUNDLICH and LANGMUIR",
         "decay": "FIRST_ORDER_DECAY or ZERO_ORDER_DECAY", "decay_sorbed": "decay with SORPTION"}


@dataclass(frozen=True, eq=False)
class ImmobileRead:
    """An immobile domain and its volume fraction f [-], shape (cell,)."""

    domain: ImmobileDomain
    fraction: Floats


def read_domains(mst: Package, ists: Sequence[Package], grid: Grid) -> tuple[MobileDomain, tuple[ImmobileDomain, ...]]:
    """Return the mobile domain and the immobile ones, all per volume of aquifer."""
    mobile = _read_mobile(mst, grid)
    found = [_read_immobile(p, grid) for p in ists]
    for package in ists:
        _check_alike(package, mst)
    total = np.sum([r.fraction for r in found], axis=0) if found else np.zeros(grid.n_cells)
    full = np.flatnonzero(total >= 1.0)
    if full.size:
        ists[-1].bad("the volume fractions of the immobile domains leave nothing for the mobile one: their sum",
                     value=f"{total[full[0]]:g}", cell=grid.describe(int(full[0])), allowed="below 1",
                     block="GRIDDATA", word="VOLFRAC")
        total = np.minimum(total, 0.5)
    share = 1.0 - total
    if found:
        mobile = replace(mobile, porosity=share * mobile.porosity, bulk_density=share * mobile.bulk_density)
    # With an immobile domain only the product must be a porosity: slow sorption is modelled with factors above 1.
    mst.check(mobile.problems(), grid)
    return mobile, tuple(
        replace(r.domain, porosity=r.fraction * r.domain.porosity, bulk_density=r.fraction * r.domain.bulk_density)
        for r in found
    )


def _read_mobile(package: Package, grid: Grid) -> MobileDomain:
    """Return MST's values as they stand in the file; what its options do not ask for is zero."""
    porosity = _needed(package, "porosity", grid, 1.0)
    return MobileDomain(porosity=porosity, **_sorption_and_decay(package, grid))


def _read_immobile(package: Package, grid: Grid) -> ImmobileRead:
    """Return IST's values as they stand in the file, and its volume fraction."""
    fraction = _needed(package, "volfrac", grid, 0.0)
    wrong = np.flatnonzero(~((fraction >= 0.0) & (fraction < 1.0)))
    if wrong.size:
        package.bad("volfrac", value=f"{fraction[wrong[0]]:g}", cell=grid.describe(int(wrong[0])), allowed="[0, 1)",
                    block="GRIDDATA", word="VOLFRAC")
        fraction = np.zeros(grid.n_cells)
    initial = package.cells("cim", grid, 0.0)
    assert initial is not None
    domain = ImmobileDomain(
        porosity=_needed(package, "porosity", grid, 1.0), **_sorption_and_decay(package, grid), name=package.name,
        transfer_rate=_needed(package, "zetaim", grid, 0.0), initial_concentration=initial,
        saves_concentration=package.give("cim_filerecord") is not None,
        saves_sorbate=package.give("sorbate_filerecord") is not None,
    )
    package.check(domain.problems(), grid)
    return ImmobileRead(domain, fraction)


def _needed(package: Package, name: str, grid: Grid, otherwise: float) -> Floats:
    values = package.cells(name, grid)
    if values is None:
        package.bad(f"{name} is missing")
        return np.full(grid.n_cells, otherwise)
    return values


def _sorption_and_decay(package: Package, grid: Grid) -> dict[str, Any]:
    """Return the fields of `Domain` that options switch on."""
    isotherm = read_isotherm(package)
    first, zero = (bool(package.give(f"{o}_order_decay", False)) for o in ("first", "zero"))
    if first and zero:
        package.bad("FIRST_ORDER_DECAY and ZERO_ORDER_DECAY exclude each other", block="OPTIONS",
                    word="ZERO_ORDER_DECAY")
    sorbs, decays = bool(isotherm), first or zero
    second = sorbs and not isotherms()[isotherm].linear
    values: dict[str, Floats] = {}
    for name, wanted in (("bulk_density", sorbs), ("distcoef", sorbs), ("sp2", second), ("decay", decays),
                         ("decay_sorbed", decays and sorbs)):
        given = package.cells(name, grid)
        if wanted and given is None:
            package.bad(f"{name} is missing; {NEEDS[name]} needs it")
        if not wanted and given is not None and np.any(given != 0.0):
            package.findings.warn(f"{package.name}: {name} is given but no option asks for it; it has no effect.")
        values[name] = given if wanted and given is not None else constant(grid, 0.0)
    return {
        "bulk_density": values["bulk_density"], "distribution_coefficient": values["distcoef"],
        "decay_rate": values["decay"], "decay_rate_sorbed": values["decay_sorbed"],
        "isotherm": isotherm or "linear", "sorption_parameter": values["sp2"] if second else None,
        "decay_order": 0 if zero else 1,
    }


def read_isotherm(package: Package) -> str:
    """Return the isotherm SORPTION names, "" without sorption."""
    given = package.give("sorption")
    if given is None or given is False:
        return ""
    name = str(given).lower()
    if name in ("", "true"):
        return "linear"
    if name not in isotherms():
        package.bad("SORPTION", value=str(given), allowed=f"one of {', '.join(n.upper() for n in sorted(isotherms()))}",
                    block="OPTIONS", word="SORPTION")
        return "linear"
    return name


def _check_alike(package: Package, mobile: Package) -> None:
    """MODFLOW 6 wants the same isotherm and kind of decay in MST and every IST, or in none of them."""
    here, there = read_isotherm(package), read_isotherm(mobile)
    if here != there:
        package.bad(f"SORPTION is {here.upper() or 'not given'} here and {there.upper() or 'not given'} in MST",
                    block="OPTIONS", word="SORPTION", hint="MODFLOW 6 wants the same isotherm in both, or in neither.")
    decay, other = _decay_asked(package), _decay_asked(mobile)
    if decay != other:
        package.bad(f"decay is {decay or 'not given'} here and {other or 'not given'} in MST", block="OPTIONS",
                    word=decay or "SORPTION", hint="Give both the same kind of decay, or neither.")


def _decay_asked(package: Package) -> str:
    """Return the option that asks for decay, "" without."""
    asked = (o for o in ("FIRST_ORDER_DECAY", "ZERO_ORDER_DECAY") if package.give(o.lower(), False))
    return next(asked, "")
