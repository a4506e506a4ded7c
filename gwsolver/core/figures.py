"""The kinds of figures that a case may ask for, and the settings each takes beside file, lang, width and title.

`case` checks [[figure]] against this table; `maps.kinds` has a function with the same settings for each.
"""

FIGURES: dict[str, tuple[str, ...]] = {
    "plume_map": ("species", "time", "layer", "limit"),
    "receptor_series": ("species", "receptors", "limit"),
    "section": ("species", "line", "time", "limit"),
    "mass_budget": ("species",),
    "plume_dates": ("species", "times", "layer", "limit"),
    "acceptors": ("species", "acceptors", "time", "limit"),
    "heads": ("time", "layer"),
    "setting": (),
    "lake": ("basins", "years"),
}
NETWORK = ("lake",)  # these show networks of rivers and lakes, the others MODFLOW simulations
SHARED = ("lang", "width", "title")
