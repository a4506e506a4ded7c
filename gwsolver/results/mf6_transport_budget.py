"""The mass budget of a species in MODFLOW 6's layout, readable by flopy's CellBudgetFile and by zone budget.

Records and their names are those of MODFLOW 6's GWT model: STORAGE-AQUEOUS, DECAY-AQUEOUS, STORAGE-SORBED,
DECAY-SORBED, FLOW-JA-FACE, FLOW-CORRECTION, SOURCE-SINK MIX, then a list per package of the model itself (CNC,
SRC, LKT, ...), per immobile domain and per exchange (FLOW-JA-FACE again). All are mean rates over the time step,
positive into the cell's water.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from gwsolver.core.features import FeatureStep
from gwsolver.core.grid import Floats, Ints
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.results.mf6_binary import RecordWriter, flow_ja_face, plane

IMMOBILE = "IMMOBILE DOMAIN"
KINDS = ("cnc", "src", "lkt", "ist", "sft")
"""MODFLOW's order of packages, whatever that in the name file."""
Rates = tuple[Ints, Floats]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """What lies beyond an exchange: one line each.

    Attributes
    ----------
    name : str
        Of the exchange.
    model : str
        On the other side.
    node : ndarray of int64, shape (line,)
        Zero-based user node there.
    auxiliary : mapping of str to ndarray of float64, shape (line,)
    """

    name: str
    model: str
    node: Ints
    auxiliary: Mapping[str, Floats]


class TransportBudgetWriter(RecordWriter):
    """Writes the mass budget of one species.

    Parameters
    ----------
    file : binary file
    model : TransportModel
        Its physics and packages fix the order and number of the records, which do not change between steps.
    exchanges : sequence of Neighbours
        That join the model to others.
    """

    def __init__(self, file: BinaryIO, model: TransportModel, exchanges: Sequence[Neighbours] = ()) -> None:
        super().__init__(file, model.name, model.grid, model.time)
        self._exchanges = exchanges
        mobile = model.mobile
        sorbs = bool((mobile.bulk_density * mobile.distribution_coefficient).any())
        decays = bool(mobile.decay_rate.any())
        self._arrays = {
            "STORAGE-AQUEOUS": (("storage", "dissolved"), ("storage", "retained"), ("storage", "rewetted")),
            **({"DECAY-AQUEOUS": (("decay", "dissolved"),)} if decays else {}),
            **({"STORAGE-SORBED": (("storage", "sorbed"),)} if sorbs else {}),
            **({"DECAY-SORBED": (("decay", "sorbed"),)} if sorbs and bool(mobile.decay_rate_sorbed.any()) else {}),
        }
        known = [(p.name, p.kind, p.kind.upper()) for p in (*model.packages, *model.features)]
        known += [(domain.name, "ist", IMMOBILE) for domain in model.immobile]
        known.sort(key=lambda p: KINDS.index(p[1]))
        self._lists = [(name, text) for name, _, text in known]
        self._solutes = {solute.name: solute for solute in model.features}

    def write(self, step: TimeStep, transport: TransportStep) -> None:
        """Write all records of one time step, whose mass flows by face and cell must have been kept.

        The diagonal of FLOW-JA-FACE holds what all records of the cell lack to zero, as MODFLOW's does.
        """
        through = np.zeros(self.grid.n_faces)
        through[transport.watched[0]] = transport.watched[1]
        grid = self.grid
        balance = np.zeros(grid.n_cells)
        np.subtract.at(balance, grid.face_cells[:, 0], through)
        np.add.at(balance, grid.face_cells[:, 1], through)
        arrays = {text: self._sum(transport, keys) for text, keys in self._arrays.items()}
        correction = self._sum(transport, (("flow", "flow imbalance"),))
        for values in (*arrays.values(), correction):
            balance += values
        rates = dict(transport.package_rates)
        own = {name: rates.pop(name, (np.zeros(0, np.int64), np.zeros(0))) for name, _ in self._lists}
        across = [(beyond, rates.pop(beyond.name)) for beyond in self._exchanges]
        for cells, values in (*rates.values(), *own.values(), *(rate for _, rate in across)):
            acts = cells >= 0
            np.add.at(balance, cells[acts], values[acts])

        for text, values in arrays.items():
            self.array(step, text, grid.to_nodes(values, 0.0), plane(grid))
        faces = flow_ja_face(grid, through, balance)
        self.array(step, "FLOW-JA-FACE", faces, (faces.size, 1, 1))
        if correction.any():
            self.array(step, "FLOW-CORRECTION", grid.to_nodes(correction, 0.0), plane(grid))
        self._list_of(step, "SOURCE-SINK MIX", "SSM", list(rates.values()))
        waters = {f.name: f.water for f in transport.features}
        for name, kind in self._lists:
            if name in waters:
                self._features(step, kind, name, waters[name], own[name])
            else:
                self._list_of(step, kind, name.upper(), [own[name]])
        for beyond, (cells, values) in across:
            name, columns = beyond.name.upper(), list(beyond.auxiliary.values())
            self.records(
                step, "FLOW-JA-FACE", (self.name, name, beyond.model.upper(), name), cells, beyond.node, values,
                [a.upper() for a in beyond.auxiliary],
                np.column_stack(columns) if columns else np.zeros((cells.size, 0)),
            )

    def _sum(self, transport: TransportStep, keys: tuple[tuple[str, str], ...]) -> Floats:
        found = [transport.cell_rates[k] for k in keys if k in transport.cell_rates]
        return np.sum(found, axis=0) if found else np.zeros(self.grid.n_cells)

    def _features(self, step: TimeStep, text: str, name: str, water: FeatureStep, rates: Rates) -> None:
        """Write the list of a package of lakes or reaches; its second number is the connection's."""
        cells, values = rates
        there, auxiliary = cells >= 0, self._solutes[name].source(step).auxiliary
        feature = water.connection_feature[there]
        columns = np.zeros((feature.size, len(auxiliary)))
        for i, given in enumerate(auxiliary.values()):
            columns[:, i] = given[feature]
        names = (self.name, self.name, self.name, name.upper())
        self.records(step, text, names, cells[there], np.flatnonzero(there), values[there],
                     [a.upper() for a in auxiliary], columns)

    def _list_of(self, step: TimeStep, text: str, package: str, rates: list[Rates]) -> None:
        """Write one list; its second number is the entry's own within its package."""
        kept = [(cells[cells >= 0], np.flatnonzero(cells >= 0), values[cells >= 0]) for cells, values in rates]
        cells, entry, values = (
            np.concatenate([np.zeros(0, kind), *(k[i] for k in kept)])
            for i, kind in enumerate((np.int64, np.int64, np.float64))
        )
        names = (self.name, self.name, self.name, package)
        self.records(step, text, names, cells, entry, values, [], np.zeros((cells.size, 0)))
