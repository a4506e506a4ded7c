"""The results folder: who may write into it, temporary names, and the moment when it is finished."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gwsolver.core.errors import InputError, Problem, RunError

SUMMARY = "summary.json"
UNFINISHED = "unfinished.json"
SURFACE = "surface"  # the `kind` of a summary that is of a network of rivers and lakes
PREFIX, SUFFIX = ".", ".part"


def check_folder(folder: str | Path, input_hash: str) -> None:
    """Raise InputError unless results of this input may be written to `folder`.

    It may be missing, empty, or hold a result of the same input. Hidden files and the temporary
    files of a run that was killed do not count.

    Parameters
    ----------
    folder : path
    input_hash : str
        Hash of the simulation about to be run, compared with the one in ``summary.json`` (or
        ``unfinished.json``, which a run that stopped half-way leaves).
    """
    folder = Path(folder)
    name = str(folder)
    if folder.exists() and not folder.is_dir():
        raise _refusal(name, "the output folder is a file", "Name another folder with --out.")
    try:
        present = [p.name for p in folder.iterdir() if not p.name.startswith(PREFIX)] if folder.exists() else []
    except OSError as error:
        raise _refusal(name, f"the output folder cannot be read ({_reason(error)})",
                       "Name another folder with --out.") from error
    if present:
        _check_owner(folder, sorted(present), input_hash)
    _check_writable(folder)


def _check_owner(folder: Path, present: list[str], input_hash: str) -> None:
    marker = next((folder / m for m in (SUMMARY, UNFINISHED) if m in present), None)
    if marker is None:
        raise _refusal(
            str(folder), f"the output folder holds files that are not results, {present[0]} for one",
            "Name an empty or a new folder with --out.",
        )
    try:
        found = json.loads(marker.read_text(encoding="utf-8")).get("input_hash", "")
    except (OSError, ValueError, AttributeError) as error:
        raise _refusal(str(marker), "this is not the summary of a gwsolver run",
                       "Name an empty or a new folder with --out.") from error
    if found != input_hash:
        raise _refusal(
            str(folder), "the output folder holds the results of another input",
            "Remove it if it is no longer needed, or name another folder with --out.",
        )


def _check_writable(folder: Path) -> None:
    """Try to write where the results will be, without leaving anything behind."""
    place = folder
    while not place.exists():
        place = place.parent
    probe = place / f"{PREFIX}gwsolver-{os.getpid()}{SUFFIX}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise _refusal(str(folder), f"the output folder cannot be written ({_reason(error)})",
                       "Name another folder with --out.") from error


def _refusal(place: str, what: str, hint: str) -> InputError:
    return InputError([Problem(what=what, file=place, hint=hint)])


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]


@contextlib.contextmanager
def writing(what: str | Path) -> Iterator[None]:
    """Turn what the file system (or netCDF) says while results are written into a RunError in words."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "NetCDF" not in str(error):
            raise
        reason = f"the disk is full or fails ({error})" if isinstance(error, RuntimeError) else _reason(error)
        raise RunError(
            f"{Path(what).name} cannot be written: {reason}. Results saved before are kept; "
            f"make room or name another folder with --out, then run again."
        ) from error


def temporary(folder: Path, name: str) -> Path:
    """Return the temporary path of a file of the results folder."""
    return folder / f"{PREFIX}{name}{SUFFIX}"


class Staging:
    """Files of a run under temporary names in the results folder, until they are given their own.

    Parameters
    ----------
    folder : path
        Made if it is missing.
    keep : bool
        Keep the temporary files that an interrupted run left there.
    """

    def __init__(self, folder: str | Path, *, keep: bool = False) -> None:
        self.folder = Path(folder)
        self._made = [p for p in (self.folder, *self.folder.parents) if not p.exists()]
        self.names: list[str] = []
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for stale in [] if keep else self.folder.glob(f"{PREFIX}*{SUFFIX}"):
                stale.unlink()
        except OSError as error:
            raise _refusal(str(folder), f"the output folder cannot be written ({_reason(error)})",
                           "Name another folder with --out.") from error

    def path(self, name: str) -> Path:
        """Return the temporary path of a file and remember to rename it."""
        if name not in self.names:
            self.names.append(name)
        return temporary(self.folder, name)

    def publish(self, marker: str, content: dict[str, Any]) -> list[str]:
        """Give all files their names, the marker last; results that stood here before go away first.

        The old summary is removed before anything else, so that no moment shows a finished result
        made of old and new files. On a disk too full for ``unfinished.json`` the files are kept without it.
        """
        with writing(self.folder / marker):
            kept = [n for n in self.names if self.path(n).exists()]
            last = self.path(marker)
            self.names.remove(marker)
            text = json.dumps({**content, "files": sorted(kept)}, indent=1, ensure_ascii=False) + "\n"
            try:
                last.write_text(text, encoding="utf-8")
            except OSError:
                last.unlink(missing_ok=True)
                if marker == SUMMARY:
                    raise
            self._remove_old(kept)
            for name in kept:
                os.replace(self.path(name), self.folder / name)
            if last.exists():
                os.replace(last, self.folder / marker)
            for left in self.folder.glob(f"{PREFIX}*{SUFFIX}"):  # a checkpoint that is of no more use
                left.unlink()
        return kept

    def _remove_old(self, new: list[str]) -> None:
        for marker in (SUMMARY, UNFINISHED):
            path = self.folder / marker
            if not path.exists():
                continue
            listed = json.loads(path.read_text(encoding="utf-8")).get("files", [])
            path.unlink()
            for name in set(listed) - set(new):
                if Path(name).name == name:
                    (self.folder / name).unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove all temporary files, and the folders that were made for them."""
        for left in self.folder.glob(f"{PREFIX}*{SUFFIX}"):
            left.unlink()
        for path in self._made:
            with contextlib.suppress(OSError):
                path.rmdir()
