"""How the histogram over modes differs from the true weights. Counts (..., K) -> float64 (...).

Natural logarithms, 0 log 0 = 0. Without a single sample the result is NaN.
"""

import torch
from torch import Tensor


def shares(counts: Tensor) -> Tensor:
    """Counts -> probabilities p̂ (..., K)."""
    return counts.double() / counts.sum(-1, keepdim=True)


def reverse_kl(counts: Tensor, weights: Tensor) -> Tensor:
    """KL(p̂ ‖ q) = Σ p̂ log(p̂/q) of the generator's shares p̂ against the weights q (K,).

    n samples of a perfect sampler show (K-1)/2n in place of 0: see `debiased`.
    """
    p = shares(counts)
    divergence: Tensor = torch.special.xlogy(p, p / weights).sum(-1)
    return divergence


def worst_kl(weights: Tensor) -> Tensor:
    """The largest KL that there is, of a generator that knows the lightest mode alone: ().

    It is log K for equal weights (K,). A generator without a sample to count is no better.
    """
    return -weights.min().log()


def remove_bias(kl: Tensor, counts: Tensor) -> Tensor:
    """The KL less what a perfect sampler shows, (K-1)/2n to first order (Miller 1955)."""
    return kl - (counts.shape[-1] - 1) / (2 * counts.sum(-1))


def effective_modes(counts: Tensor) -> Tensor:
    """exp(H(p̂)): the number of equal modes with the same entropy, 1..K."""
    modes: Tensor = torch.special.entr(shares(counts)).sum(-1).exp()
    return modes


def missing_mass(counts: Tensor, weights: Tensor) -> Tensor:
    """True weight of the modes without a sample, Σ q over empty modes, 0..1."""
    return ((counts == 0) * weights).sum(-1)


def total_variation(counts: Tensor, weights: Tensor) -> Tensor:
    """½ Σ |p̂ - q|, 0..1."""
    return (shares(counts) - weights).abs().sum(-1) / 2
