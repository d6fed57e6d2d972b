"""Scores of samples in features, and what two real samples of the same size score."""

import torch
from torch import Generator, Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.experiment.feature_space import SEED, FeatureSpace
from mcgan.judging import distances
from mcgan.judging.neighbours import compare_neighbours, look_around
from mcgan.metrics.evaluate import Scores

MOST = 2000  # samples of each replica that are compared: bounds the time
SUBSET = 1000  # samples of a subset of KID, as papers take it
NEIGHBOURS = ("coverage", "precision", "recall")
FRECHET = {"inception": "fid", "dinov2": "fd_dinov2"}  # names of papers, by the net


class FeatureScores:
    """Holds samples against as many real examples in features, the first 2,000 of them at most.

    ``null`` are the scores of other real examples in their place.
    """

    def __init__(self, dataset: ModalDataset, space: FeatureSpace, n: int) -> None:
        self.space, self.count = space, min(n, MOST)
        real = dataset.draw(2 * self.count, Generator().manual_seed(SEED + 1))
        points = space.see(real[: self.count])
        self.real, self.width = look_around(points), distances.scale(points)
        self.null = self.score(real[self.count :])

    def score(self, x: Tensor) -> Scores:
        """Scores by measure of samples x (n, *S) in net units.

        coverage, precision, recall  of nearest neighbours (`compare_neighbours`)
        frechet  squared Fréchet distance; of Inception's features it is the FID, `fid`, of those
                 of DINOv2 `fd_dinov2`
        kid      for Inception's features: KID by torch-fidelity (Bińkowski et al. 2018)
        mmd, sliced  squared MMD of a Gaussian kernel, unbiased; sliced Wasserstein-2 distance
        """
        points, real = self.space.see(x[: self.count]), self.real.points
        found = compare_neighbours(look_around(points), self.real)
        directions = torch.Generator().manual_seed(SEED)
        scores: Scores = {name: found[name] for name in NEIGHBOURS}
        return scores | {
            FRECHET.get(self.space.net, "frechet"): distances.frechet(points, real),
            **({"kid": kid(points, real)} if self.space.net == "inception" else {}),
            "mmd": distances.mmd(points, real, self.width),
            "sliced": distances.sliced(points, real, directions),
        }


def kid(fakes: Tensor, real: Tensor) -> float:
    """The mean squared MMD of a cubic kernel over random subsets of equally many features."""
    from torch_fidelity.metric_kid import KEY_METRIC_KID_MEAN, kid_features_to_metric

    found = kid_features_to_metric(
        fakes, real, kid_subset_size=min(SUBSET, len(fakes)), verbose=False
    )
    return float(found[KEY_METRIC_KID_MEAN])
