"""A job of a sweep that is trained as a lane: its folder and log are its own, the steps are not."""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

from mcgan.config.overrides import RESUMED, overridden
from mcgan.config.paths import with_absolute_files
from mcgan.dataset.base import ModalDataset
from mcgan.engine.lane_view import LaneView
from mcgan.engine.trainer import Lane, make_lane
from mcgan.errors import UserError
from mcgan.experiment import start
from mcgan.experiment.capturing import captures
from mcgan.experiment.components import Components, build_components
from mcgan.experiment.first_weights import read_first_weights
from mcgan.experiment.fit import (
    check_steps,
    make_recorder,
    record_end,
    record_interruption,
    record_start,
)
from mcgan.experiment.kept_classifier import build_as_kept, keep_classifier
from mcgan.experiment.lanes.composed import Job
from mcgan.experiment.loop import Loop
from mcgan.experiment.measuring import Measuring
from mcgan.experiment.recorder import Recorder
from mcgan.experiment.same_data import check_data
from mcgan.run import existing
from mcgan.run.directory import RunDirectory, log_of
from mcgan.run.existing import Plan, read_settings
from mcgan.run.states import Outcome, RunState
from mcgan.system.device import device_of
from mcgan.system.logs import lane_log
from mcgan.types import Tensors
from mcgan.view.terminal.progress import Lines
from mcgan.view.terminal.screen import QUIET, Screen

log = logging.getLogger(__name__)


class Known(NamedTuple):
    """What new runs of a sweep have together, by the settings that it depends on."""

    datasets: dict[str, ModalDataset]  # loaded ones
    measuring: dict[str, Measuring]  # with the scores of a perfect sampler, once they are known


class LaneRun:
    """The run of a job, from its folder to its outcome.

    outcome  what became of it, or the error that ended it; None while neither is known
    parts    its components, once they are built; lanes: one for each of its replicas
    saved    the checkpoint that it goes on from
    """

    parts: Components
    lanes: Sequence[Lane]
    loop: Loop

    def __init__(self, job: Job) -> None:
        self.job, self.run = job, RunDirectory(job.out)
        self.outcome: Outcome | Exception | None = None
        self.saved: dict[str, Any] | None = None
        self.recorder: Recorder | None = None
        self.held = ExitStack()  # its folder
        self.began = time.perf_counter()

    def attempt(self, act: Callable[..., None], *given: Any) -> None:
        """``act(*given)``, its messages in the log of this run; an error ends this run alone."""
        with lane_log(log_of(self.job.out, self.job.config), self.job.out.name):
            try:
                act(*given)
            except Exception as error:
                self.fail(error)

    def prepare(self, known: Known) -> None:
        """Takes the folder and builds what is to be trained, unless the run has ended before."""
        self.held.enter_context(start.run_folder(self.job.out, self.job.made, sweeping=True))
        plan = existing.decide(self.job.out, self.job.config, sweeping=True)
        if plan is Plan.SKIP:
            self.close(start.skip(self.job.out))
            return
        config = self.run.config() if plan is Plan.CONTINUE else self.job.config
        check_devices(config)
        captures(config)  # for its mistakes
        self.saved, self.parts = (
            self.take_up() if plan is Plan.CONTINUE else (None, self.build(known))
        )
        parts = self.parts
        draw = parts.dataset.draws_on(device_of(self.job.config["train"]["device"]))
        self.lanes = [make_lane(parts.game(seed), parts.optim, draw, seed) for seed in parts.seeds]
        parts.notes = self.lanes[0].game.notes()

    def build(self, known: Known) -> Components:
        """The components of a new run."""
        start.write_origin(self.job.out, self.job.config, self.job.words)
        config = with_absolute_files(self.job.config)
        data, measured = (
            json.dumps([config[group] for group in groups], default=str)
            for groups in (("dataset",), ("dataset", "protocol", "eval"))
        )
        parts = build_components(config, loaded=known.datasets.get(data))
        parts.first = read_first_weights(config)
        parts.measuring = known.measuring.get(measured) or parts.measuring
        known.datasets[data], known.measuring[measured] = parts.dataset, parts.measuring
        return parts

    def take_up(self) -> tuple[dict[str, Any], Components]:
        """The last checkpoint of a run that was interrupted, and its components."""
        config = overridden(read_settings(self.run), [], RESUMED)
        parts = build_as_kept(self.run, with_absolute_files(config))
        step, saved = self.run.load()
        self.run.recover(saved)
        check_data(self.run, parts.dataset, insists=False)
        check_steps(self.job.out, step, parts.steps, ended=False)
        return saved, parts

    @property
    def kept(self) -> dict[str, Any]:
        """What a run that goes on keeps of how it was trained."""
        return self.run.status() if self.saved else {}

    def pace(self) -> str:
        """What runs must have in common to be due at the same steps and compiled alike."""
        config, status = self.parts.config, self.kept
        step = self.saved["trainer"]["count"] if self.saved else 0
        return json.dumps(
            [
                config["train"],
                config["eval"]["every"],
                config["replicas"],
                step,
                status.get("compiled"),
                status.get("threads"),
            ],
            sort_keys=True,
        )

    def begin(self, view: LaneView, compiled: bool, why: str) -> None:
        """The run as it is before its first step in this process."""
        parts = self.parts
        if self.saved:
            self.run.restart(parts.steps, parts.config)
            self.run.mark(RunState.RUNNING, data=parts.dataset.fingerprint())
        else:
            record_start(self.run, parts, self.job.choices, compiled, why)
        for note in parts.notes:
            log.info("note: %s", note)
        keep_classifier(self.run, parts.dataset)
        done = self.saved["trainer"]["count"] if self.saved else None
        self.recorder = make_recorder(self.run, parts, done)
        self.loop = Loop(parts, view, self.run, self.recorder, Lines(parts.steps, done or 0, QUIET))
        self.began = time.perf_counter()
        if self.saved:
            self.go_on(self.saved)

    def go_on(self, saved: dict[str, Any]) -> None:
        """Takes up a checkpoint, which may be the run's last one."""
        log.info("resuming %s at step %s", self.job.out, f"{saved['trainer']['count']:,}")
        self.loop.restore(saved)
        state = self.loop.state_at_start()
        if state != RunState.RUNNING:
            self.loop.close()
            self.finish(state)

    def follow(self, columns: Tensors, seconds: float, steps: int, signals: Sequence[int]) -> None:
        """Do what is due after ``steps``, which took ``seconds`` and measured ``columns``."""
        self.loop.window.hold(columns)
        self.loop.clock.add(seconds, steps)
        state = self.loop.follow(interrupted=bool(signals))
        if state == RunState.INTERRUPTED:
            self.close(record_interruption(self.loop, signals[0]))
        elif state != RunState.RUNNING:
            self.finish(state)

    def finish(self, state: RunState) -> None:
        """Records the run's end in its folder, with the seconds it took among the other lanes."""
        seconds = time.perf_counter() - self.began
        self.close(record_end(self.loop, state, seconds, Screen(QUIET, QUIET)))

    def close(self, outcome: Outcome) -> None:
        """The end of the run in this process; its folder is free."""
        self.outcome = outcome
        self.held.close()

    def fail(self, error: Exception) -> None:
        """The end of the run by an error, which its folder tells."""
        self.outcome = error
        if self.recorder:
            self.recorder.close(RunState.FAILED)
        self.leave(error)

    def leave(self, error: BaseException) -> None:
        """Frees the folder as an error leaves it; nothing stays of a run that had not begun."""
        self.held.__exit__(type(error), error, error.__traceback__)


def check_devices(config: Mapping[str, Any]) -> None:
    """Raises UserError where a run is one of several processes: a lane is within one."""
    if config["train"].get("devices", 1) > 1:
        raise UserError("train.devices above 1 is for one run: leave hydra/launcher=vectorized out")
