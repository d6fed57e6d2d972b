"""What the critic makes of real data, fresh fakes and old ones, and what reaches the generator.

All is told by ranks and gradients, so it means the same for logits and for Wasserstein critics.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap

from mcgan.game import Game
from mcgan.strategy import Tensors

EXAMPLES = 128  # of each kind that the critic is asked about; at least a batch


class Judged(nn.Module):
    """A game's critic as a function of the game's tensors: x (B, *S) -> scores (B,)."""

    def __init__(self, game: Game) -> None:
        super().__init__()
        self.game = game

    def forward(self, x: Tensor) -> Tensor:
        return self.game.D(x).score


def examined(game: Game, tensors: Tensors, real: Tensor, fake: Tensor, old: Tensor) -> Tensors:
    """Signals (R,) of R games' critics, in training batches, since a score may depend on its batch.

    ``tensors`` are stacked (R, ...); ``real`` (n, *S) is the same for all; ``fake`` and ``old``
    are (R, n, *S), ``old`` from earlier evaluations. Changes nothing.

    critic_fakes  chance that a real example scores above a fresh fake: 1 separated, ½ blind
    critic_old    the same for old fakes
    slope_real, slope_fake  mean norm of the score's gradient at the examples
    reach         mean norm of the gradient of G's loss at the fakes: what G has to learn from
    """
    module, same = Judged(game), real[None].expand(len(fake), *real.shape)
    x, y, z = (batched(each, game.batch) for each in (same, fake, old))

    def one(tensors: Tensors, x: Tensor, y: Tensor, z: Tensor) -> Tensors:
        named = {f"game.{name}": t for name, t in tensors.items()}
        seen = [batch(module, named, game, *each) for each in zip(x, y, z, strict=True)]
        return {key: torch.stack([s[key] for s in seen]).mean(0) for key in seen[0]}

    return vmap(one)(tensors, x, y, z)


def batch(module: nn.Module, tensors: Tensors, game: Game, x: Tensor, y: Tensor, z: Tensor
          ) -> Tensors:
    def score(x: Tensor) -> Tensor:
        return functional_call(module, tensors, (x,))

    def total(x: Tensor) -> tuple[Tensor, Tensor]:
        scores = score(x)
        return scores.sum(), scores.detach()

    def loss(y: Tensor) -> Tensor:
        return game.objective.g_loss(r, score(y)).sum()

    at_real, r = grad(total, has_aux=True)(x)
    at_fake, f = grad(total, has_aux=True)(y)
    return {
        "critic_fakes": standing(r, f), "critic_old": standing(r, score(z)),
        "slope_real": norm(at_real), "slope_fake": norm(at_fake), "reach": norm(grad(loss)(y)),
    }


def standing(r: Tensor, f: Tensor) -> Tensor:
    """P(real score > fake score), ties half (Mann & Whitney 1947): (B,), (B,) -> ()."""
    gap = r[:, None] - f[None, :]
    return (gap > 0).float().mean() + (gap == 0).float().mean() / 2


def norm(gradient: Tensor) -> Tensor:
    """Mean over examples (B, *S) of the gradient's norm."""
    return gradient.flatten(1).norm(dim=1).mean()


def batched(x: Tensor, size: int) -> Tensor:
    """(R, n, *S) -> (R, batches, size, *S): whole batches, filled up by going round."""
    count = max(1, EXAMPLES // size) * size
    index = torch.arange(count, device=x.device) % x.shape[1]
    return x[:, index].unflatten(1, (-1, size))


def stacked(trainer: Any) -> Tensors:
    """The trainer's tensors with a replica axis."""
    tensors = {name: t.detach() for name, t in trainer.tensors.items()}
    return tensors if trainer.stacked else {name: t[None] for name, t in tensors.items()}
