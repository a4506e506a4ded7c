"""Reading MODFLOW 6 files without flopy, where they say plainly what they say.

flopy takes a second to import and cuts every line in Python. Here a simulation is read straight from
its blocks by the definitions of input, arrays and lists at the speed of numpy, and its objects answer
what this room asks of flopy's. Whatever is not plain (a word where a number should be, a repeat count,
a package or an option not meant for this reader) raises `NotPlain`: flopy then reads the whole simulation
and decides what it means, or says what is wrong with it.
"""

from collections.abc import Callable
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any

from gwsolver.modflow.definitions import class_names, entries_of
from gwsolver.modflow.locate import Block, InputText, Record, scan
from gwsolver.modflow.plain_arrays import NotPlain, cut_arrays, read_array
from gwsolver.modflow.plain_lists import read_entries, read_places, read_rows

GRIDS = ("dis", "disv", "disu")
CHILDREN = {"TS6": "ts", "TAS6": "tas", "OBS6": "obs"}
Dimensions = dict[str, int]


class Datum:
    """One piece of a package's data."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def get_data(self) -> Any:
        """Return the value; None where the file does not give it."""
        return self._value


class ByPeriod:
    """Data of a package by zero-based stress period (or by time, for series of arrays)."""

    def __init__(self, values: dict[Any, Any]) -> None:
        self.values = values


class PlainPackage:
    """One package; its data are attributes named as in the definitions, read when they are asked for.

    Parameters
    ----------
    folder : Path
        The simulation's: names of files are relative to it.
    file : str
        Name of the package's file, as the name file has it.
    kind : str
        Type in lower case, without the 6: "wel".
    model : str
        "gwf", "gwt"; "" for packages of the simulation.
    name : str
        Name given to it, or its type.
    dimensions : dict of str to int
        Sizes of the model's grid; filled by the package itself if it is the grid.
    parent : PlainPackage or None
        The stress package of a TS6, TAS6 or OBS6 file.
    """

    def __init__(self, folder: Path, file: str, kind: str, model: str, name: str, dimensions: Dimensions,
                 parent: "PlainPackage | None" = None) -> None:
        self._folder, self._dimensions = folder, dimensions
        self.filename, self.package_name, self.parent_file = file, name, parent
        self._text: InputText = scan(folder / file)
        arrays = any(r.key == "READASARRAYS" for r in self._text.records("OPTIONS"))
        self.package_type = f"{kind}a" if arrays else kind
        names = class_names(kind, model)
        own = f"{model}{self.package_type}"
        self._definitions = {e["name"].replace("-", "_"): e for e in entries_of(own if own in names else names[0])
                             if e["in_record"] != "true"} if names else {}
        self._fields = {e["name"]: e for e in entries_of(own if own in names else names[0])} if names else {}
        if not self._definitions:
            raise NotPlain(f"{kind} of {model}")
        if kind in GRIDS:
            self._measure()

    def __getattr__(self, name: str) -> Any:
        definition = self.__dict__.get("_definitions", {}).get(name)
        if definition is None:
            raise AttributeError(name)
        value = self._read(definition)
        setattr(self, name, value)
        return value

    @cached_property
    def auxiliary_words(self) -> tuple[str, ...]:
        """Names of the auxiliary variables in lower case."""
        given = self._record("options", "AUXILIARY") or self._record("options", "AUX")
        return tuple(w.lower() for w in given.words[1:]) if given else ()

    def _measure(self) -> None:
        sizes = {r.key.lower(): int(r.words[1]) for r in self._text.records("DIMENSIONS") if len(r.words) > 1}
        if "nlay" in sizes:
            sizes["ncpl"] = sizes.get("ncpl", sizes.get("nrow", 1) * sizes.get("ncol", 1))
            sizes["nodes"] = sizes["nlay"] * sizes["ncpl"]
        self._dimensions.update(sizes)

    def _record(self, block: str, key: str) -> Record | None:
        return next((r for r in self._text.records(block) if r.key == key), None)

    def _read(self, definition: dict[str, str]) -> Any:
        block, kind = definition["block"], definition["type"].split()
        if block == "period":
            return ByPeriod(self._periods(definition, kind))
        if definition["reader"] == "readarray" and block == "time":
            return ByPeriod(self._times())
        if definition["reader"] == "readarray":
            found = self._arrays(block).get(definition["name"].upper())
            return Datum(None if found is None else self._array(definition, found))
        if kind[0] == "recarray":
            return self._table(definition, kind)
        key = (kind[1] if kind[0] == "record" else definition["name"]).upper()
        record = self._record(block, key) or (self._record(block, "AUX") if key == "AUXILIARY" else None)
        return Datum(None if record is None else self._value(record, kind, definition))

    def _value(self, record: Record, kind: list[str], definition: dict[str, str]) -> Any:
        """Return the value of a one-line datum."""
        if kind[0] == "keyword":
            return True
        if kind[0] == "record":
            numbers = any(self._fields.get(w, {}).get("type", "").startswith("double") for w in kind[1:])
            return [tuple(_number(w) if numbers else w for w in record.words)]
        if definition["shape"]:
            return [(record.words[0].lower(), *record.words[1:])]
        if len(record.words) < 2:
            raise NotPlain(f"{record.words[0]} without a value")
        return _as(kind[0], record.words[1])

    def _table(self, definition: dict[str, str], kind: list[str]) -> Any:
        fields = [self._fields[w] for w in kind[1:]]
        block = definition["block"]
        if block == "continuous":
            n_index = len(_shape(self._dimensions))
            return Datum({" ".join(b.arguments): read_places(b, n_index) for b in self._text.named(block)})
        if block == "solutiongroup":
            return ByPeriod({b.number - 1: [r.words for r in b.records() if r.key.endswith("6")]
                             for b in self._text.named(block)})
        if block in ("timeseries", "models", "packages", "exchanges"):
            return Datum([r.words for r in self._text.records(block)])
        return Datum([row for b in self._text.named(block) for row in read_rows(b, fields)] or None)

    def _periods(self, definition: dict[str, str], kind: list[str]) -> dict[int, Any]:
        blocks = {b.number - 1: b for b in self._text.named("PERIOD")}
        if len(blocks) != len(self._text.named("PERIOD")) or min(blocks, default=0) < 0:
            raise NotPlain("periods")
        if kind[0] == "keyword":
            word = definition["name"].upper()
            return {n: True for n, b in blocks.items() if any(r.key == word for r in b.records())}
        if definition["reader"] == "readarray":
            return self._array_periods(definition, blocks)
        if kind[0] != "recarray" or kind[1] != "cellid":
            raise NotPlain(definition["name"])
        if self.package_type == "evt" and (
                self._record("dimensions", "NSEG") or self._record("options", "SURF_RATE_SPECIFIED")):
            raise NotPlain("segments of evapotranspiration")
        columns = [w for w in kind[2:] if self._fields[w]["type"].startswith("double") and w != "aux"
                   and self._fields[w]["optional"] != "true" and "nseg" not in self._fields[w]["shape"]]
        named = self._record("options", "BOUNDNAMES") is not None
        n_index = len(_shape(self._dimensions))
        return {n: read_entries(b, self._folder, n_index, [*columns, *self.auxiliary_words], named)
                for n, b in blocks.items()}

    def _array_periods(self, definition: dict[str, str], blocks: dict[int, Block]) -> dict[int, Any]:
        """Return arrays in plan by period; auxiliary ones as a list in their order, None where not given."""
        found: dict[int, Any] = {}
        for period, block in blocks.items():
            known = {n.upper() for n in self._definitions} | {a.upper() for a in self.auxiliary_words}
            arrays = cut_arrays(block, known)
            if definition["name"] == "aux":
                given = [arrays.get(a.upper()) for a in self.auxiliary_words]
                if any(g is not None for g in given):
                    found[period] = [None if g is None else self._array(definition, g) for g in given]
            elif definition["name"].upper() in arrays:
                found[period] = self._array(definition, arrays[definition["name"].upper()])
        return found

    def _times(self) -> dict[float, Any]:
        raise NotPlain("time-array series")

    def _arrays(self, block: str) -> dict[str, Any]:
        cache = self.__dict__.setdefault("_cut", {})
        if block not in cache:
            cache[block] = {}
            known = {e["name"].upper() for e in self._definitions.values() if e["block"] == block}
            for part in self._text.named(block):
                cache[block].update(cut_arrays(part, known))
        return dict(cache[block])

    def _array(self, definition: dict[str, str], cut: Any) -> Any:
        sizes = self._dimensions
        names = definition["shape"].strip("()").split(";")[0].replace(" ", "").replace("ncol*nrow", "ncpl").split(",")
        if any(word not in sizes for word in names):
            raise NotPlain(f"shape {definition['shape']}")
        size = prod(sizes[word] for word in names)
        layers = sizes.get("nlay", 1) if "nlay" in names or "nodes" in names else 1
        values = read_array(cut, self._folder, size, layers, whole=definition["type"].startswith("integer"))
        if definition["numeric_index"] == "true" and not isinstance(values, str):
            if values.min() < 1:
                raise NotPlain("negative index")
            values = values - 1
        return values


class PlainModel:
    """One model of a simulation."""

    def __init__(self, folder: Path, kind: str, file: str, name: str) -> None:
        self.model_type, self.name = kind, name
        self.dimensions: Dimensions = {}
        self.name_file = PlainPackage(folder, file, "nam", kind, name, self.dimensions)
        self.packagelist: list[PlainPackage] = []
        records = list(scan(folder / file).records("PACKAGES"))
        records.sort(key=lambda r: r.key.lower().removesuffix("6") not in GRIDS)  # others need the grid's size
        for record in records:
            own = record.key.lower().removesuffix("6")
            package = PlainPackage(folder, record.words[1], own, kind,
                                   record.words[2] if len(record.words) > 2 else own, self.dimensions)
            self.packagelist.append(package)
            if any(True for _ in scan(folder / record.words[1]).records("FILEINPUT")):
                raise NotPlain("SPC6 files")
            for option in scan(folder / record.words[1]).records("OPTIONS"):
                if option.key in CHILDREN and len(option.words) > 2:
                    self.packagelist.append(PlainPackage(folder, option.words[2], CHILDREN[option.key], kind,
                                                         CHILDREN[option.key], self.dimensions, package))


class PlainSimulation:
    """One simulation, from the files of a folder.

    Raises
    ------
    NotPlain
        If it holds something that is left to flopy; also from its data, when they are asked for.
    """

    exchange_files: tuple[Any, ...] = ()

    def __init__(self, folder: Path) -> None:
        none: Dimensions = {}
        self.name_file = PlainPackage(folder, "mfsim.nam", "nam", "", "mfsim", none)
        text = scan(folder / "mfsim.nam")
        if any(r.key != "GWF6-GWT6" for r in text.records("EXCHANGES")):
            raise NotPlain("exchanges between models of one kind")
        timing = next(r for r in text.records("TIMING") if r.key == "TDIS6")
        self.tdis = PlainPackage(folder, timing.words[1], "tdis", "", "tdis", none)
        self._models = {r.words[2].lower(): PlainModel(folder, r.key[:3].lower(), r.words[1], r.words[2].lower())
                        for r in text.records("MODELS")}
        self.model_names = list(self._models)
        self.sim_package_list = [PlainPackage(folder, r.words[1], "ims", "", "ims", none)
                                 for r in text.records("SOLUTIONGROUP") if r.key == "IMS6"]

    def get_model(self, name: str) -> PlainModel:
        """Return a model by its lower-case name."""
        return self._models[name]


def _number(word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word


def _as(kind: str, word: str) -> Any:
    turn: Callable[[str], Any] = {"integer": int, "double": float}.get(kind, str)
    try:
        return turn(word)
    except ValueError as error:
        raise NotPlain(word) from error


def _shape(sizes: Dimensions) -> tuple[str, ...]:
    """Return the names of the indices of a cell."""
    return ("nlay", "nrow", "ncol") if "nrow" in sizes else ("nlay", "ncpl") if "nlay" in sizes else ("nodes",)
