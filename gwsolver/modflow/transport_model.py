"""A GWT model: MST, DSP, ADV and SSM to core types."""

import numpy as np

from gwsolver.core.aquifer import Dispersion, MobileDomain
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import SourceConcentration
from gwsolver.modflow.load import rows
from gwsolver.modflow.packages import Package

SCHEMES = ("upstream", "central", "tvd")


def read_mobile(package: Package, grid: Grid) -> MobileDomain:
    """Return MST's values; what its options do not ask for is zero."""
    zero = np.zeros(grid.n_cells)
    porosity = package.cells("porosity", grid)
    if porosity is None:
        package.bad("porosity is missing")
        porosity = zero + 1.0
    sorption = package.give("sorption")
    decays = bool(package.give("first_order_decay", False))
    values = {}
    for name, wanted in (("bulk_density", sorption), ("distcoef", sorption), ("decay", decays),
                         ("decay_sorbed", decays and sorption)):
        given = package.cells(name, grid)
        if wanted and given is None:
            needed_by = {"decay": "FIRST_ORDER_DECAY", "decay_sorbed": "FIRST_ORDER_DECAY with SORPTION"}
            package.bad(f"{name} is missing; {needed_by.get(name, 'SORPTION')} needs it")
        if not wanted and given is not None and np.any(given != 0.0):
            package.findings.warn(f"{package.name}: {name} is given but no option asks for it; it has no effect.")
        values[name] = given if wanted and given is not None else zero
    mobile = MobileDomain(porosity, values["bulk_density"], values["distcoef"], values["decay"],
                          values["decay_sorbed"])
    package.check(mobile.problems(), grid)
    return mobile


def read_dispersion(package: Package, grid: Grid) -> Dispersion:
    """Return DSP's values with MODFLOW's defaults: ALV = ALH, ATH2 = ATH1, ATV = ATH2."""
    given = {n: package.cells(n, grid) for n in ("alh", "alv", "ath1", "ath2", "atv", "diffc")}
    zero = np.zeros(grid.n_cells)
    warnings: tuple[str, ...] = ()
    if given["atv"] is not None and given["ath2"] is None:
        warnings = (f"{package.name}: ATV is given and ATH2 is not. Where flow is horizontal MODFLOW takes ATH2 for "
                    "vertical spreading, and without it ATH1: give ATH2.",)
        for text in warnings:
            package.findings.warn(text)
    if given["alh"] is None and any(given[n] is not None for n in ("alv", "ath1", "ath2", "atv")):
        package.bad("alh is missing, though other dispersivities are given", hint="Give ALH and ATH1.")
    if given["alh"] is not None and given["ath1"] is None:
        package.bad("ath1 is missing, though alh is given", hint="Give ATH1.")
    alh = given["alh"] if given["alh"] is not None else zero
    ath1 = given["ath1"] if given["ath1"] is not None else zero
    ath2 = given["ath2"] if given["ath2"] is not None else ath1
    dispersion = Dispersion(
        alh=alh, alv=given["alv"] if given["alv"] is not None else alh, ath1=ath1, ath2=ath2,
        atv=given["atv"] if given["atv"] is not None else ath2,
        diffusion_coefficient=given["diffc"] if given["diffc"] is not None else zero, warnings=warnings,
    )
    package.check(dispersion.problems(), grid)
    return dispersion


def read_advection(package: Package | None) -> str:
    """Return what ADV asks for, "" if there is no ADV."""
    if package is None:
        return ""
    scheme = str(package.give("scheme") or "upstream").lower()
    if scheme not in SCHEMES:
        package.bad("scheme", value=scheme, allowed=f"one of {', '.join(SCHEMES)}", block="OPTIONS", word="SCHEME")
        return "upstream"
    return scheme


def read_sources(package: Package | None, flow_packages: dict[str, tuple[str, ...]] | None
                 ) -> tuple[SourceConcentration, ...]:
    """Return SSM's lines; packages without one bring water of concentration zero.

    Parameters
    ----------
    package : Package or None
    flow_packages : dict of str to tuple of str, optional
        Auxiliary variables of the flow model's packages by name, to check the lines against.
    """
    if package is None:
        return ()
    found = []
    for row in rows(package.data.sources):
        name, kind, auxiliary = (str(w).lower() for w in row[:3])
        line = package.line("SOURCES", name)
        if kind != "aux":
            package.refuse(f"{kind.upper()} as source of {name}", "Give the concentration as an auxiliary variable "
                           "of the flow package (SRCTYPE AUX).", block="SOURCES", word=name)
            continue
        if flow_packages is not None and name not in flow_packages:
            package.bad(f'"{name}" is no package of the flow model', line=line,
                        allowed=f"one of {', '.join(sorted(flow_packages))}")
            continue
        if flow_packages is not None and auxiliary not in flow_packages[name]:
            package.bad(f'"{auxiliary}" is no auxiliary variable of {name}', line=line,
                        allowed=f"one of {', '.join(flow_packages[name]) or 'none'}")
            continue
        found.append(SourceConcentration(name, auxiliary))
    for row in rows(getattr(package.data, "fileinput", None)):
        package.refuse(f"SPC6 file as source of {str(row[0]).lower()}", "Give the concentration as an auxiliary "
                       "variable of the flow package (SRCTYPE AUX).", block="FILEINPUT", word=str(row[0]))
    return tuple(found)
