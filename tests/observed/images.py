"""Images of lakes whose area is known: pixels of the shore are mixed by the part of them that is wet."""

import numpy as np
import pytest

rasterio = pytest.importorskip("rasterio")
WATER, LAND = np.array([0.06, 0.01, 0.005]), np.array([0.08, 0.25, 0.20])  # green, near and shortwave infrared
SUB = 8  # parts of a pixel along each side


def disc(shape, centre, radius):
    """Wet part of each pixel of a round lake; centre and radius in pixels."""
    at = (np.arange(max(shape) * SUB) + 0.5) / SUB
    wet = (at[: shape[0] * SUB, None] - centre[0]) ** 2 + (at[None, : shape[1] * SUB] - centre[1]) ** 2 < radius**2
    return wet.reshape(shape[0], SUB, shape[1], SUB).mean(axis=(1, 3))


UTM = (30.0, 0.0, 500_000.0, 0.0, -30.0, 5_100_000.0)  # 30 m, on the central meridian, at 46 degrees


def write(file, wet, *, crs="EPSG:32643", affine=UTM, names=None, holes=None, scale=1.0):
    """Write green, near infrared and shortwave infrared."""
    bands = (wet[None] * WATER[:, None, None] + (1.0 - wet[None]) * LAND[:, None, None]) / scale
    if holes is not None:
        bands[:, holes] = -9999.0
    with rasterio.open(file, "w", driver="GTiff", height=wet.shape[0], width=wet.shape[1], count=3, dtype="float32",
                       crs=crs, transform=rasterio.Affine(*affine), nodata=-9999.0) as out:
        out.write(bands.astype("float32"))
        for number, name in enumerate(names or (), 1):
            out.set_band_description(number, name)
        out.scales = (scale,) * 3
    return file
