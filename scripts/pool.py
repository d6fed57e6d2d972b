"""Runs of `mcgan train`, some at a time, each in a process of its own; what each brought, kept."""

import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, NamedTuple

from mcgan.cli.main import main as mcgan
from mcgan.run.directory import RunDirectory

FORK = multiprocessing.get_context("fork")
SLOW_IMPORTS = (
    "mcgan.experiment.fit",
    "mcgan.view.figures.evaluation",
    "torch._inductor.compile_fx",
)
Found = dict[str, dict[str, Any]]  # what a run brought, or the sentence of its refusal
Condense = Callable[[Path, dict[str, Any]], dict[str, Any]]  # a run and its result.json


class Pool(NamedTuple):
    """Where the runs lie, how many go at a time, and after how many minutes one is stopped."""

    runs: Path
    workers: int
    minutes: int


def fill(
    found: Found, file: Path, work: Mapping[str, list[str]], pool: Pool, condense: Condense
) -> None:
    """Trains ``work``, words by the name of a run, and writes each outcome to the file at once."""
    import_slow_parts()
    clock = Clock()
    for count, (name, code) in enumerate(ended(work, pool), 1):
        content = outcome(pool.runs / name, code, condense)
        failure = "" if content else f", failed: {said_by(pool.runs / name)}"
        print(f"{count}/{len(work)} {clock.read()} {name}{failure}", flush=True)
        if content:
            found[name] = content
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def import_slow_parts() -> None:
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # the other core has its own run
    for name in SLOW_IMPORTS:
        import_module(name)


def ended(work: Mapping[str, list[str]], pool: Pool) -> Iterator[tuple[str, int]]:
    """Every run that ends, and its exit code.

    The processes are forked from this one, which has imported all that takes long.
    """
    running: dict[int, tuple[str, Any]] = {}
    left = [*work.items()][::-1]
    while left or running:
        while left and len(running) < pool.workers:
            name, words = left.pop()
            process = FORK.Process(
                target=train, args=(words, pool.runs / name, pool.minutes), daemon=True
            )  # ends with this process, and saves before
            process.start()
            running[process.sentinel] = name, process
        for sentinel in wait([*running]):
            name, process = running.pop(sentinel)  # type: ignore[index]
            process.join()
            yield name, process.exitcode


def train(words: list[str], folder: Path, minutes: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.alarm(60 * minutes)
    folder.parent.mkdir(parents=True, exist_ok=True)
    sys.argv = ["mcgan", *words]  # what a run notes as its command
    with said_by(folder).open("w") as file, redirect_stdout(file), redirect_stderr(file):
        code = mcgan(words)
    sys.exit(code)


def said_by(folder: Path) -> Path:
    return folder.with_name(folder.name + ".txt")


def outcome(folder: Path, code: int, condense: Condense) -> dict[str, Any] | None:
    """What is kept of a run, or the sentence of its refusal; None: to be run again."""
    last = (said_by(folder).read_text(encoding="utf-8").splitlines() or [""])[-1]
    if not folder.is_dir():
        return {"refused": last.removeprefix("mcgan train: ")} if code == 2 else None
    content = RunDirectory(folder).result()
    if content is None or (code == 2 and " is already " not in last):
        return None
    return condense(folder, content)


class Clock:
    """Minutes so far, and the seconds of the CPU that the run took which has just ended."""

    def __init__(self) -> None:
        self.begun, self.spent = time.monotonic(), self.children()

    def children(self) -> float:
        return sum(os.times()[2:4])

    def read(self) -> str:
        before, self.spent = self.spent, self.children()
        minutes = (time.monotonic() - self.begun) / 60
        return f"{minutes:.1f} min, {self.spent - before:.0f} s:"
