"""Our own runs as samples that can be judged: what a generator draws, and its data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from mcgan.config.paths import show_path
from mcgan.dataset.base import ModalDataset
from mcgan.dataset.data_units import net_units
from mcgan.experiment.trained import TrainedRun
from mcgan.run.find import LATEST, run_of

PREFIX = "run:"  # names a run where a file or folder is called the same
Draw = Callable[[int], Any]


def find_run(source: Any) -> TrainedRun | None:
    """The run that a source is or names; None for any other source."""
    if isinstance(source, TrainedRun):
        return source
    if not isinstance(source, (str, Path)):
        return None
    word = str(source)
    if word.startswith(PREFIX):
        return TrainedRun(run_of(word.removeprefix(PREFIX)))
    return TrainedRun(run_of(word)) if names_run(word) else None


def names_run(word: str) -> bool:
    """Whether a word without `run:` means a run: a folder that is one, or a name under runs/."""
    if Path(word).exists():
        return (Path(word) / "config.yaml").is_file()
    return word == LATEST or (Path("runs", word) / "config.yaml").is_file()


def fakes_of(source: Any, modes: bool, seed: int) -> Any:
    """The source, or for a run what its generator draws."""
    run = find_run(source)
    if run is None:
        return source

    def draw(n: int) -> Any:
        return with_modes(run.sample(n, seed=seed), run.dataset, modes)

    return called(draw, str(show_path(run.folder)))


def real_of(source: Any, modes: bool, seed: int) -> Any:
    """The source, or for a run or a dataset of ours the data, each example once."""
    run = find_run(source)
    if run is None and not isinstance(source, ModalDataset):
        return source
    dataset = source if run is None else run.dataset
    name = type(dataset).__name__ if run is None else f"the data of {show_path(run.folder)}"

    def draw(n: int) -> Any:
        rows = dataset.sample(n, seed=seed)
        first = np.unique(rows.flatten(1).numpy(), axis=0, return_index=True)[1]
        return with_modes(rows[np.sort(first)], dataset, modes)  # draws may be with replacement

    return called(draw, name)


def with_modes(rows: Tensor, dataset: ModalDataset, modes: bool) -> Any:
    """The rows in data units, with the modes that the dataset sees where ``modes``."""
    if not modes:
        return rows
    found = dataset.recognise(net_units(rows, dataset)).mode
    names = dataset.mode_names
    return rows, np.array([names[mode] for mode in found.tolist()]) if names else found


def called(draw: Draw, name: str) -> Draw:
    """The function under a name for messages."""
    draw.__name__ = name
    return draw
