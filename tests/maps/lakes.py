"""Synthetic scenes of lakes, and a small network with a lake; no expected results."""

import numpy as np

from gwsolver.maps.charts.lake_balance import Term
from gwsolver.maps.charts.lake_scene import Dot, LakeScene, Line, Score

YEARS = np.arange(1960, 2025)
PHASE = (YEARS - 1960) / 64.0
LEVEL = 342.5 - 2.5 * np.sin(np.pi * PHASE) ** 2
DOTS = (Dot(1961.5, 342.9, 0.3, False), Dot(1987.5, 340.64, 0.03, True), Dot(2005.5, 341.9, 0.1, False),
        Dot(2024.9, 341.5, 0.0, True))
WAVE = np.sin(12.0 * PHASE)
TERMS = (
    Term("river", "Ili, below its delta", (11.0 + 3.0 * WAVE) * 1e9), Term("river", "Karatal", (2.0 + WAVE) * 1e9),
    Term("rain", "", np.full(65, 2.9e9)), Term("evaporation", "", (-17.0 + WAVE) * 1e9),
    Term("ground water", "", np.full(65, 0.9e9)),
)
ALL_TERMS = (
    *TERMS[:2], Term("river", "Aksu", np.full(65, 0.9e9)), Term("rivers", "others", np.full(65, 0.4e9)), *TERMS[2:4],
    Term("bank", "northern shore", 0.5e9 * WAVE), Term("strait", "", -2e9 - 0.5e9 * WAVE),
    Term("withdrawal", "", np.full(65, -0.5e9)), TERMS[4], Term("outflow", "", np.full(65, -0.2e9)),
    Term("other", "", 0.1e9 * WAVE),
)


def banded(name, values, spread):
    """A line whose band opens with time."""
    return Line(name, values, values - spread * np.sqrt(PHASE), values + spread * np.sqrt(PHASE))


def lake_scene(members=1000, **changes):
    """Two basins with one level, with members or without."""
    lines = {
        "levels": (banded("Western basin, Eastern basin", LEVEL, 0.8),),
        "salinities": (banded("Western basin", 1.4 + PHASE, 0.3), banded("Eastern basin", 4.4 + PHASE, 0.5)),
    }
    told = {"members": members, "left": 54, "central": "case", "band": (10, 90)}
    if not members:
        lines = {k: tuple(Line(s.name, s.values) for s in v) for k, v in lines.items()}
        told = {"members": 0, "central": "run", "band": None}
    terms = changes.pop("terms", TERMS)
    return LakeScene(**{
        "names": ("Western basin", "Eastern basin"), "years": YEARS, **lines, "terms": terms,
        "change": np.sum([t.values for t in terms], axis=0), "dots": DOTS, "score": Score(4, 0.67, -0.39, 0.65, 3),
        "wanted": ((341.0, "the level to keep"),), "periods": ((1970, 1987, "reservoir filling and irrigation"),),
        "heights": "Baltic heights", "status": "illustrative",
        "title": "Lake Balkhash, 1960 to 2024", "version": "0.1.0", **told, **changes,
    })


CASE = """\
[case]
title = "Two basins"
status = "illustrative"

[surface]
start = 2001-01-01
end = 2013-01-01
heights = {{ en = "Baltic heights" }}
{members}
[[surface.inflow]]
name = "snow_river"
to = "mouth"
flow = "0.7 km3/y"
salinity = "0.4 g/L"

[[surface.reach]]
name = "mouth"
to = "west"
lag = "10 d"
loss_share = 0.1

[[surface.inflow]]
name = "steppe_river"
to = "east"
flow = "0.2 km3/y"

[[surface.lake]]
name = "west"
title = {{ en = "Western basin", ru = "Западный" }}
table = {{ levels = [0, 50], areas = [0, 1000], unit = "km2" }}
initial = "20 m"
initial_salinity = "2 g/L"
rain = "0.2 m/y"
evaporation = "1 m/y"
withdrawal = "0.02 km3/y"

[[surface.lake]]
name = "east"
title = {{ en = "Eastern basin" }}
table = {{ levels = [0, 50], areas = [0, 800], unit = "km2" }}
initial = "20 m"
initial_salinity = "4 g/L"
evaporation = "1 m/y"

[[surface.strait]]
name = "narrows"
first = "west"
second = "east"
sill = "5 m"
mixing = "0.1 km3/y"
"""
MEMBERS = """\
members = 20

[[surface.uncertain]]
name = "evaporation"
on = ["west.evaporation", "east.evaporation"]
range = [0.9, 1.1]
"""
SEEN = """
[[surface.observed]]
node = "west"
file = "levels.csv"
where = { kind = ["year", "day"] }
date = "day"
year = "year"
sigma = "sigma_m"
trust = "known"

[[surface.wanted]]
node = "west"
level = "19.5 m"
title = "the level to keep"

[[surface.period]]
first = 2004
last = 2007
title = { en = "dry years", ru = "сухие годы" }
"""
LEVELS_CSV = """\
year,day,kind,level_m,sigma_m,known
2001,,year,19.8,0.1,recalled
2004,,year,19.5,,published
2006,2006-07-01,day,19.0,0.05,measured
2008,2008-03,day,18.9,0.05,derived
2010,,guess,30.0,0.05,recalled
1950,,year,21.0,0.05,published
"""


def write_lake(folder, *, members=False, seen=True, more=""):
    """Write the case folder of a lake in two basins."""
    folder.mkdir(exist_ok=True)
    text = CASE.format(members=MEMBERS if members else "") + (SEEN if seen else "") + more
    (folder / "case.toml").write_text(text, encoding="utf-8")
    (folder / "levels.csv").write_text(LEVELS_CSV, encoding="utf-8")
    return folder
