"""Write the MODFLOW 6 files of the pipeline leak beside the Emba from the values of case.toml.

    python build.py                                   the 10 m grid, into mf6/, and the cases of the reaction options
    python build.py --spacing 20 --out FOLDER         a coarser grid for tests

Coordinates here are local: x east, y north, from the lower left corner of the grid; the river runs along x = 0.
Units: m, d, g.
"""

import argparse
from dataclasses import dataclass, field
from pathlib import Path

import flopy
import numpy as np
from numpy.typing import NDArray

from gwsolver.case import Quantity, read_case

HERE = Path(__file__).resolve().parent
Floats = NDArray[np.float64]
Values = dict[str, Quantity]
DAYS = 365.25  # days of a year
# Four years of 365.25 days from here: each begins on a 1 January, at midnight, 06:00, 12:00 and 18:00.
START = "2001-01-01T00:00:00"
# A flood is resolved as it rises into the bank, the months after it as the bank drains.
STEPS = {"winter": (1, 1.0), "flood": (3, 2.0), "rest": (3, 2.5)}  # (number, factor from step to step)
SAVED_YEARS = (1, 2, 5, 10, 15, 20, 25, 30, 35, 40)  # on 1 January
FLOODS_SAVED = (10, 15)  # and at the end of the flood of these years (counted from 0)
WELLS = {"pt": (225.0, 405.0), "village": (125.0, 435.0)}
SCREENS = {"pt": (0, 1, 2), "village": (2, 3, 4)}
MONITORING = {"MW1": (245.0, 405.0), "MW2": (165.0, 405.0), "MW3": (85.0, 405.0)}
OPTIONS = ("first_order", "oxygen", "all_acceptors")
LENS = (260.0, 340.0, 380.0, 430.0)  # west, east, south, north


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

    @classmethod
    def of(cls, values: Values, spacing: float) -> "Lattice":
        """Return the lattice that covers the model."""
        return cls(spacing, round(values["length_y"].to("m") / spacing), round(values["length_x"].to("m") / spacing))

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Return (row, column) of a local point; on an edge the cell to the north or east."""
        return self.n_row - 1 - int(y // self.spacing), int(x // self.spacing)


def seasons(values: Values) -> list[tuple[str, float]]:
    """Return (name, length [d]) of the three stress periods of every year."""
    before, flood = values["flood_start"].to("d"), values["flood_duration"].to("d")
    return [("winter", before), ("flood", flood), ("rest", DAYS - before - flood)]


def mean_stage(values: Values) -> float:
    """Return the river's stage averaged over a year [m]."""
    return values["river_stage"].to("m") + values["flood_rise"].to("m") * values["flood_duration"].to("d") / DAYS


def transmissivity(values: Values) -> float:
    """Return T of the aquifer when layer 1 holds its thickness of water [m2/d]."""
    return values["hydraulic_conductivity"].to("m/d") * sum(values["layer_thickness"].all_to("m"))


def water_table(x: Floats, values: Values, stage: float) -> Floats:
    """Return the steady heads of an aquifer of constant T between river and inflow, without wells [m].

        h = h_r + q / c + (q x - w x^2 / 2) / T,    q = (h_e - h_r + w L^2 / 2T) / (1/c + L/T)

    q is what flows into the river per metre of bank, c the conductance of its bed per metre, w the recharge.
    """
    t, w, length = transmissivity(values), values["recharge"].to("m/d"), values["length_x"].to("m")
    bed = 1.0 / values["river_conductance"].to("m2/d/m")
    q = (values["east_head"].to("m") - stage + 0.5 * w * length**2 / t) / (bed + length / t)
    return stage + q * bed + (q * x - 0.5 * w * x * x) / t


def build(folder: Path, spacing: float, values: Values) -> flopy.mf6.MFSimulation:
    """Write the simulation for a cell width [m] into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    lattice = Lattice.of(values, spacing)
    simulation = flopy.mf6.MFSimulation(sim_name="emba", sim_ws=str(folder))
    periods = [(length, *STEPS[name]) for _ in range(n_years(values)) for name, length in seasons(values)]
    flopy.mf6.ModflowTdis(
        simulation, time_units="days", start_date_time=START, nper=len(periods), perioddata=periods
    )
    flow = _flow_model(simulation, lattice, values, folder)
    solute = _solute_model(simulation, lattice, values)
    for model, closure in ((flow, 1e-6), (solute, 1e-9)):
        ims = flopy.mf6.ModflowIms(
            simulation, filename=f"{model.name}.ims", complexity="moderate", linear_acceleration="bicgstab",
            outer_dvclose=closure, outer_maximum=100, inner_dvclose=closure, inner_maximum=300,
            rcloserecord=[1e-4 if model is flow else 1e-6, "strict"],
        )
        simulation.register_ims_package(ims, [model.name])
    flopy.mf6.ModflowGwfgwt(
        simulation, exgtype="GWF6-GWT6", exgmnamea=flow.name, exgmnameb=solute.name, filename="emba.gwfgwt"
    )
    for model in (flow, solute):
        # Only now: flopy would read the files again for every list that it checks against the grid.
        model.dis.top.set_data({"filename": "top.txt"})
        model.dis.botm.set_data([{"filename": f"bottom_{k + 1}.txt"} for k in range(len(model.dis.botm.array))])
    simulation.write_simulation(silent=True)
    _without_time_stamps(folder)
    return simulation


def n_years(values: Values) -> int:
    """Return the years to be run."""
    return round(values["duration"].to("y"))


def _flow_model(
    simulation: flopy.mf6.MFSimulation, lattice: Lattice, values: Values, folder: Path
) -> flopy.mf6.ModflowGwf:
    heads = np.round(np.tile(water_table(lattice.x, values, mean_stage(values)), (lattice.n_row, 1)), 2)
    thickness = np.array(values["layer_thickness"].all_to("m"))
    surfaces = {"heads": heads, "top": heads + values["unsaturated_thickness"].to("m")}
    surfaces |= {f"bottom_{k}": heads - depth for k, depth in enumerate(np.cumsum(thickness), start=1)}
    for name, surface in surfaces.items():
        np.savetxt(folder / f"{name}.txt", surface, fmt="%.2f")
    layers = len(thickness)
    flow = flopy.mf6.ModflowGwf(simulation, modelname="flow", save_flows=True)
    _grid(flopy.mf6.ModflowGwfdis, flow, lattice, values)
    flopy.mf6.ModflowGwfic(flow, strt=[{"filename": "heads.txt"}] * layers)
    k = values["hydraulic_conductivity"].to("m/d")
    flopy.mf6.ModflowGwfnpf(
        flow, save_specific_discharge=True, save_saturation=True, icelltype=[1] + [0] * (layers - 1),
        k=k, k33=k / values["anisotropy"].to("-"),
    )
    flopy.mf6.ModflowGwfsto(
        flow, iconvert=[1] + [0] * (layers - 1), ss=values["specific_storage"].to("1/m"),
        sy=values["specific_yield"].to("-"), transient={0: True},
    )
    flopy.mf6.ModflowGwfrcha(flow, recharge=float(f"{values['recharge'].to('m/d'):.7g}"), pname="rch")
    _river(flow, lattice, values)
    head, last = values["east_head"].to("m"), lattice.n_col - 1
    flopy.mf6.ModflowGwfghb(flow, pname="ghb", boundnames=True, stress_period_data={0: [
        # The head stands on the edge of the grid, half a cell from the centre.
        ((layer, i, last), head, round(2.0 * k * b, 3), "east") for layer, b in enumerate(thickness)
        for i in range(lattice.n_row)
    ]}, observations={"ghb_obs.csv": [("east", "ghb", "east")]})
    _wells(flow, lattice, values, thickness)
    points = {**MONITORING, "LENS": (305.0, 405.0), "BANK": (5.0, 405.0)}
    flopy.mf6.ModflowUtlobs(flow, filename="flow.obs", continuous={
        "head_obs.csv": [(name.lower(), "HEAD", (0, *lattice.cell(*place))) for name, place in points.items()]
    })
    _output(flopy.mf6.ModflowGwfoc, flow, values, "flow.hds", "HEAD")
    return flow


def _river(flow: flopy.mf6.ModflowGwf, lattice: Lattice, values: Values) -> None:
    """Add the river: one list for all periods, as the stage is a time series in steps that are stress periods."""
    low, rise = values["river_stage"].to("m"), values["flood_rise"].to("m")
    series, time = [], 0.0
    for _ in range(n_years(values)):
        for name, length in seasons(values):
            series.append((time, low + rise if name == "flood" else low))
            time += length
    series.append((time, low))
    conductance = values["river_conductance"].to("m2/d/m") * lattice.spacing
    bed = round(low - values["river_depth"].to("m"), 3)
    flopy.mf6.ModflowGwfriv(
        flow, pname="riv", boundnames=True,
        stress_period_data={0: [((0, i, 0), "stage", conductance, bed, "emba") for i in range(lattice.n_row)]},
        timeseries={
            "filename": "flow.riv.ts", "timeseries": series, "time_series_namerecord": "stage",
            "interpolation_methodrecord": "stepwise",
        },
        observations={"riv_obs.csv": [("emba", "riv", "emba")]},
    )


def _wells(flow: flopy.mf6.ModflowGwf, lattice: Lattice, values: Values, thickness: Floats) -> None:
    """Add the village well; layers give in proportion to thickness. Pump and treat is a scenario of the case."""
    layers, cell = list(SCREENS["village"]), lattice.cell(*WELLS["village"])
    rate = values["village_rate"].to("m3/d")
    shares = thickness[layers] / thickness[layers].sum()
    entries = [((k, *cell), round(-rate * part, 4), "village") for k, part in zip(layers, shares, strict=True)]
    flopy.mf6.ModflowGwfwel(
        flow, pname="wel", boundnames=True, stress_period_data={0: entries},
        observations={"wel_obs.csv": [("village", "wel", "village")]},
    )


def _grid(package: type, model: flopy.mf6.MFModel, lattice: Lattice, values: Values) -> None:
    layers = len(values["layer_thickness"].numbers)
    package(
        model, length_units="meters", nlay=layers, nrow=lattice.n_row, ncol=lattice.n_col,
        xorigin=values["origin_x"].to("m"), yorigin=values["origin_y"].to("m"),
        delr=lattice.spacing, delc=lattice.spacing, top=0.0, botm=[-1.0 - k for k in range(layers)],
    )


def _solute_model(
    simulation: flopy.mf6.MFSimulation, lattice: Lattice, values: Values
) -> flopy.mf6.ModflowGwt:
    """Return benzene and what the ground does to it; oil, decay and the other species are the case's."""
    solute = flopy.mf6.ModflowGwt(simulation, modelname="benzene", save_flows=True)
    _grid(flopy.mf6.ModflowGwtdis, solute, lattice, values)
    flopy.mf6.ModflowGwtic(solute, strt=0.0)
    flopy.mf6.ModflowGwtadv(solute, scheme="tvd")
    longitudinal = {"alh": "longitudinal_dispersivity", "alv": "longitudinal_dispersivity_vertical"}
    along = {key: values[name].to("m") for key, name in longitudinal.items()}
    vertical = values["transverse_dispersivity_vertical"].to("m")
    flopy.mf6.ModflowGwtdsp(
        solute, **along, ath1=values["transverse_dispersivity_horizontal"].to("m"), ath2=vertical, atv=vertical,
    )
    distribution = values["koc_benzene"].to("m3/g") * values["organic_carbon_fraction"].to("-")
    flopy.mf6.ModflowGwtmst(
        solute, porosity=values["porosity"].to("-"), sorption="linear", bulk_density=values["bulk_density"].to("g/m3"),
        distcoef=float(f"{distribution:.6g}"),
    )
    flopy.mf6.ModflowGwtssm(solute)
    points = [(f"{name}_l{k + 1}", WELLS[name], k) for name in WELLS for k in SCREENS[name]]
    points += [(name.lower(), place, 0) for name, place in MONITORING.items()]
    flopy.mf6.ModflowUtlobs(solute, filename="benzene.obs", continuous={
        "benzene_obs.csv": [(name, "CONCENTRATION", (layer, *lattice.cell(*place))) for name, place, layer in points]
    })
    _output(flopy.mf6.ModflowGwtoc, solute, values, "benzene.ucn", "CONCENTRATION")
    return solute


def _output(package: type, model: flopy.mf6.MFModel, values: Values, file: str, record: str) -> None:
    """Save at the ends of `SAVED_YEARS` and of some floods; budgets of the flow only, not those of ten species."""
    names = [name for name, _ in seasons(values)]
    ends = {len(names) * y - 1 for y in SAVED_YEARS} | {len(names) * y + names.index("flood") for y in FLOODS_SAVED}
    rules: dict[int, list[tuple[str, ...]]] = {}
    for period in range(len(names) * n_years(values)):
        if period in ends:
            rules[period] = [(record, "last"), ("BUDGET", "last")] if record == "HEAD" else [(record, "last")]
        elif period == 0 or period - 1 in ends:
            rules[period] = []
    kind = "head" if record == "HEAD" else "concentration"
    files = {f"{kind}_filerecord": file} | ({"budget_filerecord": "flow.cbc"} if record == "HEAD" else {})
    package(model, **files, saverecord=rules)


def option_case(text: str, option: str) -> str:
    """Return the case of another reaction option: the main case.toml with the title and the reactions of a file.

    The values behind the MODFLOW files are left out: they stand in the main case.toml.
    """
    title, reactions = option.split("[[degradation]]", 1)
    top, rest = text.split("[case.title]", 1)
    middle, rest = rest.split("[modflow]", 1)[1].split("# Reactions", 1)
    end = rest.split("# Oil --", 1)[1].split("# Grid, time", 1)[0]
    made = "# Made by build.py from ../case.toml and reactions.toml beside this file: change those.\n\n"
    top = made + top[top.index("[case]"):]
    middle = middle.replace('simulation = "mf6"', 'simulation = "../mf6"')
    parts = (top, title, "[modflow]", middle, "[[degradation]]", reactions.rstrip(), "\n\n# Oil --", end.rstrip(), "\n")
    return "".join(parts)


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
    parser.add_argument("--spacing", type=float, default=10.0, help="cell width [m], 10 by default")
    parser.add_argument("--out", type=Path, default=HERE / "mf6", help="folder to write into")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    build(arguments.out, arguments.spacing, read_case(HERE).values)
    if arguments.out == HERE / "mf6":
        build_options(HERE)


if __name__ == "__main__":
    main()
