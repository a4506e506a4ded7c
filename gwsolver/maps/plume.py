"""The door of the map room: a plume map from results, and its file."""

import contextlib
import errno
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gwsolver.core.errors import InputError, Problem, RunError
from gwsolver.maps.compose import FRAMES, draw_scene
from gwsolver.maps.from_results import scene_from_results
from gwsolver.maps.page import MapFigure
from gwsolver.maps.words import language

FORMATS = (".png", ".svg", ".pdf")
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def plume_map(
    results: Any,
    species: str,
    *,
    time: float | str | date | datetime | None = None,
    layer: int | str = "max",
    limit: float | str | None = None,
    lang: str = "en",
    width: int = 170,
    title: str | None = None,
) -> MapFigure:
    """Return the plume map of a species as a matplotlib figure.

    Parameters
    ----------
    results : gwsolver.results.Results
    species : str
    time : float, str or date, optional
        Model time, or an ISO date if the model has a start date; the nearest saved time is drawn and
        named on the map. Default: the last.
    layer : int or "max"
        One-based layer, or the largest value of all layers.
    limit : float or str, optional
        Limit in the run's unit, or with a unit ("0.01 mg/L"). Default: the case's limit for the species.
    lang : str
        "en", "ru", "kk" or "fr".
    width : int
        85 or 170 mm.
    title : str, optional
        Instead of the finding.

    Raises
    ------
    InputError
        If there is no such species, time, layer, language or width, or if a limit has a unit that the
        run's unknown unit cannot be compared with.
    """
    if width not in FRAMES:
        raise InputError([Problem("width", package="map", value=width, allowed="one of 85, 170 (mm)")])
    words = language(lang)
    scene = scene_from_results(results, species, time=time, layer=layer, limit=limit, lang=lang)
    return draw_scene(scene, words, width, title)


def save_map(figure: MapFigure, path: str | Path) -> Path:
    """Write a map as PNG, SVG or PDF, at its exact size and with the same bytes for the same map.

    The file gets its name only when it is complete.

    Raises
    ------
    InputError
        If it cannot stand there: no such folder, no permission, another ending.
    RunError
        If the disk is full or fails.
    """
    path = Path(path)
    check_format(path)
    part = path.with_name(f".{path.name}.part")
    try:
        figure.savefig(part, format=path.suffix[1:].lower())
        os.replace(part, path)
    except OSError as error:
        with contextlib.suppress(OSError):  # where nothing may be written nothing was, nor may it be removed
            part.unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise RunError(f"{path}: the map could not be written: {error.strerror}. Free some space and draw it "
                           "again with gwsolver map; results that are finished stay.") from error
        raise InputError([Problem(
            f"the map could not be written: {error.strerror or error}", file=str(path),
            hint="Name a folder that exists and may be written to.",
        )]) from error
    return path


def check_format(path: Path) -> None:
    """Refuse a file name whose ending is no format of a map."""
    if path.suffix.lower() not in FORMATS:
        raise InputError([Problem("file name", package="map", value=path.name, allowed="one of *.png, *.svg, *.pdf")])
