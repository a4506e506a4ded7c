"""run.log: what a person wants to read after a night's run."""

import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self


class RunLog:
    """Writes lines with the time of day to a file and, if asked, to stderr.

    Parameters
    ----------
    path : Path
    echo : bool
        Also tell the warnings on stderr.
    append : bool
        Go on with the log that is there.
    """

    def __init__(self, path: Path, *, echo: bool, append: bool = False) -> None:
        self._logger = logging.Logger("gwsolver.run", logging.INFO)
        self._handler = logging.FileHandler(path, mode="a" if append else "w", encoding="utf-8")
        self._handler.setFormatter(logging.Formatter("%(asctime)s  %(told)s%(message)s", "%Y-%m-%d %H:%M:%S"))
        self._handler.addFilter(_mark)
        self._logger.addHandler(self._handler)
        if echo:
            console = logging.StreamHandler(sys.stderr)
            console.setLevel(logging.WARNING)
            console.setFormatter(logging.Formatter("warning: %(message)s"))
            self._logger.addHandler(console)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._handler.close()

    def note(self, text: str) -> None:
        """Write a line."""
        self._logger.info(text)

    def block(self, lines: Iterable[str]) -> None:
        """Write a table: one time of day, then the lines below each other, set in."""
        lines = list(lines)
        if lines:
            self._logger.info("\n".join([lines[0], *(f"    {line}".rstrip() for line in lines[1:])]))

    def warn(self, text: str) -> None:
        """Write a line that the user should see at once."""
        self._logger.warning(text)


def _mark(record: logging.LogRecord) -> bool:
    """Let warnings stand out in the file; on stderr the console's own format does."""
    record.told = "WARNING: " if record.levelno >= logging.WARNING else ""
    return True
