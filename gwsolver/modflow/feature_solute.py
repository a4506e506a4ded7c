"""LKT and SFT: the solute of lakes and streams."""

from collections.abc import Mapping

import numpy as np

from gwsolver.core.features import ACTIVE, CONSTANT, FeaturePackage, FeatureSolute, FeatureSource
from gwsolver.core.simulation import FlowModel
from gwsolver.core.time import TimeAxis
from gwsolver.modflow.feature_blocks import at_record, package_rows, saved_files
from gwsolver.modflow.features import FeatureSettings
from gwsolver.modflow.load import by_period
from gwsolver.modflow.packages import Package
from gwsolver.modflow.series import Series
from gwsolver.modflow.stress import auxiliary_names
from gwsolver.packages.registry import SoluteKind

FIXED = 2
"""Words of a record of PACKAGEDATA before its auxiliary variables."""
PERIODS = {"lkt": "lakeperioddata", "sft": "reachperioddata"}
"""What flopy calls the period data of each kind."""


def read_feature_solute(
    package: Package, kind: SoluteKind, flow: FlowModel | None, time: TimeAxis, series: Mapping[str, Series]
) -> FeatureSolute | None:
    """Return the solute of one package of features; None after reporting that nothing carries it.

    Parameters
    ----------
    package : Package
    kind : SoluteKind
    flow : FlowModel or None
        That carries the model; None where flows are read from files.
    time : TimeAxis
    series : mapping of str to Series
    """
    carrier = _carrier(package, kind, flow)
    if carrier is None:
        return None
    auxiliary = auxiliary_names(package)
    count = carrier.n_features
    settings = FeatureSettings(package, kind.columns, (), (count, 0), (kind.word, ""), auxiliary, series, time)
    start = np.zeros(count)
    found, boundnames = package_rows(package, count, kind.word, FIXED, auxiliary, settings)
    for feature, (index, row) in found.items():
        start[feature] = float(row[1])
        bad = at_record(package, "PACKAGEDATA", index)
        if not 0.0 <= start[feature] < np.inf:
            bad(f"strt of {kind.word} {feature + 1}", value=f"{start[feature]:g}", allowed="[0, inf)")
        settings.give("concentration", feature, max(start[feature], 0.0), bad)
    settings.read_periods(by_period(getattr(package.data, PERIODS[kind.kind])))
    source = settings.source()
    if package.findings.clean:
        _warn_of_held(package, kind, carrier, source, time)
    return FeatureSolute(
        package.name, kind.kind, carrier.name, start, source, boundnames,
        _auxiliary_name(package, carrier), saved_files(package, "concentration"), package.file,
        bool(carrier.options.get("mover", False)),
    )


def _carrier(package: Package, kind: SoluteKind, flow: FlowModel | None) -> FeaturePackage | None:
    """Return the flow package whose water carries the solute, by FLOW_PACKAGE_NAME or the package's own name."""
    if flow is None:
        package.refuse(f"{kind.mf6_type} where the flow is read from files",
                       "Let gwsolver solve the flow too: saved flows do not tell what lakes and streams hold.")
        return None
    name = str(package.give("flow_package_name", "") or package.name).strip("'\"").lower()
    known = {f.name: f for f in flow.features if f.kind == kind.carrier}
    if name not in known:
        package.bad(f'"{name}" is no {kind.carrier.upper()} package of flow model {flow.name}', block="OPTIONS",
                    word="FLOW_PACKAGE_NAME", allowed=f"one of {', '.join(known) or 'none'}")
    return known.get(name)


def _warn_of_held(
    package: Package, kind: SoluteKind, carrier: FeaturePackage, source: FeatureSource, time: TimeAxis
) -> None:
    """Warn of features at a given stage whose solute is free: what holds the stage takes none, as in MODFLOW."""
    for period in range(time.n_periods):
        step = time.steps_of(period)[0]
        held = (carrier.at(step).status == CONSTANT) & (source(step).status == ACTIVE)
        if held.any():
            first = f"{kind.word} {int(np.flatnonzero(held)[0]) + 1} of {carrier.name}"
            package.findings.warn(
                f"{package.name}: {first} is held at a stage from period {period + 1} on, its concentration is not. "
                "As in MODFLOW 6, water that holds the stage brings and takes no solute, "
                "which may gather there without end: STATUS CONSTANT here gives a concentration.")
            return


def _auxiliary_name(package: Package, carrier: FeaturePackage) -> str:
    name = str(package.give("flow_package_auxiliary_name", "") or "").strip("'\"").lower()
    if name and name not in carrier.auxiliary_names:
        known = ", ".join(carrier.auxiliary_names) or "none"
        package.bad(f'"{name}" is no auxiliary variable of {carrier.name}', block="OPTIONS",
                    word="FLOW_PACKAGE_AUXILIARY_NAME", allowed=f"one of {known}")
    elif name:
        package.findings.note(f"{package.name}: FLOW_PACKAGE_AUXILIARY_NAME is passed over; concentrations are written "
                              "with the solute, not with the flow.")
    return name
