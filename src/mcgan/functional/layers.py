"""What a critic can be shown of its batch, and how its scores or weights are normalised."""

from functools import reduce

import torch
from torch import Tensor

from mcgan.functional.penalties import Scores, input_gradient

VARIANCE = 1e-8  # of a variance: its root has a gradient at 0
FEW = 8  # dimensions
TINY = 1e-12  # a critic flat at zero scores 0, not 0 / 0


def minibatch_std(h: Tensor, group: int = 4) -> Tensor:
    """The std of features over each group of a batch, averaged over features: (B, 1).

    h (B, ...); a group is ``group`` neighbours, or the batch where that is smaller. Raises
    ValueError where the batch does not part into groups. Karras et al. 2018, section 3.

    >>> minibatch_std(torch.tensor([[0.0], [2.0], [5.0], [5.0]]), group=2).flatten()
    tensor([1.0000e+00, 1.0000e+00, 1.0000e-04, 1.0000e-04])
    """
    size = min(group, len(h))
    if size < 2 or len(h) % size:
        raise ValueError(
            f"a batch of {len(h)} does not part into groups of {group}: take groups "
            "of 2 or more, and a batch size that is a multiple of them"
        )
    groups = h.reshape(len(h) // size, size, -1)
    spread: Tensor = (groups.var(1, correction=0) + VARIANCE).sqrt().mean(1)  # one for each group
    return spread.repeat_interleave(size).unsqueeze(1)


def minibatch_discrimination(
    features: Tensor,
    tensor: Tensor | None = None,
    scale: Tensor | None = None,
    similarity: str = "exp",
) -> Tensor:
    """How close each example is to the others of its batch, in K kernels: (B, K).

    features (B, F); ``tensor`` T (K, C, F) projects them to C dimensions in each kernel, and
    ``scale`` (K,) stretches these; without T there is one kernel, the features. ``exp``: the mean
    over others of exp(-L1 distance), from 0 to 1; ``l1``: the mean distance. Salimans et al. 2016,
    section 3.2, divided by B - 1: the paper has the sum.

    >>> minibatch_discrimination(torch.tensor([[0.0], [1.0], [1.0]])).flatten()
    tensor([0.3679, 0.6839, 0.6839])
    """
    return closeness(kernel_distances(features, tensor, scale), similarity)


def kernel_distances(
    features: Tensor, tensor: Tensor | None = None, scale: Tensor | None = None
) -> Tensor:
    """The L1 distances (K, B, B) of all pairs; arguments as of ``minibatch_discrimination``.

    With the batch last, already in the product, pairs lie as a processor's vectors want them. Few
    dimensions are added one by one, so that no compiled kernel holds pairs in all of them.

    >>> kernel_distances(torch.tensor([[0.0, 0.0], [1.0, -2.0]]))
    tensor([[[0., 3.],
             [3., 0.]]])
    """
    if tensor is None:
        m = features.T.unsqueeze(0)
    else:
        m = (tensor.flatten(0, 1) @ features.T).reshape(*tensor.shape[:2], -1)  # (K, C, B)
    if scale is not None:
        m = m * scale.reshape(-1, 1, 1)
    if m.shape[1] > FEW:
        return (m.unsqueeze(2) - m.unsqueeze(3)).abs().sum(1)
    each = [(a.unsqueeze(1) - a.unsqueeze(2)).abs() for a in m.unbind(1)]
    return reduce(torch.add, each)


def closeness(distances: Tensor, similarity: str = "exp") -> Tensor:
    """Each example's closeness (B, K) to the others, by the distances (K, B, B) of all pairs.

    A mean over the others, so that it does not grow with the batch. Raises ValueError for a
    ``similarity`` that is neither ``exp`` nor ``l1``. Salimans et al. 2016, section 3.2.

    >>> closeness(torch.tensor([[[0.0, 3.0], [3.0, 0.0]]]), similarity="l1")
    tensor([[3.],
            [3.]])
    """
    count = distances.shape[-1]
    if similarity == "l1":
        return distances.sum(2).T / (count - 1)
    if similarity != "exp":
        raise ValueError(f"similarity must be exp or l1, not {similarity!r}")
    itself = 1  # exp(-0); a mask of pairs in its place doubles the time of compiled kernels
    return (torch.exp(-distances).sum(2) - itself).T / (count - 1)


def normalise_gradient(score: Tensor, gradient: Tensor) -> Tensor:
    """f / (|grad f| + |f|), within (-1, 1): (B,), of scores (B,) and their gradients (B, F).

    Wu et al. 2021 (GN-GAN).

    >>> normalise_gradient(torch.tensor([5.0]), torch.tensor([[3.0, 4.0]]))
    tensor([0.5000])
    """
    norm: Tensor = torch.linalg.vector_norm(gradient, dim=1)
    return score / (norm + score.abs() + TINY)


def normalised_logit(score: Tensor, gradient: Tensor) -> Tensor:
    """The logit sign(f) log(1 + 2 |f| / |grad f|) of D = (f^ + 1) / 2, unbounded: (B,).

    f^ is ``normalise_gradient`` of scores f (B,) and their gradients (B, F). The authors' code
    takes the cross-entropy of this D. Wu et al. 2021 (GN-GAN).

    >>> normalised_logit(torch.tensor([5.0]), torch.tensor([[3.0, 4.0]]))
    tensor([1.0986])
    """
    norm: Tensor = torch.linalg.vector_norm(gradient, dim=1) + TINY
    size = score.abs()  # its gradient at 0 is 0, and that of each logarithm is then 1 / norm
    return torch.log(norm + (size + score)) - torch.log(norm + (size - score))


def gradient_norm(critic: Scores, x: Tensor, logit: bool = False) -> Tensor:
    """A critic's scores (B,) at x (B, *S), normalised by its gradient there.

    ``critic`` is any callable x -> scores (B,) or (B, 1). ``logit`` is for losses that take the
    score for one, as cross-entropies do. Wu et al. 2021 (GN-GAN).

    >>> gradient_norm(lambda x: x.sum(1), torch.tensor([[1.0], [3.0]])).detach()
    tensor([0.5000, 0.7500])
    """
    normalise = normalised_logit if logit else normalise_gradient
    return normalise(critic(x).reshape(-1), input_gradient(critic, x))


def power_iteration(weight: Tensor, u: Tensor) -> Tensor:
    """The next estimate (out,), of length 1, of a matrix's first left singular vector.

    weight (out, rest), u (out,); |weight^T u| is then the spectral norm. Miyato et al. 2018,
    algorithm 1.

    >>> power_iteration(torch.diag(torch.tensor([2.0, 0.0])), torch.tensor([1.0, 1.0]))
    tensor([1., 0.])
    """
    return torch.nn.functional.normalize(weight @ (weight.T @ u), dim=0)


def pack(x: Tensor, m: int) -> Tensor:
    """Packs of m examples, (B / m, m C, ...), of x (B, C, ...).

    Raises ValueError where the batch is not divisible by m. Lin et al. 2018 (PacGAN).

    >>> pack(torch.tensor([[1.0], [2.0], [3.0], [4.0]]), 2)
    tensor([[1., 2.],
            [3., 4.]])
    """
    count, rest = divmod(len(x), m)
    if rest:
        near = m * max(count + (2 * rest > m), 1)
        raise ValueError(
            f"packs of m={m} need a batch divisible by it, not {len(x)}: "
            f"take train.batch_size={near} or another m"
        )
    return x.reshape(count, m * x.shape[1], *x.shape[2:])
