"""Exchanges: connections between the cells of two models that are solved together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.output import Observation

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Exchange:
    """All connections between two flow models, or between two transport models (MODFLOW's GWF-GWF, GWT-GWT).

    Attributes
    ----------
    name : str
        As MODFLOW names it: "gwf-gwf_1".
    models : tuple of (str, str)
        Lower-case names of the first and the second model.
    cells : ndarray of int64, shape (line, 2)
        Active cell of the first and of the second model.
    face_kind : ndarray of int8, shape (line,)
        VERTICAL, HORIZONTAL or STAGGERED: MODFLOW's IHC.
    distance : ndarray of float64, shape (line, 2)
        CL1, CL2: centre of each cell to the face [L].
    width : ndarray of float64, shape (line,)
        HWVA: width [L] of horizontal connections, area [L**2] of vertical ones.
    angle : ndarray of float64, shape (line,), or None
        ANGLDEGX: of the normal out of the first cell against x (degrees).
    centre_distance : ndarray of float64, shape (line,), or None
        CDIST: between the two centres [L].
    auxiliary : mapping of str to ndarray of float64, shape (line,)
        By lower-case name, in the order given.
    boundnames : tuple of str
        Lower-case name of each line; empty without BOUNDNAMES.
    flow_models : tuple of (str, str)
        Flow models that carry the two transport models; the models themselves if they are flow models.
    averaging : str
        CELL_AVERAGING: "harmonic", "logarithmic", "amt-lmk".
    variable_cv, dewatered, newton : bool
    advection : str
        ADV_SCHEME: "upstream", "central", "tvd"; for schemes that follow MODFLOW 6.
    observations : tuple of Observation
        ``package`` is the exchange, ``entry`` its line; positive from the second model into the first.
    file : str
        For messages.
    """

    name: str
    models: tuple[str, str]
    cells: Ints
    face_kind: NDArray[np.int8]
    distance: Floats
    width: Floats
    angle: Floats | None = None
    centre_distance: Floats | None = None
    auxiliary: Mapping[str, Floats] = field(default_factory=dict)
    boundnames: tuple[str, ...] = ()
    flow_models: tuple[str, str] = ("", "")
    averaging: str = "harmonic"
    variable_cv: bool = False
    dewatered: bool = False
    newton: bool = False
    advection: str = "upstream"
    observations: tuple[Observation, ...] = ()
    file: str = ""

    @property
    def kind(self) -> str:
        """What it joins: "gwf-gwf" or "gwt-gwt"."""
        return self.name.partition("_")[0]


def joined(names: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return the names in groups, those of a group joined by pairs directly or through others; order is kept."""
    group = {name: [name] for name in names}
    for one, other in pairs:
        if one in group and other in group and group[one] is not group[other]:
            both = group[one] + group[other]
            for name in both:
                group[name] = both
    distinct = {id(members): members for members in group.values()}
    return [sorted(members, key=list(names).index) for members in distinct.values()]
