"""Writing and opening the results folder."""

from gwsolver.results.features import Feature
from gwsolver.results.folder import check_folder
from gwsolver.results.reader import Results, open_results
from gwsolver.results.writer import ResultsWriter

__all__ = ["Feature", "Results", "ResultsWriter", "check_folder", "open_results"]
