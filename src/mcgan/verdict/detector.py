"""Watches samples: at each evaluation, the signals of every replica and what they say."""

from collections.abc import Callable, Mapping, Sequence, Set
from functools import cached_property
from typing import Any, NamedTuple

import torch
from torch import Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.engine.draws import stream
from mcgan.types import Tensors
from mcgan.verdict import causes, rules, shares, words
from mcgan.verdict.history import SignalHistory
from mcgan.verdict.reference import POINTS, SAMPLES, Real, See
from mcgan.verdict.words import Verdict

Signals = dict[str, list[float | None]]  # one per replica
Examine = Callable[[Tensor, Tensor, Tensor], Tensors]  # as `critic.examine` of real, fake, old
ACROSS = ("slope_real", "slope_fake", "reach")  # measured per net unit, shown across the data


class News(NamedTuple):
    """What an evaluation says of all replicas together."""

    step: int
    text: str  # one line
    page: str  # Markdown, with a row for each replica
    fresh: bool  # whether a state or a cause has changed since the last news


class Detector:
    """Signals and verdicts of R replicas, from the samples that their evaluations draw anyway.

    ``seeds`` name the replicas, ``steps`` is the length of their run. With ``by="modes"`` groups
    are the modes that the dataset knows; with "neighbours" they are found in real data by
    distances, and a sample is of the group of its nearest real point; with "features" so they are
    in what ``see`` makes of examples. ``examine`` asks the
    discriminators; without it there are verdicts, but no causes. ``config`` and the
    options ``choices`` are the run's: advice leaves out what it has.
    """

    def __init__(
        self,
        dataset: ModalDataset,
        seeds: Sequence[int],
        steps: int,
        by: str = "modes",
        examine: Examine | None = None,
        config: Mapping[str, Any] | None = None,
        choices: Mapping[str, Any] | None = None,
        see: See | None = None,
    ) -> None:
        self.seeds, self.grace, self.by, self.examine = seeds, rules.GRACE * steps, by, examine
        self.config, self.choices = config or {"objective": {}, "reg": {}}, choices
        self.dataset, self.see = dataset, see
        self.due = dataset.weights if by == "modes" else self.real.groups.shares
        self.history = SignalHistory()
        self.told: list[Any] = []  # kinds and cause of the last fresh news

    @cached_property
    def real(self) -> Real:
        """Real data to hold samples against, made at the first evaluation."""
        drawn = self.dataset.draw(POINTS + SAMPLES, stream(self.seeds[0], "health"))
        return Real(drawn, self.see)

    def add(
        self,
        step: int,
        samples: Sequence[Tensor],
        counts: Tensor,
        dead: Set[int] = frozenset(),
        good: Tensor | None = None,
    ) -> Signals:
        """Take an evaluation, and return its signals `health/…` of each replica, None for dead.

        ``samples`` (n, *S) of each replica, in net units; ``counts`` (R, K): how many are of each
        mode, and ``good`` (R, K): how many of high quality, where the modes are known.
        """
        fakes = torch.stack([x[:SAMPLES] for x in samples])
        seen = [self.real.look(x) for x in fakes]
        found = torch.stack([count for count, _ in seen])
        near = {
            key: torch.tensor([signals[key] for _, signals in seen], dtype=torch.float64)
            for key in seen[0][1]
        }
        if self.by == "modes":
            near["on_data"] = torch.minimum(near["on_data"], self._quality(fakes))
        counted = counts if self.by == "modes" else found
        near |= self._find_served(counted if good is None or self.by != "modes" else good)
        p = shares.normalise(counted)
        self.history.add(step, p, self.due, fakes, near | self._ask_critics(fakes))
        return {
            f"health/{key}": [None if i in dead else value for i, value in enumerate(each)]
            for key, each in self.history.now().items()
        }

    def _find_served(self, good: Tensor) -> Tensors:
        """Of good samples (R, K): groups with a fifth of their due, the data's share in others."""
        p = shares.normalise(good)
        served = shares.find_held(p, self.due).sum(-1).double()
        return {"served": served, "unserved": shares.missing(p, self.due)}

    def _quality(self, fakes: Tensor) -> Tensor:
        """Share of high-quality samples (R,) over its ceiling: the known modes' word on places."""
        good = torch.stack([self.dataset.recognise(x).good for x in fakes])
        return good.double().mean(1) / self.dataset.ceiling

    def _ask_critics(self, fakes: Tensor) -> Tensors:
        if self.examine is None:
            return {}
        seen = self.examine(self.real.sample, fakes, self.history.old(fakes))
        return {
            key: each.double().cpu() * (self.real.radius if key in ACROSS else 1.0)
            for key, each in seen.items()
        }

    def verdicts(self, dead: Set[int] = frozenset(), last: bool = False) -> list[Verdict]:
        """What has become of each replica. The ``last`` evaluation is judged by itself."""
        return [self._verdict(i, i in dead, last) for i in range(len(self.seeds))]

    def _verdict(self, replica: int, dead: bool, last: bool) -> Verdict:
        rows = self.history.of(replica)
        state = rules.state(rows, self.grace, last, dead)
        return Verdict(
            self.seeds[replica],
            state,
            int(rows[-1]["held"]),
            len(self.due),
            causes.cause(rows, state),
            "modes" if self.by == "modes" else "groups",
            int(rows[-1]["served"]),
        )

    def has_collapsed(self, dead: Set[int] = frozenset()) -> bool:
        """Whether every living replica has collapsed, for some evaluations in a row."""
        living = [v.state for v in self.verdicts(dead) if v.state.kind != "diverged"]
        return bool(living) and all(state.collapsed for state in living)

    def news(self, dead: Set[int] = frozenset(), last: bool = False) -> News:
        """What the evaluations so far say, and whether that is to be told: it changed, or ended."""
        verdicts = self.verdicts(dead, last)
        advice = self._advice(verdicts)
        now = [(verdict.state.kind, words.common(verdicts)) for verdict in verdicts]
        young = all(verdict.state.kind == "early" for verdict in verdicts)
        fresh = last or (now != self.told and not young)
        self.told = now if fresh else self.told
        return News(
            self.history.step,
            words.headline(verdicts, advice),
            words.page(self.history.step, verdicts, advice),
            fresh,
        )

    def _advice(self, verdicts: list[Verdict]) -> list[str]:
        key = words.common(verdicts)
        return causes.advice(key, self.config, self.choices) if key else []

    def report(self, dead: Set[int] = frozenset()) -> dict[str, Any]:
        """For result.json: the line of the whole run and its parts, and each replica's own."""
        verdicts = self.verdicts(dead, last=True)
        advice = self._advice(verdicts)
        whole = {
            "text": words.headline(verdicts, advice),
            "state": words.count_states(verdicts),
            "cause": words.tell_cause(verdicts),
            "try": advice,
            "judged_by": self.by,
        }
        return whole | {
            "replicas": [
                {
                    "seed": v.seed,
                    "kind": v.state.kind,
                    "collapsed": v.state.collapsed,
                    "text": v.text,
                    "step": v.state.step,
                    "held": v.held,
                    "of": v.total,
                    "cause": v.cause and v.cause.key,
                    "signs": v.cause and v.cause.shown,
                }
                for v in verdicts
            ]
        }
