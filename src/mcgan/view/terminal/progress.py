"""How far a run is: a bar in a terminal or a notebook, plain lines now and then elsewhere."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from html import escape
from typing import Any, ClassVar, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn
from rich.progress import Progress as Bar
from rich.table import Column
from rich.text import Text

from mcgan.view.terminal.logs import logs_above

Scores = Sequence[str]  # shown as given, the first first, such as ["7/8 modes", "87 % on them"]

TRAINING, COMPILING = "training", "compiling, a minute or two the first time"
SHORTEST = 6  # columns of the bar, for which scores give way


class Progress(Protocol):
    """Used with `with`; leaving it takes the bar away, also after an error."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    def begin(self, step: int) -> None:
        """The first step is done, and with it compiling: the pace is taken from here on."""

    def update(self, step: int, scores: Scores | None = None) -> None:
        """The run is at this step; ``scores`` are new ones, if it was measured."""


class Pace:
    """How long steps take, on average since a step that is done, and how long the run still does.

    What is done after a step, an evaluation above all, is part of the run and not of the step.
    """

    def __init__(self, first: int) -> None:
        self.first = self.step = first
        self.begun = self.seen = time.monotonic()
        self.beside = 0.0  # seconds since then in which no step was made

    def note(self, step: int) -> None:
        """The run is at this step; told twice of one, it did something else in between."""
        now = time.monotonic()
        if step == self.step:
            self.beside += now - self.seen
        self.step, self.seen = step, now

    def of_a_step(self) -> float | None:
        """Seconds; None before there is a step to go by."""
        passed = self.step - self.first
        return (self.seen - self.begun - self.beside) / passed if passed > 0 else None

    def left(self, steps: int) -> str:
        """The time that a run still takes, `0:42 left`; nothing before it is known."""
        passed = self.step - self.first
        whole = self.seen - self.begun
        return f"{clock(whole / passed * (steps - self.step))} left" if passed > 0 else ""


def progress(
    steps: int, done: int = 0, console: Console | None = None, compiles: bool = False
) -> Progress:
    """Progress from step `done` to `steps`: in a notebook's output, or on standard error.

    A run that ``compiles`` says so until its first step is done.
    """
    console = console or Console(stderr=True)
    if console.is_jupyter and not console.quiet:
        return Notebook(steps, done, console, compiles)
    return (Live if console.is_terminal else Lines)(steps, done, console, compiles)


class FittingScores(ProgressColumn):
    """As many of the scores as there is room for beside a short bar."""

    def __init__(self, console: Console) -> None:
        super().__init__(Column(no_wrap=True))
        self.console = console

    def render(self, task: Task) -> Text:
        """As many scores as the terminal's width leaves room for."""
        count = f"{task.total:.0f}/{task.total:.0f}"
        others = f"{task.description} {count} {task.fields['left']}  "
        return Text(fit(task.fields["scores"], self.console.width - len(others) - SHORTEST))


class Live:
    """A bar in a terminal, which is gone when the run has ended."""

    def __init__(self, steps: int, done: int, console: Console, compiles: bool = False) -> None:
        self.bar = Bar(
            TextColumn("[bold]{task.description}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"), FittingScores(console), console=console,
            transient=True,
        )  # fmt: skip
        what = COMPILING if compiles else TRAINING  # a bar without a start moves to and fro
        self.task = self.bar.add_task(
            what, start=not compiles, total=steps, completed=done, left="", scores=()
        )
        self.steps, self.pace, self.shown = steps, Pace(done), ExitStack()

    def __enter__(self) -> Self:
        self.shown.enter_context(logs_above(self.bar.console))
        self.shown.enter_context(self.bar)
        return self

    def __exit__(self, *error: object) -> None:
        self.shown.close()

    def begin(self, step: int) -> None:
        """As in `Progress`: the bar starts to move with the first step."""
        self.pace = Pace(step)
        self.bar.start_task(self.task)
        self.bar.update(self.task, completed=step, description=TRAINING)

    def update(self, step: int, scores: Scores | None = None) -> None:
        """As in `Progress`: the bar moves, and says how long the run still takes."""
        self.pace.note(step)
        self.bar.update(self.task, completed=step, left=self.pace.left(self.steps))
        if scores is not None:
            self.bar.update(self.task, scores=scores)


class Lines:
    """A line at the first call, then one after each pause, and one at the end."""

    pause: ClassVar[float] = 10.0  # seconds

    def __init__(self, steps: int, done: int, console: Console, compiles: bool = False) -> None:
        self.steps, self.console, self.compiles = steps, console, compiles
        self.step, self.scores, self.said = done, "", ""
        self.pace, self.last = Pace(done), float("-inf")

    def __enter__(self) -> Self:
        if self.compiles:
            self.show(COMPILING)
        return self

    def __exit__(self, *error: object) -> None:
        self.say()

    def begin(self, step: int) -> None:
        """As in `Progress`: the pace is taken from this step on."""
        self.step, self.pace = step, Pace(step)

    def update(self, step: int, scores: Scores | None = None) -> None:
        """As in `Progress`: a line, if the last one is long enough ago."""
        self.step = step
        self.pace.note(step)
        if scores is not None:
            self.scores = " · ".join(scores)
        if time.monotonic() - self.last >= self.pause:
            self.last = time.monotonic()
            self.say()

    def say(self) -> None:
        """One line, unless it would repeat the last one."""
        pace, where = self.pace.of_a_step(), f"step {self.step:,} of {self.steps:,}"
        how = f"{show(1000 * pace)} ms a step" if pace else ""
        left = self.pace.left(self.steps)
        if where + self.scores != self.said:
            self.show(" · ".join(filter(None, (where, how, left, self.scores))))
        self.said = where + self.scores

    def show(self, line: str) -> None:
        """Prints the line."""
        self.console.print(line, highlight=False, soft_wrap=True, markup=False)


class Notebook(Lines):
    """A bar and a line in a notebook's output, replaced as the run goes on."""

    pause: ClassVar[float] = 0.5
    handle: Any = None  # of the output, once there is one

    def show(self, line: str) -> None:
        """Shows the line in the notebook, in place of the last one."""
        from IPython.display import display

        bar = f'<progress value="{self.step}" max="{self.steps}"></progress> {escape(line)}'
        data = {"text/plain": line, "text/html": bar}
        if self.handle is None:
            self.handle = display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)


def fit(scores: Scores, room: int) -> str:
    """The scores in a line, less the last ones that have no room."""
    line = " · ".join(scores)
    return line if len(line) <= room or not scores else fit(scores[:-1], room)


def show(number: float) -> str:
    """Three digits at least, and never a power of ten: `55.5`, `1,120`."""
    return f"{number:.3g}" if number < 999.5 else f"{number:,.0f}"


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds, `3:07`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
