"""A callback that watches the training loop of Lightning, where Lightning is installed."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from torch import nn

from mcgan.errors import UserError
from mcgan.judging.report.judged import JudgedSamples

PACKAGES = ("lightning.pytorch", "pytorch_lightning")  # one code, whose classes do not mix


class Looks(Protocol):
    """What a callback needs of `mcgan.Watch`."""

    every: int

    @property
    def stop(self) -> bool:
        """Whether training should end."""

    def look(
        self, step: int, sampler: Callable[[int], Any], *, losses: Mapping[str, Any]
    ) -> JudgedSamples:
        """Judges samples at a step, whether it is due or not."""

    def state_dict(self) -> dict[str, Any]:
        """The looks so far, for a checkpoint."""

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Takes up what `state_dict` gave."""


def find_package() -> Any:
    """The package whose Trainer the user has imported, else one that is installed.

    Raises UserError where there is none.
    """
    loaded = [name for name in PACKAGES if name in sys.modules]
    there = [name for name in PACKAGES if find_spec(name.partition(".")[0])]
    if not there:
        raise UserError(
            "a callback needs Lightning: pip install lightning; in another loop call "
            "watch(step, sampler) yourself"
        )
    return import_module([*loaded, *there][0])


def make_callback(
    watch: Looks, sampler: Callable[[Any, int], Any], losses: Mapping[str, str]
) -> Any:
    """A callback that looks after every ``watch.every`` batches, on the main process alone.

    While samples are drawn the module is in evaluation mode. Numbers go to the trainer's loggers,
    as ``judge/…``; the watch's history is in its checkpoints.
    """
    base: Any = find_package().Callback

    class WatchCallback(base):  # type: ignore[misc]
        def on_train_batch_end(self, trainer: Any, module: Any, *_: Any) -> None:
            step = trainer.fit_loop.total_batch_idx + 1
            if step % watch.every:
                return
            if trainer.is_global_zero:
                with evaluation_mode(module):
                    found = watch.look(
                        step, lambda n: sampler(module, n), losses=read_logged(trainer, losses)
                    )
                for logger in trainer.loggers:
                    scalars = {f"judge/{name}": value for name, value in found.scalars().items()}
                    logger.log_metrics(scalars, step=trainer.global_step)
            stop = trainer.is_global_zero and watch.stop  # the other processes know nothing
            trainer.should_stop |= trainer.strategy.reduce_boolean_decision(stop, all=False)

        def state_dict(self) -> dict[str, Any]:
            return watch.state_dict()

        def load_state_dict(self, state_dict: dict[str, Any]) -> None:
            watch.load_state_dict(state_dict)

    return WatchCallback()


@contextmanager
def evaluation_mode(module: nn.Module) -> Iterator[None]:
    """Each part of the module gets its own mode back."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, training in modes:
            part.training = training


def read_logged(trainer: Any, names: Mapping[str, str]) -> dict[str, float]:
    """The losses that the module logs under these names. Raises UserError for another name."""
    logged = {**trainer.callback_metrics, **trainer.logged_metrics, **trainer.progress_bar_metrics}
    missing = [name for name in names.values() if name not in logged]
    if missing:
        raise UserError(
            f"losses: the module logs no {missing[0]!r}; it logs: "
            f"{', '.join(sorted(logged)) or 'nothing'}"
        )
    return {player: float(logged[name]) for player, name in names.items()}
