"""What passes between the players and the strategies.

Letters of shapes: B batch, Z latent, F features, *S data shape, K modes or kernels, N replicas.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from mcgan.schedule import Number, now

Player = Literal["D", "G"]
PLAYERS: tuple[Player, Player] = ("D", "G")
Tensors = dict[str, Tensor]
Noise = dict[str, Tensor]


class Sample(NamedTuple):
    """Examples and where they come from."""

    x: Tensor  # (B, *S)
    z: Tensor  # (B, Z) the latents they were made of; zeros for real data
    origin: Tensor  # (B,) int64: which generator, cluster, code or age; -1 for real data


def start_sample(z: Tensor) -> Sample:
    """The sample that a generator starts from: latents (B, Z) that are their own x, of origin 0."""
    return Sample(z, z, torch.zeros_like(z[:, 0], dtype=torch.int64))


def join_samples(parts: Sequence[Sample]) -> Sample:
    """The examples of several samples in one."""
    return Sample(*(torch.cat(column) for column in zip(*parts, strict=True)))


def choose_examples(first: Tensor, a: Sample, b: Sample) -> Sample:
    """Example by example of a where ``first`` (B,) says so, else of b."""
    pairs = zip(a, b, strict=True)
    return Sample(*(torch.where(per_example(first, p), p, q) for p, q in pairs))


def per_example(values: Tensor, like: Tensor) -> Tensor:
    """One value for each example, (B,), in a shape (B, 1, ...) that broadcasts against ``like``."""
    return values.reshape(-1, *(1,) * (like.dim() - 1))


class CriticOutput(NamedTuple):
    """The output of a critic for a batch; a critic of packs has fewer scores than examples."""

    score: Tensor  # (B,) logits
    features: Tensor  # (B, F) of the trunk


class Draw(NamedTuple):
    """A random number that a strategy needs in every turn: its shape and distribution."""

    shape: tuple[int, ...]
    kind: Literal["uniform", "normal"] = "uniform"

    def sample(self, lead: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draws of shape (*lead, *shape), on the generator's device."""
        draw = {"uniform": torch.rand, "normal": torch.randn}[self.kind]
        return draw((*lead, *self.shape), generator=generator, device=generator.device)


class Moment(NamedTuple):
    """What a turn is given besides data: its random numbers, and where in the run it is."""

    noise: Noise  # 'z' and 'strategy.what'
    progress: Tensor  # (), share of the run done

    def now(self, setting: Number) -> Tensor | float:
        """The value of a setting at this moment."""
        return now(setting, self.progress)


class Report(NamedTuple):
    """What a turn computed, for the log and for ``after``."""

    scalars: Tensors  # 0-dim each: loss, scores, every strategy's term
    fake: Sample  # as the generator made them, before ``fakes`` and ``view``
    moment: Moment
    # (B,) by "real", "fake", if computed; of the whole batch
    scores: Mapping[str, Tensor] = MappingProxyType({})


CriticCall = Callable[[Tensor], CriticOutput]
Sampler = Callable[[Tensors, int, torch.Generator], Sample]
