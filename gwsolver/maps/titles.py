"""What a map says: its finding as a title, the line below it, the footnote."""

import math

import numpy as np

from gwsolver.maps.classes import Classes
from gwsolver.maps.scene import Origin, PlumeScene, Subject
from gwsolver.maps.surface import plan_centres
from gwsolver.maps.words import Language


def species_name(scene: Subject, words: Language) -> str:
    """Return the species in the map's language."""
    return words.species(scene.species, scene.species_title)


def finding(scene: PlumeScene, words: Language) -> str:
    """Return a whole sentence that the numbers of the scene bear out, or a plain noun title."""
    name = species_name(scene, words)
    if scene.limit is None:
        return words("title.noun", species=name)
    high = np.nan_to_num(scene.concentration, nan=-1.0) > scene.limit
    wells = scene.wells
    hit = [w for w in wells if scene.above(w)]
    if len(hit) == 1:
        return words("title.well_one", species=name, names=hit[0].name)
    if len(hit) == 2:
        return words("title.well_two", species=name, names=words.join([w.name for w in hit]))
    if hit:
        key = "title.well_all" if len(hit) == len(wells) else "title.well_many"
        return words(key, species=name, count=len(hit), total=len(wells))
    if not high.any():
        deep = scene.layer is None and scene.n_layers > 1
        return words("title.below_max" if deep else "title.below", species=name)
    known = bool(wells) and not any(math.isnan(w.value) for w in wells)
    if len(scene.sources) == 1 and scene.length_unit:
        source = scene.sources[0]
        x, y = plan_centres(scene.grid)
        far = float(np.hypot(x[high] - source.x, y[high] - source.y).max())
        key = "title.distance" if known else "title.distance_only"
        return words(key, species=name, distance=length(far, scene.length_unit, words))
    if scene.length_unit:
        area = np.zeros(high.size)
        area[scene.grid.column] = scene.grid.area
        key = "title.area" if known else "title.area_only"
        return words(key, species=name, area=surface_area(float(area[high].sum()), scene.length_unit, words))
    return words("title.noun", species=name)


def length(value: float, unit: str, words: Language) -> str:
    """Return a length with two significant digits, metres from 2,000 on as kilometres."""
    if unit == "m" and value >= 2000.0:
        value, unit = value / 1000.0, "km"
    return f"{words.number(value, 2)}\u00a0{words.unit(unit)}"


def surface_area(value: float, unit: str, words: Language) -> str:
    """Return an area with two significant digits, large ones in hectares or square kilometres."""
    unit = f"{unit}²"
    if unit == "m²" and value >= 1e6:
        value, unit = value / 1e6, "km²"
    elif unit == "m²" and value >= 1e4:
        value, unit = value / 1e4, "ha"
    return f"{words.number(value, 2)}\u00a0{words.unit(unit)}"


def where(scene: PlumeScene, words: Language) -> str:
    """Return which layer a map shows."""
    if scene.layer is not None:
        return words("subtitle.single", layer=scene.layer)
    if scene.n_layers == 0:
        return words("subtitle.max_nodes")
    if scene.n_layers == 1:
        return words("subtitle.only")
    return words("subtitle.max", first=1, last=scene.n_layers)


def subtitle_where(scene: PlumeScene, words: Language) -> str:
    """Return what and where, for figures that have their dates elsewhere."""
    text = f"{words('subtitle.what', species=species_name(scene, words))}, {where(scene, words)}"
    return text[:1].upper() + text[1:]


def subtitle(scene: PlumeScene, words: Language, short: bool) -> str:
    """Return what, where, which layer and when."""
    when = moment(scene.date, scene.time, scene.time_unit, words)
    what = words("subtitle.what" if scene.head is None else "subtitle.what_heads", species=species_name(scene, words))
    key = "subtitle.short" if short else "subtitle.plain"
    text = words(key, what=what, where=where(scene, words), when=when)
    return text[:1].upper() + text[1:]


def footnote(scene: PlumeScene, classes: Classes, words: Language, short: bool, unlabelled: int) -> str:
    """Return what a lawyer asks: limit and its source, background, smallest value, boundaries, program."""
    unit = words.unit(scene.unit)
    name = species_in_text(scene, words)
    parts = []
    if any(not math.isnan(s.value) for s in scene.sites) and not short:
        key = "foot.values" if scene.mixed else "foot.value_plain"
        parts.append(words(key, species=name, unit=unit))
    if scene.limit is not None:
        parts.append(limit_sentence(scene, words))
    parts.append(words("foot.background", floor=words.number(classes.floor, 2), unit=unit))
    if unlabelled:
        parts.append(words("foot.unlabelled", count=unlabelled))
    if scene.crs:
        parts.append(words("foot.boundary"))
    return " ".join([*parts, program_sentence(scene, words)])


def moment(date: str, time: float, time_unit: str, words: Language) -> str:
    """Return a date in words, or the model time where there is no date."""
    if date:
        return words.date(date)
    unit = words.unit(time_unit) if time_unit else ""
    return words("subtitle.time", time=words.number(time), unit=unit).strip().replace(" ", "\u00a0")


def limit_sentence(scene: Subject, words: Language) -> str:
    """Return the limit with its source, and "to be checked" where nobody has."""
    assert scene.limit is not None
    limit, unit = words.number(scene.limit), words.unit(scene.unit)
    source = words("foot.limit_given") if scene.limit_given else scene.limit_source
    if scene.limit_date and not scene.limit_given:
        source = ", ".join(p for p in (source, words.date(scene.limit_date)) if p)
    if not source:
        return words("foot.limit_unsourced", limit=limit, unit=unit).strip()
    source += "" if scene.limit_checked else f" ({words('foot.to_check')})"
    return words("foot.limit", limit=limit, unit=unit, source=source.rstrip(".")).strip()


def program_sentence(scene: Origin, words: Language) -> str:
    """Return the program and the case that a figure comes from."""
    key = "foot.program" if scene.title else "foot.program_plain"
    return words(key, version=scene.version, case=scene.title).strip()


def species_in_text(scene: Subject, words: Language) -> str:
    """Return the species as it stands inside a sentence."""
    name = species_name(scene, words)
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
