"""How far a run is: a bar in a terminal or a notebook, plain lines now and then elsewhere."""

import time
from collections.abc import Mapping
from html import escape
from typing import Any, ClassVar, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

Numbers = Mapping[str, str]  # shown as given, such as {"modes": "7.2 of 8"}


class Progress(Protocol):
    """Used with `with`; leaving it takes the bar away, also after an error."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    def update(self, step: int, numbers: Numbers | None = None) -> None: ...


def progress(steps: int, done: int = 0, console: Console | None = None) -> Progress:
    """Progress from step `done` to `steps`: in a notebook's output, or on standard error."""
    console = console or Console(stderr=True)
    if console.is_jupyter and not console.quiet:
        return Notebook(steps, done, console)
    return (Live if console.is_terminal else Lines)(steps, done, console)


class Live:
    def __init__(self, steps: int, done: int, console: Console) -> None:
        self.bar = Bar(
            TextColumn("[bold]training"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            TextColumn("{task.fields[numbers]}"), console=console, transient=True,
        )  # fmt: skip
        self.task = self.bar.add_task("", total=steps, completed=done, numbers="")

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.bar.stop()

    def update(self, step: int, numbers: Numbers | None = None) -> None:
        self.bar.update(self.task, completed=step)
        if numbers is not None:
            self.bar.update(self.task, numbers=join_numbers(numbers))


class Lines:
    """A line at the first call, then one after each pause, and one at the end."""

    pause: ClassVar[float] = 10.0  # seconds

    def __init__(self, steps: int, done: int, console: Console) -> None:
        self.steps, self.done, self.console = steps, done, console
        self.step, self.numbers, self.said = done, "", ""
        self.begun, self.last = time.monotonic(), float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.say()

    def update(self, step: int, numbers: Numbers | None = None) -> None:
        self.step = step
        if numbers is not None:
            self.numbers = join_numbers(numbers)
        if time.monotonic() - self.last >= self.pause:
            self.last = time.monotonic()
            self.say()

    def say(self) -> None:
        """One line, unless it would repeat the last one."""
        pace = (time.monotonic() - self.begun) / max(1, self.step - self.done)
        where = f"step {self.step:,} of {self.steps:,}"
        how = f"{1000 * pace:.3g} ms a step · {clock(pace * (self.steps - self.step))} left"
        if where + self.numbers != self.said:
            self.show(" · ".join(filter(None, (where, how, self.numbers))))
        self.said = where + self.numbers

    def show(self, line: str) -> None:
        self.console.print(line, highlight=False, soft_wrap=True, markup=False)


class Notebook(Lines):
    """A bar and a line in a notebook's output, replaced as the run goes on."""

    pause: ClassVar[float] = 0.5
    handle: Any = None  # of the output, once there is one

    def show(self, line: str) -> None:
        from IPython.display import display

        bar = f'<progress value="{self.step}" max="{self.steps}"></progress> {escape(line)}'
        data = {"text/plain": line, "text/html": bar}
        if self.handle is None:
            self.handle = display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)


def join_numbers(numbers: Numbers) -> str:
    return " · ".join(f"{name} {value}" for name, value in numbers.items())


def clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
