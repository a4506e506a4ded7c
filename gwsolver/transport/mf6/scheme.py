"""The scheme that reproduces MODFLOW 6, as the door of the room knows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from gwsolver.core.simulation import TransportModel
from gwsolver.transport.engine import Engine
from gwsolver.transport.progress import Reporter


@dataclass(frozen=True)
class Mf6Scheme:
    """MODFLOW 6's discretisation; what each model asks for (ADV, DSP, MST, IST) decides the rest.

    Attributes
    ----------
    name : str
        As the user asks for it.
    title : str
        As the log tells it.
    positive : bool
        Central weighting, TVD and XT3D may give negative concentrations, which are kept as MODFLOW 6 keeps them.
    """

    name: str
    title: str
    positive: bool = False

    def start(self, models: Sequence[TransportModel], report: Reporter) -> Engine:
        """Return the engine that carries these species."""
        from gwsolver.transport.mf6.engine import Mf6Engine

        return Mf6Engine(models, report)
