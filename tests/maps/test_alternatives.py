"""The figure that compares alternatives: nothing overlaps in any language, all numbers stand in it."""

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from gwsolver.core.case import CaseInfo, Limit, Place, Provenance
from gwsolver.core.errors import InputError
from gwsolver.maps import alternatives
from gwsolver.maps.inspect import visible_texts
from gwsolver.run.comparison import COLUMNS, SPANS, Alternative, Alternatives
from tests.maps.checks import broken_rules


def made(years, *, failed=(), status="illustrative", long=False):
    """Alternatives from {scenario: {receptor: (years, peak over limit)}}, without a run."""
    names = dict.fromkeys(r for own in years.values() for r in own)
    info = CaseInfo(
        title="Case", status=status, mass_unit="g", length_unit="m", time_unit="d", titles={"en": "Case"},
        receptors=tuple(Place(n, "village", 0.0, 0.0, title={"kk": f"{n} ауылы"}) for n in names),
        limits=(Limit("benzene", 0.01, "mg/L", "drinking water", Provenance("WHO", "published")),))
    results = SimpleNamespace(summary={"versions": {"gwsolver": "0.1.0"}})
    title = "A rather long title of an alternative that says what is done, where and when: " if long else ""
    members = [Alternative(n, {"en": f"{title}{n}"}, info, results) for n in years]
    members += [Alternative(n, {"en": n}, info, None, "no convergence") for n in failed]
    rows = [row for n, own in years.items() for r, (y, p) in own.items() for row in (
        (n, r, "benzene", SPANS["time_above"], y, "y", ""), (n, r, "benzene", "peak over limit", p, "-", ""))]
    found = Alternatives(None, tuple(members), info)
    found.__dict__["tidy"] = pd.DataFrame(rows, columns=list(COLUMNS))
    return found


FOUR = {
    "base": {"PW1": (41.3, 97.0), "Village with a long name": (12.0, 3.2), "River": (0.0, 0.02)},
    "lake removed": {"PW1": (20.04, 55.0), "Village with a long name": (0.0, 0.98), "River": (0.0, 0.003)},
    "pump": {"PW1": (3.0, 1.02), "Village with a long name": (0.0, 1e-9), "River": (0.0, 0.0)},
    "wall": {"PW1": (0.0, math.nan), "Village with a long name": (49.99, 1200.0), "River": (0.0, 0.5)},
}


def words(figure):
    return [t.text for t in visible_texts(figure)]


@pytest.mark.parametrize("lang", ["en", "ru", "kk", "fr"])
@pytest.mark.parametrize("long", [False, True])
def test_nothing_overlaps_in_any_language(lang, long):
    assert broken_rules(alternatives(made(FOUR, long=long, failed=("bad",)), lang=lang), 170) == []


def test_years_peaks_status_limit_and_what_failed_are_told():
    text = " ".join(words(alternatives(made(FOUR, failed=("dig",)))))
    for part in ("41", "12", "97", "3.2", "1200", "<0.001", "never", "ILLUSTRATIVE",
                 "Limit 0.01 mg/L: drinking water, WHO.", "Never above the limit in any alternative: River.",
                 "Not finished: dig."):
        assert part in text, part


def test_bars_are_as_long_as_their_years():
    figure = alternatives(made(FOUR))
    bars = [p for p in (*figure.patches, *figure.artists) if p.get_gid() == "bar"]
    shown = ("PW1", "Village with a long name")
    years = [own[name][0] for name in shown for own in FOUR.values() if own[name][0] > 0.0]
    scale = bars[0].get_width() / years[0]
    assert [b.get_width() / scale for b in bars] == pytest.approx(years)
    assert len({(b.get_facecolor(), b.get_hatch()) for b in bars}) == 4


@pytest.mark.parametrize("n", [1, 2, 8])
def test_few_and_many_alternatives(n):
    own = {f"alternative {i}": {"PW1": (float(i), 0.5 * i)} for i in range(n)}
    assert broken_rules(alternatives(made(own)), 170) == []


def test_a_calibrated_case_has_no_banner_and_receptors_below_are_shown_if_all_are():
    below = {"base": {"PW1": (0.0, 0.3)}, "dig": {"PW1": (0.0, 0.2)}}
    figure = alternatives(made(below, status="calibrated"))
    assert not any("ILLUSTR" in w for w in words(figure))
    assert "PW1" in words(figure)


def test_nothing_to_compare_and_unknown_species_are_refused():
    with pytest.raises(InputError, match="nothing to compare"):
        alternatives(made({}))
    with pytest.raises(InputError, match="one of benzene"):
        alternatives(made(FOUR), species="toluene")
