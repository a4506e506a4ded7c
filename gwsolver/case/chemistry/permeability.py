"""Oil in the way of water: conductivities of cells that hold oil, as the oil of the start leaves them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gwsolver.case.chemistry.context import Context
from gwsolver.case.chemistry.oil import TABLE, OilTable
from gwsolver.core.simulation import FlowModel
from gwsolver.reactions.oil.body import OilBody
from gwsolver.reactions.oil.saturation import layered_factors, oil_saturation, relative_permeability


def hindered(
    flows: tuple[FlowModel, ...], tables: Sequence[OilTable], bodies: Sequence[OilBody], context: Context
) -> tuple[FlowModel, ...]:
    """Return the flow models with less conductivity where a body with `residual_water` lies.

    The oil is that of the start and of all leaks; flow does not follow what later becomes of it.
    """
    asked = [i for i, table in enumerate(tables) if table.residual_water is not None]
    if not asked or len(bodies) < len(tables):  # then there are problems, and nothing will be run
        return flows
    transport = next(iter(context.models.values()))
    place = next((i for i, f in enumerate(flows) if f.name == transport.flow_model), None)
    if place is None or flows[place].grid.n_cells != transport.grid.n_cells:
        context.problem(TABLE, asked[0], "residual_water",
                        "the flow of this model is not solved here: oil cannot hinder it",
                        "Leave residual_water out, or give the flow model itself.")
        return flows
    along, across = np.ones(transport.grid.n_cells), np.ones(transport.grid.n_cells)
    for i in asked:
        a, b = _factors(i, tables[i], bodies[i], context)
        along[bodies[i].cells] *= a
        across[bodies[i].cells] *= b
    was = flows[place].conductivity
    found = replace(was, k=was.k * along, k22=was.k22 * along, k33=was.k33 * across)
    return tuple(replace(f, conductivity=found) if i == place else f for i, f in enumerate(flows))


def _factors(i: int, table: OilTable, body: OilBody, context: Context) -> tuple[np.ndarray, np.ndarray]:
    """Return the factors on horizontal and vertical conductivity of a body's cells."""
    grid, cells = context.grid, body.cells
    oil = body.mass + sum(leak.rate.integral(-np.inf, np.inf) * leak.shares for leak in body.leaks)
    given = context.number(TABLE, i, "thickness", table.thickness, "length")
    thickness = grid.thickness[cells]
    part = np.ones(cells.size) if given is None else np.minimum(given / thickness, 1.0)
    pores = next(iter(context.models.values())).mobile.porosity[cells] * grid.area[cells] * thickness * part
    assert table.residual_water is not None
    k = relative_permeability(oil_saturation(oil / body.oil.density, pores), table.residual_water.to("-"))
    if not k.all():
        context.problem(TABLE, i, "residual_water",
                        "oil and residual water fill all pores of a cell: no water could pass",
                        "Give a greater thickness, or less of either.", value=table.residual_water.to("-"))
    return layered_factors(k, part)
