"""Looking at a run without touching it: samples, scores, verdicts and pictures of every replica."""

import logging
import time
from collections.abc import Mapping, Set
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor

from mcgan.engine.draws import stream
from mcgan.engine.lane_view import Trained
from mcgan.experiment.components import Components
from mcgan.experiment.recorder import Recorder
from mcgan.gan.sampling import sampler
from mcgan.metrics.measures import by_new_names
from mcgan.metrics.mode_history import Visits
from mcgan.run.directory import is_lean
from mcgan.types import Sampler
from mcgan.verdict.critic import examine, fill_batches, score_surface
from mcgan.verdict.detector import Detector

log = logging.getLogger(__name__)

Values = dict[str, list[float | None]]  # measure -> one score per replica

PICTURED = 6  # replicas in a picture
PICTURE_SHARE = 0.01  # of the time so far that pictures may cost before the last ones
PICTURE_SECONDS = 0.5  # what a first picture is taken to cost


def pictures(*what: Any, **words: Any) -> dict[str, Any]:
    """The pictures of an evaluation by name, as matplotlib figures."""
    from mcgan.view.figures import evaluation  # matplotlib, after the first steps

    return evaluation.pictures(*what, **words)


class Evaluation(NamedTuple):
    """What was measured at a step, as pictures need it. None are the scores of dead replicas."""

    step: int
    samples: list[Tensor]  # (n, *S) of each replica, on the CPU, in net units
    counts: Tensor  # (R, K): high-quality samples of each mode
    values: Values


class Evaluator:
    """Evaluates a trainer's replicas, always on the same latents, drawn from their own streams.

    An evaluation has two halves, so that each step is evaluated once: `measure` records scores and
    signals, after which it can be known whether the run ends here, and `conclude` says and draws
    what they mean.
    """

    def __init__(self, components: Components, trainer: Trained, recorder: Recorder) -> None:
        self.components, self.trainer, self.recorder = components, trainer, recorder
        self.sampler: Sampler = sampler(trainer.game)
        wanted, space = components.config["eval"], components.feature_space
        self.count: int = wanted["samples"]
        self.measuring = components.measuring
        if space:
            log.info("%s", space.reason)
        self.values: Values = {}
        self.visits = Visits()
        self.detector = Detector(
            components.dataset,
            components.seeds,
            components.steps,
            by=wanted["verdict"],
            see=space.see if space and wanted["verdict"] == "features" else None,
            examine=partial(examine, trainer.game, trainer.replicas),
            config=components.config,
            choices=recorder.run.status().get("choices"),
        )
        self.began, self.drawing = time.perf_counter(), 0.0
        self.picture_cost = PICTURE_SECONDS
        self.pictured = not is_lean(components.config)

    @property
    def step(self) -> int:
        """The step of the last evaluation; -1 before the first."""
        return self.detector.history.step

    def measure(self, step: int, dead: Set[int]) -> Evaluation:
        """Draw samples of every replica, and record scores and signals of the living ones."""
        found, every = self._look(step, dead)
        self.values = found.values
        self.recorder.evaluation(step, found.values, self.measuring.reference)
        self.visits.add(step, every)
        self.recorder.health(
            step, self.detector.add(step, found.samples, every, dead, good=found.counts)
        )
        return found

    def look_again(self, step: int, dead: Set[int]) -> Evaluation:
        """The evaluation of a step that a checkpoint has; it is measured where it has not been."""
        return self._look(step, dead)[0] if self.step == step else self.measure(step, dead)

    def _look(self, step: int, dead: Set[int]) -> tuple[Evaluation, Tensor]:
        """What is to be seen at a step, and how many samples are of each mode (R, K)."""
        samples = [self._sample(i) for i in range(len(self.components.seeds))]
        seen = [self.measuring.score(x) for x in samples]
        values: Values = {
            key: [None if i in dead else each.scores[key] for i, each in enumerate(seen)]
            for key in seen[0].scores
        }
        counts = torch.stack([each.counts for each in seen])
        return Evaluation(step, samples, counts, values), torch.stack([each.every for each in seen])

    def conclude(self, found: Evaluation, dead: Set[int], last: bool) -> None:
        """Say what is new about the run's health; draw pictures, if there is time or it ends."""
        news = self.detector.news(dead, last)
        if news.fresh:
            if not last:  # the end of the run says it below the table
                log.info("step %s: %s", f"{news.step:,}", news.text)
            self.recorder.verdict(news.step, news.text, news.page)
        if self.pictured and (last or self._affordable()):
            self._draw(found, last)

    def _sample(self, replica: int) -> Tensor:
        generator = stream(self.components.seeds[replica], "evaluation")
        return self.sampler(self.trainer.replicas.replica(replica), self.count, generator).x.cpu()

    def _affordable(self) -> bool:
        """Whether one more picture keeps all of them within their share of the time."""
        spent = time.perf_counter() - self.began
        return self.drawing + self.picture_cost <= PICTURE_SHARE * spent

    def _draw(self, found: Evaluation, last: bool) -> None:
        begin = time.perf_counter()
        shown = slice(PICTURED)
        words: dict[str, Any] = {
            "step": found.step,
            "counts": found.counts[shown],
            "seeds": self.components.seeds[shown],
            "reference": self.measuring.reference,
            "values": {key: each[shown] for key, each in found.values.items()},
            "visits": self.visits,
            "surface": critic_surface(self.components, self.trainer, found.samples[shown]),
        }
        samples = torch.stack(found.samples[shown])
        for name, figure in pictures(samples, self.components.dataset, **words).items():
            self.recorder.figure(found.step, name, figure, last)
        self.picture_cost = time.perf_counter() - begin
        self.drawing += self.picture_cost

    def checkpoint(self) -> dict[str, Any]:
        """The last scores, and what verdicts and pictures remember of earlier evaluations."""
        return {
            "health": self.detector.history.checkpoint(),
            "values": self.values,
            "visits": self.visits.checkpoint(),
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take up a checkpoint; other keys of ``saved`` are left alone."""
        self.detector.history.restore(saved["health"])
        self.values = by_new_names(saved["values"])
        self.visits.restore(saved["visits"])


def critic_surface(components: Components, trainer: Trained, samples: list[Tensor]) -> Any:
    """The critics' scores on a grid of the plane, where the data lie in one; None elsewhere."""
    if components.dataset.shape != (2,):
        return None
    from mcgan.view.figures.landscape import Surface, grid_of

    game, replicas = trainer.game, trainer.replicas
    real = components.dataset.draw(game.batch, stream(components.seeds[0], "critic"))
    fakes = torch.cat([fill_batches(x[None], game.batch, game.batch)[0] for x in samples])
    seen = score_surface(game, replicas, grid_of(components.dataset), real, fakes)
    return seen and Surface(seen[0].cpu(), fakes, seen[1].cpu())
