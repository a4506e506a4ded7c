"""Fixed points of what a positive system cannot hold itself: limited advection, cross dispersion."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Update = Callable[[Floats], tuple[Floats, Floats]]
DEPTH = 3


def fixed_point(
    update: Update, c: Floats, *, tolerance: float, most: int, depth: int = DEPTH
) -> tuple[Floats, Floats, int, float]:
    """Return c = G(c) found by Anderson's acceleration.

    Parameters
    ----------
    update : callable
        Gives G(c), shape (cell,), and the correction it was solved with, shape (face,).
    c : ndarray of float64, shape (cell,)
        Where to begin.
    tolerance : float
        Largest change allowed, in parts of the largest |c|.
    most : int
        Most evaluations.
    depth : int
        Earlier evaluations that the next point is made of.

    Returns
    -------
    c, correction : ndarray
        The last G(c) and what it was solved with, so that its balance holds as exactly as the system was solved.
    count : int
        Evaluations.
    change : float
        The last change, in parts of the largest |c|.

    Notes
    -----
    Anderson (1965), Journal of the ACM 12(4), 547-560; Walker and Ni (2011), SIAM Journal on Numerical
    Analysis 49(4), 1715-1735.
    """
    images: list[Floats] = []
    rests: list[Floats] = []
    for count in range(1, most + 1):
        image, correction = update(c)
        rest = image - c
        size = float(np.abs(image).max(initial=0.0))
        change = float(np.abs(rest).max(initial=0.0)) / size if size > 0.0 else 0.0
        if change <= tolerance or count == most:
            break
        images.append(image)
        rests.append(rest)
        del images[:-depth - 1], rests[:-depth - 1]
        c = _mixed(images, rests)
    return image, correction, count, change


def _mixed(images: list[Floats], rests: list[Floats]) -> Floats:
    """Return the combination of images whose rests cancel best."""
    if len(rests) == 1:
        return images[0]
    steps = [rests[-1] - r for r in rests[:-1]]
    gram = np.array([[np.sum(a * b) for b in steps] for a in steps])
    right = np.array([np.sum(a * rests[-1]) for a in steps])
    gram += 1e-12 * np.trace(gram) * np.eye(len(steps))
    weights = np.linalg.lstsq(gram, right, rcond=None)[0]
    mixed = images[-1].copy()
    for weight, image in zip(weights, images[:-1], strict=True):
        mixed -= weight * (images[-1] - image)
    return mixed
