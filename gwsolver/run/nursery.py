"""``python -m gwsolver.run.nursery``: loads once what every run needs, then forks a process for each run asked for.

Most of the time of a small run goes into loading modules. A child begins with them loaded and is a process of its own
otherwise: its memory, its session, its end touch no other. Nothing is computed here before a fork, so that no thread
of OpenMP or BLAS is lost in it.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, NoReturn

from gwsolver.core.distributions.registry import distributions
from gwsolver.core.isotherms.registry import isotherms
from gwsolver.packages.registry import kinds
from gwsolver.transport.schemes import schemes

# What a run loads only where it needs it; the second, where whoever asks has needed it for the same case.
EVERY_RUN = (
    "gwsolver.case", "gwsolver.modflow", "gwsolver.results.lazy", "gwsolver.results.receptors", "gwsolver.run.load",
    "gwsolver.run.log_tables", "gwsolver.run.simulate", "gwsolver.transport.processes.decay",
    "gwsolver.transport.processes.immobile", "gwsolver.transport.processes.mixed", "netCDF4", "pandas", "pyproj",
    "xarray",
)
SOME_RUNS = ("flopy",)
LARGEST = 1 << 20  # bytes of a message


def can_fork() -> bool:
    """Return whether processes that have loaded numpy may be forked here: system libraries of others forbid it."""
    return sys.platform == "linux"


class Nursery:
    """Our end: starts it, asks for processes.

    Parameters
    ----------
    environment : mapping of str to str
        Environment of all processes.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        own, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno()), *(m for m in SOME_RUNS if m in sys.modules)],
                stdin=subprocess.DEVNULL, env=dict(environment), pass_fds=[theirs.fileno()], start_new_session=True)
        self.socket = own
        self.asked = 0

    def start(self, arguments: Sequence[str], said: IO[bytes], complaints: IO[bytes]) -> "Child":
        """Start a process as ``python ARGUMENTS`` would, which are ``-m MODULE`` and what follows."""
        return Child(self, self.ask({"start": list(arguments)}, [said.fileno(), complaints.fileno()]))

    def ask(self, what: Mapping[str, Any], files: Sequence[int] = ()) -> Any:
        """Return the answer to a question; ConnectionError if there is nobody any more."""
        self.asked += 1
        socket.send_fds(self.socket, [json.dumps([self.asked, what]).encode()], files)
        number = 0
        while number != self.asked:  # Ctrl-C may have come between an earlier question and its answer
            message = self.socket.recv(LARGEST)
            if not message:
                raise ConnectionResetError("the process that starts runs has ended")
            number, answer = json.loads(message)
        return answer

    def close(self) -> None:
        """Let it end."""
        self.socket.close()
        self.process.wait()


@dataclass(eq=False)
class Child:
    """A process of the nursery, with the part of Popen that is used.

    Attributes
    ----------
    returncode : int or None
        Negative for the signal that ended it; None while it runs.
    """

    nursery: Nursery
    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        return self._ended("poll")

    def wait(self) -> int | None:
        """Return its exit code once it has ended."""
        return self._ended("wait")

    def send_signal(self, number: int) -> None:
        """Send it a signal; its number is its own until its end has been asked for."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def _ended(self, how: str) -> int | None:
        if self.returncode is None:
            try:
                self.returncode = self.nursery.ask({how: self.pid})
            except OSError:  # nobody is left to tell how it ends
                self.returncode = -signal.SIGKILL
        return self.returncode


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until whoever asks is gone; in a forked child, run what was asked for."""
    number, *more = sys.argv[1:] if argv is None else argv
    for name in (*EVERY_RUN, *more):
        importlib.import_module(name)
    for registered in (distributions, isotherms, kinds, schemes):
        registered()
    gc.freeze()  # a child's garbage collector leaves alone, and so does not copy, what is there already
    with socket.socket(fileno=int(number)) as connection:
        asked = _serve(connection)
    if asked:
        _run(asked[1:])


def _run(arguments: list[str]) -> NoReturn:
    """Run a module as ``python -m`` does, and end; nothing is taken down piece by piece that was only lent."""
    code = 1
    sys.argv = arguments
    try:
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _serve(connection: socket.socket) -> list[str]:
    """Answer questions; return the arguments in a child, nothing at the end of all."""
    def answer(value: int | None) -> None:
        with contextlib.suppress(ConnectionError):  # gone: the next look finds it so
            connection.send(json.dumps([number, value]).encode())

    while True:
        message, files, *_ = socket.recv_fds(connection, LARGEST, 2)
        if not message:
            return []
        number, what = json.loads(message)
        ((word, value),) = what.items()
        if word != "start":
            answer(_exit_code(value, os.WNOHANG if word == "poll" else 0))
            continue
        pid = os.fork()
        if pid == 0:
            os.setsid()
            for place, file in enumerate(files, start=1):
                os.dup2(file, place)
                os.close(file)
            return list(value)
        for file in files:
            os.close(file)
        answer(pid)


def _exit_code(pid: int, how: int) -> int | None:
    ended, status = os.waitpid(pid, how)
    return os.waitstatus_to_exitcode(status) if ended else None


if __name__ == "__main__":
    main()
