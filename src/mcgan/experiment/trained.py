"""A trained run: draw from it, measure it again, look at it."""

from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from mcgan.config.build import build
from mcgan.config.overrides import EVALUATED, overridden
from mcgan.config.paths import show_path
from mcgan.dataset.base import ModalDataset
from mcgan.engine.draws import stream
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError, near_or_all, short_traceback
from mcgan.experiment.components import Components
from mcgan.experiment.drawing import Drawing
from mcgan.experiment.evaluator import PICTURED, critic_surface, pictures
from mcgan.experiment.feature_space import find_space
from mcgan.experiment.forecast import check_needs, sample_need
from mcgan.experiment.kept_classifier import build_as_kept
from mcgan.experiment.recorded_run import RecordedRun
from mcgan.experiment.result import command, describe_evaluation, record_python_call, result
from mcgan.experiment.scores import Scores
from mcgan.metrics.mode_history import Visits
from mcgan.metrics.protocol import Protocol
from mcgan.system.device import device_here, device_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class TrainedRun(RecordedRun):
    """A run and its folder, as `mcgan.train` and `mcgan.load` return it.

    The weights are those of its newest checkpoint, read when they are first needed.

    >>> mcgan.load("runs/first")
    run      runs/first, done at step 20 of 20
    trained  Ring, NonSaturating, reg r1 + ema, 2 replicas from seed 0
    scores   ...
    verdict  ...
    """

    def __init__(self, folder: Path | str, overrides: list[str] | None = None) -> None:
        super().__init__(folder)
        self.config = overridden(self.config, overrides or [], EVALUATED)
        if not any(word.startswith("train.device=") for word in overrides or ()):
            self.config["train"]["device"] = device_here(self.config["train"]["device"])

    @property
    def dataset(self) -> ModalDataset:
        """The data it learnt: ``run.dataset.sample(n)`` draws real examples in data units."""
        return self._parts.dataset

    @property
    def latent(self) -> int:
        """How many numbers a latent has: ``run.sample(latents=z)`` takes z (n, latent).

        >>> run = mcgan.load("runs/first")
        >>> run.sample(latents=[[0.5] * run.latent]).shape
        torch.Size([1, 2])
        """
        return self._drawing.game.latent

    @cached_property
    def trainer(self) -> Trainer:
        """The networks at the checkpoint; ``trainer.replicas.replica(i)`` has one replica's."""
        saved = self._checkpoint[1]["trainer"]
        stacked_alone = len(self.seeds) == 1 and saved["alive"].dim() == 1  # as compiled runs are
        trainer = self._parts.trainer(compiled=stacked_alone)  # its first step would compile
        trainer.restore(saved)
        return trainer

    @cached_property
    def _parts(self) -> Components:
        return build_as_kept(self._directory, self.config)

    @cached_property
    def _drawing(self) -> Drawing:
        """What samples are drawn with: no data are read for it."""
        return Drawing(self.config, self._checkpoint[1])

    @cached_property
    def _checkpoint(self) -> tuple[int, dict[str, Any]]:
        """Step and state of the checkpoint."""
        return self._directory.load()

    @short_traceback()
    def sample(
        self,
        n: int | None = None,
        replica: int = 0,
        seed: int = 0,
        latents: Any = None,
        device: str | None = None,
        interpolate: int | None = None,
    ) -> Tensor:
        """n samples (n, *shape) in data units, a float32 tensor on the CPU.

        The generator alone is needed, not the data. n is 1000 unless given. ``seed`` is that of the
        latents; or they are given, ``latents`` (n, latent), NumPy's or torch's.
        ``interpolate=K`` goes from each of the n latents (9 unless given) to the next in K samples,
        path after path: ((n - 1) K, *shape). ``device`` is cuda, mps, cpu or auto; that of the run
        unless given. Raises UserError: no such replica, no checkpoint, latents of another shape.

        >>> run = mcgan.load("runs/first")
        >>> x = run.sample(64)
        >>> x.shape, x.numpy().dtype
        (torch.Size([64, 2]), dtype('float32'))
        >>> run.sample(latents=[[0.5] * run.latent]).shape
        torch.Size([1, 2])
        """
        on = self._device if device is None else device_of(device, "device=")
        return self._drawing.sample(n, replica, seed, latents, interpolate, on)

    @short_traceback()
    def evaluate(
        self, protocol: str | Protocol | None = None, samples: int | None = None, save: bool = False
    ) -> Scores:
        """Scores of all replicas, by another ``protocol`` or from another number of ``samples``.

        The default is what the run was configured with. A ``protocol`` is a name or an object, and
        brings its number of samples. ``save=True`` writes a file into the run's
        evaluations/, as ``mcgan evaluate`` does. Raises UserError: no such protocol, no checkpoint.

        >>> scores = mcgan.load("runs/first").evaluate("pacgan", samples=300)
        >>> scores.protocol.name, scores.samples, len(scores.each["kl"])
        ('pacgan', 300, 2)
        """
        named, words, config = [], [], self.config
        if isinstance(protocol, Protocol):
            named, config = [f"protocol={protocol.name}"], self._counted_by(protocol)
        elif protocol is not None:
            words = [f"protocol={protocol}"]
        words += [] if samples is None else [f"eval.samples={samples}"]
        config = overridden(config, words, EVALUATED)
        scores = self._measure(self._samples(config), config)
        if save:
            with record_python_call("evaluate", str(show_path(self.folder)), *named, *words):
                self._save(scores, config)
        return scores

    def figure(self, name: str = "samples") -> "Figure":
        """A matplotlib figure of at most six replicas; a notebook shows it.

        ``name``: 'samples', 'modes', and, where the data and the run have them, 'timeline',
        'critic', 'cube'. Raises UserError: no such figure.

        >>> mcgan.load("runs/first").figure("modes").savefig("modes.png")
        """
        if name not in self._figures:
            raise UserError(
                f"no figure {name!r}"
                + near_or_all(name, self._figures, f"{show_path(self.folder)} has")
            )
        return self._figures[name]

    def _counted_by(self, protocol: Protocol) -> dict[str, Any]:
        """The configuration with a protocol that is no option of the command line."""
        node = {"_target_": f"{Protocol.__module__}.{Protocol.__name__}", **asdict(protocol)}
        evaluation = self.config["eval"] | {"samples": protocol.samples}
        return self.config | {"protocol": node, "eval": evaluation}

    @property
    def _device(self) -> str:
        """The device that the run was trained on, if it is here."""
        return device_of(self.config["train"]["device"])

    @cached_property
    def _figures(self) -> "dict[str, Figure]":
        samples = self._samples(self.config)
        scores = self._measure(samples, self.config)
        shown, seeds = slice(PICTURED), self.seeds[:PICTURED]
        visits = Visits()
        visits.restore(self._checkpoint[1]["visits"])
        return pictures(
            torch.stack(samples[shown]),
            self.dataset,
            step=self._checkpoint[0],
            seeds=seeds,
            values=scores.each,
            reference=scores.reference,
            visits=visits,
            surface=critic_surface(self._parts, self.trainer, samples[shown]),
        )

    def _samples(self, config: dict[str, Any]) -> list[Tensor]:
        """Those that the run's own evaluations drew, in net units, of each replica."""
        count, draw = config["eval"]["samples"], self._drawing.draw
        shape, latent = self._drawing.units.shape, self._drawing.game.latent
        need = sample_need(len(self.seeds), count, shape, latent)
        check_needs([need._replace(settings="eval.samples")])
        return [
            draw(count, i, stream(seed, "evaluation"), self._device)
            for i, seed in enumerate(self.seeds)
        ]

    def _measure(self, samples: list[Tensor], config: dict[str, Any]) -> Scores:
        wanted = config["eval"] | {"verdict": "modes"}  # what became of the run is not asked here
        return Scores(
            samples,
            self.dataset,
            build(config["protocol"], Protocol, "protocol"),
            find_space(self.dataset, wanted),
        )

    def _save(self, scores: Scores, config: dict[str, Any]) -> tuple[dict[str, Any], Path]:
        """Writes a file of its own into the run: what it holds, and where it is."""
        content = result(
            scores.each,
            scores.reference,
            step=self._checkpoint[0],
            seeds=self.seeds,
            protocol=dict(config["protocol"]),
            evaluation=describe_evaluation(config["eval"]),
            facts=self.dataset.facts(),
            command=command(),
        ) | {"notes": [*self._drawing.game.notes(), *self.dataset.notes]}
        name = f"{scores.protocol.name}-{scores.samples}"
        return content, self._directory.save_evaluation(name, content)
