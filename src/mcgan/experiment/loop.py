"""The training loop: steps, log lines, evaluations and checkpoints, each when it is due."""

import logging
import time
from typing import Any

from mcgan.engine.trainer import Trainer
from mcgan.experiment.components import Parts
from mcgan.experiment.evaluator import Monitor, Values
from mcgan.experiment.recorder import Recorder
from mcgan.experiment.window import Casualty, Window, casualties, means
from mcgan.gan.strategy import Tensors
from mcgan.metrics.interval import mean_interval
from mcgan.metrics.measures import measure
from mcgan.run.directory import RunDirectory
from mcgan.run.states import RunState
from mcgan.view.terminal.progress import Progress

log = logging.getLogger(__name__)


class Loop:
    """Trains a run to its end, and knows which replicas died on the way."""

    def __init__(self, parts: Parts, trainer: Trainer, run: RunDirectory, recorder: Recorder,
                 progress: Progress) -> None:
        self.parts, self.trainer, self.run = parts, trainer, run
        self.recorder, self.progress = recorder, progress
        self.monitor = Monitor(parts, trainer, recorder)
        self.when, self.eval_every = parts.config["train"], parts.config["eval"]["every"]
        self.window = Window(trainer.count)
        self.dead: dict[int, Casualty] = {}
        self.seconds = 0.0  # spent on steps, in this process

    def go(self, signals: list[int]) -> RunState:
        """The state in which training ended; a signal, once in ``signals``, interrupts it."""
        state = RunState.RUNNING if self.trainer.count < self.parts.steps else RunState.DONE
        while state == RunState.RUNNING:
            state = self.once(signals)
        return state

    def once(self, signals: list[int]) -> RunState:
        begin = time.perf_counter()
        self.window.add(self.trainer.step())
        self.seconds += time.perf_counter() - begin
        step, last = self.trainer.count, self.trainer.count >= self.parts.steps
        if last or step % self.when["log_every"] == 0:
            self.log_line(step)
        if last or (self.eval_every and step % self.eval_every == 0):
            self.log_line(step)
            self.progress.update(step, shown(self.monitor.look(step, set(self.dead), last)))
        if last or signals or step % self.when["checkpoint_every"] == 0:
            self.save(step)
        return self.state(last, signals)

    def state(self, last: bool, signals: list[int]) -> RunState:
        if len(self.dead) == len(self.parts.seeds):
            return RunState.DIVERGED
        if last:
            return RunState.DONE
        if signals:
            return RunState.INTERRUPTED
        stops = self.when["stop_on"] == "collapse" and self.monitor.detector.collapsed
        return RunState.COLLAPSED if stops else RunState.RUNNING

    def log_line(self, step: int) -> None:
        """The window's means, and who died in it; nothing for an empty window."""
        if not self.window.steps:
            return
        columns = self.window.columns()
        self.bury(columns)
        values = {tag: self.living(each) for tag, each in means(columns).items()}
        self.recorder.train(step, {**values, "time/step_ms": [self.pace()]})
        self.progress.update(step)
        self.window = Window(step)

    def bury(self, columns: Tensors) -> None:
        for found in casualties(columns, self.window.first, self.trainer.turns):
            if found.replica not in self.dead:
                self.dead[found.replica] = found
                log.warning("seed %d diverged at step %d: %s of %s is not finite; it stays as it "
                            "was before", self.parts.seeds[found.replica], found.step, found.term,
                            found.player)

    def living(self, values: list[Any]) -> list[Any]:
        return [None if i in self.dead else value for i, value in enumerate(values)]

    def pace(self) -> float:
        """Milliseconds a step, of this window."""
        pace = self.seconds / len(self.window.steps) * 1e3
        self.seconds = 0.0
        return pace

    def save(self, step: int) -> None:
        columns = self.window.columns()
        self.bury(columns)
        if not all(self.trainer.sound()):
            log.warning("step %s is not saved: its weights are not finite", f"{step:,}")
            return
        self.run.save(step, {
            "trainer": self.trainer.checkpoint(),
            "window": {"first": self.window.first, "held": columns},
            "dead": [list(found) for found in self.dead.values()],
            "health": self.monitor.detector.history.checkpoint(),
            "values": self.monitor.values,
            "visits": self.monitor.visits.checkpoint(),
        })

    def restore(self, saved: dict[str, Any]) -> None:
        self.trainer.restore(saved["trainer"])
        self.window = Window(**saved["window"])
        self.dead = {found[0]: Casualty(*found) for found in saved["dead"]}
        self.monitor.values = saved["values"]
        self.monitor.detector.history.restore(saved["health"])
        self.monitor.visits.restore(saved["visits"])


def shown(values: Values) -> dict[str, str]:
    """The scores a progress line has room for: means over the replicas."""
    spreads = {key: mean_interval(values[key]).mean for key in ("modes_strict", "quality", "kl")}
    return {measure(key).label: measure(key).show(mean) for key, mean in spreads.items()}
