"""Which march carries a group of species: the one place that chooses."""

from collections.abc import Collection, Sequence

from gwsolver.core.clock import Spent
from gwsolver.core.simulation import TransportModel
from gwsolver.transport.alike import grouped, same_movement
from gwsolver.transport.explicit.march import March
from gwsolver.transport.explicit.pause import part_of, pause_time
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.slab.layout import suits
from gwsolver.transport.explicit.slab.march import SlabMarch
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.features.grid import FeatureGrid
from gwsolver.transport.features.model import own_model
from gwsolver.transport.progress import Reporter


class GroupMarch:
    """Slab by slab, all species at once, on structured grids; else each species by itself.

    Cells that differ much in pace go by local time steps, each species by itself too; so do grids with cells that
    are almost dry but pass water on, and species of which the mass through faces is wanted. Species with lakes or
    reaches come one by one; of these it is the aquifer that goes slab by slab, the rest beside it.

    Parameters
    ----------
    models : sequence of TransportModel
        Species whose coefficients agree (`alike`).
    scheme : ExplicitScheme
    single : sequence of March
        How each is carried by itself.
    given : bool
        Whether that is how it has to be.

    Attributes
    ----------
    set_up : Spent
        Time that went into making ready for flow fields.
    """

    def __init__(
        self, models: Sequence[TransportModel], scheme: ExplicitScheme, single: Sequence[March], given: bool
    ) -> None:
        self.set_up = Spent()
        if isinstance(grid := models[0].grid, FeatureGrid):
            models, grid = [own_model(m) for m in models], grid.base
        fits = not given and suits(grid) and scheme.limiter == "koren"
        self._span, self._given = 0.0, given
        self._slabs = SlabMarch(models, scheme) if fits else None
        self._single = tuple(single)

    def __call__(self, works: Sequence[Work], start: float, until: float, report: Reporter) -> None:
        """Carry the works of all species from `start` to `until`."""
        shares = self._shares(works)
        slabs = self._by_slabs(shares, self._span or until - start)
        if slabs is not None:
            slabs(shares, start, until, report)
            for work, own in zip(works, shares, strict=True):
                if work.aquifer is not None:
                    work.aquifer.give_back(own, work, until)
            return
        for work, march in zip(works, self._single, strict=True):
            march(work, start, until, report)

    def settle(self, span: float) -> None:
        """Carry the works as it suits this span [T], whatever the intervals into which it is divided; 0: as suits each.

        One way of booking then serves the same works throughout.
        """
        self._span = span

    def pause(self, works: Sequence[Work], start: float, until: float) -> float:
        """Return how far to go in one go, so that a run can be resumed from there."""
        works = self._shares(works)
        slabs = self._by_slabs(works, until - start)
        if slabs is None:
            return pause_time(works[0], start, until)
        return part_of(slabs.fastest(works) * (until - start), 1, works[0].mass.size, start, until)

    def _shares(self, works: Sequence[Work]) -> Sequence[Work]:
        """Return what of works can be carried without the lakes and reaches beside it: all, where there are none."""
        return works if self._given else [w if w.share is None else w.share for w in works]

    def _by_slabs(self, works: Sequence[Work], span: float) -> SlabMarch | None:
        """Return the march by slabs if it suits these works."""
        slabs = self._slabs
        if slabs is None or not all(
            w.aquifer is None and w.plain and not w.boundaries.mixed.cells.size and not w.watched.size for w in works
        ):
            return None
        with self.set_up:
            suited = slabs.suits(works, span)
        return slabs if suited else None


def alike(models: Sequence[TransportModel], alone: Collection[str] = ()) -> list[list[int]]:
    """Group species whose coefficients agree (`same_movement`); none in `alone` goes with another."""
    return grouped(models, lambda a, b: not {a.name, b.name} & set(alone) and same_movement(a, b))
