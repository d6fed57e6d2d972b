"""A run from its configuration: train it, or go on with it."""

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from mcgan.config.choices import Choices
from mcgan.config.meanings import read_meanings
from mcgan.config.overrides import RESUMED, overridden, split_insistence
from mcgan.config.paths import show_path, with_absolute_files
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.experiment.capturing import capture_if_asked
from mcgan.experiment.company import company, ranks_of
from mcgan.experiment.components import Components, build_components
from mcgan.experiment.first_weights import read_first_weights
from mcgan.experiment.kept_classifier import build_as_kept, keep_classifier
from mcgan.experiment.loop import Loop
from mcgan.experiment.recorder import Recorder
from mcgan.experiment.result import report
from mcgan.experiment.same_data import check_data
from mcgan.experiment.steps import train
from mcgan.run.directory import RunDirectory, is_lean
from mcgan.run.existing import read_settings
from mcgan.run.states import ENDED, Outcome, RunState
from mcgan.run.used import read_used
from mcgan.system.device import set_up
from mcgan.system.signals import interruptible
from mcgan.view.terminal.progress import progress
from mcgan.view.terminal.screen import Screen
from mcgan.view.terminal.summary import closing

log = logging.getLogger(__name__)

TERMINAL = Screen()
SCORE = "modes_strict"  # the number a sweeper maximises


def fit(
    config: Mapping[str, Any], out: Path, choices: Choices | None = None, screen: Screen = TERMINAL
) -> Outcome:
    """Train a new run in the folder ``out``. A UserError comes before anything is written.

    `config` and `choices` are as `mcgan.config.compose` gives them: checked, and which option was
    chosen of each group. The caller holds the run's lock.
    """
    parts = build_components(config)
    parts.first = read_first_weights(config)
    set_up(parts.config["train"], parts.threads)
    compiled, why = parts.compiles()
    trainer = trainer_of(parts, compiled)
    run = RunDirectory(out)
    with interruptible() as signals:
        record_start(run, parts, choices, compiled, why)
        return train_to_end(parts, trainer, run, signals, screen=screen)


def record_start(
    run: RunDirectory, parts: Components, choices: Choices | None, compiled: bool, why: str
) -> None:
    """A new run's folder as it is before the first step, and whether it is compiled, and why."""
    run.start(parts.config, parts.steps, choices)
    run.mark(
        RunState.RUNNING,
        compiled=compiled,
        compiled_why=why,
        threads=torch.get_num_threads(),
        data=parts.dataset.fingerprint(),
    )
    log.info("%s (%s)", "compiled" if compiled else "not compiled", why)


def resume(folder: Path, overrides: list[str], screen: Screen = TERMINAL) -> Outcome:
    """Go on from the newest good checkpoint, bit for bit; compiled, and on as many threads, as
    before. The caller holds the run's lock. Raises UserError where its data have changed."""
    run = RunDirectory(folder)
    words, insists = split_insistence(overrides)
    parts = build_as_kept(run, with_absolute_files(overridden(read_settings(run), words, RESUMED)))
    with interruptible() as signals:
        step, state = run.load()
        run.recover(state)
        check_data(run, parts.dataset, insists)
        status = run.status()
        ended = status["state"] in ENDED
        check_steps(folder, step, parts.steps, ended)
        set_up(parts.config["train"], status.get("threads"))
        trainer = trainer_of(parts, bool(status.get("compiled")))
        run.restart(parts.steps, parts.config)
        run.mark(RunState.RUNNING, data=parts.dataset.fingerprint())
        log.info("resuming %s at step %s", folder, f"{step:,}")
        return train_to_end(parts, trainer, run, signals, state, screen, further=ended)


def check_steps(folder: Path, done: int, steps: int, ended: bool) -> None:
    """Raises UserError where a run has done more steps than asked for, or nothing is left to do."""
    if done > steps:
        raise UserError(
            f"{folder} has done {done} steps already, train.steps={steps} is fewer: "
            f"give it more, such as train.steps={2 * done}"
        )
    if done == steps and ended:
        raise UserError(
            f"{folder} has done its {done} steps: give it more, such as train.steps={2 * done}"
        )


def trainer_of(parts: Components, compiled: bool) -> Trainer:
    """The trainer of a run; notes of its parts go to the log."""
    trainer = parts.trainer(compiled, ranks_of(parts.config, compiled))
    capture_if_asked(trainer, parts.config)
    for note in parts.notes:
        log.info("note: %s", note)
    return trainer


def train_to_end(
    parts: Components,
    trainer: Trainer,
    run: RunDirectory,
    signals: list[int],
    saved: dict[str, Any] | None = None,
    screen: Screen = TERMINAL,
    further: bool = False,
) -> Outcome:
    """Run the loop to its end and record how it ended. The caller holds the run's lock.

    ``further``: the ``saved`` run had ended, and is to train on.
    """
    keep_classifier(run, parts.dataset)
    first = saved["trainer"]["count"] if saved else None
    recorder = make_recorder(run, parts, first)
    try:
        with progress(
            parts.steps, first or 0, screen.progress, compiles=bool(run.status().get("compiled"))
        ) as bar:
            loop = Loop(parts, trainer, run, recorder, bar)
            if saved:
                loop.restore(saved)
            begin = time.perf_counter()
            with company(trainer, parts.config, run.folder):
                state = train(loop, trainer, signals, further)
        seconds = time.perf_counter() - begin
        if state == RunState.INTERRUPTED:
            return record_interruption(loop, signals[0])
        return record_end(loop, state, seconds, screen)
    except BaseException:
        recorder.close(RunState.FAILED)
        raise


def record_interruption(loop: Loop, number: int) -> Outcome:
    """The end of a run that signal ``number`` stopped: stored, and told in the log."""
    step = loop.trainer.count
    loop.recorder.finish(RunState.INTERRUPTED, step=step, signal=number)
    log.info(
        "interrupted at step %s, saved; go on with: mcgan resume %s",
        f"{step:,}",
        show_path(loop.run.folder),
    )
    return Outcome(RunState.INTERRUPTED, None, number)


def make_recorder(run: RunDirectory, parts: Components, first: int | None) -> Recorder:
    """The recorder of a run that goes on from step ``first``; None: from the start."""
    return Recorder(
        run,
        resume_step=first,
        tensorboard=not is_lean(parts.config),
        images=parts.dataset.classified,
    )


def record_end(loop: Loop, state: RunState, seconds: float, screen: Screen) -> Outcome:
    """Record the end: measures, and the table."""
    step = loop.trainer.count
    content = summary(loop, step) | {"seconds": round(seconds, 3), "state": state}
    score = content["metrics"][SCORE]["mean"]
    loop.recorder.finish(state, content, step=step, score=score)
    if is_lean(loop.components.config):
        loop.run.slim()
    closing(show_path(loop.run.folder), content, state, screen.table, offers=screen.offers)
    return Outcome(state, score)


def summary(loop: Loop, step: int) -> dict[str, Any]:
    """The content of result.json, once a run has ended."""
    parts, evaluator = loop.components, loop.evaluator
    dead = [found._asdict() | {"seed": parts.seeds[found.replica]} for found in loop.dead.values()]
    content = report(parts, evaluator.values, evaluator.measuring.reference, step)
    return content | {
        "diverged": dead,
        "compiled": bool(loop.run.status().get("compiled")),
        "verdict": evaluator.detector.report(set(loop.dead)),
        "meanings": read_meanings(read_used(loop.run)),
    }
