"""Moments of a run at which something happens to it: an `Act` before, in or after a call."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from mcgan.engine.in_place import InPlaceMove
from mcgan.engine.trainer import Trainer
from mcgan.experiment.evaluator import Evaluator
from mcgan.experiment.recorder import Recorder
from mcgan.run import checkpoint, metrics_log
from mcgan.run.directory import RunDirectory
from mcgan.run.metrics_log import MetricsLog
from mcgan.system import atomic, lock

Act = Callable[[], object]


class Moment(NamedTuple):
    """A function that a run calls; `most` is how often a small run does, about."""

    place: Any
    name: str
    most: int


CALLS = {
    "signing the lock": Moment(lock, "sign", 2),
    "naming a temporary file": Moment(atomic, "temporary_name", 25),
    "fsync": Moment(os, "fsync", 60),
    "rename": Moment(os, "replace", 25),
    "fsync of a folder": Moment(atomic, "sync_folder", 30),
    "pruning": Moment(Path, "unlink", 12),
    "a checkpoint": Moment(checkpoint, "save", 6),
    "status.json": Moment(RunDirectory, "_write", 14),
    "result.json": Moment(RunDirectory, "save_result", 1),
    "a row": Moment(MetricsLog, "append", 14),
    "fsync of the rows": Moment(MetricsLog, "sync", 6),
    "a step": Moment(Trainer, "step", 40),
    "a move of a player": Moment(InPlaceMove, "__call__", 80),
    "an update": Moment(InPlaceMove, "_update", 80),
    "drawing an evaluation": Moment(Evaluator, "measure", 3),
    "concluding an evaluation": Moment(Evaluator, "conclude", 3),
    "a picture": Moment(Recorder, "figure", 4),
    "the last words": Moment(Recorder, "finish", 1),
}
FILES = {"half of a file": atomic, "half a row": metrics_log}  # modules whose writes are halved


@dataclass
class Hurt:
    """Acts in a fork at a moment of its run: the n-th time, before or after the call."""

    moment: str
    count: int
    late: bool
    act: Act

    def __call__(self) -> None:
        """Prepares the process: to be called in it, before its command."""
        if self.moment in FILES:
            module: Any = FILES[self.moment]
            module.open = self.count_calls(open, half=True)
            return
        place, name, _ = CALLS[self.moment]
        setattr(place, name, self.count_calls(getattr(place, name)))

    def count_calls(self, function: Callable[..., Any], half: bool = False) -> Callable[..., Any]:
        left = [self.count]

        def counted(*words: Any, **named: Any) -> Any:
            left[0] -= 1
            now = left[0] == 0
            if now and not self.late and not half:
                self.act()
            result = function(*words, **named)
            if now and half:
                return HalfFile(result, self.act)
            if now and self.late:
                self.act()
            return result

        return counted


class HalfFile:
    """A file whose first write stops in the middle."""

    def __init__(self, file: Any, act: Act) -> None:
        self.file, self.act = file, act

    def __enter__(self) -> "HalfFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.file)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, data: Any) -> int:
        self.file.write(data[: len(data) // 2])
        self.file.flush()
        self.act()
        return int(self.file.write(data[len(data) // 2 :]))


def choose(draw: Random, act: Act) -> Hurt:
    """Any moment, any of its times."""
    moment = draw.choice([*CALLS, *FILES])
    most = CALLS[moment].most if moment in CALLS else 12
    return Hurt(moment, draw.randint(1, most), draw.random() < 0.5, act)
