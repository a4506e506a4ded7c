"""Shared fixtures."""

import os

import pytest
from hypothesis import settings

# As the command line has it (gwsolver/cli): threads of BLAS that wait for each other beside other workers made many
# small systems take a hundredfold. NumPy reads it when it loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The same examples at every run, so that a change fails by what it does; GWSOLVER_FUZZ=1 tries new ones.
settings.register_profile("same", derandomize=not os.environ.get("GWSOLVER_FUZZ"), database=None)
settings.load_profile("same")


@pytest.fixture
def show(record_property):
    """Return a function that has a text printed after the test run (workers' own output is lost)."""
    return lambda text: record_property("shown", text)


def pytest_terminal_summary(terminalreporter):
    """Print what tests showed: tables of observed orders."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, [])]
    texts = [value for r in reports for name, value in r.user_properties if name == "shown"]
    if texts:
        terminalreporter.section("tables")
        terminalreporter.write_line("\n\n".join(texts))
