"""What `import mcgan` offers: train, load, evaluate, build_dataset."""

import logging
import os
from pathlib import Path
from typing import Any

from mcgan.config import naming
from mcgan.config.build import build
from mcgan.config.overrides import protocol as protocol_settings
from mcgan.config.paths import show_path
from mcgan.config.words import quote_word
from mcgan.dataset.base import ModalDataset
from mcgan.dataset.data_units import net_units
from mcgan.errors import UserError, short_traceback
from mcgan.experiment.composing import compose_one
from mcgan.experiment.result import record_python_call
from mcgan.experiment.scores import Scores
from mcgan.experiment.start import run_folder, start
from mcgan.experiment.trained import TrainedRun
from mcgan.metrics.protocol import Protocol
from mcgan.run.directory import log_of
from mcgan.run.find import run_of
from mcgan.system.device import keep_settings
from mcgan.system.logs import run_log
from mcgan.system.streams import forgiving_output
from mcgan.view.terminal.screen import QUIET, Screen


@short_traceback()
def train(
    *words: str,
    steps: int | None = None,
    replicas: int | None = None,
    seed: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: bool = True,
) -> TrainedRun:
    """Trains one GAN and returns the run, as `mcgan.load` does.

    ``words`` are those of ``mcgan train``: ``"dataset=ring"``, ``"reg=[r1,r2,ema]"``. ``steps``,
    ``replicas`` and ``seed`` stand for ``train.steps=``, ``replicas=`` and ``seed=``. The run
    lies in ``folder``, else in runs/ under the name that the command line would choose. A folder
    with the same run, interrupted, is continued. ``progress=False`` prints nothing but warnings.

    Raises UserError for a mistake in the words, for a sweep, and for a folder that holds another
    run, a finished one or other files. Ctrl-C saves the run, then raises KeyboardInterrupt; the
    same call goes on. Threads, precision and logging of the process are afterwards as before.

    >>> run = mcgan.train("dataset=ring", "reg=[r1,ema]", "eval.samples=500", steps=20, replicas=2,
    ...                   folder="runs/first", progress=False)
    >>> run.state, run.step, run.sample(100).shape
    ('done', 20, torch.Size([100, 2]))
    """
    asked = [
        *words,
        *shortcuts(words, {"train.steps": steps, "replicas": replicas, "seed": seed}),
        *place(words, folder),
    ]
    config, choices = compose_one(*asked)
    out = Path(naming.run_folder(config["runs_dir"], config["name"]))
    screen = Screen(progress=None if progress else QUIET, table=QUIET)
    level = logging.INFO if progress else logging.WARNING
    with forgiving_output(), run_folder(out), keep_settings(), run_log(log_of(out, config), level):
        with record_python_call("train", *asked):
            outcome = start(config, choices, out, asked, screen=screen)
    if outcome.state == "interrupted":
        raise KeyboardInterrupt(
            f"{show_path(out)} is saved: the same call goes on, with folder={str(show_path(out))!r}"
        )
    return TrainedRun(out)


def shortcuts(words: tuple[str, ...], values: dict[str, Any]) -> list[str]:
    """The words that keyword arguments stand for. Raises UserError for what is given twice."""
    given = {key: value for key, value in values.items() if value is not None}
    refuse_twice(words, [*given], "as a keyword argument as well")
    return [f"{key}={value}" for key, value in given.items()]


def place(words: tuple[str, ...], folder: str | os.PathLike[str] | None) -> list[str]:
    """The words that put a run into ``folder``."""
    if folder is None:
        return []
    refuse_twice(words, ["name", "runs_dir"], "and the folder says it as well")
    path = Path(folder)
    return [quote_word("runs_dir", path.parent), quote_word("name", path.name)]


def refuse_twice(words: tuple[str, ...], keys: list[str], why: str) -> None:
    """Raises UserError if a word sets a key that was given in another way as well."""
    for word in words:
        if str(word).partition("=")[0].lstrip("+") in keys:
            raise UserError(f"{word!r} is given {why}: choose one of the two")


@short_traceback()
def load(run: str | os.PathLike[str]) -> TrainedRun:
    """The run in a folder, or of that name under runs/: to sample, measure and look at.

    Raises UserError where there is no run.

    >>> run = mcgan.load("first")  # or its folder, "runs/first"
    >>> run.sample(1000, replica=1).shape
    torch.Size([1000, 2])
    """
    if not isinstance(run, str | os.PathLike):
        raise UserError(
            f"a run is loaded by its folder or its name under runs/, not by {run!r}: "
            "give a text or a path"
        )
    return TrainedRun(run_of(os.fspath(run)))


@short_traceback()
def build_dataset(name: str, *words: str, **settings: Any) -> ModalDataset:
    """The dataset that ``mcgan train dataset=NAME`` would learn, its files read.

    Its settings are ``words`` of the command line (``"dataset.modes=8"``) or keywords
    (``modes=8``). ``dataset.sample(n)`` draws examples in data units.

    Raises UserError: no such dataset or setting, a missing file.

    >>> mcgan.build_dataset("ring", modes=5).num_modes
    5
    """
    for word in words:
        if not str(word).lstrip("+").startswith("dataset."):
            raise UserError(f"{word!r} is no setting of a dataset: write 'dataset.KEY=VALUE'")
    texts = {
        key: os.fspath(value)
        for key, value in settings.items()
        if isinstance(value, str | os.PathLike)
    }  # a file or a folder may have to be given
    given = [quote_word(f"dataset.{key}", value) for key, value in texts.items()]
    node = compose_one(f"dataset={name}", *words, *given).config["dataset"] | settings | texts
    dataset = build(node, ModalDataset, "dataset")  # type: ignore[type-abstract]
    return dataset.ready()


@short_traceback()
def evaluate(
    samples: Any,
    dataset: str | ModalDataset,
    *words: str,
    protocol: str | Protocol = "default",
) -> Scores:
    """Scores of anybody's samples, with a perfect sampler's and real data's beside them.

    ``samples`` (n, *shape) are NumPy's or torch's, in data units: what ``dataset.sample(n)`` and
    ``run.sample(n)`` give, so the ring's modes lie at its radius. Pictures are floats in [-1, 1]
    or uint8 from 0 to 255. ``dataset`` is one that `build_dataset` returned, or a name with
    ``words`` such as ``"dataset.modes=4"``. A ``protocol`` says how modes are counted.

    Raises UserError: another shape, NaN or infinite samples, pictures in another range, no such
    dataset or protocol, a protocol that has no meaning for the data.

    >>> import numpy as np
    >>> one_mode = np.random.default_rng(0).normal([1, 0], 0.01, (500, 2))
    >>> scores = mcgan.evaluate(one_mode, "ring", "dataset.modes=4")
    >>> scores["modes_covered"], scores.perfect["modes_covered"], scores.counts.tolist()[1:]
    (1.0, 4.0, [0, 0, 0])
    """
    if isinstance(dataset, str):
        dataset = build_dataset(dataset, *words)
    elif words:
        raise UserError(f"{words[0]!r} cannot change a dataset that is built: give its name")
    if not isinstance(dataset, ModalDataset):
        raise UserError(
            f"the dataset must be a name or a dataset that is built, not {dataset!r}: "
            "give mcgan.build_dataset(NAME), or an object of your class"
        )
    return Scores([net_units(samples, dataset)], dataset, protocol_of(protocol))


def protocol_of(protocol: str | Protocol) -> Protocol:
    """A protocol by its name; one that is built stays as it is."""
    if isinstance(protocol, Protocol):
        return protocol
    if not isinstance(protocol, str):
        raise UserError(
            f"the protocol must be a name or a mcgan.Protocol, not {protocol!r}: "
            "leave it out for the default"
        )
    return build(protocol_settings(protocol), Protocol, "protocol")
