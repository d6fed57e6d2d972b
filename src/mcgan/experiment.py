"""A run from its configuration: train it, go on with it, measure it again, draw from it."""

import io
import logging
import shlex
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from omegaconf import DictConfig
from torch import Tensor

from mcgan import worker
from mcgan.draws import stream
from mcgan.errors import UserError
from mcgan.loop import Loop
from mcgan.metrics.evaluate import evaluate as measured
from mcgan.metrics.evaluate import reference
from mcgan.outcome import ENDED, Outcome
from mcgan.overrides import EVALUATED, RESUMED, checked, overridden
from mcgan.parts import Parts
from mcgan.paths import shown
from mcgan.run import atomic
from mcgan.run.directory import RunDirectory
from mcgan.run.recorder import Recorder
from mcgan.run.result import result
from mcgan.signals import interruptible
from mcgan.trainer import Trainer
from mcgan.view.console import closing
from mcgan.view.progress import progress

log = logging.getLogger(__name__)

THREADS = torch.get_num_threads()  # torch's own choice, before any run asked for another
SCORE = "modes_strict"  # the number a sweeper maximises


def fit(cfg: DictConfig, out: Path) -> Outcome:
    """Train a new run in the folder ``out``. A UserError comes before anything is written."""
    parts = Parts(checked(cfg))
    set_up(parts.config["train"])
    compiled, why = parts.compiles()
    trainer = trainer_of(parts, compiled)
    run = RunDirectory(out)
    with run.lock(), interruptible() as signals:
        run.start(parts.config, parts.steps)
        run.mark("running", compiled=compiled, compiled_why=why, threads=torch.get_num_threads())
        log.info("%s, %s", "compiled" if compiled else "eager", why)
        return trained(parts, trainer, run, signals)


def resume(folder: Path, overrides: list[str]) -> Outcome:
    """Go on from the newest good checkpoint, bit for bit; compiled, and on as many threads, as
    before."""
    run = RunDirectory(folder)
    parts = Parts(overridden(run.config(), overrides, RESUMED))
    with run.lock(), interruptible() as signals:
        step, state = run.load()
        if step >= parts.steps and run.status()["state"] in ENDED:
            raise UserError(f"{folder} has done its {step} steps: "
                            f"give it more, such as train.steps={2 * step}")
        status = run.status()
        set_up(parts.config["train"], status.get("threads"))
        trainer = trainer_of(parts, bool(status.get("compiled")))
        run.restart(parts.steps, parts.config)
        log.info("resuming %s at step %s", folder, f"{step:,}")
        return trained(parts, trainer, run, signals, state)


def set_up(train: Mapping[str, Any], threads: int | None = None) -> None:
    """The process for a run: on ``threads`` where the settings of ``train`` leave them open."""
    torch.set_num_threads(train["threads"] or threads or THREADS)
    torch.set_flush_denormal(True)  # gradients that vanish make steps up to twice as slow
    tf32 = train.get("precision") == "tf32"
    torch.set_float32_matmul_precision("high" if tf32 else "highest")
    torch.backends.cudnn.allow_tf32 = tf32
    if torch.cuda.is_available():
        torch.cuda.set_device(worker.gpu(torch.cuda.device_count()))
    logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)  # CUDA's absence is fine


def trainer_of(parts: Parts, compiled: bool) -> Trainer:
    trainer = parts.trainer(compiled)
    for note in parts.notes:
        log.info("note: %s", note)
    return trainer


def trained(parts: Parts, trainer: Trainer, run: RunDirectory, signals: list[int],
            saved: dict[str, Any] | None = None) -> Outcome:
    """Run the loop to its end and record how it ended. The caller holds the run's lock."""
    first = saved["trainer"]["count"] if saved else None
    recorder = Recorder(run, resume_step=first, images=parts.dataset.classified)
    try:
        with progress(parts.steps, first or 0) as bar:
            loop = Loop(parts, trainer, run, recorder, bar)
            if saved:
                loop.restore(saved)
            begin = time.perf_counter()
            state = loop.go(signals)
        seconds = time.perf_counter() - begin
        return interrupted(loop, signals[0]) if state == "interrupted" else ended(
            loop, state, seconds)
    except BaseException:
        recorder.close("failed")
        raise


def interrupted(loop: Loop, number: int) -> Outcome:
    step = loop.trainer.count
    loop.recorder.finish("interrupted", step=step)
    log.info("interrupted at step %s, saved; go on with: mcgan resume %s", f"{step:,}",
             shown(loop.run.folder))
    return Outcome("interrupted", None, number)


def ended(loop: Loop, state: str, seconds: float) -> Outcome:
    """Record the end: measures, and the table."""
    step = loop.trainer.count
    if state != "done":
        loop.monitor.look(step, set(loop.dead), last=True)
    content = summary(loop, step) | {"seconds": round(seconds, 3), "state": state}
    score = content["metrics"][SCORE]["mean"]
    loop.recorder.finish(state, content, step=step, score=score)  # type: ignore[arg-type]
    closing(shown(loop.run.folder), content, state)
    return Outcome(state, score)


def summary(loop: Loop, step: int) -> dict[str, Any]:
    """The content of result.json."""
    parts, monitor = loop.parts, loop.monitor
    dead = [found._asdict() | {"seed": parts.seeds[found.replica]} for found in loop.dead.values()]
    content = report(parts, monitor.values, monitor.reference, step)
    return content | {"diverged": dead, "compiled": bool(loop.run.status().get("compiled")),
                      "verdict": monitor.detector.report()}


def report(parts: Parts, values: Any, rows: Any, step: int) -> dict[str, Any]:
    content = result(
        values, rows, step=step, seeds=parts.seeds, protocol=dict(parts.config["protocol"]),
        evaluation={"samples": parts.config["eval"]["samples"]}, facts=parts.dataset.facts(),
        command=shlex.join(["mcgan", *typed()]),
    )
    return content | {"notes": parts.notes}  # such as that samplers use what they know of real data


def typed() -> list[str]:
    """The words after ``mcgan``; while Hydra runs, it is given them without the verb."""
    words = sys.argv[1:]
    return words if words[:1] in (["train"], ["resume"], ["evaluate"]) else ["train", *words]


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
            raise UserError(f"{self.run.folder} has no replica {replica}: choose 0 to {last}")
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
    saved = trained.run.save_evaluation(f"{parts.protocol.name}-{count}", content)
    how = f"measured by protocol {parts.protocol.name}, {count:,} samples,"
    closing(shown(folder), content, how, saved=shown(saved))
    return content


def sample(folder: Path, n: int, replica: int, seed: int, out: Path) -> None:
    """Write n samples: an array in data units (.npy), or a picture (.png)."""
    trained = load(folder)
    x = trained.draw(n, replica, stream(seed, "sample", replica))
    if out.suffix == ".npy":
        array = io.BytesIO()
        np.save(array, (x * trained.parts.dataset.scale).numpy())
        atomic.write_bytes(out, array.getvalue())
        return
    from mcgan.view.figures import pictures
    from mcgan.view.style import png

    seeds = [trained.parts.seeds[replica]]
    scores = measured(x, trained.parts.dataset, trained.parts.protocol)
    rows = reference(trained.parts.dataset, n, trained.parts.protocol)
    drawn = pictures(x.unsqueeze(0), trained.parts.dataset, reference=rows, seeds=seeds,
                     step=trained.step, values={key: [value] for key, value in scores.items()})
    atomic.write_bytes(out, png(drawn["samples"]))
