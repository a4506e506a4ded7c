"""What limits of the table of limits are called on maps, by language: use and jurisdiction.

A use or a jurisdiction of a user's own table keeps its own words.
"""

from gwsolver.core.case import in_language

Words = dict[str, str]

USES: dict[str, Words] = {
    "drinking water": {"ru": "питьевая вода", "kk": "ауыз су", "fr": "eau potable"},
    "drinking water, chlorinated": {
        "ru": "питьевая вода, хлорируемая", "kk": "хлорланатын ауыз су", "fr": "eau potable chlorée"},
    "drinking water, by local decision": {
        "ru": "питьевая вода, по местному решению", "kk": "ауыз су, жергілікті шешім бойынша",
        "fr": "eau potable, sur décision locale"},
    "domestic water bodies, high-sulphur oil": {
        "ru": "водоёмы хозяйственно-питьевого назначения, многосернистая нефть",
        "kk": "шаруашылық-ауыз су объектілері, күкірті көп мұнай",
        "fr": "eaux à usage domestique, pétrole très soufré"},
    "domestic water bodies, other oil": {
        "ru": "водоёмы хозяйственно-питьевого назначения, прочая нефть",
        "kk": "шаруашылық-ауыз су объектілері, басқа мұнай", "fr": "eaux à usage domestique, autre pétrole"},
    "fishery": {"ru": "рыбохозяйственные водоёмы", "kk": "балық шаруашылығы су объектілері", "fr": "eaux piscicoles"},
}
JURISDICTIONS: dict[str, Words] = {
    "WHO": {"ru": "ВОЗ", "kk": "ДДСҰ", "fr": "OMS"},
    "EU": {"ru": "ЕС", "kk": "ЕО", "fr": "UE"},
    "Kazakhstan": {"ru": "Казахстан", "kk": "Қазақстан", "fr": "Kazakhstan"},
    "United States": {"ru": "США", "kk": "АҚШ", "fr": "États-Unis"},
}


def in_words(use: str, jurisdiction: str) -> Words:
    """Return "use, jurisdiction" by language; English always."""
    said = [table.get(word, {}) | {"en": word} for table, word in ((USES, use), (JURISDICTIONS, jurisdiction))]
    languages = sorted({"en"}.union(*said))
    return {lang: ", ".join(in_language(words, lang) for words in said) for lang in languages}
