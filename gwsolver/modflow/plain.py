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
from gwsolver.modflow.locate import Block, InputText, Record, file_in, scan
from gwsolver.modflow.plain_arrays import NotPlain, cut_arrays, read_array
from gwsolver.modflow.plain_lists import Layout, read_entries, read_places, read_rows, read_settings

GRIDS = ("dis", "disv", "disu")
TABLES = ("TABLES", "CROSSSECTIONS")
"""Blocks that name TAB6 files."""
SHORTER = {"AUXILIARY": "AUX", "NAMES": "NAME"}
"""Other spellings of keywords."""
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
        self._text: InputText = scan(file_in(folder, file))
        arrays = any(r.key == "READASARRAYS" for r in self._text.records("OPTIONS"))
        self.package_type = f"{kind}a" if arrays else kind
        names = class_names(kind, model)
        own = f"{model}{self.package_type}"
        self._definitions = {e["name"].replace("-", "_"): e for e in entries_of(own if own in names else names[0])
                             if e["in_record"] != "true"} if names else {}
        entries = entries_of(own if own in names else names[0]) if names else ()
        self._fields = {e["name"]: e for e in entries}
        self._by_block: dict[str, dict[str, dict[str, str]]] = {}
        for entry in entries:
            self._by_block.setdefault(entry["block"], {})[entry["name"]] = entry
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

    @property
    def numbers_features(self) -> bool:
        """Whether its data are those of numbered features, as lakes and reaches, and not of cells."""
        return "ifno" in self._fields

    def tab_files(self) -> list[str]:
        """Return the names of its TAB6 files."""
        records = (r for block in TABLES for r in self._text.records(block))
        return list(dict.fromkeys(r.words[-1] for r in records if len(r.words) == 4))

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
        record = self._record(block, key) or (self._record(block, SHORTER[key]) if key in SHORTER else None)
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
        block = definition["block"]
        if block == "continuous":
            n_index = 0 if self.parent_file and self.parent_file.numbers_features else len(_shape(self._dimensions))
            return Datum({" ".join(b.arguments): read_places(b, n_index) for b in self._text.named(block)})
        if block == "solutiongroup":
            return ByPeriod({b.number - 1: [r.words for r in b.records() if r.key.endswith("6")]
                             for b in self._text.named(block)})
        if block in ("timeseries", "models", "packages", "exchanges"):
            return Datum([r.words for r in self._text.records(block)])
        return Datum([row for b in self._text.named(block) for row in self._rows(b, kind[1:])] or None)

    def _rows(self, block: Block, names: list[str]) -> list[tuple[Any, ...]]:
        fields = [self._by_block[block.name.lower()][n] for n in names]
        return read_rows(block, self._folder, fields, self._layout)

    @property
    def _layout(self) -> Layout:
        return Layout(len(_shape(self._dimensions)), len(self.auxiliary_words),
                      self._record("options", "BOUNDNAMES") is not None, self._record("options", "TS6") is not None)

    def _periods(self, definition: dict[str, str], kind: list[str]) -> dict[int, Any]:
        blocks = {b.number - 1: b for b in self._text.named("PERIOD")}
        if len(blocks) != len(self._text.named("PERIOD")) or min(blocks, default=0) < 0:
            raise NotPlain("periods")
        if kind[0] == "keyword":
            word = definition["name"].upper()
            return {n: True for n, b in blocks.items() if any(r.key == word for r in b.records())}
        if definition["reader"] == "readarray":
            return self._array_periods(definition, blocks)
        if kind[0] != "recarray":
            raise NotPlain(definition["name"])
        if kind[1:3] == ["cellid1", "cellid2"]:
            both = 2 * len(_shape(self._dimensions))
            return {n: read_entries(b, self._folder, both, kind[3:], False) for n, b in blocks.items()}
        if kind[1] != "cellid":
            return {n: self._records(b, kind[1:]) for n, b in blocks.items()}
        if self.package_type == "evt" and (
                self._record("dimensions", "NSEG") or self._record("options", "SURF_RATE_SPECIFIED")):
            raise NotPlain("segments of evapotranspiration")
        columns = [w for w in kind[2:] if self._fields[w]["type"].startswith("double") and w != "aux"
                   and self._fields[w]["optional"] != "true" and "nseg" not in self._fields[w]["shape"]]
        named = self._record("options", "BOUNDNAMES") is not None
        n_index = len(_shape(self._dimensions))
        return {n: read_entries(b, self._folder, n_index, [*columns, *self.auxiliary_words], named)
                for n, b in blocks.items()}

    def _records(self, block: Block, names: list[str]) -> Any:
        """Return the records of a stress period that name no cell: settings of features, or rules of movers."""
        fields = self._by_block["period"]
        if fields[names[-1]]["type"].startswith("keystring"):
            return read_settings(block, self._folder, fields, fields[names[-1]], self._layout)
        if self._record("options", "MODELNAMES"):
            raise NotPlain("names of models")
        needed = [n for n in names if fields[n]["optional"] != "true"]
        return [dict(zip(needed, row, strict=True)) for row in self._rows(block, needed)] or None

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
