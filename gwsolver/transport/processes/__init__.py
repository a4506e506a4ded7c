"""What acts on single cells beside transport, in steps that stand before and after those of transport."""

from gwsolver.transport.processes.process import Booked, Cells, Process, processes_of

__all__ = ["Booked", "Cells", "Process", "processes_of"]
