"""Write the MODFLOW 6 files of the Kokzhide-type model from the values of case.toml.

    python build.py                                   the 50 m grid, into mf6/, and the cases of the reaction options
    python build.py --spacing 100 --out FOLDER        a coarser grid for tests

Coordinates here are local: x east, y north, from the lower left corner of the grid. Units: m, d, g.
"""

import argparse
from dataclasses import dataclass, field
from pathlib import Path

import flopy
import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spl
from numpy.typing import NDArray

from gwsolver.case import Quantity, read_case

HERE = Path(__file__).resolve().parent
Floats = NDArray[np.float64]
DAYS = 365.25  # days of a year
WELLS = {"PW1": (5025.0, 4225.0), "PW2": (4525.0, 4025.0), "PW3": (3725.0, 4325.0)}
MONITORING = {"MW1": (5325.0, 4175.0), "MW2": (5175.0, 4175.0)}
WELL_LAYERS = (2, 3, 4)
# Noon, so that years of 365.25 days end on 1 January whether a leap day is due or not.
START = "1975-01-01T12:00:00"
STEPS_PER_YEAR = 1
SAVED_YEARS = (10, 20, 30, 40, 50, 60, 80)
OPTIONS = ("acceptors",)


@dataclass(frozen=True)
class Lattice:
    """Rows and columns of square cells; row 0 is the northernmost.

    Attributes
    ----------
    spacing : float
        Cell width [m].
    n_row, n_col : int
    x, y : ndarray, shape (column,), (row,)
        Local coordinates of the cell centres [m].
    """

    spacing: float
    n_row: int
    n_col: int
    x: Floats = field(init=False)
    y: Floats = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", (np.arange(self.n_col) + 0.5) * self.spacing)
        object.__setattr__(self, "y", (self.n_row - np.arange(self.n_row) - 0.5) * self.spacing)

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Return (row, column) of a local point; on an edge the cell to the north or east."""
        return self.n_row - 1 - int(y // self.spacing), int(x // self.spacing)


def water_table(
    lattice: Lattice, values: dict[str, Quantity], rivers: list[tuple[int, int, float]]
) -> Floats:
    """Return the heads of a horizontal aquifer of constant transmissivity without wells, shape (row, column).

    They are the top of the model and its initial heads, so that layer 1 is full before pumping.
    """
    dx, n = lattice.spacing, lattice.n_row * lattice.n_col
    index = np.arange(n).reshape(lattice.n_row, lattice.n_col)
    transmissivity = values["hydraulic_conductivity"].to("m/d") * sum(values["layer_thickness"].all_to("m"))
    diagonal, right = np.zeros(index.shape), np.full(index.shape, values["recharge"].to("m/d") * dx * dx)
    for i, j, stage in rivers:
        conductance = values["river_conductance"].to("m2/d/m") * dx
        diagonal[i, j] += conductance
        right[i, j] += conductance * stage
    diagonal[:-1, -1] += 2.0 * transmissivity
    right[:-1, -1] += 2.0 * transmissivity * values["east_head"].to("m")
    a = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
    b = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
    links = sp.coo_matrix((np.full(a.size, transmissivity), (a, b)), shape=(n, n)).tocsr()
    links = links + links.T
    matrix = sp.diags(np.asarray(links.sum(axis=1)).ravel() + diagonal.ravel()) - links
    head = spl.spsolve(matrix.tocsc(), right.ravel())
    return np.round(head.reshape(index.shape), 2)


def river_cells(lattice: Lattice, values: dict[str, Quantity]) -> dict[str, list[tuple[int, int, float]]]:
    """Return (row, column, stage) of the two rivers; the corner cell belongs to the Temir."""
    west, east = values["emba_stage_west"].to("m"), values["emba_stage_east"].to("m")
    slope = (east - west) / values["length_x"].to("m")
    temir = values["temir_stage"].to("m")
    return {
        "temir": [(i, 0, temir) for i in range(lattice.n_row)],
        "emba": [(lattice.n_row - 1, j, west + slope * lattice.x[j]) for j in range(1, lattice.n_col)],
    }


def build(folder: Path, spacing: float, values: dict[str, Quantity]) -> flopy.mf6.MFSimulation:
    """Write the simulation for a cell width [m] into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    lattice = Lattice(
        spacing, round(values["length_y"].to("m") / spacing), round(values["length_x"].to("m") / spacing)
    )
    simulation = flopy.mf6.MFSimulation(sim_name="kokzhide", sim_ws=str(folder))
    ends = [values[k].to("y") for k in ("pumping_start", "source_end", "duration")]
    lengths = np.diff([0.0, *ends])
    flopy.mf6.ModflowTdis(
        simulation, time_units="days", start_date_time=START, nper=3,
        perioddata=[(float(y * DAYS), round(y * STEPS_PER_YEAR), 1.0) for y in lengths],
    )
    flow = _flow_model(simulation, lattice, values, folder)
    solute = _solute_model(simulation, flow, lattice, values)
    for model, closure in ((flow, 1e-6), (solute, 1e-9)):
        ims = flopy.mf6.ModflowIms(
            simulation, filename=f"{model.name}.ims", complexity="moderate", linear_acceleration="bicgstab",
            outer_dvclose=closure, outer_maximum=100, inner_dvclose=closure, inner_maximum=300,
            rcloserecord=[1e-4 if model is flow else 1e-6, "strict"],
        )
        simulation.register_ims_package(ims, [model.name])
    flopy.mf6.ModflowGwfgwt(
        simulation, exgtype="GWF6-GWT6", exgmnamea=flow.name, exgmnameb=solute.name, filename="kokzhide.gwfgwt"
    )
    for model in (flow, solute):
        # Only now: flopy would read the files again for every list that it checks against the grid.
        model.dis.top.set_data({"filename": "top.txt"})
        model.dis.botm.set_data([{"filename": f"bottom_{k + 1}.txt"} for k in range(len(model.dis.botm.array))])
    simulation.write_simulation(silent=True)
    _without_time_stamps(folder)
    return simulation


def _flow_model(
    simulation: flopy.mf6.MFSimulation, lattice: Lattice, values: dict[str, Quantity], folder: Path
) -> flopy.mf6.ModflowGwf:
    rivers = river_cells(lattice, values)
    top = water_table(lattice, values, [c for cells in rivers.values() for c in cells])
    thickness = np.array(values["layer_thickness"].all_to("m"))
    np.savetxt(folder / "top.txt", top, fmt="%.2f")
    for k, depth in enumerate(np.cumsum(thickness), start=1):
        np.savetxt(folder / f"bottom_{k}.txt", top - depth, fmt="%.2f")
    layers = len(thickness)
    flow = flopy.mf6.ModflowGwf(simulation, modelname="flow", save_flows=True)
    _grid(flopy.mf6.ModflowGwfdis, flow, lattice, values)
    flopy.mf6.ModflowGwfic(flow, strt=[{"filename": "top.txt"}] * layers)
    k = values["hydraulic_conductivity"].to("m/d")
    flopy.mf6.ModflowGwfnpf(
        flow, save_specific_discharge=True, save_saturation=True, icelltype=[1] + [0] * (layers - 1),
        k=k, k33=k / values["anisotropy"].to("-"),
    )
    flopy.mf6.ModflowGwfsto(
        flow, iconvert=[1] + [0] * (layers - 1), ss=values["specific_storage"].to("1/m"),
        sy=values["specific_yield"].to("-"), steady_state={0: True},
    )
    flopy.mf6.ModflowGwfrcha(flow, recharge=float(f"{values['recharge'].to('m/d'):.7g}"), pname="rch")
    conductance = values["river_conductance"].to("m2/d/m") * lattice.spacing
    depth = values["river_bed_depth"].to("m")
    flopy.mf6.ModflowGwfriv(
        flow, pname="riv", boundnames=True, stress_period_data={0: [
            ((0, i, j), round(stage, 3), conductance, round(stage - depth, 3), name)
            for name, cells in rivers.items() for i, j, stage in cells
        ]},
        observations={"riv_obs.csv": [("temir", "riv", "temir"), ("emba", "riv", "emba")]},
    )
    head, last = values["east_head"].to("m"), lattice.n_col - 1
    flopy.mf6.ModflowGwfghb(flow, pname="ghb", boundnames=True, stress_period_data={0: [
        # The head stands on the edge of the grid, half a cell from the centre; the corner is the Emba's.
        ((layer, i, last), head, round(2.0 * k * b, 3), "east") for layer, b in enumerate(thickness)
        for i in range(lattice.n_row - 1)
    ]}, observations={"ghb_obs.csv": [("east", "ghb", "east")]})
    rate = values["pumping_rate"].to("m3/d")
    screened = thickness[list(WELL_LAYERS)].sum()
    entries = [
        ((layer, *lattice.cell(*place)), round(-rate * thickness[layer] / screened, 3), name.lower())
        for name, place in WELLS.items() for layer in WELL_LAYERS
    ]
    flopy.mf6.ModflowGwfwel(
        flow, pname="wel", boundnames=True, stress_period_data={0: [], 1: entries},
        observations={"wel_obs.csv": [(name.lower(), "wel", name.lower()) for name in WELLS]},
    )
    _output(flopy.mf6.ModflowGwfoc, flow, "flow.hds", "HEAD")
    return flow


def _grid(
    package: type, model: flopy.mf6.MFModel, lattice: Lattice, values: dict[str, Quantity]
) -> None:
    layers = len(values["layer_thickness"].numbers)
    package(
        model, length_units="meters", nlay=layers, nrow=lattice.n_row, ncol=lattice.n_col,
        xorigin=values["origin_x"].to("m"), yorigin=values["origin_y"].to("m"),
        delr=lattice.spacing, delc=lattice.spacing, top=0.0, botm=[-1.0 - k for k in range(layers)],
    )


def _solute_model(
    simulation: flopy.mf6.MFSimulation, flow: flopy.mf6.ModflowGwf, lattice: Lattice, values: dict[str, Quantity]
) -> flopy.mf6.ModflowGwt:
    solute = flopy.mf6.ModflowGwt(simulation, modelname="benzene", save_flows=True)
    _grid(flopy.mf6.ModflowGwtdis, solute, lattice, values)
    flopy.mf6.ModflowGwtic(solute, strt=0.0)
    flopy.mf6.ModflowGwtadv(solute, scheme="tvd")
    vertical = values["transverse_dispersivity_vertical"].to("m")
    flopy.mf6.ModflowGwtdsp(
        solute, alh=values["longitudinal_dispersivity"].to("m"),
        ath1=values["transverse_dispersivity_horizontal"].to("m"), ath2=vertical, atv=vertical,
    )
    decay = values["decay"].to("1/d")
    distribution = values["koc"].to("m3/g") * values["organic_carbon_fraction"].to("-")
    flopy.mf6.ModflowGwtmst(
        solute, porosity=values["porosity"].to("-"), sorption="linear", bulk_density=values["bulk_density"].to("g/m3"),
        distcoef=float(f"{distribution:.6g}"), first_order_decay=True, decay=decay, decay_sorbed=decay,
    )
    flopy.mf6.ModflowGwtssm(solute)
    points = [(f"{name.lower()}_l{layer + 1}", place, layer) for name, place in WELLS.items() for layer in WELL_LAYERS]
    points += [(name.lower(), place, 0) for name, place in MONITORING.items()]
    flopy.mf6.ModflowUtlobs(solute, filename="benzene.obs", continuous={
        "benzene_obs.csv": [(name, "CONCENTRATION", (layer, *lattice.cell(*place))) for name, place, layer in points]
    })
    _output(flopy.mf6.ModflowGwtoc, solute, "benzene.ucn", "CONCENTRATION")
    return solute


def _output(package: type, model: flopy.mf6.MFModel, file: str, record: str) -> None:
    """Save at `SAVED_YEARS`, which lie in three periods that end after 20, 30 and 80 years."""
    starts = (0, 20, 30)
    rules: dict[int, list[tuple[str, ...]]] = {}
    for period, start in enumerate(starts):
        end = (*starts, SAVED_YEARS[-1])[period + 1]
        steps = [str(STEPS_PER_YEAR * (y - start)) for y in SAVED_YEARS if start < y <= end]
        kinds = (record, "BUDGET") if record == "HEAD" else (record,)
        rules[period] = [(kind, "steps", *steps) for kind in kinds]
    files = {"head_filerecord": file, "budget_filerecord": "flow.cbc"} if record == "HEAD" else {
        "concentration_filerecord": file}
    package(model, **files, saverecord=rules)


def option_case(text: str, option: str) -> str:
    """Return the case of another reaction option: the main case.toml with what a file gives.

    That is title, more species, reactions and figures. Scenarios and the values behind the MODFLOW files are left out:
    they stand in the main case.toml.
    """
    title, rest = option.split("# Species", 1)
    species, rest = rest.split("# Reactions", 1)
    reactions, figures = rest.split("# Figures", 1)
    top, main = text.split("[case.title]", 1)
    main = main[main.index("[modflow]"):main.index("# Figures")].replace('simulation = "mf6"', 'simulation = "../mf6"')
    known, places = main.split("# Places", 1)
    made = "# Made by build.py from ../case.toml and reactions.toml beside this file: change those.\n\n"
    return "".join((
        made, top[top.index("[case]"):], title[title.index("[case.title]"):], known, "# Species", species,
        "# Reactions", reactions, "# Places", places, "# Figures", figures))


def build_options(folder: Path) -> None:
    """Write the cases of the other reaction options, which share the MODFLOW files."""
    text = (HERE / "case.toml").read_text(encoding="utf-8")
    for name in OPTIONS:
        option = (HERE / name / "reactions.toml").read_text(encoding="utf-8")
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "case.toml").write_text(option_case(text, option), encoding="utf-8")


def _without_time_stamps(folder: Path) -> None:
    """Drop flopy's first line with its version and the time of day, so that a build can be compared."""
    for file in folder.iterdir():
        if file.is_file() and file.suffix not in (".txt",):
            lines = file.read_text().splitlines(keepends=True)
            file.write_text("".join(x for x in lines if not x.startswith("# File generated by Flopy")))


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spacing", type=float, default=50.0, help="cell width [m], 50 by default")
    parser.add_argument("--out", type=Path, default=HERE / "mf6", help="folder to write into")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    build(arguments.out, arguments.spacing, read_case(HERE).values)
    if arguments.out == HERE / "mf6":
        build_options(HERE)


if __name__ == "__main__":
    main()
