"""All measures of one generator's samples, and what a perfect sampler and real data score."""

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.metrics import counts as count
from mcgan.metrics import divergence
from mcgan.metrics.protocol import Protocol

Scores = dict[str, float | None]

SIMULATIONS = 50  # draws of a perfect sampler
SEED = 20_230  # of the reference rows: not a run's seed


class Judged(NamedTuple):
    """Scores, the high-quality samples of each mode (K,), which pictures show, and all of them."""

    scores: Scores
    counts: Tensor
    every: Tensor  # (K,)


def evaluate(x: Tensor, dataset: ModalDataset, protocol: Protocol) -> Scores:
    """The scores of `judged`."""
    return score_samples(x, dataset, protocol).scores


def score_samples(x: Tensor, dataset: ModalDataset, protocol: Protocol) -> Judged:
    """Scores of samples x (n, *shape) in net units, of one generator; None: cannot be computed.

    modes          modes with a sample, as papers count them (high-quality; for images any)
    modes_strict   modes with at least 20 % of their true share in high-quality samples
    quality        share of high-quality samples
    kl             KL(generator's shares of modes ‖ true weights), over the protocol's samples
    effective_modes  exp(entropy) of the same shares
    missing_mass   true weight of the modes that `modes` does not count
    width_ratio    std inside modes over the true one (only where modes have a known width)
    modes_confident, off_manifold  for images: modes with a sample the classifier is sure of, and
                   the share of samples it is not sure of
    """
    judge = dataset.with_rule(protocol.norm, protocol.threshold)
    seen = judge.recognise(x)
    named = torch.isfinite(seen.distance)  # an overflowed sample is of no mode
    every = count.histogram(seen.mode[named], judge.num_modes)
    good = count.histogram(seen.mode[named & seen.good], judge.num_modes)
    scores = {key: plain(v) for key, v in from_counts(every, good, len(x), judge, protocol).items()}
    width = {} if judge.classified else {"width_ratio": judge.width_ratio(x, seen)}
    return Judged(scores | width, good, every)


def from_counts(
    every: Tensor, good: Tensor, n: int, dataset: ModalDataset, protocol: Protocol
) -> dict[str, Tensor]:
    """The scores that need no more than the samples per mode, all and high-quality: (..., K)."""
    weights = dataset.weights
    published = every if dataset.classified else good
    shares = every if protocol.kl_over == "all" else good
    quality = good.sum(-1).double() / n
    kl = divergence.reverse_kl(shares, weights)
    scores = {
        "modes": count.modes(published),
        "modes_strict": count.modes_strict(good, weights, n),
        "quality": quality,
        "kl": (divergence.remove_bias(kl, shares) if protocol.debias else kl) / protocol.unit,
        "effective_modes": divergence.effective_modes(shares),
        "missing_mass": divergence.missing_mass(published, weights),
    }
    if not dataset.classified:
        return scores
    return {**scores, "modes_confident": count.modes(good), "off_manifold": 1 - quality}


def reference(dataset: ModalDataset, n: int, protocol: Protocol) -> dict[str, Scores]:
    """What to hold n samples against, key by key as in `evaluate`: two rows.

    perfect  a sampler of the true law, simulated: ceiling of a score, floor of the KL
    real     n real examples through the same `evaluate`
    """
    real = evaluate(dataset.draw(n, Generator().manual_seed(SEED)), dataset, protocol)
    return {"perfect": perfect(dataset, n, protocol), "real": real}


def perfect(dataset: ModalDataset, n: int, protocol: Protocol) -> Scores:
    """Mean scores of n samples of the true law; only their counts need be drawn."""
    judge = dataset.with_rule(protocol.norm, protocol.threshold)
    random = np.random.default_rng(SEED)
    every = random.multinomial(n, judge.weights.numpy(), size=SIMULATIONS)
    good = torch.from_numpy(random.binomial(every, judge.ceiling))
    scores = from_counts(torch.from_numpy(every), good, n, judge, protocol)
    means = {key: plain(value.double().mean()) for key, value in scores.items()}
    known = type(judge).width_ratio is not ModalDataset.width_ratio
    return means if judge.classified else {**means, "width_ratio": 1.0 if known else None}


def plain(value: Tensor) -> float | None:
    """A 0-dim tensor as a number; None where it is not finite (JSON knows no NaN)."""
    number = value.item()
    return float(number) if math.isfinite(number) else None
