"""Where something stands in a MODFLOW 6 input file: blocks, records and their lines.

flopy keeps no line numbers. When something is wrong, the named file is scanned again here; the same
scan shows whether blocks are closed and which words the options hold.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from gwsolver.core.errors import Problem

TEXT = "utf-8-sig"
"""Encoding of input; a byte-order mark, which editors on Windows write, is no part of the text."""


@dataclass(frozen=True)
class Record:
    """One line with words: one-based line number, the words as typed, the file it stands in."""

    line: int
    words: tuple[str, ...]
    file: Path

    @property
    def key(self) -> str:
        """First word, upper case."""
        return self.words[0].upper() if self.words else ""


@dataclass(frozen=True)
class Block:
    """A BEGIN ... END block: upper-case name, words after it, line of BEGIN, the text between."""

    name: str
    arguments: tuple[str, ...]
    line: int
    text: tuple[tuple[int, str], ...]
    file: Path

    def records(self) -> Iterator[Record]:
        """Yield the records; OPEN/CLOSE of a whole block goes on in the file it names, unless that is binary."""
        for line, text in self.text:
            words = split(text)
            if not words:
                continue
            if words[0].upper() == "OPEN/CLOSE" and len(words) > 1:
                if "(BINARY)" not in (w.upper() for w in words[2:]):
                    yield from _external(file_in(self.file.parent, words[1]))
            else:
                yield Record(line, words, self.file)

    @property
    def number(self) -> int:
        """Number after the block's name (stress period), 0 without."""
        try:
            return int(self.arguments[0])
        except (IndexError, ValueError):
            return 0


@dataclass(frozen=True)
class InputText:
    """A scanned file: its blocks, and what is wrong with their frame."""

    path: Path
    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...] = field(default=())

    def named(self, name: str) -> list[Block]:
        """Return the blocks of this name."""
        return [b for b in self.blocks if b.name == name.upper()]

    def records(self, name: str) -> Iterator[Record]:
        """Yield the records of all blocks of this name."""
        for block in self.named(name):
            yield from block.records()

    def line_of(self, block: str, word: str) -> int | None:
        """Return the line in a block whose first word is `word`, whatever its case."""
        return next((r.line for r in self.records(block) if r.key == word.upper()), None)

    def entry(self, period: int, index: int) -> Record | None:
        """Return the record of an entry (zero-based) of a zero-based stress period's list."""
        for block in self.named("PERIOD"):
            if block.number == period + 1:
                return next((r for i, r in enumerate(block.records()) if i == index), None)
        return None

    def period_line(self, period: int) -> int | None:
        """Return the line that begins a zero-based stress period."""
        return next((b.line for b in self.named("PERIOD") if b.number == period + 1), None)


def split(text: str) -> tuple[str, ...]:
    """Cut a line into words as MODFLOW does: blanks, commas and tabs part, quotes hold together."""
    text = text.strip()
    if not text or text[0] in "#!" or text.startswith("//"):
        return ()
    if "'" in text or '"' in text:
        try:
            parts = shlex.shlex(text, posix=True)
            parts.whitespace, parts.whitespace_split, parts.commenters, parts.escape = " ,\t", True, "", ""
            return tuple(parts)
        except ValueError:
            return tuple(text.split())
    return tuple(text.replace(",", " ").split())


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file; what is not UTF-8 becomes a replacement character."""
    return path.read_text(encoding=TEXT, errors="replace").splitlines()


def file_in(folder: Path, name: str) -> Path:
    """Return the file of a name as input has it, seen from a folder: Windows writes its paths with backslashes."""
    return folder / name.replace("\\", "/")


def _external(path: Path) -> Iterator[Record]:
    if path.is_file():
        for line, text in enumerate(read_lines(path), 1):
            words = split(text)
            if words:
                yield Record(line, words, path)


@lru_cache(maxsize=64)
def _scan(path: Path, stamp: tuple[int, int]) -> InputText:
    blocks: list[Block] = []
    problems: list[Problem] = []
    current: tuple[str, tuple[str, ...], int] | None = None
    inside: list[tuple[int, str]] = []
    for number, text in enumerate(read_lines(path), 1):
        head = text.lstrip()[:5].upper()
        if head == "BEGIN":
            words = split(text)
            if current is not None:
                problems.append(Problem(f"block {current[0]}, begun on line {current[2]}, is not closed before the "
                                        "next BEGIN", file=str(path), line=number,
                                        hint=f"Write END {current[0]} after its last record."))
                blocks.append(Block(*current, tuple(inside), path))
            current = (words[1].upper() if len(words) > 1 else "", words[2:], number)
            inside = []
        elif head[:3] == "END" and (len(head) == 3 or head[3:4] in " \t"):
            words = split(text)
            name = words[1].upper() if len(words) > 1 else ""
            if current is None:
                problems.append(Problem(f"END {name} without its BEGIN", file=str(path), line=number))
                continue
            if name != current[0]:
                problems.append(Problem(f"END {name} closes block {current[0]}, begun on line {current[2]}",
                                        file=str(path), line=number, hint=f"Write END {current[0]}."))
            blocks.append(Block(*current, tuple(inside), path))
            current = None
        elif current is not None:
            inside.append((number, text))
        elif split(text):
            problems.append(Problem(f'"{text.strip()[:40]}" stands outside any block', file=str(path), line=number))
    if current is not None:
        problems.append(Problem(f"block {current[0]} is not closed", file=str(path), line=current[2],
                                hint=f"Write END {current[0]} after its last record."))
        blocks.append(Block(*current, tuple(inside), path))
    return InputText(path, tuple(blocks), tuple(problems))


def scan(path: Path) -> InputText:
    """Return the blocks of a file; the result is kept until the file changes."""
    stat = path.stat()
    return _scan(path, (stat.st_mtime_ns, stat.st_size))


def forget() -> None:
    """Let go of the texts of scanned files: as long as the input itself, they would stay through the run."""
    _scan.cache_clear()
