"""The door of sections: a vertical section from results."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gwsolver.maps.page import MapFigure
from gwsolver.maps.request import check_width, default_species
from gwsolver.maps.sections.draw import draw_section
from gwsolver.maps.sections.scene import section_from_results
from gwsolver.maps.words import language


def section(
    results: Any, species: str = "", *, line: Sequence[Sequence[float]] | None = None,
    time: float | str | date | datetime | None = None, limit: float | str | None = None, lang: str = "en",
    width: int = 170, title: str | None = None,
) -> MapFigure:
    """Return the vertical section of a species along a line as a matplotlib figure.

    Parameters
    ----------
    results : gwsolver.results.Results
    species : str
        Default: the first.
    line : sequence of (x, y), optional
        Two or more points in map coordinates; default: the axis of the plume, found by itself.
    time : float, str or date, optional
        Model time or ISO date; the nearest saved time is drawn. Default: the last.
    limit : float or str, optional
        Instead of the case's limit.
    lang : str
        "en", "ru", "kk" or "fr".
    width : int
        85 or 170 mm.
    title : str, optional
        Instead of the finding.

    Raises
    ------
    InputError
        If there is no such species, time, limit, language or width, if the line is none, leaves the model altogether,
        or is to be found where there is no plume.
    """
    check_width(width)
    words = language(lang)
    scene = section_from_results(results, default_species(results, species), line, time, limit, lang)
    return draw_section(scene, words, width, title)
