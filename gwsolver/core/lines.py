"""Where in a TOML file a key stands: tomllib keeps no line numbers, messages need them."""

import re
from collections.abc import Sequence

Location = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_STRING = re.compile(r'"""(?:.|\n)*?"""|' r"'''(?:.|\n)*?'''" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'" r"|#[^\n]*")


class LineIndex:
    """Lines of the headers and keys of a TOML text.

    Parameters
    ----------
    text : str
        A TOML document that tomllib accepts.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Location, int] = {}
        self._counts: dict[Location, int] = {}
        self._raw = text.splitlines()
        # Strings and comments are blanked out, so that brackets inside them are not counted.
        bare = _STRING.sub(_blank, text).splitlines()
        table: Location = ()
        depth = 0
        for number, (line, blanked) in enumerate(zip(self._raw, bare, strict=True), start=1):
            if depth == 0 and (header := _HEADER.match(line)):
                table = self._open(header.group(1) == "[[", header.group(2), number)
                continue
            if depth == 0 and (key := _KEY.match(line)):
                parts = _parts(key.group(1))
                for n in range(1, len(parts) + 1):
                    self._lines.setdefault((*table, *parts[:n]), number)
            depth += blanked.count("[") + blanked.count("{") - blanked.count("]") - blanked.count("}")

    def _open(self, repeated: bool, name: str, number: int) -> Location:
        table: Location = ()
        parts = _parts(name)
        for i, part in enumerate(parts):
            table = (*table, part)
            if repeated and i == len(parts) - 1:
                self._counts[table] = self._counts.get(table, -1) + 1
            self._lines.setdefault(table, number)
            if table in self._counts:
                table = (*table, self._counts[table])
        self._lines.setdefault(table, number)
        return table

    def line(self, location: Sequence[str | int]) -> int | None:
        """Return the one-based line of a key, or of the nearest table or key that holds it."""
        location = tuple(location)
        for n in range(len(location), 0, -1):
            if (found := self._lines.get(location[:n])) is None:
                continue
            for inner in location[n:]:
                found = self._below(found, str(inner))
            return found
        return None

    def _below(self, start: int, key: str) -> int:
        """Line of `key` inside an inline table that begins at `start`, else `start`."""
        pattern = re.compile(rf"""(?:^|[{{,\s])["']?{re.escape(key)}["']?\s*=""")
        for number in range(start, len(self._raw) + 1):
            line = self._raw[number - 1]
            if number > start and _HEADER.match(line):
                break
            if pattern.search(line):
                return number
        return start


def _parts(name: str) -> list[str]:
    return [p.strip("\"'") for p in _PART.findall(name)]


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())
