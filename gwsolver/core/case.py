"""What a case adds to a simulation: words, places and limits that a map and a report need."""

from dataclasses import asdict, dataclass, field
from typing import Any


def in_language(words: dict[str, str], language: str, otherwise: str = "") -> str:
    """Return the words of a language, else `otherwise`, else the English ones, else the first there are."""
    return words.get(language) or otherwise or words.get("en") or next(iter(words.values()), "")


@dataclass(frozen=True)
class Provenance:
    """Where a value comes from: its source, and "published", "textbook", "assumed", "measured" or "calibrated"."""

    source: str = ""
    status: str = ""


@dataclass(frozen=True)
class Place:
    """A receptor or a source area.

    Attributes
    ----------
    name : str
        An identifier; printed as it is.
    kind : str
        Receptors: "supply well", "monitoring well", "village", "river", ...; sources: "source".
    x, y : float
        Map coordinates [L].
    layers : tuple of int
        One-based layers it draws from or sits in; empty: the uppermost active one.
    polygon : tuple of (x, y)
        Outline in map coordinates; empty for a point.
    note : str
        A line for legends or notes: "years 0-30, then removed".
    provenance : Provenance
    title : dict of str to str
        What maps print instead of the name, by language.
    """

    name: str
    kind: str
    x: float
    y: float
    layers: tuple[int, ...] = ()
    polygon: tuple[tuple[float, float], ...] = ()
    note: str = ""
    provenance: Provenance = field(default_factory=Provenance)
    title: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Limit:
    """A limit for a species, in the units of the run's concentrations.

    Attributes
    ----------
    species : str
    value : float
        In `unit`.
    unit : str
        "mg/L".
    text : str
        What the limit is: "drinking water limit, Kazakhstan".
    provenance : Provenance
    date : str
        ISO date of the rule it comes from, "" if not given.
    texts : dict of str to str
        `text` by language.
    cite : dict of str to str
        The source as maps print it, by language; empty: taken from `provenance`.
    """

    species: str
    value: float
    unit: str
    text: str = ""
    provenance: Provenance = field(default_factory=Provenance)
    date: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    cite: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SpeciesSettings:
    """How a species is called and shown: title by language ("en", "ru", "kk", "fr")."""

    name: str
    title: dict[str, str] = field(default_factory=dict)
    unit: str = ""


@dataclass(frozen=True)
class FigureRequest:
    """A figure that the case wants drawn after a run; `settings` are the keywords of its function."""

    kind: str
    file: str
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ObservedLevel:
    """A level that somebody saw.

    Attributes
    ----------
    node : str
        Lake or reservoir.
    date : str
        ISO date, or a year alone for what holds for a year.
    level : float
        [m].
    sigma : float
        Standard error [m], 0 if unknown.
    checked : bool
        It was published or measured, not recalled or derived.
    """

    node: str
    date: str
    level: float
    sigma: float = 0.0
    checked: bool = False


@dataclass(frozen=True)
class WantedLevel:
    """A level [m] that somebody wants a node to keep; `title` by language."""

    node: str
    level: float
    title: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Period:
    """Years, the last one included, in which something happened: `title` by language."""

    first: int
    last: int
    title: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseInfo:
    """The case as results and maps see it; without a case.toml only defaults.

    Attributes
    ----------
    title : str
    status : str
        "illustrative", "calibrated" or "" (unknown).
    crs : str
        "EPSG:32640" or "".
    start : str
        ISO date of time zero, "" if unknown.
    mass_unit, length_unit, time_unit : str
        "g", "m", "d", ...; "" if unknown ("model units").
    species, receptors, sources, limits, figures
        See their classes.
    values : dict of str to Provenance
        Source and status of each value of case.toml that gives them, by dotted key.
    titles : dict of str to str
        `title` by language.
    scenario : str
        Name of the scenario; "" for the case alone.
    member : int
        Number of the ensemble's member, from one; 0 for the case itself.
    nodes : dict of str to dict
        Titles by language of the nodes of a network of rivers and lakes, by name.
    heights : dict of str to str
        The height system of a network's levels, by language.
    observed, wanted, periods
        Levels that others saw and that somebody wants, and years to be marked, for figures of networks.
    """

    title: str = ""
    status: str = ""
    crs: str = ""
    start: str = ""
    mass_unit: str = ""
    length_unit: str = ""
    time_unit: str = ""
    species: tuple[SpeciesSettings, ...] = ()
    receptors: tuple[Place, ...] = ()
    sources: tuple[Place, ...] = ()
    limits: tuple[Limit, ...] = ()
    figures: tuple[FigureRequest, ...] = ()
    values: dict[str, Provenance] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    scenario: str = ""
    member: int = 0
    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    heights: dict[str, str] = field(default_factory=dict)
    observed: tuple[ObservedLevel, ...] = ()
    wanted: tuple[WantedLevel, ...] = ()
    periods: tuple[Period, ...] = ()

    @property
    def concentration_unit(self) -> str:
        """Unit of concentrations: "mg/L" for g and m, "model units" if unknown."""
        if not (self.mass_unit and self.length_unit):
            return "model units"
        known = {("g", "m"): "mg/L", ("kg", "m"): "g/L", ("mg", "m"): "µg/L"}
        return known.get((self.mass_unit, self.length_unit), f"{self.mass_unit}/{self.length_unit}³")

    def to_json(self) -> dict[str, Any]:
        """Return plain data for summary.json."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "CaseInfo":
        """Rebuild from what `to_json` gave."""
        def place(p: dict[str, Any]) -> Place:
            return Place(
                **{
                    **p,
                    "layers": tuple(p["layers"]),
                    "polygon": tuple((float(x), float(y)) for x, y in p["polygon"]),
                    "provenance": Provenance(**p["provenance"]),
                }
            )

        return cls(
            **{
                **data,
                "species": tuple(SpeciesSettings(**s) for s in data["species"]),
                "receptors": tuple(place(p) for p in data["receptors"]),
                "sources": tuple(place(p) for p in data["sources"]),
                "limits": tuple(Limit(**{**x, "provenance": Provenance(**x["provenance"])}) for x in data["limits"]),
                "figures": tuple(FigureRequest(**f) for f in data["figures"]),
                "values": {k: Provenance(**v) for k, v in data["values"].items()},
                "observed": tuple(ObservedLevel(**x) for x in data.get("observed", ())),
                "wanted": tuple(WantedLevel(**x) for x in data.get("wanted", ())),
                "periods": tuple(Period(**x) for x in data.get("periods", ())),
            }
        )
