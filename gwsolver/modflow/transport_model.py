"""A GWT model: DSP and ADV to core types."""

from gwsolver.core.aquifer import Dispersion
from gwsolver.core.grid import Grid
from gwsolver.modflow.packages import Package, constant

SCHEMES = ("upstream", "central", "tvd")


def read_dispersion(package: Package, grid: Grid) -> Dispersion:
    """Return DSP's values with MODFLOW's defaults: ALV = ALH, ATH2 = ATH1, ATV = ATH2."""
    given = {n: package.cells(n, grid) for n in ("alh", "alv", "ath1", "ath2", "atv", "diffc")}
    zero = constant(grid, 0.0)
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
        xt3d=not package.give("xt3d_off", False), xt3d_rhs=bool(package.give("xt3d_rhs", False)),
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
