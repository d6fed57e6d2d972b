"""All scores of a run's samples in one place: by modes, and in features where that is asked for."""

from torch import Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.experiment.feature_scores import FeatureScores
from mcgan.experiment.feature_space import FeatureSpace
from mcgan.metrics.evaluate import Judged, Scores, reference, score_samples
from mcgan.metrics.protocol import Protocol


class Measuring:
    """Scores samples, n of each generator; ``reference`` are the rows to hold them against.

    Without ``space`` nothing is measured in features.
    """

    def __init__(
        self, dataset: ModalDataset, protocol: Protocol, n: int, space: FeatureSpace | None = None
    ) -> None:
        self.dataset, self.protocol = dataset, protocol
        self.reference: dict[str, Scores] = reference(dataset, n, protocol)
        self.features = FeatureScores(dataset, space, n) if space else None
        if self.features:  # two real samples are what a perfect sampler would show
            self.reference = {
                name: row | self.features.null for name, row in self.reference.items()
            }

    def score(self, x: Tensor) -> Judged:
        """Scores of samples x (n, *S) in net units, and their counts by mode."""
        seen = score_samples(x, self.dataset, self.protocol)
        if self.features is None:
            return seen
        return seen._replace(scores=seen.scores | self.features.score(x))
