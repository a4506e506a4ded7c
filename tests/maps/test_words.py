"""Sentences that count must be right for every number: one, two, five."""

import re

import pytest

from gwsolver.maps.words import language


def texts_of(lang):
    """Return all words of a language that are single texts."""
    sections = [s.values() for s in language(lang).table.values() if isinstance(s, dict)]
    return [t for section in sections for t in section if isinstance(t, str)]


@pytest.mark.parametrize("count", [1, 2, 5, 21])
def test_french_parts_of_a_number_need_no_plural(count):
    """"à 1 points sur 2" is no French; "à 1 des 2 points" is right whatever the number."""
    words = language("fr")
    assert f"à {count} des 30 points" in words("series.some", species="X", name="W", when="2003", count=count, total=30)
    assert f"dans {count} des 30 puits" in words("title.well_many", species="X", count=count, total=30)


@pytest.mark.parametrize("count", [2, 5, 21])
def test_russian_counts_stand_apart_from_their_noun(count):
    assert language("ru")("series.spans", count=count, first="2003") == f"превышений ПДК: {count}, первое 2003"


def test_french_punctuation_never_begins_a_line():
    """The space before it is a narrow no-break space; a plain one lets a line break there."""
    texts = texts_of("fr")
    assert len(texts) > 100
    assert not [t for t in texts if re.search(r"[^,:] [:;?!»%]|« ", t)]


def test_kazakh_numbers_take_no_ending():
    """An ending after a figure would follow how the number is read: 2-сінде, 3-інде, 6-сында, 10-ында."""
    texts = texts_of("kk")
    assert len(texts) > 100
    assert not [t for t in texts if "count}-" in t or "total}-" in t]
