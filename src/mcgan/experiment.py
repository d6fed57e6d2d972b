"""A run from its configuration: train it, go on with it, measure it again, draw from it."""

import logging
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from omegaconf import DictConfig
from torch import Tensor

from mcgan.draws import stream
from mcgan.errors import UserError
from mcgan.loop import Loop
from mcgan.metrics.evaluate import evaluate as measured
from mcgan.metrics.evaluate import reference
from mcgan.outcome import Outcome
from mcgan.overrides import EVALUATED, RESUMED, checked, overridden
from mcgan.parts import Parts
from mcgan.run.directory import RunDirectory
from mcgan.run.recorder import Recorder
from mcgan.run.result import result
from mcgan.trainer import Trainer
from mcgan.view.console import closing
from mcgan.view.progress import progress

log = logging.getLogger(__name__)

SCORE = "modes_strict"  # the number a sweeper maximises


def fit(cfg: DictConfig, out: Path) -> Outcome:
    """Train a new run in the folder ``out``. A UserError comes before anything is written."""
    parts = Parts(checked(cfg))
    compiled, why = parts.compiles()
    trainer = trainer_of(parts, compiled)
    run = RunDirectory(out)
    with run.lock():
        run.start(parts.config, parts.steps)
        run.mark("running", compiled=compiled, compiled_why=why)
        log.info("%s, %s", "compiled" if compiled else "eager", why)
        return trained(parts, trainer, run, None)


def resume(folder: Path, overrides: list[str]) -> Outcome:
    """Go on from the newest good checkpoint, bit for bit; compiled or not as before."""
    run = RunDirectory(folder)
    parts = Parts(overridden(run.config(), overrides, RESUMED))
    with run.lock():
        step, state = run.load()
        if step >= parts.steps:
            raise UserError(f"{folder} has done its {step} steps: "
                            f"give it more, such as train.steps={2 * step}")
        trainer = trainer_of(parts, bool(run.status().get("compiled")))
        run.restart(parts.steps, parts.config)
        log.info("resuming %s at step %s", folder, f"{step:,}")
        return trained(parts, trainer, run, state)


def trainer_of(parts: Parts, compiled: bool) -> Trainer:
    threads = parts.config["train"]["threads"]
    if threads:
        torch.set_num_threads(threads)
    trainer = parts.trainer(compiled)
    for note in parts.notes:
        log.info("note: %s", note)
    return trainer


def trained(parts: Parts, trainer: Trainer, run: RunDirectory, saved: dict[str, Any] | None
            ) -> Outcome:
    """Run the loop to its end and record how it ended. The caller holds the run's lock."""
    first = saved["trainer"]["count"] if saved else None
    recorder = Recorder(run, resume_step=first)
    try:
        with progress(parts.steps, first or 0) as bar:
            loop = Loop(parts, trainer, run, recorder, bar)
            if saved:
                loop.restore(saved)
            begin = time.perf_counter()
            state, number = loop.go()
        return ended(loop, state, number, time.perf_counter() - begin)
    except BaseException:
        recorder.close("failed")
        raise


def ended(loop: Loop, state: str, number: int, seconds: float) -> Outcome:
    """Record the end: measures and table, unless the run is only interrupted."""
    step, run, recorder = loop.trainer.count, loop.run, loop.recorder
    if state == "interrupted":
        recorder.finish(state, step=step)
        log.info("interrupted at step %s, saved; go on with: mcgan resume %s", f"{step:,}",
                 run.folder)
        return Outcome(state, None, number)
    if state != "done":
        loop.monitor.look(step, set(loop.dead), last=True)
    content = summary(loop, step) | {"seconds": round(seconds, 3), "state": state}
    score = content["metrics"][SCORE]["mean"]
    recorder.finish(state, content, step=step, score=score)  # type: ignore[arg-type]
    closing(run.folder, content, state)
    return Outcome(state, score)


def summary(loop: Loop, step: int) -> dict[str, Any]:
    """The content of result.json."""
    parts, monitor = loop.parts, loop.monitor
    dead = [found._asdict() | {"seed": parts.seeds[found.replica]} for found in loop.dead.values()]
    content = report(parts, monitor.values, monitor.reference, step)
    return content | {"diverged": dead, "compiled": bool(loop.run.status().get("compiled"))}


def report(parts: Parts, values: Any, rows: Any, step: int) -> dict[str, Any]:
    return result(
        values, rows, step=step, seeds=parts.seeds, protocol=dict(parts.config["protocol"]),
        evaluation={"samples": parts.config["eval"]["samples"]}, facts=parts.dataset.facts(),
        command=" ".join(["mcgan", *sys.argv[1:]]),
    )


class Trained:
    """A trained run, to draw from."""

    def __init__(self, folder: Path | str, overrides: list[str] | None = None) -> None:
        self.run = RunDirectory(folder)
        self.parts = Parts(overridden(self.run.config(), overrides or [], EVALUATED))
        self.step, state = self.run.load()
        self.trainer = self.parts.trainer(compiled=False)
        self.trainer.restore(state["trainer"])
        self.sampler = self.trainer.game.sampler()

    def draw(self, n: int, replica: int, generator: torch.Generator) -> Tensor:
        """n samples in net units, (n, *shape), on the CPU. Raises UserError: no such replica."""
        if not 0 <= replica < len(self.parts.seeds):
            last = len(self.parts.seeds) - 1
            raise UserError(f"{self.run.folder} has no replica {replica}: choose one of 0 to {last}")
        return self.sampler(self.trainer.replica(replica), n, generator).x.cpu()

    def sample(self, n: int, replica: int = 0, seed: int = 0) -> Tensor:
        """n samples in data units, (n, *shape)."""
        return self.draw(n, replica, stream(seed, "sample", replica)) * self.parts.dataset.scale


def load(folder: Path | str) -> Trained:
    """A trained run, from its folder: ``mcgan.load('runs/demo').sample(1000)``."""
    return Trained(folder)


def evaluate(folder: Path, overrides: list[str]) -> dict[str, Any]:
    """Measure a run again with other settings; the table, and a file of its own in the run."""
    trained = Trained(folder, overrides)
    parts, count = trained.parts, trained.parts.config["eval"]["samples"]
    drawn = [trained.draw(count, i, stream(seed, "evaluation"))
             for i, seed in enumerate(parts.seeds)]
    scores = [measured(x, parts.dataset, parts.protocol) for x in drawn]
    values = {key: [s[key] for s in scores] for key in scores[0]}
    rows = reference(parts.dataset, count, parts.protocol)
    content = report(parts, values, rows, trained.step)
    trained.run.save_evaluation(f"{parts.protocol.name}-{count}", content)
    closing(folder, content)
    return content


def sample(folder: Path, n: int, replica: int, seed: int, out: Path) -> None:
    """Write n samples: an array in data units (.npy), or a picture (.png)."""
    trained = load(folder)
    x = trained.draw(n, replica, stream(seed, "sample", replica))
    if out.suffix == ".npy":
        np.save(out, (x * trained.parts.dataset.scale).numpy())
        return
    from mcgan.view.figures import pictures
    from mcgan.view.style import png

    words = {"step": trained.step, "seeds": [trained.parts.seeds[replica]]}
    scores = measured(x, trained.parts.dataset, trained.parts.protocol)
    rows = reference(trained.parts.dataset, n, trained.parts.protocol)
    drawn = pictures(x.unsqueeze(0), trained.parts.dataset, reference=rows, **words,
                     values={key: [value] for key, value in scores.items()})
    out.write_bytes(png(drawn["samples"]))
