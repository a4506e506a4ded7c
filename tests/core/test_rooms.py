"""`gwsolver.run` and `gwsolver.ensemble` are packages and functions at once, and show themselves as functions."""

import inspect
import pydoc
import subprocess
import sys

import pytest

import gwsolver as gw
from gwsolver.ensemble.api import ensemble
from gwsolver.run.api import run


@pytest.mark.parametrize(("room", "function"), [(gw.run, run), (gw.ensemble, ensemble)])
def test_a_room_shows_the_function_it_is(room, function):
    assert inspect.signature(room) == inspect.signature(function)
    assert room.__doc__.startswith(inspect.getdoc(function))
    text = pydoc.render_doc(room, renderer=pydoc.plaintext)
    assert "Parameters" in text and "Raises" in text


def test_a_part_that_is_imported_first_does_not_hide_the_function():
    code = "import gwsolver.run.checks, gwsolver as gw; assert callable(gw.run); gw.run('no such folder')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "no such folder: there is no such folder." in done.stderr
