"""Cuts a structured model into several, joined again by exchanges."""

import itertools
from dataclasses import fields, is_dataclass, replace

import numpy as np

from gwsolver.core.dis import structured_grid
from gwsolver.core.exchange import Exchange
from gwsolver.core.stress import ConstantStress


def parts_of(grid, axis, cuts):
    """The grids left and right of the cuts and their cells in the whole; axis 0 cuts layers, 2 columns."""
    n_lay, _, n_col = grid.shape
    delr, delc = np.diff(grid.vertices[: n_col + 1, 0]), -np.diff(grid.vertices[:: n_col + 1, 1])
    # Layers are flat: a cell that is not there has the elevations of the others.
    tops, bottoms = ([v[grid.layer == k].max() for k in range(n_lay)] for v in (grid.top, grid.bottom))
    top, bottom = (np.broadcast_to(np.reshape(v, (-1, 1, 1)), grid.shape) for v in (tops, bottoms))
    edges = [0, *cuts, grid.shape[axis]]
    found = []
    for a, b in itertools.pairwise(edges):
        box = tuple(slice(a, b) if k == axis else slice(None) for k in range(3))
        part = structured_grid(
            delr[box[2]], delc[box[1]], top[box][0], bottom[box], grid.idomain.reshape(grid.shape)[box],
            x_origin=grid.x_origin + delr[: box[2].start or 0].sum(), y_origin=grid.y_origin,
        )
        cells = grid.cell_of_node[np.arange(grid.n_nodes).reshape(grid.shape)[box].ravel()]
        found.append((part, cells[cells >= 0]))
    return found


def exchanges_between(grid, parts, names, kind="gwf-gwf", carriers=None, **options):
    """The whole grid's faces across the cuts, one exchange for each pair of parts that touch."""
    owner, local = np.zeros(grid.n_cells, int), np.zeros(grid.n_cells, int)
    for k, (_, cells) in enumerate(parts):
        owner[cells], local[cells] = k, np.arange(cells.size)
    n, m = grid.face_cells.T
    angle = np.degrees(np.arctan2(grid.face_normal[:, 1], grid.face_normal[:, 0]))
    found = []
    for a in range(len(parts)):
        for b in range(len(parts)):
            across = (owner[n] == a) & (owner[m] == b)
            if a == b or not across.any():
                continue
            found.append(Exchange(
                f"{kind}_{len(found) + 1}", (names[a], names[b]), np.column_stack([local[n], local[m]])[across],
                grid.face_kind[across], grid.face_distance[across], grid.face_width[across], angle[across],
                grid.face_distance[across].sum(axis=1), flow_models=(carriers or names)[a:b + 1:b - a], **options,
            ))
    return found


def turned(exchange):
    """The same exchange told from the other side."""
    return replace(
        exchange, models=exchange.models[::-1], flow_models=exchange.flow_models[::-1],
        cells=exchange.cells[:, ::-1], distance=exchange.distance[:, ::-1], angle=exchange.angle + 180.0,
    )


def cut_model(model, parts, names, **options):
    """A model's shares in the parts: arrays by cell are taken apart, packages keep what lies in the part."""
    return [
        replace(_taken(model, cells, model.grid.n_cells), name=name, grid=grid, **options,
                packages=tuple(p for p in (_package(p, cells) for p in model.packages) if p))
        for name, (grid, cells) in zip(names, parts, strict=True)
    ]


def _taken(record, cells, n_cells):
    changed = {}
    for f in fields(record):
        value = getattr(record, f.name)
        if isinstance(value, np.ndarray) and value.shape[:1] == (n_cells,):
            changed[f.name] = value[cells]
        elif is_dataclass(value) and f.name != "grid":
            changed[f.name] = _taken(value, cells, n_cells)
    return replace(record, **changed)


def _package(package, cells):
    values = package.source.values
    inside = np.isin(values.cells, cells)
    if not inside.any():
        return None
    place = np.searchsorted(cells, values.cells[inside])
    kept = replace(values, cells=place, columns={k: v[inside] for k, v in values.columns.items()},
                   auxiliary={k: v[inside] for k, v in values.auxiliary.items()})
    return replace(package, source=ConstantStress(kept))
