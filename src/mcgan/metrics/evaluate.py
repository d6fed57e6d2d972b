"""All measures of one generator's samples, and what a perfect sampler and real data score."""

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor

from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.metrics import counts as count
from mcgan.metrics import divergence
from mcgan.metrics.copies import share_of_copies
from mcgan.metrics.interval import mean_interval
from mcgan.metrics.protocol import Protocol
from mcgan.metrics.two_sample import distance_to_law

Scores = dict[str, float | None]

SIMULATIONS = 50  # draws of a perfect sampler's counts
DRAWN = 4  # draws of its samples
SEED = 20_230  # of the reference rows: not a run's seed


class Judged(NamedTuple):
    """Scores, the high-quality samples of each mode (K,), which pictures show, and all of them."""

    scores: Scores
    counts: Tensor
    every: Tensor  # (K,)


def evaluate(x: Tensor, dataset: ModalDataset, protocol: Protocol) -> Scores:
    """The scores of samples by measure, without their counts."""
    return score_samples(x, dataset, protocol).scores


def score_samples(x: Tensor, dataset: ModalDataset, protocol: Protocol) -> Judged:
    """Scores of samples x (n, *shape) in net units, of one generator; None: cannot be computed.

    modes_covered  modes with at least 20 % of their due among the high-quality samples, where
                   these are more than noise has
    modes_published  modes with a sample, as papers count them (high-quality; for images any)
    modes_strict   covered modes whose high-quality samples are at least 20 % of their due of all
    quality        share of high-quality samples
    kl             KL(generator's shares of modes ‖ true weights), over the protocol's samples;
                   without one to count the worst there is, log K where weights are equal
    effective_modes  exp(entropy) of the same shares; 0 without a sample
    missing_mass   true weight of the modes that `modes_published` does not count
    spread_least   std along the smallest axis of the narrowest mode over the true one; of images
                   the rms distance to the mode's mean (where the data know it)
    width_ratio    for vectors: std inside modes over the true one, pooled
    energy         for vectors: energy distance to the true law (`metrics.two_sample`)
    modes_confident, off_manifold, copies  for images: modes with a sample the classifier is sure
                   of, the share of samples it is not sure of, and the share of copies of others
    """
    judge = dataset.with_rule(protocol.norm, protocol.threshold)
    seen = judge.recognise(x)
    named = torch.isfinite(seen.distance)  # an overflowed sample is of no mode
    every = count.histogram(seen.mode[named], judge.num_modes)
    good = count.histogram(seen.mode[named & seen.good], judge.num_modes)
    scores = {key: plain(v) for key, v in from_counts(every, good, len(x), judge, protocol).items()}
    return Judged(scores | look_inside(x, seen, judge), good, every)


def look_inside(x: Tensor, seen: Recognition, judge: ModalDataset) -> Scores:
    """The scores that need the samples x (n, *S) themselves."""
    inside: Scores = {"spread_least": judge.least_spread(x, seen)}
    if judge.classified:
        return inside | {"copies": share_of_copies(x, seen, judge)}
    energy = distance_to_law(x, seen, judge)
    return inside | {"width_ratio": judge.width_ratio(x, seen), "energy": energy}


def from_counts(
    every: Tensor, good: Tensor, n: int, dataset: ModalDataset, protocol: Protocol
) -> dict[str, Tensor]:
    """The scores that need no more than the samples per mode, all and high-quality: (..., K)."""
    weights = dataset.weights
    published = every if dataset.classified else good
    shares = every if protocol.kl_over == "all" else good
    quality = good.sum(-1).double() / n
    kl = divergence.reverse_kl(shares, weights)
    kl = divergence.remove_bias(kl, shares) if protocol.debias else kl
    scores = {
        "modes_covered": count.modes_covered(good, weights, n, dataset.chance),
        "modes_published": count.modes_published(published),
        "modes_strict": count.modes_strict(good, weights, n, dataset.chance),
        "quality": quality,
        "kl": kl.where(shares.sum(-1) > 0, divergence.worst_kl(weights)) / protocol.unit,
        "effective_modes": divergence.effective_modes(shares).nan_to_num(0.0),
        "missing_mass": divergence.missing_mass(published, weights),
    }
    if not dataset.classified:
        return scores
    return {**scores, "modes_confident": count.modes_published(good), "off_manifold": 1 - quality}


def reference(dataset: ModalDataset, n: int, protocol: Protocol) -> dict[str, Scores]:
    """What to hold n samples against, key by key as in `evaluate`: two rows.

    perfect  a sampler of the true law, simulated: ceiling of a score, floor of the KL
    real     n real examples through the same `evaluate`

    What only samples tell is for images that of the real row: it is a perfect sampler's too.
    """
    real = evaluate(dataset.draw(n, Generator().manual_seed(SEED)), dataset, protocol)
    return {"perfect": real | perfect(dataset, n, protocol), "real": real}


def perfect(dataset: ModalDataset, n: int, protocol: Protocol) -> Scores:
    """Mean scores of n samples of the true law, from counts alone; vectors are drawn as well."""
    judge = dataset.with_rule(protocol.norm, protocol.threshold)
    random = np.random.default_rng(SEED)
    every = random.multinomial(n, judge.weights.numpy(), size=SIMULATIONS)
    good = torch.from_numpy(random.binomial(every, judge.ceiling))
    scores = from_counts(torch.from_numpy(every), good, n, judge, protocol)
    means = {key: plain(value.double().mean()) for key, value in scores.items()}
    return means if judge.classified else means | perfect_inside(judge, n)


def perfect_inside(judge: ModalDataset, n: int) -> Scores:
    """Mean of what a few draws of n vectors of the true law tell of the inside of modes."""
    random = Generator().manual_seed(SEED + 1)
    drawn = [judge.draw_law(n, random) for _ in range(DRAWN)]
    seen = [look_inside(x, judge.recognise(x), judge) for x in drawn]
    return {key: mean_interval([one[key] for one in seen]).mean for key in seen[0]}


def plain(value: Tensor) -> float | None:
    """A 0-dim tensor as a number; None where it is not finite (JSON knows no NaN)."""
    number = value.item()
    return float(number) if math.isfinite(number) else None
