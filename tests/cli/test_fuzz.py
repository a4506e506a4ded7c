"""Damaged input never gets past words: exit code 0, 1 or 2, no exception, no hang, nothing that only looks finished.

Text files lose, double and change words and lines; binary files lose bytes, and bits flip. In CI always the
same few dozen cases; ``GWSOLVER_FUZZ=5000`` looks at that many new ones.
"""

import json
import os
import shutil
import signal
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gwsolver.cli import main
from tests.cli.column import DATA, column

MANY = int(os.environ.get("GWSOLVER_FUZZ", "0"))
TEXTS = sorted(p.name for p in (DATA / "column").iterdir() if p.suffix not in {".py", ".gwfgwt"})
BINARIES = ("valley.hds", "valley.cbc", "valley.dis.grb")
WORDS = (
    "nan", "inf", "-1", "0", "1", "2", "1e30", "1e400", "-1e-300", "abc", "x" * 300, "99999", "1.5", "1d0", "2*3",
    "'", '"', "OPEN/CLOSE", "BEGIN", "END", "\x00", "\u00fc", "1,1", "CONSTANT", "INTERNAL", "FACTOR", "#", "period",
    "options", "..", ".",
)


def example_settings(share: int):
    return settings(
        max_examples=MANY or share, deadline=None, derandomize=not MANY, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


@st.composite
def text_damage(draw):
    """A list of changes: (what, position as a part of the whole, word)."""
    change = st.tuples(
        st.sampled_from(("delete", "double", "replace", "insert", "delete line", "double line", "swap lines", "cut")),
        st.floats(0.0, 1.0, exclude_max=True), st.sampled_from(WORDS),
    )
    return draw(st.sampled_from(TEXTS)), draw(st.lists(change, min_size=1, max_size=3))


def damaged(text: str, what: str, at: float, word: str) -> str:
    """Apply one change to a text."""
    lines = text.split("\n")
    full = [i for i, line in enumerate(lines) if line.strip()]
    if what == "cut" or not full:
        return text[: int(at * len(text))]
    place = at * len(full)
    row = full[int(place)]
    if what == "delete line":
        del lines[row]
    elif what == "double line":
        lines.insert(row, lines[row])
    elif what == "swap lines":
        other = full[(int(place) + 1) % len(full)]
        lines[row], lines[other] = lines[other], lines[row]
    else:
        words = lines[row].split()
        i = int((place - int(place)) * len(words))
        changed = {"delete": [], "double": [words[i]] * 2, "replace": [word], "insert": [word, words[i]]}[what]
        lines[row] = "  " + " ".join([*words[:i], *changed, *words[i + 1:]])
    return "\n".join(lines)


def assert_ends_in_words(folder: Path, out: Path, capsys) -> None:
    """Run a folder: whatever happens, it ends in words and in time."""
    def too_long(*_: object) -> None:
        raise TimeoutError("a run on damaged input takes too long")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(30)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = main(["run", str(folder), "--out", str(out), "--no-figures"])
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    said = capsys.readouterr().err
    assert code in (0, 1, 2), said
    assert "fault of gwsolver" not in said
    assert "Traceback" not in said
    assert (out / "summary.json").exists() == (code == 0)
    if code == 0:
        summary = json.loads((out / "summary.json").read_text())
        assert all(np.isfinite(v) for v in summary["closure"].values())
    else:
        assert said.startswith("error: ") or "\nerror: " in said
        assert len(said) > 20
    if code == 2:
        assert not out.exists()


@pytest.fixture
def quiet(capsys):
    return capsys


@given(damage=text_damage())
@example_settings(45)
def test_damaged_text_ends_in_words(damage, quiet):
    name, changes = damage
    with tempfile.TemporaryDirectory() as scratch:
        model = column(Path(scratch))
        text = (model / name).read_text()
        for what, at, word in changes:
            text = damaged(text, what, at, word)
        (model / name).write_text(text, encoding="utf-8")
        assert_ends_in_words(model, Path(scratch) / "out", quiet)


@given(
    name=st.sampled_from(BINARIES), cut=st.none() | st.floats(0.0, 1.0),
    flips=st.lists(st.tuples(st.floats(0.0, 1.0, exclude_max=True), st.integers(0, 7)), max_size=4),
    near=st.sampled_from((1.0, 0.01)),
)
@example_settings(25)
def test_damaged_binaries_end_in_words(name, cut, flips, near, quiet):
    """Half the flips hit the first percent of a file, where the headers are."""
    with tempfile.TemporaryDirectory() as scratch:
        case = Path(shutil.copytree(DATA / "saved_flows", Path(scratch) / "case"))
        data = bytearray((case / name).read_bytes())
        for at, bit in flips:
            data[int(at * near * len(data))] ^= 1 << bit
        if cut is not None:
            del data[int(cut * len(data)):]
        (case / name).write_bytes(data)
        assert_ends_in_words(case / "gwt", Path(scratch) / "out", quiet)
