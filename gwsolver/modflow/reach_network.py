"""How reaches of SFR are joined: blocks CONNECTIONDATA and DIVERSIONS, with MODFLOW's checks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.reach import NO_DIVERSION, PRIORITIES
from gwsolver.modflow.feature_blocks import at_record, numbered
from gwsolver.modflow.features import Bad
from gwsolver.modflow.load import rows
from gwsolver.modflow.packages import Package
from gwsolver.surface.reaches.order import one_loop

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Diversions:
    """Diversions, reach after reach.

    Attributes
    ----------
    start, end : ndarray of int64, shape (diversion,)
        Reaches.
    priority : ndarray of int8, shape (diversion,)
    record : ndarray of int64, shape (diversion,)
        In the block.
    """

    start: Ints
    end: Ints
    priority: NDArray[np.int8]
    record: Ints


@dataclass(frozen=True, eq=False)
class Joined:
    """Links as `core.reach.ReachPackage` has them, each of shape (link,)."""

    link_from: Ints
    link_to: Ints
    link_diversion: Ints


def read_diversions(package: Package, counts: Ints) -> Diversions:
    """Return the diversions; `counts`: how many each reach has."""
    n, first = counts.size, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    total = int(first[-1])
    start, end = np.repeat(np.arange(n), counts).astype(np.int64), np.full(total, -1, np.int64)
    priority, record = np.zeros(total, np.int8), np.full(total, -1, np.int64)
    records = rows(package.data.diversions)
    for index, row in enumerate(records):
        reach, number, bad = int(row[0]), int(row[1]), at_record(package, "DIVERSIONS", index)
        if not 0 <= reach < n:
            bad(f"reach {reach + 1}", allowed=f"1 to {n}")
        elif not 0 <= number < counts[reach]:
            bad(f"diversion {number + 1} of reach {reach + 1}",
                allowed=f"1 to {counts[reach]}, its NDV" if counts[reach] else "no diversion is there: its NDV is 0")
        elif record[first[reach] + number] >= 0:
            bad(f"diversion {number + 1} of reach {reach + 1} is there twice")
        else:
            place = int(first[reach]) + number
            record[place] = index
            if 0 <= int(row[2]) < n:
                end[place] = int(row[2])
            else:
                bad(f"diversion {number + 1} of reach {reach + 1} leads to reach {int(row[2]) + 1}",
                    allowed=f"1 to {n}")
            word = str(row[3]).lower()
            if word in PRIORITIES:
                priority[place] = PRIORITIES.index(word)
            else:
                bad(f'cprior "{word}"', allowed=f"one of {', '.join(PRIORITIES)}")
    for place in np.flatnonzero(record < 0)[:5]:
        reach = start[place]
        package.bad(f"block DIVERSIONS says nothing of diversion {place - first[reach] + 1} of reach {reach + 1}",
                    hint="Its number of diversions, NDV, stands in block PACKAGEDATA.")
    return Diversions(start, end, priority, record)


def read_connections(package: Package, counts: Ints, diversions: Diversions) -> Joined:
    """Return the links of all reaches; `counts`: NCON of each.

    A reach's diversions take their water first, in the order of the reaches they lead to; what they leave goes
    to the other reaches below.
    """
    n = counts.size
    records = rows(package.data.connectiondata)
    above: set[tuple[int, int]] = set()
    below: set[tuple[int, int]] = set()
    place = {}
    for reach, index in numbered(package, "CONNECTIONDATA", [r[0] for r in records], n, "reach").items():
        bad = at_record(package, "CONNECTIONDATA", index)
        place[reach] = bad
        given = [float(v) for v in _flat(records[index][1:]) if v is not None and v == v]
        if len(given) != counts[reach]:
            bad(f"reach {reach + 1} has {len(given)} connections, its NCON is {counts[reach]}")
        for value in given:
            other = abs(int(value))
            if not 0 <= other < n:
                bad(f"reach {reach + 1} is joined to reach {other + 1}", allowed=f"1 to {n}")
            elif other == reach:
                bad(f"reach {reach + 1} is joined to itself")
            elif np.signbit(value):
                below.add((reach, other))
            else:
                above.add((other, reach))
    _check_both_ways(above, below, place)
    by_diversion = _check_diversions(package, above, diversions)
    links = sorted(below & above, key=lambda k: (k[0], k not in by_diversion, k[1]))
    joined = Joined(
        np.array([a for a, _ in links], np.int64), np.array([b for _, b in links], np.int64),
        np.array([by_diversion.get(k, NO_DIVERSION) for k in links], np.int64))
    loop = one_loop(n, joined.link_from, joined.link_to)
    if loop:
        shown = [*loop[:8], loop[0]] if len(loop) <= 8 else loop[:8]
        place.get(loop[0], package.bad)(
            f"water runs in a circle: reaches {' -> '.join(str(r + 1) for r in shown)}"
            + (" ..." if len(loop) > 8 else ""), hint="Reaches must lead downstream only.")
    return joined


def _flat(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in values:
        found += list(value) if isinstance(value, (tuple, list)) else [value]
    return found


def _check_both_ways(above: set[tuple[int, int]], below: set[tuple[int, int]], place: dict[int, Bad]) -> None:
    """Report connections that only one of two reaches knows; both sets hold (upstream, downstream)."""
    for upper, lower in sorted(below - above):
        place[upper](f"reach {lower + 1} is downstream of reach {upper + 1}, but reach {upper + 1} is not upstream of "
                     f"reach {lower + 1}", hint=f"Give {upper + 1} in the record of reach {lower + 1}.")
    for upper, lower in sorted(above - below):
        place[lower](f"reach {upper + 1} is upstream of reach {lower + 1}, but reach {lower + 1} is not downstream of "
                     f"reach {upper + 1}", hint=f"Give -{lower + 1} in the record of reach {upper + 1}.")


def _check_diversions(package: Package, above: set[tuple[int, int]], diversions: Diversions
                      ) -> dict[tuple[int, int], int]:
    """Return the diversion of each link that has one."""
    found: dict[tuple[int, int], int] = {}
    for number, (start, end) in enumerate(zip(diversions.start.tolist(), diversions.end.tolist(), strict=True)):
        if end < 0:
            continue
        bad = at_record(package, "DIVERSIONS", int(diversions.record[number]))
        if (start, end) not in above:
            bad(f"a diversion leads from reach {start + 1} to reach {end + 1}, which is not joined to it",
                hint="Join them in block CONNECTIONDATA.")
        elif (start, end) in found:
            bad(f"two diversions lead from reach {start + 1} to reach {end + 1}")
        else:
            found[start, end] = number
    return found
