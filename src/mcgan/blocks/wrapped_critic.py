"""Critics that wrap a critic: with another score, or for examples with a code beside each."""

import math
from collections.abc import Callable, Iterable
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from mcgan.blocks.references import References
from mcgan.gan.game import Game
from mcgan.gan.networks import Critic
from mcgan.gan.ranks import Ranks
from mcgan.gan.strategy import Strategy


class WrappedCritic(Critic):
    """Wraps a critic; subclasses implement ``forward`` by ``self.wrapped``.

    Trunk, neck and head are those of the wrapped critic, so that strategies later in the chain can
    still change them. Its tensors are called 'inner.…', or where ``renames`` is False as if there
    were no wrapper.
    """

    renames: ClassVar[bool] = True

    def __init__(self, wrapped: Critic) -> None:
        nn.Module.__init__(self)
        self._reference = References(wrapped)
        self.width, self.judges_batches = wrapped.width, wrapped.judges_batches
        self.has_cross_terms = wrapped.has_cross_terms
        if self.renames:
            self.inner = wrapped
        else:
            self._modules = wrapped._modules  # both have one table of parts, so names stay

    @property
    def wrapped(self) -> Critic:
        """The inner critic, around which this one is put."""
        return self._reference.last

    @property
    def trunk(self) -> nn.Module:  # type: ignore[override]  # read-only: see prepend and extend
        """The inner critic's trunk, from examples to features."""
        return self.wrapped.trunk

    @property
    def neck(self) -> nn.ModuleList:  # type: ignore[override]
        """The inner critic's layers between trunk and head."""
        return self.wrapped.neck

    @property
    def head(self) -> nn.Linear:  # type: ignore[override]
        """The inner critic's last layer, from features to the score."""
        return self.wrapped.head

    def play_with(self, ranks: Ranks) -> None:
        self.wrapped.play_with(ranks)

    def enclose(self, wrap: Callable[[nn.Module], nn.Module]) -> Critic:
        self.wrapped.enclose(wrap)
        return self

    def extend(self, layer: nn.Module, extra: int) -> Critic:
        self.wrapped.extend(layer, extra)
        return self


class CodedCritic(WrappedCritic):
    """A critic that sees examples (B, *shape), alone or with a code (B, codes) attached."""

    def __init__(self, wrapped: Critic, shape: tuple[int, ...], codes: int = 0) -> None:
        super().__init__(wrapped)
        self.shape, self.codes = shape, codes

    def split_code(self, seen: Tensor) -> tuple[Tensor, Tensor | None]:
        """The examples, and their codes or None."""
        return split_code(seen, self.shape, self.codes)


def attach_code(x: Tensor, code: Tensor) -> Tensor:
    """Examples (B, C + more, ...): x (B, C, ...) with the code (B, K) as further channels."""
    area = math.prod(x.shape[2:])
    padded = pad(code, (0, -code.shape[1] % area))
    return torch.cat([x, padded.reshape(len(x), -1, *x.shape[2:])], 1)


def split_code(seen: Tensor, shape: tuple[int, ...], codes: int) -> tuple[Tensor, Tensor | None]:
    """The x and the code of ``attach_code``; None for the code where there is x alone."""
    x, rest = seen[:, : shape[0]], seen[:, shape[0] :]
    return x, rest.flatten(1)[:, :codes] if rest.shape[1] else None


def check_code_arrives(
    strategy: Strategy, game: Game, data: Callable[[int], Tensor], shapes: Iterable[tuple[int, ...]]
) -> None:
    """Raises ValueError where a later strategy would change the code that is attached to x, and
    where the critic judges packs: ``shapes`` are those of x that critics were built for."""
    chain = game.chain.strategies
    if any(type(later).view is not Strategy.view for later in chain[chain.index(strategy) + 1 :]):
        raise ValueError(
            "the critic sees a code beside each x: put it after all strategies that "
            "change what the critic sees, and use one such code only"
        )
    scores = len(game.D(data(game.batch)).score)
    if scores != game.batch or any(shape != game.shape for shape in shapes):
        raise ValueError(
            "the critic judges each x with its code, so it can't judge packs: use one of the two"
        )
