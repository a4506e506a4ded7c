"""Checkpoints: all that a run needs to go on bit for bit, in one file that is either whole or not there."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem, RunError
from gwsolver.results import ResultsWriter
from gwsolver.results.folder import temporary
from gwsolver.run.log import RunLog

NAME = "checkpoint"
EVERY = 600.0
GIVEN_UP = "the checkpoint of an interrupted run was here; --restart would have gone on from it. This run begins anew."
ANEW = "Run again without --restart to begin anew."

State = Mapping[str, Any]
Arrays = dict[str, NDArray[Any]]


class Keeper:
    """Writes checkpoints when their time has come, and holds the one to go on from.

    Parameters
    ----------
    folder : Path
        Results folder.
    head : callable
        Returns what a later run must share to go on: input, scheme, version.
    every : float
        Seconds of wall-clock time between checkpoints; 0 or less: only when interrupted.
    resume : mapping, optional
        State to go on from.

    Attributes
    ----------
    asked : bool
        Ctrl-C was pressed: the run stops at the next checkpoint, which is due at once.
    """

    def __init__(
        self, folder: Path, head: Callable[[], State], every: float = EVERY, resume: State | None = None
    ) -> None:
        self.folder, self.head, self.every, self.resume = folder, head, every, resume
        self.asked = False
        self._number = 0 if resume is None else int(resume["number"])
        self._next = time.monotonic() + every

    def take(self, part: int) -> State | None:
        """Return the state to go on from, if it belongs to this part of the simulation."""
        return self.resume["run"] if self.resume is not None and self.resume["run"]["part"] == part else None

    def offer(self, writer: ResultsWriter, log: RunLog, gather: Callable[[], State], reached: str) -> None:
        """Write a checkpoint if one is due.

        Parameters
        ----------
        writer : ResultsWriter
        log : RunLog
        gather : callable
            Returns the state of the run.
        reached : str
            How far it has come, in words.

        Raises
        ------
        KeyboardInterrupt
            With words that say how to go on, if the run was asked to stop.
        """
        timed = self.every > 0.0 and time.monotonic() >= self._next
        if not (self.asked or timed):
            return
        try:
            self._number += 1
            state = {"number": self._number, "results": writer.checkpoint(self._number), "run": gather()}
            save(self.folder, {**self.head(), **state})
            log.note(f"checkpoint at {reached}")
        except (OSError, RunError) as error:
            log.warn(f"no checkpoint could be written at {reached}: {error}")
        self._next = time.monotonic() + self.every
        if self.asked:
            raise KeyboardInterrupt(
                f"interrupted at {reached}; everything up to there is kept. The same command with --restart goes on."
                if has_checkpoint(self.folder) else "interrupted"
            )

    @contextmanager
    def listening(self, tell: bool) -> Iterator[None]:
        """Let the first Ctrl-C ask for a checkpoint and a stop; the second one stops at once.

        Python allows that in the main thread only; elsewhere Ctrl-C is not for us.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def ask(signum: int, frame: FrameType | None) -> None:
            if self.asked:
                raise KeyboardInterrupt
            self.asked = True
            if tell:
                print("stopping as soon as a checkpoint can be written; Ctrl-C again stops at once", file=sys.stderr)

        before = signal.signal(signal.SIGINT, ask)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def has_checkpoint(folder: Path) -> bool:
    """Tell whether a results folder holds a checkpoint."""
    return temporary(folder, NAME).is_file()


def save(folder: Path, state: State) -> None:
    """Write a checkpoint in place of the last one; a crash on the way leaves that one."""
    arrays: Arrays = {}
    words = json.dumps(_pack(state, arrays)).encode()
    new, path = temporary(folder, f"{NAME}-new"), temporary(folder, NAME)
    with new.open("wb") as file:
        np.savez(file, allow_pickle=False, words=np.frombuffer(words, np.uint8), **arrays)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    _sync(folder)
    for copy in folder.glob(temporary(Path(), f"{NAME}-*.nc").name):
        if copy.name != state["results"]["netcdf"]:
            copy.unlink()


def load(folder: Path, head: State) -> State:
    """Return the checkpoint in a results folder.

    Raises
    ------
    InputError
        If there is none, or if the input, the scheme or gwsolver is not what it was written with.
    """
    path = temporary(folder, NAME)
    if not path.is_file():
        raise InputError([Problem("there is no checkpoint to go on from", file=str(folder), hint=ANEW)])
    try:
        with np.load(path, allow_pickle=False) as arrays:
            state: State = _unpack(json.loads(arrays["words"].tobytes()), arrays)
    except (OSError, ValueError, KeyError) as error:
        raise InputError([Problem("the checkpoint cannot be read", file=str(path), hint=ANEW)]) from error
    told = {
        "input_hash": "the input has changed since the checkpoint was written",
        "saved_flows": "the saved flows have changed since the checkpoint was written",
        "scheme": "the checkpoint was written with another scheme",
        "version": "the checkpoint was written by another version of gwsolver",
    }
    short = ("scheme", "version")
    problems = [
        Problem(text, file=str(path), value=str(head[key]) if key in short else None,
                allowed=str(state.get(key)) if key in short else None, hint=ANEW)
        for key, text in told.items() if state.get(key) != head[key]
    ]
    if problems:
        raise InputError(problems)
    return state


def _pack(value: Any, arrays: Arrays) -> Any:
    """Return nested mappings and lists in JSON's own types, arrays replaced by their name in `arrays`."""
    if isinstance(value, np.ndarray):
        name = f"a{len(arrays)}"
        arrays[name] = value
        return {"array": name}
    if isinstance(value, Mapping):
        return {key: _pack(own, arrays) for key, own in value.items()}
    if isinstance(value, list | tuple):
        return [_pack(own, arrays) for own in value]
    return value.item() if isinstance(value, np.generic) else value


def _unpack(value: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    if isinstance(value, dict):
        if set(value) == {"array"}:
            return arrays[value["array"]]
        return {key: _unpack(own, arrays) for key, own in value.items()}
    return [_unpack(own, arrays) for own in value] if isinstance(value, list) else value


def _sync(folder: Path) -> None:
    """Bring a renaming to the disk, where the system can."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
