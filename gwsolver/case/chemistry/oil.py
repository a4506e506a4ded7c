"""``[[oil]]``: a body of oil, where it lies, of what it is made, what fills it and what takes it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.chemistry.lens import LensTable, lens_of
from gwsolver.case.chemistry.outlined import OutlinedTable
from gwsolver.case.moments import Given, When
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Point, Table, Words
from gwsolver.core.errors import nearest
from gwsolver.core.outline import outline_cells
from gwsolver.core.simulation import TransportModel
from gwsolver.reactions.components import Component, Crude, CrudePart
from gwsolver.reactions.oil.body import Leak, Oil, OilBody, OilComponent, OilSetting, Removal
from gwsolver.reactions.oil.kinetic import RateLimited
from gwsolver.reactions.oil.lens import oil_mass
from gwsolver.reactions.oil.mass_transfer import dilution_warnings, mixing_length
from gwsolver.reactions.sources.series import Series

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Cells, plan area of the oil in each, its mass at the start in each, leaks.
Laid = tuple[Ints, Floats, Floats, tuple[Leak, ...]]
TABLE = "oil"


class RemovalTable(Table):
    """``removal = [{ time = 2005-01-01, part = "90 %" }]``: oil dug out, pumped or flushed away."""

    time: Given
    part: Annotated[Quantity, quantity("-", minimum=0.0, maximum=1.0)] = Quantity((1.0,))
    polygon: list[Point] = []


class OilTable(OutlinedTable):
    """``[[oil]]``: oil that dissolves."""

    title: Words = {}
    thickness: Annotated[Quantity | None, quantity("m", minimum=0.0)] = None
    saturation: Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=1.0)] = None
    volume: Annotated[Quantity | None, quantity("m3", minimum=0.0)] = None
    mass: Annotated[Quantity | None, quantity("kg", minimum=0.0)] = None
    crude: str = ""
    composition: dict[str, Annotated[Quantity, quantity("-", minimum=0.0, maximum=1.0)]] = {}
    molar_mass: Annotated[float | None, Field(gt=0.0)] = None
    density: Annotated[Quantity | None, quantity("kg/m3", minimum=0.0)] = None
    lens: LensTable | None = None
    leak_start: When = None
    leak_end: When = None
    removal: list[RemovalTable] = []
    depletion: Annotated[Quantity | None, quantity("kg/m2/y", minimum=0.0)] = None
    depletes: Literal["all", "bulk"] = "all"
    decay_within: bool = True
    residual_water: Annotated[Quantity | None, quantity("-", minimum=0.0, maximum=0.99)] = None
    transfer_rate: Annotated[Quantity | None, quantity("1/d", minimum=0.0)] = None
    transfer_power: Annotated[float | None, Field(ge=0.0)] = None


def oil_setting(tables: list[OilTable], context: Context) -> OilSetting | RateLimited | None:
    """Return all oil of a case in the model's units, None where there is none; problems go to the context.

    In equilibrium with the water, or dissolving at a limited rate where the bodies have one.
    """
    if not tables:
        return None
    oil = _oil_setting(tables, context)
    given = [t.transfer_rate is not None for t in tables]
    if not any(given):
        for i, table in enumerate(tables):
            if table.transfer_power is not None:
                context.problem(TABLE, i, "transfer_power", "transfer_power needs transfer_rate")
        return oil
    first = tables[given.index(True)]
    rate = context.number(TABLE, given.index(True), "transfer_rate", first.transfer_rate, "1/time")
    for i, table in enumerate(tables):
        own = context.number(TABLE, i, "transfer_rate", table.transfer_rate, "1/time")
        if own != rate or table.transfer_power != first.transfer_power:
            context.problem(TABLE, i, "transfer_rate", "all bodies need the same transfer_rate and transfer_power",
                            "Leave both out for oil in equilibrium with its water.", value=own)
    return RateLimited(oil, {c.species: rate or 0.0 for c in oil.components}, first.transfer_power or 0.0)


def sheltered(
    models: Mapping[str, TransportModel], tables: list[OilTable], bodies: Sequence[OilBody]
) -> dict[str, TransportModel]:
    """Return the models of species without decay of components in the cells of oil within which nothing is to decay.

    For all time: also after the oil has been taken away.
    """
    found = dict(models)
    for table, body in zip(tables, bodies, strict=True):
        if table.decay_within:
            continue
        for name in body.oil.fractions:
            mobile = found[name].mobile
            rates = [mobile.decay_rate.copy(), mobile.decay_rate_sorbed.copy()]
            for rate in rates:
                rate[body.cells] = 0.0
            found[name] = replace(found[name], mobile=replace(mobile, decay_rate=rates[0], decay_rate_sorbed=rates[1]))
    return found


def _oil_setting(tables: list[OilTable], context: Context) -> OilSetting:
    held = {
        species: known for species, known in context.components.items()
        if known.molar_mass is not None and known.liquid_solubility is not None and _in_oil(known, tables, context)
    }
    components = tuple(
        OilComponent(species, c.value("molar_mass"), context.concentration(c.value("liquid_solubility"), "mg/L"))
        for species, c in held.items()
    )
    bodies = [_body(i, table, components, context) for i, table in enumerate(tables)]
    return OilSetting(components, tuple(b for b in bodies if b is not None))


def _body(i: int, table: OilTable, components: tuple[OilComponent, ...], context: Context) -> OilBody | None:
    before = len(context.problems)
    oil = _oil(i, table, components, context)
    if oil is None:
        if table.lens is None:
            table.cells(TABLE, i, context)  # all that is wrong at once
        return None
    found = (_under_outline if table.lens is None else _by_lens)(i, table, oil, context)
    if found is None:
        return None
    cells, area, mass, leaks = found
    removals = tuple(_removal(i, r, cells, context) for r in table.removal)
    depletion = context.number(TABLE, i, "depletion", table.depletion, "mass/length2/time")
    if len(context.problems) > before:
        return None
    _thick_layers(i, table, cells, area, context)
    column = context.grid.column[cells]
    share = area / np.bincount(column)[column]  # depletion acts once on a column, however many cells of it hold oil
    return OilBody(table.name, cells, mass, oil, share, depletion or 0.0, table.depletes, leaks, removals)


def _under_outline(i: int, table: OilTable, oil: Oil, context: Context) -> Laid | None:
    """Return the oil under an outline: there from the start, or leaking at an even rate."""
    found = table.cells(TABLE, i, context)
    mass = None if found is None else _mass(i, table, oil, *found, context)
    if found is None or mass is None:
        return None
    cells, area = found
    if table.leak_start is None or table.leak_end is None:
        if table.leak_start is not None or table.leak_end is not None:
            missing = "leak_start" if table.leak_start is None else "leak_end"
            context.problem(TABLE, i, "name", f"leak_start and leak_end belong together: {missing} is missing")
        return cells, area, mass, ()
    start = context.moment(TABLE, i, "leak_start", table.leak_start)
    end = context.moment(TABLE, i, "leak_end", table.leak_end)
    if end <= start:
        context.problem(TABLE, i, "leak_end", "the leak ends before it begins", value=table.leak_end.text,
                        allowed=f"a time after {table.leak_start.text}")
        return None
    rate = mass.sum() / (end - start)
    leak = Leak(Series(np.array([start, end]), np.array([rate, 0.0])), mass / mass.sum())
    return cells, area, np.zeros(mass.size), (leak,)


def _by_lens(i: int, table: OilTable, oil: Oil, context: Context) -> Laid | None:
    """Return the oil of a lens that a spill at the surface makes."""
    assert table.lens is not None
    others = [key for key in ("place", "polygon", "disc", "volume", "mass", "leak_start", "leak_end")
              if getattr(table, key) not in ("", [], None)]
    thickness = context.number(TABLE, i, "thickness", table.thickness, "length")
    if others:
        context.problem(TABLE, i, others[0], f"'lens' and '{others[0]}' exclude each other",
                        "The spill says where the oil lies, how much there is and when it comes.")
        return None
    if thickness is None or table.saturation is None:
        context.problem(TABLE, i, "lens", "a lens needs the thickness and the saturation of its oil")
        return None
    found = lens_of(i, table.lens, thickness, table.saturation.to("-"), oil.density, table.layers, context)
    if found is None:
        return None
    schedule, cells, area = found
    if not _fits(i, thickness, cells, context):
        return None
    return cells, area, np.zeros(cells.size), (Leak(schedule, area / area.sum()),)


def _thick_layers(i: int, table: OilTable, cells: Ints, area: Floats, context: Context) -> None:
    """Warn where cells are much thicker than the oil in them and the water that mixes with it on its way below."""
    thickness = context.number(TABLE, i, "thickness", table.thickness, "length")
    model = next(iter(context.models.values()))
    if thickness is None:
        return
    vertical = 0.0 if model.dispersion is None else float(model.dispersion.atv[cells].mean())
    mixing = mixing_length(1.0, vertical, float(np.sqrt(area.sum())))
    thick = float(context.grid.thickness[cells].max())
    found = dilution_warnings(thick, thickness, mixing, package=f"[[oil]] {table.name}")
    context.warnings += [str(p) for p in found]


def _in_oil(known: Component, tables: list[OilTable], context: Context) -> bool:
    """Return whether some oil of the case holds a species."""
    for table in tables:
        crude = context.database.crudes.get(table.crude)
        names = [p.component for p in crude.parts] if crude is not None else []
        own = [found.name for name in table.composition if (found := context.known(name)) is not None]
        if known.name in (*names, *own):
            return True
    return False


def _oil(i: int, table: OilTable, components: tuple[OilComponent, ...], context: Context) -> Oil | None:
    """Return what the oil is made of: a crude of the database, its own composition, or a crude with parts replaced."""
    parts = _parts(i, table, context)
    crude = context.database.crudes.get(table.crude)
    density = context.number(TABLE, i, "density", table.density, "mass/length3")
    if crude is not None and density is None:
        density = context.concentration(crude.density, "kg/m3")
    if parts is None:
        return None
    if crude is None and (table.molar_mass is None or density is None):
        context.problem(TABLE, i, "name", "an oil of one's own needs composition, molar_mass (g/mol, of all of it) and "
                        "density", f"Or name a crude: {'; '.join(context.database.crudes)}.")
        return None
    of_species = {context.components[c.species].name: c for c in components}
    fractions = {of_species[p.component].species: p.fraction for p in parts if p.component in of_species}
    if not fractions:
        context.problem(TABLE, i, "name", f"nothing of {table.name!r} is a species of this model",
                        "Add species, for example [[species]] name = \"benzene\".")
        return None
    moles = sum(p.fraction / p.molar_mass for p in parts if p.component not in of_species)
    rest = 1.0 - sum(fractions.values())
    if table.molar_mass is not None:
        known = {c.species: c.molar_mass for c in components}
        moles = 1.0 / table.molar_mass - sum(f / known[s] for s, f in fractions.items())
    if moles <= 0.0 < rest:
        context.problem(TABLE, i, "molar_mass", "the dissolving components alone have more moles than all of the oil",
                        value=f"{table.molar_mass:g} g/mol")
        return None
    return Oil(fractions, rest / moles if rest > 0.0 else 1.0, density or 0.0)


def _parts(i: int, table: OilTable, context: Context) -> list[CrudePart] | None:
    """Return what the oil is made of as far as it is said; what a composition replaces in a crude the rest makes up."""
    before = len(context.problems)
    crude: Crude | None = None
    if table.crude:
        crude = context.database.crudes.get(table.crude)
        if crude is None:
            near = nearest(table.crude, context.database.crudes)
            hint = (f"Did you mean {near!r}? " if near else "") + f"Known: {'; '.join(context.database.crudes)}."
            context.problem(TABLE, i, "crude", f"there is no crude {table.crude!r}", hint)
    own = {}
    for name, value in table.composition.items():
        known = context.known(name)
        if known is None or known.molar_mass is None or known.liquid_solubility is None:
            near = nearest(name, context.database.components)
            what = "there is no component" if known is None else "molar mass and solubility are not both known of"
            hint = f"Did you mean {near!r}? " if near and known is None else ""
            context.problem(TABLE, i, "composition", f"{what} {name!r}",
                            f"{hint}Components of your own stand in a file named by [reactions] components.")
        else:
            own[known.name] = CrudePart(known.name, value.to("-"), known.molar_mass, known.liquid_solubility)
    total = sum(p.fraction for p in own.values())
    if total > 1.0 + 1e-9:
        context.problem(TABLE, i, "composition", "the composition sums to more than the whole",
                        value=f"{100.0 * total:g} %", allowed="at most 100 %; what is left does not dissolve")
    if len(context.problems) > before:
        return None
    others = [] if crude is None else [p for p in crude.parts if p.component not in own]
    kept = sum(p.fraction for p in others)
    factor = (1.0 - total) / kept if kept > 0.0 else 0.0
    return [*own.values(), *(replace(p, fraction=p.fraction * factor) for p in others)]


def _mass(
    i: int, table: OilTable, oil: Oil, cells: Ints, area: Floats, context: Context
) -> Floats | None:
    """Return the mass of oil in each cell [M]."""
    given = [k for k in ("volume", "mass", "saturation") if getattr(table, k) is not None]
    if len(given) != 1:
        context.problem(TABLE, i, given[1] if given else "name", "of volume, mass and saturation exactly one says how "
                        "much oil there is", f"Given: {', '.join(given) or 'none'}.")
        return None
    if table.saturation is None:
        whole = context.number(TABLE, i, "mass", table.mass, "mass")
        if whole is None:
            whole = (context.number(TABLE, i, "volume", table.volume, "length3") or 0.0) * oil.density
        found: Floats = whole * area / area.sum()
        return found
    thickness = context.number(TABLE, i, "thickness", table.thickness, "length")
    if thickness is None:
        context.problem(TABLE, i, "thickness", "saturation needs the thickness of the smear zone")
        return None
    if not _fits(i, thickness, cells, context):
        return None
    porosity = next(iter(context.models.values())).mobile.porosity[cells]
    return oil_mass(area, thickness, table.saturation.to("-"), porosity, oil.density)


def _fits(i: int, thickness: float, cells: Ints, context: Context) -> bool:
    """Return whether cells are as thick as the zone with oil, after noting it as a problem if one is not."""
    grid = context.grid
    thin = grid.thickness[cells] < thickness * (1.0 - 1e-9)
    if thin.any():
        cell = int(cells[thin.argmax()])
        context.problem(TABLE, i, "thickness", f"the smear zone is thicker than {grid.describe(cell)}",
                        value=f"{thickness:g}", allowed=f"at most {grid.thickness[cell]:g}")
    return not thin.any()


def _removal(i: int, table: RemovalTable, cells: Ints, context: Context) -> Removal:
    if table.polygon:
        inside, _ = outline_cells(context.grid, table.polygon, ())
        columns = np.unique(context.grid.column[inside])
        cells = cells[np.isin(context.grid.column[cells], columns)]
    return Removal(context.moment(TABLE, i, "removal", table.time), 1.0 - table.part.to("-"), cells)
