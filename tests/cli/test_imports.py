"""What a run loads: a plain model needs neither flopy nor anything that draws or reads results."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("flopy", "matplotlib", "pandas", "xarray", "pyogrio", "rich", "pydantic")
SCRIPT = """
import json, sys
from gwsolver.cli import main
code = main(["run", "tests/data/column", "--out", sys.argv[1], "--no-figures", "--json"])
print(json.dumps([m for m in sys.argv[2:] if m in sys.modules]))
sys.exit(code)
"""


def test_a_run_of_a_plain_model_loads_nothing_heavy(tmp_path):
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path / "out"), *HEAVY], cwd=ROOT, capture_output=True,
                          text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_the_summary_tells_where_the_processor_was(tmp_path):
    command = [sys.executable, "-m", "gwsolver", "run", "tests/data/column", "--out", str(tmp_path), "--no-figures"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    seconds = json.loads((tmp_path / "summary.json").read_text())["cpu_seconds"]
    assert list(seconds) == ["imports", "reading", "flow", "transport set-up", "transport", "writing", "whole process"]
    assert min(seconds.values()) >= 0.0
    assert seconds.pop("whole process") >= sum(seconds.values())
    assert "seconds                  processor" in (tmp_path / "run.log").read_text()
