"""Critics around critics: of another score, or of pairs (x, code)."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from mcgan.gan.game import Game
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.types import CriticOutput

INNER = ("trunk", "neck", "head")


class Around(Critic):
    """A critic around another, whose parts strategies go on changing; subclasses judge."""

    def __init__(self, inner: Critic) -> None:
        nn.Module.__init__(self)
        self.inner, self.width = inner, inner.width
        self.judges_batches = inner.judges_batches

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name) if name in INNER else super().__getattr__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in INNER:
            setattr(self.inner, name, value)
        else:
            super().__setattr__(name, value)

    def extend(self, layer: nn.Module, extra: int) -> Critic:
        self.inner.extend(layer, extra)
        return self


class Pairs(Around):
    """f(x) + h(features(x), code): x beside a ``code`` that says more of it; x alone: f(x).

    h has a hidden layer: a sum of a part of x and a part of the code could not tell which code goes
    with which x. It is built by ``open``, when the width of the codes is known.
    """

    def __init__(self, inner: Critic, shape: tuple[int, ...]) -> None:
        super().__init__(inner)
        self.shape, self.codes = shape, 0

    def open(self, codes: int) -> None:
        self.codes = codes
        self.joint = nn.Sequential(nn.Linear(self.width + codes, self.width), nn.LeakyReLU(0.2),
                                   nn.Linear(self.width, 1))

    def forward(self, seen: Tensor) -> CriticOutput:
        x, code = apart(seen, self.shape, self.codes)
        verdict = self.inner(x)
        if code is None:
            return verdict
        together = torch.cat([verdict.features, code], 1)
        return verdict._replace(score=verdict.score + self.joint(together).squeeze(1))


def together(x: Tensor, code: Tensor) -> Tensor:
    """x (B, C, ...) and code (B, K) -> (B, C + more, ...): the code as further channels."""
    area = math.prod(x.shape[2:])
    padded = pad(code, (0, -code.shape[1] % area))
    return torch.cat([x, padded.reshape(len(x), -1, *x.shape[2:])], 1)


def apart(seen: Tensor, shape: tuple[int, ...], codes: int) -> tuple[Tensor, Tensor | None]:
    """What ``together`` put together; None for the code where there is x alone."""
    x, rest = seen[:, : shape[0]], seen[:, shape[0] :]
    return x, rest.flatten(1)[:, :codes] if rest.shape[1] else None


def reaches(strategy: Strategy, game: Game, data: Callable[[int], Tensor],
            critics: Sequence[Any]) -> None:
    """Raises ValueError where a code beside x does not reach the critic as it is."""
    chain = game.chain.strategies
    if any(type(later).view is not Strategy.view for later in chain[chain.index(strategy) + 1 :]):
        raise ValueError("the critic sees a code beside each x: put it after all strategies that "
                         "change what the critic sees, and use one such code only")
    scores = len(game.D(data(game.batch)).score)
    if scores != game.batch or any(critic.shape != game.shape for critic in critics):
        raise ValueError("the critic judges each x with its code, so it can't judge packs: "
                         "use one of the two")
