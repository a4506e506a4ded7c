"""The numbers of an envelope, and what a run says of the same things, as README.md prints them.

    python hand.py                      by hand
    python hand.py RESULTS              and from a folder of results

By hand the aquifer is uniform, 58 m thick, without wells, with the gradient 0.002. Units: m, d, g.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

import gwsolver
from gwsolver.case import Case, read_case
from gwsolver.reactions.components import database
from gwsolver.results.reader import Results

HERE = Path(__file__).resolve().parent
Floats = NDArray[np.float64]
GRADIENT = 0.002
YEAR = 365.25
LAKE = (5400.0, 5600.0, 4125.0, 4275.0)  # west, east, south, north, from the grid's corner
COMPONENTS = ("benzene", "toluene", "ethylbenzene", "xylenes", "naphthalene")
ACCEPTORS = {"oxygen": 8.0, "nitrate": 5.0, "sulfate": 15.0}  # background [mg/L]
FACTORS = {"oxygen": 3.132, "nitrate": 4.855, "sulfate": 4.701}  # g per g of BTEX, mean of exact half-reactions


@dataclass(frozen=True)
class Component:
    """What is known by hand of a component.

    Attributes
    ----------
    mass : float
        In the oil [kg].
    effective : float
        Effective solubility by Raoult's law [mg/L].
    retardation : float
    decay : float
        [1/d]
    flux : float
        What leaves with the water through the lake at first [g/d].
    half_life : float
        Of what is in the oil, if the water takes it alone [y].
    """

    mass: float
    effective: float
    retardation: float
    decay: float
    flux: float
    half_life: float


def oil_mass(case: Case) -> float:
    """Return the mass of the oil: area, smear zone, porosity, saturation, density [kg]."""
    oil = case.content.oil[0]
    assert oil.thickness is not None and oil.saturation is not None and oil.density is not None
    west, east, south, north = LAKE
    volume = (east - west) * (north - south) * oil.thickness.to("m") * case.values["porosity"].to("-")
    return volume * oil.saturation.to("-") * oil.density.to("kg/m3")


def lake_flow(case: Case) -> tuple[float, float]:
    """Return the water that comes into layer 1 below the lake from the side, and as recharge [m3/d]."""
    values, (west, east, south, north) = case.values, LAKE
    upper = values["layer_thickness"].all_to("m")[0]
    side = values["hydraulic_conductivity"].to("m/d") * GRADIENT * (north - south) * upper
    return side, values["recharge"].to("m/d") * (east - west) * (north - south)


def components(case: Case) -> dict[str, Component]:
    """Return the components of the oil by hand."""
    values, crude = case.values, database().crudes[case.content.oil[0].crude]
    moles = sum(p.fraction / p.molar_mass for p in crude.parts)
    solids = values["bulk_density"].to("kg/m3") / values["porosity"].to("-")
    sorbing = solids * values["organic_carbon_fraction"].to("-")
    flow, found = sum(lake_flow(case)), {}
    species = {database().component(s.name).name: s for s in case.content.species}
    for part in crude.parts:
        if part.component not in species:
            continue
        own = species[part.component]
        koc = values["koc"] if own.koc is None else own.koc
        decay = values["decay"] if own.decay is None else own.decay
        mass, effective = part.fraction * oil_mass(case), part.fraction / part.molar_mass / moles * part.solubility
        found[own.name] = Component(
            mass, effective, 1.0 + sorbing * koc.to("m3/kg"), decay.to("1/d"), flow * effective,
            np.log(2.0) * 1e3 * mass / (flow * effective) / YEAR)
    return found


def by_hand(case: Case) -> dict[str, float]:
    """Return the numbers of an envelope [m, d; times in years].

    Capture width Q/(T i), stagnation Q/(2 pi T i): Todd (1980), Groundwater Hydrology.
    """
    values = case.values
    k, n = values["hydraulic_conductivity"].to("m/d"), values["porosity"].to("-")
    t = k * sum(values["layer_thickness"].all_to("m"))
    v, pumped = k * GRADIENT / n, values["pumping_rate"].to("m3/d")
    side, rain = lake_flow(case)
    benzene = components(case)["benzene"]
    oil = case.content.oil[0]
    west, east, south, north = LAKE
    area = (east - west) * (north - south)
    assert oil.depletion is not None
    found = {
        "transmissivity, m2/d": t,
        "recharge, m3/d": values["recharge"].to("m/d") * values["length_x"].to("m") * values["length_y"].to("m"),
        "inflow from the east, m3/d": t * GRADIENT * values["length_y"].to("m"),
        "seepage velocity, m/y": v * YEAR,
        "oil, t": oil_mass(case) / 1e3,
        "water into the lake's layer 1 from the side, m3/d": side,
        "and as recharge, m3/d": rain,
        "benzene taken away, g/d": benzene.flux,
        "the same, kg/y": benzene.flux * YEAR / 1e3,
        "half-life of benzene in the oil, y": benzene.half_life,
        "the same with the lake's own water and solids, y": with_own_water(case),
        "depletion of oil, t/y": oil.depletion.to("kg/m2/y") * area / 1e3,
        "capture width of a well, m": pumped / (t * GRADIENT),
        "stagnation point, m": pumped / (2.0 * np.pi * t * GRADIENT),
        "capacity of the acceptors, mg/L BTEX": sum(ACCEPTORS[a] / FACTORS[a] for a in ACCEPTORS),
        "BTEX beside fresh oil, mg/L": sum(components(case)[c].effective for c in COMPONENTS[:4]),
    }
    found |= {f"retarded benzene to {x} m, y": benzene.retardation * x / (v * YEAR) for x in (500, 1000, 1800)}
    for limit in (0.01, 0.001):
        for c0 in (benzene.effective, 2.2):
            found[f"plume to {limit} mg/L of {c0:.3g} mg/L, m"] = plume_length(case, c0, limit)
    return found


def with_own_water(case: Case, width: float = 200.0) -> float:
    """Return the half-life of benzene if water and solids of the lake's cells hold their part of it too [y].

    m = C (m0 / C0 + W R), W the water of layer 1 below the lake, on the grid of 50 m `width` wide; it leaves at
    Q C, Q from the same width.
    """
    benzene, values, (west, east, south, north) = components(case)["benzene"], case.values, LAKE
    upper = values["layer_thickness"].all_to("m")[0]
    own = (east - west) * width * upper * values["porosity"].to("-") * benzene.retardation
    flow = sum(lake_flow(case)) * width / (north - south)
    return float(np.log(2.0)) * (1e3 * benzene.mass / benzene.effective + own) / flow / YEAR


def plume_length(case: Case, c0: float, limit: float, species: str = "benzene", velocity: float = 0.0) -> float:
    """Return how far from the lake a steady plume of first-order decay reaches [m] (Domenico 1987).

        C = C0 exp[x / (2 aL) (1 - sqrt(1 + 4 lambda R aL / v))] erf[W / (4 sqrt(aTH x))] erf[Z / (2 sqrt(aTV x))]

    W = 150 m wide, Z = 3 m deep.
    """
    values, known = case.values, components(case)[species]
    along, across, down = (values[name].to("m") for name in (
        "longitudinal_dispersivity", "transverse_dispersivity_horizontal", "transverse_dispersivity_vertical"))
    v = velocity or values["hydraulic_conductivity"].to("m/d") * GRADIENT / values["porosity"].to("-")
    x = np.linspace(1.0, 5000.0, 50_000)
    c = c0 * np.exp(x / (2.0 * along) * (1.0 - np.sqrt(1.0 + 4.0 * known.decay * known.retardation * along / v)))
    upper = values["layer_thickness"].all_to("m")[0]
    c *= erf((LAKE[3] - LAKE[2]) / (4.0 * np.sqrt(across * x))) * erf(upper / (2.0 * np.sqrt(down * x)))
    return float(x[np.argmax(c < limit)])


# A run -------------------------------------------------------------------------------------------------


def reach(results: Results, species: str, time: float, limit: float) -> float:
    """Return how far west of the lake the largest value of all layers passes a limit [m]."""
    field = results.concentration(species).sel(time=time, method="nearest").max("layer").values
    spacing = float(results.grid_of(species).delr[0])
    x = (np.arange(field.shape[1]) + 0.5) * spacing
    best = 0.0
    for row in field:
        above = np.flatnonzero(row > limit)
        if above.size and above[0] > 0:
            j = above[0]
            part = np.log(row[j] / limit) / np.log(row[j] / max(row[j - 1], 1e-30))
            best = max(best, LAKE[0] - (x[j] - part * (x[j] - x[j - 1])))
    return best


def of_the_lake(results: Results, field: Floats) -> Floats:
    """Return the values of layer 1 in the cells that the lake touches, (row, column)."""
    dx = float(results.grid_of("benzene").delr[0])
    n_row = field.shape[1]
    west, east, south, north = LAKE
    rows = slice(n_row - int(np.ceil(north / dx)), n_row - int(south // dx))
    found: Floats = np.asarray(field[0, rows, int(west // dx):int(np.ceil(east / dx))])
    return found


def of_run(results: Results) -> None:
    """Print what a run says."""
    budget = results.budget()
    for species in results.species:
        print(f"\n{species}")
        rows = budget[(budget.species == species) & ~budget.package.isin(["flow", "total"])]
        for year in (10, 20, 30, 80):
            now = rows[np.isclose(rows.time, year * YEAR)]
            terms = {f"{p} {t}".strip(): (i - o) / 1e3 for p, t, i, o in zip(
                now["package"], now["term"], now["in"], now["out"], strict=True) if max(i, o) > 0.5}
            print(f"  year {year}, kg: " + ", ".join(f"{k} {v:.4g}" for k, v in terms.items()))
            field = results.concentration(species).sel(time=year * YEAR, method="nearest").values
            print(f"    lake mean {of_the_lake(results, field).mean():.3g}, largest {np.nanmax(field):.3g} mg/L; "
                  f"0.01 mg/L to {reach(results, species, year * YEAR, 0.01):.0f} m, "
                  f"0.001 mg/L to {reach(results, species, year * YEAR, 0.001):.0f} m from the lake")
    seen = results.observations().query("type == 'concentration' and package == 'receptor'")
    for limit in results.case.limits:
        own = seen[seen.model == limit.species].pivot_table(index="time", columns="name", values="value")
        above = {name: own.index[own[name] > limit.value] / YEAR for name in own}
        print(f"\n{limit.species}, limit {limit.value:g}: " + "; ".join(
            f"{name} {own[name].max():.3g} in year {own[name].idxmax() / YEAR:.0f}"
            + (f", above {a.min():.0f} to {a.max():.0f}" if len(a) else "") for name, a in above.items()))


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="?", type=Path)
    case = read_case(HERE)
    for name, number in by_hand(case).items():
        print(f"{name:52}{number:10.4g}")
    for name, known in components(case).items():
        print(f"{name:14} {known.mass:7.0f} kg {known.effective:7.3f} mg/L  R {known.retardation:5.2f} "
              f"{known.flux:7.2f} g/d  half-life {known.half_life:6.1f} y")
    if (folder := parser.parse_args().results) is not None:
        of_run(gwsolver.open_results(folder))


if __name__ == "__main__":
    main()
