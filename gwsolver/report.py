"""Draws a case's figures from its results."""

from pathlib import Path
from typing import Any

from gwsolver.core.case import CaseInfo, FigureRequest
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.figures import FIGURES


def draw(results: Any, folder: str | Path | None = None) -> list[Path]:
    """Draw the figures that a case asks for into its results folder; return their files.

    A case that asks for none gets one plume map per species at the last time, as PNG and as PDF; a network of rivers
    and lakes gets none.

    Parameters
    ----------
    results : gwsolver.results.Results or gwsolver.results.surface.SurfaceResults
    folder : str or Path, optional
        Instead of the results folder.

    Raises
    ------
    InputError
        With every figure that cannot be drawn as asked; the others are drawn.
    RunError
        If the disk is full; no further figure is tried.
    """
    folder = Path(folder if folder is not None else results.path)
    requests = CaseInfo.from_json(results.summary["case"]).figures or _standard(results)
    files: list[Path] = []
    problems: list[Problem] = []
    for request in requests:
        try:
            files.append(_draw(results, request, folder))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return files


def _standard(results: Any) -> tuple[FigureRequest, ...]:
    return tuple(
        FigureRequest("plume_map", f"plume_{species}.{ending}", {"species": species})
        for species in results.species
        for ending in ("png", "pdf")
    )


def _draw(results: Any, request: FigureRequest, folder: Path) -> Path:
    from gwsolver.maps import save_map
    from gwsolver.maps.kinds import KINDS

    if request.kind not in KINDS:
        raise InputError([Problem("kind", package="[[figure]]", value=request.kind,
                                  allowed="one of " + ", ".join(KINDS))])
    settings = {k: v for k, v in request.settings.items() if v not in ("", None, [])}
    if "species" in FIGURES[request.kind]:
        settings.setdefault("species", next(iter(results.species), ""))
    return save_map(KINDS[request.kind](results, **settings), folder / request.file)
