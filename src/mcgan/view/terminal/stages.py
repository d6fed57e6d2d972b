"""How far a piece of work is that has several stages: a bar for the present one, in a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Column

Tell = Callable[[str, int, int], None]  # what is being done, how many are done, and of how many


@contextmanager
def stages(console: Console | None = None) -> Iterator[Tell]:
    """Gives a function that shows a stage; a stage that is done goes, and at the end all do.

    Where standard error is no terminal, nothing is shown.
    """
    console = console or Console(stderr=True)
    what = TextColumn("{task.description}", table_column=Column(no_wrap=True, ratio=1))
    with Bar(
        what,
        BarColumn(20),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        tasks = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total, visible=done < total)

        yield tell
