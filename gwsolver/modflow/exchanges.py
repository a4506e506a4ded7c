"""GWF-GWF and GWT-GWT exchange packages to core exchanges."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gwsolver.core.exchange import Exchange
from gwsolver.core.grid import HORIZONTAL, STAGGERED, VERTICAL, Grid
from gwsolver.core.output import Observation
from gwsolver.modflow.flow_model import option_flags
from gwsolver.modflow.load import silence
from gwsolver.modflow.locate import Record
from gwsolver.modflow.packages import Package
from gwsolver.modflow.stress import auxiliary_names
from gwsolver.modflow.transport_model import SCHEMES

AVERAGING = ("logarithmic", "amt-lmk")


def read_exchange(
    package: Package, models: tuple[str, str], grids: tuple[Grid, Grid], observations: list[Package]
) -> Exchange | None:
    """Return an exchange, or None after reporting its problems.

    Parameters
    ----------
    package : Package
        Named as MODFLOW names it: "gwf-gwf_1".
    models : tuple of (str, str)
    grids : tuple of (Grid, Grid)
        Of these models.
    observations : list of Package
        OBS packages of the exchange.
    """
    before = len(package.findings.bad)
    auxiliary = auxiliary_names(package)
    data = package.data.exchangedata
    with silence():
        lines = data.get_data()
    lines = [] if lines is None else lines
    given = int(package.give("nexg", len(lines)) or 0)
    text = package.text()
    records = list(text.records("EXCHANGEDATA")) if text else []
    if given != len(lines):
        package.bad(f"block EXCHANGEDATA has {len(lines)} lines, NEXG = {given}", block="DIMENSIONS", word="NEXG")
    if len(lines) == 0:
        package.bad("the exchange has no connections", block="DIMENSIONS", word="NEXG")
        return None
    bad = _at_line(package, records)
    names = {n.lower(): n for n in lines.dtype.names}
    cells = np.column_stack([_cells(lines[names[f"cellidm{i + 1}"]], grids[i], models[i], bad) for i in (0, 1)])
    kind = np.asarray(lines[names["ihc"]], np.int64)
    numbers = {n: np.asarray(lines[names[n]], float) for n in ("cl1", "cl2", "hwva")}
    extra = {a: np.asarray(lines[names[a]], float) for a in auxiliary}
    _check_lines(cells, kind, numbers, extra, bad)
    cv = option_flags(package, "cvoptions")
    averaging = str(package.give("cell_averaging") or "harmonic").lower()
    if averaging not in ("harmonic", *AVERAGING):
        package.bad("cell_averaging", value=averaging, allowed="one of harmonic, logarithmic, amt-lmk",
                    block="OPTIONS", word="CELL_AVERAGING")
    advection = str(package.give("adv_scheme", "upstream") or "upstream").lower()
    if advection not in SCHEMES:
        package.bad("adv_scheme", value=advection, allowed=f"one of {', '.join(SCHEMES)}", block="OPTIONS",
                    word="ADV_SCHEME")
    bound: tuple[str, ...] = ()
    if "boundname" in names:
        bound = tuple("" if b is None or b != b else str(b).lower().strip("'\"") for b in lines[names["boundname"]])
    seen = [o for child in observations for o in _observations(child, package.name, len(lines), bound)]
    if len(package.findings.bad) > before:
        return None
    flow = tuple(str(package.give(f"gwfmodelname{i + 1}", "") or models[i]).lower() for i in (0, 1))
    return Exchange(
        name=package.name, models=models, cells=cells, face_kind=kind.astype(np.int8),
        distance=np.column_stack([numbers["cl1"], numbers["cl2"]]), width=numbers["hwva"],
        angle=extra.get("angldegx"), centre_distance=extra.get("cdist"), auxiliary=extra, boundnames=bound,
        flow_models=(flow[0], flow[1]), averaging=averaging, variable_cv=bool(cv), dewatered="dewatered" in cv,
        newton=bool(package.give("newton", False)), advection=advection, observations=tuple(seen), file=package.file,
    )


def check_transport_exchange(package: Package, exchange: Exchange, dispersive: bool, flow: list[Exchange] | None
                             ) -> None:
    """Report what keeps two transport models from being joined.

    Parameters
    ----------
    package : Package
    exchange : Exchange
    dispersive : bool
        One of the models has dispersion.
    flow : list of Exchange or None
        Exchanges of the flow models; None if their flows are read from files.
    """
    off, right = (bool(package.give(f"dsp_xt3d_{word}", False)) for word in ("off", "rhs"))
    if off and right:
        package.bad("DSP_XT3D_OFF and DSP_XT3D_RHS exclude each other", block="OPTIONS", word="DSP_XT3D_RHS")
    elif off or right:
        # MODFLOW 6 overwrites them by the model's own choice (GwtGwtConnection.f90: gwtgwtcon_df).
        package.findings.warn(f"{package.name}: DSP_XT3D_{'OFF' if off else 'RHS'} has no effect, as in MODFLOW 6: the "
                              "models' DSP packages decide.")
    if dispersive and exchange.angle is None and np.any(exchange.face_kind != VERTICAL):
        package.bad("the auxiliary variable ANGLDEGX is missing", block="OPTIONS", word="AUXILIARY",
                    hint="Dispersion needs the direction of the connections: give ANGLDEGX.")
    if flow is None:
        return
    known: set[tuple[int, int]] = set()
    for other in flow:
        if other.models == exchange.flow_models:
            known |= {(int(a), int(b)) for a, b in other.cells}
        elif other.models == exchange.flow_models[::-1]:
            known |= {(int(b), int(a)) for a, b in other.cells}
    missing = [i for i, (a, b) in enumerate(exchange.cells) if (int(a), int(b)) not in known]
    if missing:
        text = package.text()
        records = list(text.records("EXCHANGEDATA")) if text else []
        more = f" ({len(missing):,} connections are not)" if len(missing) > 1 else ""
        _at_line(package, records)(
            missing[0],
            f"the flow models {' and '.join(exchange.flow_models)} are not joined between these cells{more}",
            hint="Give the GWF-GWF exchange the same connections.")


Report = Callable[..., None]


def _at_line(package: Package, records: list[Record]) -> Report:
    def bad(line: int, what: str, **more: Any) -> None:
        place = records[line].line if line < len(records) else None
        words = "" if place is not None else f"connection {line + 1}: "
        package.bad(words + what, line=place, **more)

    return bad


def _cells(given: Any, grid: Grid, model: str, bad: Report) -> np.ndarray:
    """Return the active cell of each line, -1 after reporting one that is none."""
    found = np.full(len(given), -1, np.int64)
    for i, cell in enumerate(given):
        index = tuple(int(c) for c in cell) if isinstance(cell, (tuple, list)) else (int(cell),)
        inside = len(index) == len(grid.shape) and all(0 <= c < n for c, n in zip(index, grid.shape, strict=True))
        if not inside:
            bad(i, f"cell ({', '.join(str(c + 1) for c in index)}) is outside the grid of model {model}",
                allowed=grid.describe_extent())
            continue
        node = int(np.ravel_multi_index(index, grid.shape))
        found[i] = grid.cell_of_node[node]
        if found[i] < 0:
            bad(i, f"the connection leads to an inactive cell of model {model}", cell=grid.describe_node(node),
                hint="Take the connection out, or give the cell IDOMAIN above 0.")
    return found


def _check_lines(
    cells: np.ndarray, kind: np.ndarray, numbers: dict[str, np.ndarray], extra: dict[str, np.ndarray], bad: Report
) -> None:
    for i in np.flatnonzero(~np.isin(kind, (VERTICAL, HORIZONTAL, STAGGERED))):
        bad(int(i), "ihc", value=int(kind[i]), allowed="one of 0, 1, 2")
    # The distances of vertical connections follow from the thicknesses; CL1 and CL2 are not used there.
    for name, values in (*numbers.items(), *((n, extra[n]) for n in ("cdist",) if n in extra)):
        free = (kind == VERTICAL) & (name != "hwva")
        for i in np.flatnonzero(~(np.isfinite(values) & ((values > 0.0) | (free & (values >= 0.0))))):
            bad(int(i), name, value=f"{values[i]:g}", allowed="(0, inf)")
    for name, values in extra.items():
        for i in np.flatnonzero(~np.isfinite(values)):
            bad(int(i), f"{name} is not a number")
    _, first, count = np.unique(cells, axis=0, return_index=True, return_counts=True)
    for i in first[(count > 1)]:
        if (cells[i] >= 0).all():
            again = np.flatnonzero((cells == cells[i]).all(axis=1))[1]
            bad(int(again), f"the two cells are joined twice, first by connection {int(i) + 1}",
                hint="Put both into one connection.")


def _observations(package: Package, exchange: str, n_lines: int, bound: tuple[str, ...]) -> list[Observation]:
    """Return the observations of an exchange: flow-ja-face of one connection, or of all with a boundname."""
    found = []
    with silence():
        given = package.data.continuous.get_data() or {}
    for records in given.values():
        for record in records if records is not None else ():
            name, quantity, place = str(record[0]).lower(), str(record[1]).lower(), record[2]
            word = str(place[0] + 1 if isinstance(place, tuple) else place).strip("'\"").lower()
            if quantity != "flow-ja-face":
                package.bad(f'observation "{name}" asks for {quantity}', allowed="flow-ja-face")
            elif word.isdigit() and 1 <= int(word) <= n_lines:
                found.append(Observation(name, quantity, exchange, entry=int(word) - 1))
            elif word in bound:
                found.append(Observation(name, quantity, exchange, boundname=word))
            else:
                package.bad(f'observation "{name}" looks at', value=f'"{word}"',
                            allowed=f"a connection, 1 to {n_lines}, or a boundname of the exchange")
    return found
