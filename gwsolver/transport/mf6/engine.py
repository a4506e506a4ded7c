"""The engine of MODFLOW 6's discretisation: species that share flow and time steps."""

from collections.abc import Sequence

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import VERTICAL
from gwsolver.core.simulation import TransportModel
from gwsolver.transport.engine import OneByOne
from gwsolver.transport.mf6.species import Mf6Species
from gwsolver.transport.progress import Reporter


def refuse_unknown_directions(models: Sequence[TransportModel]) -> None:
    """Refuse dispersion where the grid does not tell directions (DISU without ANGLDEGX or centres).

    Raises
    ------
    InputError
    """
    problems = []
    for m in models:
        level = m.grid.face_kind != VERTICAL
        if m.dispersion is None or not level.any():
            continue
        if not m.grid.face_normal[level].any(axis=1).all():
            problems.append(Problem("dispersion needs the directions of the faces", file=m.file, package=m.name,
                                    hint="Give ANGLDEGX in the DISU package."))
        if m.dispersion.xt3d and m.grid.x.size and m.grid.x[0] != m.grid.x[0]:
            problems.append(Problem("XT3D needs the cell centres", file=m.file, package=m.name,
                                    hint="Give VERTICES and CELL2D in the DISU package, or XT3D_OFF."))
    if problems:
        raise InputError(problems)


class Mf6Engine(OneByOne):
    """Carries species that share flow and time steps.

    Parameters
    ----------
    models : sequence of TransportModel
    report : Reporter
    """

    def __init__(self, models: Sequence[TransportModel], report: Reporter) -> None:
        refuse_unknown_directions(models)
        super().__init__([Mf6Species(m, report) for m in models])
