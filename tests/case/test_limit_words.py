"""Limits of the table of limits are called by words of each language."""

import pytest

from gwsolver.case import read_case
from gwsolver.case.limit_words import in_words
from gwsolver.maps.words import LANGUAGES
from gwsolver.reactions.components import database


def test_a_limit_by_jurisdiction_has_words_of_every_language(tmp_path):
    (tmp_path / "case.toml").write_text(
        '[case]\ntitle = "x"\n[[limit]]\nspecies = "benzene"\njurisdiction = "who"\n'
        '[[limit]]\nspecies = "toluene"\njurisdiction = "WHO"\ntext = { fr = "norme locale" }\n', encoding="utf-8")
    who, own = read_case(tmp_path).info.limits
    assert who.texts == {"en": "drinking water, WHO", "ru": "питьевая вода, ВОЗ", "kk": "ауыз су, ДДСҰ",
                         "fr": "eau potable, OMS"}
    assert own.texts == {"fr": "norme locale"}


@pytest.mark.parametrize("law", sorted({(law.use, law.jurisdiction) for law in database().limits}))
def test_every_limit_that_comes_with_the_program_has_them(law):
    words = in_words(*law)
    assert set(words) == set(LANGUAGES)
    assert len(set(words.values())) == len(LANGUAGES)


def test_a_jurisdiction_of_ones_own_keeps_its_name():
    assert in_words("drinking water", "Atlantis")["ru"] == "питьевая вода, Atlantis"
    assert in_words("ponds", "Atlantis") == {"en": "ponds, Atlantis"}
