"""Looking at a run without touching it: samples, scores and pictures of every replica."""

import time
from typing import Any

import torch
from torch import Tensor

from mcgan.engine.draws import stream
from mcgan.engine.trainer import Trainer
from mcgan.experiment.components import Parts
from mcgan.experiment.recorder import Recorder
from mcgan.gan.strategy import Sampler, Tensors
from mcgan.metrics.evaluate import judged, reference
from mcgan.metrics.mode_history import Visits
from mcgan.verdict.critic import batched, surface
from mcgan.verdict.detector import Detector

Values = dict[str, list[float | None]]  # measure -> one score per replica

PICTURED = 6  # replicas in a picture
PICTURE_SHARE = 0.01  # of the time so far that pictures may cost before the last ones
PICTURE_SECONDS = 0.5  # what a first picture is taken to cost


def pictures(*what: Any, **words: Any) -> dict[str, Any]:
    from mcgan.view.figures import evaluation  # matplotlib, after the first steps

    return evaluation.pictures(*what, **words)


class Monitor:
    """Evaluates a trainer's replicas, always on the same latents, drawn from their own streams."""

    def __init__(self, parts: Parts, trainer: Trainer, recorder: Recorder) -> None:
        self.parts, self.trainer, self.recorder = parts, trainer, recorder
        self.sampler: Sampler = trainer.game.sampler()
        self.count = parts.config["eval"]["samples"]
        self.reference = reference(parts.dataset, self.count, parts.protocol)
        self.values: Values = {}
        self.detector, self.visits = Detector(parts, trainer, recorder), Visits()
        self.began, self.drawing = time.perf_counter(), 0.0
        self.picture_cost = PICTURE_SECONDS

    def look(self, step: int, dead: set[int], last: bool) -> Values:
        """Scores of the living replicas, recorded; and pictures, if there is time for them."""
        samples = [self.samples(i) for i in range(len(self.parts.seeds))]
        seen = [judged(x, self.parts.dataset, self.parts.protocol) for x in samples]
        self.values = {
            key: [None if i in dead else each.scores[key] for i, each in enumerate(seen)]
            for key in seen[0].scores
        }
        self.recorder.evaluation(step, self.values, self.reference)
        every = torch.stack([each.every for each in seen])
        self.visits.add(step, every)
        self.detector.look(step, samples, every, dead, last)
        if last or self._affordable():
            self._draw(step, samples, [each.counts for each in seen])
        return self.values

    def _affordable(self) -> bool:
        """Whether one more picture keeps all of them within their share of the time."""
        spent = time.perf_counter() - self.began
        return self.drawing + self.picture_cost <= PICTURE_SHARE * spent

    def samples(self, replica: int) -> Tensor:
        generator = stream(self.parts.seeds[replica], "evaluation")
        return self.draw_from(self.trainer.replica(replica), self.count, generator)

    def draw_from(self, tensors: Tensors, n: int, generator: torch.Generator) -> Tensor:
        return self.sampler(tensors, n, generator).x.cpu()

    def _draw(self, step: int, samples: list[Tensor], counts: list[Tensor]) -> None:
        begin = time.perf_counter()
        shown = slice(PICTURED)
        words: dict[str, Any] = {
            "step": step, "counts": torch.stack(counts[shown]),
            "seeds": self.parts.seeds[shown], "reference": self.reference,
            "values": {key: each[shown] for key, each in self.values.items()},
            "visits": self.visits,
            "surface": critic_surface(self.parts, self.trainer, samples[shown]),
        }
        for name, figure in pictures(
            torch.stack(samples[shown]), self.parts.dataset, **words
        ).items():
            self.recorder.figure(step, name, figure)
        self.picture_cost = time.perf_counter() - begin
        self.drawing += self.picture_cost


def critic_surface(parts: Parts, trainer: Trainer, samples: list[Tensor]) -> Any:
    """The critics' view of the plane, where the data lie in one; None elsewhere."""
    if parts.dataset.shape != (2,):
        return None
    from mcgan.view.figures.landscape import Surface, grid_of

    batch = trainer.game.batch
    like = next(iter(trainer.tensors.values())).detach()
    real = parts.dataset.draw(batch, stream(parts.seeds[0], "critic"))
    fakes = torch.stack([batched(x[None], batch, batch)[0, 0] for x in samples]).to(like)
    seen = surface(trainer, grid_of(parts.dataset).to(like), real.to(like), fakes)
    return seen and Surface(seen[0].cpu(), fakes.cpu(), seen[1].cpu())
