"""The page on screening runs as it is printed, and says what the solutions say."""

import re
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from gwsolver.bench import solutions

PAGE = Path(__file__).parents[2] / "docs" / "screening.md"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Names of all examples, run one after the other in an empty folder."""
    matplotlib.use("Agg")
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("page"))
        for number, block in enumerate(re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)):
            exec(compile(block, f"screening.md, example {number + 1}", "exec"), names)
        assert Path("overlay.png").stat().st_size > 5_000
    return names


def test_reactions_only_take_away(page):
    site, x = page["site"], page["x"]
    plain, decayed, met = (site.concentration(x, time=7305.0, reaction=r) for r in
                           ("none", "first order", "instantaneous"))
    assert np.all(decayed < plain)
    assert np.all(met < plain)
    assert page["rectangle"] > 0.0


def test_the_overlay_lies_over_the_plume(page):
    difference = np.abs(page["on_grid"] - page["screening"])
    assert difference.max() < 0.02 * 8.0
    seen = page["screening"] > 0.01
    assert np.all(difference[seen] < 0.1 * page["screening"][seen])


def test_the_last_examples_say_what_the_text_says(page):
    toluene = page["dissolved"][1]
    assert np.diff(page["dissolved"][0]).max() < 0.0
    assert toluene[1] > 0.0
    assert page["behind_source"].shape == (4, 5)
    assert (page["behind_source"] >= 0.0).all()


def test_the_table_names_what_there_is():
    text = PAGE.read_text(encoding="utf-8")
    named = {n for n in re.findall(r"`([A-Za-z_]+)`", text.split("## 1")[0])} - {"gwsolver.bench.solutions"}
    known = set(dir(solutions))
    for module in ("batch", "conserved_scalar", "dissolution", "mixing_controlled"):
        known |= set(dir(getattr(solutions, module))) | {module}
    assert named <= known, named - known
