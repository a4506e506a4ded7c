"""Where solute cannot get out: cells that have no steady state, and cells in which nothing ever changes."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import breadth_first_order, connected_components

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.simulation import TransportModel
from gwsolver.transport.implicit.operator import Operator

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def shut_cells(op: Operator, exits: Bools) -> Bools:
    """Return the cells from which no way leads to an exit, shape (cell,).

    Parameters
    ----------
    op : Operator
    exits : ndarray of bool, shape (cell,)
        Cells that lose solute, or whose concentration is given.
    """
    n_cells, door = op.n_cells, op.n_cells
    on, back = op.forth > 0.0, op.back > 0.0
    ends = np.flatnonzero(exits)
    # Against the way of the solute, from a door behind all exits.
    start = np.concatenate([op.m[on], op.n[back], np.full(ends.size, door)])
    stop = np.concatenate([op.n[on], op.m[back], ends])
    ways = sp.csr_matrix((np.ones(start.size, np.int8), (start, stop)), shape=(n_cells + 1, n_cells + 1))
    shut = np.ones(n_cells + 1, bool)
    shut[breadth_first_order(ways, door, return_predecessors=False)] = False
    return shut[:n_cells]


def refuse_endless(model: TransportModel, op: Operator, shut: Bools, gains: Floats, c: Floats) -> None:
    """Refuse cells without a way out if solute is added to them, or if they would only mix what they began with.

    Cells in which nothing happens, or of one concentration, keep what they have: that is their end state.

    Parameters
    ----------
    gains : ndarray of float64, shape (cell,)
        Mass that enters from outside [M/T].
    c : ndarray of float64, shape (cell,)
        What they begin with [M/L**3].

    Raises
    ------
    InputError
    """
    grows = shut & (gains > 0.0)
    if grows.any():
        worst = int(np.where(grows, gains, 0.0).argmax())
        raise InputError([Problem(
            f"there is no steady concentration: solute enters {int(grows.sum()):,} cells from which no flow, "
            "dispersion, sink or decay takes it away, so that it grows for ever; the most enters", file=model.file,
            package=model.name, cell=model.grid.describe(worst),
            hint="Give the aquifer an outflow or the solute a decay, or take a scheme that follows time: 'limited'.")])
    inside = shut[op.n] & shut[op.m] & (op.forth + op.back > 0.0)
    pairs = sp.csr_matrix((np.ones(int(inside.sum())), (op.n[inside], op.m[inside])), shape=(c.size, c.size))
    _, group = connected_components(pairs, directed=False)
    least, most = np.full(c.size, np.inf), np.full(c.size, -np.inf)
    np.minimum.at(least, group, c)
    np.maximum.at(most, group, c)
    mixes = shut & (most > least)[group]
    if mixes.any():
        raise InputError([Problem(
            f"there is no one steady concentration in {int(mixes.sum()):,} cells that exchange solute among each other "
            "only: it depends on what they begin with; the first stands", file=model.file, package=model.name,
            cell=model.grid.describe(int(mixes.argmax())),
            hint="Take a scheme that follows time: 'limited' or 'implicit'.")])
