"""The area of a lake in a satellite image."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gwsolver.core.errors import InputError, Problem, located
from gwsolver.observed.images.body import Body, connected, measure
from gwsolver.observed.images.geotiff import Image, read_image
from gwsolver.observed.images.indices import INDICES, normalised_difference
from gwsolver.observed.images.otsu import otsu
from gwsolver.observed.images.pixels import pixel_areas


@dataclass(frozen=True, eq=False)
class LakeArea:
    """What `lake_area` found.

    Attributes
    ----------
    body : Body
    index : str
        "NDWI" or "MNDWI".
    bands : tuple of int
        One-based.
    threshold : float
        Water is above it.
    separability : float or None
        How well Otsu's threshold parts the pixels, 0 to 1; None if the threshold was given.
    water_share : float
        Part of the pixels with a value that is water.
    """

    body: Body
    index: str
    bands: tuple[int, ...]
    threshold: float
    separability: float | None
    water_share: float


def lake_area(
    file: str | Path, *, index: str = "ndwi", bands: Sequence[int] = (), threshold: float | None = None,
    at: tuple[float, float] | None = None,
) -> LakeArea:
    """Return the area of a body of water.

    Parameters
    ----------
    file : str or Path
        GeoTIFF with a projected or geographic coordinate reference system.
    index : str
        A key of `INDICES`.
    bands : sequence of int
        Numbers of its two bands, one-based; without them the file must name its bands.
    threshold : float or None
        Above which the index is water; None finds it by Otsu's method over all pixels that have a value.
    at : tuple of float or None
        A point of the lake in the image's coordinates; None takes the largest body.

    Raises
    ------
    RunError
        If rasterio is not here.
    InputError
        If the image or what is asked for does not do.
    """
    if index not in INDICES:
        raise InputError([Problem("index", value=index, allowed=f"one of {', '.join(INDICES)}")])
    image = read_image(file, INDICES[index], bands)
    try:
        areas = pixel_areas(image.crs, image.affine, (image.bands[0].shape[0], image.bands[0].shape[1]))
        values = normalised_difference(*image.bands)
        known = np.isfinite(values)
        if not known.any() or (threshold is None and np.ptp(values[known]) == 0.0):
            raise InputError([Problem("the index is the same everywhere or nowhere known: "
                                      "nothing tells water from land")])
        chosen, separability = (threshold, None) if threshold is not None else otsu(values[known])
        water = known & (values > chosen)
        body = connected(water, areas, None if at is None else _pixel(image, at))
    except InputError as error:
        raise InputError(located(error.problems, file=str(file))) from None
    return LakeArea(measure(body, known, areas), INDICES[index].title, image.numbers, float(chosen), separability,
                    float(water.sum() / known.sum()))


def _pixel(image: Image, at: tuple[float, float]) -> tuple[int, int]:
    """Return row and column of a point."""
    a, b, c, d, e, f = image.affine
    x, y = at[0] - c, at[1] - f
    column, row = np.floor(np.array([e * x - b * y, a * y - d * x]) / (a * e - b * d)).astype(int).tolist()
    rows, columns = image.bands[0].shape
    if not (0 <= row < rows and 0 <= column < columns):
        raise InputError([Problem("the point lies outside the image", value=f"{at[0]:g} {at[1]:g}",
                                  hint="Give it in the image's own coordinates.")])
    return row, column
