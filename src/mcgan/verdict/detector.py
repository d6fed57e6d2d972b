"""Watches a run: at each evaluation, the signals of every replica and what they say."""

import logging
from typing import Any

import torch
from torch import Tensor

from mcgan.engine.draws import stream
from mcgan.engine.trainer import Trainer
from mcgan.experiment.components import Parts
from mcgan.experiment.recorder import Recorder
from mcgan.verdict import causes, critic, rules, shares, words
from mcgan.verdict.history import History
from mcgan.verdict.reference import POINTS, SAMPLES, Real
from mcgan.verdict.words import Verdict

log = logging.getLogger(__name__)

Signals = dict[str, list[float | None]]  # one per replica


class Detector:
    """Signals and verdicts of a trainer's replicas, from the samples that are drawn anyway.

    With `eval.verdict=modes` groups are the modes that the data know; with `neighbours` they are
    found in real data by distances, and a sample is of the group of its nearest real point.
    """

    def __init__(self, parts: Parts, trainer: Trainer, recorder: Recorder) -> None:
        self.parts, self.trainer, self.recorder = parts, trainer, recorder
        self.known = parts.config["eval"]["verdict"] == "modes"
        self.real = Real(parts.dataset.draw(POINTS + SAMPLES, stream(parts.seeds[0], "health")))
        self.due = parts.dataset.weights if self.known else self.real.groups.shares
        self.history = History()
        self.verdicts: list[Verdict] = []
        self.text = ""  # the line of the whole run
        self.said: list[Any] = []  # what was made of it when it was last said

    def look(self, step: int, samples: list[Tensor], counts: Tensor, dead: set[int], last: bool
             ) -> None:
        """Takes an evaluation: samples (n, *S) of each replica, and counts (R, K) by known mode."""
        if self.history.step != step:
            self._add(step, torch.stack([x[:SAMPLES] for x in samples]), counts)
            self.recorder.health(step, self._signals(dead))
        self.verdicts = [self._verdict(i, i in dead, last) for i in range(len(samples))]
        self._say(step, last)

    @property
    def collapsed(self) -> bool:
        """Every living replica has collapsed, for some evaluations in a row."""
        living = [v.state for v in self.verdicts if v.state.kind != "diverged"]
        return bool(living) and all(state.collapsed for state in living)

    def report(self) -> dict[str, Any]:
        """For result.json: the line of the whole run, and each replica's own."""
        return {"text": self.text, "judged_by": self.parts.config["eval"]["verdict"], "replicas": [
            {"seed": v.seed, "kind": v.state.kind, "collapsed": v.state.collapsed, "text": v.text,
             "step": v.state.step, "held": v.held, "of": v.total,
             "cause": v.cause and v.cause.key, "signs": v.cause and v.cause.shown}
            for v in self.verdicts]}

    def _add(self, step: int, fakes: Tensor, counts: Tensor) -> None:
        seen = [self.real.look(x) for x in fakes]
        found = torch.stack([count for count, _ in seen])
        near = {key: torch.tensor([signals[key] for _, signals in seen], dtype=torch.float64)
                for key in seen[0][1]}
        p = shares.normalised(counts if self.known else found)
        self.history.add(step, p, self.due, fakes, near | self._critic(fakes))

    def _critic(self, fakes: Tensor) -> dict[str, Tensor]:
        like = next(iter(self.trainer.tensors.values())).detach()
        real, fake, old = (x.to(like) for x in (self.real.sample, fakes, self.history.old(fakes)))
        seen = critic.examined(self.trainer, real, fake, old)
        across = {"slope_real", "slope_fake", "reach"}  # per net unit: now across the data
        return {key: each.double().cpu() * (self.real.radius if key in across else 1.0)
                for key, each in seen.items()}

    def _signals(self, dead: set[int]) -> Signals:
        return {f"health/{key}": [None if i in dead else value for i, value in enumerate(each)]
                for key, each in self.history.now().items()}

    def _verdict(self, replica: int, dead: bool, last: bool) -> Verdict:
        rows = self.history.of(replica)
        state = rules.state(rows, rules.GRACE * self.parts.steps, last, dead)
        return Verdict(self.parts.seeds[replica], state, int(rows[-1]["held"]), len(self.due),
                       causes.cause(rows, state))

    def _say(self, step: int, last: bool) -> None:
        """What is new since the last look, or the end: in the log, status.json and TensorBoard."""
        key = words.common(self.verdicts)
        choices = self.recorder.run.status().get("choices")
        advice = causes.advice(key, self.parts.config, choices) if key else []
        self.text = words.headline(self.verdicts, advice)
        news = [(verdict.state.kind, key) for verdict in self.verdicts]
        young = all(verdict.state.kind == "early" for verdict in self.verdicts)
        if last or (news != self.said and not young):
            log.info("step %s: %s", f"{step:,}", self.text)
            self.recorder.verdict(step, self.text, words.page(step, self.verdicts, advice))
            self.said = news
