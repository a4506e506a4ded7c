"""The numbers of an envelope beside those of the flow model, as README.md prints them.

    python hand.py                    on the 10 m grid: a minute
    python hand.py --spacing 20       on the grid of the tests

By hand the aquifer is uniform, 15 m thick, without recharge and with the gradient 0.002. The flow model has the
flood in its mean stage, recharge, a bed below the river, and layers.
"""

import argparse
import importlib.util
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import erfc

from gwsolver.case import Quantity, read_case
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import Simulation
from gwsolver.core.steps import FlowStep
from gwsolver.flow import FlowSolver
from gwsolver.modflow import read
from gwsolver.reactions.components import component
from gwsolver.transport import TransportSolver

HERE = Path(__file__).resolve().parent
Floats = NDArray[np.float64]
Values = dict[str, Quantity]
GRADIENT = 0.002
AXIS = 405.0  # y of the axis of lens and plume [m]
PLUME_WIDTH = 80.0  # that pump and treat is to catch [m]
PUMPING = "pump_and_treat"  # scenario
PUMPS_IN = 5  # a year of its pumping, counted from 0


def builder() -> ModuleType:
    """Return build.py."""
    if "emba_build" not in sys.modules:
        spec = importlib.util.spec_from_file_location("emba_build", HERE / "build.py")
        assert spec is not None and spec.loader is not None
        sys.modules["emba_build"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["emba_build"])
    return sys.modules["emba_build"]


# By hand ------------------------------------------------------------------------------------------------


def by_hand(values: Values) -> dict[str, float]:
    """Return the numbers of an envelope [m, d; times in years].

    Capture width Q/(T i), half of it at the well, stagnation Q/(2 pi T i): Todd (1980), Groundwater Hydrology.
    Bank storage of a step dh that lasts t: 2 dh sqrt(T Sy t / pi) per metre of bank (Carslaw and Jaeger 1959, 2.4).
    """
    k, n = values["hydraulic_conductivity"].to("m/d"), values["porosity"].to("-")
    thickness = values["layer_thickness"].all_to("m")
    t = k * sum(thickness)
    west, east, south, north = builder().LENS
    velocity = k * GRADIENT / n
    retardation = 1.0 + values["bulk_density"].to("kg/m3") * values["koc_benzene"].to("m3/kg") * values[
        "organic_carbon_fraction"].to("-") / n
    centre = 0.5 * (west + east)
    to_river = centre / velocity / 365.25
    flood, rise = values["flood_duration"].to("d"), values["flood_rise"].to("m")
    bank = 2.0 * rise * np.sqrt(t * values["specific_yield"].to("-") * flood / np.pi)
    pumped = pumping_rate()
    beside, stagnation = beside_a_river(values)
    return {
        "transmissivity": t,
        "flow through the lens": k * GRADIENT * (north - south) * thickness[0]
        + values["recharge"].to("m/d") * (east - west) * (north - south),
        "seepage velocity": velocity,
        "retardation of benzene": retardation,
        "water to the river": to_river,
        "benzene to the river": retardation * to_river,
        "capture width": pumped / (t * GRADIENT),
        "capture width at the well": 0.5 * pumped / (t * GRADIENT),
        "stagnation point": pumped / (2.0 * np.pi * t * GRADIENT),
        "the same beside the river": beside,
        "and its stagnation point": stagnation,
        "pumping for the plume": PLUME_WIDTH * t * GRADIENT,
        "bank storage": bank,
        "intrusion": bank / (sum(thickness) * n) - velocity * flood,
        "rise at the lens": rise * float(erfc(0.5 * centre / np.sqrt(t / values["specific_yield"].to("-") * flood))),
    }


def pumping_rate() -> float:
    """Return what pump and treat takes [m3/d], as the scenario says."""
    [scenario] = (s for s in read_case(HERE).content.scenario if s.name == PUMPING)
    rate: float = scenario.new_well[0].pumping_rate.to("m3/d")
    return rate


def oil_by_hand(values: Values) -> dict[str, dict[str, float]]:
    """Return what water takes up from the fresh lens, by component.

    C = x S with x = w Mean / M (Raoult); Q C with the flow through the lens; half-life ln 2 m / (Q C), as the inert
    bulk keeps the moles of the oil.
    """
    oil = read_case(HERE).content.oil[0]
    assert oil.volume is not None and oil.density is not None and oil.molar_mass is not None
    mass = oil.volume.to("m3") * oil.density.to("g/m3")
    flow, found = by_hand(values)["flow through the lens"], {}
    for name, fraction in oil.composition.items():
        known = component(name)
        solubility = known.value("liquid_solubility", "g/m3")
        effective = fraction.to("-") * oil.molar_mass / known.molar_mass * solubility
        content = fraction.to("-") * mass
        found[name] = {
            "kg": content / 1e3, "mg/L": effective, "g/d": flow * effective,
            "half-life, y": np.log(2.0) * content / (flow * effective) / 365.25,
        }
    return found


def beside_a_river(values: Values) -> tuple[float, float]:
    """Return capture width at the well and stagnation point [m] with the model's flow and all that bounds it.

    Potential and stream function of wells in a uniform flow q, with images beyond the river (giving water; as far
    behind its bank again as the bed's resistance is worth in aquifer) and beyond the two sides without flow:

        W = -q z - Q/(2 pi) sum_i s_i log(z - z_i),    z = x + i y
    """
    build = builder()
    (x, y), pumped, width = build.WELLS["pt"], pumping_rate(), values["length_y"].to("m")
    t, bed = build.transmissivity(values), values["river_conductance"].to("m2/d/m")
    near = build.water_table(np.array([x, x + 1.0]), values, build.mean_stage(values))
    q, river = t * float(np.diff(near)[0]), -t / bed
    rows = np.concatenate([[y + 2.0 * width * k, -y + 2.0 * width * k] for k in range(-100, 101)])
    places = np.concatenate([x + 1j * rows, 2.0 * river - x + 1j * rows])
    signs = np.repeat([1.0, -1.0], rows.size)
    part = pumped / (2.0 * np.pi)

    def speed(d: float) -> float:
        return float(np.real(-q - part * np.sum(signs / (x - d + 1j * y - places))))

    def stream(z: complex) -> float:
        return float(np.imag(-q * z - part * np.sum(signs * np.log(z - places))))

    d = float(brentq(speed, 1.0, 0.9 * x))
    apart = stream(x - d + 1j * (y + 1e-9))
    return 2.0 * float(brentq(lambda h: stream(x + 1j * (y + h)) - apart, 1.0, 0.4 * width)), d


# The flow model ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class PlanFlow:
    """A flow field summed over depth.

    Attributes
    ----------
    spacing : float
        [m].
    along_x, along_y : ndarray of float64, shape (row, column + 1), (row + 1, column)
        Flow through the sides of columns, to the east and to the north, rows from the south [m3/d]; zero on the edges.
    water : ndarray of float64, shape (row, column)
        n b dx dy [m3].
    """

    spacing: float
    along_x: Floats
    along_y: Floats
    water: Floats

    @classmethod
    def of(cls, step: FlowStep, grid: Grid, porosity: float, layers: tuple[int, ...] = ()) -> "PlanFlow":
        """Return the sum over some layers, or over all."""
        _, n_row, n_col = grid.shape
        wanted = np.isin(grid.layer, layers) if layers else np.ones(grid.n_cells, bool)
        first, second = grid.face_cells.T
        row, column = grid.column // n_col, grid.column % n_col
        x, y = np.zeros((n_row, n_col + 1)), np.zeros((n_row + 1, n_col))
        side = wanted[first] & wanted[second]
        east = side & (row[first] == row[second]) & (column[second] == column[first] + 1)
        south = side & (column[first] == column[second]) & (row[second] == row[first] + 1)
        np.add.at(x, (row[first[east]], column[second[east]]), step.face_flow[east])
        np.add.at(y, (row[second[south]], column[first[south]]), -step.face_flow[south])
        water = np.zeros((n_row, n_col))
        np.add.at(water, (row[wanted], column[wanted]), (grid.volume * step.saturation_end * porosity)[wanted])
        return cls(float(grid.delr[0]), x[::-1], y[::-1], water[::-1])

    def velocity(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return the seepage velocity at points [m/d], linear between opposite sides of a cell (Pollock 1988)."""
        n_row, n_col = self.water.shape
        i = np.clip((y / self.spacing).astype(int), 0, n_row - 1)
        j = np.clip((x / self.spacing).astype(int), 0, n_col - 1)
        u, v = x / self.spacing - j, y / self.spacing - i
        scale = self.spacing / self.water[i, j]
        along_x = (1.0 - u) * self.along_x[i, j] + u * self.along_x[i, j + 1]
        along_y = (1.0 - v) * self.along_y[i, j] + v * self.along_y[i + 1, j]
        return along_x * scale, along_y * scale

    def track(self, x: Floats, y: Floats, step: float, n_steps: int) -> tuple[Floats, Floats]:
        """Return the ways of particles by the midpoint rule, each of shape (time, particle)."""
        ways = [(x, y)]
        for _ in range(n_steps):
            a, b = self.velocity(x, y)
            a, b = self.velocity(x + 0.5 * step * a, y + 0.5 * step * b)
            x, y = x + step * a, y + step * b
            ways.append((x, y))
        return np.array([w[0] for w in ways]), np.array([w[1] for w in ways])


def steady(spacing: float, values: Values, *, pumping: bool) -> tuple[FlowStep, Grid]:
    """Return the steady flow at the river's mean stage without the village well, with or without pump and treat."""
    build = builder()
    changed = {**values, "river_stage": Quantity((build.mean_stage(values),), unit="m"),
               "flood_rise": Quantity((0.0,), unit="m"), "village_rate": Quantity((0.0,), unit="m3/d")}
    simulation, case = _built(spacing, changed), read_case(HERE)
    period = 0
    if pumping:
        simulation, _ = case.scenarios.apply(PUMPING, simulation, case.resolve(simulation))
        period = len(build.seasons(values)) * PUMPS_IN
    model = replace(simulation.flow_models[0], storage=None)
    return FlowSolver(model).advance(model.time.steps_of(period)[0]), model.grid


def steady_numbers(spacing: float, values: Values) -> dict[str, float]:
    """Return what the steady flow fields say of the numbers of the envelope."""
    n = values["porosity"].to("-")
    west, east, south, north = builder().LENS
    natural, grid = steady(spacing, values, pumping=False)
    upper = PlanFlow.of(natural, grid, n, layers=(0,))
    centre = round(0.5 * (west + east) / spacing)
    rows = slice(round(south / spacing), round(north / spacing))
    flow = PlanFlow.of(natural, grid, n)
    x, _ = flow.track(np.array([0.5 * (west + east)]), np.array([AXIS]), 2.0, 2000)
    # Up to the cells of the river, in which it ends somewhere, and the rest at the same pace.
    centre_x = 0.5 * (west + east)
    years = 2.0 * float(np.argmax(x[:, 0] < 1.5 * spacing)) / 365.25 * centre_x / (centre_x - 1.5 * spacing)
    per_metre = -float(upper.along_x[rows, centre].mean()) / spacing  # half of the lens's recharge is in it
    recharge = values["recharge"].to("m/d") * (east - west) * (north - south)
    found = {
        "flow through the lens": per_metre * (north - south) + 0.5 * recharge,
        "seepage velocity": -float(flow.velocity(np.array([0.5 * (west + east)]), np.array([AXIS]))[0][0]),
        "water to the river": years,
    }
    return found | capture(spacing, values)


def capture(spacing: float, values: Values) -> dict[str, float]:
    """Return what pump and treat captures, from the ways of particles that start upstream."""
    step, grid = steady(spacing, values, pumping=True)
    flow = PlanFlow.of(step, grid, values["porosity"].to("-"))
    lattice = builder().Lattice.of(values, spacing)
    row, column = lattice.cell(*builder().WELLS["pt"])
    x_well, y_well = float(lattice.x[column]), float(lattice.y[row])
    row = lattice.n_row - 1 - row
    start = np.arange(0.5, values["length_y"].to("m"), 1.0)
    x, y = flow.track(np.full(start.size, 900.0), start, 4.0, 1500)
    # Who comes into the well's cell stays there: its sides all lead inwards.
    caught = (np.abs(x[-1] - x_well) <= 0.5 * spacing) & (np.abs(y[-1] - y_well) <= 0.5 * spacing)
    passing = np.argmax(x <= x_well, axis=0)
    beside = np.abs(y[passing, np.arange(start.size)] - y_well)[~caught & (x[-1] < x_well)]
    along = flow.along_x[row, : column + 1]  # sides of columns from the river to the well
    turn = int(np.flatnonzero(along < 0.0)[-1])
    zero = (turn + along[turn] / (along[turn] - along[turn + 1])) * spacing
    return {
        "capture width": float(caught.sum()), "the same beside the river": 2.0 * float(beside.min()),
        "and its stagnation point": x_well - zero,
    }


def flood_numbers(spacing: float, values: Values) -> dict[str, float]:
    """Return what the second year's flood does, from the flow model, and from oxygen without reactions."""
    simulation = read_case(HERE).apply(_built(spacing, values))
    model = simulation.flow_models[0]
    oxygen = replace(next(m for m in simulation.transport_models if m.name == "oxygen"))
    flow, transport = FlowSolver(model), TransportSolver([oxygen])
    grid, found = model.grid, {"bank storage": 0.0, "rise at the lens": 0.0}
    lens = _column(grid, 0.5 * sum(builder().LENS[:2]), AXIS)
    last = 0.0
    for step in model.time.steps():
        period = step.period - 3
        if period > 2:
            break
        fields = flow.advance(step)
        solute = transport.advance(fields, step.end, step)[0]
        rates = next(p.rates for p in fields.packages if p.name == "riv")
        if period == 0:
            last = float(fields.head_end[lens])
        elif period == 1:
            found["bank storage"] += float(rates[rates > 0.0].sum()) * step.length / values["length_y"].to("m")
            found["rise at the lens"] = max(found["rise at the lens"], float(fields.head_end[lens]) - last)
            content = grid.volume * fields.saturation_end
            reached = solute.concentration
    background, river = 6.0, 10.0
    part = np.clip((reached - background) / (river - background), 0.0, None) * content
    bank = values["length_y"].to("m") * sum(values["layer_thickness"].all_to("m"))
    found["intrusion"] = float(part.sum()) / bank
    return found


def _column(grid: Grid, x: float, y: float) -> int:
    """Return the uppermost cell at a local point."""
    return int(np.argmin(np.hypot(grid.x - x, grid.y - y) + 1e6 * grid.layer))


def _built(spacing: float, values: Values) -> Simulation:
    with tempfile.TemporaryDirectory() as folder:
        builder().build(Path(folder), spacing, values)
        return read(folder)


def main() -> None:
    """Print both columns."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spacing", type=float, default=10.0, help="cell width [m], 10 by default")
    spacing = parser.parse_args().spacing
    values = read_case(HERE).values
    hand = by_hand(values)
    model = {**steady_numbers(spacing, values), **flood_numbers(spacing, values)}
    for name in {**hand, **model}:
        print(f"{name:28}{hand.get(name, np.nan):10.4g}{model.get(name, np.nan):10.4g}")
    for name, of_component in oil_by_hand(values).items():
        print(f"{name:28}" + ", ".join(f"{number:.3g} {unit}" for unit, number in of_component.items()))


if __name__ == "__main__":
    main()
