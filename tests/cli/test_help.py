"""What the help texts promise is what there is."""

from gwsolver.cli import main
from gwsolver.transport.schemes import schemes


def test_the_help_of_run_names_every_scheme(capsys):
    assert main(["run", "--help"]) == 0
    text = capsys.readouterr().out
    assert all(f" {name}" in text for name in schemes())
