"""mcgan: train GANs from one command line or from Python, and measure mode collapse."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mcgan.version import __version__

if TYPE_CHECKING:  # what type checkers and editors see; the names of HOMES
    from mcgan import functional
    from mcgan.arch.base import Arch
    from mcgan.config.compose import compose
    from mcgan.config.settings import Above, AtLeast, AtMost, Below, Scheduled
    from mcgan.dataset.base import ModalDataset, Recognition
    from mcgan.dataset.points import LabelledPoints
    from mcgan.engine.own_game import game
    from mcgan.errors import UserError
    from mcgan.experiment.api import build_dataset, evaluate, load, train
    from mcgan.experiment.judge import judge
    from mcgan.experiment.scores import Scores
    from mcgan.experiment.trained import TrainedRun
    from mcgan.gan.strategy import Strategy
    from mcgan.gan.turn import Turn
    from mcgan.judging.report.judged import JudgedSamples
    from mcgan.metrics.protocol import Protocol
    from mcgan.objective import Objective
    from mcgan.schedule import number
    from mcgan.types import Draw, Moment, Sample, per_example
    from mcgan.watching.watch import Watch

HOMES = {  # public name -> its module, imported on first use: `import mcgan` stays free of torch
    "train": "experiment.api",
    "load": "experiment.api",
    "evaluate": "experiment.api",
    "build_dataset": "experiment.api",
    "judge": "experiment.judge",
    "Watch": "watching.watch",
    "game": "engine.own_game",
    "functional": "functional",
    "compose": "config.compose",
    "TrainedRun": "experiment.trained",
    "Scores": "experiment.scores",
    "JudgedSamples": "judging.report.judged",
    "Strategy": "gan.strategy",
    "Sample": "types",
    "Moment": "types",
    "Draw": "types",
    "Turn": "gan.turn",
    "number": "schedule",
    "per_example": "types",
    "Above": "config.settings",
    "AtLeast": "config.settings",
    "AtMost": "config.settings",
    "Below": "config.settings",
    "Scheduled": "config.settings",
    "Objective": "objective",
    "Arch": "arch.base",
    "ModalDataset": "dataset.base",
    "LabelledPoints": "dataset.points",
    "Recognition": "dataset.base",
    "Protocol": "metrics.protocol",
    "UserError": "errors",
}

__all__ = [
    "Above", "Arch", "AtLeast", "AtMost", "Below", "Draw", "JudgedSamples", "LabelledPoints",
    "ModalDataset", "Moment", "Objective", "Protocol", "Recognition", "Sample", "Scheduled",
    "Scores", "Strategy", "TrainedRun", "Turn", "UserError", "Watch", "__version__",
    "build_dataset", "compose", "evaluate", "functional", "game", "judge", "load", "number",
    "per_example", "train",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """A public name, from the module that defines it, or a public module."""
    if name not in HOMES:
        raise AttributeError(f"module 'mcgan' has no attribute {name!r}")
    home = import_module(f"mcgan.{HOMES[name]}")
    return home if name == HOMES[name] else getattr(home, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
