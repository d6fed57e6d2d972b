"""Terms of a player's own weights and gradients, and weights of its losses."""

from collections.abc import Iterable

import torch
from torch import Tensor

from mcgan.schedule import fit


def historical_averaging(weights: Iterable[Tensor], means: Iterable[Tensor]) -> Tensor:
    """|theta - mean|^2, (), of all weights and their averages over the run so far.

    Salimans et al. 2016, section 3.3.

    >>> historical_averaging([torch.tensor([1.0, 2.0])], [torch.tensor([0.0, 0.0])])
    tensor(5.)
    """
    pairs = zip(weights, means, strict=True)
    return torch.stack([(now - mean).square().sum() for now, mean in pairs]).sum()


def ewc(weights: Iterable[Tensor], anchors: Iterable[Tensor], fisher: Iterable[Tensor]) -> Tensor:
    """sum_i F_i (theta_i - theta*_i)^2, (), F the Fisher diagonal and theta* the anchor.

    Kirkpatrick et al. 2017, eq. 3.

    >>> ewc([torch.tensor([3.0])], [torch.tensor([1.0])], [torch.tensor([0.5])])
    tensor(2.)
    """
    each = zip(weights, anchors, fisher, strict=True)
    return torch.stack([(f * (now - anchor) ** 2).sum() for now, anchor, f in each]).sum()


def squared_field(gradients: Iterable[Tensor], gamma: float | Tensor = 1.0) -> Tensor:
    """gamma / 2 * |v|^2, (), of both players' gradients, as one vector v.

    Mescheder et al. 2017, algorithm 2.

    >>> squared_field([torch.tensor([3.0]), torch.tensor([4.0])])
    tensor(12.5000)
    """
    return gamma / 2 * torch.stack([(g**2).sum() for g in gradients]).sum()


def consensus(
    d_loss: Tensor,
    g_loss: Tensor,
    d_weights: Iterable[Tensor],
    g_weights: Iterable[Tensor],
    gamma: float | Tensor = 1.0,
) -> Tensor:
    """gamma / 2 * |v|^2, (), v the gradients of both losses (), each in its player's weights.

    Both players add it. It can be differentiated: the losses' graphs must be kept, so compute it
    before ``backward``. Mescheder et al. 2017, algorithm 2.

    >>> w, c = (torch.tensor(v, requires_grad=True) for v in (3.0, 4.0))
    >>> consensus(w * c, -w * c, [w], [c]).item()
    12.5
    """
    players = ((d_loss, list(d_weights)), (g_loss, list(g_weights)))
    return squared_field(
        [
            each
            for loss, weights in players
            for each in torch.autograd.grad(
                loss, weights, create_graph=True, materialize_grads=True
            )
        ],
        gamma,
    )


def top_k(losses: Tensor, scores: Tensor, share: float | Tensor) -> Tensor:
    """The losses (B,) of the highest scores (B,), others zero; their mean is over those kept.

    A ``share`` of the batch is kept, one score at least. Sinha et al. 2020, section 3.

    >>> top_k(torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([0.1, 0.9, 0.5, 0.2]), 0.5)
    tensor([0., 4., 6., 0.])
    """
    rank = scores.detach().argsort(descending=True, stable=True).argsort()  # 0 for the highest
    part = share if isinstance(share, Tensor) else scores.new_full((), share)
    k = fit((part * len(scores)).round().clamp(min=1), losses)
    return torch.where(rank < k, losses * (len(scores) / k), torch.zeros_like(losses))


def gman(losses: Tensor, focus: float | Tensor = 1.0, heard: Tensor | None = None) -> Tensor:
    """sum_k w_k L_k, (B,), w = softmax(focus * mean L), of losses (K, B) before K critics.

    ``heard`` (K,) bool says which critics count; by default all do. Durugkar et al. 2017, section
    3; critics that are not heard: Mordido et al. 2018.

    >>> gman(torch.tensor([[1.0, 3.0], [5.0, 7.0]]), focus=0.0)
    tensor([3., 5.])
    """
    pull = focus * losses.mean(1)
    if heard is not None:
        pull = torch.where(heard, pull, -torch.inf)
    return pull.softmax(0) @ losses


def ema_decay(age: Tensor, decay: Tensor | float) -> Tensor:
    """min(decay, (1 + t) / (10 + t)), (): a young average of t steps forgets faster.

    >>> ema_decay(torch.tensor(0.0), 0.999)
    tensor(0.1000)
    """
    return ((1 + age) / (10 + age)).clamp(max=decay)
