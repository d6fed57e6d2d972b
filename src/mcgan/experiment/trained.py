"""A trained run: draw from it, and measure it again."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mcgan.config.overrides import EVALUATED, overridden
from mcgan.config.paths import shown
from mcgan.engine.draws import stream
from mcgan.errors import UserError
from mcgan.experiment.components import build_components
from mcgan.experiment.result import report
from mcgan.gan.sampling import sampler
from mcgan.metrics.evaluate import evaluate as measured
from mcgan.metrics.evaluate import reference
from mcgan.run.directory import RunDirectory
from mcgan.system import atomic
from mcgan.view.terminal.summary import closing


class Trained:
    """A trained run, to draw from."""

    def __init__(self, folder: Path | str, overrides: list[str] | None = None) -> None:
        self.run = RunDirectory(folder)
        self.parts = build_components(overridden(self.run.config(), overrides or [], EVALUATED))
        self.step, state = self.run.load()
        self.trainer = self.parts.trainer(compiled=False)
        self.trainer.restore(state["trainer"])
        self.sampler = sampler(self.trainer.game)

    def draw(self, n: int, replica: int, generator: torch.Generator) -> Tensor:
        """n samples in net units, (n, *shape), on the CPU. Raises UserError: no such replica."""
        if not 0 <= replica < len(self.parts.seeds):
            last = len(self.parts.seeds) - 1
            raise UserError(f"{self.run.folder} has no replica {replica}: choose 0 to {last}")
        return self.sampler(self.trainer.replicas.replica(replica), n, generator).x.cpu()

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
    from mcgan.view.figures.evaluation import pictures
    from mcgan.view.figures.style import png

    seeds = [trained.parts.seeds[replica]]
    scores = measured(x, trained.parts.dataset, trained.parts.protocol)
    rows = reference(trained.parts.dataset, n, trained.parts.protocol)
    drawn = pictures(x.unsqueeze(0), trained.parts.dataset, reference=rows, seeds=seeds,
                     step=trained.step, values={key: [value] for key, value in scores.items()})
    atomic.write_bytes(out, png(drawn["samples"]))
