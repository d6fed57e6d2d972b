"""What the critic makes of real data, fresh fakes and old ones, and what reaches the generator.

All is told by ranks and gradients, so it means the same for logits and for Wasserstein critics.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from mcgan.engine.trainer import Trainer
from mcgan.gan.game import Game
from mcgan.types import Tensors

EXAMPLES = 128  # of each kind that the critic is asked about, at least


class Scores(nn.Module):
    """A game's critic as a function of the game's tensors: x (B, *S) -> scores (B,)."""

    def __init__(self, game: Game) -> None:
        super().__init__()
        self.game = game

    def forward(self, x: Tensor) -> Tensor:
        return self.game.D(x).score


def examined(trainer: Trainer, real: Tensor, fake: Tensor, old: Tensor) -> Tensors:
    """Signals (R,) of R critics, in training batches, since a score may depend on its batch.

    ``real`` (n, *S) is the same for all; ``fake`` and ``old`` are (R, n, *S), ``old`` from earlier
    evaluations. Changes nothing.

    critic_fakes  chance that a real example scores above a fresh fake: 1 separated, ½ blind
    critic_old    the same for old fakes
    slope_real, slope_fake  mean norm of the score's gradient at the examples
    reach         mean norm of the gradient of G's loss at the fakes: what G has to learn from
    """
    same = real[None].expand(len(fake), *real.shape)
    given = [batched(each, trainer.game.batch) for each in (same, fake, old)]
    module = Scores(trainer.game)

    def one(tensors: Tensors, *given: Tensor) -> Tensors:
        named = {f"game.{name}": t.detach() for name, t in tensors.items()}
        seen = [batch(module, named, *each) for each in zip(*given, strict=True)]
        return {key: torch.stack([s[key] for s in seen]).mean(0) for key in seen[0]}

    if trainer.stacked:
        return vmap(one)(trainer.tensors, *given)
    return {key: value[None] for key, value in
            one(trainer.tensors, *(each[0] for each in given)).items()}


def surface(trainer: Trainer, grid: Tensor, real: Tensor, fakes: Tensor
            ) -> tuple[Tensor, Tensor] | None:
    """What the critics of the first R replicas make of a plane and of fakes (R, B, *S), a batch.

    Scores (R, n) at the points ``grid`` (n, *S), and minus the gradient (R, B, *S) of G's loss
    at the fakes, beside the batch ``real`` (B, *S). Points are asked about in training batches,
    each from all over the plane, since a score may depend on its batch. None where examples have
    no score of their own (packs).
    """
    order = torch.randperm(len(grid), generator=torch.Generator().manual_seed(0))
    game, module = trainer.game, Scores(trainer.game)
    asked = batched(grid[None, order], game.batch, len(grid))[0]

    def one(tensors: Tensors, fake: Tensor) -> tuple[Tensor, Tensor]:
        named = {f"game.{name}": t.detach() for name, t in tensors.items()}
        r = functional_call(module, named, (real,)).detach()

        def loss(y: Tensor) -> tuple[Tensor, Tensor]:
            total = game.objective.g_loss(r, functional_call(module, named, (y,))).sum()
            return total, total.detach()

        scores = torch.cat([functional_call(module, named, (x,)) for x in asked])
        return scores.detach(), -game.autodiff.of_input(loss, fake)[0].detach()

    if trainer.stacked:
        tensors = {name: t[:len(fakes)] for name, t in trainer.tensors.items()}
        scores, pushes = vmap(one)(tensors, fakes)
    else:
        scores, pushes = (each[None] for each in one(trainer.tensors, fakes[0]))
    alone = scores.shape[1] == len(asked) * game.batch
    return (scores[:, order.argsort()], pushes) if alone else None


def batch(module: Scores, tensors: Tensors, x: Tensor, y: Tensor, z: Tensor) -> Tensors:
    """One batch of each kind, (B, *S), before one critic; see `examined`."""
    game = module.game

    def score(x: Tensor) -> Tensor:
        return functional_call(module, tensors, (x,))

    def total(x: Tensor) -> tuple[Tensor, Tensor]:
        scores = score(x)
        return scores.sum(), scores.detach()

    def loss(y: Tensor) -> tuple[Tensor, Tensor]:
        scores = score(y)
        return game.objective.g_loss(r, scores).sum(), scores.detach()

    at_real, r = game.autodiff.of_input(total, x)
    at_fake, f = game.autodiff.of_input(total, y)
    at_loss, _ = game.autodiff.of_input(loss, y)
    seen = {"critic_fakes": standing(r, f), "critic_old": standing(r, score(z)),
            "slope_real": norm(at_real), "slope_fake": norm(at_fake), "reach": norm(at_loss)}
    return {key: value.detach() for key, value in seen.items()}


def standing(r: Tensor, f: Tensor) -> Tensor:
    """P(real score > fake score), ties half (Mann & Whitney 1947): (B,), (B,) -> ()."""
    gap = r[:, None] - f[None, :]
    return (gap > 0).float().mean() + (gap == 0).float().mean() / 2


def norm(gradient: Tensor) -> Tensor:
    """Mean over examples (B, *S) of the gradient's norm."""
    return gradient.flatten(1).norm(dim=1).mean()


def batched(x: Tensor, size: int, examples: int = EXAMPLES) -> Tensor:
    """(R, n, *S) -> (R, batches, size, *S): the least whole batches that have so many examples,
    filled up by going round."""
    index = torch.arange(math.ceil(examples / size) * size, device=x.device) % x.shape[1]
    return x[:, index].unflatten(1, (-1, size))
