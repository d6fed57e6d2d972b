"""What `mcgan evaluate` and `mcgan sample` do with a trained run."""

from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from mcgan.config.paths import show_path
from mcgan.dataset.array_files import DAMAGED
from mcgan.errors import UserError, one_line
from mcgan.experiment.trained import TrainedRun
from mcgan.system.device import device_of
from mcgan.view.figures.sample_files import SampleFile, write_samples
from mcgan.view.terminal.summary import closing


def evaluate(folder: Path, overrides: list[str]) -> dict[str, Any]:
    """Measure a run again with other settings; the table, and a file of its own in the run."""
    run = TrainedRun(folder, overrides)
    scores = run.evaluate()
    content, saved = run._save(scores, run.config)
    how = f"measured by protocol {scores.protocol.name}, {scores.samples:,} samples,"
    closing(show_path(folder), content, how, saved=show_path(saved))
    return content


def sample(
    folder: Path,
    out: Path,
    n: int | None = None,
    replica: int = 0,
    seed: int = 0,
    latents: Path | None = None,
    device: str | None = None,
    interpolate: int | None = None,
) -> None:
    """Writes samples, or those of latents in a file, as the name of ``out`` says.

    An array in data units (.npy, .npz), a table of vectors (.csv), a picture of all of them (.png),
    or a folder of pictures.
    """
    on = device_of(device, "--device ") if device else None
    run = TrainedRun(folder, [f"train.device={on}"] if on else [])
    given = None if latents is None else read_file(latents)
    x = run.sample(n, replica, seed, given, on, interpolate)
    write_samples(out, SampleFile(x, lambda: run.dataset, interpolate, heading(run, replica)))


def heading(run: TrainedRun, replica: int) -> str:
    """The title of a picture of samples: the dataset, the step and the replica's seed."""
    name = run.config["dataset"]["_target_"].rpartition(".")[2]
    return f"{name}, step {run._checkpoint[0]:,}, seed {run.seeds[replica]}"


def read_file(path: Path) -> np.ndarray[Any, Any] | Tensor:
    """The array in a .npy file. Raises UserError where there is none."""
    try:
        found = np.load(path, allow_pickle=False)
    except DAMAGED as error:
        raise UserError(
            f"--latents {path} cannot be read as an array ({one_line(error)}): "
            "give a .npy file, as numpy.save writes it"
        ) from error
    if not isinstance(found, np.ndarray):
        found.close()
        raise UserError(f"--latents {path} holds several arrays: give a .npy file of one")
    return found
