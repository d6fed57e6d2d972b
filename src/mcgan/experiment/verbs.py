"""What `mcgan evaluate` and `mcgan sample` do with a trained run."""

import io
from pathlib import Path
from typing import Any

import numpy as np

from mcgan.config.paths import show_path
from mcgan.engine.draws import stream
from mcgan.experiment.evaluator import pictures
from mcgan.experiment.scores import Scores
from mcgan.experiment.trained import TrainedRun
from mcgan.system import atomic
from mcgan.view.terminal.summary import closing


def evaluate(folder: Path, overrides: list[str]) -> dict[str, Any]:
    """Measure a run again with other settings; the table, and a file of its own in the run."""
    run = TrainedRun(folder, overrides)
    scores = run.evaluate()
    content, saved = run._save(scores, run.config)
    how = f"measured by protocol {scores.protocol.name}, {scores.samples:,} samples,"
    closing(show_path(folder), content, how, saved=show_path(saved))
    return content


def sample(folder: Path, n: int, replica: int, seed: int, out: Path) -> None:
    """Write n samples: an array in data units (.npy), or a picture (.png)."""
    run = TrainedRun(folder)
    if out.suffix == ".npy":
        array = io.BytesIO()
        np.save(array, run.sample(n, replica, seed).numpy())
        atomic.write_bytes(out, array.getvalue())
        return
    from mcgan.view.figures.style import png

    x, dataset = run._draw(n, replica, stream(seed, "sample", replica)), run.dataset
    scores = Scores([x], dataset, run._parts.protocol)
    drawn = pictures(x[None], dataset, reference=scores.reference, values=scores.each,
                     seeds=[run.seeds[replica]], step=run._checkpoint[0])
    atomic.write_bytes(out, png(drawn["samples"]))
