"""How far an answer is from the exact one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


def relative_l1(answer: ArrayLike, exact: ArrayLike) -> float:
    """Return sum |c - e| / sum |e|."""
    c, e = np.asarray(answer, float), np.asarray(exact, float)
    return float(np.abs(c - e).sum() / np.abs(e).sum())


def relative_l2(answer: ArrayLike, exact: ArrayLike) -> float:
    """Return sqrt(sum (c - e)**2 / sum e**2)."""
    c, e = np.asarray(answer, float), np.asarray(exact, float)
    return float(np.sqrt(((c - e) ** 2).sum() / (e * e).sum()))


def observed_orders(spacings: Sequence[float], errors: Sequence[float]) -> list[float]:
    """Return the order p of error ~ h**p between each pair of grids, the first entry NaN."""
    pairs = zip(spacings[:-1], spacings[1:], errors[:-1], errors[1:], strict=True)
    return [float("nan"), *(float(np.log(e0 / e1) / np.log(h0 / h1)) for h0, h1, e0, e1 in pairs)]


def order_table(title: str, spacings: Sequence[float], errors: Sequence[float]) -> str:
    """Return a table of spacing, error, ratio and observed order, for people."""
    lines = [title, f"{'h':>10} {'error':>12} {'ratio':>8} {'order':>7}"]
    for i, (h, e, p) in enumerate(zip(spacings, errors, observed_orders(spacings, errors), strict=True)):
        ratio = f"{errors[i - 1] / e:8.2f} {p:7.2f}" if i else f"{'':>8} {'':>7}"
        lines.append(f"{h:10.4g} {e:12.4e} {ratio}")
    return "\n".join(lines)
