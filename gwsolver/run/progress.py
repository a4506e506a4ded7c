"""The progress bar: simulated time, sub-step, limiting cell and reason, time left."""

from types import TracebackType
from typing import Any, Self


class Silent:
    """No bar: progress asked for nowhere, or stderr is not a terminal."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *args: object) -> None:
        """Do nothing."""

    def start(self, name: str, begin: float, end: float) -> None:
        """Begin with one model."""

    def update(self, time: float, text: str = "") -> None:
        """Tell the time reached and what limits the step."""


class Bar(Silent):
    """A line on stderr, drawn by rich."""

    def __init__(self, unit: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._unit = unit
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[text]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task: Any = None
        self._begin = self._end = 0.0

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take it away."""
        self._bar.stop()

    def start(self, name: str, begin: float, end: float) -> None:
        """Begin with one model."""
        self._begin, self._end = begin, end
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(name, total=max(end - begin, 1e-300), text="")

    def update(self, time: float, text: str = "") -> None:
        """Tell the time reached and what limits the step."""
        if self._task is not None:
            reached = f"{time:,.6g} of {self._end:,.6g} {self._unit}"
            self._bar.update(self._task, completed=time - self._begin, text=f"{reached}  {text}".rstrip())
