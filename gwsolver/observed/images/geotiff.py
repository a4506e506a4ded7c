"""Bands of a GeoTIFF; nothing else here knows rasterio, which is an extra."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem, RunError
from gwsolver.observed.images.indices import Index
from gwsolver.observed.images.pixels import Affine


@dataclass(frozen=True, eq=False)
class Image:
    """Two bands and where they lie.

    Attributes
    ----------
    bands : tuple of ndarray of float32, shape (row, column)
        With the scale and offset that the file names; NaN where there is no value.
    numbers : tuple of int
        Which bands they are, one-based.
    crs : str
        As WKT, "" if the file names none.
    affine : Affine
    """

    bands: tuple[NDArray[np.float32], ...]
    numbers: tuple[int, ...]
    crs: str
    affine: Affine


def read_image(file: str | Path, index: Index, numbers: Sequence[int] = ()) -> Image:
    """Return the bands that an index needs.

    Parameters
    ----------
    file : str or Path
    index : Index
    numbers : sequence of int
        Of its two bands, one-based; without them the file must name its bands.

    Raises
    ------
    RunError
        If rasterio is not here.
    InputError
        If the file cannot be read, has no such bands or lies nowhere.
    """
    try:
        import rasterio
        from rasterio.errors import NotGeoreferencedWarning, RasterioIOError
    except ImportError:
        raise RunError("Images are read by rasterio, which is not here: pip install \"gwsolver[raster]\".") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            with rasterio.open(file) as source:
                return _image(source, str(file), index, numbers)
        except RasterioIOError as error:
            raise InputError([Problem(f"cannot be read as an image: {error}", str(file))]) from None


def _image(source: Any, file: str, index: Index, numbers: Sequence[int]) -> Image:
    chosen = tuple(numbers) or _named(source, file, index)
    problems = [Problem("band", file, value=n, allowed=f"1 to {source.count}") for n in chosen
                if not 1 <= n <= source.count]
    if len(chosen) != len(index.bands) or len(set(chosen)) != len(chosen):
        problems.append(Problem("bands", file, value=" ".join(map(str, chosen)),
                                allowed=f"two numbers, of {' and '.join(index.bands)}"))
    if source.transform.is_identity:
        problems.append(Problem("the image lies nowhere: it has no geotransform", file))
    if problems:
        raise InputError(problems)
    bands = tuple(_band(source, n) for n in chosen)
    return Image(bands, chosen, source.crs.to_wkt() if source.crs else "", tuple(source.transform)[:6])


def _band(source: Any, number: int) -> NDArray[np.float32]:
    """Return one band; NaN where the file masks it."""
    raw = source.read(number, masked=True)
    values = raw.filled(0).astype(np.float32) * source.scales[number - 1] + source.offsets[number - 1]
    return np.where(np.ma.getmaskarray(raw), np.float32(np.nan), values).astype(np.float32)


def _named(source: Any, file: str, index: Index) -> tuple[int, ...]:
    """Return the bands that the file itself names so."""
    described = [str(name or "").strip().lower() for name in source.descriptions]
    found = [next((i + 1 for i, name in enumerate(described) if name in names), 0) for names in index.names]
    if all(found):
        return tuple(found)
    told = ", ".join(f"{i + 1} {name or 'without a name'}" for i, name in enumerate(described))
    raise InputError([Problem(
        f"the file does not say which bands are {' and '.join(index.bands)}; it has {told}", file,
        hint="Tell their numbers: --bands 3 8, for green and near infrared of Sentinel-2 with all bands in order.")])
