"""What acts on cells besides faces, in MODFLOW 6's linear form: a rate h C - r into each cell."""

from dataclasses import dataclass

from gwsolver.transport.mf6.operator import Floats

IMMOBILE = "ist"
"""Term of what an immobile domain exchanges with the mobile one."""


@dataclass(frozen=True, eq=False)
class Term:
    """One line of the mass budget, linearised about the latest iterate.

    Attributes
    ----------
    package, term : str
        Where it is booked.
    diagonal : ndarray of float64, shape (cell,)
        h, MODFLOW's HCOF [L**3/T].
    right : ndarray of float64, shape (cell,)
        r, MODFLOW's RHS [M/T].
    """

    package: str
    term: str
    diagonal: Floats
    right: Floats

    def rate(self, concentration: Floats) -> Floats:
        """Return the mass rate into each cell [M/T], shape (cell,)."""
        return self.diagonal * concentration - self.right
