"""Runs that are trained as the lanes of one program until the last of them has ended."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace

from mcgan.engine.lane_trainer import LaneTrainer, find_differences
from mcgan.engine.lane_view import LaneView
from mcgan.experiment.capturing import capture_if_asked
from mcgan.experiment.lanes.job import LaneRun
from mcgan.experiment.window import Window
from mcgan.system.device import device_of, set_up
from mcgan.view.terminal.progress import Progress, progress
from mcgan.view.terminal.screen import Screen

log = logging.getLogger(__name__)


class Program:
    """A trainer of some runs of one structure and one pace. Each run follows as if it were alone.

    A run that has ended stays a lane until the last one ends, but nobody looks at it.
    """

    def __init__(self, runs: Sequence[LaneRun]) -> None:
        self.runs = runs
        first = runs[0].parts
        lanes = [lane for run in runs for lane in run.lanes]
        set_up(first.config["train"], runs[0].kept.get("threads"))
        device = device_of(first.config["train"]["device"])
        self.compiled, self.why = self.choose(len(lanes))
        self.trainer = LaneTrainer(lanes, find_differences(lanes), device, self.compiled)
        capture_if_asked(self.trainer, first.config)
        alone = device == "cpu" and not self.compiled
        width = len(runs[0].lanes)
        self.views = [LaneView(self.trainer, i * width, width, alone) for i in range(len(runs))]

    def choose(self, lanes: int) -> tuple[bool, str]:
        """Whether to compile so many lanes, and why; runs that go on are compiled as before."""
        status = self.runs[0].kept
        if status:
            return bool(status.get("compiled")), "as before"
        parts = self.runs[0].parts
        together = replace(parts, config={**parts.config, "replicas": lanes})
        compiled, why = together.compiles()
        return compiled, f"{why}; one of {len(self.runs)} runs in one program"

    def train(self, signals: list[int], screen: Screen) -> None:
        """Train until all runs have ended, or a signal interrupts them."""
        for run, view in zip(self.runs, self.views, strict=True):
            run.attempt(run.begin, view, self.compiled, self.why)
        steps, self.first = self.runs[0].parts.steps, self.trainer.count
        with progress(steps, self.first, screen.progress, compiles=self.compiled) as bar:
            while self.running():
                self.advance(signals, bar)
                bar.update(self.trainer.count, [f"{len(self.running())} of {len(self.runs)} runs"])

    def running(self) -> list[LaneRun]:
        """The runs that have not ended."""
        return [run for run in self.runs if run.outcome is None]

    def advance(self, signals: list[int], bar: Progress) -> None:
        """Steps until something is due, and what is due of each run."""
        window, begin = Window(self.trainer.count), time.perf_counter()
        window.add(self.trainer.step())
        if window.first == self.first:  # the first step compiles
            bar.begin(self.trainer.count)
        while not (signals or self.running()[0].loop.is_due()):
            window.add(self.trainer.step())
        seconds = (time.perf_counter() - begin) / len(self.runs)  # a run's share
        heard, columns = [*signals], window.columns()  # read once: a signal may come at any moment
        for run, view in zip(self.runs, self.views, strict=True):
            if run.outcome is None:
                own = {tag: column[:, view.rows] for tag, column in columns.items()}
                run.attempt(run.follow, own, seconds, len(window.steps), heard)
