"""Files of a results folder that grow record by record while a run goes on."""

import contextlib
import os
from pathlib import Path
from typing import BinaryIO, Literal, TextIO

from gwsolver.results.folder import Staging


class RecordFiles:
    """Open files under their temporary names, each begun when it is first asked for.

    Parameters
    ----------
    staging : Staging
    kept : frozenset of str
        Temporary names of the files that an interrupted run left, to be gone on with; others are begun anew, even if
        a killed run began them after its checkpoint.
    """

    def __init__(self, staging: Staging, kept: frozenset[str] = frozenset()) -> None:
        self._staging, self._kept = staging, kept
        self._binary: dict[str, tuple[BinaryIO, int]] = {}
        self._text: list[TextIO] = []
        self._open = contextlib.ExitStack()

    def __contains__(self, name: str) -> bool:
        return name in self._binary

    def binary(self, name: str) -> BinaryIO:
        """Return a binary file; after each whole record comes `settle`."""
        if name not in self._binary:
            path = self._staging.path(name)
            mode: Literal["ab", "wb"] = "ab" if path.name in self._kept else "wb"
            self._binary[name] = self._open.enter_context(open(path, mode)), 0  # noqa: SIM115
        return self._binary[name][0]

    def settle(self, name: str) -> None:
        """Remember that all records of a file up to here are whole."""
        file, _ = self._binary[name]
        file.flush()
        self._binary[name] = file, file.tell()

    def text(self, name: str) -> TextIO:
        """Open a text file at its end."""
        file = self._open.enter_context(open(self._staging.path(name), "a", encoding="utf-8", newline=""))  # noqa: SIM115
        self._text.append(file)
        return file

    def lengths(self) -> dict[str, int]:
        """Bring all files to the disk; return how long each is now, by temporary name."""
        found = {}
        for file in [*(f for f, _ in self._binary.values()), *self._text]:
            file.flush()
            os.fsync(file.fileno())
            found[Path(file.name).name] = os.fstat(file.fileno()).st_size
        return found

    def close(self) -> None:
        """Close all files; of one whose last record is not whole, only the whole ones stay."""
        for file, good in self._binary.values():
            with contextlib.suppress(OSError):
                file.close()
            os.truncate(file.name, good)
        for text in self._text:
            with contextlib.suppress(OSError):
                text.close()

    def leave(self) -> None:
        """Close all files as they stand."""
        self._open.close()
