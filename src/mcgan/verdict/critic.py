"""What discriminators make of real data, fresh fakes and old ones, and what reaches the generator.

All is measured by ranks and gradients, so it means the same for logits and for Wasserstein critics.
"""

import math

import torch
from torch import Tensor, nn
from torch.func import functional_call

from mcgan.engine.replicas import Replicas
from mcgan.gan.game import Game
from mcgan.types import Tensors

EXAMPLES = 128  # of each kind that the critic is asked about, at least


class CriticScores(nn.Module):
    """A game's critic as a function of the game's tensors: n batches (n, B, *S) -> scores (n, B).

    Batches are judged one by one; to put the tensors into the critic takes longer than to ask it.
    """

    def __init__(self, game: Game) -> None:
        super().__init__()
        self.game = game

    def forward(self, x: Tensor) -> Tensor:
        """The scores (R, B) of R batches."""
        return torch.stack([self.game.D(batch).score for batch in x.unbind()])


def examine(game: Game, replicas: Replicas, real: Tensor, fake: Tensor, old: Tensor) -> Tensors:
    """Signals (R,) of R critics, in training batches, since a score may depend on its batch.

    ``real`` (n, *S) is the same for all; ``fake`` and ``old`` are (R, n, *S), ``old`` from earlier
    evaluations. Changes nothing.

    critic_fakes  chance that a real example scores above a fresh fake: 1 separated, ½ blind
    critic_old    the same for old fakes
    slope_real, slope_fake  mean norm of the score's gradient at the examples
    reach         mean norm of the gradient of G's loss at the fakes: what G has to learn from
    """
    same = real[None].expand(len(fake), *real.shape)
    given = [fill_batches(each.to(replicas.like), game.batch) for each in (same, fake, old)]
    module = CriticScores(game)

    def one(tensors: Tensors, *given: Tensor) -> Tensors:
        named = {f"game.{name}": t for name, t in tensors.items()}
        return examine_batches(module, named, *given)

    signals: Tensors = replicas.for_each(one, *given)
    return signals


def score_surface(
    game: Game, replicas: Replicas, grid: Tensor, real: Tensor, fakes: Tensor
) -> tuple[Tensor, Tensor] | None:
    """Critic scores on a grid of points, and the direction in which G's loss pushes each fake.

    Of the first R replicas: scores (R, n) at ``grid`` (n, *S), and minus the gradient (R, B, *S)
    of G's loss at the batch ``fakes`` (R, B, *S). ``real`` (B, *S) is the batch beside. Points are
    asked about in training batches, each from all over the grid, since a score may depend on its
    batch. None where examples have no score of their own (packs).
    """
    grid, real, fakes = (each.to(replicas.like) for each in (grid, real, fakes))
    order = torch.randperm(len(grid), generator=torch.Generator().manual_seed(0))
    module = CriticScores(game)
    asked = fill_batches(grid[None, order], game.batch, len(grid))[0]

    def one(tensors: Tensors, fake: Tensor) -> tuple[Tensor, Tensor]:
        named = {f"game.{name}": t for name, t in tensors.items()}
        [r] = functional_call(module, named, (real[None],)).detach()

        def loss(y: Tensor) -> tuple[Tensor, Tensor]:
            [f] = functional_call(module, named, (y[None],))
            total = game.objective.g_loss(r, f).sum()
            return total, total.detach()

        scores = functional_call(module, named, (asked,)).flatten()
        return scores.detach(), -game.autodiff.of_input(loss, fake)[0].detach()

    scores, pushes = replicas.for_each(one, fakes)
    alone = scores.shape[1] == len(asked) * game.batch
    return (scores[:, order.argsort()], pushes) if alone else None


def examine_batches(
    module: CriticScores, tensors: Tensors, x: Tensor, y: Tensor, z: Tensor
) -> Tensors:
    """The signals () of one critic on n batches (n, B, *S) each of data x, fakes y, old fakes z."""
    game = module.game

    def score(x: Tensor) -> Tensor:
        scores: Tensor = functional_call(module, tensors, (x,))
        return scores

    def total(x: Tensor) -> tuple[Tensor, Tensor]:
        scores = score(x)
        return scores.sum(), scores.detach()

    def loss(y: Tensor) -> tuple[Tensor, Tensor]:
        scores = score(y)
        pairs = zip(r.unbind(), scores.unbind(), strict=True)
        losses = [game.objective.g_loss(*pair) for pair in pairs]  # a loss may depend on its batch
        return torch.stack(losses).sum(), scores.detach()

    at_real, r = game.autodiff.of_input(total, x)
    at_fake, f = game.autodiff.of_input(total, y)
    at_loss, _ = game.autodiff.of_input(loss, y)
    seen = {
        "critic_fakes": standing(r, f),
        "critic_old": standing(r, score(z)),
        "slope_real": norm(at_real),
        "slope_fake": norm(at_fake),
        "reach": norm(at_loss),
    }
    return {key: value.detach() for key, value in seen.items()}


def standing(r: Tensor, f: Tensor) -> Tensor:
    """P(real score > fake score), ties half (Mann & Whitney 1947), in the mean of batches.

    Scores are (B,) or (n, B), each against those of its batch; returns ().
    """
    gap = r[..., :, None] - f[..., None, :]
    above: Tensor = (gap > 0).float().mean()
    return above + (gap == 0).float().mean() / 2


def norm(gradient: Tensor) -> Tensor:
    """Mean over examples of batches (n, B, *S) of the gradient's norm."""
    norms: Tensor = torch.linalg.vector_norm(gradient.flatten(2), dim=2)
    return norms.mean()


def fill_batches(x: Tensor, size: int, examples: int = EXAMPLES) -> Tensor:
    """x (R, n, *S) as full batches (R, batches, size, *S) that hold at least ``examples`` samples.

    Samples are repeated cyclically to fill the last batch.
    """
    index = torch.arange(math.ceil(examples / size) * size, device=x.device) % x.shape[1]
    return x[:, index].reshape(len(x), -1, size, *x.shape[2:])
